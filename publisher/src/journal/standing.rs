//! What the journal says, and whether it is what is published.

use std::collections::BTreeMap;

use interdict_host::journal::{Entry, JournalError, Verification};
use interdict_host::read::ReadError;
use interdict_schema::limits::TIMESTAMP_LENGTH;

use super::deed::{FileEntry, Record, Step, metadata};
use super::journal;
use crate::repository::Repository;
use crate::repository::files::{Files, Folder};
use crate::repository::write::TIMESTAMP;

/// A deed of which the journal does not say how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// The number of the entry in which it was intended.
    pub number: u64,
    /// What was intended.
    pub record: Record,
}

/// What the journal says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What following its chain found.
    pub chain: Verification,
    /// The last deed, where its end is missing.
    pub open: Option<Open>,
    /// The timestamp that is published, as the journal knows it.
    pub timestamp: Option<FileEntry>,
    /// What people call the keys, by keyid; the latest name of each.
    pub labels: BTreeMap<String, String>,
}

/// How the journal and what is published go together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Agreement {
    /// The last publication that the journal knows is the one that is there; or there is neither.
    Same,
    /// Something is intended, and nothing says how it ended: an interruption, or it is being done now.
    Open,
    /// There is a publication, and a journal without any.
    Begins {
        /// The timestamp that is published.
        found: FileEntry,
    },
    /// The journal knows another publication as the last one.
    Differs {
        /// The timestamp that is published; `None` where none is.
        found: Option<FileEntry>,
        /// The one that the journal knows.
        known: FileEntry,
    },
}

impl Standing {
    /// Compares with what is published now.
    pub fn agreement(&self, published: Option<&FileEntry>) -> Agreement {
        if self.open.is_some() {
            return Agreement::Open;
        }
        match (&self.timestamp, published) {
            (None, None) => Agreement::Same,
            (None, Some(found)) => Agreement::Begins { found: found.clone() },
            (Some(known), Some(found)) if known.digest == found.digest => Agreement::Same,
            (Some(known), found) => Agreement::Differs { found: found.cloned(), known: known.clone() },
        }
    }
}

/// Reads the journal of a repository.
///
/// # Errors
///
/// [`JournalError`] where the file cannot be read.
pub fn standing(repository: &Repository) -> Result<Standing, JournalError> {
    let mut last: Option<Open> = None;
    let mut timestamp = None;
    let mut labels = BTreeMap::new();
    let published = |record: &Record| record.files.iter().find(|file| file.name == TIMESTAMP).cloned();
    let chain = journal(repository).read(&mut |entry: Entry| {
        // What a later version writes is passed over, not misread.
        let Ok(record) = serde_json::from_value::<Record>(entry.what) else { return };
        labels.extend(record.labels.clone());
        match record.step {
            Step::Intended => last = Some(Open { number: entry.number, record }),
            Step::Done | Step::Failed => {
                let intended = last.take_if(|open| record.of == Some(open.number));
                if let (Step::Done, Some(open)) = (record.step, intended) {
                    timestamp = published(&open.record).or(timestamp.take());
                }
            }
            Step::Noted => timestamp = published(&record).or(timestamp.take()),
        }
    })?;
    Ok(Standing { chain, open: last, timestamp, labels })
}

/// The timestamp that is published, if one is.
///
/// # Errors
///
/// [`ReadError`] where it is there and cannot be read.
pub fn published_timestamp(repository: &Repository) -> Result<Option<FileEntry>, ReadError> {
    let bytes = Folder::new(repository.public()).metadata(TIMESTAMP, TIMESTAMP_LENGTH)?;
    Ok(bytes.map(|bytes| metadata(TIMESTAMP, &bytes)))
}
