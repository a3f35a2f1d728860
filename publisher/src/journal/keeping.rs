//! Writing down what is done, round the change itself. For the holder of the repository's lock, except for [`note`].

use interdict_host::journal::{Head, JournalError};
use interdict_host::read::ReadError;
use interdict_host::world::World;
use interdict_schema::limits::METADATA_LENGTH;

use super::deed::{Deed, FileEntry, Record, Step, Verb, bounded, metadata};
use super::standing::{Agreement, Open, published_timestamp, standing};
use super::{Standing, journal};
use crate::repository::Repository;
use crate::repository::files::{Files, Folder};

/// A deed whose intention is on the disk.
#[derive(Debug)]
#[must_use = "an end that is not written down is found out only by the next run"]
pub struct Intended {
    repository: Repository,
    open: Open,
}

/// What the journal had to be told before anything new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// What the journal said.
    pub standing: Standing,
    /// How that went with what is published.
    pub agreement: Agreement,
}

/// Brings the journal up to what is published: a deed that was interrupted gets its end, judged by what is there, and a
/// publication that it does not know is noted as found.
///
/// # Errors
///
/// [`JournalError`]: it cannot be read, or not be written.
pub fn settle(world: &World, repository: &Repository) -> Result<Settled, JournalError> {
    let mut standing = standing(repository)?;
    let published = published_timestamp(repository)?;
    if let Some(open) = standing.open.take() {
        let installed = is_installed(repository, &open.record)?;
        let _ = end(world, repository, &open, installed, Some("interrupted"), true)?;
        standing = super::standing(repository)?;
    }
    let agreement = standing.agreement(published.as_ref());
    if matches!(agreement, Agreement::Begins { .. } | Agreement::Differs { found: Some(_), .. }) {
        let mut found = Deed::new(Verb::Found);
        found.record.files.extend(published);
        let _ = journal(repository).append(world, &found.at(Step::Noted))?;
    }
    Ok(Settled { standing, agreement })
}

/// Writes down what is about to be done. Only then may it be done.
///
/// # Errors
///
/// [`JournalError`]: it is not written down, and must not be done.
pub fn intend(world: &World, repository: &Repository, deed: &Deed) -> Result<Intended, JournalError> {
    let record = deed.at(Step::Intended);
    let appended = journal(repository).append(world, &record)?;
    let open = Open { number: appended.head.number, record };
    Ok(Intended { repository: repository.clone(), open })
}

/// Writes down what changes nothing that is published.
///
/// # Errors
///
/// [`JournalError`].
pub fn note(world: &World, repository: &Repository, deed: &Deed) -> Result<Head, JournalError> {
    Ok(journal(repository).append(world, &deed.at(Step::Noted))?.head)
}

impl Intended {
    /// It was done.
    ///
    /// # Errors
    ///
    /// [`JournalError`]: the change stands, and the next run adds its end.
    pub fn done(self, world: &World) -> Result<Head, JournalError> {
        end(world, &self.repository, &self.open, true, None, false)
    }

    /// It ended in an error. What is published decides whether it was done all the same.
    ///
    /// # Errors
    ///
    /// [`JournalError`]: the next run adds its end.
    pub fn failed(self, world: &World, why: &str) -> Result<Head, JournalError> {
        let installed = is_installed(&self.repository, &self.open.record)?;
        end(world, &self.repository, &self.open, installed, Some(why), false)
    }
}

fn end(
    world: &World,
    repository: &Repository,
    open: &Open,
    installed: bool,
    why: Option<&str>,
    afterwards: bool,
) -> Result<Head, JournalError> {
    let mut record = Deed::new(open.record.verb).at(if installed { Step::Done } else { Step::Failed });
    (record.of, record.afterwards, record.why) = (Some(open.number), afterwards, why.map(bounded));
    Ok(journal(repository).append(world, &record)?.head)
}

/// Whether all metadata of a deed is what is published; one without metadata was done if it says so, and this one does not.
fn is_installed(repository: &Repository, record: &Record) -> Result<bool, ReadError> {
    let folder = Folder::new(repository.public());
    for file in &record.files {
        let there = folder.metadata(&file.name, METADATA_LENGTH)?.map(|bytes| metadata(&file.name, &bytes));
        if there.is_none_or(|FileEntry { digest, .. }| digest != file.digest) {
            return Ok(false);
        }
    }
    Ok(!record.files.is_empty())
}
