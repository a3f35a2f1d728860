//! Two texts that are held, and what the second changes in the first. The comparison is the schema's.

use interdict_schema::directive::difference::{Difference, differences};
use interdict_schema::directive::{DirectiveId, Revision};
use interdict_schema::{DateTime, Sha256};
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
}

impl Compared {
    /// What the second text changes in the first; recurring deadlines are told by the next one from `now` on.
    pub fn of(before: &HeldRevision, after: &HeldRevision, now: DateTime) -> Self {
        let side = |revision: &HeldRevision| Side {
            id: revision.believed.document.value.id.clone(),
            revision: revision.believed.document.value.revision,
            digest: revision.believed.payload.digest,
        };
        let differences = changed(before, after, now);
        Self { from: side(before), to: side(after), differences }
    }

    /// The differences.
    pub fn differences(&self) -> &[Difference] {
        &self.differences
    }

    /// `BOD-17-01@1 to BOD-17-01@2`
    pub fn names(&self) -> String {
        format!("{}@{} to {}@{}", self.from.id, self.from.revision, self.to.id, self.to.revision)
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

/// What one held text changes in another.
pub(super) fn changed(before: &HeldRevision, after: &HeldRevision, now: DateTime) -> Vec<Difference> {
    differences(&before.believed.document.value, &after.believed.document.value, now)
}
