//! Ids, and what refers to them.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Fact, Problems};
use crate::directive::{Action, Anchor, Directive, Due, RelationKind, deadline};
use crate::json::Pointer;
use crate::limits::PART_ID_LENGTH;

pub(super) fn check(directive: &Directive, problems: &mut Problems) {
    ids(directive, problems);
    let known = Known {
        subjects: directive.subjects.iter().map(|subject| subject.id.as_str()).collect(),
        actions: directive.actions.iter().map(|action| action.id.as_str()).collect(),
        tables: directive.tables.iter().map(|table| table.id.as_str()).collect(),
        calendars: deadline::known_calendars(directive).into_iter().collect(),
    };
    for (number, calendar) in directive.calendars.iter().enumerate() {
        let at = || Pointer::root().join("calendars").join(number).join("base");
        known.calendar(at, calendar.base.as_deref(), problems);
    }
    for (number, action) in directive.actions.iter().enumerate() {
        known.action(&Directive::place_of_action(number), action, problems);
    }
    for (number, table) in directive.tables.iter().enumerate() {
        for (row, decision) in table.rows.iter().enumerate() {
            if let Some(due) = &decision.due {
                let at = Pointer::root().join("tables").join(number).join("rows").join(row).join("due");
                known.due(&at, None, due, problems);
            }
        }
    }
    for (number, waiver) in directive.waivers.iter().enumerate() {
        if let Some(part) = &waiver.part {
            known.part(&Pointer::root().join("waivers").join(number).join("part"), part, problems);
        }
    }
    relations(directive, &known, problems);
    circles(directive, problems);
}

/// The ids that references can lead to.
struct Known<'a> {
    subjects: BTreeSet<&'a str>,
    actions: BTreeSet<&'a str>,
    tables: BTreeSet<&'a str>,
    calendars: BTreeSet<&'a str>,
}

impl Known<'_> {
    fn action(&self, at: &Pointer, action: &Action, problems: &mut Problems) {
        for (number, id) in action.subjects.iter().enumerate() {
            if !self.subjects.contains(id.as_str()) {
                let place = at.join("subjects").join(number);
                problems.add(place, Fact::Dangling { of: "subject", id: id.clone() });
            }
        }
        for (of, ids) in [("after", &action.after), ("alternatives", &action.alternatives)] {
            for (number, id) in ids.iter().enumerate() {
                self.reference(|| at.join(of).join(number), id, Some(&action.id), problems);
            }
        }
        if let Some(due) = &action.due {
            self.due(&at.join("due"), Some(&action.id), due, problems);
        }
    }

    fn due(&self, at: &Pointer, own: Option<&str>, due: &Due, problems: &mut Problems) {
        if let Some(offset) = &due.offset {
            self.anchor(&at.join("offset").join("anchor"), own, &offset.anchor, problems);
        }
        if let Some(every) = &due.every {
            self.anchor(&at.join("every").join("from"), own, &every.from, problems);
            if let Some(until) = &every.until {
                // Reports end when the action that they are about does, which may be the action itself.
                self.anchor(&at.join("every").join("until"), None, until, problems);
            }
        }
        let of_offset = due.offset.as_ref().and_then(|offset| offset.calendar.as_deref());
        self.calendar(|| at.join("offset").join("calendar"), of_offset, problems);
        let of_every = due.every.as_ref().and_then(|every| every.calendar.as_deref());
        self.calendar(|| at.join("every").join("calendar"), of_every, problems);
        if let Some(id) = due.table.as_ref().filter(|id| !self.tables.contains(id.as_str())) {
            problems.add(at.join("table"), Fact::Dangling { of: "table", id: id.clone() });
        }
    }

    fn calendar(&self, place: impl Fn() -> Pointer, id: Option<&str>, problems: &mut Problems) {
        if let Some(id) = id.filter(|id| !self.calendars.contains(id)) {
            problems.add(place(), Fact::Dangling { of: "calendar", id: id.into() });
        }
    }

    fn anchor(&self, at: &Pointer, own: Option<&str>, anchor: &Anchor, problems: &mut Problems) {
        match anchor {
            Anchor::Due(id) | Anchor::Action(id) => self.reference(|| at.clone(), id, own, problems),
            Anchor::EarliestOf(several) => {
                for anchor in several {
                    self.anchor(at, own, anchor, problems);
                }
            }
            _ => {}
        }
    }

    /// A reference to an action, from the action `own` where there is one.
    fn reference(&self, place: impl Fn() -> Pointer, id: &str, own: Option<&str>, problems: &mut Problems) {
        if own == Some(id) {
            problems.add(place(), Fact::SelfReference { id: id.into() });
        } else if !self.actions.contains(id) {
            problems.add(place(), Fact::Dangling { of: "action", id: id.into() });
        }
    }

    fn part(&self, place: &Pointer, id: &str, problems: &mut Problems) {
        if !self.actions.contains(id) && !self.subjects.contains(id) {
            problems.add(place.clone(), Fact::Dangling { of: "action or subject", id: id.into() });
        }
    }
}

