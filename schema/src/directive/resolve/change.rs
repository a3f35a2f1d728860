//! The text of a directive with what amends it.

use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::cell::OnceCell;

use super::Origin;
use super::acting::{Acting, Link};
use super::ending::Endings;
use super::fault::{Conflict, Found, NoEffect, WithoutEffect};
use super::timeline::Entry;
use crate::directive::{Action, Anchor, DayOrTime, Directive, DirectiveId, Due, Subject, Waiver};

/// The parts of a directive that relations have changed.
#[derive(Default)]
pub(super) struct Changed<'a> {
    /// The text, where it is another than the revision's own.
    pub text: Option<Cow<'a, Directive>>,
    pub origins: BTreeMap<String, Vec<Origin>>,
    pub moved: BTreeMap<String, BTreeSet<DirectiveId>>,
}

/// The relations that change a text at a moment: those whose directive is in force, to a target that is.
fn changing<'l, 'a>(links: &'l [Link<'a>], endings: &'l Endings) -> impl Iterator<Item = &'l Link<'a>> {
    links
        .iter()
        .filter(|link| link.changes())
        .filter(|link| endings.of(link.source).is_none() && endings.of(link.target).is_none())
}

/// The parts of a target that a relation replaces, each with the part that takes its place.
fn replaced<'e>(link: &Link<'e>, entries: &[Entry<'e>]) -> Vec<(&'e str, &'e str)> {
    let (Some(source), Some(target)) = (entries.get(link.source), entries.get(link.target)) else {
        return Vec::new();
    };
    let (source, target) = (source.text(), target.text());
    if let Some(part) = link.part() {
        return vec![(part, link.relation.by.as_deref().unwrap_or(part))];
    }
    let actions = source.actions.iter().map(|action| action.id.as_str());
    let subjects = source.subjects.iter().map(|subject| subject.id.as_str());
    let both = actions.filter(|id| target.action(id).is_some());
    let both = both.chain(subjects.filter(|id| target.subjects.iter().any(|own| own.id == *id)));
    both.map(|id| (id, id)).collect()
}

/// Parts for which two directives put something else, as of one moment, neither of them about the other.
pub(super) fn clashes<'a>(entries: &[Entry<'a>], acting: &Acting<'a>, endings: &Endings) -> Vec<Found<'a>> {
    // Asked only where two meet at one moment, which is rare.
    let pairs: OnceCell<BTreeSet<(usize, usize)>> = OnceCell::new();
    let related = |source: usize, target: usize| {
        let all = || acting.relations.iter().map(|link| (link.source, link.target)).collect();
        pairs.get_or_init(all).contains(&(source, target))
    };
    let mut changes: BTreeMap<(usize, &str), Vec<&Link<'a>>> = BTreeMap::new();
    for link in changing(&acting.relations, endings) {
        for (part, _) in replaced(link, entries) {
            changes.entry((link.target, part)).or_default().push(link);
        }
    }
    let rank = |link: &Link<'_>| acting.changing_rank.get(link.source).copied().unwrap_or(usize::MAX);
    let mut found = Vec::new();
    for ((target, part), mut links) in changes {
        // What another is about comes first: it has the higher rank.
        links.sort_by_key(|link| (link.start, core::cmp::Reverse(rank(link)), link.source));
        for pair in links.windows(2) {
            let [one, other] = pair else { continue };
            let ordered = one.source == other.source
                || one.start < other.start
                || related(other.source, one.source)
                || related(one.source, other.source);
            let names = (entries.get(one.source), entries.get(other.source), entries.get(target));
            if let ((Some(first), Some(second), Some(target)), false) = (names, ordered) {
                let (mut first, mut second) = (first.document(), second.document());
                if second < first {
                    core::mem::swap(&mut first, &mut second);
                }
                found.push(Found {
                    conflict: Conflict::Unordered {
                        target: target.id().clone(),
                        part: part.into(),
                        one: first,
                        other: second,
                        since: one.start,
                    },
                    since: one.start,
                    relations: vec![(one.source, one.relation), (other.source, other.relation)],
                });
            }
        }
    }
    found
}

