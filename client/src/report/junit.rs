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

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use interdict_schema::directive::DirectiveId;

use self::xml::{Case, Cases, Counts, Suite};
use super::gap::{Gap, Severity, gaps};
use super::record::FindingRecord;
use super::{Report, words};
use crate::assess::{Bound, Finding, Judgement, Verdict};

/// Writes the document and a line break. Cases are written as they are made; what is kept of a finding is where its judgement
/// stands.
///
/// # Errors
/// What the stream gave.
pub fn write<'f>(report: &Report<'f, 'f>, out: &mut dyn Write) -> io::Result<()> {
    let mut parts: Vec<(&Bound<'f>, Vec<Part<'f>>)> = Vec::new();
    let mut number_of: BTreeMap<(&str, &DirectiveId), usize> = BTreeMap::new();
    for bound in &report.assessment.bound {
        number_of.entry((bound.source.repository, &bound.directive().id)).or_insert_with(|| {
            parts.push((bound, Vec::new()));
            parts.len().saturating_sub(1)
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
        let suite = suite_of(judgement.bound).and_then(|suite| parts.get_mut(suite));
        if let Some((_, parts)) = suite.filter(|_| listed) {
            parts.push(Part::Found(judgement));
        }
    }
    for (number, bound) in report.assessment.bound.iter().enumerate() {
        let Some(seen) = found.get(number).filter(|seen| **seen != Seen::Listed) else { continue };
        if let Some((_, parts)) = suite_of(number).and_then(|suite| parts.get_mut(suite)) {
            parts.push(Part::Subject(bound, *seen));
        }
    }
    let gaps = gaps(report);
    let suites = parts.iter().map(|(bound, parts)| Suite {
        name: format!(
            "{} revision {}: {}",
            bound.directive().id,
            bound.directive().revision,
            bound.directive().title
        ),
        package: bound.source.repository.to_owned(),
        counts: counts(report, parts),
        cases: Box::new(move || Box::new(parts.iter().flat_map(move |part| part.cases(report)))),
    });
    xml::write(&suites.chain([coverage(report, &gaps)]).collect::<Vec<_>>(), out)
}

/// What some cases are made of.
enum Part<'f> {
    /// A finding at each place of a judgement.
    Found(&'f Judgement<'f>),
    /// A subject of which nothing is listed.
    Subject(&'f Bound<'f>, Seen),
}

impl<'f> Part<'f> {
    fn cases<'s>(&'s self, report: &'s Report<'f, 'f>) -> Cases<'s> {
        match self {
            Self::Found(judgement) => {
                Box::new(report.assessment.findings_of(judgement).map(|finding| case(report, &finding)))
            }
            Self::Subject(bound, seen) => Box::new(std::iter::once(subject(report, bound, *seen))),
        }
    }
}

/// How the cases of these parts end.
fn counts<'f>(report: &Report<'f, 'f>, parts: &[Part<'f>]) -> Counts {
    let mut counts = Counts::default();
    for part in parts {
        match part {
            Part::Found(judgement) => {
                for finding in report.assessment.findings_of(judgement) {
                    *match ending(report, &finding) {
                        Ends::Failed => &mut counts.failed,
                        Ends::Skipped => &mut counts.skipped,
                        Ends::Passed => &mut counts.passed,
                    } += 1;
                }
            }
            Part::Subject(_, Seen::Nothing) if report.is_whole() => counts.passed += 1,
            Part::Subject(..) => counts.skipped += 1,
        }
    }
    counts
}

/// The case of a subject of which nothing is listed.
fn subject<'f>(report: &Report<'f, 'f>, bound: &Bound<'f>, seen: Seen) -> Case {
    let class = format!("{}.{}", bound.directive().id, bound.subject.id);
    let name = bound.subject.name.clone();
    let (kind, words) = match seen {
        Seen::Nothing if report.is_whole() => return Case::passed(class, name),
        Seen::Nothing => ("unseen", "nothing of it was found in what could be seen"),
        Seen::Summarised | Seen::Listed => {
            ("possible", "components may be meant; the directive names no versions (--all lists them)")
        }
    };
    Case::skipped(class, name, kind, words.to_owned())
}

/// What was found of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Seen {
    Nothing,
    Summarised,
    Listed,
}

/// How the case of a finding ends.
enum Ends {
    Passed,
    Skipped,
    Failed,
}

fn ending<'f>(report: &Report<'f, 'f>, finding: &Finding<'f, 'f>) -> Ends {
    match finding.judgement.verdict {
        _ if report.fails(finding) => Ends::Failed,
        Verdict::Waived | Verdict::Excluded | Verdict::Unknown | Verdict::Possible | Verdict::Excepted => {
            Ends::Skipped
        }
        Verdict::Match => Ends::Passed,
    }
}

fn case<'f>(report: &Report<'f, 'f>, finding: &Finding<'f, 'f>) -> Case {
    let record = FindingRecord::of(report, finding);
    let class = format!("{}.{}", record.directive, record.subject);
    let name = format!("{} at {} [{}]", words::name(&record), words::place(&record), record.id);
    let lines = || {
        let comparisons = record.evidence.iter().map(words::comparison);
        std::iter::once(words::sentence(&record)).chain(comparisons).collect()
    };
    match ending(report, finding) {
        Ends::Failed => Case::failed(class, name, record.verdict, words::sentence(&record), lines()),
        Ends::Skipped => Case::skipped(class, name, record.verdict, words::sentence(&record)),
        Ends::Passed => Case::passed(class, name).saying(lines()),
    }
}

/// What was read, what was not, and what else could not be seen.
fn coverage<'s, 'f>(report: &'s Report<'f, 'f>, gaps: &'s [Gap<'f>]) -> Suite<'s> {
    let is_broken = |gap: &&Gap<'_>| gap.kind.severity() == Severity::Error;
    let broken: BTreeSet<usize> = gaps.iter().filter(is_broken).filter_map(|gap| gap.source).collect();
    let errors = gaps.iter().filter(is_broken).count();
    let sources = &report.assessment.inventory.coverage;
    let counts = Counts {
        passed: sources.len().saturating_sub(broken.len()),
        skipped: gaps.len().saturating_sub(errors),
        broken: errors,
        failed: 0,
    };
    let cases = move || -> Cases<'s> {
        let broken = broken.clone();
        let whole = sources.iter().enumerate().filter(move |(number, _)| !broken.contains(number));
        let read = whole.map(|(_, source)| {
            let words = format!("components: {}", source.components);
            Case::passed("coverage.read".into(), source.source.clone()).saying(vec![words])
        });
        Box::new(read.chain(gaps.iter().map(unseen)))
    };
    Suite { name: "coverage".to_owned(), package: String::new(), counts, cases: Box::new(cases) }
}

fn unseen(gap: &Gap<'_>) -> Case {
    let class = format!("coverage.{}", gap.kind.as_str());
    let name = match gap.place {
        Some(place) => format!("{}, row {}, byte {}", gap.about, place.row, place.byte),
        None => gap.about.to_string(),
    };
    let words = gap.words.clone();
    match gap.kind.severity() {
        Severity::Error => {
            let lines = vec![gap.kind.meaning().to_owned(), gap.words.clone()];
            Case::broken(class, name, gap.kind.as_str(), words, lines)
        }
        Severity::Note => Case::skipped(class, name, gap.kind.as_str(), words),
    }
}
