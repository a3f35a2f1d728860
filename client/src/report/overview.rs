//! The whole result at a glance: what was found, what was read, what could not be seen, and the worst deadline.
//!
//! It counts and decides nothing. The table and the page begin with it, and it is the member `summary` of JSON.

use std::collections::{BTreeMap, BTreeSet};

use interdict_schema::directive::DirectiveId;
use interdict_schema::directive::deadline::zone;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::gap::{GapKind, Severity, gaps};
use super::record::DueRecord;
use super::{Counts, Report};
use crate::assess::{Due, Finding, FindingId, Judgement};
use crate::inventory::Reading;

/// The whole result at a glance.
#[derive(Debug, Serialize)]
pub struct Overview<'f> {
    /// Findings that somebody has to do something about, whatever the exit code was asked to tell of.
    pub outstanding: usize,
    /// How many different assets these stand on.
    pub assets: usize,
    /// How many of these have missed a deadline.
    pub overdue: usize,
    /// Findings by verdict.
    pub verdicts: Counts,
    /// Components that were read.
    pub components: u64,
    /// Sources, by how far they were read.
    pub sources: Sources,
    /// Whether everything was read, believed, fresh and understood: what was not found is not there.
    pub whole: bool,
    /// What could not be seen, the worst kind first; empty where nothing is hidden.
    pub unseen: Vec<Unseen>,
    /// Of what is outstanding, the deadline that was missed first; where none was, the one that comes first.
    pub worst: Option<Worst<'f>>,
}

/// Sources, by how far they were read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Sources {
    /// Wholly.
    pub complete: usize,
    /// In part.
    pub partial: usize,
    /// Not at all.
    pub unread: usize,
}

/// How much of one kind could not be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Unseen {
    /// What kind.
    pub kind: GapKind,
    /// How many places; identifiers of [`GapKind::NotLookedFor`].
    pub places: usize,
    /// Whether the result is not clean because of it.
    pub error: bool,
}

/// "1 component", "2 components".
pub(super) fn count(number: u64, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// A deadline, and whose it is.
#[derive(Debug, Serialize)]
pub struct Worst<'f> {
    /// The finding that has it, or the first one of several.
    pub finding: FindingId,
    /// The directive.
    pub directive: &'f DirectiveId,
    /// The subject's id.
    pub subject: &'f str,
    /// Whether it was missed.
    pub missed: bool,
    /// The deadline.
    #[serde(flatten)]
    pub due: DueRecord<'f>,
    /// The issuer's zone, in which its day is one.
    #[serde(skip)]
    pub zone: TimeZone,
    /// The moment assessed for.
    #[serde(skip)]
    pub moment: interdict_schema::DateTime,
}

/// The deadline that a finding is judged by here: the one that was missed first, or else the one that comes first.
fn deadline_of<'a>(finding: &Finding<'_, 'a>) -> Option<(bool, Due<'a>)> {
    let missed = finding.overdue().map(|due| (true, due));
    missed.or_else(|| finding.next().map(|due| (false, due)))
}

