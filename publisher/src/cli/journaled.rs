//! A change and its entries in the journal, as one step: the one function that every verb calls that changes what is published.

use std::io::Write;

use interdict_host::exit::{Exit, Outcome};
use interdict_host::journal::JournalError;
use interdict_host::read::ReadError;
use interdict_host::terminal::escape_control;
use interdict_host::world::World;
use interdict_host::write::DiskErrorKind;
use tracing::debug;

use super::Failure;
use crate::journal::{self, Agreement, Deed};
use crate::repository::Repository;

/// Writes down what is intended, does it, and writes down how it ended. For the holder of the repository's lock, once everything
/// that may still be refused has been decided.
///
/// What comes back beside the result is how the journal fared: exit 3 where the change was made and its end could not be written
/// down; the next run adds it.
///
/// # Errors
///
/// Where the intention cannot be written down, nothing is changed; otherwise what the change gave.
pub fn journaled<T>(
    world: &mut World,
    repository: &Repository,
    deed: &Deed,
    change: impl FnOnce(&mut World) -> Result<T, Failure>,
) -> Result<(T, Outcome), Failure> {
    settled(world, repository)?;
    let intended = journal::intend(world, repository, deed).map_err(unchanged)?;
    match change(world) {
        Ok(value) => Ok((value, told(world, intended.done(world), "the next run adds its end")?)),
        Err(failure) => {
            // Where that cannot be written either, the next run finds the end missing and judges by what is published.
            if let Err(error) = intended.failed(world, &failure.chain()) {
                debug!(%error, "the end of a change that failed is not in the journal");
            }
            Err(failure)
        }
    }
}

/// Brings the journal up to what is published, and says what it did not know. For the holder of the repository's lock.
///
/// # Errors
///
/// The journal can be neither read nor written.
pub fn settled(world: &mut World, repository: &Repository) -> Result<(), Failure> {
    let settled = journal::settle(world, repository).map_err(unchanged)?;
    let path = repository.journal_path();
    let path = escape_control(&path.display().to_string()).into_owned();
    if let Some(broken) = settled.standing.chain.broken {
        writeln!(
            world.stderr,
            "warning: {path}: the chain breaks at line {}, byte {}: {}; keep a copy, and compare with the heads in syslog",
            broken.line, broken.offset, broken.why
        )?;
    }
    match settled.agreement {
        Agreement::Begins { found } => writeln!(
            world.stderr,
            "warning: {path} begins here, with timestamp {}: nothing before is in it",
            found.version
        )?,
        Agreement::Differs { found: Some(found), known } => writeln!(
            world.stderr,
            "warning: timestamp {} is published, and the last that {path} knows is {}: something else changed the \
             repository, or the journal is not whole",
            found.version, known.version
        )?,
        Agreement::Same | Agreement::Open | Agreement::Differs { found: None, .. } => {}
    }
    Ok(())
}

/// Adds an entry about something that changes nothing that is published, such as a signature in a file that travels.
///
/// Where the folder is not the authority's own, or not this user's to write, there is nothing to add. Where the entry cannot be
/// written otherwise, it is said, with exit 3: what was done is done.
///
/// # Errors
///
/// Standard error does not take it.
pub fn noted(world: &mut World, repository: &Repository, deed: &Deed) -> Result<Outcome, Failure> {
    if !repository.settings_path().exists() {
        return Ok(Outcome::done());
    }
    match journal::note(world, repository, deed) {
        Err(error) if is_not_ours(&error) => {
            debug!(%error, "the journal is somebody else's");
            Ok(Outcome::done())
        }
        noted => told(world, noted, "nothing was noted of it"),
    }
}

/// Whether a journal is not this user's to write.
fn is_not_ours(error: &JournalError) -> bool {
    let (JournalError::Disk(disk) | JournalError::Read(ReadError::Disk(disk))) = error else { return false };
    matches!(disk.kind(), DiskErrorKind::Permission | DiskErrorKind::ReadOnly)
}

fn told<T>(world: &mut World, written: Result<T, JournalError>, then: &str) -> Result<Outcome, Failure> {
    let Err(error) = written else { return Ok(Outcome::done()) };
    let failure = Failure::from(error);
    writeln!(
        world.stderr,
        "warning: it is done and not in the journal: {}; {then}",
        escape_control(&failure.chain())
    )?;
    Ok(Exit::NoAnswer.into())
}

fn unchanged(error: JournalError) -> Failure {
    let failure = Failure::from(error);
    if failure.has_hint() {
        failure
    } else {
        failure.hint("nothing was changed: what is done is written down first")
    }
}
