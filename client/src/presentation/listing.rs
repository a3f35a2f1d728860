//! The directives that are held, a row each.

use interdict_host::terminal::{Paint, Table};
use interdict_schema::Sha256;
use interdict_schema::directive::resolve::State;
use interdict_schema::directive::unsupported::unsupported;
use interdict_schema::directive::{DayOrTime, DirectiveId, Revision, Status};
use interdict_schema::policy::Mark;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::deadlines::{Asked, Row, Text, next, of_directive};
use super::due::JsonRow;
use super::exceptions::Exceptions;
use super::list::{ListEntry, list_entries, list_table};
use super::sources::{ended, zone_of};
use super::validity::Validity;
use super::waivers::{WaiverEntry, waiver_entries, waiver_table};
use crate::store::generation::Generation;

/// The directives that are held.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    validity: Validity,
    entries: Vec<Entry>,
    lists: Vec<ListEntry>,
    waivers: Vec<WaiverEntry>,
}

#[derive(Debug, Clone, PartialEq)]
struct Entry {
    repository: String,
    id: DirectiveId,
    revision: Revision,
    status: Status,
    title: String,
    issuer: String,
    issued: DayOrTime,
    digest: Sha256,
    subjects: usize,
    next: Option<Row>,
    marks: Vec<Mark>,
    unsupported: usize,
    not_bound: Option<String>,
    ended: Option<String>,
}

impl Listing {
    /// Every directive of a generation; those that have ended only where `with_ended`.
    ///
    /// Days of waivers are shown in `local` time.
    pub fn of(generation: &Generation, asked: &Asked<'_>, with_ended: bool, local: &TimeZone) -> Self {
        let profile = asked.profile;
        let wanted = generation.directives().filter(|(_, held)| with_ended || !held.directive().is_ended());
        let entry = |(repository, held): (
            &crate::store::generation::HeldRepository,
            &crate::store::generation::HeldDirective,
        )| {
            let directive = held.directive();
            let rows = if directive.is_ended() || directive.scope.binds(profile).is_err() {
                Vec::new()
            } else {
                let repository = repository.name.as_str();
                of_directive(Text { repository, directive, situation: held.situation() }, asked)
            };
            Entry {
                repository: repository.name.to_string(),
                id: directive.id.clone(),
                revision: directive.revision,
                status: directive.status.clone(),
                title: directive.title.clone(),
                issuer: directive.issuer.clone(),
                issued: directive.issued,
                digest: held.current().payload.digest,
                subjects: directive.subjects.len(),
                next: next(&rows).cloned(),
                marks: held.marks.clone(),
                unsupported: unsupported(&held.current().document).len(),
                not_bound: directive.scope.binds(profile).err().map(|why| why.to_string()),
                ended: held.situation().and_then(|situation| match &situation.state {
                    State::Ended(ending) if ending.by.id != directive.id => {
                        Some(ended(ending, &directive.id, &zone_of(directive)))
                    }
                    _ => None,
                }),
            }
        };
        let lists = list_entries(generation);
        let waivers = waiver_entries(generation, profile, asked.as_of, local);
        Self { validity: Validity::of(generation), entries: wanted.map(entry).collect(), lists, waivers }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The lists of identifiers, for people; `None` where there are none.
    pub fn lists(&self) -> Option<Table> {
        (!self.lists.is_empty()).then(|| list_table(&self.lists))
    }

    /// The waivers that are documents of their own, for people; `None` where there are none.
    pub fn waivers(&self) -> Option<Table> {
        (!self.waivers.is_empty()).then(|| waiver_table(&self.waivers))
    }

    /// For people.
    pub fn table(&self) -> Table {
        let header = [
            "directive",
            "revision",
            "status",
            "title",
            "repository",
            "subjects",
            "next deadline",
            "left",
            "marks",
        ];
        let mut table = Table::new(&header).right_aligned(1).right_aligned(5);
        for entry in &self.entries {
            let mut marks: Vec<&str> = entry.marks.iter().map(|mark| mark.as_str()).collect();
            marks.extend((entry.unsupported > 0).then_some("unsupported"));
            marks.extend(entry.not_bound.as_ref().map(|_| "not bound"));
            let ended = entry.ended.as_deref().unwrap_or(entry.status.as_str());
            let cells = [
                entry.id.to_string(),
                entry.revision.to_string(),
                ended.to_owned(),
                entry.title.clone(),
                entry.repository.clone(),
                entry.subjects.to_string(),
                entry.next.as_ref().map_or_else(String::new, Row::due),
                entry.next.as_ref().map_or_else(String::new, Row::left),
                marks.join(", "),
            ];
            if entry.marks.is_empty() {
                table.row(cells);
            } else {
                table.painted_row(Paint::Alarm, cells);
            }
        }
        table
    }

    /// For programs.
    pub fn json(&self, local: &TimeZone, exceptions: &Exceptions) -> Vec<u8> {
        #[derive(Serialize)]
        struct Document<'a> {
            format: &'static str,
            #[serde(flatten)]
            validity: Validity,
            directives: Vec<JsonEntry<'a>>,
            #[serde(skip_serializing_if = "<[ListEntry]>::is_empty")]
            lists: &'a [ListEntry],
            #[serde(skip_serializing_if = "<[WaiverEntry]>::is_empty")]
            waivers: &'a [WaiverEntry],
            exceptions: &'a Exceptions,
        }
        super::json(&Document {
            format: "interdict-list/1",
            validity: self.validity,
            directives: self.entries.iter().map(|entry| JsonEntry::of(entry, local)).collect(),
            lists: &self.lists,
            waivers: &self.waivers,
            exceptions,
        })
    }
}

#[derive(Serialize)]
struct JsonEntry<'a> {
    repository: &'a str,
    id: &'a DirectiveId,
    revision: Revision,
    status: &'a Status,
    title: &'a str,
    issuer: &'a str,
    issued: DayOrTime,
    digest: Sha256,
    subjects: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_deadline: Option<JsonRow<'a>>,
    marks: &'a [Mark],
    unsupported: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_bound: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<&'a str>,
}

impl<'a> JsonEntry<'a> {
    fn of(entry: &'a Entry, local: &TimeZone) -> Self {
        Self {
            repository: &entry.repository,
            id: &entry.id,
            revision: entry.revision,
            status: &entry.status,
            title: &entry.title,
            issuer: &entry.issuer,
            issued: entry.issued,
            digest: entry.digest,
            subjects: entry.subjects,
            next_deadline: entry.next.as_ref().map(|row| JsonRow::of(row, local)),
            marks: &entry.marks,
            unsupported: entry.unsupported,
            not_bound: entry.not_bound.as_deref(),
            ended: entry.ended.as_deref(),
        }
    }
}
