//! The plan: what `interdict plan` writes for people to approve, and `interdict apply` computes again (`trust.md`, rule 18).
//!
//! It is evidence and no program: nobody carries out what stands in it. [`Planned`] is what must be the same again, and its digest
//! is what is compared; what stands beside it (when it was made, what it would hit, whether the window is open) may differ.
//!
//! It stays readable with a million identifiers: where there are many, a count and a digest stand for them.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::directive::{DirectiveId, Revision};
use crate::{DateTime, Sha256};

/// The only value of [`Plan::format`] so far.
pub const FORMAT: &str = "interdict-plan/1";

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Plan {
    /// The format of this document: `interdict-plan/1`.
    pub format: String,
    /// SHA-256 of `planned`, as it stands here but without blanks between its tokens.
    pub digest: Sha256,
    /// When it was made.
    pub made_at: DateTime,
    /// The generation of the policy that it follows from. Another one may give the same plan.
    pub generation: u64,
    /// Whether the maintenance window was open then; always where there is none.
    pub window_open: bool,
    /// When the window opens next, where it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_opens: Option<DateTime>,
    /// The next moment at which something of it becomes another by itself, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_boundary: Option<Boundary>,
    /// What it would hit on this machine, as it was then.
    pub impact: Impact,
    /// What is to be done.
    pub planned: Planned,
}

/// A moment at which the stage of something changes by itself (`trust.md`, rule 15): whoever applies the policy does so again then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Boundary {
    /// When.
    pub at: DateTime,
    /// What happens: `rule-begins`, `rule-ends`, `block-begins`, `waiver-begins`, `waiver-ends`, `text-changes`, `exception-begins`,
    /// `exception-ends`, `window-opens`, `suspension-ends` or `confirmation-ends`.
    pub what: String,
    /// The directive that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directive: Option<DirectiveId>,
    /// Its subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
}

/// What is to be done. Equal inputs give equal bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Planned {
    /// The root beneath which every path is meant; `/` for this machine.
    pub root: String,
    /// `audit`: nothing is blocked. `enforce`: what may be blocked now is.
    pub mode: String,
    /// Whether files of others, and files that were edited by hand, are taken over.
    pub adopt: bool,
    /// What each target does.
    pub targets: Vec<TargetPlan>,
    /// What is enforced: each subject of each directive in force.
    pub parts: Vec<PartPlan>,
    /// What none of the targets enforces, by kind.
    pub not_enforced: Vec<NotEnforced>,
    /// What would hit something that no directive may hit on this machine, and is therefore not enforced.
    pub protected: Vec<ProtectedHit>,
    /// What must be there before something is blocked.
    pub gates: Vec<Gate>,
    /// The most findings on this machine that an application may hit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_impact: Option<u64>,
    /// The maintenance window, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<String>,
    /// The command that must end with 0 afterwards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub health_check: Vec<String>,
    /// Targets that were applied beneath this root and are not part of this plan: what they enforce stays as it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_alone: Vec<String>,
}

/// What one target does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct TargetPlan {
    /// Its name.
    pub name: String,
    /// What it does, in a sentence.
    pub about: String,
    /// `planned`; `absent` where a tool is not there; `failed` where it cannot be rendered. The last two write nothing.
    pub state: String,
    /// The programs that are not there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// Why it cannot be rendered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Its settings, those that nobody set too.
    pub settings: BTreeMap<String, String>,
    /// Its files.
    pub files: Vec<FileChange>,
    /// The commands with which the tool judges the files before they count.
    pub validate: Vec<Vec<String>>,
    /// The commands with which the tool takes them up.
    pub activate: Vec<Vec<String>>,
    /// How many questions are asked of the tool afterwards.
    pub questions: u64,
    /// What becomes of the identifiers, except those of kinds that are not this target's.
    pub fidelity: Vec<FidelityCount>,
    /// What must be known before it is approved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// A file, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct FileChange {
    /// Where it is, as the machine that obeys sees it.
    pub path: String,
    /// `created`, `changed`, `removed`, `unchanged`, or `refused`: it is not touched.
    pub change: String,
    /// Why it is refused, or what is to be known of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// Its permission bits afterwards, octal.
    pub permissions: String,
    /// How it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Content>,
    /// How it is to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Content>,
    /// The unified diff, where both sides are short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
}

