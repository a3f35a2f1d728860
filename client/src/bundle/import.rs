//! A bundle as a source of bytes.
//!
//! The whole archive is looked through once, before anything of it is used; only names and places are kept in memory.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use interdict_host::read::ReadError;
use interdict_host::write::{DiskError, Operation};
use interdict_schema::limits::{BUNDLE_FILE_LENGTH, BUNDLE_FILES, BUNDLE_NAME_LENGTH};
use tar::{EntryType, Header};
use thiserror::Error;

use super::archive::{BLOCK, end, head};
use crate::fetch::{BEGINNING, Fetch, FetchError, Folder};

/// A bundle whose form is right. What its files say is not believed yet.
#[derive(Debug)]
pub struct Bundle {
    path: PathBuf,
    file: fs::File,
    files: BTreeMap<String, Span>,
}

/// Where a file's bytes lie in the archive.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: u64,
    length: u64,
}

/// A file that is not a bundle.
#[derive(Debug, Error)]
pub enum NotABundle {
    /// It cannot be read.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// It is a folder, a pipe or a device.
    #[error("not a plain file")]
    NotPlain,
    /// It ends in the middle.
    #[error("cut off after {length} bytes")]
    CutOff {
        /// How long it is.
        length: u64,
    },
    /// A link, folder, device or extension.
    #[error("{name:?} is an entry of type {found:?}, wanted plain files alone")]
    Kind {
        /// Its name.
        name: String,
        /// The type flag (POSIX.1-1988 ustar).
        found: char,
    },
    /// A name that leads elsewhere, or is not one of the two folders' and flat.
    #[error("found the name {name:?}, wanted metadata/ or targets/ and a plain name of visible ASCII")]
    Name {
        /// The name.
        name: String,
    },
    /// A name that is too long.
    #[error("found a name of {found} bytes, wanted at most {limit}")]
    NameTooLong {
        /// Its length.
        found: u64,
        /// The longest that is read.
        limit: usize,
    },
    /// One name twice.
    #[error("{name} is there twice")]
    Duplicate {
        /// The name.
        name: String,
    },
    /// A file that is too long.
    #[error("{name}: found {found} bytes, wanted at most {limit}")]
    TooLong {
        /// The file.
        name: String,
        /// Its length.
        found: u64,
        /// The longest that is read.
        limit: u64,
    },
    /// Too many files.
    #[error("more than {limit} files")]
    TooMany {
        /// The most that are read.
        limit: usize,
    },
    /// A header that is not spelled as a bundle's is.
    #[error("the header at byte {at} is not spelled as a bundle's is")]
    Header {
        /// Where it begins.
        at: u64,
    },
    /// Something stands where zeros should: between files, or after the end.
    #[error("something stands at or after byte {at}, where a bundle has zeros or nothing")]
    Rubbish {
        /// From where on.
        at: u64,
    },
}

