//! `index.json`: what a repository's part of a generation consists of. It decides nothing: all it names is verified.

use interdict_host::exit::Exit;
use interdict_schema::directive::DirectiveId;
use interdict_schema::directive::scope::Profile;
use interdict_schema::policy::Mark;
use interdict_schema::{DateTime, Sha256};
use serde::{Deserialize, Serialize};

/// The only value of [`Index::format`] so far.
pub(super) const FORMAT: &str = "interdict-generation/1";

/// The folder of the delegated roles in a repository's part.
pub(super) const DELEGATED: &str = "delegated";

/// The contents of a repository's part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    pub(super) format: String,
    /// When the metadata was admitted: the time as of which it is verified.
    pub admitted_at: DateTime,
    /// The versions of the roots that followed the pin, in order.
    pub(super) roots: Vec<u64>,
    /// SHA-256 of `timestamp.json`: whether this part was built from it.
    pub timestamp: Sha256,
    /// The versions of the lists of issuers.
    pub(super) issuers: Vec<u32>,
    /// The names of the delegated roles that were refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) refused_roles: Vec<String>,
    /// The directives.
    pub(super) directives: Vec<IndexedDirective>,
    /// The lists of identifiers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) lists: Vec<IndexedDirective>,
    /// The waivers that are documents of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) waivers: Vec<IndexedDirective>,
    /// What is wrong.
    pub alarms: Vec<Alarm>,
    /// What the operator had said of the agency.
    #[serde(default)]
    pub(super) profile: Profile,
    /// The first later moment at which another text takes effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) next_change: Option<DateTime>,
}

/// A directive, a list of identifiers, or a waiver, of the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IndexedDirective {
    pub id: DirectiveId,
    /// For each revision, from the first, the version of the list of issuers under which it is believed.
    pub issuers: Vec<u32>,
    pub marks: Vec<Mark>,
}

/// Something that is wrong with a repository, and is said until it is not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Alarm {
    /// What kind of wrong.
    pub kind: AlarmKind,
    /// The directive, the list of identifiers or the waiver, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directive: Option<DirectiveId>,
    /// What was found and wanted.
    pub reason: String,
}

/// A kind of alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlarmKind {
    /// A directive that is held is no longer listed; it stays in force.
    Vanished,
    /// The keys that signed a directive no longer count; it stays in force.
    SignatureWithdrawn,
    /// A listed text was refused; the last consistent text stays in force.
    Quarantined,
    /// A revision was believed with another payload before.
    Equivocation,
    /// A delegated role was refused; what was held of it stays.
    RefusedRole,
}

impl From<Mark> for AlarmKind {
    fn from(mark: Mark) -> Self {
        match mark {
            Mark::Vanished => Self::Vanished,
            Mark::SignatureWithdrawn => Self::SignatureWithdrawn,
            Mark::Quarantined => Self::Quarantined,
        }
    }
}

impl AlarmKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Vanished, Self::SignatureWithdrawn, Self::Quarantined, Self::Equivocation, Self::RefusedRole];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vanished => "vanished",
            Self::SignatureWithdrawn => "signature-withdrawn",
            Self::Quarantined => "quarantined",
            Self::Equivocation => "equivocation",
            Self::RefusedRole => "refused-role",
        }
    }

    /// The exit of a command that meets it: every one of them is an answer that was not believed.
    pub fn exit(self) -> Exit {
        Exit::Refused
    }
}
