//! An exception that was understood.

use interdict_schema::DateTime;
use interdict_schema::directive::{self, DayOrTime, DirectiveId};
use interdict_schema::product::Identifier;
use jiff::tz::TimeZone;

use super::mistake::Place;
use crate::config::RepositoryName;

/// The longest time from an exception's beginning to its end, in days of 24 hours.
pub const MAX_DAYS: i64 = 90;

/// What an agency leaves in place for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// Its name, of which the file has no second: 1 to 64 of letters, digits, `.`, `_` and `-`.
    pub id: String,
    /// The repository of the directive; needed where several have one of this id.
    pub repository: Option<RepositoryName>,
    /// The directive.
    pub directive: DirectiveId,
    /// The subject's id.
    pub part: String,
    /// The identifier, as the subject or one of its lists has it.
    pub identifier: Named,
    /// The asset: the host that an inventory names, this machine, or the label of a source that names none. Exactly.
    pub asset: String,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub approved_by: String,
    /// The day or moment from which it counts. A day is meant in UTC.
    pub from: DayOrTime,
    /// The day or moment until which it counts, the last second of it included.
    pub until: DayOrTime,
    /// Where it begins in the file.
    pub place: Place,
}

/// An identifier that an exception names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The kind as spelled on the wire.
    pub kind: String,
    /// The value as it was written.
    pub value: String,
    /// The versions, where the directive's identifier has any.
    pub versions: Option<String>,
    /// What is compared: two spellings of one identifier are one.
    pub parsed: Identifier,
}

impl Exception {
    /// Its first second.
    pub fn begins(&self) -> DateTime {
        self.from.begin(&TimeZone::UTC)
    }

    /// Its last second.
    pub fn ends(&self) -> DateTime {
        self.until.end(&TimeZone::UTC)
    }

    /// Whether a moment lies within it.
    pub fn covers(&self, moment: DateTime) -> bool {
        (self.begins()..=self.ends()).contains(&moment)
    }
}

impl Named {
    /// Whether this identifier is meant.
    pub fn is(&self, written: &directive::Identifier) -> bool {
        // Most differ in their kind, and reading one costs more than that.
        written.kind.as_str() == self.kind && written.read().is_ok_and(|read| read == self.parsed)
    }
}
