//! Versions that must never go down, remembered apart from the files (`trust.md`, rule 8): a store that lost its metadata
//! does not lose its protection against rollback.

use alloc::collections::BTreeMap;
use alloc::string::String;

use super::TrustedSet;
use crate::tuf::metadata::Version;
use crate::tuf::refusal::Refusal;
use crate::tuf::role::{RoleName, RoleType};
use crate::tuf::snapshot::Snapshot;

impl TrustedSet<'_> {
    /// Refuses, from now on, what is older than a version seen before. To be called for root before
    /// [`finish_root`](Self::finish_root), and for the other roles after it, unless a root asked to drop what is remembered of
    /// timestamp and snapshot ([`super::Recovery`]).
    pub fn remember(&mut self, role: RoleName, version: Version) {
        let remembered = self.remembered.entry(role).or_insert(version);
        *remembered = version.max(*remembered);
    }

    /// The versions to remember: root, timestamp, snapshot, and every file that the snapshot lists.
    pub fn versions(&self) -> BTreeMap<RoleName, Version> {
        let mut versions = BTreeMap::from([(RoleType::Root.into(), self.root.signed().version)]);
        if let Some(timestamp) = self.timestamp() {
            versions.insert(RoleType::Timestamp.into(), timestamp.signed().version);
            versions.insert(RoleType::Snapshot.into(), timestamp.signed().snapshot().version);
        }
        for (file, stated) in self.snapshot().iter().flat_map(|snapshot| &snapshot.signed().meta) {
            if let Some(name) = file.strip_suffix(".json") {
                versions.insert(RoleName::from_text(name), stated.version);
            }
        }
        versions
    }

    /// Whether a role's own version is not below the one remembered.
    pub(super) fn not_below(&self, role: &RoleName, found: Version) -> Result<(), Refusal> {
        match self.remembered.get(role) {
            Some(trusted) if found < *trusted => {
                Err(Refusal::Rollback { role: role.clone(), found, trusted: *trusted })
            }
            _ => Ok(()),
        }
    }

    /// Whether a version listed of the snapshot is not below the one remembered.
    pub(super) fn snapshot_not_below(&self, by: &RoleName, found: Version) -> Result<(), Refusal> {
        match self.remembered.get(&RoleType::Snapshot.into()) {
            Some(trusted) if found < *trusted => {
                let (role, file) = (by.clone(), String::from("snapshot.json"));
                Err(Refusal::ListedRollback { role, file, found, trusted: *trusted })
            }
            _ => Ok(()),
        }
    }

    /// Whether a snapshot lists every targets role that is remembered, in no older version.
    pub(super) fn listed_not_below(&self, by: &RoleName, snapshot: &Snapshot) -> Result<(), Refusal> {
        let targets = self.remembered.iter().filter(|(role, _)| role.role_type() == RoleType::Targets);
        for (name, trusted) in targets {
            let (role, file) = (by.clone(), name.meta_name());
            match snapshot.file(name) {
                None => return Err(Refusal::ListedVanished { role, file }),
                Some(found) if found.version < *trusted => {
                    let (found, trusted) = (found.version, *trusted);
                    return Err(Refusal::ListedRollback { role, file, found, trusted });
                }
                Some(_) => {}
            }
        }
        Ok(())
    }
}
