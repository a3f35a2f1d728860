//! An exclusive lock on a folder: one process at a time changes it.
//!
//! [`Lock::acquire`] is for folders of our own and for as long as the work takes; [`Lock::wait_for_folder`] for a folder of
//! the user's and for a moment; [`Lock::share_folder`] for one into which several write files of their own names.
//!
//! The lock is advisory (`flock(2)`) and belongs to the open file, so the kernel releases it when the process ends,
//! however it ends; the file stays and means nothing by itself. It holds the process id of the last holder, for the
//! message alone. Network file systems without locking give [`LockError::Disk`], never a lock that is none.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use thiserror::Error;

use crate::read::read_to_limit;
use crate::write::{DiskError, Operation};

/// A lock that is held until it is dropped.
#[derive(Debug)]
#[must_use = "a lock that is dropped is released"]
pub struct Lock {
    file: File,
}

impl Drop for Lock {
    /// Unlocked and not only closed: a program that another thread starts at this moment has the open file too, until it has become
    /// itself, and would keep the lock so long.
    fn drop(&mut self) {
        // Where that is not possible, the closing has to do.
        let _ = self.file.unlock();
    }
}

/// The lock was not taken.
#[derive(Debug, Error)]
pub enum LockError {
    /// Another process has it.
    #[error("{} is locked by {}", path.display(), Holder(*pid))]
    Held {
        /// Which lock file.
        path: PathBuf,
        /// The holder's process id, as far as the file says.
        pid: Option<u32>,
    },
    /// The lock file could not be made or locked.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

struct Holder(Option<u32>);

/// Digits of the highest process id.
const LONGEST_PID: usize = 10;

impl std::fmt::Display for Holder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(pid) => write!(formatter, "process {pid}"),
            None => formatter.write_str("another process"),
        }
    }
}

impl Lock {
    /// Takes the lock, or says at once who has it. The file is made if it is not there; its folder must be.
    ///
    /// # Errors
    ///
    /// [`LockError::Held`] when another open file has the lock, in this process too.
    pub fn acquire(path: &Path) -> Result<Self, LockError> {
        let failed = |error| DiskError::new(Operation::Lock, path, error);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            // Whoever can make names in the folder could otherwise have a file of ours, elsewhere, emptied.
            .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
            .open(path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(LockError::Held { path: path.to_path_buf(), pid: holder(&mut file) });
            }
            Err(TryLockError::Error(error)) => return Err(failed(error).into()),
        }
        // The name of the holder is a courtesy: a disk too full for it is found out by what the lock is for.
        let _ = name_holder(&mut file);
        Ok(Self { file })
    }

    /// Waits for the lock on a folder itself, which leaves no file in it: for whoever reads a file, adds to it and writes
    /// it back in one go.
    ///
    /// # Errors
    ///
    /// [`DiskError`] where the folder cannot be opened, or its file system has no locks.
    pub fn wait_for_folder(dir: &Path) -> Result<Self, DiskError> {
        let failed = |error| DiskError::new(Operation::Lock, dir, error);
        let file = File::open(dir).map_err(failed)?;
        file.lock().map_err(failed)?;
        Ok(Self { file })
    }

    /// Shares the folder itself with others who share it, for as long as files are made in it. Where nobody has it, what is left
    /// in it of a run is left for good: then `tidy` is called first, and nobody gets it meanwhile.
    ///
    /// # Errors
    ///
    /// [`DiskError`] where the folder cannot be opened, or its file system has no locks; nothing was tidied then.
    pub fn share_folder(dir: &Path, tidy: impl FnOnce()) -> Result<Self, DiskError> {
        let failed = |error| DiskError::new(Operation::Lock, dir, error);
        let file = File::open(dir).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => tidy(),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        // Of what was ours alone this makes a share; where another tidies, it waits for that.
        file.lock_shared().map_err(failed)?;
        Ok(Self { file })
    }
}

/// Writes the number over the one before it, in one call and always as long: a file that is emptied and filled again is
/// flushed to the disk when it is closed (ext4 and others), which took longer than all else that a poll does.
fn name_holder(file: &mut File) -> io::Result<()> {
    let line = format!("{:<LONGEST_PID$}\n", std::process::id());
    file.write_all(line.as_bytes())
}

fn holder(file: &mut File) -> Option<u32> {
    let bytes = read_to_limit(file, 32).ok().flatten()?;
    std::str::from_utf8(&bytes).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;
    use crate::write::DiskErrorKind;

    #[test]
    fn a_second_taker_is_told_who_holds_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let held = Lock::acquire(&path).unwrap();
        let error = Lock::acquire(&path).unwrap_err();
        assert!(matches!(&error, LockError::Held { pid, .. } if *pid == Some(std::process::id())), "{error}");
        assert_eq!(
            error.to_string(),
            format!("{} is locked by process {}", path.display(), std::process::id())
        );
        drop(held);
        // However long the number before was, one line of one length is there: the file is never emptied.
        std::fs::OpenOptions::new().write(true).open(&path).unwrap().write_all(b"4294967295\n").unwrap();
        let _again = Lock::acquire(&path).unwrap();
        let line = std::fs::read_to_string(&path).unwrap();
        assert_eq!((line.len(), line.trim()), (11, std::process::id().to_string().as_str()));
    }

    #[test]
    fn whoever_waits_for_a_folder_gets_it_when_it_is_free_and_leaves_nothing_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let held = Lock::wait_for_folder(folder.path()).unwrap();
        let path = folder.path().to_path_buf();
        let waiting = std::thread::spawn(move || Lock::wait_for_folder(&path).is_ok());
        drop(held);
        assert!(waiting.join().unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_shared_folder_is_tidied_by_whoever_has_it_alone_and_by_nobody_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let share = || {
            let mut tidied = false;
            let lock = Lock::share_folder(folder.path(), || tidied = true).unwrap();
            (lock, tidied)
        };
        let (first, alone) = share();
        let (second, with_first) = share();
        drop(first);
        let (third, with_second) = share();
        drop((second, third));
        let (_fourth, alone_again) = share();
        assert_eq!([alone, with_first, with_second, alone_again], [true, false, false, true]);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_link_in_the_locks_place_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (victim, path) = (folder.path().join("victim"), folder.path().join("lock"));
        std::os::unix::fs::symlink(&victim, &path).unwrap();
        assert!(matches!(Lock::acquire(&path).unwrap_err(), LockError::Disk(_)));
        assert!(!victim.exists());
    }

    #[test]
    fn a_lock_in_a_folder_that_is_not_there_is_a_disk_error() {
        let folder = tempfile::tempdir().unwrap();
        let error = Lock::acquire(&folder.path().join("absent/lock")).unwrap_err();
        assert!(matches!(error, LockError::Disk(disk) if disk.kind() == DiskErrorKind::NotFound));
    }
}
