//! How a file beneath the root is now: a thin reader, which decides nothing.

use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use interdict_host::write::{DiskError, Operation};

use crate::inventory::coverage::Problem;
use crate::inventory::rooted::{Folder, Found, is_absent};

/// The longest file that is read, in bytes. A zone of a million domains has a tenth of it.
pub const MAX_FILE_BYTES: u64 = 1 << 30;

/// A root, open.
#[derive(Debug, Clone)]
pub struct Beneath {
    path: PathBuf,
    root: Folder,
}

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Nothing.
    Absent,
    /// A file.
    File {
        /// Its bytes.
        bytes: Vec<u8>,
        /// Its permission bits.
        permissions: u32,
    },
    /// A link, a folder, a device: nothing that is ever replaced.
    NoFile,
}

impl Beneath {
    /// Opens a root.
    ///
    /// # Errors
    /// What the system said.
    pub fn open(root: &Path) -> Result<Self, DiskError> {
        let folder = Folder::root(root).map_err(|error| DiskError::new(Operation::Open, root, error))?;
        Ok(Self { path: root.into(), root: folder })
    }

    /// What stands at an absolute path, as the machine that obeys sees it: links on the way are followed beneath the root,
    /// the last place is not.
    ///
    /// # Errors
    /// What the system said; a file that is longer than [`MAX_FILE_BYTES`].
    pub fn look(&self, path: &Path) -> Result<Standing, DiskError> {
        self.read(path).map_err(|error| {
            DiskError::new(Operation::Read, &self.path.join(path.strip_prefix("/").unwrap_or(path)), error)
        })
    }

    /// The paths of all that is in a folder, sorted; nothing where it is not there.
    ///
    /// # Errors
    /// What the system said; more names than are read.
    pub fn files(&self, folder: &Path) -> Result<Vec<PathBuf>, DiskError> {
        let path = || self.path.join(folder.strip_prefix("/").unwrap_or(folder));
        let failed = |error| DiskError::new(Operation::Read, &path(), error);
        let opened = match self.root.folder(folder) {
            Ok(opened) => opened,
            Err(error) if is_absent(&error) => return Ok(Vec::new()),
            Err(error) => return Err(failed(error)),
        };
        let names = opened.names().map_err(|problem| match problem {
            Problem::Disk { kind, .. } => failed(kind.into()),
            _ => failed(io::ErrorKind::OutOfMemory.into()),
        })?;
        Ok(names.into_iter().map(|name| folder.join(name)).collect())
    }

    fn read(&self, path: &Path) -> io::Result<Standing> {
        let absent = |error: &io::Error| {
            matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
        };
        let is_link = match self.root.is_link(path) {
            Ok(is_link) => is_link,
            Err(error) if absent(&error) => return Ok(Standing::Absent),
            Err(error) => return Err(error),
        };
        if is_link {
            return Ok(Standing::NoFile);
        }
        let mut file = match self.root.find(path) {
            Ok(Found::File(file)) => file,
            Ok(Found::Folder(_) | Found::Other) => return Ok(Standing::NoFile),
            Err(error) if absent(&error) => return Ok(Standing::Absent),
            Err(error) => return Err(error),
        };
        let metadata = file.metadata()?;
        if metadata.len() > MAX_FILE_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let mut bytes = Vec::new();
        file.by_ref().take(MAX_FILE_BYTES).read_to_end(&mut bytes)?;
        Ok(Standing::File { bytes, permissions: metadata.permissions().mode() & 0o7777 })
    }
}