impl Bundle {
    /// Opens a bundle and looks it through.
    ///
    /// # Errors
    /// [`NotABundle`] for the first thing that a bundle does not have.
    pub fn open(path: &Path) -> Result<Self, NotABundle> {
        let failed = |error: io::Error| DiskError::new(Operation::Open, path, error);
        // A pipe would hold the process until somebody writes; a link is the operator's business.
        let found = fs::metadata(path).map_err(failed)?;
        if !found.is_file() {
            return Err(NotABundle::NotPlain);
        }
        let file = fs::File::open(path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        let mut bundle = Self { path: path.to_path_buf(), file, files: BTreeMap::new() };
        bundle.look_through(length)?;
        Ok(bundle)
    }

    fn look_through(&mut self, length: u64) -> Result<(), NotABundle> {
        let cut_off = || NotABundle::CutOff { length };
        let mut at = 0;
        loop {
            let block = self.read(at, BLOCK, length)?;
            if block.iter().all(|byte| *byte == 0) {
                return self.finish(at, length);
            }
            let (name, span) = self.entry(at, &block, length)?;
            let stop =
                span.start.checked_add(span.length).filter(|stop| *stop <= length).ok_or_else(cut_off)?;
            at = stop.checked_next_multiple_of(BLOCK).ok_or_else(cut_off)?;
            if self.read(stop, at.saturating_sub(stop), length)?.iter().any(|byte| *byte != 0) {
                return Err(NotABundle::Rubbish { at: stop });
            }
            if self.files.len() >= BUNDLE_FILES {
                return Err(NotABundle::TooMany { limit: BUNDLE_FILES });
            }
            match self.files.entry(name) {
                Entry::Occupied(entry) => return Err(NotABundle::Duplicate { name: entry.key().clone() }),
                Entry::Vacant(entry) => entry.insert(span),
            };
        }
    }

    /// The archive ends with two blocks of zeros and nothing more.
    fn finish(&self, at: u64, length: u64) -> Result<(), NotABundle> {
        let wanted = u64::try_from(end().len()).unwrap_or(u64::MAX);
        if self.read(at, wanted, length)? != end() {
            return Err(NotABundle::Rubbish { at });
        }
        let stop = at.saturating_add(wanted);
        if stop == length { Ok(()) } else { Err(NotABundle::Rubbish { at: stop }) }
    }

    /// The name of the entry that begins here, and where its bytes are.
    fn entry(&self, at: u64, first: &[u8], length: u64) -> Result<(String, Span), NotABundle> {
        let spelled = || NotABundle::Header { at };
        let mut header = Header::from_byte_slice(first);
        let mut found = first.to_vec();
        let mut name = plain_name(header);
        let next;
        if header.entry_type() == EntryType::GNULongName {
            let long = header.entry_size().map_err(|_| spelled())?;
            let limit = BUNDLE_NAME_LENGTH;
            if long.saturating_sub(1) > u64::try_from(limit).unwrap_or(u64::MAX) {
                return Err(NotABundle::NameTooLong { found: long.saturating_sub(1), limit });
            }
            let blocks = long.checked_next_multiple_of(BLOCK).ok_or_else(spelled)?;
            let text = self.read(at.saturating_add(BLOCK), blocks, length)?;
            name = text.split(|byte| *byte == 0).next().unwrap_or_default().to_vec();
            found.extend(text);
            next = self.read(at.saturating_add(BLOCK).saturating_add(blocks), BLOCK, length)?;
            found.extend(&next);
            header = Header::from_byte_slice(&next);
        }
        let shown = || String::from_utf8_lossy(&name).into_owned();
        if header.entry_type() != EntryType::Regular {
            return Err(NotABundle::Kind { name: shown(), found: header.entry_type().as_byte().into() });
        }
        if !is_flat(&name) {
            return Err(NotABundle::Name { name: shown() });
        }
        let size = header.entry_size().map_err(|_| spelled())?;
        if size > BUNDLE_FILE_LENGTH {
            return Err(NotABundle::TooLong { name: shown(), found: size, limit: BUNDLE_FILE_LENGTH });
        }
        if found != head(&name, size) {
            return Err(spelled());
        }
        let start = at.saturating_add(u64::try_from(found.len()).unwrap_or(u64::MAX));
        Ok((shown(), Span { start, length: size }))
    }

    /// A part of the archive; what lies after its end is what makes it cut off.
    fn read(&self, at: u64, bytes: u64, length: u64) -> Result<Vec<u8>, NotABundle> {
        let cut_off = || NotABundle::CutOff { length };
        at.checked_add(bytes).filter(|stop| *stop <= length).ok_or_else(cut_off)?;
        let mut buffer = vec![0; usize::try_from(bytes).map_err(|_| cut_off())?];
        match self.file.read_exact_at(&mut buffer, at) {
            Ok(()) => Ok(buffer),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(cut_off()),
            Err(error) => Err(DiskError::new(Operation::Read, &self.path, error).into()),
        }
    }
}

/// The name in a header, to its first zero.
fn plain_name(header: &Header) -> Vec<u8> {
    header.as_old().name.split(|byte| *byte == 0).next().unwrap_or_default().to_vec()
}

/// Whether a name is one of the two folders and a plain name in it.
fn is_flat(name: &[u8]) -> bool {
    let in_folder = [Folder::Metadata, Folder::Targets]
        .iter()
        .find_map(|folder| name.strip_prefix(folder.as_str().as_bytes())?.strip_prefix(b"/"));
    in_folder.is_some_and(|plain| {
        !matches!(plain, b"" | b"." | b"..")
            && plain.iter().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'/' | b'\\'))
    })
}

impl Fetch for Bundle {
    fn fetch(&self, folder: Folder, path: &str, max_bytes: u64) -> Result<Vec<u8>, FetchError> {
        let name = format!("{folder}/{path}");
        let place = || format!("{}: {name}", self.path.display());
        let Some(span) = self.files.get(&name) else { return Err(FetchError::NotFound { place: place() }) };
        let too_long = span.length > max_bytes;
        let length = if too_long { span.length.min(BEGINNING) } else { span.length };
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
        self.file
            .read_exact_at(&mut bytes, span.start)
            .map_err(|error| ReadError::from(DiskError::new(Operation::Read, &self.path, error)))?;
        if too_long {
            return Err(FetchError::TooLong { place: place(), limit: max_bytes, beginning: bytes });
        }
        Ok(bytes)
    }

    fn source(&self) -> String {
        self.path.display().to_string()
    }
}
