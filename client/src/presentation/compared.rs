//! Two texts that are held, and what the second changes in the first. The comparison is the schema's.

use interdict_schema::believe::Believed;
use interdict_schema::directive::difference::{Difference, differences};
use interdict_schema::directive::resolve::{DocumentRef, Situation};
use interdict_schema::directive::{DirectiveId, Revision};
use interdict_schema::{DateTime, Sha256, Verified};
use serde::Serialize;

use crate::store::generation::HeldRevision;

/// Two texts, and their differences.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    from: Side,
    to: Side,
    differences: Vec<Difference>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Side {
    id: DirectiveId,
    revision: Revision,
    digest: Sha256,
    /// Documents that have put parts of theirs into this text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    with: Vec<With>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct With {
    id: DirectiveId,
    revision: Revision,
    digest: Sha256,
}

/// A text to be compared, and how it came to be where it is the one of a moment.
#[derive(Debug, Clone, Copy)]
pub struct Compare<'a> {
    /// The text.
    pub believed: &'a Verified<Believed>,
    /// How it came to be.
    pub situation: Option<&'a Situation>,
}

impl<'a> From<&'a HeldRevision> for Compare<'a> {
    fn from(revision: &'a HeldRevision) -> Self {
        Self { believed: &revision.believed, situation: None }
    }
}

impl Compare<'_> {
    fn side(&self) -> Side {
        let directive = &self.believed.document.value;
        let origins = self.situation.into_iter().flat_map(|situation| situation.origins.values().flatten());
        let mut with: Vec<&DocumentRef> = origins.map(|origin| &origin.document).collect();
        with.retain(|document| document.id != directive.id);
        with.sort();
        with.dedup();
        let document = |document: &DocumentRef| With {
            id: document.id.clone(),
            revision: document.revision,
            digest: document.digest,
        };
        Side {
            id: directive.id.clone(),
            revision: directive.revision,
            digest: self.believed.payload.digest,
            with: with.into_iter().map(document).collect(),
        }
    }
}

impl Side {
    /// `ED-21-01@1`, `ED-21-01@1 with ED-21-01-S3@1`
    fn name(&self) -> String {
        let with: Vec<String> =
            self.with.iter().map(|with| format!("{}@{}", with.id, with.revision)).collect();
        let with = if with.is_empty() { String::new() } else { format!(" with {}", with.join(", ")) };
        format!("{}@{}{with}", self.id, self.revision)
    }
}

impl Compared {
    /// What the second text changes in the first; recurring deadlines are told by the next one from `now` on.
    pub fn of(before: Compare<'_>, after: Compare<'_>, now: DateTime) -> Self {
        let differences = changed(before, after, now);
        Self { from: before.side(), to: after.side(), differences }
    }

    /// The differences.
    pub fn differences(&self) -> &[Difference] {
        &self.differences
    }

    /// `BOD-17-01@1 to BOD-17-01@2`
    pub fn names(&self) -> String {
        format!("{} to {}", self.from.name(), self.to.name())
    }

    /// For programs.
    pub fn json(&self) -> Vec<u8> {
        #[derive(Serialize)]
        struct Document<'a> {
            format: &'static str,
            from: &'a Side,
            to: &'a Side,
            differences: &'a [Difference],
        }
        super::json(&Document {
            format: "interdict-diff/1",
            from: &self.from,
            to: &self.to,
            differences: &self.differences,
        })
    }
}

/// What one text changes in another.
pub(super) fn changed(before: Compare<'_>, after: Compare<'_>, now: DateTime) -> Vec<Difference> {
    differences(&before.believed.document.value, &after.believed.document.value, now)
}
