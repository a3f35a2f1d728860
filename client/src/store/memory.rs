//! What must never go down (`trust.md`, rules 8 and 9): versions, and the digest of every revision that was ever believed.
//!
//! When the last accepted refresh began changes with every poll, also where nothing else does. It is then kept in a small file
//! beside the memory (`memory/moment.rs`), without waiting for the disk; the memory itself is written once a day for it.

mod moment;

use std::collections::BTreeMap;

use interdict_host::read::ReadError;
use interdict_host::write::{Disk, DiskError, Mode};
use interdict_schema::directive::{DirectiveId, Revision};
use interdict_schema::tuf::{RoleType, Version};
use interdict_schema::{DateTime, Sha256};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use self::moment::Moment;
use super::roots::read_if_there;
use crate::places::RepositoryPlaces;

/// The longest memory that is read, in bytes: room for a million revisions.
const MAX_MEMORY_BYTES: u64 = 128_000_000;

/// The only value of [`Memory::format`] so far.
const FORMAT: &str = "interdict-memory/1";

/// What is remembered of one repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    format: String,
    /// The newest version of every metadata file that was trusted or listed, by role.
    pub versions: BTreeMap<String, Version>,
    /// When the last accepted refresh began, but never later than that timestamp's expiry.
    pub refreshed_at: Option<DateTime>,
    /// The newest list of issuers that was believed.
    pub issuers: Option<RememberedIssuers>,
    /// The payload digest of every revision that was believed, by directive.
    pub directives: Remembered,
    /// The same, by list of identifiers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lists: Remembered,
    /// The same, by waiver.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub waivers: Remembered,
    /// What it was read from; nothing where it was not.
    #[serde(skip)]
    stored: Stored,
}

/// The payload digest of every revision that was believed, by document.
pub type Remembered = BTreeMap<DirectiveId, BTreeMap<Revision, Sha256>>;

/// The file that a memory was read from. It is no part of what is remembered, and equal to every other.
#[derive(Debug, Clone, Copy, Default)]
struct Stored {
    /// SHA-256 of what is remembered in it.
    digest: Option<Sha256>,
    /// When the last refresh began, as it says.
    refreshed_at: Option<DateTime>,
}

impl PartialEq for Stored {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Stored {}

/// How far the moment that the disk is known to hold may fall behind, in seconds: what a power failure can take from the floor
/// under the clock.
const MOMENT_BEHIND: i64 = 24 * 3_600;

/// A list of issuers that was believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RememberedIssuers {
    /// Its version.
    pub version: u32,
    /// SHA-256 of its payload.
    pub digest: Sha256,
}

/// A memory that cannot be used.
#[derive(Debug, Error)]
pub enum MemoryError {
    /// It could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It is there, but not as it was written.
    #[error("{}: the memory of versions and directives is damaged", path.display())]
    Damaged {
        /// The file.
        path: std::path::PathBuf,
    },
    /// It is not there, beside a store that has been used.
    #[error("{}: the memory of versions and directives is missing", path.display())]
    Missing {
        /// The file.
        path: std::path::PathBuf,
    },
}

impl Memory {
    /// The memory of someone who has seen nothing but this root.
    pub fn new(root: Version) -> Self {
        Self {
            format: FORMAT.into(),
            versions: BTreeMap::from([(RoleType::Root.as_str().to_owned(), root)]),
            refreshed_at: None,
            issuers: None,
            directives: BTreeMap::new(),
            lists: BTreeMap::new(),
            waivers: BTreeMap::new(),
            stored: Stored::default(),
        }
    }

    /// Reads the memory. `trust` writes the first one, so its absence is never innocent.
    ///
    /// # Errors
    /// [`MemoryError`].
    pub fn read(places: &RepositoryPlaces) -> Result<Self, MemoryError> {
        let path = places.memory();
        let Some(bytes) = read_if_there(&path, MAX_MEMORY_BYTES)? else {
            return Err(MemoryError::Missing { path });
        };
        // The digest on the first line shows a file that was cut off or edited.
        let damaged = || MemoryError::Damaged { path: path.clone() };
        let (digest, body) = bytes.split_at_checked(65).ok_or_else(damaged)?;
        let found = Sha256::of(body);
        if format!("{found}\n").as_bytes() != digest {
            return Err(damaged());
        }
        let mut memory: Self = serde_json::from_slice(body).map_err(|_| damaged())?;
        if memory.format != FORMAT {
            return Err(damaged());
        }
        memory.stored = Stored { digest: Some(found), refreshed_at: memory.refreshed_at };
        memory.refreshed_at = memory.refreshed_at.max(Moment::read(places, &found));
        Ok(memory)
    }

    /// Takes note of a refresh that was accepted: `timestamp_expires` bounds the moment, so that a wild clock cannot forbid every
    /// later refresh. It is never earlier than it was.
    pub fn refreshed(&mut self, began: DateTime, timestamp_expires: DateTime) {
        self.refreshed_at = Some(began.min(timestamp_expires)).max(self.refreshed_at);
    }