/// What is in a file, without the line that says whose it is, and with a word in place of what is chosen only when it is written: the
/// serial of a zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Content {
    /// SHA-256 of it.
    pub sha256: Sha256,
    /// How many bytes.
    pub bytes: u64,
    /// How many lines.
    pub lines: u64,
}

/// How many identifiers a target makes the same of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct FidelityCount {
    /// `exact`, `over-blocks`, `under-blocks`, `not-expressible`, `no-audit` or `freed`.
    pub fidelity: String,
    /// In what way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How many.
    pub identifiers: u64,
}

/// A subject of a directive in force, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct PartPlan {
    /// The repository.
    pub repository: String,
    /// The directive.
    pub directive: DirectiveId,
    /// Its revision.
    pub revision: Revision,
    /// SHA-256 of its payload.
    pub payload: Sha256,
    /// The subject's id.
    pub subject: String,
    /// The subject's name.
    pub subject_name: String,
    /// The actions that take it out of use.
    pub actions: Vec<String>,
    /// `freed`, `audit` or `enforce`.
    pub stage: String,
    /// Why it is at that stage, in words.
    pub because: String,
    /// By what it is recognised.
    pub identifiers: Identifiers,
    /// What the order leaves out.
    pub excluded: Identifiers,
    /// How many identifiers are held back from being blocked, by the reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub held: BTreeMap<String, u64>,
    /// How many identifiers each target does something about.
    pub enforced_by: BTreeMap<String, u64>,
    /// How many identifiers no target does anything about.
    pub not_enforced: u64,
    /// Lists of which something is missing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<String>,
}

/// Identifiers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Identifiers {
    /// How many there are.
    pub count: u64,
    /// SHA-256 of all of them: for each its kind, value, versions and the reason for which it is held back, each behind its length
    /// in bytes as eight bytes, the most significant first.
    pub sha256: Sha256,
    /// Each of them, where there are 100 at most; else none.
    pub listed: Vec<Listed>,
}

/// An identifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Listed {
    /// Its kind.
    pub kind: String,
    /// Its value.
    pub value: String,
    /// The versions that are meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub versions: Option<String>,
    /// Why it is held back from being blocked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<String>,
}

/// Identifiers of one kind that no target enforces for the same reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct NotEnforced {
    /// The kind.
    pub kind: String,
    /// Why, in words.
    pub reason: String,
    /// How many.
    pub identifiers: u64,
    /// Some of them, five at most.
    pub examples: Vec<String>,
}

/// An identifier that would hit something protected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct ProtectedHit {
    /// The directive.
    pub directive: DirectiveId,
    /// The subject's id.
    pub subject: String,
    /// The kind of the identifier.
    pub kind: String,
    /// Its value.
    pub value: String,
    /// What it would hit.
    pub protects: String,
}

/// Something that must be there before subjects are blocked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Gate {
    /// The directive.
    pub directive: DirectiveId,
    /// The subject's id; every subject of the directive where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What must be there.
    pub required: String,
    /// Whether it is.
    pub present: bool,
}

/// What would be hit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Impact {
    /// Whether all of the machine was read that could have been hit.
    pub complete: bool,
    /// How many findings a target blocks.
    pub blocked: u64,
    /// How many a target logs.
    pub audited: u64,
    /// How many none of the targets touches.
    pub untouched: u64,
    /// The findings, those that are blocked first and those that no target touches last; 100 at most.
    pub hits: Vec<Hit>,
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Hit {
    /// The directive.
    pub directive: DirectiveId,
    /// The subject's id.
    pub subject: String,
    /// `match`, `unknown`, `possible` or `excepted`.
    pub verdict: String,
    /// `audit` or `enforce`.
    pub stage: String,
    /// The targets that act on what it rests on; none where it is not touched.
    pub targets: Vec<String>,
    /// What was found.
    pub component: String,
    /// Its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Where.
    pub source: String,
}
