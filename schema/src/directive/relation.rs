//! How a directive stands to other documents. What follows from it is decided elsewhere.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::words::words;
use super::{Attachment, DayOrTime, DirectiveId, Revision};
use crate::Sha256;

/// How this directive stands to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Relation {
    /// What it does to the other.
    pub kind: RelationKind,
    /// The other.
    pub target: Target,
    /// For `amends` and `supplements`: the action or subject of this directive that takes the place of the target's part;
    /// the one of the same name where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// From when; from the effective date where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<DayOrTime>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Relation {
    /// Whether it ends its target, or a part of it.
    pub fn ends(&self) -> bool {
        matches!(self.kind, RelationKind::Supersedes | RelationKind::Revokes | RelationKind::Closes)
    }

    /// Whether it puts parts into the text of its target.
    pub fn changes(&self) -> bool {
        match self.kind {
            RelationKind::Amends => true,
            RelationKind::Supplements => self.target.part.is_some(),
            _ => false,
        }
    }
}

words! {
    /// What a directive does to another.
    pub enum RelationKind {
        /// It takes its place.
        Supersedes = "supersedes",
        /// It changes its text.
        Amends = "amends",
        /// It adds to it.
        Supplements = "supplements",
        /// It withdraws it.
        Revokes = "revokes",
        /// It ends it because its work is done.
        Closes = "closes",
        /// It carries it out.
        Implements = "implements",
        /// It takes over its open findings.
        CarriesOver = "carries-over",
    }
}

/// A document, or a part of one, by digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Target {
    /// The directive.
    pub id: DirectiveId,
    /// The revision; every one where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<Revision>,
    /// SHA-256 of its payload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Sha256>,
    /// The action or subject that is meant; the whole where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
}

/// A waiver: somebody is freed from a part, under conditions, for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Waiver {
    /// Its name within the directive.
    pub id: String,
    /// The action or subject that is waived; the whole where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// Who is freed, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beneficiaries: Vec<String>,
    /// Who is freed, by a test, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eligibility: Option<String>,
    /// What the beneficiary must do instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// From when.
    pub from: DayOrTime,
    /// Until when, inclusive; open-ended where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DayOrTime>,
    /// The office that granted it.
    pub granted_by: String,
}

/// A vendor's response and its state. It suspends nothing by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// Its name within the directive.
    pub id: String,
    /// Who responds.
    pub vendor: String,
    /// Until when a response may be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<DayOrTime>,
    /// When it was received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<DayOrTime>,
    /// Where it stands.
    pub state: ResponseState,
    /// The response itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Attachment>,
    /// The decision on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Attachment>,
}

words! {
    /// Where a vendor's response stands.
    pub enum ResponseState {
        /// It may be sent.
        Invited = "invited",
        /// It has been received.
        Received = "received",
        /// It is under review.
        UnderReview = "under-review",
        /// It has been decided on.
        Decided = "decided",
    }
}
