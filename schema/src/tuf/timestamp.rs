//! Timestamp metadata: which snapshot is current (TUF 1.0.34, 4.6).

use serde::{Deserialize, Serialize};

use super::hashes::{Hashes, Mismatch, length};
use super::metadata::{Role, Version, version};
use super::role::RoleType;
use crate::DateTime;

/// Timestamp metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timestamp {
    /// At least 1; rises with every signing.
    #[serde(deserialize_with = "version")]
    pub version: Version,
    /// No longer valid from this moment on.
    pub expires: DateTime,
    /// Exactly one file.
    pub meta: TimestampMeta,
}

/// The one file that timestamp metadata lists. Others are allowed and ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimestampMeta {
    /// The current snapshot.
    #[serde(rename = "snapshot.json")]
    pub snapshot: MetaFile,
}

/// What is stated of a metadata file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetaFile {
    /// At least 1.
    #[serde(deserialize_with = "version")]
    pub version: Version,
    /// In bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u64>,
    /// Digests of the file as it is served.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hashes: Option<Hashes>,
}

impl MetaFile {
    /// What to state of a metadata file with this version.
    pub fn of(version: Version, bytes: &[u8]) -> Self {
        Self { version, length: Some(length(bytes)), hashes: Some(Hashes::sha256_of(bytes)) }
    }

    /// Whether a digest is stated that can be computed, so that there is one file which [`verify`](Self::verify) admits.
    pub fn names_one_file(&self) -> bool {
        self.hashes.as_ref().is_some_and(|hashes| hashes.sha256.is_some() || hashes.sha512.is_some())
    }

    /// Whether bytes have the length and digests stated, where any are.
    ///
    /// # Errors
    /// The first [`Mismatch`].
    pub fn verify(&self, bytes: &[u8]) -> Result<(), Mismatch> {
        let found = length(bytes);
        match self.length {
            Some(wanted) if wanted != found => Err(Mismatch::Length { found, wanted }),
            _ => self.hashes.as_ref().map_or(Ok(()), |hashes| hashes.verify(bytes)),
        }
    }
}

impl Timestamp {
    /// The current snapshot.
    pub const fn snapshot(&self) -> &MetaFile {
        &self.meta.snapshot
    }
}

impl Role for Timestamp {
    const TYPE: RoleType = RoleType::Timestamp;

    fn version(&self) -> Version {
        self.version
    }

    fn expires(&self) -> DateTime {
        self.expires
    }
}
