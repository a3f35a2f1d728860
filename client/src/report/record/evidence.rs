//! What a verdict rests on, and what leaves a finding out or excepts it.

use std::borrow::Cow;

use interdict_schema::directive::{Confidence, DirectiveId, IdentifierKind, Revision};
use interdict_schema::product::identifier::Certainty;
use interdict_schema::{DateTime, Sha256};
use serde::Serialize;

use crate::assess::{Evidence, Exclusion};

/// One comparison.
#[derive(Debug, Serialize)]
pub struct EvidenceRecord<'f> {
    /// The identifier's kind.
    pub kind: &'f IdentifierKind,
    /// Its value.
    pub value: &'f str,
    /// The versions that it means; absent where all are meant.
    pub versions: Option<&'f str>,
    /// How far the directive relies on it.
    pub confidence: &'f str,
    /// The list whose row it is, and its revision; absent where it is the directive's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<ListRecord<'f>>,
    /// `exact` or `probable`.
    pub certainty: &'static str,
    /// The field of the component.
    pub field: &'static str,
    /// What stands there.
    pub found: &'f str,
    /// Why this comparison alone is no match.
    pub doubts: Vec<String>,
}

impl<'f> EvidenceRecord<'f> {
    pub(super) fn of(evidence: &'f Evidence<'_>) -> Self {
        Self {
            kind: &evidence.identifier.kind,
            value: &evidence.identifier.value,
            versions: evidence.identifier.versions.as_deref(),
            confidence: evidence.identifier.confidence.as_ref().map_or("high", Confidence::as_str),
            list: evidence.list.map(|list| ListRecord { id: &list.id, revision: list.revision }),
            certainty: match evidence.certainty {
                Certainty::Exact => "exact",
                Certainty::Probable => "probable",
            },
            field: evidence.field.as_str(),
            found: &evidence.found,
            doubts: evidence.doubts.iter().map(ToString::to_string).collect(),
        }
    }
}

/// A list that a row stands in.
#[derive(Debug, Serialize)]
pub struct ListRecord<'f> {
    /// Its id.
    pub id: &'f DirectiveId,
    /// The revision.
    pub revision: Revision,
}

/// What leaves a finding out.
#[derive(Debug, Serialize)]
pub struct ExclusionRecord<'f> {
    /// Its name.
    pub id: &'f str,
    /// The reason.
    pub reason: Cow<'f, str>,
    /// The document of its own that grants a waiver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentRecord<'f>>,
}

impl<'f> ExclusionRecord<'f> {
    pub(super) fn of(exclusion: &'f Exclusion<'f>) -> Option<Self> {
        let leaves_out = !matches!(exclusion, Exclusion::Excepted { .. });
        let document = exclusion.document().map(|document| DocumentRecord {
            id: &document.id,
            revision: document.revision,
            digest: document.digest,
        });
        leaves_out.then(|| Self { id: exclusion.id(), reason: exclusion.reason(), document })
    }
}

/// A document that a finding rests on.
#[derive(Debug, Serialize)]
pub struct DocumentRecord<'f> {
    /// Its id.
    pub id: &'f DirectiveId,
    /// Its revision.
    pub revision: Revision,
    /// SHA-256 of its payload.
    pub digest: Sha256,
}

/// The exception of a finding.
#[derive(Debug, Serialize)]
pub struct ExceptionRecord<'f> {
    /// Its name.
    pub id: &'f str,
    /// Why.
    pub reason: &'f str,
    /// Who answers for it.
    pub approved_by: &'f str,
    /// Its first second.
    pub from: DateTime,
    /// Its last second.
    pub until: DateTime,
    /// The verdict without it.
    pub otherwise: &'static str,
    /// All of it in words, for forms that have one place for them.
    #[serde(skip)]
    pub words: Cow<'f, str>,
}

impl<'f> ExceptionRecord<'f> {
    pub(super) fn of(exclusion: &'f Exclusion<'_>) -> Option<Self> {
        let Exclusion::Excepted { exception, otherwise } = exclusion else { return None };
        Some(Self {
            id: &exception.id,
            reason: &exception.reason,
            approved_by: &exception.approved_by,
            from: exception.begins(),
            until: exception.ends(),
            otherwise: otherwise.as_str(),
            words: exclusion.reason(),
        })
    }
}
