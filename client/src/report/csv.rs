//! CSV (RFC 4180) with a header, for spreadsheets.
//!
//! The first column tells what a row is: `match`, `unknown`, `possible`, `excepted`, `waived` or `excluded`; behind these come
//! `summary`, `read`, `partial` and `unread` rows (one a source), `not-looked-for`, `unsupported`, `exception` and
//! `void-exception` rows, with the words in `reason`. A cell that a spreadsheet would compute (it begins with `=`, `+`, `-`, `@`,
//! or one of these in full width) gets an apostrophe in front (CWE-1236), so that a component's name cannot run on an officer's
//! desk; what is not visible in a cell is spelled out as `\u{…}`.

use std::borrow::Cow;
use std::io::{self, Write};

use ::csv::Writer;
use interdict_host::terminal::escape_control;

use super::Report;
use super::record::{self, DueRecord, FindingRecord, SourceRecord};
use crate::presentation::{Entry, VoidEntry};

/// The columns.
pub const COLUMNS: [&str; 32] = [
    "verdict",
    "directive",
    "revision",
    "digest",
    "repository",
    "subject",
    "subject_name",
    "disposition",
    "name",
    "version",
    "vendor",
    "ecosystem",
    "purl",
    "host",
    "source",
    "row",
    "reference",
    "identifier_kind",
    "identifier_value",
    "confidence",
    "certainty",
    "field",
    "found",
    "reason",
    "action",
    "action_kind",
    "edge",
    "paragraph",
    "due",
    "days_left",
    "overdue",
    "finding",
];

/// A cell that no spreadsheet computes, and no terminal obeys.
fn inert(cell: &str) -> Cow<'_, str> {
    let shown = escape_control(cell);
    // Spreadsheets take these for the beginning of a formula in full width too.
    match shown.chars().next() {
        Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') => Cow::Owned(format!("'{shown}")),
        _ => shown,
    }
}

/// One row, its cells by column.
struct Row([String; COLUMNS.len()]);

impl Row {
    fn new(verdict: &str) -> Self {
        let mut row = Self(COLUMNS.map(|_| String::new()));
        row.set("verdict", &verdict);
        row
    }

    fn set(&mut self, column: &str, cell: &dyn ToString) {
        let cells = COLUMNS.iter().zip(&mut self.0);
        for (_, place) in cells.filter(|(name, _)| **name == column) {
            *place = cell.to_string();
        }
    }

    fn write(&self, out: &mut Writer<&mut dyn Write>) -> io::Result<()> {
        // Numbers of ours may be negative and are no text of others.
        let cell = |(name, cell): (&&str, &String)| {
            if *name == "days_left" { cell.clone() } else { inert(cell).into_owned() }
        };
        out.write_record(COLUMNS.iter().zip(&self.0).map(cell)).map_err(io::Error::from)
    }
}

fn finding(record: &FindingRecord<'_>) -> Row {
    let mut row = Row::new(record.verdict);
    row.set("finding", &record.id);
    row.set("directive", &record.directive);
    row.set("revision", &record.revision);
    row.set("digest", &record.digest);
    row.set("repository", &record.repository);
    row.set("subject", &record.subject);
    row.set("subject_name", &record.subject_name);
    row.set("disposition", &record.disposition);
    if let Some(component) = &record.component {
        row.set("name", &component.name);
        row.set("version", &component.version.unwrap_or_default());
        row.set("vendor", &component.vendors.join("; "));
        row.set("ecosystem", &component.ecosystem.unwrap_or_default());
        row.set("purl", &component.purl.as_deref().unwrap_or_default());
        row.set("host", &component.host.unwrap_or_default());
    }
    row.set("source", &record.place.source);
    row.set("row", &record.place.row);
    row.set("reference", &record.place.reference.unwrap_or_default());
    if let Some(evidence) = record.evidence.first() {
        row.set("identifier_kind", &evidence.kind);
        row.set("identifier_value", &evidence.value);
        row.set("confidence", &evidence.confidence);
        row.set("certainty", &evidence.certainty);
        row.set("field", &evidence.field);
        row.set("found", &evidence.found);
    }
    match (&record.exclusion, &record.exception) {
        (Some(exclusion), _) => row.set("reason", &format!("{}: {}", exclusion.id, exclusion.reason)),
        (None, Some(exception)) => row.set("reason", &format!("{}: {}", exception.id, exception.words)),
        (None, None) => row.set("reason", &record.doubts.join("; ")),
    }
    row.set("overdue", &if record.overdue.is_some() { "yes" } else { "no" });
    if let Some(due) = record.overdue.as_ref().or(record.next.as_ref()) {
        set_due(&mut row, due);
    }
    row
}

