//! Repository metadata: is it current and complete (The Update Framework, specification 1.0.34).
//!
//! | file | what is decided there |
//! |---|---|
//! | [`metadata`] | one signed file: its typed document, its canonical bytes, its signatures |
//! | [`root`], [`timestamp`], [`snapshot`], [`targets`], [`delegations`] | the documents, spelled as the specification does |
//! | [`key`], [`hashes`], [`role`], [`target_path`] | their parts |
//! | [`unsigned`] | the way back: bytes to sign, and the file |
//! | [`portable`] | what of the specification every client in use reads |
//! | [`trusted_set`] | the client workflow: what is believed, and in which order |
//! | [`refusal`] | why something is not |
//!
//! Nothing here knows what a directive is, fetches, stores, or asks for the time.

pub mod delegations;
pub mod hashes;
pub mod key;
pub mod metadata;
pub mod portable;
pub mod refusal;
pub mod role;
pub mod root;
pub mod snapshot;
pub mod target_path;
pub mod targets;
pub mod timestamp;
pub mod trusted_set;
pub mod unsigned;

#[cfg(test)]
mod simulator;

pub use delegations::{DelegatedRole, Delegations, Paths};
pub use hashes::{Hashes, Mismatch};
pub use key::{Key, Keys};
pub use metadata::{Metadata, Role, Signature, Version};
pub use refusal::Refusal;
pub use role::{RoleName, RoleType};
pub use root::{RoleKeys, Roles, Root};
pub use snapshot::Snapshot;
pub use target_path::{NotATargetPath, TargetPath};
pub use targets::{Comparison, TargetFile, Targets};
pub use timestamp::{MetaFile, Timestamp, TimestampMeta};
pub use trusted_set::{
    Accepted, Enumeration, Lookup, NewRoot, Recovery, Request, Source, TrustedSet, Update,
};
pub use unsigned::{Unsigned, Unwritable};
