//! One JSON document (RFC 8259): the whole result. Rows are written as they are made.

use std::io::{self, Write};

use serde::{Serialize, Serializer};

use super::overview::Overview;
use super::record::{self, FORMAT, FindingRecord};
use super::visible::Visible;
use super::{Counts, Report, Summary};
use crate::presentation::Exceptions;

#[derive(Serialize)]
struct Document<'f> {
    format: &'static str,
    as_of: String,
    #[serde(flatten)]
    exit: record::ExitRecord,
    summary: Overview<'f>,
    policy: record::PolicyRecord<'f>,
    coverage: CoverageRecord<'f>,
    unsupported: Vec<record::UnsupportedRecord<'f>>,
    not_binding: Vec<record::NotBindingRecord<'f>>,
    exceptions: &'f Exceptions,
    counts: Counts,
    summaries: Vec<Summary<'f>>,
    findings: Findings<'f>,
}

#[derive(Serialize)]
struct CoverageRecord<'f> {
    complete: bool,
    components: u64,
    sources: Vec<record::SourceRecord<'f>>,
    not_looked_for: Vec<record::NotLookedForRecord<'f>>,
}

struct Findings<'f>(Report<'f, 'f>);

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rows = self.0.listed().flat_map(|judgement| self.0.assessment.findings_of(judgement));
        serializer.collect_seq(rows.map(|finding| FindingRecord::of(&self.0, &finding)))
    }
}

/// Writes the document and a line break.
///
/// # Errors
/// What the stream gave.
pub fn write<'f>(report: Report<'f, 'f>, out: &mut dyn Write) -> io::Result<()> {
    let assessment = report.assessment;
    let document = Document {
        format: FORMAT,
        as_of: assessment.as_of.to_string(),
        exit: record::exit(&report),
        summary: Overview::of(&report),
        policy: record::PolicyRecord::of(report.standing),
        coverage: CoverageRecord {
            complete: assessment.inventory.is_complete(),
            components: assessment.inventory.components_read(),
            sources: assessment.inventory.coverage.iter().map(record::SourceRecord::of).collect(),
            not_looked_for: record::not_looked_for(&report),
        },
        unsupported: record::unsupported(&report),
        not_binding: record::not_binding(&report),
        exceptions: report.exceptions,
        counts: report.counts(),
        summaries: report.summaries(),
        findings: Findings(report),
    };
    serde_json::to_writer_pretty(Visible(&mut *out), &document)?;
    out.write_all(b"\n")
}
