//! The pin, and the chain of roots that followed it.

use interdict_host::read::{ReadError, read_bounded_nofollow};
use interdict_host::write::{Disk, DiskError, DiskErrorKind, Mode};
use interdict_schema::limits::{ROOT_LENGTH, ROOT_ROTATIONS};
use interdict_schema::tuf::Accepted;

use crate::places::RepositoryPlaces;

/// The roots of a repository as they lie on disk: bytes that have to be verified each time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRoots {
    /// The root that the operator pinned.
    pub pin: Vec<u8>,
    /// The roots that followed it, in order, as far as they are there.
    pub later: Vec<Vec<u8>>,
}

/// Reads the roots; `None` where nothing is pinned.
///
/// # Errors
/// [`ReadError`] where a file is there and cannot be read.
pub fn read(places: &RepositoryPlaces) -> Result<Option<StoredRoots>, ReadError> {
    let Some(pin) = read_if_there(&places.pin(), ROOT_LENGTH)? else { return Ok(None) };
    let mut later = Vec::new();
    // The pin's own version is stated in bytes that nobody has verified yet; a wrong one finds no files, or files that
    // verification refuses.
    if let Some(first) = stated_version(&pin) {
        for version in (first.saturating_add(1)..).take(usize::try_from(ROOT_ROTATIONS).unwrap_or(usize::MAX))
        {
            let Some(root) = read_if_there(&places.root(version), ROOT_LENGTH)? else { break };
            later.push(root);
        }
    }
    Ok(Some(StoredRoots { pin, later }))
}

fn stated_version(root: &[u8]) -> Option<u64> {
    let value = interdict_schema::json::parse(root).ok()?;
    match value.get("signed")?.get("version")? {
        interdict_schema::json::Value::Unsigned(version) => Some(*version),
        _ => None,
    }
}

/// Reads a plain file; `None` where there is none.
pub(crate) fn read_if_there(path: &std::path::Path, max_bytes: u64) -> Result<Option<Vec<u8>>, ReadError> {
    match read_bounded_nofollow(path, max_bytes) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(ReadError::Disk(error)) if error.kind() == DiskErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Keeps a root that the set has admitted.
///
/// # Errors
/// [`DiskError`].
pub fn keep(disk: &Disk, places: &RepositoryPlaces, root: &Accepted) -> Result<(), DiskError> {
    disk.replace(&places.root(root.version()), root.bytes(), Mode::Public)
}

/// Pins a root, in place of every root that is there.
///
/// # Errors
/// [`DiskError`]; the old pin is then untouched, and later roots may be gone, which the next refresh fetches again.
pub fn pin(disk: &Disk, places: &RepositoryPlaces, root: &Accepted) -> Result<(), DiskError> {
    disk.create_dir_all_synced(&places.trust(), Mode::Public)?;
    let entries = std::fs::read_dir(places.trust()).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_name() != "pinned.root.json") {
        disk.remove_file(&entry.path())?;
    }
    disk.replace(&places.pin(), root.bytes(), Mode::Public)
}
