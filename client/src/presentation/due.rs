//! Deadlines as a table and as JSON.

use interdict_host::terminal::{Paint, Table};
use interdict_schema::DateTime;
use interdict_schema::directive::{ActionKind, DirectiveId, Edge, Modality, Revision};
use jiff::tz::TimeZone;
use serde::Serialize;

use super::deadlines::{Row, Subjects, When};
use super::moment::{in_zone, zoned};
use super::validity::Validity;
use crate::as_of::AsOf;

/// All deadlines, to be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Deadlines {
    /// In order.
    pub rows: Vec<Row>,
    /// What was asked about.
    pub as_of: AsOf,
    /// How long what they rest on is fresh.
    pub validity: Validity,
}

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    #[serde(flatten)]
    validity: Validity,
    as_of: String,
    deadlines: Vec<JsonRow<'a>>,
}

/// A deadline as programs read it.
#[derive(Debug, Serialize)]
pub(super) struct JsonRow<'a> {
    repository: &'a str,
    directive: &'a DirectiveId,
    revision: Revision,
    action: &'a str,
    kind: &'a ActionKind,
    modality: &'a Modality,
    #[serde(skip_serializing_if = "Option::is_none")]
    edge: Option<&'a Edge>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<DateTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    local_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    days_left: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    overdue: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    every: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ongoing_from: Option<DateTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    runs_from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    depends_on: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    strictest: Option<JsonStrictest<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undated: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    over_since: Option<DateTime>,
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    unless_directed_otherwise: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    unsupported: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subjects: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
}

/// The strictest that a decision table may come to.
#[derive(Debug, Serialize)]
struct JsonStrictest<'a> {
    outcome: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<DateTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ongoing_from: Option<DateTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    runs_from: Option<&'a str>,
}

impl<'a> JsonStrictest<'a> {
    fn of((outcome, when): &'a (String, Box<When>)) -> Self {
        let (at, ongoing_from, runs_from) = match &**when {
            When::On { end, .. } => (Some(*end), None, None),
            When::Ongoing { from } => (None, Some(*from), None),
            When::RunsFrom(event) => (None, None, Some(event.as_str())),
            _ => (None, None, None),
        };
        Self { outcome, at, ongoing_from, runs_from }
    }
}

impl<'a> JsonRow<'a> {
    pub(super) fn of(row: &'a Row, local: &TimeZone) -> Self {
        let end = row.end();
        Self {
            repository: &row.repository,
            directive: &row.directive,
            revision: row.revision,
            action: &row.action,
            kind: &row.kind,
            modality: &row.modality,
            edge: row.edge.as_ref(),
            at: end,
            issuer_time: end.map(|end| zoned(end, &row.zone)),
            local_time: end.map(|end| zoned(end, local)),
            days_left: row.days_left(),
            overdue: end.map(|_| row.is_overdue()),
            every: match &row.when {
                When::On { every, .. } => every.as_deref(),
                _ => None,
            },
            until: match &row.when {
                When::On { until, .. } => until.as_deref(),
                When::Over { until, .. } => Some(until),
                _ => None,
            },
            ongoing_from: match row.when {
                When::Ongoing { from } => Some(from),
                _ => None,
            },
            runs_from: match &row.when {
                When::RunsFrom(event) => Some(event),
                _ => None,
            },
            depends_on: match &row.when {
                When::DependsOn { inputs, .. } => Some(inputs),
                _ => None,
            },
            strictest: match &row.when {
                When::DependsOn { strictest, .. } => strictest.as_ref().map(JsonStrictest::of),
                _ => None,
            },
            undated: match &row.when {
                When::Undated(outcome) => Some(outcome),
                _ => None,
            },
            over_since: match row.when {
                When::Over { at, .. } => Some(at),
                _ => None,
            },
            unless_directed_otherwise: row.unless_directed_otherwise,
            unsupported: match &row.when {
                When::Unsupported(reason) => Some(reason),
                _ => None,
            },
            subjects: match row.subjects {
                Subjects::Count(number) => Some(number),
                Subjects::One(_) => None,
            },
            subject: match &row.subjects {
                Subjects::One(id) => Some(id),
                Subjects::Count(_) => None,
            },
        }
    }
}

impl Deadlines {
    /// For programs.
    pub fn json(&self, local: &TimeZone) -> Vec<u8> {
        super::json(&Document {
            format: "interdict-due/1",
            validity: self.validity,
            as_of: self.as_of.to_string(),
            deadlines: self.rows.iter().map(|row| JsonRow::of(row, local)).collect(),
        })
    }

    /// For people.
    pub fn table(&self, local: &TimeZone) -> Table {
        table(&self.rows, local, Columns::WithDirective)
    }
}

/// Whether a table says of which directive a deadline is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Columns {
    /// It does.
    WithDirective,
    /// All are of one.
    OfOneDirective,
}

/// The local time stands in a column of its own where it differs from the issuer's anywhere.
pub(super) fn table(rows: &[Row], local: &TimeZone, columns: Columns) -> Table {
    let local_time = |row: &Row| row.end().map_or_else(String::new, |end| in_zone(end, local));
    let differs =
        rows.iter().any(|row| row.end().is_some_and(|end| in_zone(end, &row.zone) != in_zone(end, local)));
    let mut header = vec!["due"];
    header.extend(differs.then_some("local time"));
    header.push("left");
    header.extend((columns == Columns::WithDirective).then_some("directive"));
    header.extend(["action", "kind", "edge", "subjects"]);
    let mut table = Table::new(&header);
    for row in rows {
        let mut cells = vec![row.due()];
        cells.extend(differs.then(|| local_time(row)));
        cells.push(row.left());
        cells.extend((columns == Columns::WithDirective).then(|| row.directive.to_string()));
        cells.extend([row.action.clone(), kind(row), row.edge().to_owned(), subjects(&row.subjects)]);
        if row.is_overdue() {
            table.painted_row(Paint::Alarm, cells);
        } else {
            table.row(cells);
        }
    }
    table
}

/// What is to be done, with its modality where it is not `must`.
fn kind(row: &Row) -> String {
    match &row.modality {
        Modality::Must => row.kind.to_string(),
        other => format!("{other} {}", row.kind),
    }
}

fn subjects(subjects: &Subjects) -> String {
    match subjects {
        Subjects::Count(number) => number.to_string(),
        Subjects::One(id) => id.clone(),
    }
}
