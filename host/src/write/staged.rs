//! A file that comes in parts, and has its name only once its writer says that it is whole.

use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{Disk, DiskError, Mode, directory_of};

/// A temporary file that is being written. Dropped, it is gone; only [`replace`](Self::replace) gives it its name.
#[derive(Debug)]
pub struct StagedFile {
    disk: Disk,
    path: PathBuf,
    staged: NamedTempFile,
}

impl Disk {
    /// Begins a file that is to take the place of whatever file has that name, in parts.
    ///
    /// # Errors
    ///
    /// What the disk gave.
    pub fn stage(&self, path: &Path, mode: Mode) -> Result<StagedFile, DiskError> {
        let staged = self.create_temporary(path, mode)?;
        Ok(StagedFile { disk: self.clone(), path: path.to_path_buf(), staged })
    }
}

impl StagedFile {
    /// Adds a part.
    ///
    /// # Errors
    ///
    /// What the disk gave.
    pub fn write(&mut self, part: &[u8]) -> Result<(), DiskError> {
        self.disk.write_bytes(self.staged.as_file_mut(), &self.path, part)
    }

    /// Gives the file its name, durably and whole, in place of whatever file has it.
    ///
    /// # Errors
    ///
    /// As [`Disk::replace`].
    pub fn replace(self) -> Result<(), DiskError> {
        self.disk.sync_staged(&self.staged, &self.path)?;
        self.disk.persist(self.staged, &self.path)?;
        self.disk.sync_dir(directory_of(&self.path))
    }
}
