//! The file that travels between officers who never meet: what is to be signed, by whom, and who has signed.
//!
//! Shapes alone. That what it says of itself is true (digests, who must sign, each signature) is checked by the publisher
//! whenever it reads one. It holds no secret, and nothing in it is believed for standing in it: a ceremony ends in metadata
//! and envelopes that clients judge by their own rules.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::{DateTime, Sha256};

/// The only value of [`Ceremony::format`] so far.
pub const FORMAT: &str = "interdict-ceremony/1";

/// [`Document::signed_as`] of root metadata.
pub const SIGNED_AS_ROOT: &str = "root";

/// [`Document::signed_as`] of targets metadata.
pub const SIGNED_AS_TARGETS: &str = "targets";

/// A ceremony. Members that are not known are refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Ceremony {
    /// The format of this document: `interdict-ceremony/1`.
    pub format: String,
    /// What it is for.
    pub kind: Kind,
    /// When it was begun.
    pub created: DateTime,
    /// Nobody signs from this moment on, and nothing is installed.
    pub expires: DateTime,
    /// What is published, on which it builds; none where a repository is founded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Base>,
    /// SHA-256 of the last line of the authority's journal when it was begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journal: Option<Sha256>,
    /// Lifetimes that are other afterwards, by role: `365d`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lifetimes: BTreeMap<String, String>,
    /// Who holds a key, by keyid; nothing depends on it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub holders: BTreeMap<String, String>,
    /// What is to be signed.
    pub documents: Vec<Document>,
}

/// What a ceremony is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A new repository.
    Founding,
    /// The next root.
    Root,
    /// The same targets, valid for longer.
    Targets,
    /// The next list of issuers.
    Issuers,
    /// Directives, lists of identifiers, waivers.
    Documents,
}

/// What is published, on which a ceremony builds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Base {
    /// The fingerprint of the repository's first root.
    pub repository: Sha256,
    /// The version of the newest root.
    pub root: u64,
    /// The version of the targets.
    pub targets: u64,
    /// The version of the list of issuers.
    pub issuers: u32,
    /// The newest root, as its file has it.
    pub root_file: String,
    /// The list of issuers, as its file has it.
    pub issuers_file: String,
}

/// One document to be signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The name under which it is published: `root.json`, `issuers.json`, `BOD-17-01.1.json`.
    pub name: String,
    /// What a signature is over: of `root` and `targets` the text itself, of any other the pre-authentication encoding
    /// with this payload type (DSSE 1.0.2).
    pub signed_as: String,
    /// The document, byte for byte.
    pub text: String,
    /// SHA-256 of these bytes.
    pub sha256: Sha256,
    /// Whose signatures it needs, all of them.
    pub wanted: Vec<Quorum>,
    /// The signatures that were made, by ascending keyid.
    pub signatures: Vec<Signature>,
}

/// So many of these keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Quorum {
    /// Whose keys: `root`, `root before`, `targets`, `issuer dhs`.
    pub of: String,
    /// How many must sign.
    pub threshold: u32,
    /// The keys, by keyid.
    pub keyids: Vec<String>,
}

/// One signature.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// By which key.
    pub keyid: String,
    /// The signature, lower-case hexadecimal.
    pub sig: String,
}
