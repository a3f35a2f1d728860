//! What changed since the last digest, and what falls due: for a daily mail that is empty on most days.

use interdict_host::exit::{Exit, Outcome};
use interdict_host::terminal::Paint;
use interdict_schema::DateTime;
use interdict_schema::directive::{Directive, DirectiveId};
use jiff::tz::TimeZone;

use super::deadlines::{Columns, Grouping, Row, of_directive, rows, table};
use super::status::{said, sentence};
use super::{Page, count, in_zone};
use crate::as_of::AsOf;
use crate::freshness::Staleness;
use crate::length_of_time::LengthOfTime;
use crate::store::digest::Remembered;
use crate::store::generation::{Generation, HeldDirective};

/// Changes of one kind that are named before the rest is counted.
const NAMED: usize = 12;

/// A difference between two texts of a directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Another title.
    Title,
    /// Another status.
    Status {
        /// The one before.
        from: String,
        /// The one now.
        to: String,
    },
    /// A subject that was not there.
    SubjectAdded(String),
    /// A subject that is no longer there.
    SubjectRemoved(String),
    /// A subject whose date moved.
    SubjectDue {
        /// The subject.
        id: String,
        /// The date before, or `none`.
        from: String,
        /// The date now, or `none`.
        to: String,
    },
    /// A subject that differs otherwise.
    SubjectChanged(String),
    /// An action that was not there.
    ActionAdded(String),
    /// An action that is no longer there.
    ActionRemoved(String),
    /// An action whose date moved.
    ActionDue {
        /// The action.
        id: String,
        /// When before.
        from: String,
        /// When now.
        to: String,
    },
    /// An action that differs otherwise.
    ActionChanged(String),
    /// Something else: scope, waivers, relations, definitions.
    Other(&'static str),
}

/// The differences between two texts of a directive.
pub fn changes(old: &Directive, new: &Directive, now: DateTime) -> Vec<Change> {
    let mut changes = Vec::new();
    if old.title != new.title {
        changes.push(Change::Title);
    }
    if old.status != new.status {
        changes.push(Change::Status { from: old.status.to_string(), to: new.status.to_string() });
    }
    subjects(old, new, &mut changes);
    actions(old, new, now, &mut changes);
    for (differs, what) in [
        (old.scope != new.scope, "scope"),
        (old.waivers != new.waivers, "waivers"),
        (old.relations != new.relations, "relations"),
        (old.definitions != new.definitions, "definitions"),
        (old.tables != new.tables, "tables"),
        (old.responses != new.responses, "responses"),
        (old.summary != new.summary || old.text != new.text, "text"),
        (old.effective() != new.effective() || old.zone != new.zone, "effective date"),
    ] {
        if differs {
            changes.push(Change::Other(what));
        }
    }
    changes
}

fn subjects(old: &Directive, new: &Directive, changes: &mut Vec<Change>) {
    let index = |directive: &'_ Directive| -> std::collections::BTreeMap<String, usize> {
        directive.subjects.iter().enumerate().map(|(number, subject)| (subject.id.clone(), number)).collect()
    };
    let (before, after) = (index(old), index(new));
    for subject in &new.subjects {
        let was = before.get(&subject.id).and_then(|number| old.subjects.get(*number));
        match was {
            None => changes.push(Change::SubjectAdded(subject.id.clone())),
            Some(was) if was == subject => {}
            Some(was) if was.due != subject.due => {
                let date = |due: Option<interdict_schema::directive::DayOrTime>| {
                    due.map_or_else(|| "none".into(), |due| due.to_string())
                };
                changes.push(Change::SubjectDue {
                    id: subject.id.clone(),
                    from: date(was.due),
                    to: date(subject.due),
                });
            }
            Some(_) => changes.push(Change::SubjectChanged(subject.id.clone())),
        }
    }
    let gone = old.subjects.iter().filter(|subject| !after.contains_key(&subject.id));
    changes.extend(gone.map(|subject| Change::SubjectRemoved(subject.id.clone())));
}

fn actions(old: &Directive, new: &Directive, now: DateTime, changes: &mut Vec<Change>) {
    let due = |directive: &Directive, id: &str| {
        let rows = of_directive("", directive, AsOf::now(now), Grouping::ByDate);
        rows.iter().find(|row| row.action == id).map_or_else(|| "none".into(), Row::due)
    };
    for action in &new.actions {
        match old.action(&action.id) {
            None => changes.push(Change::ActionAdded(action.id.clone())),
            Some(was) if was == action => {}
            Some(was) if was.due != action.due => changes.push(Change::ActionDue {
                id: action.id.clone(),
                from: due(old, &action.id),
                to: due(new, &action.id),
            }),
            Some(_) => changes.push(Change::ActionChanged(action.id.clone())),
        }
    }
    let gone = old.actions.iter().filter(|action| new.action(&action.id).is_none());
    changes.extend(gone.map(|action| Change::ActionRemoved(action.id.clone())));
}

