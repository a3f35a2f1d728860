//! Journals: what was done, by whom, in lines of which each names the one before it (`trust.md`, rule 23).
//!
//! A journal is a file of JSON Lines that only grows. Each line is an [`Entry`]: a number, a moment, who, what, and `previous`, the
//! SHA-256 of the line before it. The digest of a line is that of its bytes with its line break, so that
//! `tail -n 1 journal.jsonl | sha256sum` gives the head. What stands in `what` is the caller's: any value that becomes a JSON
//! object; by custom with a `verb`.
//!
//! | file | what is there |
//! |---|---|
//! | `entry` | a line, written and read |
//! | `append` | adding one, durably |
//! | `verify` | following the chain to its first broken line |
//! | [`syslog`] | where the heads go as well |
//!
//! **What it proves.** A line that was changed, taken out or put in breaks the chain at a place that [`Journal::verify`] names.
//! Whoever may write the file can also write the whole chain anew: a journal is tamper-evident only where its head went somewhere
//! that they cannot reach, and otherwise corruption-evident. Heads go to syslog, and into whatever the caller signs.
//!
//! **After a crash** the last line may be cut off. It is kept: the next entry is written behind it and names its digest in
//! `after_cut`, and the chain goes on from the last whole line. [`Journal::verify`] tells of every such place.
//!
//! Not here: what is worth an entry, and where a journal lies. A journal is never shortened or rotated.

mod append;
mod entry;
pub mod syslog;
#[cfg(test)]
mod tests;
mod verify;

use std::path::{Path, PathBuf};
use std::str::FromStr;

use interdict_schema::Sha256;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::clock::ClockError;
use crate::read::ReadError;
use crate::write::DiskError;

pub use append::Appended;
pub use entry::{AfterCut, Entry, MAX_LINE_BYTES};
pub use verify::{Broken, Cut, Found, Verification, Why};

/// A journal: the file, whether it is there already or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journal {
    path: PathBuf,
}

/// The end of a journal: what everything before it can be checked against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The number of the last entry, from 1.
    pub number: u64,
    /// SHA-256 of its line, line break included.
    pub digest: Sha256,
}

/// Reads the digest of a head as people note it: 64 hexadecimal digits, perhaps behind `sha256:`.
///
/// # Errors
///
/// It is no SHA-256.
pub fn parse_head(text: &str) -> Result<Sha256, <Sha256 as FromStr>::Err> {
    text.strip_prefix("sha256:").unwrap_or(text).parse()
}

/// A journal could not be written or read.
#[derive(Debug, Error)]
pub enum JournalError {
    /// The file could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The file could not be written.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// Nobody knows when it is.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// The entry is longer than a line may be.
    #[error("an entry of {found} bytes, wanted at most {MAX_LINE_BYTES}")]
    TooLong {
        /// Its length in bytes.
        found: usize,
    },
    /// What happened is no JSON object.
    #[error("an entry that is no JSON object")]
    NotAnObject,
    /// The file ends in something that no crash leaves.
    #[error("{}: no entry among the last {searched} bytes", path.display())]
    NoEntry {
        /// The file.
        path: PathBuf,
        /// How far back was looked.
        searched: u64,
    },
}

impl Journal {
    /// The journal in this file. Its folder is made with the first entry, for its owner alone.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}
