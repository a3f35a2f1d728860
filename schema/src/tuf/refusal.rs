//! Why metadata or a target is not believed.

use alloc::string::String;

use super::hashes::Mismatch;
use super::metadata::Version;
use super::role::{RoleName, RoleType};
use crate::DateTime;
use crate::json::{DecodeError, ReadError};
use crate::threshold::Shortfall;

/// One fact that forbids the bytes at hand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Longer than this role may be: stops endless data.
    #[error("{role}: found {found} bytes, wanted at most {limit}")]
    TooLong {
        /// Whose metadata.
        role: RoleName,
        /// Its length.
        found: u64,
        /// The most allowed.
        limit: u64,
    },
    /// Not strict JSON.
    #[error("{role}: not strict JSON")]
    Read {
        /// Whose metadata.
        role: RoleName,
        /// What is wrong, and where.
        source: ReadError,
    },
    /// JSON of another shape.
    #[error("{role}: not the shape of its metadata")]
    Shape {
        /// Whose metadata.
        role: RoleName,
        /// What is wrong, and where.
        source: DecodeError,
    },
    /// Metadata of another type.
    #[error("{role}: found _type {found:?}, wanted {:?}", wanted.as_str())]
    Type {
        /// Whose metadata.
        role: RoleName,
        /// Its `_type`; empty where there is none.
        found: String,
        /// The one that this role has.
        wanted: RoleType,
    },
    /// A specification with other rules.
    #[error("{role}: found spec_version {found:?}, wanted 1.x")]
    SpecVersion {
        /// Whose metadata.
        role: RoleName,
        /// Its `spec_version`; empty where there is none.
        found: String,
    },
    /// More signatures than are read.
    #[error("{role}: found {found} signatures, wanted at most {limit}")]
    TooManySignatures {
        /// Whose metadata.
        role: RoleName,
        /// How many there are.
        found: usize,
        /// The most allowed.
        limit: usize,
    },
    /// A keyid that occurs twice among the signatures.
    #[error("{role}: found two signatures with the keyid {keyid:?}, wanted one")]
    DuplicateKeyid {
        /// Whose metadata.
        role: RoleName,
        /// The keyid.
        keyid: String,
    },
    /// Too few of the role's keys signed: stops arbitrary software attacks.
    #[error("{role}: too few signatures")]
    Threshold {
        /// Whose metadata.
        role: RoleName,
        /// How many, and how many were wanted.
        source: Shortfall,
    },
    /// A root that the keys of the root before it did not sign.
    #[error("{role}: too few signatures by the keys of the trusted root", role = RoleType::Root)]
    RootSuccession {
        /// How many, and how many were wanted.
        source: Shortfall,
    },
    /// Another version than the one that trusted metadata names: stops mix-and-match, and roots that skip one.
    #[error("{role}: found version {found}, wanted {wanted}")]
    Version {
        /// Whose metadata.
        role: RoleName,
        /// Its version.
        found: Version,
        /// The one named.
        wanted: Version,
    },
    /// Older than what is trusted: a rollback.
    #[error("{role}: found version {found}, wanted at least the trusted {trusted}")]
    Rollback {
        /// Whose metadata.
        role: RoleName,
        /// Its version.
        found: Version,
        /// The version held.
        trusted: Version,
    },
    /// Lists an older version of another file than what is trusted: a rollback.
    #[error("{role}: found version {found} listed for {file:?}, wanted at least the trusted {trusted}")]
    ListedRollback {
        /// Whose metadata.
        role: RoleName,
        /// The file listed.
        file: String,
        /// The version listed.
        found: Version,
        /// The version that trusted metadata lists.
        trusted: Version,
    },
    /// No longer lists a file that trusted metadata lists: a rollback.
    #[error("{role}: no longer lists {file:?}")]
    ListedVanished {
        /// Whose metadata.
        role: RoleName,
        /// The file.
        file: String,
    },
    /// Signed by enough keys, with the version of what is trusted, and of other content: two were told two things.
    #[error("{role}: found a second version {version} of other content")]
    Equivocation {
        /// Whose metadata.
        role: RoleName,
        /// The version of both.
        version: Version,
    },
    /// No longer valid: stops an indefinite freeze.
    #[error("{role}: expired at {expires}, found at {now}")]
    Expired {
        /// Whose metadata.
        role: RoleName,
        /// From when.
        expires: DateTime,
        /// The time of this refresh.
        now: DateTime,
    },
    /// Metadata that is not what trusted metadata says.
    #[error("{role}: not the file that trusted metadata states")]
    File {
        /// Whose metadata.
        role: RoleName,
        /// The difference.
        source: Mismatch,
    },
    /// A target that is not what trusted metadata says: stops arbitrary installation.
    #[error("{path:?}: not the file that trusted metadata states")]
    Target {
        /// The target path.
        path: String,
        /// The difference.
        source: Mismatch,
    },
    /// A role that the trusted snapshot does not list.
    #[error("{role}: not listed by the trusted snapshot")]
    Unlisted {
        /// The role.
        role: RoleName,
    },
    /// A role to which that delegator does not delegate.
    #[error("{role}: not delegated to by {delegator}")]
    NotDelegated {
        /// The role.
        role: RoleName,
        /// The role that was to delegate.
        delegator: RoleName,
    },
    /// What must be trusted first is not there.
    #[error("{role}: found before {wanted} was trusted")]
    OutOfOrder {
        /// Whose metadata came.
        role: RoleName,
        /// Whose metadata comes first.
        wanted: RoleName,
    },
    /// Came when later metadata was trusted already.
    #[error("{role}: found after {trusted} was trusted")]
    TooLate {
        /// Whose metadata came.
        role: RoleName,
        /// Whose metadata is there.
        trusted: RoleName,
    },
}