/// The texts that relations have changed, by directive. What amends another is itself amended first.
pub(super) fn texts<'a>(
    entries: &[Entry<'a>],
    acting: &Acting<'a>,
    endings: &Endings,
    without_effect: &mut Vec<WithoutEffect>,
) -> Vec<Changed<'a>> {
    let mut changed: Vec<Changed<'a>> = Vec::new();
    changed.resize_with(entries.len(), Changed::default);
    let mut onto: Vec<Vec<Link<'a>>> = vec![Vec::new(); entries.len()];
    let mut away: BTreeMap<usize, BTreeMap<String, BTreeSet<DirectiveId>>> = BTreeMap::new();
    for link in acting.relations.iter().filter(|link| link.changes()) {
        let ended = |number| endings.of(number).map(|ending| ending.since);
        let why = match (ended(link.source), ended(link.target)) {
            (Some(since), _) => Some(NoEffect::SourceEnded { since }),
            (None, Some(since)) => Some(NoEffect::TargetEnded { since }),
            (None, None) => None,
        };
        match (why, onto.get_mut(link.target)) {
            (None, Some(list)) => list.push(*link),
            (Some(why), _) => without_effect.extend(link.without_effect(entries, why)),
            (None, None) => {}
        }
    }
    let rank = |number: usize| acting.changing_rank.get(number).copied().unwrap_or(usize::MAX);
    let mut order: Vec<usize> = (0..entries.len())
        .filter(|number| onto.get(*number).is_some_and(|list| !list.is_empty()) || endings.has_parts(*number))
        .collect();
    order.sort_by_key(|number| rank(*number));
    for number in order {
        let Some(entry) = entries.get(number) else { continue };
        let mut links = onto.get_mut(number).map(core::mem::take).unwrap_or_default();
        links.sort_by_key(|link| {
            (link.start, core::cmp::Reverse(rank(link.source)), link.source, link.number)
        });
        let mut page = Page { text: entry.text().clone(), origins: BTreeMap::new(), base: entry };
        for link in links {
            let Some(source) = entries.get(link.source) else { continue };
            let from =
                changed.get(link.source).and_then(|changed| changed.text.as_deref()).unwrap_or(source.text());
            let before = changed.get(link.source).map(|changed| &changed.origins);
            for (part, by) in replaced(&link, entries) {
                let origin = Origin {
                    document: source.document(),
                    part: by.into(),
                    kind: Some(link.relation.kind.clone()),
                    since: link.start,
                };
                let earlier = before.and_then(|origins| origins.get(by)).cloned().unwrap_or_default();
                let Some(taken) = page.replace(part, by, from, earlier, origin) else {
                    let why = NoEffect::NothingInstead { part: part.into() };
                    without_effect.extend(link.without_effect(entries, why));
                    continue;
                };
                let own = away.entry(link.source).or_default();
                for part in taken {
                    own.entry(part).or_default().insert(entry.id().clone());
                }
            }
        }
        page.drop_parts(|part| endings.part(number, part).is_some());
        if let Some(place) = changed.get_mut(number) {
            place.text = Some(Cow::Owned(page.text));
            place.origins = page.origins;
        }
    }
    for (number, parts) in away {
        let (Some(entry), Some(place)) = (entries.get(number), changed.get_mut(number)) else { continue };
        let mut text = place.text.take().map_or_else(|| entry.text().clone(), Cow::into_owned);
        leave(&mut text, &parts);
        place.text = Some(Cow::Owned(text));
        place.moved = parts;
    }
    // Waivers of a text that does not act count for nothing.
    for (entry, place) in entries.iter().zip(&mut changed).filter(|(entry, _)| !entry.acts()) {
        if !entry.text().waivers.is_empty() {
            let mut text = place.text.take().map_or_else(|| entry.text().clone(), Cow::into_owned);
            text.waivers.clear();
            place.text = Some(Cow::Owned(text));
        }
    }
    changed
}

/// Takes parts that stand elsewhere out of a text. A subject stays where an action that stays is about it.
fn leave(text: &mut Directive, parts: &BTreeMap<String, BTreeSet<DirectiveId>>) {
    text.actions.retain(|action| !parts.contains_key(&action.id));
    let actions = core::mem::take(&mut text.actions);
    text.subjects.retain(|subject| {
        !parts.contains_key(&subject.id) || actions.iter().any(|action| action.concerns(&subject.id))
    });
    text.actions = actions;
}

