//! Targets metadata: which files there are (TUF 1.0.34, 4.5).

use alloc::collections::BTreeMap;
use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::delegations::Delegations;
use super::hashes::{Hashes, Mismatch, length};
use super::metadata::{Role, Version, version};
use super::role::RoleType;
use super::target_path::TargetPath;
use crate::DateTime;

/// Targets metadata, top-level or delegated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Targets {
    /// At least 1.
    #[serde(deserialize_with = "version")]
    pub version: Version,
    /// No longer valid from this moment on.
    pub expires: DateTime,
    /// Files by target path. The paths are as they were read: [`TargetPath`] is what may be asked for.
    pub targets: BTreeMap<String, TargetFile>,
    /// Who else may list files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegations: Option<Delegations>,
}

/// What is stated of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetFile {
    /// In bytes.
    pub length: u64,
    /// At least one digest.
    pub hashes: Hashes,
    /// What the publisher says beside it: a convenience that decides nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom: Option<serde_json::Value>,
}

impl TargetFile {
    /// What to state of a file.
    pub fn of(bytes: &[u8], custom: Option<serde_json::Value>) -> Self {
        Self { length: length(bytes), hashes: Hashes::sha256_of(bytes), custom }
    }

    /// Whether bytes are this file (TUF 1.0.34, 5.7.2): stops arbitrary installation and endless data.
    ///
    /// # Errors
    /// The first [`Mismatch`].
    pub fn verify(&self, bytes: &[u8]) -> Result<(), Mismatch> {
        let found = length(bytes);
        if found == self.length {
            self.hashes.verify(bytes)
        } else {
            Err(Mismatch::Length { found, wanted: self.length })
        }
    }
}

impl Targets {
    /// What is stated of a file.
    pub fn file(&self, path: &TargetPath) -> Option<&TargetFile> {
        self.targets.get(path.as_str())
    }
}

impl Role for Targets {
    const TYPE: RoleType = RoleType::Targets;

    fn version(&self) -> Version {
        self.version
    }

    fn expires(&self) -> DateTime {
        self.expires
    }
}
