//! Writing a publication: targets, then metadata in its order, `timestamp.json` last.
//!
//! A client that comes at any moment, and one that comes after a crash at any moment, reads the repository as it was
//! before or as it is afterwards: until `timestamp.json` is replaced, nothing that a client asks for by name has changed.

use interdict_host::read::ReadError;
use interdict_host::write::{Disk, DiskError, Mode};
use thiserror::Error;
use tracing::{debug, warn};

use super::Repository;
use super::files::{Files, Folder, NewFiles};
use super::{Compressed, forms};

/// The name of the one file that changes under its name.
pub const TIMESTAMP: &str = "timestamp.json";

/// More new targets than these are synced together.
const SYNCED_ONE_BY_ONE: usize = 16;

/// The publication is not, or not wholly, on disk. Clients read what was there before.
#[derive(Debug, Error)]
pub enum WriteError {
    /// The disk did not do what was asked.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// A file that is in the way could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Makes the folders that are missing and clears away what a crash left. For the holder of the lock.
///
/// # Errors
///
/// [`DiskError`].
pub fn prepare(disk: &Disk, repository: &Repository) -> Result<(), DiskError> {
    for folder in [repository.metadata(), repository.targets(), repository.memory()] {
        disk.create_dir_all_synced(&folder, Mode::Public)?;
        let swept = disk.sweep_temporary(&folder)?;
        if swept > 0 {
            warn!(folder = %folder.display(), files = swept, "cleared away what an interrupted run left");
        }
    }
    Ok(())
}

/// Writes new files over a repository, and then their compressed forms where they are wanted. For the holder of the lock.
///
/// # Errors
///
/// [`WriteError`]; `timestamp.json` is then the old one, unless only the sync after its replacement failed.
pub fn write(
    disk: &Disk,
    repository: &Repository,
    new: &NewFiles,
    compressed: Compressed,
) -> Result<(), WriteError> {
    let (targets, metadata) = (repository.targets(), repository.metadata());
    let below = Folder::new(repository.public());
    let together = new.targets.len() > SYNCED_ONE_BY_ONE;
    let mut unsynced = together;
    for (name, bytes) in &new.targets {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let path = targets.join(name);
        debug!(file = %name, bytes = bytes.len(), "write target");
        // The name contains the digest: what is there is the same file, or a part that a crash left.
        match below.target(name, length) {
            // Whoever wrote it may have stopped before it was synced.
            Ok(Some(there)) if there == *bytes => unsynced = true,
            Ok(None) if together => disk.write_new_unsynced(&path, bytes, Mode::Public)?,
            Ok(None) => disk.write_new(&path, bytes, Mode::Public)?,
            Ok(Some(_)) | Err(ReadError::TooLong { .. }) => disk.replace(&path, bytes, Mode::Public)?,
            Err(error) => return Err(error.into()),
        }
    }
    if unsynced {
        disk.sync_filesystem(&targets)?;
    }
    for (name, bytes) in &new.metadata {
        debug!(file = %name, bytes = bytes.len(), "write metadata");
        let path = metadata.join(name);
        if name == TIMESTAMP {
            disk.replace(&path, bytes, Mode::Public)?;
            continue;
        }
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        match below.metadata(name, length) {
            // What officers have signed elsewhere is the same when it is installed again after an interruption.
            Ok(Some(there)) if there == *bytes => disk.sync_dir(&metadata)?,
            Ok(_) | Err(ReadError::TooLong { .. }) => disk.write_new(&path, bytes, Mode::Public)?,
            Err(error) => return Err(error.into()),
        }
    }
    if compressed == Compressed::Yes {
        forms::write(disk, repository, new);
    }
    Ok(())
}
