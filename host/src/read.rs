//! Reading files that somebody else may have written: never more than a stated number of bytes.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode as FileMode, OFlags};
use thiserror::Error;

use crate::write::{DiskError, Operation};

/// A file was not read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The file is longer than the caller reads.
    #[error("{} is longer than {max_bytes} bytes", path.display())]
    TooLong {
        /// Which file.
        path: PathBuf,
        /// The most that would have been read.
        max_bytes: u64,
    },
    /// A directory, pipe or device stands where a plain file should.
    #[error("{} is not a plain file", path.display())]
    NotPlain {
        /// Which file.
        path: PathBuf,
    },
    /// The disk gave no answer.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// How much of a file is in memory at once, where it is read part by part.
const PART: usize = 65_536;

/// Room behind a file's last byte: one call reads the file, one sees its end, and the buffer never grows.
const END_PROBE: usize = 32;

/// Reads a whole file of at most `max_bytes`. Links are followed and pipes are read, so `<(command)` works.
///
/// # Errors
///
/// [`ReadError::TooLong`] at `max_bytes + 1`; [`ReadError::NotPlain`] for a directory; [`ReadError::Disk`] when it cannot be
/// opened or read.
pub fn read_bounded(path: &Path, max_bytes: u64) -> Result<Vec<u8>, ReadError> {
    let file = File::open(path).map_err(|error| DiskError::new(Operation::Open, path, error))?;
    let metadata = file.metadata().ok();
    if metadata.as_ref().is_some_and(std::fs::Metadata::is_dir) {
        return Err(ReadError::NotPlain { path: path.to_path_buf() });
    }
    read_opened(file, path, metadata.map_or(0, |metadata| metadata.len()), max_bytes)
}

/// Reads a whole plain file of at most `max_bytes` and does not follow a link in the last place of its path: for
/// folders in which somebody less trusted can make names.
///
/// # Errors
///
/// As [`read_bounded`]; [`ReadError::NotPlain`] for a directory, pipe or device; a link is an error of the disk
/// (`ELOOP`).
pub fn read_bounded_nofollow(path: &Path, max_bytes: u64) -> Result<Vec<u8>, ReadError> {
    let (file, length) = open_plain(path)?;
    read_opened(file, path, length, max_bytes)
}

/// Reads how a plain file begins, at most `bytes` of it, and does not follow a link in the last place of its path.
///
/// # Errors
///
/// As [`read_bounded_nofollow`], but for a file that is longer.
pub fn read_start_nofollow(path: &Path, bytes: u64) -> Result<Vec<u8>, ReadError> {
    let mut start = Vec::new();
    let (file, _) = open_plain(path)?;
    file.take(bytes).read_to_end(&mut start).map_err(|error| DiskError::new(Operation::Read, path, error))?;
    Ok(start)
}

/// Reads a plain file of at most `max_bytes` part by part, and does not follow a link in the last place of its path.
///
/// # Errors
///
/// As [`read_bounded_nofollow`]; parts may have been given by then.
pub fn read_parts_nofollow(
    path: &Path,
    max_bytes: u64,
    take: &mut dyn FnMut(&[u8]),
) -> Result<(), ReadError> {
    let (file, length) = open_plain(path)?;
    let too_long = || ReadError::TooLong { path: path.to_path_buf(), max_bytes };
    if length > max_bytes {
        return Err(too_long());
    }
    let mut file = BufReader::with_capacity(PART, file.take(max_bytes.saturating_add(1)));
    let mut total = 0_u64;
    loop {
        let part = file.fill_buf().map_err(|error| DiskError::new(Operation::Read, path, error))?;
        let read = part.len();
        if read == 0 {
            return Ok(());
        }
        total = total.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        if total > max_bytes {
            return Err(too_long());
        }
        take(part);
        file.consume(read);
    }
}

/// Opens a plain file without following a link in the last place of its path, to be read a part at a time. What is read of it
/// is the caller's to bound.
///
/// # Errors
///
/// As [`read_bounded_nofollow`], but for the length.
pub fn open_nofollow(path: &Path) -> Result<File, ReadError> {
    Ok(open_plain(path)?.0)
}

