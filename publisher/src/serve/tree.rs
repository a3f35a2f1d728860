//! The files below the root, reached without leaving it.
//!
//! Every component is opened relative to the one before and never through a symbolic link
//! (`O_NOFOLLOW`), so no name leads out of the root, whatever is linked inside it and whenever. Only
//! regular files exist here. Not here: which names are asked for at all (`path.rs`).
//!
//! The root itself is opened once, when the server starts, and may be a link: the operator named it. The
//! folders below it stay open for [`FOLDER_LIFETIME`] after they were found, because looking for one costs
//! more than the rest of an answer; what happens to a file is seen at once, what happens to a folder a
//! second later.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use foldhash::fast::RandomState;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::limits::{FOLDER_LIFETIME, MAX_OPEN_FOLDERS};
use super::moment::Moment;
use super::path::RequestPath;

/// An open root folder.
#[derive(Debug)]
pub(super) struct Tree {
    root: Arc<OwnedFd>,
    /// By path below the root.
    folders: Mutex<HashMap<Box<str>, OpenFolder, RandomState>>,
}

#[derive(Debug)]
struct OpenFolder {
    found: Moment,
    folder: Arc<OwnedFd>,
}

/// What tells one content of a path from the next: a publication renames a new file into place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) inode: u64,
    /// Bytes.
    pub(super) length: u64,
    /// Since 1970; a file from before counts as 1970.
    pub(super) modified: Duration,
}

impl Stamp {
    /// The moment of the last change.
    pub(super) fn modified_at(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + self.modified
    }
}

/// Why a path gave no file.
#[derive(Debug, thiserror::Error)]
pub(super) enum LookupError {
    /// No regular file of that name, or a symbolic link on the way.
    #[error("no such file")]
    NotFound,
    /// There, but not for us to read.
    #[error("permission denied")]
    Denied,
    /// Out of file descriptors or memory, or the file changed while it was read: worth asking again.
    #[error("not available at the moment")]
    Unavailable,
    /// The disk failed.
    #[error("reading the file")]
    Io(#[source] io::Error),
}

impl From<Errno> for LookupError {
    fn from(errno: Errno) -> Self {
        match errno {
            Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::NAMETOOLONG | Errno::ISDIR | Errno::NXIO => {
                Self::NotFound
            }
            Errno::ACCESS | Errno::PERM => Self::Denied,
            Errno::MFILE | Errno::NFILE | Errno::NOMEM => Self::Unavailable,
            other => Self::Io(other.into()),
        }
    }
}

impl Tree {
    /// Opens the root folder.
    ///
    /// # Errors
    /// Whatever the system says: `NotFound`, `NotADirectory`, `PermissionDenied`.
    pub(super) fn open_root(root: &Path) -> io::Result<Self> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = rustix::fs::open(root, flags, Mode::empty())?;
        Ok(Self { root: Arc::new(root), folders: Mutex::default() })
    }

    /// The root folder, open for nothing but lookups.
    pub(super) fn root(&self) -> &OwnedFd {
        &self.root
    }

    /// Whether the root folder has been removed: whatever lies at its path now is another one.
    pub(super) fn is_gone(&self) -> bool {
        rustix::fs::fstat(&self.root).is_ok_and(|stat| stat.st_nlink == 0)
    }

    /// Whether the root folder can be looked into.
    ///
    /// # Errors
    /// [`LookupError`].
    pub(super) fn look(&self) -> Result<(), LookupError> {
        if self.is_gone() {
            return Err(LookupError::NotFound);
        }
        rustix::fs::statat(&self.root, ".", AtFlags::empty())?;
        Ok(())
    }

    /// The stamp of the file that a path names now, without opening it.
    ///
    /// # Errors
    /// [`LookupError`].
    pub(super) fn stamp(&self, path: &RequestPath<'_>) -> Result<Stamp, LookupError> {
        let (folder, name) = path.split();
        let folder = self.folder(folder, Moment::now())?;
        stamp_of(&rustix::fs::statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW)?)
    }

    /// Opens the file that a path names now. The stamp is that of the opened file.
    ///
    /// # Errors
    /// [`LookupError`].
    pub(super) fn open(&self, path: &RequestPath<'_>) -> Result<(File, Stamp), LookupError> {
        // NONBLOCK: opening a named pipe must not wait for its writer.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let (folder, name) = path.split();
        let folder = self.folder(folder, Moment::now())?;
        let file = rustix::fs::openat(&folder, name, flags, Mode::empty())?;
        let stamp = stamp_of(&rustix::fs::fstat(&file)?)?;
        Ok((File::from(file), stamp))
    }

    /// The folder of that path, `None` being the root, as found within the last [`FOLDER_LIFETIME`].
    fn folder(&self, path: Option<&str>, now: Moment) -> Result<Arc<OwnedFd>, LookupError> {
        let Some(path) = path else { return Ok(Arc::clone(&self.root)) };
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = folders.get(path)
            && now.since(open.found) < FOLDER_LIFETIME
        {
            return Ok(Arc::clone(&open.folder));
        }
        folders.remove(path);
        let folder = Arc::new(self.walk(path)?);
        if folders.len() >= MAX_OPEN_FOLDERS {
            folders.clear();
        }
        folders.insert(path.into(), OpenFolder { found: now, folder: Arc::clone(&folder) });
        Ok(folder)
    }

    fn walk(&self, path: &str) -> Result<OwnedFd, LookupError> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut components = path.split('/');
        let first = components.next().unwrap_or_default();
        let mut folder = rustix::fs::openat(&self.root, first, flags, Mode::empty())?;
        for component in components {
            folder = rustix::fs::openat(folder.as_fd(), component, flags, Mode::empty())?;
        }
        Ok(folder)
    }
}

