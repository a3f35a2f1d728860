//! Files that nobody but their owner can have put there: what root reads before it acts (`trust.md`, rules 17 and 20).
//!
//! A path is walked from the root of the file system by open folders, and no link on it is followed. Everything on the way, and
//! what it ends in, belongs to root or to the user of this process, and nobody else may write to it. A folder on the way that
//! everyone may write to is right where only owners can take names away (the sticky bit, as `/tmp` has it): what lies in it is
//! judged by its own owner. Since nobody else can change anything of such a path, what is read by it afterwards is what was looked at.
//!
//! Not here: access lists beyond the permission bits, which show in the bits of the group, and what a container maps ids to.

use std::ffi::OsStr;
use std::os::fd::OwnedFd;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat, fstat, openat, statat};
use rustix::io::Errno;
use thiserror::Error;

use crate::world::World;
use crate::write::{DiskError, Operation};

/// Whose things are believed: root's, and this user's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner(u32);

/// What a path ends in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owned {
    /// Nothing of that name, in a folder that is right.
    Absent,
    /// A plain file.
    File {
        /// Whether its owner may execute it.
        executable: bool,
    },
    /// A folder.
    Folder,
}

/// A path that somebody else may have had a hand in.
#[derive(Debug, Error)]
pub enum NotOwned {
    /// It belongs to somebody else.
    #[error("{} belongs to user {found}, wanted {}", path.display(), Wanted(*wanted))]
    Owner {
        /// The file or folder, at the end of the path or on the way.
        path: PathBuf,
        /// Its owner's number.
        found: u32,
        /// The user of this process.
        wanted: u32,
    },
    /// Others may write to it.
    #[error("{} may be written to by others (mode {:04o}), wanted its owner alone", path.display(), mode)]
    Writable {
        /// The file or folder, at the end of the path or on the way.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A link, a pipe or a device.
    #[error("{} is a link or no plain file, wanted a file or folder itself", path.display())]
    Kind {
        /// What it is.
        path: PathBuf,
    },
    /// A path that does not begin at the root, or has `..` in it.
    #[error("{} does not lead straight from the root", path.display())]
    Path {
        /// The path.
        path: PathBuf,
    },
    /// The disk gave no answer.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

struct Wanted(u32);

impl std::fmt::Display for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            0 => f.write_str("root"),
            uid => write!(f, "root or user {uid}"),
        }
    }
}

impl NotOwned {
    /// What makes it right, where that is one command.
    pub fn hint(&self) -> String {
        match self {
            Self::Owner { path, wanted, .. } => {
                format!("`chown {wanted} {}`, once you have looked at it", path.display())
            }
            Self::Writable { path, .. } => {
                format!("`chmod go-w {}`, once you have looked at it", path.display())
            }
            Self::Kind { path } => format!("put the file itself at {}", path.display()),
            Self::Path { .. } | Self::Disk(_) => "name it by its whole path".into(),
        }
    }
}

impl Owner {
    /// The user of this process.
    pub fn of(world: &World) -> Self {
        Self(world.identity.uid)
    }

    /// The user of this number.
    pub const fn new(uid: u32) -> Self {
        Self(uid)
    }

    /// Looks at a path, and says what it ends in.
    ///
    /// # Errors
    /// [`NotOwned`] for the first thing on it, from the root, that is not right.
    pub fn look(self, path: &Path) -> Result<Owned, NotOwned> {
        Ok(match self.walk(path)? {
            None => Owned::Absent,
            Some(Walked::Folder(_)) => Owned::Folder,
            Some(Walked::File(stat)) => Owned::File { executable: stat.st_mode & 0o100 != 0 },
        })
    }

