//! Bytes from elsewhere: an HTTP server or a folder. Nothing is believed here.
//!
//! Refused, absent and unreachable are three things: [`FetchError::NotFound`] is an answer of its own, because the walk of
//! roots ends with it; [`FetchError::TooLong`] is an answer that is not believed; everything else is no answer.

mod authorities;
mod directory;
mod exchange;
mod http;
mod pace;
pub mod parallel;
mod timeouts;
mod until_told;

use std::fmt;
use std::io::{self, Read};

use interdict_host::read::ReadError;
use interdict_host::write::DiskError;
use interdict_schema::DateTime;
use thiserror::Error;

pub use authorities::SystemAuthorities;
pub use directory::Directory;
pub use http::{Http, HttpError, NetworkOptions};
pub use timeouts::{NotAPatience, Patience, Timeouts};
pub use until_told::UntilTold;

/// Which of the two folders of a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folder {
    /// Metadata.
    Metadata,
    /// Targets.
    Targets,
}

impl Folder {
    /// The folder's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Metadata => "metadata",
            Self::Targets => "targets",
        }
    }
}

impl fmt::Display for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A source of bytes, which several threads may ask at once.
pub trait Fetch: Sync {
    /// Fetches one file of at most `max_bytes` bytes. `path` is percent-encoded, relative, and without `..`.
    ///
    /// # Errors
    /// [`FetchError`].
    fn fetch(&self, folder: Folder, path: &str, max_bytes: u64) -> Result<Vec<u8>, FetchError>;

    /// Fetches one file of at most `max_bytes` bytes in parts, in order, for files that do not fit into memory. What was
    /// kept is worth nothing unless this succeeds, and then still has to be verified.
    ///
    /// # Errors
    /// [`FetchError`]; [`FetchError::Keep`] where `keep` could not take a part.
    fn fetch_in_parts(
        &self,
        folder: Folder,
        path: &str,
        max_bytes: u64,
        keep: &mut dyn FnMut(&[u8]) -> Result<(), DiskError>,
    ) -> Result<(), FetchError> {
        let bytes = self.fetch(folder, path, max_bytes)?;
        Ok(keep(&bytes)?)
    }

    /// Whether a file is known to have been left out of the source because it was refused when that was made, so that its absence is
    /// what is wrong with the file, and with nothing else.
    fn lacks(&self, folder: Folder, path: &str) -> bool {
        let _ = (folder, path);
        false
    }

    /// Where the bytes come from, for people and for evidence.
    fn source(&self) -> String;
}

/// How much is kept of a file that has no end, in bytes: enough to tell what it is.
pub const BEGINNING: u64 = 65_536;

/// Reads a file to its end, or, where it is longer than `max_bytes`, to there; the latter gives how it begins.
pub(crate) fn read_whole(stream: &mut dyn Read, max_bytes: u64) -> io::Result<Result<Vec<u8>, Vec<u8>>> {
    let mut bytes = Vec::new();
    stream.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) <= max_bytes {
        return Ok(Ok(bytes));
    }
    bytes.truncate(usize::try_from(BEGINNING).unwrap_or(usize::MAX));
    bytes.shrink_to_fit();
    Ok(Err(bytes))
}

/// How much of a file is in memory at once, where it comes in parts, in bytes.
const PART: usize = 65_536;

/// Reads a file part by part to its end, and says whether it came within `max_bytes`.
pub(crate) fn read_in_parts(
    stream: &mut dyn Read,
    max_bytes: u64,
    keep: &mut dyn FnMut(&[u8]) -> Result<(), DiskError>,
) -> io::Result<Result<Within, DiskError>> {
    let mut stream = stream.take(max_bytes.saturating_add(1));
    let (mut part, mut total) = (vec![0; PART], 0_u64);
    loop {
        let read = match stream.read(&mut part) {
            Ok(0) => return Ok(Ok(Within::Limit)),
            Ok(read) => part.get(..read).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        total = total.saturating_add(u64::try_from(read.len()).unwrap_or(u64::MAX));
        if total > max_bytes {
            return Ok(Ok(Within::TooLong));
        }
        if let Err(error) = keep(read) {
            return Ok(Err(error));
        }
    }
}

/// Whether a file came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Within {
    /// Within its limit.
    Limit,
    /// It goes on after it.
    TooLong,
}

/// How a file begins that is known to be too long: as much as came before the source failed.
pub(crate) fn read_beginning(stream: &mut dyn Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What came is kept also where the rest did not.
    let _ = stream.take(BEGINNING).read_to_end(&mut bytes);
    bytes
}

/// When a server may be asked again (`Retry-After`, RFC 9110, 10.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// After so many seconds.
    Seconds(u32),
    /// At a moment.
    At(DateTime),
}