impl Refusal {
    /// A word for this kind of refusal, for metrics and folders: from a fixed set, kebab-case.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "too-long",
            Self::Read { .. } => "not-json",
            Self::Shape { .. } => "wrong-shape",
            Self::Type { .. } => "wrong-type",
            Self::SpecVersion { .. } => "spec-version",
            Self::TooManySignatures { .. } => "too-many-signatures",
            Self::DuplicateKeyid { .. } => "duplicate-keyid",
            Self::Threshold { .. } => "threshold",
            Self::RootSuccession { .. } => "root-succession",
            Self::Version { .. } => "wrong-version",
            Self::Rollback { .. } => "rollback",
            Self::ListedRollback { .. } => "listed-rollback",
            Self::ListedVanished { .. } => "listed-vanished",
            Self::Equivocation { .. } => "equivocation",
            Self::Expired { .. } => "expired",
            Self::File { .. } => "wrong-file",
            Self::Target { .. } => "wrong-target",
            Self::Unlisted { .. } => "unlisted",
            Self::NotDelegated { .. } => "not-delegated",
            Self::OutOfOrder { .. } => "out-of-order",
            Self::TooLate { .. } => "too-late",
        }
    }
}

#[cfg(test)]
mod tests {
    use core::error::Error;

    use alloc::collections::BTreeSet;
    use alloc::string::ToString;
    use alloc::vec;
    use alloc::vec::Vec;

    use super::*;
    use crate::json;

    const ROLE: RoleName = RoleName::Top(RoleType::Snapshot);

