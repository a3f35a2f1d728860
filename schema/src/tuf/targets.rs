//! Targets metadata: which files there are (TUF 1.0.34, 4.5).

use alloc::collections::BTreeMap;
use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::delegations::Delegations;
use super::hashes::{Hashes, Hashing, Mismatch, length};
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

    /// Begins to compare bytes that come in parts, which together may be more than fits into memory.
    pub fn comparison(&self) -> Comparison<'_> {
        Comparison { wanted: self.length, found: 0, hashing: self.hashes.hashing() }
    }
}

/// A file that comes in parts, compared with what is stated of it. Only [`finish`](Self::finish) says what it is worth.
#[must_use]
#[derive(Debug, Clone)]
pub struct Comparison<'f> {
    wanted: u64,
    found: u64,
    hashing: Hashing<'f>,
}

impl Comparison<'_> {
    /// Takes the next part.
    pub fn update(&mut self, part: &[u8]) {
        self.found = self.found.saturating_add(length(part));
        self.hashing.update(part);
    }

    /// Whether the parts together are the file.
    ///
    /// # Errors
    /// The first [`Mismatch`], as [`TargetFile::verify`] gives it.
    pub fn finish(self) -> Result<(), Mismatch> {
        let Self { wanted, found, hashing } = self;
        if found == wanted { hashing.finish() } else { Err(Mismatch::Length { found, wanted }) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_judged_as_the_whole_is() {
        use crate::digest::Sha512;
        let whole = b"a file that comes in parts";
        let mut both = TargetFile::of(whole, None);
        both.hashes.sha512 = Some(Sha512::of(whole));
        let mut other = both.clone();
        other.hashes.sha512 = Some(Sha512::of(b"?"));
        let mut unknown = both.clone();
        unknown.hashes = Hashes::default();
        for file in [TargetFile::of(whole, None), both, other, unknown, TargetFile::of(b"", None)] {
            for bytes in [&whole[..], &whole[1..], b"a file that comes in pants", b""] {
                for size in [1, 7, 100] {
                    let mut comparison = file.comparison();
                    bytes.chunks(size).for_each(|part| comparison.update(part));
                    assert_eq!(comparison.finish(), file.verify(bytes));
                }
            }
        }
    }
}
