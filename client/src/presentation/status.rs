//! How things stand: fresh or stale, what is in force, what is next, and what is wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use interdict_host::exit::{Exit, Outcome};
use interdict_host::terminal::{Paint, Table, in_words};
use interdict_schema::DateTime;
use interdict_schema::directive::DirectiveId;
use interdict_schema::directive::unsupported::unsupported;
use interdict_schema::entity::{self, Lists};
use interdict_schema::plan::Boundary;
use interdict_schema::waiver;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::deadlines::{Asked, Because, Obligations, Row, next};
use super::due::JsonRow;
use super::waivers::is_over;
use super::{Enforcement, Exceptions, Page, count, enforcement, in_zone, waivers};
use crate::config::{Location, RepositoryName};
use crate::enforce::boundary;
use crate::freshness::Staleness;
use crate::store::generation::{Alarm, Generation, HeldRepository};

/// How things stand.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    /// The generation.
    pub generation: u64,
    /// The present.
    pub now: DateTime,
    /// Each repository.
    pub repositories: Vec<RepositoryStatus>,
    /// Repositories that are configured and of which nothing is held.
    pub missing: Vec<RepositoryName>,
    /// Directives in force.
    pub in_force: usize,
    /// Directives that have ended.
    pub ended: usize,
    /// Directives in force that do not bind the agency, by what it is.
    pub not_bound: usize,
    /// The next deadline of all.
    pub next: Option<Row>,
    /// What this version does not understand: how many places, by directive.
    pub unsupported: Vec<(DirectiveId, usize)>,
    /// What of the lists that directives in force mean is missing, in words, by directive.
    pub gaps: Vec<(DirectiveId, String)>,
    /// Waivers in documents of their own that act on a text and have not expired.
    pub waivers: usize,
    /// Waivers about which something is wrong: why each frees nobody.
    pub doubtful_waivers: Vec<(DirectiveId, String)>,
    /// The agency's exceptions.
    pub exceptions: Exceptions,
    /// Whether the files for scripts say something else than the verified directives, or any file has changed.
    pub policy_differs: bool,
    /// What was applied to this machine, where anything was.
    pub enforcement: Option<Enforcement>,
    /// When something of that changes next by itself.
    pub next_boundary: Option<Boundary>,
}

/// How things stand with one repository.
#[derive(Debug, Clone, PartialEq)]
pub struct RepositoryStatus {
    /// The operator's name for it.
    pub name: RepositoryName,
    /// Where it is, if it is still configured.
    pub url: Option<Location>,
    /// The version of its root.
    pub root: u64,
    /// The version of its timestamp.
    pub timestamp: u64,
    /// When what is held of it was admitted.
    pub admitted_at: DateTime,
    /// When it was last refreshed, as far as that is remembered.
    pub refreshed_at: Option<DateTime>,
    /// When its timestamp expires.
    pub fresh_until: DateTime,
    /// Why it is stale, if it is.
    pub stale: Option<Staleness>,
    /// Directives that are held.
    pub directives: usize,
    /// What is wrong.
    pub alarms: Vec<Alarm>,
}

impl RepositoryStatus {
    /// How things stand with one repository.
    pub fn of(
        held: &HeldRepository,
        url: Option<Location>,
        refreshed_at: Option<DateTime>,
        stale: Option<Staleness>,
    ) -> Self {
        let (root, timestamp) = held.versions();
        Self {
            name: held.name.clone(),
            url,
            root,
            timestamp,
            admitted_at: held.admitted_at,
            refreshed_at,
            fresh_until: held.fresh_until,
            stale,
            directives: held.directives.len(),
            alarms: held.raised(),
        }
    }
}

