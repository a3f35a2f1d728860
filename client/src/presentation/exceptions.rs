//! An agency's exceptions, as every report shows them: how many, each with who approved it, why and until when.
//!
//! There is nothing to show where the file has none, and everything where it has one.

use interdict_host::exit::Outcome;
use interdict_host::terminal::{Paint, Table};
use interdict_schema::DateTime;
use interdict_schema::directive::DirectiveId;
use serde::Serialize;

use super::{Page, count};
use crate::exceptions::{Counts, Exception, Place, Standing, State, Survey, Void};

/// Every exception at a moment. Serialized, it is the member `exceptions` of every document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exceptions {
    file: String,
    /// The clock, or the last accepted refresh where that is later.
    at: DateTime,
    #[serde(flatten)]
    counts: Counts,
    entries: Vec<Entry>,
    void_entries: Vec<VoidEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unreadable: Option<String>,
    #[serde(skip)]
    outcome: Outcome,
}

/// An exception that was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its name.
    pub id: String,
    /// `in-effect`, `not-begun` or `expired`.
    pub state: State,
    /// The repository, where it names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The directive.
    pub directive: DirectiveId,
    /// The subject's id.
    pub part: String,
    /// The identifier.
    pub identifier: EntryIdentifier,
    /// The asset.
    pub asset: String,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub approved_by: String,
    /// Its first second.
    pub from: DateTime,
    /// Its last second.
    pub until: DateTime,
    /// Whole days until then, rounded down; negative when it has passed.
    pub days_left: i64,
    /// Why there is nothing that it could except.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matches_nothing: Option<String>,
    /// Where it begins in the file, from 1.
    pub line: usize,
}

/// An identifier that an exception names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryIdentifier {
    /// The kind.
    pub kind: String,
    /// The value.
    pub value: String,
    /// The versions, where it names any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versions: Option<String>,
}

/// An exception that was not understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VoidEntry {
    /// Its name, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Where it begins in the file, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problems: Vec<VoidProblem>,
}

/// Something wrong with an exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VoidProblem {
    /// The line, from 1.
    pub line: usize,
    /// The character in it, from 1.
    pub column: usize,
    /// What.
    pub problem: String,
}

impl Exceptions {
    /// What is shown of them.
    pub fn of(survey: &Survey<'_>) -> Self {
        Self {
            file: survey.register.path.display().to_string(),
            at: survey.at,
            counts: survey.counts(),
            entries: survey.standings.iter().map(Entry::of).collect(),
            void_entries: survey.register.void.iter().map(VoidEntry::of).collect(),
            unreadable: survey.register.unreadable.as_ref().map(ToString::to_string),
            outcome: survey.outcome(),
        }
    }

    /// Whether there is none, and no mistake either.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.void_entries.is_empty() && self.unreadable.is_none()
    }

    /// How many there are of each worth.
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// Those that were understood.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Those that were not.
    pub fn void_entries(&self) -> &[VoidEntry] {
        &self.void_entries
    }

    /// Why none of the file was read, where that is so.
    pub fn unreadable(&self) -> Option<&str> {
        self.unreadable.as_deref()
    }

    /// What is void is an error.
    pub const fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// How many there are, in one line; nothing where there is none.
    pub fn summary(&self) -> Option<(Paint, String)> {
        if self.is_empty() {
            return None;
        }
        let Counts { in_effect, not_begun, expired, void, matching_nothing } = self.counts;
        let mut parts = vec![format!("{} in effect", count(in_effect, "exception"))];
        let several = [
            (not_begun, "not begun"),
            (matching_nothing, "matching nothing"),
            (expired, "expired"),
            (void, "void"),
        ];
        let there = several.iter().filter(|(number, _)| *number > 0);
        parts.extend(there.map(|(number, words)| format!("{number} {words}")));
        let paint = if expired > 0 || void > 0 { Paint::Alarm } else { Paint::Warning };
        Some((paint, parts.join(", ")))
    }

    /// Each of them in a line, then how many there are.
    pub fn lines(&self) -> Vec<(Paint, String)> {
        let understood = self.entries.iter().map(|entry| (paint(entry), entry.sentence()));
        let void = self.void_entries.iter().map(|void| (Paint::Alarm, void.sentence()));
        let unreadable = self.unreadable.iter().map(|why| (Paint::Alarm, format!("exceptions void: {why}")));
        understood.chain(void).chain(unreadable).chain(self.summary()).collect()
    }

    /// For people: a row for each that was understood, a line for each that was not.
    pub fn page(&self) -> Page {
        let header = ["exception", "state", "left", "directive", "part", "identifier", "asset", "until"];
        let mut table = Table::new(&header);
        for entry in &self.entries {
            let cells = [
                entry.id.clone(),
                entry.state.as_str().to_owned(),
                entry.left(),
                entry.directive.to_string(),
                entry.part.clone(),
                entry.identifier.words(),
                entry.asset.clone(),
                entry.until.to_string(),
            ];
            table.painted_row(paint(entry), cells);
        }
        let mut page = Page::default();
        if !self.entries.is_empty() {
            page.table(table);
            page.line("");
        }
        for entry in &self.entries {
            page.line(format!("{}: {}, approved by {}", entry.id, entry.reason, entry.approved_by));
            if let Some(nothing) = &entry.matches_nothing {
                page.painted(Paint::Warning, format!("  matches nothing: {nothing}"));
            }
        }
        let rest = self.lines().into_iter().skip(self.entries.len());
        rest.for_each(|(paint, line)| page.painted(paint, line));
        page
    }
}

