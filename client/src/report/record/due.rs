//! What is to be done about a finding: with a date, and without one yet.

use interdict_schema::DateTime;
use interdict_schema::directive::Edge;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::assess::{Due, Waiting};
use crate::presentation::by_when;

/// A deadline.
#[derive(Debug, Serialize)]
pub struct DueRecord<'f> {
    /// The action's id.
    pub action: &'f str,
    /// What is to be done.
    pub kind: &'f str,
    /// `begin`, `complete` or `report`.
    pub edge: Option<&'f Edge>,
    /// The paragraph that orders it.
    pub paragraph: Option<&'f str>,
    /// The last second.
    pub at: DateTime,
    /// Whole days until then from the moment assessed for, rounded down; negative when it has passed.
    pub days_left: i64,
    /// Whether it comes again.
    pub recurs: bool,
}

impl<'f> DueRecord<'f> {
    /// The record of a deadline, as of a moment.
    pub(in crate::report) fn of(due: &Due<'f>, moment: DateTime) -> Self {
        Self {
            action: &due.action.id,
            kind: due.action.kind.as_str(),
            edge: due.edge,
            paragraph: due.action.paragraph.as_deref(),
            at: due.at,
            days_left: (due.at.unix_seconds() - moment.unix_seconds()).div_euclid(86_400),
            recurs: due.recurs,
        }
    }
}

/// An obligation without a date yet, or with one that a waiver suspends.
#[derive(Debug, Serialize)]
pub struct WaitingRecord<'f> {
    /// The action's id.
    pub action: &'f str,
    /// What is to be done.
    pub kind: &'f str,
    /// `begin`, `complete` or `report`.
    pub edge: Option<&'f Edge>,
    /// The paragraph that orders it.
    pub paragraph: Option<&'f str>,
    /// "runs from event:vendor-release", "depends on exposed; strictest: …", "waived until 2017-12-01T04:59:59Z by w".
    pub because: String,
}

impl<'f> WaitingRecord<'f> {
    pub(super) fn of(waiting: &Waiting<'f>, zone: &TimeZone) -> Self {
        let action = waiting.action;
        Self {
            action: &action.id,
            kind: action.kind.as_str(),
            edge: waiting.edge,
            paragraph: action.paragraph.as_deref(),
            because: by_when(waiting.deadline.clone(), action, zone).unwrap_or_default(),
        }
    }

    pub(super) fn of_waived(due: &Due<'f>) -> Option<Self> {
        let waived = due.waived.as_ref()?;
        let id = &waived.waiver.id;
        let because = match waived.until {
            Some(until) => format!("waived until {until} by {id}"),
            None => format!("waived without an end by {id}"),
        };
        let action = due.action;
        let paragraph = action.paragraph.as_deref();
        Some(Self { action: &action.id, kind: action.kind.as_str(), edge: due.edge, paragraph, because })
    }
}