    /// Writes when the last accepted refresh began, of a memory in which nothing else has changed since it was read.
    ///
    /// # Errors
    /// [`DiskError`]; what was written before it is then untouched.
    pub fn write_moment(&self, disk: &Disk, places: &RepositoryPlaces) -> Result<(), DiskError> {
        match (self.stored, self.refreshed_at) {
            (Stored { digest: Some(memory), refreshed_at: Some(stored) }, Some(refreshed_at))
                if refreshed_at <= stored.saturating_add_seconds(MOMENT_BEHIND) =>
            {
                Moment { memory, refreshed_at }.write(disk, places)
            }
            _ => self.write(disk, places),
        }
    }

    /// Writes the memory.
    ///
    /// # Errors
    /// [`DiskError`]; the old memory is then untouched.
    pub fn write(&self, disk: &Disk, places: &RepositoryPlaces) -> Result<(), DiskError> {
        let path = places.memory();
        if let Some(folder) = path.parent() {
            disk.create_dir_all_synced(folder, Mode::Public)?;
        }
        let body = serde_json::to_vec(self).expect("names, numbers and digests are always JSON");
        let mut bytes = format!("{}\n", Sha256::of(&body)).into_bytes();
        bytes.extend(body);
        disk.replace(&path, &bytes, Mode::Public)
    }

    /// Forgets the versions of timestamp and snapshot, after a verified root that changed their keys.
    pub fn forget_timestamp_and_snapshot(&mut self) {
        for role in [RoleType::Timestamp, RoleType::Snapshot] {
            self.versions.remove(role.as_str());
        }
    }

    /// The newest revision of a directive that was ever believed.
    pub fn newest(&self, id: &DirectiveId) -> Option<Revision> {
        self.directives.get(id)?.keys().next_back().copied()
    }

    /// Whether anything that is remembered is named as forged.
    pub fn would_repudiate(&self, repudiated: impl Fn(&Sha256) -> bool) -> bool {
        let all = self.directives.values().chain(self.lists.values()).chain(self.waivers.values());
        all.flat_map(BTreeMap::values).any(repudiated)
    }

    /// Forgets the payloads that a root-signed list names as forged, and what came after them.
    pub fn repudiate(&mut self, repudiated: impl Fn(&Sha256) -> bool) {
        let lists = self.lists.values_mut().chain(self.waivers.values_mut());
        for revisions in self.directives.values_mut().chain(lists) {
            if let Some(first) =
                revisions.iter().find(|(_, digest)| repudiated(digest)).map(|(revision, _)| *revision)
            {
                revisions.retain(|revision, _| *revision < first);
            }
        }
        self.directives.retain(|_, revisions| !revisions.is_empty());
        self.lists.retain(|_, revisions| !revisions.is_empty());
        self.waivers.retain(|_, revisions| !revisions.is_empty());
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::disallowed_methods,
        reason = "a test may fail by panicking and write files"
    )]

    use super::*;
    use crate::places::Places;

    fn places(folder: &tempfile::TempDir) -> RepositoryPlaces {
        Places { config: "/none".into(), state: folder.path().into() }.repository(&"r".parse().unwrap())
    }

    #[test]
    fn every_byte_that_is_changed_or_cut_off_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let places = places(&folder);
        assert!(matches!(Memory::read(&places), Err(MemoryError::Missing { .. })));
        let mut memory = Memory::new(3);
        memory
            .directives
            .entry("BOD-1".parse().unwrap())
            .or_default()
            .insert(Revision::FIRST, Sha256::of(b"x"));
        memory.write(&Disk::default(), &places).unwrap();
        assert_eq!(Memory::read(&places).unwrap(), memory);
        let whole = std::fs::read(places.memory()).unwrap();
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            *flipped.get_mut(at).unwrap() ^= 1;
            std::fs::write(places.memory(), flipped).unwrap();
            assert!(matches!(Memory::read(&places), Err(MemoryError::Damaged { .. })), "{at}");
            std::fs::write(places.memory(), whole.get(..at).unwrap()).unwrap();
            assert!(matches!(Memory::read(&places), Err(MemoryError::Damaged { .. })), "{at}");
        }
    }

    /// trust.md rule 8
    #[test]
    fn a_repudiated_revision_is_forgotten_with_what_came_after_it() {
        let mut memory = Memory::new(1);
        let id: DirectiveId = "BOD-1".parse().unwrap();
        let [one, two, three] = [b"1", b"2", b"3"].map(|text| Sha256::of(text));
        let (first, second) = (Revision::FIRST, Revision::FIRST.next());
        memory
            .directives
            .insert(id.clone(), BTreeMap::from([(first, one), (second, two), (second.next(), three)]));
        memory.repudiate(|digest| *digest == two);
        assert_eq!(memory.newest(&id), Some(first));
        memory.repudiate(|digest| *digest == one);
        assert_eq!(memory.newest(&id), None);
    }
}
