//! How a finding came to be: what was found, the rule that means it, each comparison, what makes it doubtful or leaves it out,
//! and every date. As a page, and as JSON.
//!
//! Several places may have one name (another version on the same machine, a second row): all of them are shown. Not here: how
//! a date is reckoned, which `interdict explain` shows step by step.

use std::io::{self, Write};

use interdict_host::terminal::{Paint, Terminal, in_words};
use interdict_schema::directive::deadline::zone;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::record::{DueRecord, ExitRecord, FindingRecord, PolicyRecord};
use super::visible::Visible;
use super::{Report, record, words};
use crate::assess::{Finding, FindingId, Verdict};
use crate::presentation::{Page, by_when, in_zone};

/// A finding's name, and all that have it.
pub struct Explained<'f> {
    report: Report<'f, 'f>,
    id: FindingId,
    findings: Vec<Finding<'f, 'f>>,
}

#[derive(Serialize)]
struct Document<'f> {
    format: &'static str,
    #[serde(flatten)]
    exit: ExitRecord,
    policy: PolicyRecord<'f>,
    findings: Vec<Whole<'f>>,
}

/// A finding with everything.
#[derive(Serialize)]
struct Whole<'f> {
    #[serde(flatten)]
    finding: FindingRecord<'f>,
    dues: Vec<DueRecord<'f>>,
}

impl<'f> Explained<'f> {
    /// Whatever has this name; none where nothing does.
    pub fn of(report: Report<'f, 'f>, id: FindingId) -> Option<Self> {
        let named = |finding: &Finding<'f, 'f>| report.assessment.id_of(finding) == id;
        let findings: Vec<_> = report.assessment.findings().filter(named).collect();
        (!findings.is_empty()).then_some(Self { report, id, findings })
    }

    /// Writes the document and a line break.
    ///
    /// # Errors
    /// What the stream gave.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let whole = |finding: &Finding<'f, 'f>| Whole {
            finding: FindingRecord::of(&self.report, finding),
            dues: finding.dues().iter().map(|due| DueRecord::of(due, finding.bound.moment)).collect(),
        };
        let document = Document {
            format: "interdict-finding/1",
            exit: record::exit(&self.report),
            policy: PolicyRecord::of(self.report.standing),
            findings: self.findings.iter().map(whole).collect(),
        };
        serde_json::to_writer_pretty(Visible(&mut *out), &document)?;
        out.write_all(b"\n")
    }

    /// For people.
    pub fn render(&self, terminal: &Terminal) -> String {
        let mut page = Page::default();
        for (number, finding) in self.findings.iter().enumerate() {
            if number > 0 {
                page.line("");
            }
            self.finding(finding, &mut page);
        }
        page.render(terminal)
    }

    fn finding(&self, finding: &Finding<'f, 'f>, page: &mut Page) {
        let record = FindingRecord::of(&self.report, finding);
        let paint = if self.report.fails(finding) { Paint::Alarm } else { Paint::Strong };
        page.painted(
            paint,
            format!("{}  {}: {}", self.id, record.verdict, meaning(finding.judgement.verdict)),
        );
        found(finding, &record, page);
        rule(finding, &record, page);
        page.heading("compared");
        for evidence in &record.evidence {
            let (confidence, certainty) = (evidence.confidence, evidence.certainty);
            page.line(format!("  {} (confidence {confidence}, {certainty})", words::comparison(evidence)));
            evidence.doubts.iter().for_each(|doubt| page.line(format!("    doubtful: {doubt}")));
        }
        if !record.doubts.is_empty() {
            page.heading("why it is no match");
            record.doubts.iter().for_each(|doubt| page.line(format!("  {doubt}")));
        }
        if let Some(out) = &record.exclusion {
            page.heading("what leaves it out");
            page.line(format!("  {}: {}", out.id, out.reason));
        }
        if let Some(exception) = &record.exception {
            page.heading("the agency's exception, which leaves nothing out");
            page.line(format!(
                "  {}: {}; without it: {}",
                exception.id, exception.words, exception.otherwise
            ));
        }
        deadlines(finding, page);
    }
}

