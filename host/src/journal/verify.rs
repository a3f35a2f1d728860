//! Following the chain.

use std::io::{BufRead, BufReader, Read};

use interdict_schema::Sha256;
use interdict_schema::digest::RunningSha256;
use serde::Serialize;
use thiserror::Error;

use super::entry::{AfterCut, Link, MAX_LINE_BYTES, NOTHING_BEFORE};
use super::{Entry, Head, Journal, JournalError};
use crate::read::{ReadError, open_nofollow};
use crate::write::{DiskError, DiskErrorKind, Operation};

/// What following the chain from the first line found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// The last entry of the whole part; `None` where there is none.
    pub head: Option<Head>,
    /// What crashes left between entries, or at the end.
    pub cuts: Vec<Cut>,
    /// The first line that breaks the chain; nothing behind it was looked at.
    pub broken: Option<Broken>,
    /// Whether the head that was asked for is in the chain; `None` where none was.
    pub wanted: Option<Found>,
}

/// Bytes that are no entry, as a crash leaves them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Cut {
    /// The first line of it, from 1.
    pub line: u64,
    /// How many bytes, line breaks included.
    pub bytes: u64,
    /// Whether an entry behind it took note of it; otherwise it is the end of the file.
    pub noted: bool,
}

/// Where the chain breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// The line, from 1.
    pub line: u64,
    /// Where it begins, in bytes from 0.
    pub offset: u64,
    /// Why.
    #[serde(flatten)]
    pub why: Why,
}

/// Why a line does not belong where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Error)]
#[serde(rename_all = "kebab-case", tag = "why")]
pub enum Why {
    /// It is no entry, and no entry behind it says so.
    #[error("no entry")]
    NotAnEntry,
    /// A number is missing, or one too many.
    #[error("entry {found}, wanted {wanted}")]
    Number {
        /// Its number.
        found: u64,
        /// The next one.
        wanted: u64,
    },
    /// The line before it is not the one that it names.
    #[error("the line before it is sha256:{found}, wanted sha256:{wanted}")]
    Previous {
        /// SHA-256 of the line before it.
        found: Sha256,
        /// What it names.
        wanted: Sha256,
    },
    /// What stands between it and the last entry is not what it says a crash left.
    #[error("not what a crash left before it")]
    AfterCut,
}

/// Whether a head is in the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "found")]
pub enum Found {
    /// It is the digest of this entry.
    Entry {
        /// Its number.
        number: u64,
    },
    /// No whole line has it: lines were changed, or taken from the end.
    Nowhere,
}

impl Verification {
    /// Whether every line is as it was written, and the head that was asked for among them.
    pub fn is_whole(&self) -> bool {
        self.broken.is_none() && self.wanted != Some(Found::Nowhere)
    }
}

/// Lines since the last entry that are none.
#[derive(Default)]
struct Stray {
    line: u64,
    offset: u64,
    why: Option<Why>,
    bytes: u64,
    digest: RunningSha256,
}

impl Stray {
    fn add(&mut self, (line, offset): (u64, u64), why: Why, bytes: &[u8]) {
        if self.why.is_none() {
            (self.line, self.offset, self.why) = (line, offset, Some(why));
        }
        self.bytes = self.bytes.saturating_add(length(bytes));
        self.digest.update(bytes);
    }

    fn is(&self, note: &AfterCut) -> bool {
        self.bytes == note.bytes && self.digest.clone().finish() == note.digest
    }

    fn broken(&self) -> Option<Broken> {
        self.why.map(|why| Broken { line: self.line, offset: self.offset, why })
    }
}

impl Journal {
    /// Follows the chain from the first line to the last, or to the first that breaks it, and looks for a head that was noted
    /// elsewhere. A journal that is not there is one without entries.
    ///
    /// # Errors
    /// [`JournalError`] where the file cannot be read.
    pub fn verify(&self, wanted: Option<&Sha256>) -> Result<Verification, JournalError> {
        self.follow(wanted, &mut |_| {})
    }

    /// The same, and gives every entry of the whole part.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn read(&self, take: &mut dyn FnMut(Entry)) -> Result<Verification, JournalError> {
        self.follow(None, &mut |line| {
            if let Ok(entry) = serde_json::from_slice(line) {
                take(entry);
            }
        })
    }

    fn follow(
        &self,
        wanted: Option<&Sha256>,
        take: &mut dyn FnMut(&[u8]),
    ) -> Result<Verification, JournalError> {
        let mut chain = Verification {
            head: None,
            cuts: Vec::new(),
            broken: None,
            wanted: wanted.map(|_| Found::Nowhere),
        };
        let file = match open_nofollow(&self.path) {
            Ok(file) => file,
            Err(ReadError::Disk(error)) if error.kind() == DiskErrorKind::NotFound => return Ok(chain),
            Err(error) => return Err(error.into()),
        };
        let limit = u64::try_from(MAX_LINE_BYTES).unwrap_or(u64::MAX);
        let mut reader = BufReader::new(file);
        let (mut offset, mut stray, mut line, mut ended) = (0_u64, Stray::default(), Vec::new(), true);
        for number in 1_u64.. {
            line.clear();
            let read = (&mut reader).take(limit).read_until(b'\n', &mut line);
            let read = read.map_err(|error| DiskError::new(Operation::Read, &self.path, error))?;
            if read == 0 {
                break;
            }
            ended = line.ends_with(b"\n");
            match judge(&line, chain.head.as_ref(), &stray) {
                Ok(entry) => {
                    if stray.bytes > 0 {
                        chain.cuts.push(Cut { line: stray.line, bytes: stray.bytes, noted: true });
                        stray = Stray::default();
                    }
                    // Of an entry that is whole, a crash may have kept back the line break alone.
                    if !ended {
                        line.push(b'\n');
                    }
                    let digest = Sha256::of(&line);
                    if wanted == Some(&digest) {
                        chain.wanted = Some(Found::Entry { number: entry });
                    }
                    chain.head = Some(Head { number: entry, digest });
                    take(&line);
                }
                Err(why) => stray.add((number, offset), why, &line),
            }
            offset = offset.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        }
        // What a crash cut off has no line break and is no entry. Anything else is no crash's work.
        if !ended && stray.why == Some(Why::NotAnEntry) {
            chain.cuts.push(Cut { line: stray.line, bytes: stray.bytes, noted: false });
        } else {
            chain.broken = stray.broken();
        }
        Ok(chain)
    }
}

/// The number of a line that is the next entry.
fn judge(line: &[u8], head: Option<&Head>, stray: &Stray) -> Result<u64, Why> {
    let read = Link::read(line).ok_or(Why::NotAnEntry)?;
    let (number, previous) = head.map_or((0, NOTHING_BEFORE), |head| (head.number, head.digest));
    let wanted = number.saturating_add(1);
    if read.number != wanted {
        return Err(Why::Number { found: read.number, wanted });
    }
    if read.previous != previous {
        return Err(Why::Previous { found: previous, wanted: read.previous });
    }
    match read.after_cut {
        None if stray.bytes == 0 => Ok(wanted),
        Some(note) if stray.bytes > 0 && stray.is(&note) => Ok(wanted),
        _ => Err(Why::AfterCut),
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
