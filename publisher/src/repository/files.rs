//! Reading a repository by name: from disk, or staged files over those on disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use interdict_host::read::{ReadError, read_bounded_nofollow};
use interdict_host::write::DiskErrorKind;
use interdict_schema::tuf::Version;

/// The files of a repository, as a client asks for them. `None` is "not there", which is an answer.
pub trait Files {
    /// A file of `metadata/`, of at most `max_bytes` bytes.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where there is one and it cannot be read, or is longer.
    fn metadata(&self, name: &str, max_bytes: u64) -> Result<Option<Vec<u8>>, ReadError>;

    /// A file of `targets/`, of at most `max_bytes` bytes.
    ///
    /// # Errors
    ///
    /// As [`metadata`](Self::metadata).
    fn target(&self, name: &str, max_bytes: u64) -> Result<Option<Vec<u8>>, ReadError>;
}

/// The files below `public/` on disk. Links are not followed: the server does not follow them either.
#[derive(Debug, Clone)]
pub struct Folder {
    public: PathBuf,
}

impl Folder {
    /// The files below this folder.
    pub fn new(public: impl Into<PathBuf>) -> Self {
        Self { public: public.into() }
    }

    /// The folder.
    pub fn public(&self) -> &Path {
        &self.public
    }
}

impl Files for Folder {
    fn metadata(&self, name: &str, max_bytes: u64) -> Result<Option<Vec<u8>>, ReadError> {
        read(&self.public.join("metadata").join(name), max_bytes)
    }

    fn target(&self, name: &str, max_bytes: u64) -> Result<Option<Vec<u8>>, ReadError> {
        read(&self.public.join("targets").join(name), max_bytes)
    }
}

fn read(path: &Path, max_bytes: u64) -> Result<Option<Vec<u8>>, ReadError> {
    match read_bounded_nofollow(path, max_bytes) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(ReadError::Disk(error)) if error.kind() == DiskErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Files that are to be written, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewFiles {
    /// For `targets/`.
    pub targets: BTreeMap<String, Vec<u8>>,
    /// For `metadata/`, in the order in which they are written; `timestamp.json` is the last.
    pub metadata: Vec<(String, Vec<u8>)>,
}

/// A repository as it will be once the new files are written.
#[derive(Clone, Copy)]
pub struct Overlay<'a> {
    /// What is to be written.
    pub new: &'a NewFiles,
    /// What is there.
    pub below: &'a dyn Files,
}

impl Files for Overlay<'_> {
    fn metadata(&self, name: &str, max_bytes: u64) -> Result<Option<Vec<u8>>, ReadError> {
        match self.new.metadata.iter().find(|(staged, _)| staged == name) {
            Some((_, bytes)) => within(bytes, name, max_bytes).map(Some),
            None => self.below.metadata(name, max_bytes),
        }
    }

    fn target(&self, name: &str, max_bytes: u64) -> Result<Option<Vec<u8>>, ReadError> {
        match self.new.targets.get(name) {
            Some(bytes) => within(bytes, name, max_bytes).map(Some),
            None => self.below.target(name, max_bytes),
        }
    }
}

/// A repository as it was before the roots after a version came: how an interrupted change of the root is found.
#[derive(Clone, Copy)]
pub struct Until<'a> {
    /// The newest root that is seen.
    pub root: Version,
    /// What is there.
    pub below: &'a dyn Files,
}

impl Files for Until<'_> {
    fn metadata(&self, name: &str, max_bytes: u64) -> Result<Option<Vec<u8>>, ReadError> {
        let version = name.strip_suffix(".root.json").and_then(|version| version.parse::<Version>().ok());
        if version.is_some_and(|version| version > self.root) {
            return Ok(None);
        }
        self.below.metadata(name, max_bytes)
    }

    fn target(&self, name: &str, max_bytes: u64) -> Result<Option<Vec<u8>>, ReadError> {
        self.below.target(name, max_bytes)
    }
}

fn within(bytes: &[u8], name: &str, max_bytes: u64) -> Result<Vec<u8>, ReadError> {
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= max_bytes) {
        Ok(bytes.to_vec())
    } else {
        Err(ReadError::TooLong { path: name.into(), max_bytes })
    }
}
