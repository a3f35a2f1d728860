//! Two texts that are held, and what the second changes in the first. The comparison is the schema's.

use interdict_schema::directive::difference::{Difference, differences};
use interdict_schema::directive::{Action, Directive, DirectiveId, Revision};
use interdict_schema::{DateTime, Sha256};
use serde::Serialize;

use super::deadlines::{Grouping, Row, of_directive};
use crate::as_of::AsOf;
use crate::store::detections::Detections;
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
    let (before, after) = (&before.believed.document.value, &after.believed.document.value);
    differences(before, after, &|directive, action| when(directive, action, now))
}

/// By when an action is due, as `due` puts it.
fn when(directive: &Directive, action: &Action, now: DateTime) -> String {
    if action.due.is_none() {
        return "without a date".to_owned();
    }
    if action.due.as_ref().is_some_and(|due| due.by_subject) {
        return "by each subject's own date".to_owned();
    }
    let rows = of_directive("", directive, &Detections::default(), AsOf::now(now), Grouping::ByDate);
    rows.iter().find(|row| row.action == action.id).map_or_else(
        || "without a date".to_owned(),
        |row| {
            let edge = row.edge.as_ref().map_or_else(String::new, |edge| format!("({edge}) "));
            format!("{edge}{}", Row::due(row))
        },
    )
}
