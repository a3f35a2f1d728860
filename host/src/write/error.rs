//! What a disk says when it does not do what was asked.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::script::Stopped;

/// What was being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Opening a file or directory that should exist.
    Open,
    /// Reading bytes or a directory's entries.
    Read,
    /// Making a file.
    Create,
    /// Writing bytes.
    Write,
    /// Waiting until the disk holds what was written.
    Sync,
    /// Giving a file or directory its name.
    Rename,
    /// Removing a file or directory.
    Remove,
    /// Making a directory.
    MakeDirectory,
    /// Giving a file a second name, or copying it where that is impossible.
    Link,
    /// Making a symbolic link.
    Symlink,
    /// Taking a lock.
    Lock,
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Open => "open",
            Self::Read => "read",
            Self::Create => "create",
            Self::Write => "write",
            Self::Sync => "sync",
            Self::Rename => "rename",
            Self::Remove => "remove",
            Self::MakeDirectory => "make directory",
            Self::Link => "link",
            Self::Symlink => "make link",
            Self::Lock => "lock",
        })
    }
}

/// A disk did not do what was asked. The cause is the source; [`kind`](Self::kind) sorts it.
#[derive(Debug, Error)]
#[error("cannot {operation} {}", path.display())]
pub struct DiskError {
    /// What was being done.
    pub operation: Operation,
    /// To which file, by the name the caller gave (not that of a temporary file).
    pub path: PathBuf,
    /// What the operating system said.
    pub source: io::Error,
}

/// The reasons a person acts on differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DiskErrorKind {
    /// No space left, or the quota is used up.
    Full,
    /// The file system is mounted read-only.
    ReadOnly,
    /// The process may not.
    Permission,
    /// Nothing has that name.
    NotFound,
    /// Something has that name already.
    AlreadyExists,
    /// A test stopped the disk; see [`Disk::stopping_after`](super::Disk::stopping_after).
    Stopped,
    /// Anything else.
    Other,
}

impl DiskError {
    /// Puts an operating system's error in its place.
    pub fn new(operation: Operation, path: &Path, source: io::Error) -> Self {
        Self { operation, path: path.to_path_buf(), source }
    }

    /// Why, as far as it makes a difference to what a person does next.
    pub fn kind(&self) -> DiskErrorKind {
        if self.source.get_ref().and_then(|cause| cause.downcast_ref::<Stopped>()).is_some() {
            return DiskErrorKind::Stopped;
        }
        match self.source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => DiskErrorKind::Full,
            io::ErrorKind::ReadOnlyFilesystem => DiskErrorKind::ReadOnly,
            io::ErrorKind::PermissionDenied => DiskErrorKind::Permission,
            io::ErrorKind::NotFound => DiskErrorKind::NotFound,
            io::ErrorKind::AlreadyExists => DiskErrorKind::AlreadyExists,
            _ => DiskErrorKind::Other,
        }
    }
}
