//! The policy file: what the client leaves for scripts (`trust.md`, rule 15).
//!
//! It holds instants and not states, so that a reader compares with its own clock and the file of a dead client cannot say
//! "fresh" for ever. [`derive()`] is the only way it comes about, and equal inputs give equal bytes.

mod derive;
mod write;

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::directive::{
    ActionKind, Confidence, DirectiveId, Disposition, Edge, Exclude, Identifier, IdentifierKind, Revision,
    Status,
};
use crate::{DateTime, Sha256};

pub use derive::{Derivation, Source, derive};
pub use write::Form;

/// The only value of [`Policy::format`] so far.
pub const FORMAT: &str = "interdict-policy/1";

/// What is in force, with the instants from which and until which it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Policy {
    /// The format of this document: `interdict-policy/1`.
    pub format: String,
    /// The generation that this file belongs to, from 1.
    pub generation: u64,
    /// When the oldest of the repositories below was verified.
    pub verified_at: DateTime,
    /// From here on the policy is stale; it stays in force.
    pub fresh_until: DateTime,
    /// The repositories that it comes from, by name.
    pub repositories: Vec<Repository>,
    /// Every directive and its state, by repository and id.
    pub directives: Vec<DirectiveState>,
    /// Every list of identifiers that is held, by repository and id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lists: Vec<ListState>,
    /// Every waiver that is a document of its own, by repository and id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<WaiverState>,
    /// One rule for each subject of each directive in force, in the order of the directives.
    pub rules: Vec<Rule>,
}

/// A repository that a policy comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Repository {
    /// The operator's name for it.
    pub name: String,
    /// When its metadata was verified.
    pub verified_at: DateTime,
    /// When its timestamp expires.
    pub fresh_until: DateTime,
    /// The version of its timestamp.
    pub timestamp: u64,
    /// The version of its root.
    pub root: u64,
}

/// A directive and its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct DirectiveState {
    /// The repository that it comes from.
    pub repository: String,
    /// Its id.
    pub id: DirectiveId,
    /// The newest revision that was verified.
    pub revision: Revision,
    /// SHA-256 of that revision's payload.
    pub digest: Sha256,
    /// Whether it is in force.
    pub status: Status,
    /// Its title.
    pub title: String,
    /// What the operator must know of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
    /// How many of its places this version does not understand.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unsupported: usize,
}

/// A list of identifiers and its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct ListState {
    /// The repository that it comes from.
    pub repository: String,
    /// Its id.
    pub id: DirectiveId,
    /// The newest revision that was verified.
    pub revision: Revision,
    /// SHA-256 of that revision's payload.
    pub digest: Sha256,
    /// Its title.
    pub title: String,
    /// What the operator must know of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
    /// How many of its places this version does not understand.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unsupported: usize,
}

/// A waiver that is a document of its own, and on what it acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct WaiverState {
    /// The repository that it comes from.
    pub repository: String,
    /// Its id.
    pub id: DirectiveId,
    /// The revision that counts.
    pub revision: Revision,
    /// SHA-256 of that revision's payload.
    pub digest: Sha256,
    /// Whether that revision is in force.
    pub status: Status,
    /// Its title.
    pub title: String,
    /// The directive that it is from.
    pub waives: DirectiveId,
    /// The parts on which it acts; none where it frees nobody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<WaivedPart>,
    /// From when it frees its beneficiaries.
    pub from: DateTime,
    /// Its last second; absent where it has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime>,
    /// Why it frees nobody, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without_effect: Option<String>,
    /// What the operator must know of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
    /// How many of its places this version does not understand.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unsupported: usize,
}

/// A part on which a waiver acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct WaivedPart {
    /// The directive in whose text it stands.
    pub directive: DirectiveId,
    /// The action or subject; the whole where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
}

/// The waiver that frees this agency of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct RuleWaiver {
    /// Its name: within the directive, or that of its document.
    pub waiver: String,
    /// The revision of its document; absent where it stands in the directive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<Revision>,
    /// SHA-256 of that revision's payload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Sha256>,
}

/// An identifier of a rule, and the list that it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct RuleIdentifier {
    /// The identifier, as the directive or the list has it.
    #[serde(flatten)]
    pub identifier: Identifier,
    /// The list; absent where it is the directive's own. A `vendor` is enough where nothing of the same origin is a
    /// `product`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<DirectiveId>,
}

