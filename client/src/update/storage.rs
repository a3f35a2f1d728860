//! Where a refresh keeps what it trusts: the store of `sync`, or a folder that somebody else looks into.
//!
//! Neither decides anything: what is read is verified again, and what is written was admitted by the set.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use interdict_host::read::ReadError;
use interdict_host::write::{Disk, DiskError, DiskErrorKind, Mode};
use interdict_schema::limits::{METADATA_LENGTH, ROOT_LENGTH};
use interdict_schema::tuf::{Accepted, RoleName, RoleType};

use crate::places::RepositoryPlaces;
use crate::store::memory::Memory;
use crate::store::roots::{StoredRoots, read_if_there};
use crate::store::{metadata, roots};
use crate::sync::Salvage;

/// What a refresh needs of a place on disk.
pub trait Storage {
    /// A role's last trusted file, to be verified; `None` where there is none. Never asked for root.
    ///
    /// # Errors
    /// [`ReadError`] where it is there and cannot be read.
    fn read(&self, role: &RoleName) -> Result<Option<Vec<u8>>, ReadError>;

    /// Keeps a root that was admitted, before anything else happens.
    ///
    /// # Errors
    /// [`DiskError`].
    fn keep_root(&self, root: &Accepted) -> Result<(), DiskError>;

    /// Drops timestamp and snapshot, after a root that changed their keys (TUF 1.0.34, 5.3.11).
    ///
    /// # Errors
    /// [`DiskError`] for a file that is there and cannot be removed.
    fn drop_timestamp_and_snapshot(&self) -> Result<(), DiskError>;

    /// Told of each file that was fetched and admitted, when it was. A storage may keep the top-level ones at the end.
    ///
    /// # Errors
    /// [`DiskError`].
    fn admitted(&self, file: &Accepted) -> Result<(), DiskError>;

    /// A file of this role that another source gave, and that was admitted then; it is verified anew. `None` where there is none.
    fn salvaged(&self, _: RoleType) -> Option<Arc<[u8]>> {
        None
    }

    /// Keeps the timestamp, snapshot and targets of a refresh that came to its end.
    ///
    /// # Errors
    /// [`DiskError`].
    fn refreshed(&self, accepted: &[Accepted]) -> Result<(), DiskError>;

    /// Keeps what must never go down.
    ///
    /// # Errors
    /// [`DiskError`].
    fn remember(&self, memory: &Memory) -> Result<(), DiskError>;

    /// Keeps when the last accepted refresh began, of a memory in which nothing else has changed since it was read.
    ///
    /// # Errors
    /// [`DiskError`].
    fn remember_moment(&self, memory: &Memory) -> Result<(), DiskError>;
}

/// The store of `sync`: top-level files come in together at the end, and memory outlives them.
#[derive(Debug, Clone, Copy)]
pub struct Store<'a> {
    /// Makes the changes on disk.
    pub disk: &'a Disk,
    /// The repository's folders.
    pub places: &'a RepositoryPlaces,
    /// What other sources gave.
    pub salvage: &'a Salvage,
}

impl Storage for Store<'_> {
    fn read(&self, role: &RoleName) -> Result<Option<Vec<u8>>, ReadError> {
        metadata::read(self.places, role)
    }

    fn keep_root(&self, root: &Accepted) -> Result<(), DiskError> {
        roots::keep(self.disk, self.places, root)
    }

    fn drop_timestamp_and_snapshot(&self) -> Result<(), DiskError> {
        metadata::drop_timestamp_and_snapshot(self.disk, self.places)
    }

    fn admitted(&self, file: &Accepted) -> Result<(), DiskError> {
        match file.role() {
            RoleName::Top(RoleType::Snapshot) => {
                self.salvage.keep_snapshot(file);
                Ok(())
            }
            RoleName::Top(_) => Ok(()),
            RoleName::Delegated(_) => metadata::keep(self.disk, self.places, std::slice::from_ref(file)),
        }
    }

    fn salvaged(&self, role: RoleType) -> Option<Arc<[u8]>> {
        self.salvage.snapshot().filter(|_| role == RoleType::Snapshot)
    }

    fn refreshed(&self, accepted: &[Accepted]) -> Result<(), DiskError> {
        metadata::keep(self.disk, self.places, accepted)
    }

    fn remember(&self, memory: &Memory) -> Result<(), DiskError> {
        memory.write(self.disk, self.places)
    }

    fn remember_moment(&self, memory: &Memory) -> Result<(), DiskError> {
        memory.write_moment(self.disk, self.places)
    }
}

