//! Root's pin of a repository: a file of the configuration, written by `trust` or by whatever manages the machine.

use interdict_host::owned::{NotOwned, Owned, Owner};
use interdict_host::read::read_bounded_nofollow;
use interdict_host::write::{Disk, DiskError, Mode};
use interdict_schema::DateTime;
use interdict_schema::key::Verifier;
use interdict_schema::limits::ROOT_LENGTH;
use interdict_schema::tuf::TrustedSet;

use super::AdmissionError;
use crate::config::RepositoryName;
use crate::places::Places;
use crate::store::memory::{Memory, MemoryError};
use crate::store::roots::StoredRoots;
use crate::store::{metadata, roots};

/// Reads the pin of a repository, where nobody but root can have put it there; `None` where there is none.
///
/// # Errors
/// [`AdmissionError::NotOwned`] for one that somebody else may have written.
pub fn read(places: &Places, name: &RepositoryName, owner: Owner) -> Result<Option<Vec<u8>>, AdmissionError> {
    let path = places.root_pin(name);
    match owner.look(&path)? {
        Owned::Absent => Ok(None),
        Owned::Folder => Err(NotOwned::Kind { path }.into()),
        Owned::File { .. } => Ok(Some(read_bounded_nofollow(&path, ROOT_LENGTH)?)),
    }
}

/// Writes the pin of a repository into the configuration.
///
/// # Errors
/// What the disk said.
pub fn write(disk: &Disk, places: &Places, name: &RepositoryName, root: &[u8]) -> Result<(), DiskError> {
    let path = places.root_pin(name);
    if let Some(folder) = path.parent() {
        disk.create_dir_all_synced(folder, Mode::Public)?;
    }
    disk.replace(&path, root, Mode::Public)
}

/// Makes a root the pin of a store. Another one than before keeps the memory of what was believed, and begins anew with the metadata
/// (`trust.md`, rule 7). Needs the lock of the store.
///
/// # Errors
/// [`AdmissionError::Memory`] where the store has this very pin and has lost its memory, or the memory is damaged.
pub fn adopt(
    disk: &Disk,
    store: &Places,
    (name, path): (&RepositoryName, &std::path::Path),
    pin: &[u8],
    (now, verifier): (DateTime, &dyn Verifier),
) -> Result<(StoredRoots, Memory), AdmissionError> {
    let at = store.repository(name);
    let stored = roots::read(&at)?;
    if let Some(stored) = stored.filter(|stored| stored.pin == pin) {
        return Ok((stored, Memory::read(&at)?));
    }
    let set = TrustedSet::new(pin, now, verifier)
        .map_err(|source| AdmissionError::Pin { path: path.into(), source: Box::new(source) })?;
    let mut memory = Memory::new(set.root().signed().version);
    match Memory::read(&at) {
        Ok(known) => {
            memory.directives = known.directives;
            memory.lists = known.lists;
            memory.waivers = known.waivers;
        }
        Err(MemoryError::Missing { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    // Memory first: a pin without a memory would count as a loss.
    memory.write(disk, &at)?;
    metadata::drop_timestamp_and_snapshot(disk, &at)?;
    if let Some(root) = set.accepted().first() {
        roots::pin(disk, &at, root)?;
    }
    let stored = StoredRoots { pin: pin.to_vec(), later: Vec::new() };
    Ok((stored, Memory::read(&at)?))
}
