//! What a transaction is about to do, on the disk before it does it: `intent.json`. A run that finds one finishes or takes back
//! what a crash cut short.

use std::path::{Path, PathBuf};

use interdict_host::read::{ReadError, read_bounded_nofollow};
use interdict_host::write::{Disk, DiskError, DiskErrorKind, Mode};
use serde::{Deserialize, Serialize};

use super::super::record::{Base, Call, MAX_RECORD_BYTES};
use super::error::ApplyError;
use super::tree::Staged;

/// The only value of `format` so far.
const FORMAT: &str = "interdict-intent/1";

/// What is to change at a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    /// Where.
    pub path: PathBuf,
    /// The folder in which it is staged.
    pub stage: PathBuf,
    /// The file that is there; nothing where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Base>,
    /// The file that is to be there; nothing where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Base>,
}

/// How the tools take up what a transaction leaves.
#[derive(Debug, Clone, Default)]
pub(super) struct Calls {
    /// Once it is done.
    pub done: Vec<Call>,
    /// Once it was taken back.
    pub taken_back: Vec<Call>,
}

/// A transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Intent {
    /// [`FORMAT`].
    format: String,
    /// The record's serial once it is done.
    pub serial: u64,
    /// What is to change, in this order.
    pub changes: Vec<Change>,
    /// Folders that are made for it.
    pub folders: Vec<PathBuf>,
    /// How the tools take it up once it is done.
    pub done: Vec<Call>,
    /// How they take up what was there before, once it was taken back.
    pub taken_back: Vec<Call>,
}

impl Intent {
    pub fn new(serial: u64, changes: Vec<Change>, folders: Vec<PathBuf>, calls: Calls) -> Self {
        let Calls { done, taken_back } = calls;
        Self { format: FORMAT.into(), serial, changes, folders, done, taken_back }
    }

    /// Where each change is staged.
    pub fn staged(&self) -> impl Iterator<Item = Staged<'_>> {
        self.changes.iter().enumerate().map(|(number, change)| Staged {
            stage: &change.stage,
            number,
            name: change.path.file_name().unwrap_or_default(),
            path: &change.path,
        })
    }

    /// The file of it, in the folder of the record.
    pub fn path(folder: &Path) -> PathBuf {
        folder.join("intent.json")
    }

    /// What a crash left; `None` where none did.
    pub fn read(folder: &Path) -> Result<Option<Self>, ApplyError> {
        let path = Self::path(folder);
        let bytes = match read_bounded_nofollow(&path, MAX_RECORD_BYTES) {
            Ok(bytes) => bytes,
            Err(ReadError::Disk(error)) if error.kind() == DiskErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        match serde_json::from_slice::<Self>(&bytes) {
            Ok(intent) if intent.format == FORMAT => Ok(Some(intent)),
            Ok(_) | Err(_) => Err(ApplyError::Damaged { path }),
        }
    }

    /// Writes it, whole and durably.
    pub fn write(&self, disk: &Disk, folder: &Path) -> Result<(), DiskError> {
        let bytes = serde_json::to_vec_pretty(self).expect("texts, numbers and UTF-8 paths are always JSON");
        disk.create_dir_all_synced(folder, Mode::Public)?;
        disk.replace(&Self::path(folder), &bytes, Mode::Private)
    }

    /// Removes it, durably: the transaction is over.
    pub fn remove(disk: &Disk, folder: &Path) -> Result<(), DiskError> {
        disk.remove_file(&Self::path(folder))?;
        disk.sync_dir(folder)
    }
}