#[allow(
    clippy::useless_conversion,
    clippy::unnecessary_fallible_conversions,
    reason = "the widths differ between architectures"
)]
fn stamp_of(stat: &Stat) -> Result<Stamp, LookupError> {
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(LookupError::NotFound);
    }
    let seconds = u64::try_from(stat.st_mtime).unwrap_or(0);
    let nanoseconds = u32::try_from(stat.st_mtime_nsec).unwrap_or(0);
    Ok(Stamp {
        inode: u64::from(stat.st_ino),
        length: u64::try_from(stat.st_size).unwrap_or(0),
        modified: Duration::from_secs(seconds).saturating_add(Duration::from_nanos(nanoseconds.into())),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test stops at the first surprise")]

    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    fn found(tree: &Tree, path: &str) -> bool {
        let path = RequestPath::parse(path).unwrap();
        let (stamp, open) = (tree.stamp(&path), tree.open(&path));
        match (stamp, open) {
            (Ok(stamp), Ok((_, opened))) => {
                assert_eq!(stamp, opened);
                true
            }
            (Err(LookupError::NotFound), Err(LookupError::NotFound)) => false,
            other => unreachable!("stamp and open disagree: {other:?}"),
        }
    }

    #[test]
    fn finds_regular_files_and_nothing_else() {
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret"), "s").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir(root.join("inner")).unwrap();
        fs::write(root.join("inner/file"), "x").unwrap();
        symlink(outside.path().join("secret"), root.join("link")).unwrap();
        symlink(outside.path(), root.join("folder-link")).unwrap();
        symlink("inner/file", root.join("link-inside")).unwrap();
        rustix::fs::mknodat(rustix::fs::CWD, root.join("pipe"), FileType::Fifo, Mode::RUSR, 0).unwrap();

        let tree = Tree::open_root(root).unwrap();
        assert!(found(&tree, "/inner/file"));
        for path in ["/inner", "/absent", "/inner/file/x", "/link", "/folder-link/secret", "/link-inside"] {
            assert!(!found(&tree, path), "{path}");
        }
        assert!(!found(&tree, &format!("/{}", "n".repeat(300))));
        assert!(matches!(tree.stamp(&RequestPath::parse("/pipe").unwrap()), Err(LookupError::NotFound)));
        assert!(matches!(tree.open(&RequestPath::parse("/pipe").unwrap()), Err(LookupError::NotFound)));
    }

    #[test]
    fn looks_for_a_folder_again_after_its_lifetime() {
        let outside = tempfile::tempdir().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let metadata = folder.path().join("metadata");
        fs::create_dir(&metadata).unwrap();
        let tree = Tree::open_root(folder.path()).unwrap();
        let start = Moment::now();
        assert!(tree.folder(Some("metadata"), start).is_ok());
        fs::remove_dir(&metadata).unwrap();
        symlink(outside.path(), &metadata).unwrap();
        let lifetime = u64::try_from(FOLDER_LIFETIME.as_nanos()).unwrap();
        let last = Moment(start.0 + lifetime - 1);
        assert!(tree.folder(Some("metadata"), last).is_ok());
        let late = Moment(start.0 + lifetime);
        assert!(matches!(tree.folder(Some("metadata"), late), Err(LookupError::NotFound)));
        assert!(matches!(tree.folder(Some("metadata"), start), Err(LookupError::NotFound)));
    }

    #[test]
    fn knows_when_its_root_has_been_removed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("public");
        fs::create_dir(&root).unwrap();
        let tree = Tree::open_root(&root).unwrap();
        assert!(!tree.is_gone() && tree.look().is_ok());
        fs::remove_dir(&root).unwrap();
        fs::create_dir(&root).unwrap();
        assert!(tree.is_gone() && matches!(tree.look(), Err(LookupError::NotFound)));
    }

    #[test]
    fn keeps_no_more_folders_open_than_it_may() {
        let folder = tempfile::tempdir().unwrap();
        let tree = Tree::open_root(folder.path()).unwrap();
        for number in 0..=MAX_OPEN_FOLDERS {
            let name = number.to_string();
            fs::create_dir(folder.path().join(&name)).unwrap();
            assert!(tree.folder(Some(&name), Moment::now()).is_ok());
            assert!(tree.folders.lock().unwrap().len() <= MAX_OPEN_FOLDERS);
        }
    }

    #[test]
    fn tells_a_renamed_file_from_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = RequestPath::parse("/timestamp.json").unwrap();
        let tree = Tree::open_root(folder.path()).unwrap();
        fs::write(folder.path().join("timestamp.json"), "1").unwrap();
        let before = tree.stamp(&path).unwrap();
        fs::write(folder.path().join("new"), "2").unwrap();
        fs::rename(folder.path().join("new"), folder.path().join("timestamp.json")).unwrap();
        assert_ne!(tree.stamp(&path).unwrap(), before);
    }
}
