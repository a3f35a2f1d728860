//! How an assessment looks: a table and a page for people; JSON, JSON Lines and CSV for programs; SARIF, a VEX and `JUnit` for
//! programs of others.
//!
//! Every form carries the coverage: what was read, what was not, and which identifiers nothing was compared with. The
//! names of members and columns are those of [`record`] and stay as they are; new ones may be added. Nothing is decided
//! here. Possible hits on what only wants repair are one summary line, unless [`Report::all`].

pub mod banned;
pub mod csv;
pub mod explained;
mod fail_on;
pub mod gap;
pub mod html;
pub mod json;
pub mod jsonl;
pub mod junit;
pub mod overview;
pub mod record;
pub mod sarif;
pub mod table;
pub mod vex;
mod visible;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use interdict_host::exit::{Exit, Outcome};
use interdict_schema::DateTime;
use interdict_schema::directive::DirectiveId;

use crate::assess::{Assessment, Finding, Judgement, Verdict};
use crate::config::RepositoryName;
use crate::freshness::Staleness;
use crate::presentation::Exceptions;
use crate::store::generation::Alarm;

pub use self::fail_on::{FailOn, any_fails, fails};

/// Everything that a report says.
#[derive(Debug, Clone, Copy)]
pub struct Report<'r, 'a> {
    /// The verdicts and the coverage.
    pub assessment: &'r Assessment<'a>,
    /// The policy that was compared with.
    pub standing: &'r Standing,
    /// The agency's exceptions.
    pub exceptions: &'r Exceptions,
    /// How the command will end.
    pub outcome: &'r Outcome,
    /// Which findings the exit code tells of; none where it is what is outstanding.
    pub fail_on: &'r [FailOn],
    /// Whether to list what is otherwise one summary line.
    pub all: bool,
}

/// How the policy stands by the clock, whatever moment the assessment is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The generation's number.
    pub generation: u64,
    /// When the oldest of its repositories was verified.
    pub verified_at: DateTime,
    /// When the first of its timestamps expires.
    pub fresh_until: DateTime,
    /// Why it is stale, if it is; it stays in force.
    pub stale: Vec<Staleness>,
    /// What is wrong, by repository.
    pub alarms: Vec<(String, Alarm)>,
    /// Repositories that are configured and of which nothing is held: what they ban was not looked for.
    pub missing: Vec<RepositoryName>,
}

/// How many places of the inventory have each verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// `match`.
    #[serde(rename = "match")]
    pub matches: usize,
    /// `unknown`.
    pub unknown: usize,
    /// `possible`, without those of the summary.
    pub possible: usize,
    /// `excepted`.
    pub excepted: usize,
    /// `waived`.
    pub waived: usize,
    /// `excluded`.
    pub excluded: usize,
    /// `possible` of what only wants repair.
    pub summarised: usize,
}

/// One summary line.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Summary<'a> {
    /// The directive.
    pub directive: &'a DirectiveId,
    /// How many of its subjects.
    pub subjects: usize,
    /// How many different components they may mean.
    pub components: usize,
}

impl<'r, 'a> Report<'r, 'a> {
    /// The judgements that are listed one by one.
    pub fn listed(&self) -> impl Iterator<Item = &'r Judgement<'a>> {
        let report = *self;
        report.assessment.judgements.iter().filter(move |judgement| report.is_listed(judgement))
    }

    /// Whether a judgement is listed by itself, and not in a summary.
    pub fn is_listed(&self, judgement: &Judgement<'a>) -> bool {
        self.all || !self.assessment.is_summarised(judgement)
    }

    /// Whether a finding is one that the exit code tells of.
    pub fn fails(&self, finding: &Finding<'_, 'a>) -> bool {
        fails(self.fail_on, self.assessment, finding)
    }

    /// Whether everything was read, believed, fresh and understood: what was not found is not there.
    pub fn is_whole(&self) -> bool {
        self.outcome.all().iter().all(|exit| matches!(exit, Exit::Done | Exit::Findings))
    }

    /// How many places have each verdict.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for judgement in &self.assessment.judgements {
            let count = match judgement.verdict {
                Verdict::Match => &mut counts.matches,
                Verdict::Unknown => &mut counts.unknown,
                Verdict::Possible if self.assessment.is_summarised(judgement) => &mut counts.summarised,
                Verdict::Possible => &mut counts.possible,
                Verdict::Excepted => &mut counts.excepted,
                Verdict::Waived => &mut counts.waived,
                Verdict::Excluded => &mut counts.excluded,
            };
            *count += judgement.places();
        }
        counts
    }

    /// The summary lines, one a directive; none where everything is listed.
    pub fn summaries(&self) -> Vec<Summary<'a>> {
        let mut by_directive: BTreeMap<&'a DirectiveId, (BTreeSet<usize>, BTreeSet<usize>)> = BTreeMap::new();
        let summarised = |judgement: &&Judgement<'a>| !self.all && self.assessment.is_summarised(judgement);
        for judgement in self.assessment.judgements.iter().filter(summarised) {
            let id = &self.assessment.bound_of(judgement).directive().id;
            let (subjects, components) = by_directive.entry(id).or_default();
            subjects.insert(judgement.bound);
            if let crate::assess::Found::Components(places) = &judgement.found {
                components.extend(places.first());
            }
        }
        let summary = |(directive, (subjects, components)): (_, (BTreeSet<usize>, BTreeSet<usize>))| {
            Summary { directive, subjects: subjects.len(), components: components.len() }
        };
        by_directive.into_iter().map(summary).collect()
    }
}
