//! The machine's files beneath a root: looked at, staged, put in place and taken away, without ever leaving the root.
//!
//! Folders are resolved as in chroot(2) and by open descriptors (as an inventory is read beneath a root); a link in the last
//! place of a path is never followed, read or replaced. Every change goes through [`Disk`], so that a test can stop after any.
//!
//! Not here: which files, and in which order ([`super::transaction`]).

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

use interdict_host::write::{Disk, DiskError, DiskErrorKind, Operation};
use interdict_schema::Sha256;
use rustix::fs::{
    AtFlags, FileType, Mode, OFlags, Timespec, Timestamps, UTIME_OMIT, fchmod, fchown, fstat, futimens,
    openat, statat,
};
use rustix::io::Errno;
use rustix::process::{Gid, Uid, getegid, geteuid};

use super::super::record::Base;
use super::attributes;
use crate::inventory::rooted::{Folder, is_absent};

/// The longest file that is looked at or restored, in bytes.
pub const MAX_FILE_BYTES: u64 = 1 << 30;

/// How the names of folders begin in which files are staged.
pub const STAGE_PREFIX: &str = ".interdict-stage-";

/// The permission bits of folders that are made for files.
const FOLDER_PERMISSIONS: u32 = 0o755;

/// A root, open.
#[derive(Debug, Clone)]
pub struct Tree {
    root: Folder,
    path: PathBuf,
}

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Nothing.
    Absent,
    /// A plain file.
    File(Kept),
    /// A link, a folder, a device: never touched.
    Other,
}

/// A file with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What it is like.
    pub base: Base,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Standing {
    /// What the file is like, where it is one.
    pub fn base(&self) -> Option<&Base> {
        match self {
            Self::File(kept) => Some(&kept.base),
            Self::Absent | Self::Other => None,
        }
    }
}

impl Tree {
    /// Opens the root; of its own path every link is followed.
    ///
    /// # Errors
    /// What the system said.
    pub fn open(path: &Path) -> Result<Self, DiskError> {
        let root = Folder::root(path).map_err(|error| DiskError::new(Operation::Open, path, error))?;
        Ok(Self { root, path: path.into() })
    }

    /// The path as this machine sees it, for a tool that is to read a file beneath the root.
    ///
    /// # Errors
    /// What the system said of its folder.
    pub fn outside(&self, path: &Path) -> Result<PathBuf, DiskError> {
        let (parent, name) = split(path)?;
        match self.folder(parent)? {
            Some(folder) => Ok(folder.place().join(name)),
            None => Err(DiskError::new(Operation::Open, path, io::ErrorKind::NotFound.into())),
        }
    }

