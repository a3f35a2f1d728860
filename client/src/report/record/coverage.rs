//! What was read and what was not, what nothing was compared with, and what does not bind.

use interdict_schema::directive::DirectiveId;
use serde::Serialize;

use crate::inventory::{Coverage, Reading};
use crate::report::Report;

/// A source, and how far it was read.
#[derive(Debug, Serialize)]
pub struct SourceRecord<'f> {
    /// Its label.
    pub source: &'f str,
    /// Its format.
    pub format: Option<&'static str>,
    /// Components that it gave.
    pub components: u64,
    /// `complete`, `partial` or `unread`.
    pub read: &'static str,
    /// Whether nothing of it is hidden: an identifier that does not parse hides something too.
    pub complete: bool,
    /// Why it was not read wholly.
    pub reason: Option<String>,
    /// The row where reading stopped, or of the first row that was left out.
    pub row: Option<u64>,
    /// The byte.
    pub byte: Option<u64>,
    /// Rows that were left out one by one.
    pub skipped: u64,
    /// What was odd.
    pub notes: Vec<NoteRecord>,
    /// Notes beyond those.
    pub notes_dropped: u64,
}

impl<'f> SourceRecord<'f> {
    /// The record of a source.
    pub fn of(coverage: &'f Coverage) -> Self {
        let (read, reason, place, skipped) = match &coverage.read {
            Reading::Complete => ("complete", None, None, 0),
            Reading::Partial { reason, place, skipped } => {
                ("partial", Some(reason.to_string()), Some(*place), *skipped)
            }
            Reading::Unread { reason } => ("unread", Some(reason.to_string()), None, 0),
        };
        let note = |note: &crate::inventory::Note| NoteRecord {
            row: note.place.row,
            byte: note.place.byte,
            problem: note.problem.to_string(),
        };
        Self {
            source: &coverage.source,
            format: coverage.format.map(crate::inventory::Format::name),
            components: coverage.components,
            read,
            complete: coverage.is_complete(),
            reason,
            row: place.map(|place| place.row),
            byte: place.map(|place| place.byte),
            skipped,
            notes: coverage.notes.iter().map(note).collect(),
            notes_dropped: coverage.notes_dropped,
        }
    }
}

/// Something odd in a source.
#[derive(Debug, Serialize)]
pub struct NoteRecord {
    /// The row.
    pub row: u64,
    /// The byte.
    pub byte: u64,
    /// What.
    pub problem: String,
}

/// Identifiers that nothing was compared with.
#[derive(Debug, Serialize)]
pub struct NotLookedForRecord<'f> {
    /// Their kind.
    pub kind: &'f str,
    /// How many.
    pub identifiers: usize,
    /// Why.
    pub why: String,
}

/// A place of a directive or list that this version does not understand, or a list that is missing.
#[derive(Debug, Serialize)]
pub struct UnsupportedRecord<'f> {
    /// The directive.
    pub directive: &'f DirectiveId,
    /// The place: a JSON pointer, or the subject and the identifier.
    pub place: String,
    /// What stands there.
    pub what: String,
}

/// A subject or directive that does not bind.
#[derive(Debug, Serialize)]
pub struct NotBindingRecord<'f> {
    /// The directive.
    pub directive: &'f DirectiveId,
    /// The subject; absent for the whole directive.
    pub subject: Option<&'f str>,
    /// Why.
    pub because: String,
}

/// Identifiers that nothing was compared with.
pub(in crate::report) fn not_looked_for<'f>(report: &Report<'f, '_>) -> Vec<NotLookedForRecord<'f>> {
    let record = |not: &'f crate::assess::NotLookedFor| NotLookedForRecord {
        kind: &not.kind,
        identifiers: not.identifiers,
        why: not.why.to_string(),
    };
    report.assessment.not_looked_for.iter().map(record).collect()
}

/// What is not understood, identifiers that are not of their kind and lists that are missing included.
pub(in crate::report) fn unsupported<'f>(report: &Report<'f, '_>) -> Vec<UnsupportedRecord<'f>> {
    let places = report.assessment.unsupported.iter().map(|(directive, found)| UnsupportedRecord {
        directive,
        place: found.pointer.to_string(),
        what: found.what.to_string(),
    });
    let unreadable = report.assessment.unreadable.iter().map(|found| UnsupportedRecord {
        directive: found.directive,
        place: format!("{}, {} {}", found.subject, found.identifier.kind, found.identifier.value),
        what: found.error.to_string(),
    });
    let missing = report.assessment.missing.iter().map(|found| UnsupportedRecord {
        directive: found.directive,
        place: found.subject.to_owned(),
        what: found.gap.to_string(),
    });
    let files = report.assessment.unreadable_files.iter().map(|(list, path, why)| UnsupportedRecord {
        directive: list,
        place: (*path).to_owned(),
        what: why.to_string(),
    });
    let entries = report.assessment.malformed_entries.iter().map(|found| UnsupportedRecord {
        directive: &found.list,
        place: found.path.clone(),
        what: format!(
            "{} of the entries are no {}, the first in line {}: {}",
            found.entries, found.kind, found.line, found.error
        ),
    });
    places.chain(unreadable).chain(missing).chain(files).chain(entries).collect()
}

/// What does not bind.
pub(in crate::report) fn not_binding<'f>(report: &Report<'f, '_>) -> Vec<NotBindingRecord<'f>> {
    let record = |not: &crate::assess::NotBinding<'f>| NotBindingRecord {
        directive: not.directive,
        subject: not.subject,
        because: not.because.to_string(),
    };
    report.assessment.not_binding.iter().map(record).collect()
}
