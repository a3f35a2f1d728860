//! Durable changes to a disk: the one object through which every change goes.
//!
//! *Write last, write whole.* A reader sees the old file or the new, never a part, also after a crash or a power
//! failure at any point:
//!
//! 1. create a temporary file in the same directory (`.tmp-…`, so a later run knows what it may sweep away);
//! 2. write; 3. `fsync` the file; 4. `rename` it to its name; 5. `fsync` the directory.
//!
//! What this cannot cover is a disk that acknowledges a sync and loses it.
//!
//! Many files of a directory that nobody reads yet go through [`Disk::write_new_unsynced`] and one
//! [`Disk::sync_filesystem`] before the rename that makes them visible: ten thousand syncs are minutes.
//!
//! Not here: reading ([`crate::read`]), locking ([`crate::lock`]), and what any of the files mean.
//!
//! A test makes a [`Disk::stopping_after`] `n` steps and sees the folder as a crash after that step leaves it.

mod beneath;
mod directory;
mod error;
mod growing;
mod script;
mod staged;

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::OFlags;
use tempfile::NamedTempFile;

pub use error::{DiskError, DiskErrorKind, Operation};
pub use growing::Growing;
pub use script::Step;
use script::{Fault, Script};
pub use staged::StagedFile;

/// What the name of every temporary file starts with.
pub const TEMPORARY_PREFIX: &str = ".tmp-";

/// Who may read a file or enter a directory. The process's umask still takes bits away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The owner alone: files 0600, directories 0700.
    Private,
    /// Everyone may read: files 0644, directories 0755.
    Public,
}

impl Mode {
    const fn file(self) -> u32 {
        match self {
            Self::Private => 0o600,
            Self::Public => 0o644,
        }
    }

    const fn directory(self) -> u32 {
        match self {
            Self::Private => 0o700,
            Self::Public => 0o755,
        }
    }
}

/// Makes every change to files. Cheap to clone; clones share a test's script.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    script: Option<Arc<Script>>,
}

impl Disk {
    /// A disk that carries out `steps` steps and then none: what it leaves is what a crash leaves, temporary files
    /// and half a written file included. For tests.
    pub fn stopping_after(steps: usize) -> Self {
        Self { script: Some(Arc::new(Script::new(steps, Fault::Stop))) }
    }

    /// A disk that carries out `steps` steps and then refuses each with an error of this kind (full, read-only, not
    /// permitted). For tests.
    pub fn failing_after(steps: usize, kind: io::ErrorKind) -> Self {
        Self { script: Some(Arc::new(Script::new(steps, Fault::Error(kind)))) }
    }

    /// A disk that carries out everything and remembers the [`steps`](Self::steps). For tests.
    pub fn recording() -> Self {
        Self::stopping_after(usize::MAX)
    }

    /// The steps carried out so far, by a disk that a test made; otherwise empty.
    pub fn steps(&self) -> Vec<Step> {
        self.script.as_ref().map_or_else(Vec::new, |script| script.steps())
    }

    /// Writes a file that must not exist yet, durably and whole.
    ///
    /// # Errors
    ///
    /// [`DiskErrorKind::AlreadyExists`] when something has that name, whatever it is; otherwise what the disk gave.
    pub fn write_new(&self, path: &Path, bytes: &[u8], mode: Mode) -> Result<(), DiskError> {
        // Looked at first only to give the plain answer before writing; the rename below is what refuses.
        if fs::symlink_metadata(path).is_ok() {
            return Err(DiskError::new(Operation::Create, path, io::ErrorKind::AlreadyExists.into()));
        }
        let staged = self.write_temporary(path, bytes, mode)?;
        self.step(Operation::Rename, path)?;
        staged
            .persist_noclobber(path)
            .map_err(|error| DiskError::new(Operation::Rename, path, error.error))?;
        self.sync_dir(directory_of(path))
    }

    /// Writes a file in place of whatever file has that name, durably and whole. A link of that name is replaced,
    /// not followed; a device, pipe or directory, or a link to one, is left alone.
    ///
    /// # Errors
    ///
    /// [`DiskErrorKind::AlreadyExists`] where something else than a plain file has that name; otherwise what the disk gave;
    /// the old file is then untouched, unless only the last step, the sync of the directory,
    /// failed.
    pub fn replace(&self, path: &Path, bytes: &[u8], mode: Mode) -> Result<(), DiskError> {
        self.replace_undurably(path, bytes, mode)?;
        self.sync_dir(directory_of(path))
    }

    /// As [`replace`](Self::replace), but the name is durable only after a [`sync_dir`](Self::sync_dir) of the directory: for
    /// several files of one directory in a row. A power failure before that leaves, of each, the old file or the new, whole; and
    /// the later of two may be there without the earlier.
    ///
    /// # Errors
    ///
    /// As [`replace`](Self::replace).
    pub fn replace_undurably(&self, path: &Path, bytes: &[u8], mode: Mode) -> Result<(), DiskError> {
        let staged = self.write_temporary(path, bytes, mode)?;
        self.persist(staged, path)
    }

    /// Writes a file that must not exist yet, straight under its name and without a sync: only for a directory that
    /// no reader can see yet, and only before [`sync_filesystem`](Self::sync_filesystem).
    ///
    /// # Errors
    ///
    /// As [`write_new`](Self::write_new), but a part of the file may be left.
    pub fn write_new_unsynced(&self, path: &Path, bytes: &[u8], mode: Mode) -> Result<(), DiskError> {
        let mut file = self.create_new(path, mode)?;
        self.write_bytes(&mut file, path, bytes)
    }

