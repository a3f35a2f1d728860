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
    /// An entry that is not of the file's kind.
    #[error("{path}, line {line}: {entry:?}")]
    Entry {
        /// The target path.
        path: String,
        /// The line, from 1.
        line: u64,
        /// What stands there.
        entry: String,
        /// The rule that it breaks.
        source: IdentifierError,
    },
    /// The published file could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
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
    let mut line = 0_u64;
    let mut wrong = None;
    let mut take = |entry: &str| {
        line = line.saturating_add(1);
        if wrong.is_none()
            && let Err(source) = Identifier::parse(file.kind.as_str(), entry, None)
        {
            let (path, entry) = (file.path.clone(), entry.to_owned());
            wrong = Some(EntriesRefusal::Entry { path, line, entry, source });
        }
    };
    EntryReader::of_draft(file)
        .read_whole(bytes, &mut take)
        .map_err(|source| EntriesRefusal::Form { path: file.path.clone(), source })?;
    wrong.map_or(Ok(()), Err)
}
