//! Files of entries, line by line: what stands in them is signed by their digest alone, so that nobody else reads them
//! before the clients do.

use interdict_host::read::ReadError;
use interdict_schema::entity::{EntityList, EntryFile, EntryReader, NotEntries};
use interdict_schema::product::{Identifier, IdentifierError};
use thiserror::Error;

use super::Change;
use super::listing::file_name;
use crate::repository::current::Current;
use crate::repository::files::Files;

/// Why a file of entries is not published.
#[derive(Debug, Error)]
pub enum EntriesRefusal {
    /// It is neither given nor published.
    #[error("{path} is neither given nor published")]
    Missing {
        /// The target path.
        path: String,
    },
    /// It is not the file that the list names.
    #[error("{path} is not the file of entries that the list names")]
    Form {
        /// The target path.
        path: String,
        /// Why.
        source: NotEntries,
    },
    /// Entries that are not of the file's kind.
    #[error("{path}: found {found} entries that are not of their kind, the first {first}")]
    Entries {
        /// The target path.
        path: String,
        /// How many.
        found: u64,
        /// The first of them.
        first: Box<WrongEntry>,
        /// More of them, in order; `ENTRIES_SHOWN` at most.
        more: Vec<WrongEntry>,
    },
    /// The published file could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// How many wrong entries are told of one by one, besides the first.
pub const ENTRIES_SHOWN: usize = 99;

/// An entry that is not of its file's kind.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {entry:?}: {error}")]
pub struct WrongEntry {
    /// The line, from 1.
    pub line: u64,
    /// What stands there.
    pub entry: String,
    /// The rule that it breaks.
    pub error: IdentifierError,
}

/// Checks every line of every file that a list of the change names: those that are given, and those that are published.
///
/// # Errors
///
/// [`EntriesRefusal`]: the first thing that is wrong.
pub fn check_entries(change: &Change, current: &Current, files: &dyn Files) -> Result<(), EntriesRefusal> {
    let lists = change.lists.values().filter_map(|envelope| EntityList::parse(&envelope.payload).ok());
    for file in lists.flat_map(|list| list.value.attachments) {
        let missing = || EntriesRefusal::Missing { path: file.path.clone() };
        if let Some(bytes) = change.attachments.get(&file.path) {
            check_lines(&file, bytes)?;
            continue;
        }
        let listed = current.targets().signed().targets.get(&file.path).ok_or_else(missing)?;
        let bytes = files.target(&file_name(&file.path, listed), listed.length)?.ok_or_else(missing)?;
        check_lines(&file, &bytes)?;
    }
    Ok(())
}

/// Checks the lines of one file against what a list says of it.
///
/// # Errors
///
/// [`EntriesRefusal`]: the first thing that is wrong.
pub fn check_lines(file: &EntryFile, bytes: &[u8]) -> Result<(), EntriesRefusal> {
    let (mut line, mut found) = (0_u64, 0_u64);
    let mut wrong = Vec::new();
    let mut take = |entry: &str| {
        line = line.saturating_add(1);
        if let Err(error) = Identifier::parse(file.kind.as_str(), entry, None) {
            found = found.saturating_add(1);
            if wrong.len() <= ENTRIES_SHOWN {
                wrong.push(WrongEntry { line, entry: entry.to_owned(), error });
            }
        }
    };
    EntryReader::of_draft(file)
        .read_whole(bytes, &mut take)
        .map_err(|source| EntriesRefusal::Form { path: file.path.clone(), source })?;
    let mut wrong = wrong.into_iter();
    match wrong.next() {
        None => Ok(()),
        Some(first) => {
            let first = Box::new(first);
            Err(EntriesRefusal::Entries { path: file.path.clone(), found, first, more: wrong.collect() })
        }
    }
}
