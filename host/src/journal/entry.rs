//! A line of a journal.

use interdict_schema::{DateTime, Sha256};
use serde::{Deserialize, Serialize};

use crate::identity::Who;

/// The longest line, in bytes, its line break included.
pub const MAX_LINE_BYTES: usize = 1_048_576;

/// What the first line names in place of the one before it.
pub(super) const NOTHING_BEFORE: Sha256 = Sha256::from_bytes([0; 32]);

/// One line. A later version may add fields: they are covered by the chain, whoever reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry<E = serde_json::Value> {
    /// Its number, from 1, rising by one.
    pub number: u64,
    /// When it was written, by the clock of the machine.
    pub at: DateTime,
    /// Whose process wrote it.
    pub who: Who,
    /// What was done: an object, by custom with a `verb`.
    pub what: E,
    /// What a crash left between the line before and this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_cut: Option<AfterCut>,
    /// SHA-256 of the line before, line break included; 64 zeros in the first.
    pub previous: Sha256,
}

/// Lines that are no entries, left where they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AfterCut {
    /// How many bytes, line breaks included.
    pub bytes: u64,
    /// SHA-256 of them.
    pub digest: Sha256,
}

/// The part of a line by which it is chained.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Link {
    pub number: u64,
    #[serde(default)]
    pub after_cut: Option<AfterCut>,
    pub previous: Sha256,
}

impl Link {
    /// Reads it from a line with or without its line break; `None` for what is no entry.
    pub fn read(line: &[u8]) -> Option<Self> {
        serde_json::from_slice(line).ok()
    }
}