fn set_due(row: &mut Row, due: &DueRecord<'_>) {
    row.set("action", &due.action);
    row.set("action_kind", &due.kind);
    row.set("edge", &due.edge.map_or("", |edge| edge.as_str()));
    row.set("paragraph", &due.paragraph.unwrap_or_default());
    row.set("due", &due.at);
    row.set("days_left", &due.days_left);
}

fn source(record: &SourceRecord<'_>) -> Row {
    let mut row = Row::new(match record.read {
        "complete" if record.complete => "read",
        "complete" => "partial",
        other => other,
    });
    row.set("source", &record.source);
    row.set("row", &record.row.map_or_else(String::new, |row| row.to_string()));
    let format = record.format.unwrap_or("unknown format");
    let mut reason = format!("{format}, {} components", record.components);
    if let Some(why) = &record.reason {
        reason = format!("{reason}; {why}");
    }
    for note in &record.notes {
        reason = format!("{reason}; row {}: {}", note.row, note.problem);
    }
    row.set("reason", &reason);
    row
}

/// An exception of the agency's, as every report has it.
fn exception(entry: &Entry) -> Row {
    let mut row = Row::new("exception");
    row.set("directive", &entry.directive);
    row.set("repository", &entry.repository.as_deref().unwrap_or_default());
    row.set("subject", &entry.part);
    row.set("host", &entry.asset);
    row.set("identifier_kind", &entry.identifier.kind);
    row.set("identifier_value", &entry.identifier.value);
    row.set("reason", &entry.sentence());
    row
}

fn void_exception(entry: &VoidEntry) -> Row {
    let mut row = Row::new("void-exception");
    row.set("row", &entry.line);
    row.set("reason", &entry.sentence());
    row
}

/// Writes the rows, header first.
///
/// # Errors
/// What the stream gave.
pub fn write<'f>(report: &Report<'f, 'f>, out: &mut dyn Write) -> io::Result<()> {
    let mut out = Writer::from_writer(out);
    out.write_record(COLUMNS).map_err(io::Error::from)?;
    for judgement in report.listed() {
        for found in report.assessment.findings_of(judgement) {
            finding(&FindingRecord::of(report, &found)).write(&mut out)?;
        }
    }
    for summary in report.summaries() {
        let mut row = Row::new("summary");
        row.set("directive", &summary.directive);
        let (components, subjects) = (summary.components, summary.subjects);
        row.set(
            "reason",
            &format!(
                "{components} different components may be meant by {subjects} entries; --all lists them"
            ),
        );
        row.write(&mut out)?;
    }
    for coverage in &report.assessment.inventory.coverage {
        source(&SourceRecord::of(coverage)).write(&mut out)?;
    }
    for not in record::not_looked_for(report) {
        let mut row = Row::new("not-looked-for");
        row.set("identifier_kind", &not.kind);
        row.set("reason", &format!("{} identifiers: {}", not.identifiers, not.why));
        row.write(&mut out)?;
    }
    for found in record::unsupported(report) {
        let mut row = Row::new("unsupported");
        row.set("directive", &found.directive);
        row.set("reason", &format!("{}: {}", found.place, found.what));
        row.write(&mut out)?;
    }
    for entry in report.exceptions.entries() {
        exception(entry).write(&mut out)?;
    }
    for entry in report.exceptions.void_entries() {
        void_exception(entry).write(&mut out)?;
    }
    if let Some(why) = report.exceptions.unreadable() {
        let mut row = Row::new("void-exception");
        row.set("reason", &why);
        row.write(&mut out)?;
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_a_spreadsheet_would_compute_gets_an_apostrophe() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1"] {
            assert_eq!(inert(cell), format!("'{cell}"));
        }
        for cell in ["", "a=1", "'=1", "1-2", "Ａ"] {
            assert_eq!(inert(cell), cell);
        }
        // What would begin a formula once a spreadsheet has cut it off begins nothing when it is spelled out.
        assert_eq!(inert("\t=1"), "\\u{9}=1");
        assert_eq!(inert("\r=1"), "\\u{d}=1");
        assert_eq!(inert("\u{200b}=1"), "\\u{200b}=1");
    }

    #[test]
    fn no_column_stands_twice() {
        let mut columns = COLUMNS.to_vec();
        columns.sort_unstable();
        columns.dedup();
        assert_eq!(columns.len(), COLUMNS.len());
    }
}
