//! Deadlines as rows, and the next one of several. How they are shown is in [`super::due`].
//!
//! The arithmetic is in `interdict_schema::directive::deadline` and nowhere else.
//!
//! | file | what is there |
//! |---|---|
//! | `asked` | of whom, as of when, with what is known |
//! | `obligations` | everything that binds an agency: rows, waivers, what does not bind it |
//! | `of_directive` | the rows of one directive and its actions |
//! | `steps` | one row, and how it came to be |
//! | `when` | the answer to "by when", in words |

mod asked;
mod obligations;
mod of_directive;
mod steps;
#[cfg(test)]
mod tests;
mod when;

use interdict_host::terminal::{days_until, in_words};
use interdict_schema::DateTime;
use interdict_schema::directive::resolve::DocumentRef;
use interdict_schema::directive::{ActionKind, DirectiveId, Edge, Modality, Revision};
use jiff::tz::TimeZone;

pub use asked::{Asked, Grouping};
pub use obligations::{Because, NotBinding, Obligations, WaiverRow};
pub use of_directive::Text;
pub(super) use of_directive::of_directive;
pub use steps::{WithSteps, explained};
pub use when::{When, in_words as by_when};

use super::in_zone;

/// A deadline of an action.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The repository that the directive comes from.
    pub repository: String,
    /// The directive.
    pub directive: DirectiveId,
    /// Its revision.
    pub revision: Revision,
    /// The documents that made the action what it is, the first one first; empty where the text is not that of a moment.
    pub documents: Vec<DocumentRef>,
    /// The action.
    pub action: String,
    /// What is to be done.
    pub kind: ActionKind,
    /// How strongly it is ordered.
    pub modality: Modality,
    /// What must have happened by then.
    pub edge: Option<Edge>,
    /// The waiver that frees of it.
    pub freed: Option<Freed>,
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

/// A waiver that frees of a deadline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freed {
    /// Its name within the directive.
    pub waiver: String,
    /// Its last second; none where it has no end.
    pub until: Option<DateTime>,
}

impl Freed {
    /// "waived until Sat 30 Jun 2018, 23:59 EDT, 20 days left", "waived without an end".
    pub fn in_words(&self, now: DateTime, zone: &TimeZone) -> String {
        match self.until {
            Some(until) => format!("waived until {}, {}", in_zone(until, zone), left_of(now, until, zone)),
            None => "waived without an end".to_owned(),
        }
    }
}

/// "20 days left", "1 day left", "less than a day left".
pub(super) fn left_of(now: DateTime, until: DateTime, zone: &TimeZone) -> String {
    match days_until(now, until, zone) {
        ..=0 => "less than a day left".to_owned(),
        1 => "1 day left".to_owned(),
        days => format!("{days} days left"),
    }
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

    /// Whether it has passed, and nothing frees of it.
    pub fn is_overdue(&self) -> bool {
        self.freed.is_none() && self.has_passed()
    }

    fn has_passed(&self) -> bool {
        self.end().is_some_and(|end| end < self.as_of)
    }

    /// The document whose words stand there, where that is not the directive itself.
    pub fn source(&self) -> Option<&DocumentRef> {
        self.documents.last().filter(|document| document.id != self.directive)
    }

    /// The waiver that frees of it, in words; nothing where none does.
    pub fn waived(&self) -> String {
        self.freed.as_ref().map_or_else(String::new, |freed| freed.in_words(self.as_of, &self.zone))
    }

    /// Days left on the issuer's calendar, negative when overdue, where there is a date.
    pub fn days_left(&self) -> Option<i64> {
        self.end().map(|end| days_until(self.as_of, end, &self.zone))
    }

    /// "in 3 days", "12 days overdue", "passed" where a waiver frees of it; nothing where there is no date.
    pub fn left(&self) -> String {
        if self.freed.is_some() && self.has_passed() {
            return "passed".to_owned();
        }
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

/// The first deadline that has not passed and that no waiver reaches, or else the last that has.
pub fn next(rows: &[Row]) -> Option<&Row> {
    let waived = |row: &Row, end: DateTime| {
        row.freed.as_ref().is_some_and(|freed| freed.until.is_none_or(|until| end <= until))
    };
    let dated = || rows.iter().filter(|row| row.end().is_some_and(|end| !waived(row, end)));
    dated().find(|row| !row.has_passed()).or_else(|| dated().next_back())
}
