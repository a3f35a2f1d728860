//! Root metadata: whose keys count for the four top-level roles (TUF 1.0.34, 4.3).

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Deserializer, Serialize, de};

use super::key::{Key, Keys};
use super::metadata::{Role, Version, version};
use super::role::RoleType;
use crate::DateTime;
use crate::key::PublicKey;

/// Root metadata. A role that is none of the four is allowed and ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Root {
    /// At least 1; the next root is exactly one higher.
    #[serde(deserialize_with = "version")]
    pub version: Version,
    /// No longer valid from this moment on.
    pub expires: DateTime,
    /// Whether files carry their version or digest in their name (TUF 1.0.34, 6.2). Absent is `false`.
    #[serde(default)]
    pub consistent_snapshot: bool,
    /// Every key of every role.
    pub keys: Keys,
    /// Who may sign what.
    pub roles: Roles,
}

/// The keys of the four top-level roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roles {
    /// Signs the next root.
    pub root: RoleKeys,
    /// Signs timestamp metadata.
    pub timestamp: RoleKeys,
    /// Signs snapshot metadata.
    pub snapshot: RoleKeys,
    /// Signs top-level targets metadata.
    pub targets: RoleKeys,
}

/// Which keys may sign for a role, and how many must.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleKeys {
    /// No keyid twice.
    #[serde(deserialize_with = "distinct")]
    pub keyids: Vec<String>,
    /// Distinct keys that must sign, at least 1.
    #[serde(deserialize_with = "threshold")]
    pub threshold: u32,
}

/// A keyid that occurs twice in one role; the first that does.
pub(super) fn distinct<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let keyids = Vec::<String>::deserialize(deserializer)?;
    let mut seen = BTreeSet::new();
    match keyids.iter().find(|keyid| !seen.insert(keyid.as_str())) {
        Some(twice) => Err(de::Error::custom(core::format_args!("found the keyid {twice:?} twice"))),
        None => Ok(keyids),
    }
}

pub(super) fn threshold<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let found = u32::deserialize(deserializer)?;
    if found == 0 { Err(de::Error::custom("found threshold 0, wanted at least 1")) } else { Ok(found) }
}

impl RoleKeys {
    /// The distinct public keys that count for this role, in their order.
    pub fn public_keys<'k>(&self, keys: &'k BTreeMap<String, Key>) -> BTreeSet<&'k PublicKey> {
        self.keyids.iter().filter_map(|keyid| keys.get(keyid)?.public()).collect()
    }
}

impl Root {
    /// The keys of a top-level role.
    pub const fn role(&self, role: RoleType) -> &RoleKeys {
        match role {
            RoleType::Root => &self.roles.root,
            RoleType::Timestamp => &self.roles.timestamp,
            RoleType::Snapshot => &self.roles.snapshot,
            RoleType::Targets => &self.roles.targets,
        }
    }

    /// The distinct public keys that count for a top-level role.
    pub fn public_keys(&self, role: RoleType) -> Vec<PublicKey> {
        self.role(role).public_keys(&self.keys).into_iter().cloned().collect()
    }
}

impl Role for Root {
    const TYPE: RoleType = RoleType::Root;

    fn version(&self) -> Version {
        self.version
    }

    fn expires(&self) -> DateTime {
        self.expires
    }
}