/// What a mail says, and what the next one takes as known.
#[derive(Debug, Clone)]
pub struct Digest {
    /// Empty where there is nothing to say.
    pub page: Page,
    /// What is known from here on.
    pub remember: Remembered,
    /// What holds: only what is stale or wrong.
    pub outcome: Outcome,
}

/// Makes a digest. What is stale or wrong is said each time, until it no longer is.
pub fn digest(
    generation: &Generation,
    before: Option<&Remembered>,
    stale: &[Staleness],
    within: LengthOfTime,
    now: DateTime,
    local: &TimeZone,
) -> Digest {
    let mut page = Page::default();
    let mut outcome = Outcome::done();
    for stale in stale {
        outcome.add(Exit::Stale);
        page.painted(Paint::Alarm, format!("STALE: {}", said(stale, local)));
    }
    for repository in &generation.repositories {
        for alarm in &repository.alarms {
            outcome.add(alarm.kind.exit());
            page.painted(Paint::Alarm, format!("alarm: {}", sentence(&repository.name, alarm)));
        }
    }
    for (repository, held) in generation.directives() {
        let known = before.and_then(|before| before.directive(repository.name.as_str(), held.id()));
        match known {
            None => new(&mut page, held),
            Some(known) if known.digest != held.newest().believed.payload.digest => {
                let old = held.revisions.iter().find(|old| old.believed.payload.digest == known.digest);
                revised(&mut page, held, known.revision, old.map(|old| &old.believed.document.value), now);
            }
            Some(_) => {}
        }
    }
    let is_held = |repository: &str, id: &DirectiveId| {
        generation
            .directives()
            .any(|(held, directive)| held.name.as_str() == repository && directive.id() == id)
    };
    for (repository, id) in before.iter().flat_map(|before| before.all()) {
        if !is_held(repository, id) {
            page.painted(Paint::Alarm, format!("no longer held: {id} (repository {repository})"));
        }
    }
    due(&mut page, generation, before, within, now, local);
    Digest { page, remember: Remembered::of(generation, now), outcome }
}

fn new(page: &mut Page, held: &HeldDirective) {
    let directive = held.directive();
    page.painted(
        Paint::Strong,
        format!("new: {}, revision {}: {}", directive.id, directive.revision, directive.title),
    );
    let subjects = count(directive.subjects.len(), "subject");
    let actions = count(directive.actions.len(), "action");
    page.line(format!("  {}, {subjects}, {actions}", directive.status));
}

type Pick = fn(&Change) -> Option<&String>;

/// The changes of which only the ids are told.
const LISTS: [(&str, Pick); 6] = [
    ("subjects added", |change| match change {
        Change::SubjectAdded(id) => Some(id),
        _ => None,
    }),
    ("subjects removed", |change| match change {
        Change::SubjectRemoved(id) => Some(id),
        _ => None,
    }),
    ("subjects changed", |change| match change {
        Change::SubjectChanged(id) => Some(id),
        _ => None,
    }),
    ("actions added", |change| match change {
        Change::ActionAdded(id) => Some(id),
        _ => None,
    }),
    ("actions removed", |change| match change {
        Change::ActionRemoved(id) => Some(id),
        _ => None,
    }),
    ("actions changed", |change| match change {
        Change::ActionChanged(id) => Some(id),
        _ => None,
    }),
];

fn revised(
    page: &mut Page,
    held: &HeldDirective,
    from: interdict_schema::directive::Revision,
    old: Option<&Directive>,
    now: DateTime,
) {
    let directive = held.directive();
    page.painted(
        Paint::Strong,
        format!("revised: {}, revision {from} to {}: {}", directive.id, directive.revision, directive.title),
    );
    let Some(old) = old else {
        page.line(format!("  the text of revision {from} that was known is no longer held"));
        return;
    };
    let changes = changes(old, directive, now);
    for change in &changes {
        match change {
            Change::Title => page.line(format!("  the title was: {}", old.title)),
            Change::Status { from, to } => {
                page.painted(Paint::Warning, format!("  status: {from}, now {to}"));
            }
            Change::ActionDue { id, from, to } => page.line(format!("  action {id}: due {from}, now {to}")),
            Change::Other(what) => page.line(format!("  {what} changed")),
            _ => {}
        }
    }
    for (what, pick) in LISTS {
        let ids: Vec<&String> = changes.iter().filter_map(pick).collect();
        if !ids.is_empty() {
            page.line(format!("  {what}: {}", some(&ids)));
        }
    }
    let moved = || changes.iter().filter_map(moved_due);
    moved().take(NAMED).for_each(|line| page.line(line));
    if let Some(more) = moved().count().checked_sub(NAMED).filter(|more| *more > 0) {
        page.line(format!("  and {more} more subjects whose date moved"));
    }
}

