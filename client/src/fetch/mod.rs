//! Bytes from elsewhere: an HTTP server or a folder. Nothing is believed here.
//!
//! Refused, absent and unreachable are three things: [`FetchError::NotFound`] is an answer of its own, because the walk of
//! roots ends with it; [`FetchError::TooLong`] is an answer that is not believed; everything else is no answer.

mod directory;
mod http;
mod pace;
pub mod parallel;

use std::fmt;
use std::io::{Cursor, Read};

use interdict_host::read::ReadError;
use interdict_schema::DateTime;
use thiserror::Error;

pub use directory::Directory;
pub use http::{Http, HttpError, NetworkOptions};

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

    /// Begins to fetch a file of at most `max_bytes` bytes, to be read in pieces: for one that is not to be in memory. The
    /// stream may go on after that; whoever reads it counts.
    ///
    /// # Errors
    /// [`FetchError`], as far as it shows before the first piece.
    fn open(&self, folder: Folder, path: &str, max_bytes: u64) -> Result<Box<dyn Read + '_>, FetchError> {
        Ok(Box::new(Cursor::new(self.fetch(folder, path, max_bytes)?)))
    }

    /// Where the bytes come from, for people and for evidence.
    fn source(&self) -> String;
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
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

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
