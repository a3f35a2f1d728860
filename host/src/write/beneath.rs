//! Changes within an open folder, by name: for folders of others, where a path could lead elsewhere by the time it is used.
//!
//! Every function takes the open folder and a single name in it; a link of that name is never followed. The path is for
//! messages and for a test's script alone. Not here: how the folder was found.

use std::ffi::OsStr;
use std::fs::File;
use std::os::fd::AsFd;
use std::path::Path;

use rustix::fs::{AtFlags, Mode as Bits, OFlags, fsync, mkdirat, openat, renameat, unlinkat};

use super::{Disk, DiskError, Operation};

impl Disk {
    /// Makes a file that must not exist yet, and writes it. It is the owner's alone until the caller says otherwise, and durable
    /// once [`sync_file`](Self::sync_file) was called.
    ///
    /// # Errors
    /// [`AlreadyExists`](super::DiskErrorKind::AlreadyExists), or what the disk gave; a part of the file may be left.
    pub fn create_beneath(
        &self,
        folder: impl AsFd,
        name: &OsStr,
        path: &Path,
        bytes: &[u8],
    ) -> Result<File, DiskError> {
        self.step(Operation::Create, path)?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let opened = openat(folder, name, flags, Bits::RUSR | Bits::WUSR);
        let mut file =
            File::from(opened.map_err(|errno| DiskError::new(Operation::Create, path, errno.into()))?);
        self.write_bytes(&mut file, path, bytes)?;
        Ok(file)
    }

    /// Waits until the disk holds a file, its permissions and its times included.
    ///
    /// # Errors
    /// What the disk gave.
    pub fn sync_file(&self, file: &File, path: &Path) -> Result<(), DiskError> {
        self.step(Operation::Sync, path)?;
        file.sync_all().map_err(|error| DiskError::new(Operation::Sync, path, error))
    }

    /// Gives a file of one folder a name in another of the same file system, in place of whatever file has it.
    ///
    /// # Errors
    /// What the disk gave; nothing is renamed then.
    pub fn rename_beneath(
        &self,
        from: (impl AsFd, &OsStr),
        to: (impl AsFd, &OsStr),
        path: &Path,
    ) -> Result<(), DiskError> {
        self.step(Operation::Rename, path)?;
        renameat(from.0, from.1, to.0, to.1)
            .map_err(|errno| DiskError::new(Operation::Rename, path, errno.into()))
    }

    /// Removes a file or link.
    ///
    /// # Errors
    /// What the disk gave, [`NotFound`](super::DiskErrorKind::NotFound) included.
    pub fn remove_beneath(&self, folder: impl AsFd, name: &OsStr, path: &Path) -> Result<(), DiskError> {
        self.step(Operation::Remove, path)?;
        unlinkat(folder, name, AtFlags::empty())
            .map_err(|errno| DiskError::new(Operation::Remove, path, errno.into()))
    }

    /// Makes a folder that must not exist yet, with exactly these permission bits less the umask.
    ///
    /// # Errors
    /// [`AlreadyExists`](super::DiskErrorKind::AlreadyExists), or what the disk gave.
    pub fn make_folder_beneath(
        &self,
        folder: impl AsFd,
        name: &OsStr,
        path: &Path,
        permissions: u32,
    ) -> Result<(), DiskError> {
        self.step(Operation::MakeDirectory, path)?;
        mkdirat(folder, name, Bits::from_raw_mode(permissions))
            .map_err(|errno| DiskError::new(Operation::MakeDirectory, path, errno.into()))
    }

    /// Removes an empty folder.
    ///
    /// # Errors
    /// What the disk gave, for one that is not empty too.
    pub fn remove_folder_beneath(
        &self,
        folder: impl AsFd,
        name: &OsStr,
        path: &Path,
    ) -> Result<(), DiskError> {
        self.step(Operation::Remove, path)?;
        unlinkat(folder, name, AtFlags::REMOVEDIR)
            .map_err(|errno| DiskError::new(Operation::Remove, path, errno.into()))
    }

    /// Waits until the names in an open folder are durable.
    ///
    /// # Errors
    /// What the disk gave.
    pub fn sync_beneath(&self, folder: impl AsFd, path: &Path) -> Result<(), DiskError> {
        self.step(Operation::Sync, path)?;
        let failed = |errno: rustix::io::Errno| DiskError::new(Operation::Sync, path, errno.into());
        // The folder may have been opened only to pass through it.
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let open = openat(folder, ".", flags, Bits::empty()).map_err(failed)?;
        fsync(open).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail by panicking")]

    use std::fs;

    use super::super::DiskErrorKind;
    use super::*;

    #[test]
    fn a_file_is_made_renamed_and_removed_by_name_and_no_link_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (disk, path) = (Disk::recording(), folder.path().join("a"));
        let open = File::open(folder.path()).unwrap();
        let file = disk.create_beneath(&open, OsStr::new("a"), &path, b"bytes").unwrap();
        disk.sync_file(&file, &path).unwrap();
        let again = disk.create_beneath(&open, OsStr::new("a"), &path, b"x").unwrap_err();
        assert_eq!(again.kind(), DiskErrorKind::AlreadyExists);
        std::os::unix::fs::symlink("nowhere", folder.path().join("link")).unwrap();
        let linked = disk.create_beneath(&open, OsStr::new("link"), &path, b"x").unwrap_err();
        assert_eq!(linked.kind(), DiskErrorKind::AlreadyExists);
        disk.make_folder_beneath(&open, OsStr::new("inside"), &path, 0o700).unwrap();
        let inside = File::open(folder.path().join("inside")).unwrap();
        disk.rename_beneath((&open, OsStr::new("a")), (&inside, OsStr::new("b")), &path).unwrap();
        disk.sync_beneath(&inside, &path).unwrap();
        assert_eq!(fs::read(folder.path().join("inside/b")).unwrap(), b"bytes");
        assert!(disk.remove_folder_beneath(&open, OsStr::new("inside"), &path).is_err());
        disk.remove_beneath(&inside, OsStr::new("b"), &path).unwrap();
        disk.remove_folder_beneath(&open, OsStr::new("inside"), &path).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(disk.steps().len(), 11);
    }
}
