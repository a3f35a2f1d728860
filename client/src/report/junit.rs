//! `JUnit` XML, for build servers: a suite a directive, a case a finding.
//!
//! There is no standard of it; this is what Jenkins reads (the schema of its xUnit plug-in), and XML 1.0 (fifth edition).
//!
//! | here | there |
//! |---|---|
//! | a finding that the exit code tells of | `failure`, its type the verdict; what the agency excepts is one of them |
//! | `waived`, `excluded` | `skipped` |
//! | another `possible` | `skipped`: nobody has looked |
//! | a subject of which nothing was found | a case that passes; `skipped` where something could not be seen |
//! | what could not be seen | `error`, in a suite of its own that always stands there, `coverage` |
//!
//! What is not visible or no character of XML is spelled out. There is no time in it: nothing of this was timed.

mod xml;

use std::collections::BTreeMap;
use std::io::{self, Write};

use interdict_schema::directive::DirectiveId;

use self::xml::{Case, Suite};
use super::gap::{Severity, gaps};
use super::record::FindingRecord;
use super::{Report, words};
use crate::assess::{Finding, Verdict};

/// Writes the document and a line break.
///
/// # Errors
/// What the stream gave.
pub fn write<'f>(report: &Report<'f, 'f>, out: &mut dyn Write) -> io::Result<()> {
    let mut suites: Vec<Suite> = Vec::new();
    let mut number_of: BTreeMap<(&str, &DirectiveId), usize> = BTreeMap::new();
    for bound in &report.assessment.bound {
        let (repository, directive) = (bound.source.repository, bound.directive());
        number_of.entry((repository, &directive.id)).or_insert_with(|| {
            suites.push(Suite::new(
                format!("{} revision {}: {}", directive.id, directive.revision, directive.title),
                repository.to_owned(),
            ));
            suites.len().saturating_sub(1)
        });
    }
    let suite_of = |number: usize| {
        let bound = report.assessment.bound.get(number)?;
        number_of.get(&(bound.source.repository, &bound.directive().id)).copied()
    };
    let mut found = vec![Seen::Nothing; report.assessment.bound.len()];
    for judgement in &report.assessment.judgements {
        let listed = report.is_listed(judgement);
        if let Some(seen) = found.get_mut(judgement.bound) {
            *seen = (*seen).max(if listed { Seen::Listed } else { Seen::Summarised });
        }
        let suite = suite_of(judgement.bound).and_then(|suite| suites.get_mut(suite));
        if let Some(suite) = suite.filter(|_| listed) {
            for finding in report.assessment.findings_of(judgement) {
                suite.cases.push(case(report, &finding));
            }
        }
    }
    for (number, bound) in report.assessment.bound.iter().enumerate() {
        let class = format!("{}.{}", bound.directive().id, bound.subject.id);
        let name = bound.subject.name.clone();
        let case = match found.get(number) {
            Some(Seen::Nothing) if report.is_whole() => Case::passed(class, name),
            Some(Seen::Nothing) => Case::skipped(
                class,
                name,
                "unseen",
                "nothing of it was found in what could be seen".to_owned(),
            ),
            Some(Seen::Summarised) => {
                let words = "components may be meant; the directive names no versions (--all lists them)";
                Case::skipped(class, name, "possible", words.to_owned())
            }
            Some(Seen::Listed) | None => continue,
        };
        if let Some(suite) = suite_of(number).and_then(|suite| suites.get_mut(suite)) {
            suite.cases.push(case);
        }
    }
    suites.push(coverage(report));
    xml::write(&suites, out)
}

/// What was found of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Seen {
    Nothing,
    Summarised,
    Listed,
}

fn case<'f>(report: &Report<'f, 'f>, finding: &Finding<'f, 'f>) -> Case {
    let record = FindingRecord::of(report, finding);
    let class = format!("{}.{}", record.directive, record.subject);
    let name = format!("{} at {} [{}]", words::name(&record), words::place(&record), record.id);
    let mut lines = vec![words::sentence(&record)];
    lines.extend(record.evidence.iter().map(words::comparison));
    if report.fails(finding) {
        return Case::failed(class, name, record.verdict, words::sentence(&record), lines);
    }
    match finding.judgement.verdict {
        Verdict::Waived | Verdict::Excluded | Verdict::Unknown | Verdict::Possible | Verdict::Excepted => {
            Case::skipped(class, name, record.verdict, words::sentence(&record))
        }
        Verdict::Match => Case::passed(class, name).saying(lines),
    }
}

/// What was read, what was not, and what else could not be seen.
fn coverage<'f>(report: &Report<'f, 'f>) -> Suite {
    let mut suite = Suite::new("coverage".to_owned(), String::new());
    let gaps = gaps(report);
    for (number, source) in report.assessment.inventory.coverage.iter().enumerate() {
        let is_broken =
            |gap: &super::gap::Gap<'_>| gap.source == Some(number) && gap.kind.severity() == Severity::Error;
        if !gaps.iter().any(is_broken) {
            let words = format!("components: {}", source.components);
            suite.cases.push(Case::passed("coverage.read".into(), source.source.clone()).saying(vec![words]));
        }
    }
    for gap in gaps {
        let class = format!("coverage.{}", gap.kind.as_str());
        let name = match gap.place {
            Some(place) => format!("{}, row {}, byte {}", gap.about, place.row, place.byte),
            None => gap.about.into_owned(),
        };
        suite.cases.push(match gap.kind.severity() {
            Severity::Error => {
                let lines = vec![gap.kind.meaning().to_owned(), gap.words.clone()];
                Case::broken(class, name, gap.kind.as_str(), gap.words, lines)
            }
            Severity::Note => Case::skipped(class, name, gap.kind.as_str(), gap.words),
        });
    }
    suite
}
