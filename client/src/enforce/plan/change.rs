//! What becomes of one file: decided from how it is, how it is to be, and what is remembered of it.

use std::path::Path;

use interdict_schema::Sha256;
use interdict_schema::plan::{Content, FileChange};

use super::diff::unified;
use super::disk::Standing;
use crate::enforce::record::Written;
use crate::enforce::rendered::{File, Marker, Ownership};
use crate::enforce::target::Now;

/// What becomes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// It is not there, and will be.
    Created,
    /// It is there, and will be another.
    Changed,
    /// It is this program's, and no longer needed: what was there before comes back.
    Removed,
    /// It is as it is to be.
    Unchanged,
    /// It is not touched.
    Refused(Refused),
}

/// Why a file is not touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Refused {
    /// Somebody has edited it since this program wrote it.
    #[error(
        "edited by hand since it was written; `--adopt` overwrites it, and undoing it brings back what is there now"
    )]
    Edited,
    /// Somebody else wrote it.
    #[error(
        "not written by this program; `--adopt` takes it over, and undoing it brings back what is there now"
    )]
    Foreign,
    /// It is a link, a folder or a device.
    #[error("no plain file, so that it is never replaced")]
    NoFile,
}

/// Whether files of others, and files that were edited by hand, are taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Adopt {
    /// They are not.
    #[default]
    No,
    /// They are; what is there now is kept for undoing.
    Yes,
}

impl Change {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Unchanged => "unchanged",
            Self::Refused(_) => "refused",
        }
    }
}

/// A file that is there, without the line that says whose it is.
struct Found<'s> {
    body: Vec<u8>,
    permissions: u32,
    hand: Hand,
    all: &'s [u8],
}

/// Who wrote a file last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hand {
    Ours,
    Edited,
    Foreign,
}

fn found<'s>(standing: &'s Standing, marker: Marker, written: Option<&Written>) -> Option<Found<'s>> {
    let Standing::File { bytes, permissions } = standing else { return None };
    let read = marker.read(bytes);
    let hand = match (written, &read) {
        (Some(written), _) if written.sha256 == Sha256::of(bytes) => Hand::Ours,
        // The record is lost: the line in the file says the same.
        (None, Some(read)) if read.whole => Hand::Ours,
        (None, None) => Hand::Foreign,
        _ => Hand::Edited,
    };
    let body = read.map_or_else(|| bytes.clone(), |read| read.body);
    Some(Found { body, permissions: *permissions, hand, all: bytes })
}

/// A file as a renderer sees it; `None` where there is none. `base` is what was there before this program first wrote it.
pub fn seen(standing: &Standing, written: Option<&Written>, base: Option<Vec<u8>>) -> Option<Now> {
    // A file that is merged into has no comments, so no marker.
    let found = found(standing, Marker::None, written)?;
    Some(Now { bytes: found.body, base, ours: found.hand == Hand::Ours })
}

/// What becomes of a file that is to be there.
pub fn of_file(
    file: &File,
    standing: &Standing,
    written: Option<&Written>,
    adopt: Adopt,
) -> (Change, FileChange) {
    let found = found(standing, file.marker, written);
    let change = match (&found, standing) {
        (None, Standing::NoFile) => Change::Refused(Refused::NoFile),
        (None, _) => Change::Created,
        (Some(found), _) => {
            let refused = match (found.hand, file.ownership) {
                _ if adopt == Adopt::Yes => None,
                (Hand::Edited, _) => Some(Refused::Edited),
                (Hand::Foreign, Ownership::Whole) => Some(Refused::Foreign),
                _ => None,
            };
            let same = found.body == file.bytes && found.permissions == file.permissions;
            match refused {
                Some(why) => Change::Refused(why),
                // A foreign file of the same bytes becomes this program's, which changes its marker alone.
                None if same && found.hand == Hand::Ours => Change::Unchanged,
                None => Change::Changed,
            }
        }
    };
    let because = match change {
        Change::Refused(why) => Some(why.to_string()),
        Change::Created if written.is_some() => {
            Some("was written before, and somebody has removed it since".into())
        }
        Change::Changed => found.as_ref().and_then(|found| match found.hand {
            Hand::Ours => None,
            Hand::Edited => Some("was edited by hand; what is there now is kept for undoing".into()),
            Hand::Foreign => Some("was not written by this program; it is kept for undoing".into()),
        }),
        _ => None,
    };
    let before = found.as_ref().map(|found| found.body.as_slice());
    (change, document(&file.path, change, because, file.permissions, before, Some(&file.bytes)))
}

/// What becomes of a file that was written and is no longer to be there.
pub fn of_leftover(written: &Written, standing: &Standing, adopt: Adopt) -> (Change, FileChange) {
    let found = found(standing, Marker::None, Some(written));
    let (change, because) = match (&found, standing) {
        (None, Standing::NoFile) => (Change::Refused(Refused::NoFile), Some(Refused::NoFile.to_string())),
        (None, _) => (Change::Removed, Some("is gone already".to_owned())),
        (Some(found), _) if found.hand == Hand::Ours || adopt == Adopt::Yes => {
            let back = written.base.as_ref().map(|_| "what was there before comes back".to_owned());
            (Change::Removed, back)
        }
        (Some(_), _) => (Change::Refused(Refused::Edited), Some(Refused::Edited.to_string())),
    };
    let before = found.as_ref().map(|found| found.all);
    (change, document(&written.path, change, because, written.permissions, before, None))
}

fn document(
    path: &Path,
    change: Change,
    because: Option<String>,
    permissions: u32,
    before: Option<&[u8]>,
    after: Option<&[u8]>,
) -> FileChange {
    let diff = match change {
        Change::Unchanged => None,
        _ => unified(path, before, after),
    };
    FileChange {
        path: path.display().to_string(),
        change: change.as_str().into(),
        because,
        permissions: format!("{permissions:o}"),
        before: before.map(content),
        after: after.map(content),
        diff,
    }
}

fn content(bytes: &[u8]) -> Content {
    let lines = memchr::memchr_iter(b'\n', bytes).count();
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    Content { sha256: Sha256::of(bytes), bytes: count(bytes.len()), lines: count(lines) }
}