fn found(finding: &Finding<'_, '_>, record: &FindingRecord<'_>, page: &mut Page) {
    page.heading("found");
    page.line(format!("  {}", words::name(record)));
    if let Some(component) = &record.component {
        let group = component.group.map(|group| ("group", group.to_owned()));
        let vendors = (!component.vendors.is_empty()).then(|| ("vendor", component.vendors.join("; ")));
        let purl = component.purl.clone().map(|purl| ("purl", purl));
        let state = (component.presence != "installed").then(|| ("state", component.presence.to_owned()));
        let nested = component.nested.then(|| ("nested", "it is a part of another component".to_owned()));
        let said = [group, vendors, purl, state, nested].into_iter().flatten();
        said.for_each(|(name, value)| page.line(format!("  {name}: {value}")));
    }
    let byte = record.place.byte.map_or_else(String::new, |byte| format!(", byte {byte}"));
    page.line(format!("  on {}: {}{byte}", record.asset, words::place(record)));
    if let Some(first) = finding.detected {
        page.line(format!("  first found {first}"));
    }
}

fn rule(finding: &Finding<'_, '_>, record: &FindingRecord<'_>, page: &mut Page) {
    let directive = finding.bound.directive();
    page.heading("by order of");
    page.line(format!("  {} revision {}: {}", directive.id, directive.revision, directive.title));
    page.line(format!("  subject {}: {} ({})", record.subject, record.subject_name, record.disposition));
    page.line(format!("  repository {}, payload sha256:{}", record.repository, record.digest));
    record.marks.iter().for_each(|mark| page.painted(Paint::Alarm, format!("  {mark}: it stays in force")));
}

fn deadlines(finding: &Finding<'_, '_>, page: &mut Page) {
    let bound = finding.bound;
    let directive = bound.directive();
    let zone = zone(&directive.zone).unwrap_or(TimeZone::UTC);
    let (dues, waiting) = (finding.dues(), finding.waiting());
    if dues.is_empty() && waiting.is_empty() {
        return;
    }
    page.heading("what is to be done");
    for due in dues.iter() {
        let late = due.is_overdue(bound.moment);
        let left = match (late, due.has_passed(bound.moment)) {
            (false, true) => "passed".to_owned(),
            _ => in_words(bound.moment, due.at, &zone),
        };
        let again = if due.recurs { ", then again" } else { "" };
        let line = format!("  {} ({left}{again}): {}", in_zone(due.at, &zone), what(due.action, due.edge));
        if late { page.painted(Paint::Alarm, line) } else { page.line(line) }
    }
    for one in waiting.iter() {
        let when = by_when(one.deadline.clone(), one.action, &zone).unwrap_or_default();
        page.line(format!("  {when}: {}", what(one.action, one.edge)));
    }
    page.line(format!("  how a date came to be: interdict explain {} ACTION", directive.id));
}

fn what(
    action: &interdict_schema::directive::Action,
    edge: Option<&interdict_schema::directive::Edge>,
) -> String {
    let paragraph =
        action.paragraph.as_ref().map_or_else(String::new, |number| format!(" (paragraph {number})"));
    let edge = edge.map_or_else(String::new, |edge| format!("{} ", edge.as_str()));
    let words = action.description.as_deref().unwrap_or(action.kind.as_str());
    format!("{edge}{}{paragraph}: {words}", action.id)
}

/// What a verdict means.
pub(super) const fn meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Match => "it is what the directive means",
        Verdict::Unknown => "it is what the directive names; whether this version is meant cannot be told",
        Verdict::Possible => "it may be what the directive names",
        Verdict::Excepted => "the agency leaves it in place for a time; it is a finding all the same",
        Verdict::Waived => "the authority frees the agency of it for a time",
        Verdict::Excluded => "the order leaves it out",
    }
}