fn relations(directive: &Directive, known: &Known<'_>, problems: &mut Problems) {
    for (number, relation) in directive.relations.iter().enumerate() {
        let at = Pointer::root().join("relations").join(number);
        let target = &relation.target;
        let foreign = replaces(&relation.kind) && target.id != directive.id;
        if let Some(part) = target.part.as_ref().filter(|_| foreign) {
            // What takes the place of the target's part stands here.
            let (member, id) = relation.by.as_ref().map_or(("target", part), |by| ("by", by));
            let place = at.join(member);
            known.part(&if member == "by" { place } else { place.join("part") }, id, problems);
        }
        if target.id == directive.id {
            match &target.part {
                Some(part) => known.part(&at.join("target").join("part"), part, problems),
                None => problems.add(at, Fact::RelationToItself { kind: relation.kind.to_string() }),
            }
        } else if target.digest.is_none() && relation.kind != RelationKind::Implements {
            problems.add(at.join("target"), Fact::RelationWithoutDigest { id: target.id.to_string() });
        }
    }
}

fn replaces(kind: &RelationKind) -> bool {
    matches!(kind, RelationKind::Amends | RelationKind::Supplements)
}

/// Ids are unique where they are looked up; actions and subjects share one list, because a part may be either.
fn ids(directive: &Directive, problems: &mut Problems) {
    let root = Pointer::root();
    let subjects =
        directive.subjects.iter().enumerate().map(|(number, subject)| ("subjects", number, &subject.id));
    let actions =
        directive.actions.iter().enumerate().map(|(number, action)| ("actions", number, &action.id));
    unique(problems, subjects.chain(actions), &root);
    unique(
        problems,
        directive.tables.iter().enumerate().map(|(number, table)| ("tables", number, &table.id)),
        &root,
    );
    unique(
        problems,
        directive.calendars.iter().enumerate().map(|(number, calendar)| ("calendars", number, &calendar.id)),
        &root,
    );
    unique(
        problems,
        directive.waivers.iter().enumerate().map(|(number, waiver)| ("waivers", number, &waiver.id)),
        &root,
    );
    unique(
        problems,
        directive.responses.iter().enumerate().map(|(number, response)| ("responses", number, &response.id)),
        &root,
    );
    for (number, subject) in
        directive.subjects.iter().enumerate().filter(|(_, subject)| !subject.excludes.is_empty())
    {
        let excludes =
            subject.excludes.iter().enumerate().map(|(number, exclude)| ("excludes", number, &exclude.id));
        unique(problems, excludes, &root.join("subjects").join(number));
    }
    for (number, action) in directive.actions.iter().enumerate() {
        let fields =
            action.requires.iter().enumerate().map(|(number, field)| ("requires", number, &field.id));
        unique(problems, fields, &Directive::place_of_action(number));
    }
    for (number, table) in directive.tables.iter().enumerate() {
        let inputs = table.inputs.iter().enumerate().map(|(number, input)| ("inputs", number, &input.id));
        unique(problems, inputs, &root.join("tables").join(number));
    }
}

