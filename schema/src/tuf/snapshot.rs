//! Snapshot metadata: which targets metadata belong together (TUF 1.0.34, 4.4).

use alloc::collections::BTreeMap;
use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::metadata::{Role, Version, version};
use super::role::{RoleName, RoleType};
use super::timestamp::MetaFile;
use crate::DateTime;

/// Snapshot metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// At least 1.
    #[serde(deserialize_with = "version")]
    pub version: Version,
    /// No longer valid from this moment on.
    pub expires: DateTime,
    /// Every targets metadata file of the repository by its name, `targets.json` among them.
    pub meta: BTreeMap<String, MetaFile>,
}

impl Snapshot {
    /// What is stated of a role's metadata file.
    pub fn file(&self, role: &RoleName) -> Option<&MetaFile> {
        self.meta.get(&role.meta_name())
    }
}

impl Role for Snapshot {
    const TYPE: RoleType = RoleType::Snapshot;

    fn version(&self) -> Version {
        self.version
    }

    fn expires(&self) -> DateTime {
        self.expires
    }
}
