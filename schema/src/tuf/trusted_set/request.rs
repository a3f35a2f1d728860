//! What to fetch next, by name and length. How it is fetched, and what its absence means, is the caller's.

use alloc::string::String;

use super::TrustedSet;
use super::snapshots::SNAPSHOT;
use super::targets::TARGETS;
use super::timestamps::TIMESTAMP;
use crate::limits::{METADATA_LENGTH, ROOT_LENGTH, SNAPSHOT_LENGTH, TARGETS_LENGTH, TIMESTAMP_LENGTH};
use crate::tuf::refusal::Refusal;
use crate::tuf::role::{RoleName, RoleType};
use crate::tuf::target_path::TargetPath;
use crate::tuf::targets::TargetFile;
use crate::tuf::timestamp::MetaFile;

/// A file to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Percent-encoded, relative to the base of metadata or of targets; never absolute, never with `..`.
    pub path: String,
    /// More bytes than these are not worth reading: they will be refused.
    pub max_bytes: u64,
}

impl TrustedSet<'_> {
    /// The next root.
    pub fn root_request(&self) -> Request {
        let next = self.root.signed().version.saturating_add(1);
        Request { path: RoleName::from(RoleType::Root).versioned_file_name(next), max_bytes: ROOT_LENGTH }
    }

    /// The timestamp.
    pub fn timestamp_request(&self) -> Request {
        Request { path: TIMESTAMP.file_name(), max_bytes: TIMESTAMP_LENGTH }
    }

    /// The snapshot that the timestamp names.
    ///
    /// # Errors
    /// [`Refusal`] where no timestamp is trusted, or it has expired.
    pub fn snapshot_request(&self) -> Result<Request, Refusal> {
        let stated = self.final_timestamp(&SNAPSHOT)?.signed().snapshot();
        Ok(self.metadata_request(&SNAPSHOT, stated, snapshot_limit(stated)))
    }

    /// The top-level targets that the snapshot names.
    ///
    /// # Errors
    /// [`Refusal`] where no snapshot is trusted, or it does not list them.
    pub fn targets_request(&self) -> Result<Request, Refusal> {
        self.delegated_request(&TARGETS)
    }

    /// The delegated role that the snapshot names.
    ///
    /// # Errors
    /// [`Refusal`] where no snapshot is trusted, or it does not list the role.
    pub fn delegated_request(&self, role: &RoleName) -> Result<Request, Refusal> {
        let snapshot = self.final_snapshot(role)?.signed();
        let stated = snapshot.file(role).ok_or_else(|| Refusal::Unlisted { role: role.clone() })?;
        Ok(self.metadata_request(role, stated, targets_limit(stated)))
    }

    /// A target (TUF 1.0.34, 5.7.3).
    pub fn target_request(&self, path: &TargetPath, file: &TargetFile) -> Request {
        let digest = if self.consistent_snapshot() { file.hashes.prefix() } else { None };
        Request { path: path.request(digest.as_deref()), max_bytes: file.length }
    }

    fn metadata_request(&self, role: &RoleName, stated: &MetaFile, max_bytes: u64) -> Request {
        let path = if self.consistent_snapshot() {
            role.versioned_file_name(stated.version)
        } else {
            role.file_name()
        };
        Request { path, max_bytes }
    }

    fn consistent_snapshot(&self) -> bool {
        self.root.signed().consistent_snapshot
    }
}

/// The most bytes that a snapshot may have.
pub(super) fn snapshot_limit(stated: &MetaFile) -> u64 {
    stated.length.unwrap_or(SNAPSHOT_LENGTH).min(METADATA_LENGTH)
}

/// The most bytes that targets may have.
pub(super) fn targets_limit(stated: &MetaFile) -> u64 {
    stated.length.unwrap_or(TARGETS_LENGTH).min(METADATA_LENGTH)
}
