//! What the tools answered when the effect was read back: `evidence/<serial>.json`, the last few of them. A rendered file is
//! not enforcement; an answer of the tool that obeys is evidence of it.

use std::fs;
use std::path::Path;

use interdict_host::read::read_bounded_nofollow;
use interdict_host::write::{Disk, DiskError, DiskErrorKind, Mode, Operation};
use interdict_schema::DateTime;
use serde::Serialize;

use super::super::question::Expects;
use super::runner::Ended;

/// How many are kept.
pub const KEPT: usize = 20;

/// The longest file of evidence that is shown, in bytes.
const MAX_BYTES: u64 = 4_000_000;

/// An answer that was as expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reply {
    /// Of which target.
    pub target: String,
    /// What was asked, in words.
    pub about: String,
    /// What the answer had to be.
    pub expects: Expects,
    /// The command and how it ended.
    pub ended: Ended,
}

/// All answers of one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// When they were given.
    pub at: DateTime,
    /// Of which generation.
    pub generation: u64,
    /// The answers.
    pub replies: Vec<Reply>,
}

impl Evidence {
    /// Writes it, and removes what is too many.
    pub(super) fn write(&self, disk: &Disk, folder: &Path, serial: u64) -> Result<(), DiskError> {
        let folder = folder.join("evidence");
        disk.create_dir_all_synced(&folder, Mode::Private)?;
        let bytes = serde_json::to_vec_pretty(self).expect("texts and numbers are always JSON");
        disk.replace(&folder.join(format!("{serial:012}.json")), &bytes, Mode::Private)?;
        let mut names = names(&folder)?;
        names.truncate(names.len().saturating_sub(KEPT));
        for name in names {
            disk.remove_file(&folder.join(name))?;
        }
        Ok(())
    }

    /// The newest, as it was written; `None` where there is none.
    ///
    /// # Errors
    /// What the disk gave.
    pub fn newest(folder: &Path) -> Result<Option<serde_json::Value>, DiskError> {
        let folder = folder.join("evidence");
        let Some(name) = names(&folder)?.pop() else { return Ok(None) };
        let bytes = read_bounded_nofollow(&folder.join(name), MAX_BYTES);
        Ok(bytes.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }
}

/// The files of evidence, the oldest first.
fn names(folder: &Path) -> Result<Vec<String>, DiskError> {
    let failed = |error| DiskError::new(Operation::Read, folder, error);
    let entries = match fs::read_dir(folder).map_err(failed) {
        Ok(entries) => entries,
        Err(error) if error.kind() == DiskErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.map_err(failed)?.file_name();
        names.extend(
            name.to_str()
                .filter(|name| Path::new(name).extension().is_some_and(|end| end == "json"))
                .map(str::to_owned),
        );
    }
    names.sort();
    Ok(names)
}
