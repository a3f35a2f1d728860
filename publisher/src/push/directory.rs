//! A folder: on a web server's disk, on a mounted file system, on a medium that is carried.
//!
//! Written durably and whole, as a repository is ([`crate::repository::write`]). The folder is locked meanwhile, so that two
//! pushes into it come one after the other.

use std::path::{Path, PathBuf};

use interdict_host::lock::Lock;
use interdict_host::read::{ReadError, read_bounded_nofollow, read_start_nofollow};
use interdict_host::write::{Disk, DiskError, DiskErrorKind, Mode as Access};
use interdict_schema::Sha256;
use tracing::{debug, warn};

use super::Mode;
use super::destination::{Destination, DestinationError};
use super::plan::{Found, Put, Why};
use super::published::{Kind, Object, Published, TIMESTAMP};

/// More new targets than these, where no client reads yet, are synced together.
const SYNCED_ONE_BY_ONE: usize = 16;

/// A folder.
#[derive(Debug)]
pub struct Directory {
    disk: Disk,
    path: PathBuf,
    _lock: Option<Lock>,
}

impl Directory {
    /// Opens a folder, which is made where there is none, and clears away what an interrupted push left in it.
    ///
    /// # Errors
    ///
    /// [`DiskError`].
    pub fn open(disk: &Disk, path: PathBuf, mode: Mode) -> Result<Self, DiskError> {
        let disk = disk.clone();
        if mode == Mode::DryRun {
            return Ok(Self { disk, path, _lock: None });
        }
        disk.create_dir_all_synced(&path, Access::Public)?;
        let lock = Lock::wait_for_folder(&path)?;
        for below in ["targets", "metadata"] {
            let folder = path.join(below);
            disk.create_dir_all_synced(&folder, Access::Public)?;
            let swept = disk.sweep_temporary_files(&folder)?;
            if swept > 0 {
                warn!(folder = %folder.display(), files = swept, "cleared away what an interrupted push left");
            }
        }
        Ok(Self { disk, path, _lock: Some(lock) })
    }

    fn path_of(&self, object: &Object) -> PathBuf {
        self.path.join(object.name())
    }
}

impl Destination for Directory {
    fn read(&mut self, name: &str, max_bytes: u64) -> Result<Option<Vec<u8>>, DestinationError> {
        let path = self.path.join(name);
        match read_bounded_nofollow(&path, max_bytes) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if is_absent(&error) => Ok(None),
            Err(ReadError::TooLong { .. }) => Ok(Some(read_start_nofollow(&path, max_bytes)?)),
            Err(error) => Err(error.into()),
        }
    }

    fn compare(&mut self, published: &Published) -> Result<Vec<Found>, DestinationError> {
        published.objects().iter().map(|object| Ok(compare(&self.path_of(object), object)?)).collect()
    }

    fn put(
        &mut self,
        published: &Published,
        batch: &[Put],
        done: &mut dyn FnMut(&Object),
    ) -> Result<(), DestinationError> {
        // Whoever put what is there already may have stopped before it was synced.
        if batch.iter().any(|put| put.object.kind() != Kind::Target) {
            self.disk.sync_filesystem(&self.path)?;
        }
        // Only where nothing leads to any of them is a file without its last bytes nobody's concern.
        let together = batch.len() > SYNCED_ONE_BY_ONE && !self.path.join(TIMESTAMP).exists();
        for Put { object, why } in batch {
            let (path, bytes) = (self.path_of(object), published.bytes(object)?);
            debug!(file = object.name(), bytes = bytes.len(), "put");
            match why {
                Why::Missing if together && object.kind() == Kind::Target => {
                    self.disk.write_new_unsynced(&path, &bytes, Access::Public)?;
                }
                _ => self.disk.replace(&path, &bytes, Access::Public)?,
            }
            done(object);
        }
        Ok(())
    }
}

fn compare(path: &Path, object: &Object) -> Result<Found, ReadError> {
    match read_bounded_nofollow(path, object.length()) {
        Ok(bytes) if Sha256::of(&bytes) == object.digest() => Ok(Found::Same),
        Ok(_) | Err(ReadError::TooLong { .. }) => Ok(Found::Different),
        Err(error) if is_absent(&error) => Ok(Found::Missing),
        Err(error) => Err(error),
    }
}

fn is_absent(error: &ReadError) -> bool {
    matches!(error, ReadError::Disk(disk) if disk.kind() == DiskErrorKind::NotFound)
}