/// What is missing of the lists that directives mean, each thing once. What has ended means none.
fn gaps(generation: &Generation, lists: &BTreeMap<&str, Arc<Lists<'_>>>) -> Vec<(DirectiveId, String)> {
    let mut found = Vec::new();
    for (repository, held) in generation.directives() {
        let directive = held.directive();
        let Some(lists) = lists.get(repository.name.as_str()).filter(|_| !directive.is_ended()) else {
            continue;
        };
        let subjects = directive.subjects.iter();
        let resolved = subjects.flat_map(|subject| lists.of_subject(&directive.issuer, subject));
        let gaps: BTreeSet<String> =
            resolved.flat_map(|found| found.gaps).map(|gap| gap.to_string()).collect();
        found.extend(gaps.into_iter().map(|gap| (directive.id.clone(), gap)));
    }
    found
}

impl Status {
    /// How things stand with a generation that was settled, for the agency that asks.
    pub fn of(
        generation: &Generation,
        asked: &Asked<'_>,
        repositories: Vec<RepositoryStatus>,
        missing: Vec<RepositoryName>,
        exceptions: Exceptions,
        policy_differs: bool,
        now: DateTime,
    ) -> Self {
        let bound = Obligations::of(generation, asked);
        let not_bound =
            |not: &&super::NotBinding| not.action.is_none() && matches!(not.because, Because::NotBound(_));
        let directives = || generation.directives().map(|(_, held)| held);
        let lists = generation.lists();
        let of_directives =
            directives().map(|held| (held.id().clone(), unsupported(&held.current().document).len()));
        let of_lists = generation.repositories.iter().flat_map(|held| &held.lists).map(|held| {
            (held.id().clone(), entity::unsupported::unsupported(&held.newest().believed.document).len())
        });
        let of_waivers = generation.repositories.iter().flat_map(|held| &held.waivers);
        let of_waivers = of_waivers.filter(|held| !is_over(held)).map(|held| {
            (held.id().clone(), waiver::unsupported::unsupported(&held.newest().believed.document).len())
        });
        let places = of_directives.chain(of_lists).chain(of_waivers).filter(|(_, places)| *places > 0);
        let ended = directives().filter(|held| held.directive().is_ended()).count();
        Self {
            generation: generation.number,
            now,
            repositories,
            missing,
            in_force: directives().count().saturating_sub(ended),
            ended,
            not_bound: bound.not_binding.iter().filter(not_bound).count(),
            next: next(&bound.rows).cloned(),
            unsupported: places.collect(),
            gaps: gaps(generation, &lists),
            waivers: waivers::acting(generation, now),
            doubtful_waivers: waivers::doubts(generation),
            exceptions,
            policy_differs,
            enforcement: None,
            next_boundary: None,
        }
    }

    /// Everything that holds. Never done while anything is stale, absent, wrong or not understood.
    pub fn outcome(&self) -> Outcome {
        let mut outcome = self.trouble();
        if !self.unsupported.is_empty() || !self.gaps.is_empty() {
            outcome.add(Exit::Unsupported);
        }
        outcome
    }

    /// What is stale, absent or wrong.
    pub fn trouble(&self) -> Outcome {
        let mut outcome = self.exceptions.outcome().clone();
        let alarms = self.repositories.iter().flat_map(|repository| &repository.alarms);
        alarms.for_each(|alarm| outcome.add(alarm.kind.exit()));
        for (holds, exit) in [
            (self.policy_differs, Exit::Refused),
            (self.enforcement.as_ref().is_some_and(Enforcement::is_unknown), Exit::Refused),
            (!self.missing.is_empty(), Exit::NoAnswer),
            (self.stale().next().is_some(), Exit::Stale),
        ] {
            outcome.add(if holds { exit } else { Exit::Done });
        }
        outcome
    }

    /// Says what is stale, absent or wrong.
    pub(super) fn troubles(&self, page: &mut Page, local: &TimeZone) {
        for stale in self.stale() {
            page.painted(Paint::Alarm, format!("STALE: {}", said(stale, local)));
        }
        if self.stale().next().is_some() {
            page.line("the last verified policy stays in force");
        }
        for repository in &self.repositories {
            for alarm in &repository.alarms {
                page.painted(Paint::Alarm, format!("alarm: {}", sentence(&repository.name, alarm)));
            }
        }
        if self.policy_differs {
            page.painted(Paint::Alarm, "alarm: files of the active generation are not as they were written; `interdict sync` writes them anew");
        }
        for name in &self.missing {
            page.painted(Paint::Warning, format!("repository {name}: configured, and nothing is held of it"));
        }
        self.exceptions.lines().iter().for_each(|(paint, line)| page.painted(*paint, line));
    }