impl RetryAfter {
    /// Reads the header's value; `None` for one that is neither a number of seconds nor a date.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Self::Seconds(text.parse().unwrap_or(u32::MAX)));
        }
        let since = httpdate::parse_http_date(text).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
        DateTime::from_unix_seconds(i64::try_from(since.as_secs()).ok()?).ok().map(Self::At)
    }

    /// The moment that is meant, and no later than `limit` seconds from now.
    pub fn moment(self, now: DateTime, limit: i64) -> DateTime {
        let latest = now.saturating_add_seconds(limit);
        match self {
            Self::Seconds(seconds) => now.saturating_add_seconds(seconds.into()).min(latest),
            Self::At(moment) => moment.min(latest),
        }
    }
}

/// A file that was not fetched.
#[derive(Debug, Error)]
pub enum FetchError {
    /// The source says that there is no such file (404, or 403 as object stores say it).
    #[error("not found: {place}")]
    NotFound {
        /// The file.
        place: String,
    },
    /// The file goes on after what it may have: endless data.
    #[error("{place}: more than {limit} bytes")]
    TooLong {
        /// The file.
        place: String,
        /// The most that is read.
        limit: u64,
        /// How it begins, for evidence: at most [`BEGINNING`] bytes.
        beginning: Vec<u8>,
    },
    /// The server answered with something else.
    #[error("{place}: the server answered {status}")]
    Status {
        /// The file.
        place: String,
        /// The status code.
        status: u16,
        /// When it may be asked again, if it said so.
        retry_after: Option<RetryAfter>,
    },
    /// No answer, or not to its end.
    #[error("no answer: {place}")]
    Network {
        /// The file.
        place: String,
        /// What went wrong.
        source: Box<HttpError>,
    },
    /// The folder could not be read.
    #[error(transparent)]
    Folder(#[from] ReadError),
    /// What came could not be kept.
    #[error(transparent)]
    Keep(#[from] DiskError),
    /// Nothing was asked for, because the program was told to end.
    #[error("told to end")]
    Ended,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    #[test]
    fn a_stream_of_the_limit_is_read_and_of_a_longer_one_the_beginning_is_kept() {
        let limit = BEGINNING + 10;
        let long = vec![7; usize::try_from(limit).unwrap()];
        assert_eq!(read_whole(&mut long.as_slice(), limit).unwrap().as_deref(), Ok(long.as_slice()));
        let beginning = read_whole(&mut long.as_slice(), limit - 1).unwrap().unwrap_err();
        assert_eq!(u64::try_from(beginning.len()).unwrap(), BEGINNING);
        assert_eq!(read_whole(&mut &b"1234"[..], 3).unwrap(), Err(b"1234".to_vec()));
        assert_eq!(read_beginning(&mut long.as_slice()), beginning);
    }

    #[test]
    fn a_file_of_the_limit_comes_in_small_parts_and_one_byte_more_is_too_long() {
        let long: Vec<u8> = (0..=255).cycle().take(3 * PART + 7).collect();
        let limit = u64::try_from(long.len()).unwrap();
        for (limit, wanted) in [(limit, Within::Limit), (limit - 1, Within::TooLong)] {
            let mut kept = Vec::new();
            let mut keep = |part: &[u8]| {
                assert!(part.len() <= PART);
                kept.extend_from_slice(part);
                Ok(())
            };
            assert_eq!(read_in_parts(&mut long.as_slice(), limit, &mut keep).unwrap().unwrap(), wanted);
            assert!(long.starts_with(&kept) && (wanted == Within::TooLong || kept.len() == long.len()));
        }
    }

    #[test]
    fn reads_seconds_and_dates_and_bounds_both() {
        let now: DateTime = "2017-09-13T12:00:00Z".parse().unwrap();
        for (text, wanted) in [
            ("120", Some("2017-09-13T12:02:00Z")),
            (" 0 ", Some("2017-09-13T12:00:00Z")),
            ("99999999999999999999", Some("2017-09-14T12:00:00Z")),
            ("Wed, 13 Sep 2017 13:00:00 GMT", Some("2017-09-13T13:00:00Z")),
            ("Sun, 13 Sep 2037 13:00:00 GMT", Some("2017-09-14T12:00:00Z")),
            ("Sat, 13 Sep 1913 13:00:00 GMT", None),
            ("", None),
            ("-1", None),
            ("soon", None),
        ] {
            let moment = RetryAfter::parse(text).map(|found| found.moment(now, 86_400).to_string());
            assert_eq!(moment.as_deref(), wanted, "{text:?}");
        }
    }
}
