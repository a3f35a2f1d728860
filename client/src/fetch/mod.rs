//! Bytes from elsewhere: an HTTP server or a folder. Nothing is believed here.
//!
//! Refused, absent and unreachable are three things: [`FetchError::NotFound`] is an answer of its own, because the walk of
//! roots ends with it; [`FetchError::TooLong`] is an answer that is not believed; everything else is no answer.

mod directory;
mod http;

use std::fmt;

use interdict_host::read::ReadError;
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

/// A source of bytes.
pub trait Fetch {
    /// Fetches one file of at most `max_bytes` bytes. `path` is percent-encoded, relative, and without `..`.
    ///
    /// # Errors
    /// [`FetchError`].
    fn fetch(&self, folder: Folder, path: &str, max_bytes: u64) -> Result<Vec<u8>, FetchError>;

    /// Where the bytes come from, for people and for evidence.
    fn source(&self) -> String;
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