/// A text that is being changed.
struct Page<'e, 'a> {
    text: Directive,
    origins: BTreeMap<String, Vec<Origin>>,
    base: &'e Entry<'a>,
}

impl Page<'_, '_> {
    /// Puts the part `by` of another text in the place of `part`, and what it refers to beside it; the parts of the other
    /// text that stand here now. None where there is nothing of the same kind.
    fn replace(
        &mut self,
        part: &str,
        by: &str,
        from: &Directive,
        earlier: Vec<Origin>,
        origin: Origin,
    ) -> Option<Vec<String>> {
        let taken = if let Some(place) = self.text.actions.iter().position(|action| action.id == part) {
            let action = from.action(by)?;
            let mut taken = self.bring(action, from, &origin);
            let action = self.adapt(Action { id: part.into(), ..action.clone() }, from);
            *self.text.actions.get_mut(place)? = action;
            taken.push(by.into());
            taken
        } else {
            let place = self.text.subjects.iter().position(|subject| subject.id == part)?;
            let subject = from.subjects.iter().find(|subject| subject.id == by)?;
            *self.text.subjects.get_mut(place)? = Subject { id: part.into(), ..subject.clone() };
            vec![by.into()]
        };
        // A waiver freed somebody from the words that stood here before.
        self.text.waivers.retain(|waiver| waiver.part.as_deref() != Some(part));
        let waivers = from.waivers.iter().filter(|waiver| waiver.part.as_deref() == Some(by));
        self.text.waivers.extend(waivers.map(|waiver| Waiver { part: Some(part.into()), ..waiver.clone() }));
        let base =
            Origin { document: self.base.document(), part: part.into(), kind: None, since: self.base.start };
        let chain = self.origins.entry(part.into()).or_insert_with(|| vec![base]);
        chain.extend(earlier.into_iter().filter(|earlier| earlier.kind.is_some()));
        chain.push(origin);
        Some(taken)
    }

    /// Brings what an action refers to and the text has not: subjects, actions that come before it, a table.
    fn bring(&mut self, action: &Action, from: &Directive, origin: &Origin) -> Vec<String> {
        let mut taken = Vec::new();
        for id in &action.subjects {
            let Some(subject) = from.subjects.iter().find(|subject| subject.id == *id) else { continue };
            match self.text.subjects.iter().find(|own| own.id == *id) {
                // The same words stand here already: nobody needs them twice.
                Some(own) if own == subject => taken.push(id.clone()),
                Some(_) => {}
                None => {
                    self.text.subjects.push(subject.clone());
                    self.brought(id, origin, &mut taken);
                }
            }
        }
        let mut waiting: Vec<&str> = references(action);
        while let Some(id) = waiting.pop() {
            if self.text.action(id).is_some() {
                continue;
            }
            let Some(other) = from.action(id).filter(|other| other.id != action.id) else { continue };
            waiting.extend(references(other));
            let other = self.adapt(other.clone(), from);
            self.text.actions.push(other);
            self.brought(id, origin, &mut taken);
        }
        taken
    }

    fn brought(&mut self, id: &str, origin: &Origin, taken: &mut Vec<String>) {
        self.origins.insert(id.into(), vec![Origin { part: id.into(), ..origin.clone() }]);
        taken.push(id.into());
    }

