//! How a date came to be: the steps of the arithmetic, in words and for machines.
//!
//! Steps are noted by the arithmetic itself as it goes, so that an explanation cannot tell of another way than the one that
//! was taken.

use core::fmt;

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::Deadline;
use crate::DateTime;
use crate::directive::{Anchor, Day, DayOrTime, Holiday, Roll, Unit};

/// A deadline and how it came to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The deadline.
    pub deadline: Deadline,
    /// The steps, the first first. Where the deadline is a state, the steps up to the one that could not be taken.
    pub steps: Vec<Step>,
}

/// One step. On the wire an object whose `step` names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum Step {
    /// A decision table was asked.
    Input {
        /// The table.
        table: String,
        /// The input.
        input: String,
        /// Its value; absent where it is not known and has no default.
        #[serde(skip_serializing_if = "Option::is_none")]
        value: Option<String>,
        /// Whether the value is the table's default.
        default: bool,
    },
    /// A row of a decision table fits.
    Row {
        /// The table.
        table: String,
        /// The row, from 0.
        row: usize,
        /// What it decides.
        outcome: String,
    },
    /// The order names a day or moment.
    Fixed {
        /// The day or moment.
        at: DayOrTime,
        /// The words of the human text.
        #[serde(skip_serializing_if = "Option::is_none")]
        words: Option<String>,
    },
    /// The subject has a date of its own.
    Subject {
        /// The subject.
        subject: String,
        /// Its date.
        due: DayOrTime,
    },
    /// The event from which the clock runs.
    Anchor {
        /// The event.
        anchor: Anchor,
        /// When it happened, or is due.
        at: DayOrTime,
    },
    /// Some of the events whose earliest counts have not happened: one that does may move the date forward.
    Waiting {
        /// These events.
        anchors: Vec<Anchor>,
    },
    /// A moment counts as the day on which it lies.
    OnDay {
        /// The moment.
        moment: DateTime,
        /// The day.
        day: Day,
        /// The zone.
        zone: String,
    },
    /// So many units later.
    Later {
        /// How many.
        n: i64,
        /// Units.
        unit: Unit,
        /// From here.
        from: DayOrTime,
        /// To here.
        to: DayOrTime,
    },
    /// The month has fewer days than the date needs.
    MonthClamped {
        /// The day of the month that is wanted.
        wanted: i8,
        /// The last day that there is.
        to: Day,
    },
    /// The calendar that says which days are business days.
    Calendar {
        /// Its id; absent where none is named, and every day but Saturday and Sunday is one.
        #[serde(skip_serializing_if = "Option::is_none")]
        calendar: Option<String>,
    },
    /// Days that were passed and not counted.
    Skipped(Skipped),
    /// The day is no business day and moves.
    Rolled {
        /// The rule.
        roll: Roll,
        /// From here.
        from: DayOrTime,
        /// Why this is no business day.
        because: String,
        /// To here.
        to: DayOrTime,
    },
    /// The day is no business day, and no rule moves it.
    Stays {
        /// The day.
        day: Day,
        /// Why it is no business day.
        because: String,
    },
    /// A recurrence: its first date, and the one that is due next.
    Recurs {
        /// The first.
        first: DateTime,
        /// Which one is due next, from 1.
        number: i64,
        /// The one that is due next.
        next: DateTime,
    },
    /// The event that ends a recurrence, and when it did or will; it has not happened where there is no moment.
    Until {
        /// The event.
        anchor: Anchor,
        /// Its last moment.
        #[serde(skip_serializing_if = "Option::is_none")]
        at: Option<DateTime>,
    },
    /// The day ends with its last second.
    EndOfDay {
        /// The day.
        day: Day,
        /// The zone in which it ends.
        zone: String,
        /// What the zone goes by then: `EST`.
        abbreviation: String,
        /// The last second.
        end: DateTime,
    },
    /// The obligation holds at all times from here.
    Ongoing {
        /// From here.
        from: DateTime,
    },
    /// The authority has kept the right to direct otherwise.
    UnlessDirectedOtherwise,
}