fn paint(entry: &Entry) -> Paint {
    match entry.state {
        State::Expired => Paint::Alarm,
        State::InEffect => Paint::Warning,
        State::NotBegun => Paint::Faint,
    }
}

impl Entry {
    fn of(standing: &Standing<'_>) -> Self {
        let Exception { id, repository, directive, part, identifier, asset, reason, approved_by, .. } =
            standing.exception;
        Self {
            id: id.clone(),
            state: standing.state,
            repository: repository.as_ref().map(ToString::to_string),
            directive: directive.clone(),
            part: part.clone(),
            identifier: EntryIdentifier {
                kind: identifier.kind.clone(),
                value: identifier.value.clone(),
                versions: identifier.versions.clone(),
            },
            asset: asset.clone(),
            reason: reason.clone(),
            approved_by: approved_by.clone(),
            from: standing.exception.begins(),
            until: standing.exception.ends(),
            days_left: standing.days_left,
            matches_nothing: standing.nothing.map(|nothing| nothing.to_string()),
            line: standing.exception.place.line,
        }
    }

    /// All of it in one line.
    pub fn sentence(&self) -> String {
        let Self { id, directive, part, asset, reason, approved_by, .. } = self;
        let nothing = self.matches_nothing.as_ref();
        let nothing = nothing.map_or_else(String::new, |why| format!("; matches nothing: {why}"));
        format!(
            "exception {id}: {}: {directive} {part}, {} on {asset}, {}; approved by {approved_by}: {reason}{nothing}",
            self.state.as_str(),
            self.identifier.words(),
            self.when(),
        )
    }

    /// Its time, in words.
    pub fn when(&self) -> String {
        match self.state {
            State::InEffect => format!("until {}, {}", self.until, self.left()),
            State::NotBegun => format!("from {} until {}", self.from, self.until),
            State::Expired => format!("void since {}", self.until),
        }
    }

    fn left(&self) -> String {
        match (self.state, self.days_left) {
            (State::Expired, _) => String::new(),
            (_, 1) => "1 day left".to_owned(),
            (_, days) => format!("{days} days left"),
        }
    }
}

impl EntryIdentifier {
    fn words(&self) -> String {
        let versions = self.versions.as_ref().map_or_else(String::new, |versions| format!(" {versions}"));
        format!("{} {}{versions}", self.kind, self.value)
    }
}

impl VoidEntry {
    fn of(void: &Void) -> Self {
        let problem = |problem: &crate::exceptions::Problem| {
            let Place { line, column } = problem.place;
            VoidProblem { line, column, problem: problem.mistake.to_string() }
        };
        Self {
            id: void.id.clone(),
            line: void.place.line,
            problems: void.problems.iter().map(problem).collect(),
        }
    }

    /// All of it in one line.
    pub fn sentence(&self) -> String {
        let name = self.id.as_ref().map_or_else(|| format!("at line {}", self.line), Clone::clone);
        let problems: Vec<String> = self
            .problems
            .iter()
            .map(|found| format!("line {}, column {}: {}", found.line, found.column, found.problem))
            .collect();
        format!("exception {name}: void: {}", problems.join("; "))
    }
}
