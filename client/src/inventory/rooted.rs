//! Files of a machine or a mounted image, opened so that nothing outside it is ever read.
//!
//! An image is written by others, and links in it are normal: `/etc/os-release` leads to `../usr/lib/os-release`, and an
//! absolute link means the image's root, not this machine's. So paths are resolved here, component by component, by open
//! folders and without the kernel's following of links: a link that is put in place meanwhile leads nowhere either. What a
//! link or `..` leaves behind the root is the root, as in chroot(2). Works on every Unix; openat2(2) is not asked for, as
//! containers often forbid it. Not here: which files are looked for ([`super::machine`]).

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Component as Part, Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, fstat, openat, readlinkat, statat};
use rustix::io::Errno;

use super::coverage::Problem;
use super::limits::Limits;
use super::unpack;

/// Links followed on the way to one file: what Linux allows.
const LINKS: usize = 40;

/// Names in one folder.
const NAMES: usize = 1 << 20;

/// A folder at or below the root.
#[derive(Debug, Clone)]
pub struct Folder {
    /// The folders from the root to this one, with their names; the first is the root.
    chain: Vec<(OsString, Arc<OwnedFd>)>,
    /// As it was asked for.
    label: PathBuf,
}

/// What a path leads to.
#[derive(Debug)]
pub(crate) enum Found {
    /// A file, open.
    File(File),
    /// A folder.
    Folder(Folder),
    /// A device, a pipe or a socket, which are not opened.
    Other,
}

impl Found {
    /// Which file or folder it is.
    pub(crate) fn identity(&self) -> io::Result<Identity> {
        let stat = match self {
            Self::File(file) => fstat(file)?,
            Self::Folder(folder) => return folder.identity(),
            Self::Other => return Err(io::ErrorKind::Unsupported.into()),
        };
        Ok((stat.st_dev, stat.st_ino))
    }
}

/// What makes a file or folder itself: device and inode.
pub(crate) type Identity = (u64, u64);

impl Folder {
    /// Opens the root. Of its own path every link is followed.
    ///
    /// # Errors
    /// What the system said.
    pub fn root(path: &Path) -> io::Result<Self> {
        let folder = openat(CWD, path, way(), Mode::empty())?;
        Ok(Self { chain: vec![(path.as_os_str().to_owned(), Arc::new(folder))], label: path.to_owned() })
    }

    /// How a path below is called.
    pub(super) fn label(&self, below: impl AsRef<Path>) -> String {
        self.label.join(below).display().to_string()
    }

    /// Where the folder is, without a link on the way from the root.
    pub(crate) fn place(&self) -> PathBuf {
        self.chain.iter().map(|(name, _)| name).collect()
    }

    /// Which folder it is.
    pub(crate) fn identity(&self) -> io::Result<Identity> {
        let stat = fstat(self.here()?)?;
        Ok((stat.st_dev, stat.st_ino))
    }

    /// Whether one may look for something in the folder.
    ///
    /// # Errors
    /// What the system said.
    pub(super) fn pass(&self) -> io::Result<()> {
        statat(self.here()?, ".", AtFlags::SYMLINK_NOFOLLOW)?;
        Ok(())
    }

    /// Whether the folder belongs to the superuser.
    pub(super) fn is_of_superuser(&self) -> bool {
        self.here().and_then(fstat).is_ok_and(|stat| stat.st_uid == 0)
    }

    /// What stands at a path below; an absolute one begins at the root.
    pub(crate) fn find(&self, below: impl AsRef<Path>) -> io::Result<Found> {
        let below = below.as_ref();
        let mut chain = self.chain.clone();
        let mut rest: VecDeque<OsString> = parts(below).collect();
        let mut links = 0;
        while let Some(name) = rest.pop_front() {
            if name == "/" {
                chain.truncate(1);
            } else if name == ".." {
                chain.truncate(chain.len().saturating_sub(1).max(1));
            } else {
                let (_, here) = chain.last().ok_or(Errno::NOENT)?;
                let stat = statat(here, &name, AtFlags::SYMLINK_NOFOLLOW)?;
                match FileType::from_raw_mode(stat.st_mode) {
                    FileType::Symlink => {
                        links += 1;
                        if links > LINKS {
                            return Err(Errno::LOOP.into());
                        }
                        let target = readlinkat(here, &name, Vec::new())?;
                        let target = OsString::from_vec(target.into_bytes());
                        let before: Vec<OsString> = parts(Path::new(&target)).collect();
                        before.into_iter().rev().for_each(|part| rest.push_front(part));
                    }
                    FileType::Directory => {
                        let folder = openat(here, &name, way() | OFlags::NOFOLLOW, Mode::empty())?;
                        chain.push((name, Arc::new(folder)));
                    }
                    _ if !rest.is_empty() => return Err(Errno::NOTDIR.into()),
                    FileType::RegularFile => {
                        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
                        let file = openat(here, &name, flags, Mode::empty())?;
                        // It may have become something else between the look and the opening.
                        let is_file = FileType::from_raw_mode(fstat(&file)?.st_mode) == FileType::RegularFile;
                        return Ok(if is_file { Found::File(file.into()) } else { Found::Other });
                    }
                    _ => return Ok(Found::Other),
                }
            }
        }
        Ok(Found::Folder(Self { chain, label: self.label.join(below) }))
    }

