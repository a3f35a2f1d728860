//! The arithmetic of deadlines, in one place.
//!
//! A clock that has not started is a state and not a guess; so is a decision that depends on something unknown, and one that
//! this version cannot compute. "Within N days" ends with the last second of that day in the issuer's zone. Nothing here
//! reads a clock.
//!
//! | file | what is there |
//! |---|---|
//! | `clock` | from the anchor to the day on which a clock ends |
//! | `recurrence` | dates that come again |
//! | `business`, `us_federal` | business days and holidays |
//! | `decision` | decision tables |
//! | `explanation` | the steps that were taken |
//! | `unsupported` | what cannot be computed |

mod business;
mod clock;
mod decision;
mod explanation;
mod recurrence;
#[cfg(test)]
mod tests;
mod unsupported;
mod us_federal;

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use jiff::tz::{TimeZone, TimeZoneDatabase};

pub use business::{BUILT_IN, known as known_calendars, why_off};
pub use explanation::{Explanation, Skipped, Step};
pub use unsupported::Unsupported;
pub use us_federal::{US_FEDERAL, US_FEDERAL_DC};

use self::clock::Clock;
use self::explanation::Trail;
use super::{Action, Anchor, DayOrTime, Directive, Due, Subject, Table};
use crate::DateTime;

/// What has happened, as far as clocks run from it, and what is known of the asset, as far as decision tables ask for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Events {
    /// When the subject was first found on the asset.
    pub detected: Option<DateTime>,
    /// When the agency was notified.
    pub notified: Option<DateTime>,
    /// When actions were completed, by id.
    pub completed: BTreeMap<String, DateTime>,
    /// Outside events, by name.
    pub outside: BTreeMap<String, DateTime>,
    /// Inputs of decision tables, by id.
    pub inputs: BTreeMap<String, String>,
}

/// The answer to "by when".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deadline {
    /// One date.
    Once {
        /// The day or moment that the directive means.
        on: DayOrTime,
        /// The first second of it.
        begin: DateTime,
        /// The last second of it: the deadline.
        end: DateTime,
    },
    /// A date that recurs.
    Recurring {
        /// The first deadline.
        first: DateTime,
        /// The first deadline that is not before the moment asked about.
        next: DateTime,
        /// The event that ends it.
        until: Option<Anchor>,
    },
    /// A date that recurred until an event, and does no more.
    Over {
        /// The event.
        until: Anchor,
        /// Its last moment.
        at: DateTime,
    },
    /// At all times from here on.
    Ongoing {
        /// When the obligation begins.
        from: DateTime,
    },
    /// The clock has not started: it runs from this event.
    RunsFrom(Anchor),
    /// A decision table must know more of the asset.
    DependsOn {
        /// The inputs that it must know, in the order of the table.
        inputs: Vec<String>,
        /// The possible row whose date comes first; none where no possible row has a date.
        strictest: Option<Strictest>,
    },
    /// A decision table has decided, and its row sets no date.
    Undated {
        /// What it decides.
        outcome: String,
    },
    /// Each subject has its own date, and none was named.
    BySubject,
    /// This version cannot compute it.
    Unsupported(Unsupported),
}

/// The strictest of the rows that a decision table may come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strictest {
    /// The row, from 0.
    pub row: usize,
    /// What it decides.
    pub outcome: String,
    /// Its deadline.
    pub deadline: Box<Deadline>,
}

/// The zone of this name, from the bundled IANA database, never from the machine's own files.
///
/// # Errors
/// [`Unsupported::Zone`] where there is none of this name.
pub fn zone(name: &str) -> Result<TimeZone, Unsupported> {
    TimeZoneDatabase::bundled().get(name).map_err(|_| Unsupported::Zone { zone: name.into() })
}

/// By when an action is due; `None` where it has no date.
///
/// `subject` matters where the date differs by subject; `as_of` chooses the next date of a recurring deadline.
pub fn deadline(
    directive: &Directive,
    action: &Action,
    subject: Option<&Subject>,
    events: &Events,
    as_of: DateTime,
) -> Option<Deadline> {
    let due = action.due.as_ref()?;
    Some(compute(directive, due, subject, events, as_of, &mut Trail::none()))
}

/// The deadline that a due states, wherever it stands: in an action or in a row of a table. Like [`deadline`] otherwise.
pub fn deadline_of(
    directive: &Directive,
    due: &Due,
    subject: Option<&Subject>,
    events: &Events,
    as_of: DateTime,
) -> Deadline {
    compute(directive, due, subject, events, as_of, &mut Trail::none())
}

/// How the deadline of an action comes to be; `None` where it has no date. Takes what [`deadline`] takes.
pub fn explain(
    directive: &Directive,
    action: &Action,
    subject: Option<&Subject>,
    events: &Events,
    as_of: DateTime,
) -> Option<Explanation> {
    let due = action.due.as_ref()?;
    let mut trail = Trail::new();
    let deadline = compute(directive, due, subject, events, as_of, &mut trail);
    Some(Explanation { deadline, steps: trail.steps() })
}

fn compute(
    directive: &Directive,
    due: &Due,
    subject: Option<&Subject>,
    events: &Events,
    as_of: DateTime,
    trail: &mut Trail,
) -> Deadline {
    match zone(&directive.zone) {
        Ok(zone) => Clock { directive, subject, events, zone, as_of, supposing: false, depth: 0 }
            .deadline(due, trail)
            .unwrap_or_else(Deadline::from),
        Err(reason) => Deadline::Unsupported(reason),
    }
}

/// What a decision table can come to when nothing is known of an asset and no default counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The rows that can be the first to fit.
    pub rows: BTreeSet<usize>,
    /// Whether some values of the inputs fit no row.
    pub incomplete: bool,
}

/// What a decision table can come to; `None` where it is too large to be followed
/// ([`crate::limits::DECISION_ROWS`]).
pub fn reach(table: &Table) -> Option<Reach> {
    let outcomes = decision::outcomes(table, &BTreeMap::new());
    (!outcomes.cut).then_some(Reach { rows: outcomes.rows, incomplete: outcomes.none })
}