/// Days that were passed and not counted as business days.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// How many days of weekends.
    pub weekend_days: u32,
    /// The holidays on other days.
    pub holidays: Vec<Holiday>,
}

impl Skipped {
    /// Whether every day was counted.
    pub fn is_empty(&self) -> bool {
        self.weekend_days == 0 && self.holidays.is_empty()
    }
}

/// Where steps are noted, or not.
pub(super) struct Trail(Option<Vec<Step>>);

impl Trail {
    /// For those who want the date alone.
    pub(super) fn none() -> Self {
        Self(None)
    }

    pub(super) fn new() -> Self {
        Self(Some(Vec::new()))
    }

    pub(super) fn note(&mut self, step: impl FnOnce() -> Step) {
        if let Some(steps) = &mut self.0 {
            steps.push(step());
        }
    }

    pub(super) fn steps(self) -> Vec<Step> {
        self.0.unwrap_or_default()
    }
}

/// `1 day`, `30 days`.
fn count(n: i64, unit: &str) -> String {
    alloc::format!("{n} {unit}{}", if n == 1 { "" } else { "s" })
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input { table, input, value: None, .. } => {
                write!(f, "table {table}: {input} is not known and has no default")
            }
            Self::Input { table, input, value: Some(value), default } => {
                let known = if *default { "is not known, so the default counts: " } else { "is " };
                write!(f, "table {table}: {input} {known}{value}")
            }
            Self::Row { table, row, outcome } => {
                write!(f, "table {table}: row {} fits first: {outcome}", row.saturating_add(1))
            }
            Self::Fixed { at, words: None } => write!(f, "the order says {at}"),
            Self::Fixed { at, words: Some(words) } => {
                write!(f, "the order says {at}, in its words {words:?}")
            }
            Self::Subject { subject, due } => write!(f, "the subject {subject} has a date of its own, {due}"),
            Self::Anchor { anchor: Anchor::Date(_), at } => write!(f, "counted from {at}"),
            Self::Anchor { anchor, at } => write!(f, "counted from {anchor}, which is {at}"),
            Self::Waiting { anchors } => {
                f.write_str("not happened yet, and able to move the date forward:")?;
                anchors.iter().try_for_each(|anchor| write!(f, " {anchor}"))
            }
            Self::OnDay { moment, day, zone } => write!(f, "{moment} is on {day} in {zone}"),
            Self::Later { n, unit, from, to } => {
                write!(f, "{} after {from} is {to}", count(*n, unit.as_str()))
            }
            Self::MonthClamped { wanted, to } => {
                write!(f, "that month has no day {wanted}, so its last, {to}, counts")
            }
            Self::Calendar { calendar: Some(calendar) } => {
                write!(f, "business days by the calendar {calendar}")
            }
            Self::Calendar { calendar: None } => {
                f.write_str("no calendar is named, so every day but Saturday and Sunday is a business day")
            }
            Self::Skipped(skipped) => skipped.fmt(f),
            Self::Rolled { from, because, to, .. } => {
                write!(f, "{from} is no business day ({because}) and moves to {to}")
            }
            Self::Stays { day, because } => {
                write!(f, "{day} is no business day ({because}), and no rule moves it")
            }
            Self::Recurs { first, number, next } => {
                write!(f, "first due {first}; number {number} is next, due {next}")
            }
            Self::Until { anchor, at: None } => write!(f, "until {anchor}, which has not happened"),
            Self::Until { anchor, at: Some(at) } => write!(f, "until {anchor}, which is {at}"),
            Self::EndOfDay { day, zone, abbreviation, end } => {
                write!(f, "{day} ends in {zone} ({abbreviation}) with {end}")
            }
            Self::Ongoing { from } => write!(f, "at all times from {from}"),
            Self::UnlessDirectedOtherwise => f.write_str("unless the authority directs otherwise"),
        }
    }
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not counted: {} of weekends", count(i64::from(self.weekend_days), "day"))?;
        self.holidays.iter().try_for_each(|holiday| write!(f, "; {}, {}", holiday.day, holiday.name))
    }
}
