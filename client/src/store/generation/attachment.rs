//! Files of entries of lists of identifiers, on disk: never in memory as a whole (`formats.md`, "Lists of identifiers").
//!
//! A generation has those of the newest revision of each list, and of the revisions that directives pin, under their
//! digests. That a file is there is looked at when a generation is read; what is in it is verified by whoever uses it
//! ([`HeldFile::read`]), from the first byte to the last, before anything that it said is used.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use interdict_host::read::{ReadError, read_parts_nofollow};
use interdict_host::write::{Disk, DiskError};
use interdict_schema::Sha256;
use interdict_schema::entity::resolve::pinned;
use interdict_schema::entity::{EntryFile, EntryReader, NotEntries};
use interdict_schema::limits::ENTRY_FILE_LENGTH;
use sha2::Digest as _;
use thiserror::Error;

use super::{HeldDirective, HeldList};

/// The folder of the files in a repository's part.
pub(crate) const FOLDER: &str = "attachments";

/// A file of entries that is held.
#[derive(Debug, Clone)]
pub struct HeldFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Keeps it there, where it is in no generation yet.
    pub incoming: Option<Arc<Incoming>>,
}

/// A folder of files that were fetched and are in no generation yet; it goes when nobody needs it any more.
#[derive(Debug)]
pub struct Incoming {
    disk: Disk,
    folder: PathBuf,
}

/// A file of entries that could not be used.
#[derive(Debug, Error)]
pub enum FileError {
    /// The disk did not give it.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It is not the file that the list names.
    #[error("{} is not the file of entries that the list names", path.display())]
    Form {
        /// Where it lies.
        path: PathBuf,
        /// Why.
        source: NotEntries,
    },
}

impl Incoming {
    /// A folder for files that are fetched, empty. Needs the lock.
    pub(crate) fn prepare(disk: &Disk, folder: PathBuf) -> Result<Self, DiskError> {
        use interdict_host::write::Mode;
        // What a crash left is of no use: nobody knows how far it was checked.
        if fs::symlink_metadata(&folder).is_ok() {
            disk.remove_dir_all(&folder)?;
        }
        disk.create_new_dir(&folder, Mode::Public)?;
        Ok(Self { disk: disk.clone(), folder })
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if let Err(error) = self.disk.remove_dir_all(&self.folder) {
            tracing::warn!(%error, "what was fetched and is in a generation now was not removed");
        }
    }
}

impl HeldFile {
    /// Reads the file in pieces and gives every entry to `take`. Only when this returns are the entries those that were
    /// signed.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn read(&self, file: &EntryFile, take: &mut dyn FnMut(&str)) -> Result<(), FileError> {
        let form = |source| FileError::Form { path: self.path.clone(), source };
        let mut reader = EntryReader::of_draft(file);
        let mut read = Ok(());
        // One byte more than there should be is enough to know that it is another file.
        read_parts_nofollow(&self.path, file.length.saturating_add(1), &mut |part| {
            if read.is_ok() {
                read = reader.push(part, take);
            }
        })?;
        read.and_then(|()| reader.finish()).map_err(form)?;
        Ok(())
    }
}

/// Why a file of entries is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// The newest revision of a list names it.
    Newest,
    /// A directive pins a revision that names it.
    Pinned,
}

/// The files of entries by which subjects are recognised. The newest revisions come first.
pub(crate) fn needed<'l>(directives: &[HeldDirective], lists: &'l [HeldList]) -> Vec<(&'l EntryFile, Need)> {
    let pinned = pinned(directives.iter().flat_map(|held| &held.directive().subjects));
    let newest = lists.iter().flat_map(|held| &held.text().attachments);
    let older = lists
        .iter()
        .flat_map(|held| &held.revisions)
        .filter(|revision| pinned.contains(&revision.believed.payload.digest))
        .flat_map(|revision| &revision.believed.document.value.attachments);
    newest.map(|file| (file, Need::Newest)).chain(older.map(|file| (file, Need::Pinned))).collect()
}

/// The digest of a file, read in pieces.
pub(crate) fn digest(path: &Path) -> Result<Sha256, ReadError> {
    let mut hasher = sha2::Sha256::new();
    read_parts_nofollow(path, ENTRY_FILE_LENGTH, &mut |part| hasher.update(part))?;
    Ok(Sha256::from_bytes(hasher.finalize().into()))
}