/// Opens a plain file, and gives the length that it states.
fn open_plain(path: &Path) -> Result<(File, u64), ReadError> {
    // Without NONBLOCK a named pipe would hold the process until somebody writes.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let failed = |error: io::Error| DiskError::new(Operation::Open, path, error);
    let descriptor =
        rustix::fs::open(path, flags, FileMode::empty()).map_err(|errno| failed(errno.into()))?;
    let file = File::from(descriptor);
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err(ReadError::NotPlain { path: path.to_path_buf() });
    }
    Ok((file, metadata.len()))
}

/// Reads a stream (standard input, a response) to its end, at most `max_bytes`. `None` when there is more.
///
/// # Errors
///
/// What the stream gave.
pub fn read_to_limit(stream: &mut dyn Read, max_bytes: u64) -> io::Result<Option<Vec<u8>>> {
    read_to_limit_into(Vec::new(), stream, max_bytes)
}

fn read_to_limit_into(
    mut bytes: Vec<u8>,
    stream: &mut dyn Read,
    max_bytes: u64,
) -> io::Result<Option<Vec<u8>>> {
    stream.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    Ok((length <= max_bytes).then_some(bytes))
}

/// Reads a file that states this length, which is only where the buffer begins.
fn read_opened(mut file: File, path: &Path, stated: u64, max_bytes: u64) -> Result<Vec<u8>, ReadError> {
    let room = usize::try_from(stated.min(max_bytes)).unwrap_or(0).saturating_add(END_PROBE);
    let bytes = read_to_limit_into(Vec::with_capacity(room), &mut file, max_bytes)
        .map_err(|error| DiskError::new(Operation::Read, path, error))?;
    bytes.ok_or_else(|| ReadError::TooLong { path: path.to_path_buf(), max_bytes })
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::disallowed_methods,
        reason = "a test may fail by panicking and write files"
    )]

    use super::*;
    use crate::write::DiskErrorKind;

    #[test]
    fn a_file_of_the_limit_is_read_and_one_byte_more_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, [7; 100]).unwrap();
        assert_eq!(read_bounded(&path, 100).unwrap(), [7; 100]);
        assert_eq!(read_bounded_nofollow(&path, 100).unwrap(), [7; 100]);
        let mut parts = Vec::new();
        read_parts_nofollow(&path, 100, &mut |part| parts.extend_from_slice(part)).unwrap();
        assert_eq!(parts, [7; 100]);
        let one_less = read_parts_nofollow(&path, 99, &mut |_| {}).unwrap_err();
        assert!(matches!(one_less, ReadError::TooLong { max_bytes: 99, .. }), "{one_less}");
        assert_eq!(read_start_nofollow(&path, 100).unwrap(), [7; 100]);
        assert_eq!(read_start_nofollow(&path, 99).unwrap(), [7; 99]);
        for error in [read_bounded(&path, 99), read_bounded_nofollow(&path, 99)].map(Result::unwrap_err) {
            assert!(matches!(error, ReadError::TooLong { max_bytes: 99, .. }), "{error}");
        }
    }

    #[test]
    fn an_absent_file_is_told_from_an_unreadable_one() {
        let folder = tempfile::tempdir().unwrap();
        let error = read_bounded(&folder.path().join("absent"), 1).unwrap_err();
        assert!(matches!(error, ReadError::Disk(disk) if disk.kind() == DiskErrorKind::NotFound));
    }

    #[test]
    fn links_are_followed_only_when_asked() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        std::fs::write(&file, b"x").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert_eq!(read_bounded(&link, 1).unwrap(), b"x");
        assert!(matches!(read_bounded_nofollow(&link, 1), Err(ReadError::Disk(_))));
    }

    #[test]
    fn a_pipe_or_directory_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &pipe,
            rustix::fs::FileType::Fifo,
            FileMode::RUSR | FileMode::WUSR,
            0,
        )
        .unwrap();
        assert!(matches!(read_bounded_nofollow(&pipe, 1), Err(ReadError::NotPlain { .. })));
        assert!(matches!(read_bounded_nofollow(folder.path(), 1), Err(ReadError::NotPlain { .. })));
        assert!(matches!(read_bounded(folder.path(), 1), Err(ReadError::NotPlain { .. })));
    }
}
