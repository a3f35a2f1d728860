//! What the set answers.

use alloc::string::String;
use alloc::sync::Arc;

use crate::limits::METADATA_LENGTH;
use crate::tuf::metadata::{Metadata, Role, Version};
use crate::tuf::role::RoleName;

/// A metadata file that the set has admitted. Only the set makes one, so a store that takes nothing else cannot persist
/// first and check afterwards.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    role: RoleName,
    version: Version,
    bytes: Arc<[u8]>,
}

impl Accepted {
    pub(super) fn of<T: Role>(role: RoleName, metadata: &Metadata<T>) -> Self {
        Self { role, version: metadata.signed().version(), bytes: metadata.shared_bytes() }
    }

    /// Whose metadata it is.
    pub const fn role(&self) -> &RoleName {
        &self.role
    }

    /// Its version.
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The file, exactly as it was received.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// A safe file name without the version: `root.json`, `a%2Fb.json`.
    pub fn file_name(&self) -> String {
        self.role.file_name()
    }

    /// A safe file name with the version: `3.root.json`.
    pub fn versioned_file_name(&self) -> String {
        self.role.versioned_file_name(self.version)
    }
}

/// Where bytes come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The caller's own store: admitted before, and checked again now. What is no longer current stays a lower bound.
    Local,
    /// Anywhere else.
    Remote,
}

impl Source {
    /// The most bytes to read where trusted metadata states a length: an older file may be longer than the current one.
    pub(super) fn limit(self, stated: u64) -> u64 {
        match self {
            Self::Local => METADATA_LENGTH,
            Self::Remote => stated,
        }
    }
}

/// What became of a timestamp, snapshot or targets file that was not refused.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Update {
    /// The set now holds this file.
    Accepted(Accepted),
    /// The set held a file of this version and content already, and keeps that one.
    Same,
    /// Of a local file only: no longer current, kept as a lower bound. The current one is to be fetched.
    Floor,
}

/// A root that was admitted.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRoot {
    /// The root.
    pub accepted: Accepted,
    /// What this root asks of the files that the caller stored before it.
    pub recovery: Recovery,
}

/// Recovery from a fast-forward attack (TUF 1.0.34, 5.3.11).
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    /// The timestamp and snapshot keys are those of the root before.
    NotNeeded,
    /// They are others: the stored timestamp and snapshot, and the memory of their versions, are to be deleted.
    DropTimestampAndSnapshot,
}