    fn every() -> Vec<(Refusal, &'static str)> {
        let source = Shortfall { found: 1, required: 2 };
        let mismatch = Mismatch::Length { found: 1, wanted: 2 };
        let delegated = RoleName::from_text("a\nb");
        let (role, file, now) = (ROLE, String::from("targets.json"), "2026-01-01T00:00:00Z".parse().unwrap());
        let read = json::parse(b"{").unwrap_err();
        let shape = json::decode::<u8>(&json::Value::Null).unwrap_err();
        vec![
            (
                Refusal::TooLong { role: ROLE, found: 2, limit: 1 },
                "snapshot: found 2 bytes, wanted at most 1",
            ),
            (Refusal::Read { role: ROLE, source: read }, "snapshot: not strict JSON"),
            (Refusal::Shape { role: ROLE, source: shape }, "snapshot: not the shape of its metadata"),
            (
                Refusal::Type { role: ROLE, found: "root".into(), wanted: RoleType::Snapshot },
                r#"snapshot: found _type "root", wanted "snapshot""#,
            ),
            (
                Refusal::SpecVersion { role: ROLE, found: "2.0".into() },
                r#"snapshot: found spec_version "2.0", wanted 1.x"#,
            ),
            (
                Refusal::TooManySignatures { role: ROLE, found: 2, limit: 1 },
                "snapshot: found 2 signatures, wanted at most 1",
            ),
            (
                Refusal::DuplicateKeyid { role: ROLE, keyid: "k".into() },
                r#"snapshot: found two signatures with the keyid "k", wanted one"#,
            ),
            (Refusal::Threshold { role: ROLE, source }, "snapshot: too few signatures"),
            (Refusal::RootSuccession { source }, "root: too few signatures by the keys of the trusted root"),
            (Refusal::Version { role: ROLE, found: 1, wanted: 2 }, "snapshot: found version 1, wanted 2"),
            (
                Refusal::Rollback { role: ROLE, found: 1, trusted: 2 },
                "snapshot: found version 1, wanted at least the trusted 2",
            ),
            (
                Refusal::ListedRollback { role: ROLE, file: file.clone(), found: 1, trusted: 2 },
                r#"snapshot: found version 1 listed for "targets.json", wanted at least the trusted 2"#,
            ),
            (Refusal::ListedVanished { role: ROLE, file }, r#"snapshot: no longer lists "targets.json""#),
            (
                Refusal::Equivocation { role: ROLE, version: 1 },
                "snapshot: found a second version 1 of other content",
            ),
            (
                Refusal::Expired { role: ROLE, expires: now, now },
                "snapshot: expired at 2026-01-01T00:00:00Z, found at 2026-01-01T00:00:00Z",
            ),
            (
                Refusal::File { role: ROLE, source: mismatch.clone() },
                "snapshot: not the file that trusted metadata states",
            ),
            (
                Refusal::Target { path: "a".into(), source: mismatch },
                r#""a": not the file that trusted metadata states"#,
            ),
            (
                Refusal::Unlisted { role: delegated.clone() },
                r#"delegated role "a\nb": not listed by the trusted snapshot"#,
            ),
            (
                Refusal::NotDelegated { role: delegated, delegator: RoleType::Targets.into() },
                r#"delegated role "a\nb": not delegated to by targets"#,
            ),
            (
                Refusal::OutOfOrder { role: ROLE, wanted: RoleType::Timestamp.into() },
                "snapshot: found before timestamp was trusted",
            ),
            (
                Refusal::TooLate { role, trusted: RoleType::Targets.into() },
                "snapshot: found after targets was trusted",
            ),
        ]
    }

    #[test]
    fn every_refusal_says_what_was_found_and_what_was_wanted() {
        for (refusal, text) in every() {
            assert_eq!(refusal.to_string(), text);
        }
        let (refusal, _) = every().swap_remove(7);
        assert_eq!(
            refusal.source().map(ToString::to_string).as_deref(),
            Some("signatures by 1 of the trusted keys, wanted 2")
        );
    }

    #[test]
    fn every_kind_is_one_word_of_its_own() {
        let kinds: BTreeSet<&str> = every().iter().map(|(refusal, _)| refusal.kind()).collect();
        assert_eq!(kinds.len(), every().len());
        for kind in kinds {
            assert!(kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{kind}");
        }
    }
}
