//! The answers of `interdict is-banned`: a line for each identifier, or one JSON document.
//!
//! | answer | when | exit |
//! |---|---|---|
//! | `banned` | a match, excepted by the agency or not | 1 |
//! | `cannot-tell` | an unknown, a possible of something prohibited, or what could not be read | 3 |
//! | `no-identifier` | the text is none of its kind | 2 |
//! | `not-banned` | anything else: nothing, waived, excluded, a possible of what only wants repair | 0 |
//!
//! The exits of the policy (stale, alarmed, not understood) come beside these, as in every verb.

use std::fmt::Write as _;
use std::io::{self, Write};

use interdict_host::exit::{Exit, Outcome};
use interdict_host::terminal::{Paint, Terminal, escape_control};
use serde::Serialize;

use super::gap::{Gap, Severity, gaps};
use super::record::{FindingRecord, PolicyRecord};
use super::visible::Visible;
use super::{Report, words};
use crate::assess::{Exclusion, Finding, Verdict};
use crate::inventory::{AskedKind, NotAsked, Reading};

/// Something that was asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// As it was given.
    pub text: String,
    /// What it was taken for.
    pub kind: AskedKind,
    /// The source of the inventory that it is; none where it was refused.
    pub source: Option<usize>,
    /// Why it was refused.
    pub refused: Option<NotAsked>,
}

/// What the answer is. Ordered: the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Is {
    NoIdentifier,
    Banned,
    CannotTell,
    NotBanned,
}

#[derive(Serialize)]
struct Answer<'f> {
    identifier: &'f str,
    kind: &'static str,
    answer: Is,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    findings: Vec<FindingRecord<'f>>,
}

/// Every answer, and how the command ends.
#[derive(Serialize)]
pub struct Answers<'f> {
    format: &'static str,
    exit: Exit,
    code: u8,
    exits: Vec<Exit>,
    policy: PolicyRecord<'f>,
    answers: Vec<Answer<'f>>,
    gaps: Vec<Complaint>,
    #[serde(skip)]
    outcome: Outcome,
}

/// Something beside the questions that keeps an answer from being the whole truth.
#[derive(Serialize)]
struct Complaint {
    kind: &'static str,
    words: String,
}

impl<'f> Answers<'f> {
    /// The answers to these questions. The report's outcome holds whatever else there is to say, and a match.
    pub fn of(report: &Report<'f, 'f>, questions: &'f [Question]) -> Self {
        let mut found: Vec<Vec<Finding<'f, 'f>>> = Vec::new();
        found.resize_with(report.assessment.inventory.coverage.len(), Vec::new);
        for finding in report.assessment.findings() {
            let source = finding.row().and_then(|row| found.get_mut(row.source));
            source.into_iter().for_each(|of| of.push(finding));
        }
        let answers: Vec<Answer<'f>> = questions
            .iter()
            .map(|question| {
                let findings =
                    question.source.and_then(|source| found.get(source)).map_or(&[][..], Vec::as_slice);
                Answer::of(report, question, findings)
            })
            .collect();
        let mut outcome = report.outcome.clone();
        for answer in &answers {
            outcome.add(match answer.answer {
                Is::NoIdentifier => Exit::Usage,
                Is::CannotTell => Exit::NoAnswer,
                Is::Banned => Exit::Findings,
                Is::NotBanned => Exit::Done,
            });
        }
        let about_the_policy = |gap: &Gap<'_>| gap.source.is_none() && gap.kind.severity() == Severity::Error;
        let nothing_asked = |gap: &Gap<'_>| gap.kind == super::gap::GapKind::Nothing;
        let gaps = gaps(report).into_iter().filter(|gap| about_the_policy(gap) && !nothing_asked(gap));
        Self {
            format: "interdict-is-banned/1",
            exit: outcome.exit(),
            code: outcome.exit().code(),
            exits: outcome.all(),
            policy: PolicyRecord::of(report.standing),
            answers,
            gaps: gaps.map(|gap| Complaint { kind: gap.kind.as_str(), words: gap.words }).collect(),
            outcome,
        }
    }

    /// How the command ends.
    pub const fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// Writes the document and a line break.
    ///
    /// # Errors
    /// What the stream gave.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer_pretty(Visible(&mut *out), self)?;
        out.write_all(b"\n")
    }

    /// A line for each answer.
    pub fn render(&self, terminal: &Terminal) -> String {
        let mut text = String::new();
        for answer in &self.answers {
            let (paint, is) = match answer.answer {
                Is::NoIdentifier => (Paint::Alarm, "no identifier"),
                Is::Banned => (Paint::Alarm, "banned"),
                Is::CannotTell => (Paint::Warning, "cannot tell"),
                Is::NotBanned => (Paint::Good, "not banned"),
            };
            let identifier = escape_control(answer.identifier);
            let why = answer.why();
            let why = if why.is_empty() { why } else { format!(": {}", escape_control(&why)) };
            let _ = writeln!(text, "{}: {identifier}{why}", terminal.paint(paint, is));
        }
        text
    }

    /// What is wrong with the policy, a line each.
    pub fn complaints(&self, terminal: &Terminal) -> String {
        let mut text = String::new();
        for gap in &self.gaps {
            let label = terminal.paint(Paint::Warning, "warning:");
            let _ = writeln!(text, "{label} {}: {}", gap.kind, escape_control(&gap.words));
        }
        text
    }
}

impl<'f> Answer<'f> {
    fn of(report: &Report<'f, 'f>, question: &'f Question, findings: &[Finding<'f, 'f>]) -> Self {
        let coverage = question.source.and_then(|source| report.assessment.inventory.coverage.get(source));
        let unread = coverage.and_then(|coverage| match &coverage.read {
            Reading::Complete => None,
            Reading::Partial { reason, .. } | Reading::Unread { reason } => Some(reason.to_string()),
        });
        let read = match (&question.refused, &unread) {
            (Some(_), _) => Is::NoIdentifier,
            (None, Some(_)) => Is::CannotTell,
            (None, None) => Is::NotBanned,
        };
        let answer = findings.iter().map(|finding| is(report, finding)).fold(read, Is::min);
        let mut worst_first: Vec<_> = findings.iter().collect();
        worst_first.sort_by_key(|finding| is(report, finding));
        Self {
            identifier: &question.text,
            kind: question.kind.as_str(),
            answer,
            reason: question.refused.as_ref().map(ToString::to_string).or(unread),
            findings: worst_first.into_iter().map(|finding| FindingRecord::of(report, finding)).collect(),
        }
    }

    /// Why, in one line: what is wrong with the question, or the worst finding.
    fn why(&self) -> String {
        if let Some(reason) = &self.reason {
            return reason.clone();
        }
        let Some(first) = self.findings.first() else { return String::new() };
        let due = words::due(first).map_or_else(String::new, |due| format!("; {due}"));
        let more = match self.findings.len() {
            0 | 1 => String::new(),
            several => format!("; and {} more", several.saturating_sub(1)),
        };
        format!("{} {}: {}: {}{due}{more}", first.directive, first.subject, first.verdict, words::why(first))
    }
}

fn is<'a>(report: &Report<'_, 'a>, finding: &Finding<'_, 'a>) -> Is {
    // What the agency excepts is what it is without that (`trust.md`, rule 21).
    let verdict = match finding.judgement.exclusion {
        Some(Exclusion::Excepted { otherwise, .. }) => otherwise,
        _ => finding.judgement.verdict,
    };
    match verdict {
        Verdict::Match => Is::Banned,
        _ if report.assessment.is_outstanding(finding.judgement) => Is::CannotTell,
        _ => Is::NotBanned,
    }
}