fn unique<'a>(
    problems: &mut Problems,
    ids: impl Iterator<Item = (&'static str, usize, &'a String)>,
    below: &Pointer,
) {
    let mut seen: BTreeMap<&str, (&'static str, usize)> = BTreeMap::new();
    for (list, number, id) in ids {
        let place = || below.join(list).join(number).join("id");
        let spelled =
            id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
        if id.is_empty() {
            problems.add(place(), Fact::Empty { of: "id" });
        } else if !spelled {
            problems.add(place(), Fact::IdShape { id: id.clone() });
        }
        problems.length(place, id, PART_ID_LENGTH);
        match seen.get(id.as_str()) {
            Some((list, first)) => {
                let first = below.join(list).join(first).join("id");
                problems.add(place(), Fact::DuplicateId { id: id.clone(), first });
            }
            None => drop(seen.insert(id, (list, number))),
        }
    }
}

/// Circles of `after`, of deadlines that are counted from one another, and of actions of which each waits until the other
/// is done, each reported once: at its first action.
fn circles(directive: &Directive, problems: &mut Problems) {
    let numbers: BTreeMap<&str, usize> =
        directive.actions.iter().enumerate().map(|(number, action)| (action.id.as_str(), number)).collect();
    let kinds: [(&str, Edges); 3] = [("after", after), ("due", counted_from), ("due", runs_from)];
    for (of, edges) in kinds {
        let mut done = BTreeSet::new();
        for (number, action) in directive.actions.iter().enumerate() {
            if done.contains(&number) {
                continue;
            }
            let mut walk = Walk { directive, numbers: &numbers, edges, done: &mut done, path: Vec::new() };
            if let Some(path) = walk.from(number).filter(|path| path.len() > 2) {
                let place = numbers.get(action.id.as_str()).map_or(0, |number| *number);
                problems.add(
                    Directive::place_of_action(place).join(of),
                    Fact::Circle { path: path.join(" -> ") },
                );
            }
        }
    }
}

/// The actions that one refers to.
type Edges = fn(&Action) -> Vec<&str>;

fn after(action: &Action) -> Vec<&str> {
    action.after.iter().map(String::as_str).collect()
}

fn counted_from(action: &Action) -> Vec<&str> {
    let due = action.due.as_ref();
    let anchors = due
        .and_then(|due| due.offset.as_ref().map(|offset| &offset.anchor))
        .into_iter()
        .chain(due.and_then(|due| due.every.as_ref().map(|every| &every.from)));
    anchors
        .flat_map(|anchor| match anchor {
            Anchor::EarliestOf(several) => several.as_slice(),
            one => core::slice::from_ref(one),
        })
        .filter_map(|anchor| match anchor {
            Anchor::Due(id) => Some(id.as_str()),
            _ => None,
        })
        .collect()
}

/// The action whose completion starts the clock. Of several events another may, and a recurrence goes round by itself.
fn runs_from(action: &Action) -> Vec<&str> {
    match action.due.as_ref().and_then(|due| due.offset.as_ref()).map(|offset| &offset.anchor) {
        Some(Anchor::Action(id)) => alloc::vec![id.as_str()],
        _ => Vec::new(),
    }
}

struct Walk<'a, 'd> {
    directive: &'a Directive,
    numbers: &'d BTreeMap<&'a str, usize>,
    edges: Edges,
    done: &'d mut BTreeSet<usize>,
    path: Vec<&'a str>,
}

impl<'a> Walk<'a, '_> {
    /// The ids of a circle that is reached from this action, the first one repeated at the end.
    ///
    /// Recursion is as deep as there are actions, which [`crate::limits::DIRECTIVE_ACTIONS`] bounds.
    fn from(&mut self, number: usize) -> Option<Vec<&'a str>> {
        let action = self.directive.actions.get(number)?;
        if let Some(at) = self.path.iter().position(|id| *id == action.id) {
            let mut circle = self.path.split_off(at);
            circle.push(&action.id);
            return Some(circle);
        }
        if self.path.len() >= crate::limits::DIRECTIVE_ACTIONS || !self.done.insert(number) {
            return None;
        }
        self.path.push(&action.id);
        let next: Vec<usize> =
            (self.edges)(action).into_iter().filter_map(|id| self.numbers.get(id).copied()).collect();
        let found = next.into_iter().find_map(|number| self.from(number));
        if found.is_none() {
            self.path.pop();
        }
        found
    }
}