/// A list by which a rule's subject is recognised, or should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct RuleList {
    /// The list's id.
    pub list: DirectiveId,
    /// The revision whose rows are among the rule's identifiers; absent where none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<Revision>,
    /// SHA-256 of that revision's payload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Sha256>,
    /// More identifiers, one a line, in files of the generation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<RuleEntries>,
    /// What of the list is missing, in words; the rule then recognises less than the order says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<String>,
}

/// A file of identifiers of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct RuleEntries {
    /// What kind of identifier every line is.
    pub kind: IdentifierKind,
    /// How many lines there are.
    pub entries: u64,
    /// SHA-256 of the file.
    pub digest: Sha256,
    /// The file, relative to the folder of the generation.
    pub file: String,
    /// How far they can be relied on; `high` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
}

/// What an operator must know of a directive that stays in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// The repository no longer lists it (`trust.md`, rule 12).
    Vanished,
    /// The keys that signed it no longer count (`trust.md`, rule 3).
    SignatureWithdrawn,
    /// A newer text was refused; this is the last one that was consistent (`trust.md`, rule 5).
    Quarantined,
}

impl Mark {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vanished => "vanished",
            Self::SignatureWithdrawn => "signature-withdrawn",
            Self::Quarantined => "quarantined",
        }
    }
}

/// One subject of one directive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Rule {
    /// The repository that it comes from.
    pub repository: String,
    /// The directive.
    pub directive: DirectiveId,
    /// Its revision.
    pub revision: Revision,
    /// SHA-256 of its payload.
    pub digest: Sha256,
    /// The subject's id.
    pub subject: String,
    /// The subject's name for people.
    pub name: String,
    /// What the directive wants of it.
    pub disposition: Disposition,
    /// From here on a finding is to be reported.
    pub audit_from: DateTime,
    /// From here on it may be blocked; absent where the directive does not say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_from: Option<DateTime>,
    /// The last second that the rule counts; absent where it has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime>,
    /// Until here a waiver frees this agency of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived_until: Option<DateTime>,
    /// That waiver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived_by: Option<RuleWaiver>,
    /// Everything by which it is recognised, without what would match everything, and but for the attachments of its lists.
    pub identifiers: Vec<RuleIdentifier>,
    /// What the order leaves out, and by what that is recognised: who blocks by the identifiers above must not block these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excludes: Vec<Exclude>,
    /// The lists that the subject names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lists: Vec<RuleList>,
    /// What must be done by when, in the order of the dates; undated last.
    pub deadlines: Vec<PolicyDeadline>,
}

/// A deadline of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct PolicyDeadline {
    /// The action's id.
    pub action: String,
    /// What is to be done.
    pub kind: ActionKind,
    /// What must have happened by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edge: Option<Edge>,
    /// The last second; the first deadline where it recurs; absent where there is no date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime>,
    /// Where it recurs: every so many of a unit, `30 day`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<String>,
    /// Where there is no date: the event from which the clock runs, `depends-on:` and the inputs that a decision table must
    /// know of the asset, `undated` where the table sets no date, `ongoing`, `not-ordered` where what the action depends on is not
    /// so by what the configuration says of the agency, or `unsupported`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs_from: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verified;
    use crate::believe::{Attested, Believed};
    use crate::directive::Directive;
    use crate::threshold::Count;

    /// A directive with one subject, believed.
    pub(super) fn directive(id: &str, status: &str, disposition: &str, actions: &str) -> Verified<Believed> {
        let text = alloc::format!(
            r#"{{"format":"interdict-directive/1","id":"{id}","revision":1,"status":"{status}","title":"t","issuer":"i",
            "zone":"America/New_York","issued":"2017-09-13",
            "subjects":[{{"id":"s","name":"S","disposition":"{disposition}","identifiers":[{{"kind":"package","value":"p"}}]}}],
            "actions":[{actions}]}}"#
        );
        believed(&text)
    }

    pub(super) fn believed(text: &str) -> Verified<Believed> {
        let document = Directive::parse(text.as_bytes()).unwrap();
        let payload = Attested {
            digest: Sha256::of(text.as_bytes()),
            signed_by: Count { keys: Vec::new(), required: 1 },
        };
        Verified::attest(Believed { document, payload })
    }
}