    /// An action as it reads in this text: clocks that run from the issue or the effect of its own directive go on to do so.
    fn adapt(&mut self, mut action: Action, from: &Directive) -> Action {
        let Some(due) = &mut action.due else { return action };
        let clocks = Clocks {
            issued: (from.issued != self.text.issued).then_some(from.issued),
            effective: (from.effective() != self.text.effective()).then_some(*from.effective()),
        };
        clocks.adapt(due);
        if let Some(at) = due.at.as_mut().filter(|at| at.zone.is_none() && from.zone != self.text.zone) {
            at.zone = Some(from.zone.clone());
        }
        let of_offset = due.offset.as_mut().and_then(|offset| offset.calendar.as_mut());
        let of_every = due.every.as_mut().and_then(|every| every.calendar.as_mut());
        of_offset.into_iter().chain(of_every).for_each(|name| self.calendars(name, from));
        let Some(id) = &due.table else { return action };
        let Some(table) = from.tables.iter().find(|table| table.id == *id) else { return action };
        let mut table = table.clone();
        for due in table.rows.iter_mut().filter_map(|row| row.due.as_mut()) {
            clocks.adapt(due);
        }
        match self.text.tables.iter().find(|own| own.id == *id) {
            Some(own) if *own == table => {}
            Some(_) => {
                table.id = alloc::format!("{}.{}", from.id, table.id);
                due.table = Some(table.id.clone());
                self.text.tables.retain(|own| own.id != table.id);
                self.text.tables.push(table);
            }
            None => self.text.tables.push(table),
        }
        action
    }

    /// Brings the calendars of another directive that a due counts by; one that differs under its name gets another name.
    fn calendars(&mut self, name: &mut String, from: &Directive) {
        let mut waiting = from.calendars.iter().find(|calendar| calendar.id == *name).cloned();
        while let Some(mut calendar) = waiting.take() {
            let base = calendar.base.as_ref();
            let base = base.and_then(|base| from.calendars.iter().find(|other| other.id == *base)).cloned();
            match self.text.calendars.iter().find(|own| own.id == calendar.id) {
                Some(own) if *own == calendar => return,
                Some(_) if calendar.id == *name => {
                    calendar.id = alloc::format!("{}.{}", from.id, calendar.id);
                    name.clone_from(&calendar.id);
                    self.text.calendars.retain(|own| own.id != calendar.id);
                }
                // A base of another meaning under the same name: the days that the issuer of the text counts by stay.
                Some(_) => return,
                None => {}
            }
            self.text.calendars.push(calendar);
            waiting = base;
        }
    }

    fn drop_parts(&mut self, ended: impl Fn(&str) -> bool) {
        self.text.actions.retain(|action| !ended(&action.id));
        self.text.subjects.retain(|subject| !ended(&subject.id));
        self.text.waivers.retain(|waiver| waiver.part.as_deref().is_none_or(|part| !ended(part)));
        self.origins.retain(|part, _| !ended(part));
    }
}

/// The actions that an action refers to.
fn references(action: &Action) -> Vec<&str> {
    fn anchored<'a>(anchor: &'a Anchor, found: &mut Vec<&'a str>) {
        match anchor {
            Anchor::Due(id) | Anchor::Action(id) => found.push(id),
            Anchor::EarliestOf(several) => several.iter().for_each(|anchor| anchored(anchor, found)),
            _ => {}
        }
    }
    let mut found: Vec<&str> = action.after.iter().chain(&action.alternatives).map(String::as_str).collect();
    if let Some(due) = &action.due {
        let offset = due.offset.as_ref().map(|offset| &offset.anchor);
        let every = due.every.as_ref().map(|every| (&every.from, every.until.as_ref()));
        let anchors = offset
            .into_iter()
            .chain(every.into_iter().flat_map(|(from, until)| core::iter::once(from).chain(until)));
        anchors.for_each(|anchor| anchored(anchor, &mut found));
    }
    found
}

/// The days of another directive, where they differ from those of the text that its action is put into.
#[derive(Clone, Copy)]
struct Clocks {
    issued: Option<DayOrTime>,
    effective: Option<DayOrTime>,
}

impl Clocks {
    fn adapt(self, due: &mut Due) {
        if let Some(offset) = &mut due.offset {
            self.anchor(&mut offset.anchor);
        }
        if let Some(every) = &mut due.every {
            self.anchor(&mut every.from);
            every.until.iter_mut().for_each(|until| self.anchor(until));
        }
    }

    fn anchor(self, anchor: &mut Anchor) {
        let day = match anchor {
            Anchor::Issued => self.issued,
            Anchor::Effective => self.effective,
            Anchor::EarliestOf(several) => {
                for anchor in several.iter_mut() {
                    self.anchor(anchor);
                }
                None
            }
            _ => None,
        };
        if let Some(day) = day {
            *anchor = Anchor::Date(day);
        }
    }
}