/// The worst deadline of all places of a judgement, with the place that has it, and how many places have missed one. Where no
/// clock runs from detection all places are alike.
pub(super) fn worst_of<'r, 'a>(
    report: &Report<'r, 'a>,
    judgement: &'r Judgement<'a>,
) -> (Option<(bool, Due<'a>, Finding<'r, 'a>)>, usize) {
    let assessment = report.assessment;
    let alike = !assessment.bound_of(judgement).runs_from_detection();
    let (mut worst, mut missed) = (None::<(bool, Due<'a>, Finding<'r, 'a>)>, 0);
    for finding in assessment.findings_of(judgement).take(if alike { 1 } else { usize::MAX }) {
        let Some((late, due)) = deadline_of(&finding) else { continue };
        missed += match (late, alike) {
            (false, _) => 0,
            (true, true) => judgement.places(),
            (true, false) => 1,
        };
        if worst.as_ref().is_none_or(|(was, old, _)| (!late, due.at) < (!*was, old.at)) {
            worst = Some((late, due, finding));
        }
    }
    (worst, missed)
}

impl<'f> Overview<'f> {
    /// The result of a report at a glance.
    pub fn of(report: &Report<'f, 'f>) -> Self {
        let assessment = report.assessment;
        let (mut outstanding, mut overdue, mut assets) = (0, 0, BTreeSet::new());
        let mut worst: Option<(bool, Due<'f>, Finding<'f, 'f>)> = None;
        let counts = |judgement: &&'f Judgement<'f>| {
            assessment.is_outstanding(judgement) && !assessment.is_summarised(judgement)
        };
        for judgement in assessment.judgements.iter().filter(counts) {
            outstanding += judgement.places();
            for finding in assessment.findings_of(judgement) {
                assets.insert(assessment.asset_of(finding.component, finding.row()));
            }
            let (first, missed) = worst_of(report, judgement);
            overdue += missed;
            if let Some((late, due, finding)) = first
                && worst.as_ref().is_none_or(|(was, old, _)| (!late, due.at) < (!*was, old.at))
            {
                worst = Some((late, due, finding));
            }
        }
        Self {
            outstanding,
            assets: assets.len(),
            overdue,
            verdicts: report.counts(),
            components: assessment.inventory.components_read(),
            sources: Sources::of(report),
            whole: report.is_whole(),
            unseen: unseen(report),
            worst: worst.map(|(missed, due, finding)| Worst {
                finding: assessment.id_of(&finding),
                directive: &finding.bound.directive().id,
                subject: &finding.bound.subject.id,
                missed,
                due: DueRecord::of(&due, finding.bound.moment),
                zone: zone(&finding.bound.directive().zone).unwrap_or(TimeZone::UTC),
                moment: finding.bound.moment,
            }),
        }
    }

    /// The result in one line. Nothing that could not be seen is ever called clean.
    pub fn headline(&self) -> String {
        let assets = if self.assets == 1 { "1 asset".to_owned() } else { format!("{} assets", self.assets) };
        let found = match self.outstanding {
            0 => "Nothing outstanding was found".to_owned(),
            1 => format!("1 finding is outstanding on {assets}"),
            several => format!("{several} findings are outstanding on {assets}"),
        };
        if self.whole { found } else { format!("{found}, and not everything could be seen") }
    }
}

impl Counts {
    /// "67 match, 10 possible, 3 excluded"; a match, a possible and an excluded stand there even where there is none.
    pub fn in_words(&self) -> String {
        let parts = [
            (self.matches, "match", true),
            (self.unknown, "unknown", false),
            (self.possible, "possible", true),
            (self.excepted, "excepted", false),
            (self.waived, "waived", false),
            (self.excluded, "excluded", true),
        ];
        let said = parts.iter().filter(|(number, _, always)| *always || *number > 0);
        said.map(|(number, word, _)| format!("{number} {word}")).collect::<Vec<_>>().join(", ")
    }
}

impl Sources {
    fn of(report: &Report<'_, '_>) -> Self {
        let mut sources = Self::default();
        for coverage in &report.assessment.inventory.coverage {
            match coverage.read {
                Reading::Unread { .. } => sources.unread += 1,
                _ if coverage.is_complete() => sources.complete += 1,
                _ => sources.partial += 1,
            }
        }
        sources
    }

    /// How many there are.
    pub const fn given(&self) -> usize {
        self.complete.saturating_add(self.partial).saturating_add(self.unread)
    }
}

fn unseen<'f>(report: &Report<'f, 'f>) -> Vec<Unseen> {
    let mut places: BTreeMap<GapKind, BTreeSet<Option<usize>>> = BTreeMap::new();
    let mut others: BTreeMap<GapKind, usize> = BTreeMap::new();
    for gap in gaps(report) {
        // A source counts once, whatever is wrong in it.
        match gap.source {
            Some(source) => drop(places.entry(gap.kind).or_default().insert(Some(source))),
            None => *others.entry(gap.kind).or_default() += 1,
        }
    }
    let identifiers = report.assessment.not_looked_for.iter().map(|not| not.identifiers).sum();
    let count = |kind: GapKind| {
        if kind == GapKind::NotLookedFor {
            return identifiers;
        }
        let sources = places.get(&kind).map_or(0, BTreeSet::len);
        sources.saturating_add(others.get(&kind).copied().unwrap_or(0))
    };
    GapKind::ALL
        .into_iter()
        .map(|kind| Unseen { kind, places: count(kind), error: kind.severity() == Severity::Error })
        .filter(|unseen| unseen.places > 0)
        .collect()
}