    /// The names in a folder, sorted by their bytes; none where there is no folder.
    ///
    /// # Errors
    /// [`NotOwned`] where the folder itself is not right; what is in it is not looked at.
    pub fn names(self, path: &Path) -> Result<Vec<PathBuf>, NotOwned> {
        let failed = |errno: Errno| DiskError::new(Operation::Read, path, errno.into());
        let folder = match self.walk(path)? {
            None => return Ok(Vec::new()),
            Some(Walked::Folder(folder)) => folder,
            Some(Walked::File(_)) => return Err(NotOwned::Kind { path: path.into() }),
        };
        let readable =
            openat(&folder, ".", OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty());
        let mut names = Vec::new();
        for entry in Dir::read_from(readable.map_err(failed)?).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                use std::os::unix::ffi::OsStrExt as _;
                names.push(path.join(OsStr::from_bytes(name)));
            }
        }
        names.sort();
        Ok(names)
    }

    fn walk(self, path: &Path) -> Result<Option<Walked>, NotOwned> {
        let strange = || NotOwned::Path { path: path.into() };
        let mut parts = path.components();
        if parts.next() != Some(Component::RootDir) {
            return Err(strange());
        }
        let names: Vec<&OsStr> = parts
            .map(|part| if let Component::Normal(name) = part { Ok(name) } else { Err(strange()) })
            .collect::<Result<_, _>>()?;
        let mut here = open(CWD, OsStr::new("/")).map_err(|errno| disk(Path::new("/"), errno))?;
        let mut label = PathBuf::from("/");
        let stat = fstat(&here).map_err(|errno| disk(&label, errno))?;
        self.judge(&label, &stat, names.is_empty())?;
        for (number, name) in names.iter().enumerate() {
            let is_last = number.saturating_add(1) == names.len();
            label.push(name);
            let stat = match statat(&here, *name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => stat,
                Err(Errno::NOENT) => return Ok(None),
                Err(errno) => return Err(disk(&label, errno).into()),
            };
            match FileType::from_raw_mode(stat.st_mode) {
                FileType::Directory => {
                    here = open(&here, name).map_err(|errno| disk(&label, errno))?;
                    // Of what was opened, and not of what had the name before.
                    let stat = fstat(&here).map_err(|errno| disk(&label, errno))?;
                    self.judge(&label, &stat, is_last)?;
                }
                FileType::RegularFile if is_last => {
                    self.judge(&label, &stat, true)?;
                    return Ok(Some(Walked::File(stat)));
                }
                _ => return Err(NotOwned::Kind { path: label }),
            }
        }
        Ok(Some(Walked::Folder(here)))
    }

    fn judge(self, path: &Path, stat: &Stat, is_last: bool) -> Result<(), NotOwned> {
        if stat.st_uid != 0 && stat.st_uid != self.0 {
            return Err(NotOwned::Owner { path: path.into(), found: stat.st_uid, wanted: self.0 });
        }
        let sticky = stat.st_mode & 0o1000 != 0;
        if stat.st_mode & 0o022 != 0 && (is_last || !sticky) {
            return Err(NotOwned::Writable { path: path.into(), mode: stat.st_mode & 0o7777 });
        }
        Ok(())
    }
}

enum Walked {
    File(Stat),
    Folder(OwnedFd),
}

fn disk(path: &Path, errno: Errno) -> DiskError {
    DiskError::new(Operation::Open, path, errno.into())
}