    /// Begins a file like that of [`write_new_unsynced`](Self::write_new_unsynced), to be written a part at a time.
    ///
    /// # Errors
    ///
    /// As [`write_new`](Self::write_new).
    pub fn begin_new_unsynced(&self, path: &Path, mode: Mode) -> Result<Growing, DiskError> {
        let file = self.create_new(path, mode)?;
        Ok(Growing { disk: self.clone(), file, path: path.to_path_buf(), gathered: Vec::new() })
    }

    fn create_new(&self, path: &Path, mode: Mode) -> Result<File, DiskError> {
        self.step(Operation::Create, path)?;
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode.file())
            .open(path)
            .map_err(|error| DiskError::new(Operation::Create, path, error))
    }

    /// Writes a short record over the one that a file holds, in one call, in place and without a sync: for what is written all
    /// the time and may be lost. After a crash the old record is there or the new one, and after a power failure perhaps
    /// neither, so a record carries its own digest. Records of one file are equally long. A link is not followed.
    ///
    /// # Errors
    ///
    /// What the disk gave.
    pub fn overwrite(&self, path: &Path, record: &[u8], mode: Mode) -> Result<(), DiskError> {
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(mode.file())
            .custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed())
            .open(path)
            .map_err(|error| DiskError::new(Operation::Open, path, error))?;
        self.write_bytes(&mut file, path, record)
    }

    /// Adds to the end of a file, which is made where there is none, in one call, and waits until the disk holds it. A link is not
    /// followed. For whoever holds a lock: two at once would mix.
    ///
    /// # Errors
    ///
    /// What the disk gave; a part may have been added then.
    pub fn append(&self, path: &Path, bytes: &[u8], mode: Mode) -> Result<(), DiskError> {
        let is_new = fs::symlink_metadata(path).is_err();
        self.step(if is_new { Operation::Create } else { Operation::Open }, path)?;
        let mut file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(mode.file())
            .custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed())
            .open(path)
            .map_err(|error| DiskError::new(Operation::Open, path, error))?;
        self.write_bytes(&mut file, path, bytes)?;
        self.step(Operation::Sync, path)?;
        file.sync_all().map_err(|error| DiskError::new(Operation::Sync, path, error))?;
        if is_new { self.sync_dir(directory_of(path)) } else { Ok(()) }
    }

    fn write_temporary(&self, path: &Path, bytes: &[u8], mode: Mode) -> Result<NamedTempFile, DiskError> {
        let mut staged = self.create_temporary(path, mode)?;
        self.write_bytes(staged.as_file_mut(), path, bytes)?;
        self.sync_staged(&staged, path)?;
        Ok(staged)
    }

    fn create_temporary(&self, path: &Path, mode: Mode) -> Result<NamedTempFile, DiskError> {
        // A rename over `/dev/null` would take it from every other program.
        if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            let error = io::Error::new(io::ErrorKind::AlreadyExists, NotPlain);
            return Err(DiskError::new(Operation::Create, path, error));
        }
        self.step(Operation::Create, path)?;
        tempfile::Builder::new()
            .prefix(TEMPORARY_PREFIX)
            .permissions(Permissions::from_mode(mode.file()))
            .disable_cleanup(self.leaves_what_a_crash_leaves())
            .tempfile_in(directory_of(path))
            .map_err(|error| DiskError::new(Operation::Create, path, error))
    }

    fn sync_staged(&self, staged: &NamedTempFile, path: &Path) -> Result<(), DiskError> {
        self.step(Operation::Sync, path)?;
        staged.as_file().sync_all().map_err(|error| DiskError::new(Operation::Sync, path, error))
    }

    /// Gives a temporary file its name, in place of whatever file has it; durable once the directory is synced.
    fn persist(&self, staged: NamedTempFile, path: &Path) -> Result<(), DiskError> {
        self.step(Operation::Rename, path)?;
        staged.persist(path).map_err(|error| DiskError::new(Operation::Rename, path, error.error))?;
        Ok(())
    }

    fn write_bytes(&self, file: &mut File, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        let failed = |error| DiskError::new(Operation::Write, path, error);
        if let Err(stopped) = self.step(Operation::Write, path) {
            if self.leaves_what_a_crash_leaves() {
                let half = bytes.get(..bytes.len() / 2).unwrap_or_default();
                file.write_all(half).map_err(failed)?;
            }
            return Err(stopped);
        }
        file.write_all(bytes).map_err(failed)
    }

    fn leaves_what_a_crash_leaves(&self) -> bool {
        self.script.as_ref().is_some_and(|script| script.stops())
    }

    /// Every change asks here first.
    fn step(&self, operation: Operation, path: &Path) -> Result<(), DiskError> {
        match &self.script {
            None => Ok(()),
            Some(script) => script.take(operation, path).map_err(|error| DiskError {
                operation,
                path: path.to_path_buf(),
                source: error,
            }),
        }
    }
}

/// What stands where a file is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("something that is not a plain file has this name")]
struct NotPlain;

/// The directory a path lies in; the working directory for a bare name.
fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        Some(_) => Path::new("."),
        None => path,
    }
}

/// A name in the same directory that no reader takes for anything.
fn temporary_name_beside(path: &Path) -> Result<PathBuf, DiskError> {
    let failed = |error| DiskError::new(Operation::Create, path, error);
    // A directory reserves the name; the empty directory is removed and its name, known to be free, is used.
    let reserved =
        tempfile::Builder::new().prefix(TEMPORARY_PREFIX).tempdir_in(directory_of(path)).map_err(failed)?;
    let name = reserved.path().to_path_buf();
    reserved.close().map_err(failed)?;
    Ok(name)
}

#[cfg(test)]
mod tests;