    /// What stands at a path.
    ///
    /// # Errors
    /// What the system said, or a file that is too long.
    pub fn look(&self, path: &Path) -> Result<Standing, DiskError> {
        let (parent, name) = split(path)?;
        let Some(folder) = self.folder(parent)? else { return Ok(Standing::Absent) };
        let failed = |operation| move |errno: Errno| DiskError::new(operation, path, errno.into());
        let here = folder.here().map_err(failed(Operation::Open))?;
        let stat = match statat(here, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => stat,
            Err(Errno::NOENT) => return Ok(Standing::Absent),
            Err(errno) => return Err(failed(Operation::Open)(errno)),
        };
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Ok(Standing::Other);
        }
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = openat(here, name, flags, Mode::empty()).map_err(failed(Operation::Open))?;
        // It may have become something else between the look and the opening.
        let stat = fstat(&file).map_err(failed(Operation::Read))?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Ok(Standing::Other);
        }
        let attributes = attributes::read(&file);
        let mut bytes = Vec::new();
        let read = |error| DiskError::new(Operation::Read, path, error);
        File::from(file).take(MAX_FILE_BYTES.saturating_add(1)).read_to_end(&mut bytes).map_err(read)?;
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_FILE_BYTES {
            return Err(read(io::ErrorKind::FileTooLarge.into()));
        }
        let base = Base {
            sha256: Sha256::of(&bytes),
            permissions: Mode::from_raw_mode(stat.st_mode).bits() & 0o7777,
            owner: stat.st_uid,
            group: stat.st_gid,
            modified: Some((stat.st_mtime, u32::try_from(stat.st_mtime_nsec).unwrap_or_default())),
            attributes,
        };
        Ok(Standing::File(Kept { base, bytes }))
    }

    /// The folders above a path that are missing, the highest first.
    ///
    /// # Errors
    /// What the system said.
    pub fn missing(&self, path: &Path) -> Result<Vec<PathBuf>, DiskError> {
        let mut missing: Vec<PathBuf> = Vec::new();
        for above in path.ancestors().skip(1) {
            if let Some(folder) = self.folder(above)? {
                // A link that leads nowhere has the name: what it means is not made up.
                if let Some(first) = missing.last()
                    && let Some(name) = first.file_name()
                    && statat(open(&folder, above)?, name, AtFlags::SYMLINK_NOFOLLOW).is_ok()
                {
                    return Err(DiskError::new(Operation::Open, first, io::ErrorKind::NotADirectory.into()));
                }
                break;
            }
            missing.push(above.to_path_buf());
        }
        missing.reverse();
        Ok(missing)
    }

    /// Where a file of this path is staged: a folder that does not exist yet, on the same mount, and if possible not where the
    /// tool reads its own files, for some read whatever they find.
    ///
    /// # Errors
    /// What the system said.
    pub fn stage_for(&self, path: &Path, serial: u64) -> Result<PathBuf, DiskError> {
        let failed = |errno: Errno| DiskError::new(Operation::Open, path, errno.into());
        let mut above = path.ancestors().skip(1);
        let (folder, is_parent) = loop {
            let Some(next) = above.next() else { return Err(failed(Errno::NOENT)) };
            if let Some(found) = self.folder(next)? {
                break (found, path.parent() == Some(next));
            }
        };
        let real = self.beneath(&folder);
        let higher = real.parent().filter(|higher| is_parent && *higher != Path::new("/"));
        let stage = match higher.map(|higher| self.folder(higher)).transpose()?.flatten() {
            Some(higher) if same_mount(&higher, &folder).map_err(failed)? => self.beneath(&higher),
            _ => real,
        };
        Ok(stage.join(format!("{STAGE_PREFIX}{serial}")))
    }

    /// Makes the folders of these paths that are not there yet, each durable.
    ///
    /// # Errors
    /// What the disk gave.
    pub fn make_folders(&self, disk: &Disk, folders: &[PathBuf]) -> Result<(), DiskError> {
        for path in folders {
            if self.folder(path)?.is_none() {
                self.make_folder(disk, path, FOLDER_PERMISSIONS)?;
            }
        }
        Ok(())
    }

    /// Removes the folders that are empty, the deepest first. Returns those that stay.
    ///
    /// # Errors
    /// What the disk gave.
    pub fn remove_folders(&self, disk: &Disk, folders: &[PathBuf]) -> Result<Vec<PathBuf>, DiskError> {
        let mut deepest_first = folders.to_vec();
        deepest_first.sort_by_key(|path| std::cmp::Reverse(path.components().count()));
        let mut stay = Vec::new();
        for path in deepest_first {
            let (parent, name) = split(&path)?;
            let Some(folder) = self.folder(parent)? else { continue };
            let here = open(&folder, &path)?;
            match disk.remove_folder_beneath(here, name, &path) {
                Ok(()) => disk.sync_beneath(here, parent)?,
                Err(error) if error.kind() == DiskErrorKind::NotFound => {}
                Err(error) if stays(&error) => stay.push(path),
                Err(error) => return Err(error),
            }
        }
        stay.sort();
        Ok(stay)
    }

    /// Writes a file into the stage, durably, with everything that it is to be like. Returns the names of the attributes that the
    /// file system did not take.
    ///
    /// # Errors
    /// What the disk gave.
    pub fn stage(
        &self,
        disk: &Disk,
        place: &Staged<'_>,
        bytes: &[u8],
        base: &Base,
    ) -> Result<Vec<String>, DiskError> {
        let folder = place.folder();
        for made in [place.stage, folder.as_path()] {
            if self.folder(made)?.is_none() {
                self.make_folder(disk, made, 0o700)?;
            }
        }
        let Some(open_folder) = self.folder(&folder)? else {
            return Err(DiskError::new(Operation::Open, &folder, io::ErrorKind::NotFound.into()));
        };
        let here = open(&open_folder, &folder)?;
        let path = folder.join(place.name);
        match disk.remove_beneath(here, place.name, &path) {
            Ok(()) => {}
            Err(error) if error.kind() == DiskErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let file = disk.create_beneath(here, place.name, place.path, bytes)?;
        let failed = |errno: Errno| DiskError::new(Operation::Write, place.path, errno.into());
        let stat = fstat(&file).map_err(failed)?;
        if (stat.st_uid, stat.st_gid) != (base.owner, base.group) {
            let (owner, group) = (Uid::from_raw(base.owner), Gid::from_raw(base.group));
            fchown(&file, Some(owner), Some(group)).map_err(failed)?;
        }
        let lost = attributes::give(&file, &base.attributes);
        // One that is ours has the permissions that its renderer wants; what was there before is open to nobody more.
        let permissions = match base.modified {
            Some(_) => attributes::permissions_without(&lost, &base.attributes, base.permissions),
            None => base.permissions,
        };
        fchmod(&file, Mode::from_raw_mode(permissions)).map_err(failed)?;
        if let Some((seconds, nanoseconds)) = base.modified {
            let times = Timestamps {
                last_access: Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT },
                last_modification: Timespec { tv_sec: seconds, tv_nsec: nanoseconds.into() },
            };
            futimens(&file, &times).map_err(failed)?;
        }
        disk.sync_file(&file, place.path)?;
        Ok(lost)
    }

    /// Gives a staged file its name, durably.
    ///
    /// # Errors
    /// What the disk gave.
    pub fn install(&self, disk: &Disk, place: &Staged<'_>) -> Result<(), DiskError> {
        let (parent, name) = split(place.path)?;
        let folder = place.folder();
        let (Some(from), Some(to)) = (self.folder(&folder)?, self.folder(parent)?) else {
            return Err(DiskError::new(Operation::Rename, place.path, io::ErrorKind::NotFound.into()));
        };
        let (from, to) = (open(&from, &folder)?, open(&to, parent)?);
        disk.rename_beneath((from, place.name), (to, name), place.path)?;
        disk.sync_beneath(to, parent)
    }

    /// Takes a file away, durably; one that is not there is gone.
    ///
    /// # Errors
    /// What the disk gave.
    pub fn remove(&self, disk: &Disk, path: &Path) -> Result<(), DiskError> {
        let (parent, name) = split(path)?;
        let Some(folder) = self.folder(parent)? else { return Ok(()) };
        let here = open(&folder, parent)?;
        match disk.remove_beneath(here, name, path) {
            Ok(()) => disk.sync_beneath(here, parent),
            Err(error) if error.kind() == DiskErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Removes what is left in the stages of these files.
    ///
    /// # Errors
    /// What the disk gave.
    pub fn sweep<'s>(&self, disk: &Disk, all: impl IntoIterator<Item = Staged<'s>>) -> Result<(), DiskError> {
        let mut stages: Vec<&Path> = Vec::new();
        for place in all {
            let folder = place.folder();
            if self.folder(&folder)?.is_some() {
                self.remove(disk, &folder.join(place.name))?;
                self.remove_folders(disk, std::slice::from_ref(&folder))?;
            }
            stages.push(place.stage);
        }
        stages.sort();
        stages.dedup();
        for stage in stages {
            self.remove_folders(disk, &[stage.to_path_buf()])?;
        }
        Ok(())
    }

    /// The owner and group of what this process makes.
    pub fn ours() -> (u32, u32) {
        (geteuid().as_raw(), getegid().as_raw())
    }

    fn make_folder(&self, disk: &Disk, path: &Path, permissions: u32) -> Result<(), DiskError> {
        let (parent, name) = split(path)?;
        let Some(folder) = self.folder(parent)? else {
            return Err(DiskError::new(Operation::MakeDirectory, path, io::ErrorKind::NotFound.into()));
        };
        let here = open(&folder, parent)?;
        disk.make_folder_beneath(here, name, path, permissions)?;
        // The umask took bits away.
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        openat(here, name, flags, Mode::empty())
            .and_then(|made| fchmod(made, Mode::from_raw_mode(permissions)))
            .map_err(|errno| DiskError::new(Operation::MakeDirectory, path, errno.into()))?;
        disk.sync_beneath(here, parent)
    }

    /// A folder beneath the root; `None` where nothing is there.
    fn folder(&self, path: &Path) -> Result<Option<Folder>, DiskError> {
        match self.root.folder(path) {
            Ok(folder) => Ok(Some(folder)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) if is_absent(&error) => {
                Err(DiskError::new(Operation::Open, path, io::ErrorKind::NotADirectory.into()))
            }
            Err(error) => Err(DiskError::new(Operation::Open, path, error)),
        }
    }

    /// Where a folder is beneath the root, without a link on the way.
    fn beneath(&self, folder: &Folder) -> PathBuf {
        let place = folder.place();
        let below = place.strip_prefix(&self.path).unwrap_or(Path::new(""));
        Path::new("/").join(below)
    }
}

