//! A file that is written a part at a time, because its whole would not fit comfortably in memory.

use std::fs::File;
use std::path::PathBuf;

use super::{Disk, DiskError};

/// How much is gathered before it is written, in bytes.
const GATHERED: usize = 64 * 1024;

/// A new file that is not whole before [`finish`](Self::finish): see [`Disk::begin_new_unsynced`].
#[derive(Debug)]
#[must_use]
pub struct Growing {
    pub(super) disk: Disk,
    pub(super) file: File,
    pub(super) path: PathBuf,
    pub(super) gathered: Vec<u8>,
}

impl Growing {
    /// Adds to the file.
    ///
    /// # Errors
    /// What the disk gave; a part of the file may be left.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), DiskError> {
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() >= GATHERED {
            self.disk.write_bytes(&mut self.file, &self.path, &self.gathered)?;
            self.gathered.clear();
        }
        Ok(())
    }

    /// Writes what is left. The file is whole now, and not synced.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn finish(mut self) -> Result<(), DiskError> {
        self.disk.write_bytes(&mut self.file, &self.path, &self.gathered)
    }
}
