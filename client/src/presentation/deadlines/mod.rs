//! Deadlines as rows, and the next one of several. How they are shown is in [`super::due`].
//!
//! The arithmetic is in `interdict_schema::directive::deadline` and nowhere else.
//!
//! | file | what is there |
//! |---|---|
//! | `when` | the answer to "by when", in words |
//! | `of_directive` | the rows of directives and actions |
//! | `steps` | one row, and how it came to be |

mod of_directive;
mod steps;
#[cfg(test)]
mod tests;
mod when;

use interdict_host::terminal::{days_until, in_words};
use interdict_schema::DateTime;
use interdict_schema::directive::{ActionKind, DirectiveId, Edge, Modality, Revision};
use jiff::tz::TimeZone;

pub(super) use of_directive::of_directive;
pub use of_directive::{Grouping, rows};
pub use steps::{WithSteps, explained};
pub use when::When;

/// A deadline of an action.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The repository that the directive comes from.
    pub repository: String,
    /// The directive.
    pub directive: DirectiveId,
    /// Its revision.
    pub revision: Revision,
    /// The action.
    pub action: String,
    /// What is to be done.
    pub kind: ActionKind,
    /// How strongly it is ordered.
    pub modality: Modality,
    /// What must have happened by then.
    pub edge: Option<Edge>,
    /// What it is about.
    pub subjects: Subjects,
    /// When.
    pub when: When,
    /// Whether the authority has kept the right to direct otherwise.
    pub unless_directed_otherwise: bool,
    /// The issuer's zone.
    pub zone: TimeZone,
    /// The moment that is asked about.
    pub as_of: DateTime,
}

/// What a deadline is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subjects {
    /// So many subjects.
    Count(usize),
    /// The subject with this id.
    One(String),
}

impl Row {
    /// The last second, where there is a date.
    pub fn end(&self) -> Option<DateTime> {
        match self.when {
            When::On { end, .. } => Some(end),
            _ => None,
        }
    }

    /// Whether it has passed.
    pub fn is_overdue(&self) -> bool {
        self.end().is_some_and(|end| end < self.as_of)
    }

    /// Days left on the issuer's calendar, negative when overdue, where there is a date.
    pub fn days_left(&self) -> Option<i64> {
        self.end().map(|end| days_until(self.as_of, end, &self.zone))
    }

    /// "in 3 days", "12 days overdue"; nothing where there is no date.
    pub fn left(&self) -> String {
        self.end().map_or_else(String::new, |end| in_words(self.as_of, end, &self.zone))
    }

    /// When, in the issuer's zone, or why there is no date.
    pub fn due(&self) -> String {
        let unless = if self.unless_directed_otherwise { ", unless directed otherwise" } else { "" };
        format!("{}{unless}", self.when.in_words(&self.zone))
    }

    /// What must have happened by then; nothing where the order does not say.
    pub fn edge(&self) -> &str {
        self.edge.as_ref().map_or("", Edge::as_str)
    }
}

/// The first deadline that has not passed, or else the last that has.
pub fn next(rows: &[Row]) -> Option<&Row> {
    let dated = || rows.iter().filter(|row| row.end().is_some());
    dated().find(|row| !row.is_overdue()).or_else(|| dated().next_back())
}