    fn stale(&self) -> impl Iterator<Item = &Staleness> {
        self.repositories.iter().filter_map(|repository| repository.stale.as_ref())
    }

    /// For people.
    pub fn page(&self, local: &TimeZone) -> Page {
        let mut page = Page::default();
        self.troubles(&mut page, local);
        if let (None, Some(until)) = (self.stale().next(), self.fresh_until()) {
            let left = in_words(self.now, until, local);
            page.painted(Paint::Good, format!("fresh until {}, {left}", in_zone(until, local)));
        }
        page.line(format!("generation {}", self.generation));
        let ended = if self.ended == 0 { String::new() } else { format!(", {} ended", self.ended) };
        let not_bound = match self.not_bound {
            0 => String::new(),
            1 => ", 1 of them does not bind this agency".to_owned(),
            several => format!(", {several} of them do not bind this agency"),
        };
        page.line(format!("{} in force{not_bound}{ended}", count(self.in_force, "directive")));
        if self.waivers > 0 {
            page.line(format!("waivers in documents of their own: {}", self.waivers));
        }
        match &self.next {
            Some(row) => page.line(format!(
                "next deadline: {}, {}: {} {}",
                row.due(),
                row.left(),
                row.directive,
                row.action
            )),
            None => page.line("no deadline"),
        }
        for (id, places) in &self.unsupported {
            let places = count(*places, "place");
            page.painted(Paint::Warning, format!("{id}: {places} that this version does not understand"));
        }
        for (id, gap) in &self.gaps {
            page.painted(Paint::Warning, format!("{id}: {gap}"));
        }
        for (id, why) in &self.doubtful_waivers {
            page.painted(Paint::Warning, format!("{id} waives nothing: {why}"));
        }
        if let Some(enforcement) = &self.enforcement {
            enforcement.show(&mut page, local);
            if let Some(next) = &self.next_boundary {
                let at = in_zone(next.at, local);
                page.line(format!("next change by itself: {at}, {}", boundary::in_words(next)));
            }
        }
        page.line("");
        page.table(self.table(local));
        page
    }

    fn fresh_until(&self) -> Option<DateTime> {
        self.repositories.iter().map(|repository| repository.fresh_until).min()
    }

    fn table(&self, local: &TimeZone) -> Table {
        let header = [
            "repository",
            "url",
            "root",
            "timestamp",
            "directives",
            "admitted",
            "last refresh",
            "fresh until",
        ];
        let mut table = Table::new(&header).right_aligned(2).right_aligned(3).right_aligned(4);
        for repository in &self.repositories {
            let cells = [
                repository.name.to_string(),
                repository.url.as_ref().map_or_else(|| "(no longer configured)".into(), ToString::to_string),
                repository.root.to_string(),
                repository.timestamp.to_string(),
                repository.directives.to_string(),
                in_zone(repository.admitted_at, local),
                repository.refreshed_at.map_or_else(String::new, |at| in_zone(at, local)),
                in_zone(repository.fresh_until, local),
            ];
            if repository.stale.is_some() || !repository.alarms.is_empty() {
                table.painted_row(Paint::Alarm, cells);
            } else {
                table.row(cells);
            }
        }
        table
    }