fn moved_due(change: &Change) -> Option<String> {
    match change {
        Change::SubjectDue { id, from, to } => Some(format!("  subject {id}: due {from}, now {to}")),
        _ => None,
    }
}

fn some(ids: &[&String]) -> String {
    let named = ids.iter().take(NAMED).map(|id| id.as_str()).collect::<Vec<_>>().join(", ");
    match ids.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named}, and {more} more"),
    }
}

/// What falls due from here on, and what has passed since the last digest.
fn due(
    page: &mut Page,
    generation: &Generation,
    before: Option<&Remembered>,
    within: LengthOfTime,
    now: DateTime,
    local: &TimeZone,
) {
    let from = before.map_or(now, |before| before.made_at.min(now));
    let until = within.after(now);
    let mut rows = rows(generation, AsOf::now(now), Grouping::ByDate);
    rows.retain(|row| row.end().is_some_and(|end| end >= from && end <= until));
    if rows.is_empty() {
        return;
    }
    if !page.is_empty() {
        page.line("");
    }
    page.painted(Paint::Strong, format!("due until {}", in_zone(until, local)));
    page.table(table(&rows, local, Columns::WithDirective));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    fn directive(rest: &str) -> Directive {
        let text = format!(
            r#"{{"format":"interdict-directive/1","id":"T-1","revision":1,"issuer":"i","zone":"UTC","issued":"2017-09-13",{rest}}}"#
        );
        Directive::parse(text.as_bytes()).unwrap().value
    }

    #[test]
    fn every_kind_of_difference_is_named() {
        let old = directive(
            r#""status":"in-force","title":"t",
            "subjects":[{"id":"same","name":"n","disposition":"remediate"},{"id":"gone","name":"n","disposition":"remediate"},
                {"id":"moved","name":"n","disposition":"remediate","due":"2017-10-01"},{"id":"other","name":"n","disposition":"remediate"}],
            "actions":[{"id":"stay","modality":"must","kind":"plan"},{"id":"drop","modality":"must","kind":"plan"},
                {"id":"move","modality":"must","kind":"plan","due":{"at":{"time":"2017-10-01"}}},{"id":"alter","modality":"must","kind":"plan"}]"#,
        );
        let new = directive(
            r#""status":"closed","title":"u","scope":{"addressees":[{"class":"c"}]},
            "subjects":[{"id":"same","name":"n","disposition":"remediate"},{"id":"fresh","name":"n","disposition":"remediate"},
                {"id":"moved","name":"n","disposition":"remediate"},{"id":"other","name":"m","disposition":"remediate"}],
            "actions":[{"id":"stay","modality":"must","kind":"plan"},{"id":"add","modality":"must","kind":"plan"},
                {"id":"move","modality":"must","kind":"plan","due":{"at":{"time":"2017-11-01"}}},{"id":"alter","modality":"should","kind":"plan"}]"#,
        );
        let now = "2017-09-13T12:00:00Z".parse().unwrap();
        assert_eq!(changes(&old, &old, now), []);
        assert_eq!(
            changes(&old, &new, now),
            [
                Change::Title,
                Change::Status { from: "in-force".into(), to: "closed".into() },
                Change::SubjectAdded("fresh".into()),
                Change::SubjectDue { id: "moved".into(), from: "2017-10-01".into(), to: "none".into() },
                Change::SubjectChanged("other".into()),
                Change::SubjectRemoved("gone".into()),
                Change::ActionAdded("add".into()),
                Change::ActionDue {
                    id: "move".into(),
                    from: "Sun 1 Oct 2017, 23:59 UTC".into(),
                    to: "Wed 1 Nov 2017, 23:59 UTC".into()
                },
                Change::ActionChanged("alter".into()),
                Change::ActionRemoved("drop".into()),
                Change::Other("scope"),
            ]
        );
    }
}
