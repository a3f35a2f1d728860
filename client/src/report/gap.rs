//! What could not be seen, as one list: for the forms that have one kind of place for all of it (SARIF notifications, the
//! errors of `JUnit`, a section of the page).
//!
//! Everything that keeps the command from ending with 0 or 1 is here and is an [`Error`](Severity::Error); what only makes the
//! result narrower than a reader may think is a [`Note`](Severity::Note). Not here: the findings.

use super::Report;
use super::record;
use crate::exceptions::State;
use crate::inventory::{Coverage, Place, Reading};

/// What kind of gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GapKind {
    /// A source was not read.
    Unread,
    /// A source was read in part.
    Partial,
    /// Nothing was there to compare.
    Nothing,
    /// Nothing is held of a repository.
    Missing,
    /// Something was not believed.
    Alarm,
    /// The policy is stale.
    Stale,
    /// A directive says something that this version does not understand.
    Unsupported,
    /// An exception of the agency's is void.
    VoidException,
    /// Something was odd in a source and hides nothing.
    Odd,
    /// Identifiers were compared with nothing.
    NotLookedFor,
}

/// What a gap does to the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The result is not clean, whatever was found.
    Error,
    /// It is to be known.
    Note,
}

/// One gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap<'f> {
    /// Its kind.
    pub kind: GapKind,
    /// The source; none where it is not about one. An index into the inventory's coverage.
    pub source: Option<usize>,
    /// What it is about: a source's label, a repository, a directive, a kind of identifier.
    pub about: std::borrow::Cow<'f, str>,
    /// Where in the source.
    pub place: Option<Place>,
    /// What, in words. Hostile: whoever shows it escapes it.
    pub words: String,
}

impl serde::Serialize for GapKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl GapKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Unread,
        Self::Partial,
        Self::Nothing,
        Self::Missing,
        Self::Alarm,
        Self::Stale,
        Self::Unsupported,
        Self::VoidException,
        Self::Odd,
        Self::NotLookedFor,
    ];

    /// The word in output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unread => "unread",
            Self::Partial => "partial",
            Self::Nothing => "nothing-compared",
            Self::Missing => "missing-repository",
            Self::Alarm => "alarm",
            Self::Stale => "stale",
            Self::Unsupported => "unsupported",
            Self::VoidException => "void-exception",
            Self::Odd => "odd",
            Self::NotLookedFor => "not-looked-for",
        }
    }

    /// What it means.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Unread => "a source was not read: what is in it was not compared",
            Self::Partial => "a source was read in part: what was left out was not compared",
            Self::Nothing => "nothing was there to compare, which is not the same as nothing found",
            Self::Missing => "nothing is held of a configured repository: what it bans was not looked for",
            Self::Alarm => "something was not believed; what is held stays in force",
            Self::Stale => {
                "the policy is stale; it stays in force, and what was ordered since was not looked for"
            }
            Self::Unsupported => {
                "a directive says something that this version does not understand, or means a list that is not held"
            }
            Self::VoidException => "an exception of the agency's is void, and excepts nothing",
            Self::Odd => "something was odd in a source",
            Self::NotLookedFor => "identifiers were compared with nothing",
        }
    }

    /// What it does to the result.
    pub const fn severity(self) -> Severity {
        match self {
            Self::Odd | Self::NotLookedFor => Severity::Note,
            _ => Severity::Error,
        }
    }
}

/// Every gap, what was not read first.
pub fn gaps<'f>(report: &Report<'f, 'f>) -> Vec<Gap<'f>> {
    let inventory = report.assessment.inventory;
    let mut gaps: Vec<Gap<'f>> = Vec::new();
    for (number, coverage) in inventory.coverage.iter().enumerate() {
        of_source(number, coverage, &mut gaps);
    }
    let mut push = |kind, about: std::borrow::Cow<'f, str>, words| {
        gaps.push(Gap { kind, source: None, about, place: None, words });
    };
    if inventory.components_read() == 0 && inventory.findings.is_empty() {
        push(GapKind::Nothing, "inventory".into(), GapKind::Nothing.meaning().to_owned());
    }
    for name in &report.standing.missing {
        push(GapKind::Missing, name.as_str().into(), format!("nothing is held of repository {name}"));
    }
    for (repository, alarm) in &report.standing.alarms {
        let about = alarm.directive.as_ref().map_or_else(String::new, |id| format!("{id}: "));
        let words = format!("{repository}: {about}{}: {}", alarm.kind.as_str(), alarm.reason);
        push(GapKind::Alarm, repository.as_str().into(), words);
    }
    for stale in &report.standing.stale {
        push(GapKind::Stale, "policy".into(), stale.to_string());
    }
    for found in record::unsupported(report) {
        let words = format!("{} {}: {}", found.directive, found.place, found.what);
        push(GapKind::Unsupported, found.directive.as_str().into(), words);
    }
    for void in report.exceptions.void_entries() {
        push(GapKind::VoidException, "exceptions".into(), void.sentence());
    }
    for entry in report.exceptions.entries().iter().filter(|entry| entry.state == State::Expired) {
        push(GapKind::VoidException, entry.id.clone().into(), entry.sentence());
    }
    if let Some(why) = report.exceptions.unreadable() {
        push(GapKind::VoidException, "exceptions".into(), why.to_owned());
    }
    for not in record::not_looked_for(report) {
        push(
            GapKind::NotLookedFor,
            not.kind.into(),
            format!("{} {}: {}", not.identifiers, not.kind, not.why),
        );
    }
    // A stable sort: within a kind they stay in their order.
    gaps.sort_by_key(|gap| gap.kind);
    gaps
}

fn of_source<'f>(number: usize, coverage: &'f Coverage, gaps: &mut Vec<Gap<'f>>) {
    let mut push = |kind, place, words| {
        gaps.push(Gap { kind, source: Some(number), about: coverage.source.as_str().into(), place, words });
    };
    match &coverage.read {
        Reading::Complete => {}
        Reading::Partial { reason, place, skipped } => {
            let words = format!("{reason}; rows left out: {skipped}");
            push(GapKind::Partial, Some(*place), words);
        }
        Reading::Unread { reason } => push(GapKind::Unread, None, reason.to_string()),
    }
    for note in &coverage.notes {
        let kind = if note.problem.hides_something() { GapKind::Partial } else { GapKind::Odd };
        push(kind, Some(note.place), note.problem.to_string());
    }
    if coverage.notes_dropped > 0 {
        let kind = if coverage.is_complete() { GapKind::Odd } else { GapKind::Partial };
        push(kind, None, format!("and {} more", coverage.notes_dropped));
    }
}