/// Opens a folder as a way to what is in it.
fn open(at: impl std::os::fd::AsFd, name: &OsStr) -> Result<OwnedFd, Errno> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let through = OFlags::PATH;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let through = OFlags::RDONLY;
    openat(at, name, through | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::disallowed_methods,
        reason = "a test may fail by panicking and write files"
    )]

    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn own() -> Owner {
        Owner::new(rustix::process::geteuid().as_raw())
    }

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("etc")).unwrap();
        fs::write(folder.path().join("etc/pin"), "pin").unwrap();
        allow(&folder.path().join("etc"), 0o755);
        allow(&folder.path().join("etc/pin"), 0o644);
        folder
    }

    fn allow(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn what_the_owner_alone_may_write_is_right_and_what_is_not_there_is_said() {
        let folder = folder();
        let at = |name: &str| own().look(&folder.path().join(name)).unwrap();
        assert_eq!(at("etc"), Owned::Folder);
        assert_eq!(at("etc/pin"), Owned::File { executable: false });
        assert_eq!(at("etc/absent/deep"), Owned::Absent);
        allow(&folder.path().join("etc/pin"), 0o755);
        assert_eq!(at("etc/pin"), Owned::File { executable: true });
        assert_eq!(own().names(&folder.path().join("etc")).unwrap(), [folder.path().join("etc/pin")]);
        assert!(own().names(&folder.path().join("absent")).unwrap().is_empty());
    }

    /// trust.md rule 17
    #[test]
    fn what_others_may_write_is_refused_at_the_end_of_the_path_and_anywhere_on_the_way() {
        for (place, mode) in
            [("etc/pin", 0o664), ("etc/pin", 0o646), ("etc", 0o775), ("etc", 0o757), ("", 0o770)]
        {
            let folder = folder();
            let path = folder.path().join(place);
            let path = Path::new(path.to_str().unwrap().trim_end_matches('/')).to_path_buf();
            allow(&path, mode);
            let error = own().look(&folder.path().join("etc/pin")).unwrap_err();
            let wanted = format!(
                "{} may be written to by others (mode {mode:04o}), wanted its owner alone",
                path.display()
            );
            assert_eq!(error.to_string(), wanted);
            assert!(error.hint().starts_with("`chmod go-w "));
        }
    }

    #[test]
    fn a_sticky_folder_is_right_on_the_way_and_not_at_the_end() {
        let folder = folder();
        allow(&folder.path().join("etc"), 0o1777);
        assert!(own().look(&folder.path().join("etc/pin")).is_ok());
        assert!(matches!(
            own().look(&folder.path().join("etc")),
            Err(NotOwned::Writable { mode: 0o1777, .. })
        ));
    }

    /// trust.md rule 17
    #[test]
    fn a_link_is_refused_wherever_it_leads() {
        let folder = folder();
        let link = |to: &str, name: &str| {
            std::os::unix::fs::symlink(folder.path().join(to), folder.path().join(name)).unwrap();
        };
        link("etc/pin", "link");
        link("etc", "linked");
        for (name, at) in [("link", "link"), ("linked", "linked"), ("linked/pin", "linked")] {
            match own().look(&folder.path().join(name)) {
                Err(NotOwned::Kind { path }) => assert_eq!(path, folder.path().join(at)),
                other => unreachable!("{name}: {other:?}"),
            }
        }
        assert!(matches!(own().look(Path::new("etc/pin")), Err(NotOwned::Path { .. })));
        assert!(matches!(own().look(&folder.path().join("../etc")), Err(NotOwned::Path { .. })));
    }

    /// trust.md rule 17
    #[test]
    fn what_belongs_to_somebody_else_is_refused() {
        let folder = folder();
        let path = folder.path().join("etc/pin");
        if std::os::unix::fs::chown(&path, Some(12345), None).is_err() {
            // Only root can give a file away: then what is root's is what belongs to somebody else, and that is believed.
            assert_eq!(own().look(Path::new("/")).unwrap(), Owned::Folder);
            return;
        }
        let error = Owner::new(0).look(&path).unwrap_err();
        assert_eq!(error.to_string(), format!("{} belongs to user 12345, wanted root", path.display()));
        assert_eq!(Owner::new(12345).look(&path).unwrap(), Owned::File { executable: false });
        std::os::unix::fs::chown(&path, Some(0), None).unwrap();
        std::os::unix::fs::chown(folder.path(), Some(12345), None).unwrap();
        assert!(matches!(Owner::new(0).look(&path), Err(NotOwned::Owner { found: 12345, .. })));
    }
}