/// A folder with the trusted metadata under unversioned names, delegated ones percent-encoded, and no other JSON: what
/// `interdict tuf` keeps. Each file is written as soon as it is admitted, as TUF 1.0.34, 5, has it.
///
/// The root in it is the one that is trusted. There is no memory beside it: what was seen is what lies there.
///
/// A root is durable before anything else is written. Of the others each file is durable before it gets its name, and the names
/// are by one sync of the folder at the end ([`settle`](Self::settle)), however the refresh ends. A crash of the process leaves
/// the files up to some point, as ever. A power failure before that sync leaves of each the old file or the new one, whole, in
/// any mix: no role's file is worse than before the refresh, which is not over and has told nobody that it is. The next one
/// verifies each again under the root that is there; takes the timestamp as the lower bound that it is; and takes snapshot,
/// targets and delegated roles only where they are the files that are named, and fetches them otherwise.
#[derive(Debug)]
pub struct MetadataFolder {
    /// Makes the changes on disk.
    disk: Disk,
    folder: PathBuf,
    /// Whether a file has a name that may not be durable yet.
    unsettled: Cell<bool>,
}

impl MetadataFolder {
    /// This folder, which need not be there yet.
    pub fn new(disk: Disk, folder: PathBuf) -> Self {
        Self { disk, folder, unsettled: Cell::new(false) }
    }

    /// What makes the changes on disk.
    pub fn disk(&self) -> &Disk {
        &self.disk
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Waits until everything that was kept is durable. Without a change it does nothing.
    ///
    /// # Errors
    /// [`DiskError`].
    pub fn settle(&self) -> Result<(), DiskError> {
        if self.unsettled.replace(false) { self.disk.sync_dir(&self.folder) } else { Ok(()) }
    }

    /// The trusted root; `None` where there is none.
    ///
    /// # Errors
    /// [`ReadError`] where it is there and cannot be read.
    pub fn root(&self) -> Result<Option<StoredRoots>, ReadError> {
        let root = read_if_there(&self.path(&RoleType::Root.into()), ROOT_LENGTH)?;
        Ok(root.map(|pin| StoredRoots { pin, later: Vec::new() }))
    }

    fn path(&self, role: &RoleName) -> PathBuf {
        self.folder.join(role.file_name())
    }
}

impl Storage for MetadataFolder {
    fn read(&self, role: &RoleName) -> Result<Option<Vec<u8>>, ReadError> {
        read_if_there(&self.path(role), METADATA_LENGTH)
    }

    fn keep_root(&self, root: &Accepted) -> Result<(), DiskError> {
        self.disk.create_dir_all_synced(&self.folder, Mode::Public)?;
        self.disk.replace(&self.path(root.role()), root.bytes(), Mode::Public)
    }

    fn drop_timestamp_and_snapshot(&self) -> Result<(), DiskError> {
        for role in [RoleType::Timestamp, RoleType::Snapshot] {
            match self.disk.remove_file(&self.path(&role.into())) {
                Err(error) if error.kind() != DiskErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    fn admitted(&self, file: &Accepted) -> Result<(), DiskError> {
        self.disk.create_dir_all_synced(&self.folder, Mode::Public)?;
        self.unsettled.set(true);
        self.disk.replace_undurably(&self.path(file.role()), file.bytes(), Mode::Public)
    }

    fn refreshed(&self, _: &[Accepted]) -> Result<(), DiskError> {
        self.settle()
    }

    fn remember(&self, _: &Memory) -> Result<(), DiskError> {
        Ok(())
    }

    fn remember_moment(&self, _: &Memory) -> Result<(), DiskError> {
        Ok(())
    }
}
