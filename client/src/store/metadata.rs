//! The last trusted timestamp, snapshot, targets and delegated roles, under unversioned names, as the bytes that were received.

use interdict_host::read::ReadError;
use interdict_host::write::{Disk, DiskError, DiskErrorKind, Mode};
use interdict_schema::limits::METADATA_LENGTH;
use interdict_schema::tuf::Accepted;
use interdict_schema::tuf::{RoleName, RoleType};

use super::roots::read_if_there;
use crate::places::RepositoryPlaces;

/// Reads a role's file, to be verified; `None` where there is none.
///
/// # Errors
/// [`ReadError`] where it is there and cannot be read.
pub fn read(places: &RepositoryPlaces, role: &RoleName) -> Result<Option<Vec<u8>>, ReadError> {
    read_if_there(&places.metadata().join(role.file_name()), METADATA_LENGTH)
}

/// Keeps what the set has admitted: `timestamp.json` last, so that a crash before it leaves the old state, and after it the
/// new.
///
/// # Errors
/// [`DiskError`].
pub fn keep(disk: &Disk, places: &RepositoryPlaces, accepted: &[Accepted]) -> Result<(), DiskError> {
    disk.create_dir_all_synced(&places.metadata(), Mode::Public)?;
    let timestamp = RoleName::from(RoleType::Timestamp);
    let (last, first): (Vec<_>, Vec<_>) = accepted.iter().partition(|file| *file.role() == timestamp);
    for file in first.into_iter().chain(last) {
        let path = places.metadata().join(file.file_name());
        if read_if_there(&path, METADATA_LENGTH).ok().flatten().as_deref() != Some(file.bytes()) {
            disk.replace(&path, file.bytes(), Mode::Public)?;
        }
    }
    Ok(())
}

/// Drops timestamp and snapshot, after a root that changed their keys (TUF 1.0.34, 5.3.11).
///
/// # Errors
/// [`DiskError`] for a file that is there and cannot be removed.
pub fn drop_timestamp_and_snapshot(disk: &Disk, places: &RepositoryPlaces) -> Result<(), DiskError> {
    for role in [RoleType::Timestamp, RoleType::Snapshot] {
        match disk.remove_file(&places.metadata().join(RoleName::from(role).file_name())) {
            Err(error) if error.kind() != DiskErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
