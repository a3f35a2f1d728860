//! JSON Lines: one object a line, and its member `record` says what it is.
//!
//! `finding` lines come first, then `summary`, `source`, `not-looked-for`, `unsupported`, `not-binding`, `exception` and
//! `void-exception` lines; the last line is `end`: a stream without it was cut off.

use std::io::{self, Write};

use serde::Serialize;

use super::overview::Overview;
use super::record::{self, FindingRecord};
use super::visible::Visible;
use super::{Counts, Report};
use crate::exceptions;

#[derive(Serialize)]
struct Line<T> {
    record: &'static str,
    #[serde(flatten)]
    of: T,
}

#[derive(Serialize)]
struct End<'f> {
    as_of: String,
    #[serde(flatten)]
    exit: record::ExitRecord,
    policy: record::PolicyRecord<'f>,
    complete: bool,
    components: u64,
    exceptions: exceptions::Counts,
    #[serde(skip_serializing_if = "Option::is_none")]
    exceptions_unreadable: Option<&'f str>,
    counts: Counts,
    summary: Overview<'f>,
}

fn line(out: &mut dyn Write, record: &'static str, of: impl Serialize) -> io::Result<()> {
    serde_json::to_writer(Visible(&mut *out), &Line { record, of })?;
    out.write_all(b"\n")
}

fn lines<T: Serialize>(
    out: &mut dyn Write,
    record: &'static str,
    several: impl IntoIterator<Item = T>,
) -> io::Result<()> {
    several.into_iter().try_for_each(|of| line(out, record, of))
}

/// Writes the lines.
///
/// # Errors
/// What the stream gave.
pub fn write<'f>(report: &Report<'f, 'f>, out: &mut dyn Write) -> io::Result<()> {
    let assessment = report.assessment;
    let rows = report.listed().flat_map(|judgement| assessment.findings_of(judgement));
    lines(out, "finding", rows.map(|finding| FindingRecord::of(report, &finding)))?;
    lines(out, "summary", report.summaries())?;
    lines(out, "source", assessment.inventory.coverage.iter().map(record::SourceRecord::of))?;
    lines(out, "not-looked-for", record::not_looked_for(report))?;
    lines(out, "unsupported", record::unsupported(report))?;
    lines(out, "not-binding", record::not_binding(report))?;
    lines(out, "exception", report.exceptions.entries())?;
    lines(out, "void-exception", report.exceptions.void_entries())?;
    let end = End {
        as_of: assessment.as_of.to_string(),
        exit: record::exit(report),
        policy: record::PolicyRecord::of(report.standing),
        complete: assessment.inventory.is_complete(),
        components: assessment.inventory.components_read(),
        exceptions: report.exceptions.counts(),
        exceptions_unreadable: report.exceptions.unreadable(),
        counts: report.counts(),
        summary: Overview::of(report),
    };
    line(out, "end", end)
}
