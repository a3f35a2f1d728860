//! Deadlines as rows of a table and of JSON. The whole answer of `due` is in [`super::obligations`].

use interdict_host::terminal::{Paint, Table};
use interdict_schema::directive::resolve::DocumentRef;
use interdict_schema::directive::{ActionKind, DirectiveId, Edge, Modality, Revision};
use interdict_schema::{DateTime, Sha256};
use jiff::tz::TimeZone;
use serde::Serialize;

use super::deadlines::{Row, Subjects, When};
use super::moment::{in_zone, zoned};

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
    waived_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    waived_until: Option<DateTime>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sources: Vec<JsonDocument<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unsupported: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subjects: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
}

/// A document by its name.
#[derive(Debug, Serialize)]
pub(super) struct JsonDocument<'a> {
    id: &'a DirectiveId,
    revision: Revision,
    digest: Sha256,
}

impl<'a> JsonDocument<'a> {
    pub(super) fn of(document: &'a DocumentRef) -> Self {
        Self { id: &document.id, revision: document.revision, digest: document.digest }
    }
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
            waived_by: row.freed.as_ref().map(|freed| freed.waiver.as_str()),
            waived_until: row.freed.as_ref().and_then(|freed| freed.until),
            sources: row
                .source()
                .map(|_| row.documents.iter().map(JsonDocument::of).collect())
                .unwrap_or_default(),
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

/// Whether a table says of which directive a deadline is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Columns {
    /// It does.
    WithDirective,
    /// All are of one.
    OfOneDirective,
}

/// The local time stands in a column of its own where it differs from the issuer's anywhere; so do a waiver and the document
/// that has put an action in another's place, where there is one.
pub(super) fn table(rows: &[Row], local: &TimeZone, columns: Columns) -> Table {
    let local_time = |row: &Row| row.end().map_or_else(String::new, |end| in_zone(end, local));
    let differs =
        rows.iter().any(|row| row.end().is_some_and(|end| in_zone(end, &row.zone) != in_zone(end, local)));
    let waived = rows.iter().any(|row| row.freed.is_some());
    let changed = rows.iter().any(|row| row.source().is_some());
    let mut header = vec!["due"];
    header.extend(differs.then_some("local time"));
    header.push("left");
    header.extend(waived.then_some("waiver"));
    header.extend((columns == Columns::WithDirective).then_some("directive"));
    header.extend(["action", "kind", "edge", "subjects"]);
    header.extend(changed.then_some("source"));
    let mut table = Table::new(&header);
    for row in rows {
        let mut cells = vec![row.due()];
        cells.extend(differs.then(|| local_time(row)));
        cells.push(row.left());
        cells.extend(waived.then(|| row.waived()));
        cells.extend((columns == Columns::WithDirective).then(|| row.directive.to_string()));
        cells.extend([row.action.clone(), kind(row), row.edge().to_owned(), subjects(&row.subjects)]);
        cells.extend(changed.then(|| row.source().map_or_else(String::new, ToString::to_string)));
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
