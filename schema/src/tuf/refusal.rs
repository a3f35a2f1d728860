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