/// Where a file is staged.
#[derive(Debug, Clone, Copy)]
pub struct Staged<'s> {
    /// The folder of everything that is staged there.
    pub stage: &'s Path,
    /// Its number among the changes.
    pub number: usize,
    /// Its name, which it keeps: some tools look at it.
    pub name: &'s OsStr,
    /// Where it belongs.
    pub path: &'s Path,
}

impl Staged<'_> {
    fn folder(&self) -> PathBuf {
        self.stage.join(self.number.to_string())
    }

    /// Its path beneath the root while it is staged.
    pub fn staged_path(&self) -> PathBuf {
        self.folder().join(self.name)
    }
}

/// The folder and the last name of a path.
fn split(path: &Path) -> Result<(&Path, &OsStr), DiskError> {
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) if path.is_absolute() => Ok((parent, name)),
        _ => Err(DiskError::new(Operation::Open, path, io::ErrorKind::InvalidInput.into())),
    }
}

fn open<'f>(folder: &'f Folder, path: &Path) -> Result<&'f OwnedFd, DiskError> {
    folder.here().map_err(|errno| DiskError::new(Operation::Open, path, errno.into()))
}

fn stays(error: &DiskError) -> bool {
    // One that is no folder any more is somebody else's.
    use io::ErrorKind::{DirectoryNotEmpty, NotADirectory, ResourceBusy};
    matches!(error.source.kind(), DirectoryNotEmpty | NotADirectory | ResourceBusy)
        || error.source.raw_os_error() == Some(Errno::EXIST.raw_os_error())
}

/// Whether a file of one folder can be renamed into the other: a bind mount of the same file system cannot be crossed either.
fn same_mount(one: &Folder, other: &Folder) -> Result<bool, Errno> {
    let mount = |folder: &Folder| -> Result<(u64, u64), Errno> {
        let here = folder.here()?;
        Ok((mount_of(here.as_fd())?, fstat(here)?.st_dev))
    };
    Ok(mount(one)? == mount(other)?)
}

#[cfg(target_os = "linux")]
fn mount_of(folder: std::os::fd::BorrowedFd<'_>) -> Result<u64, Errno> {
    use rustix::fs::{StatxFlags, statx};
    match statx(folder, c"", AtFlags::EMPTY_PATH, StatxFlags::MNT_ID) {
        Ok(found) => Ok(found.stx_mnt_id),
        // An old kernel: the device alone tells, and a rename that fails is rolled back.
        Err(Errno::NOSYS | Errno::INVAL) => Ok(0),
        Err(errno) => Err(errno),
    }
}

#[cfg(not(target_os = "linux"))]
fn mount_of(_: std::os::fd::BorrowedFd<'_>) -> Result<u64, Errno> {
    Ok(0)
}