    /// For programs.
    pub fn json(&self, local: &TimeZone) -> Vec<u8> {
        #[derive(Serialize)]
        struct Document<'a> {
            format: &'static str,
            now: DateTime,
            fresh: bool,
            generation: u64,
            repositories: Vec<JsonRepository<'a>>,
            missing: Vec<&'a str>,
            directives_in_force: usize,
            directives_ended: usize,
            directives_not_binding: usize,
            #[serde(skip_serializing_if = "Option::is_none")]
            next_deadline: Option<JsonRow<'a>>,
            unsupported: Vec<JsonUnsupported<'a>>,
            #[serde(skip_serializing_if = "Vec::is_empty")]
            gaps: Vec<JsonGap<'a>>,
            waivers: usize,
            #[serde(skip_serializing_if = "Vec::is_empty")]
            waivers_without_effect: Vec<JsonDoubt<'a>>,
            exceptions: &'a Exceptions,
            policy_differs: bool,
            #[serde(skip_serializing_if = "Option::is_none")]
            enforcement: Option<enforcement::Document<'a>>,
            #[serde(skip_serializing_if = "Option::is_none")]
            next_boundary: Option<&'a Boundary>,
            exit: Exit,
            exits: Vec<Exit>,
        }
        #[derive(Serialize)]
        struct JsonUnsupported<'a> {
            directive: &'a DirectiveId,
            places: usize,
        }
        #[derive(Serialize)]
        struct JsonGap<'a> {
            directive: &'a DirectiveId,
            missing: &'a str,
        }
        #[derive(Serialize)]
        struct JsonDoubt<'a> {
            waiver: &'a DirectiveId,
            reason: &'a str,
        }
        let outcome = self.outcome();
        super::json(&Document {
            format: "interdict-standing/1",
            now: self.now,
            fresh: self.stale().next().is_none(),
            generation: self.generation,
            repositories: self.repositories.iter().map(JsonRepository::of).collect(),
            missing: self.missing.iter().map(RepositoryName::as_str).collect(),
            directives_in_force: self.in_force,
            directives_ended: self.ended,
            directives_not_binding: self.not_bound,
            next_deadline: self.next.as_ref().map(|row| JsonRow::of(row, local)),
            unsupported: self
                .unsupported
                .iter()
                .map(|(directive, places)| JsonUnsupported { directive, places: *places })
                .collect(),
            gaps: self.gaps.iter().map(|(directive, missing)| JsonGap { directive, missing }).collect(),
            waivers: self.waivers,
            waivers_without_effect: self
                .doubtful_waivers
                .iter()
                .map(|(waiver, reason)| JsonDoubt { waiver, reason })
                .collect(),
            exceptions: &self.exceptions,
            policy_differs: self.policy_differs,
            enforcement: self.enforcement.as_ref().map(Enforcement::document),
            next_boundary: self.next_boundary.as_ref(),
            exit: outcome.exit(),
            exits: outcome.all(),
        })
    }
}

#[derive(Serialize)]
struct JsonRepository<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    root: u64,
    timestamp: u64,
    directives: usize,
    admitted_at: DateTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    refreshed_at: Option<DateTime>,
    fresh_until: DateTime,
    fresh: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stale: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stale_since: Option<DateTime>,
    alarms: &'a [Alarm],
}

impl<'a> JsonRepository<'a> {
    fn of(repository: &'a RepositoryStatus) -> Self {
        Self {
            name: repository.name.as_str(),
            url: repository.url.as_ref().map(ToString::to_string),
            root: repository.root,
            timestamp: repository.timestamp,
            directives: repository.directives,
            admitted_at: repository.admitted_at,
            refreshed_at: repository.refreshed_at,
            fresh_until: repository.fresh_until,
            fresh: repository.stale.is_none(),
            stale: repository.stale.as_ref().map(ToString::to_string),
            stale_since: repository.stale.as_ref().and_then(Staleness::since),
            alarms: &repository.alarms,
        }
    }
}

/// A staleness for a person: its words, and when that was in local time.
fn said(stale: &Staleness, local: &TimeZone) -> String {
    match stale.since() {
        Some(since) => format!("{stale} ({})", in_zone(since, local)),
        None => stale.to_string(),
    }
}

/// An alarm for a person.
fn sentence(repository: &RepositoryName, alarm: &Alarm) -> String {
    let directive = alarm.directive.as_ref().map_or_else(String::new, |id| format!(" {id}"));
    format!("repository {repository}: {}{directive}: {}", alarm.kind.as_str(), alarm.reason)
}
