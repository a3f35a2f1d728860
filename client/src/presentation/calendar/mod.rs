//! Deadlines as a calendar (iCalendar: RFC 5545, and RFC 7986 for its name and how often it is fetched).
//!
//! A calendar program that subscribes to it moves events and does not double them: a UID names the repository, the directive, the
//! action and which of its dates it is, and not the date. Equal generations give equal bytes, because `DTSTAMP` is when the
//! repository was admitted. `SEQUENCE` counts the revisions of the directive and of all that have a relation to it, which never
//! go down.
//!
//! - A deadline that ends with its day is a whole day of the issuer's; another is a moment in UTC.
//! - A recurrence is written date by date, from 92 days before the moment to 366 after it.
//! - What a waiver frees of is `TENTATIVE` as far as the waiver reaches, and the end of the waiver is an event.
//! - What was ordered for a day after its directive, or its part, has ended is `CANCELLED`.
//! - Subjects with dates of their own share an event where they share a date, or each has its own.
//!
//! Not here: what has no date (ongoing, not started, undecided), which is counted; alarms, which are the reader's own.

mod content;
mod event;
mod occurrence;

use std::collections::{BTreeMap, BTreeSet};

use interdict_schema::DateTime;
use interdict_schema::directive::resolve::{Situation, Standing, State};
use interdict_schema::directive::{Action, Directive, DirectiveId, Edge, Marking, Modality};

use self::content::Content;
use self::event::{Event, On, Status, Uid};
use self::occurrence::occurrences;
use super::count;
use super::deadlines::{Asked, Obligations, Row, Subjects, Text, When, of_directive};
use super::moment::in_zone;
use crate::store::generation::{Generation, HeldDirective, HeldRepository};

/// Deadlines, to be written as a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    name: String,
    events: Vec<Event>,
    undated: usize,
}

/// A directive of a repository.
#[derive(Clone, Copy)]
struct Of<'a> {
    repository: &'a HeldRepository,
    held: &'a HeldDirective,
    directive: &'a Directive,
    sequence: usize,
}

impl Calendar {
    /// The calendar of a generation that was settled, for the agency that asks.
    pub fn of(generation: &Generation, asked: &Asked<'_>, name: String) -> Self {
        let mut calendar = Self { name, events: Vec::new(), undated: 0 };
        let sequences = sequences(generation);
        for (repository, held) in generation.directives() {
            let directive = held.directive();
            let sequence = sequences.get(&(repository.name.as_str(), held.id())).copied().unwrap_or_default();
            calendar.directive(Of { repository, held, directive, sequence }, asked);
        }
        calendar.waivers(generation, &sequences, asked);
        calendar.events.sort_by(|one, other| (one.on, &one.summary).cmp(&(other.on, &other.summary)));
        calendar
    }