    /// Whether the last place of a path below is a link. Links on the way there are followed.
    pub(crate) fn is_link(&self, below: &Path) -> io::Result<bool> {
        let (Some(above), Some(name)) = (below.parent(), below.file_name()) else { return Ok(false) };
        let Found::Folder(folder) = self.find(above)? else { return Err(Errno::NOTDIR.into()) };
        let stat = statat(folder.here()?, name, AtFlags::SYMLINK_NOFOLLOW)?;
        Ok(FileType::from_raw_mode(stat.st_mode) == FileType::Symlink)
    }

    /// A folder below.
    pub(crate) fn folder(&self, below: impl AsRef<Path>) -> io::Result<Self> {
        match self.find(below)? {
            Found::Folder(folder) => Ok(folder),
            Found::File(_) | Found::Other => Err(Errno::NOTDIR.into()),
        }
    }

    /// A file below.
    ///
    /// # Errors
    /// What the system said, or that it is none.
    pub(super) fn file(&self, below: impl AsRef<Path>) -> Result<File, Problem> {
        let below = below.as_ref();
        match self.find(below) {
            Ok(Found::File(file)) => Ok(file),
            Ok(Found::Folder(_) | Found::Other) => Err(Problem::NoFile),
            Err(error) => Err(self.disk(below, &error)),
        }
    }

    /// The bytes of a file below, unpacked.
    ///
    /// # Errors
    /// What the system said, or a limit.
    pub(super) fn read(&self, below: impl AsRef<Path>, limits: &Limits) -> Result<Vec<u8>, Problem> {
        let below = below.as_ref();
        unpack::bounded(self.file(below)?, &self.label(below), limits)
    }

    /// The names in the folder, sorted.
    ///
    /// # Errors
    /// What the system said, or too many.
    pub(crate) fn names(&self) -> Result<Vec<OsString>, Problem> {
        let disk = |error: Errno| self.disk("", &error.into());
        let here = self.here().map_err(disk)?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let mut folder = Dir::new(openat(here, ".", flags, Mode::empty()).map_err(disk)?).map_err(disk)?;
        let mut names = Vec::new();
        while let Some(entry) = folder.read() {
            let entry = entry.map_err(disk)?;
            if names.len() >= NAMES {
                return Err(Problem::TooManyFiles { limit: NAMES });
            }
            names.push(OsStr::from_bytes(entry.file_name().to_bytes()).to_owned());
        }
        names.retain(|name| name != "." && name != "..");
        names.sort_unstable();
        Ok(names)
    }

    /// The folders that a pattern means, sorted, each once: a `*` within a name stands for any part of it. What there is
    /// and cannot be looked into is given to `unseen`.
    pub(super) fn matching(
        &self,
        pattern: &str,
        unseen: &mut dyn FnMut(String, Problem),
    ) -> Vec<(String, Self)> {
        let mut found = vec![(String::new(), self.clone())];
        for part in pattern.split('/') {
            let mut deeper = Vec::new();
            for (below, folder) in found {
                let path = |name: &OsStr| joined(&below, name);
                let names = match part.split_once('*') {
                    None => vec![part.into()],
                    Some((before, behind)) => match folder.names() {
                        Ok(names) => names.into_iter().filter(|name| fits(name, before, behind)).collect(),
                        Err(problem) => {
                            unseen(below, problem);
                            continue;
                        }
                    },
                };
                for name in names {
                    match folder.find(&name) {
                        Ok(Found::Folder(inside)) => deeper.push((path(&name), inside)),
                        Ok(Found::File(_) | Found::Other) => {}
                        Err(error) if is_absent(&error) => {}
                        Err(error) => unseen(path(&name), folder.disk(&name, &error)),
                    }
                }
            }
            found = deeper;
        }
        found
    }

    /// What the system said of a path below.
    pub(super) fn disk(&self, below: impl AsRef<Path>, error: &io::Error) -> Problem {
        let below = below.as_ref();
        let path =
            if below.as_os_str().is_empty() { self.label.display().to_string() } else { self.label(below) };
        Problem::Disk { path, kind: error.kind() }
    }

    /// The folder, open: to pass through it.
    pub(crate) fn here(&self) -> Result<&OwnedFd, Errno> {
        self.chain.last().map(|(_, folder)| &**folder).ok_or(Errno::NOENT)
    }
}

/// Whether an error says that nothing is there.
pub(crate) fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Whether a problem says that nothing is there.
pub(super) fn is_nothing(problem: &Problem) -> bool {
    matches!(problem, Problem::Disk { kind: io::ErrorKind::NotFound | io::ErrorKind::NotADirectory, .. })
}

/// A path below, for people.
pub(super) fn joined(below: &str, name: &OsStr) -> String {
    let name = name.to_string_lossy();
    if below.is_empty() { name.into_owned() } else { format!("{below}/{name}") }
}

fn fits(name: &OsStr, before: &str, behind: &str) -> bool {
    let name = name.to_string_lossy();
    !name.starts_with('.') && name.strip_prefix(before).is_some_and(|rest| rest.ends_with(behind))
}

fn parts(path: &Path) -> impl Iterator<Item = OsString> + use<'_> {
    path.components().filter(|part| *part != Part::CurDir).map(|part| part.as_os_str().to_owned())
}

/// How a folder on the way is opened: to pass through it, where the system can tell that from reading it.
fn way() -> OFlags {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let through = OFlags::PATH;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let through = OFlags::RDONLY;
    through | OFlags::DIRECTORY | OFlags::CLOEXEC
}

#[cfg(test)]
mod tests;