    /// How many obligations have no date and are no events.
    pub fn undated(&self) -> usize {
        self.undated
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// All of it.
    pub fn to_ics(&self) -> String {
        let mut content = Content::default();
        content.line("BEGIN", "VCALENDAR");
        content.line("VERSION", "2.0");
        content.line("PRODID", "-//interdict//due//EN");
        content.line("CALSCALE", "GREGORIAN");
        content.text("NAME", &self.name);
        content.text("X-WR-CALNAME", &self.name);
        content.line("REFRESH-INTERVAL;VALUE=DURATION", "PT12H");
        content.line("X-PUBLISHED-TTL", "PT12H");
        for event in &self.events {
            event.write(&mut content);
        }
        if self.events.is_empty() {
            // A calendar has at least one component (RFC 5545, 3.6), and this one is seen by nobody.
            for (name, value) in [
                ("BEGIN", "VTIMEZONE"),
                ("TZID", "Etc/UTC"),
                ("BEGIN", "STANDARD"),
                ("DTSTART", "19700101T000000"),
                ("TZOFFSETFROM", "+0000"),
                ("TZOFFSETTO", "+0000"),
                ("END", "STANDARD"),
                ("END", "VTIMEZONE"),
            ] {
                content.line(name, value);
            }
        }
        content.line("END", "VCALENDAR");
        content.into_text()
    }

    fn directive(&mut self, of: Of<'_>, asked: &Asked<'_>) {
        let Of { repository, held, directive, .. } = of;
        if directive.scope.binds(asked.profile).is_err() {
            return;
        }
        let situation = held.situation();
        let text = Text { repository: repository.name.as_str(), directive, situation };
        match situation.map(|situation| &situation.state) {
            // What was not issued by then is not known then.
            Some(State::NotYet { .. }) if is_later(text, asked) => {}
            Some(State::Ended(ending)) => self.rows(of, &of_directive(text, asked), Some(ending.since)),
            _ => {
                self.rows(of, &of_directive(text, asked), None);
                if let Some(situation) = situation {
                    self.ended_parts(of, situation, asked);
                }
            }
        }
    }

    /// Actions that have ended before their directive: they stand in the revision alone.
    fn ended_parts(&mut self, of: Of<'_>, situation: &Situation, asked: &Asked<'_>) {
        let digest = situation.document.digest;
        let base = of.held.revisions.iter().find(|revision| revision.believed.payload.digest == digest);
        let Some(base) =
            base.map(|base| &base.believed.document.value).filter(|_| !situation.ended_parts.is_empty())
        else {
            return;
        };
        let text = Text { repository: of.repository.name.as_str(), directive: base, situation: None };
        let rows = of_directive(text, asked);
        for (part, ending) in &situation.ended_parts {
            let rows: Vec<Row> = rows.iter().filter(|row| row.action == *part).cloned().collect();
            self.rows(Of { directive: base, ..of }, &rows, Some(ending.since));
        }
    }

    /// The events of rows; of those that have ended, only what would have been due later, as cancelled.
    fn rows(&mut self, of: Of<'_>, rows: &[Row], ended: Option<DateTime>) {
        let mut several: BTreeMap<&str, usize> = BTreeMap::new();
        for row in rows {
            *several.entry(&row.action).or_default() += 1;
        }
        let mut done: BTreeSet<&str> = BTreeSet::new();
        for row in rows {
            let Some(action) = of.directive.action(&row.action) else { continue };
            let When::On { end, every, .. } = &row.when else {
                self.undated = self.undated.saturating_add(usize::from(ended.is_none()));
                continue;
            };
            let recurring = every.as_ref().map(|_| occurrences(of.directive, action, row.as_of));
            let dates: Vec<(String, DateTime)> = match recurring.filter(|dates| !dates.is_empty()) {
                Some(dates) if done.insert(&row.action) => {
                    dates.into_iter().map(|one| (format!("number {}", one.number), one.end)).collect()
                }
                Some(_) => Vec::new(),
                None => {
                    let shared = several.get(row.action.as_str()).is_some_and(|rows| *rows > 1);
                    let which = match &row.subjects {
                        Subjects::One(id) => format!("subject {id}"),
                        Subjects::Count(_) if shared => format!("on {end}"),
                        Subjects::Count(_) => String::new(),
                    };
                    vec![(which, *end)]
                }
            };
            for (which, end) in dates {
                if ended.is_none_or(|since| end > since) {
                    self.events.push(event(of, row, action, (&which, end), ended));
                }
            }
        }
    }

    /// The last days of waivers.
    fn waivers(
        &mut self,
        generation: &Generation,
        sequences: &BTreeMap<(&str, &DirectiveId), usize>,
        asked: &Asked<'_>,
    ) {
        for row in Obligations::of(generation, asked).waivers {
            let (Standing::Frees { until: Some(until), .. } | Standing::Expired { until }) = row.standing
            else {
                continue;
            };
            let held = generation.repositories.iter().find(|held| held.name.as_str() == row.repository);
            let Some(repository) = held else { continue };
            let part = row.waiver.part.as_deref().unwrap_or("all of it");
            let names = [row.repository.as_str(), row.directive.as_str(), "waiver", &row.waiver.id];
            self.events.push(Event {
                uid: Uid::of(&names),
                stamp: repository.admitted_at,
                sequence: sequences.get(&(names[0], &row.directive)).copied().unwrap_or_default(),
                on: On::end(until, &row.zone),
                summary: format!("{}: waiver {} from {part} ends", row.directive, row.waiver.id),
                description: vec![
                    format!("It frees until {}, and then {part} binds again.", in_zone(until, &row.zone)),
                    format!("{}, granted by {}", row.document, row.waiver.granted_by),
                ],
                category: row.directive.to_string(),
                status: Status::Confirmed,
                confidential: false,
            });
        }
    }
}

fn is_later(text: Text<'_>, asked: &Asked<'_>) -> bool {
    let zone = text.zone();
    text.directive.issued.begin(&zone) > asked.as_of.moment(&zone)
}

/// How many revisions there are besides the first of each directive and of those that have a relation to it.
fn sequences(generation: &Generation) -> BTreeMap<(&str, &DirectiveId), usize> {
    let mut sequences: BTreeMap<(&str, &DirectiveId), usize> = BTreeMap::new();
    for (repository, held) in generation.directives() {
        let name = repository.name.as_str();
        let revisions = held.revisions.len();
        *sequences.entry((name, held.id())).or_default() += revisions.saturating_sub(1);
        let texts = held.revisions.iter().map(|revision| &revision.believed.document.value);
        let targets = texts.flat_map(|text| text.relations.iter().map(|relation| &relation.target.id));
        for target in targets.filter(|target| *target != held.id()).collect::<BTreeSet<_>>() {
            *sequences.entry((name, target)).or_default() += revisions;
        }
    }
    sequences
}

fn event(
    of: Of<'_>,
    row: &Row,
    action: &Action,
    (which, end): (&str, DateTime),
    ended: Option<DateTime>,
) -> Event {
    let freed = row.freed.as_ref().filter(|freed| freed.until.is_none_or(|until| end <= until));
    let status = match (ended, freed) {
        (Some(_), _) => Status::Cancelled,
        (None, Some(_)) => Status::Tentative,
        (None, None) => Status::Confirmed,
    };
    let edge = match &row.edge {
        Some(Edge::Begin) => "to begin",
        Some(Edge::Complete) => "to be complete",
        Some(Edge::Report) => "to be reported",
        _ => "due",
    };
    let should = if row.modality == Modality::Must { "" } else { row.modality.as_str() };
    let mut summary = format!("{} {}: {edge}", row.directive, row.action);
    for more in [should, if freed.is_some() { "waived" } else { "" }] {
        if !more.is_empty() {
            summary = format!("{summary} ({more})");
        }
    }
    let mut description = vec![of.directive.title.clone(), format!("{} {}", row.modality, row.kind)];
    description.extend(action.description.clone());
    description.push(format!("By {}", in_zone(end, &row.zone)));
    description.extend(row.unless_directed_otherwise.then(|| "Unless directed otherwise".to_owned()));
    match &row.subjects {
        Subjects::One(id) => description.push(format!("Subject {id}")),
        Subjects::Count(number) => description.push(count(*number, "subject")),
    }
    description.extend(action.paragraph.as_ref().map(|paragraph| format!("Paragraph {paragraph}")));
    description.extend(row.source().map(|source| format!("As {source} has it")));
    description.extend(freed.map(|freed| match freed.until {
        Some(until) => format!("Waived until {}, waiver {}", in_zone(until, &row.zone), freed.waiver),
        None => format!("Waived without an end, waiver {}", freed.waiver),
    }));
    description.extend(ended.map(|since| format!("Not due: ended {}", in_zone(since, &row.zone))));
    let names = [of.repository.name.as_str(), row.directive.as_str(), "action", &row.action, which];
    Event {
        uid: Uid::of(&names),
        stamp: of.repository.admitted_at,
        sequence: of.sequence,
        on: On::end(end, &row.zone),
        summary,
        description,
        category: row.directive.to_string(),
        status,
        confidential: of.directive.marking.as_ref().is_some_and(|marking| *marking != Marking::Clear),
    }
}
