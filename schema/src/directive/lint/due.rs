//! Deadlines: are they stated once, can they be computed, and do they fall where somebody meant them to. What must come after
//! what is in `order`.

use alloc::vec::Vec;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Fact, Problems, clock, order};
use crate::DateTime;
use crate::directive::deadline::{self, Deadline, Events, Unsupported};
use crate::directive::{Action, Anchor, DayOrTime, Directive, Due, Edge, Offset, Roll, Unit};
use crate::json::Pointer;

pub(super) fn check(directive: &Directive, problems: &mut Problems) {
    let zone = deadline::zone(&directive.zone).ok();
    let calendars = calendars(directive);
    for (number, action) in directive.actions.iter().enumerate() {
        let Some(due) = &action.due else { continue };
        let at = Directive::place_of_action(number).join("due");
        stated(&at, due, problems);
        clock::words(&at, due, zone.as_ref(), &directive.zone, problems);
        if due.by_subject {
            by_subject(&at, directive, action, problems);
        }
        listed(&at, directive, action, due, problems);
        if let Some(zone) = &zone {
            computed(&at, directive, due, &calendars, zone, problems);
        }
    }
    for (number, table) in directive.tables.iter().enumerate() {
        for (row, decision) in table.rows.iter().enumerate() {
            if let Some(due) = &decision.due {
                let at = Pointer::root().join("tables").join(number).join("rows").join(row).join("due");
                stated(&at, due, problems);
                clock::words(&at, due, zone.as_ref(), &directive.zone, problems);
                if let Some(zone) = &zone {
                    computed(&at, directive, due, &calendars, zone, problems);
                }
                if let Some(edge) = due.edge.as_ref().filter(|edge| !edge.is_known()) {
                    problems.word(&at.join("edge"), "edge", edge.as_str(), Edge::KNOWN);
                }
            }
        }
    }
    if let Some(zone) = &zone {
        order::check(directive, zone, problems);
    }
}

/// Exactly one form, of known words.
fn stated(at: &Pointer, due: &Due, problems: &mut Problems) {
    let forms = [
        due.at.is_some(),
        due.offset.is_some(),
        due.every.is_some(),
        due.table.is_some(),
        due.by_subject,
        due.ongoing,
    ];
    let found = forms.into_iter().filter(|there| *there).count();
    if found != 1 {
        problems.add(at.clone(), Fact::DueForms { found });
    }
    if let Some(offset) = &due.offset {
        let at = at.join("offset");
        unit(&at, &offset.unit, problems);
        anchor(&at.join("anchor"), &offset.anchor, problems);
        business(&at, &offset.unit, offset.roll.as_ref(), offset.calendar.as_deref(), problems);
    }
    if let Some(every) = &due.every {
        let at = at.join("every");
        unit(&at, &every.unit, problems);
        anchor(&at.join("from"), &every.from, problems);
        if let Some(until) = &every.until {
            anchor(&at.join("until"), until, problems);
        }
        business(&at, &every.unit, every.roll.as_ref(), every.calendar.as_deref(), problems);
        if every.n == 0 {
            problems.add(at.join("n"), Fact::EveryZero);
        }
    }
}

/// A roll of a known word, and a calendar where one is needed.
fn business(at: &Pointer, unit: &Unit, roll: Option<&Roll>, calendar: Option<&str>, problems: &mut Problems) {
    if let Some(roll) = roll.filter(|roll| !roll.is_known()) {
        problems.word(&at.join("roll"), "roll", roll.as_str(), Roll::KNOWN);
    }
    if *unit == Unit::Hour && roll == Some(&Roll::NextBusinessDay) {
        problems.add(at.join("roll"), Fact::HoursRoll);
    }
    if calendar.is_none() && (*unit == Unit::BusinessDay || roll == Some(&Roll::NextBusinessDay)) {
        problems.add(at.join("calendar"), Fact::CalendarMissing);
    }
}

fn unit(at: &Pointer, unit: &Unit, problems: &mut Problems) {
    if !unit.is_known() {
        problems.word(&at.join("unit"), "unit", unit.as_str(), Unit::KNOWN);
    }
}

/// The forms that an anchor can have, for messages.
const ANCHORS: &[&str] = &[
    "issued",
    "effective",
    "detected",
    "listed",
    "notified",
    "due:ACTION",
    "action:ACTION",
    "event:NAME",
    "a date",
    "earliest-of:ANCHOR,ANCHOR",
];

fn anchor(at: &Pointer, anchor: &Anchor, problems: &mut Problems) {
    match anchor {
        Anchor::Other(text) => problems.word(at, "anchor", text, ANCHORS),
        Anchor::EarliestOf(several) => several.iter().for_each(|anchor| self::anchor(at, anchor, problems)),
        _ => {}
    }
}

fn by_subject(at: &Pointer, directive: &Directive, action: &Action, problems: &mut Problems) {
    let mut without = directive.subjects_of(action).filter(|subject| subject.due.is_none()).peekable();
    if let Some(first) = without.peek().map(|subject| subject.id.clone()) {
        let fact = Fact::SubjectsWithoutDue { found: without.count(), first };
        problems.add(at.join("by_subject"), fact);
    }
}

/// A clock that runs from the listing has to be told when that was.
fn listed(at: &Pointer, directive: &Directive, action: &Action, due: &Due, problems: &mut Problems) {
    let (member, anchor, own) = match (&due.offset, &due.every) {
        (Some(offset), _) => ("offset", &offset.anchor, "anchor"),
        (None, Some(every)) => ("every", &every.from, "from"),
        (None, None) => return,
    };
    if *anchor != Anchor::Listed {
        return;
    }
    let mut without = directive.subjects_of(action).filter(|subject| subject.listed.is_none()).peekable();
    if let Some(first) = without.peek().map(|subject| subject.id.clone()) {
        let fact = Fact::SubjectsWithoutListed { found: without.count(), first };
        problems.add(at.join(member).join(own), fact);
    }
}

/// What can only be said once there is a date.
fn computed(
    at: &Pointer,
    directive: &Directive,
    due: &Due,
    calendars: &[&str],
    zone: &TimeZone,
    problems: &mut Problems,
) {
    if let Some(offset) = &due.offset {
        hours(&at.join("offset"), directive, offset, problems);
    }
    match deadline::deadline_of(directive, due, None, &Events::default(), DateTime::EPOCH) {
        Deadline::Once { on, end, .. } => {
            past(at, directive, on, end, zone, problems);
            if let Some(offset) = due.offset.as_ref().filter(|offset| offset.roll.is_none()) {
                let at = at.join("offset");
                let own = offset.calendar.as_deref();
                let calendars = own.as_ref().map_or(calendars, core::slice::from_ref);
                off(&at, directive, &offset.unit, calendars, on.day(zone), problems);
            }
        }
        Deadline::Recurring { first, .. } => {
            past(at, directive, DayOrTime::Time(first), first, zone, problems);
            if let Some(every) = due.every.as_ref().filter(|every| every.roll.is_none()) {
                let day = DayOrTime::Time(first).day(zone);
                let own = every.calendar.as_deref();
                let calendars = own.as_ref().map_or(calendars, core::slice::from_ref);
                off(&at.join("every"), directive, &every.unit, calendars, day, problems);
            }
        }
        Deadline::Unsupported(reason) => not_computed(at, due, reason, problems),
        _ => {}
    }
}

/// The calendars by which a due that names none may be meant: the first that the directive carries, and those that its other
/// dues name.
fn calendars(directive: &Directive) -> Vec<&str> {
    let own = directive.calendars.first().map(|calendar| calendar.id.as_str());
    let of_actions = directive.actions.iter().filter_map(|action| action.due.as_ref());
    let rows = directive.tables.iter().flat_map(|table| &table.rows);
    let dues = of_actions.chain(rows.filter_map(|row| row.due.as_ref()));
    let named = dues.flat_map(|due| {
        let offset = due.offset.as_ref().and_then(|offset| offset.calendar.as_deref());
        [offset, due.every.as_ref().and_then(|every| every.calendar.as_deref())]
    });
    let known = deadline::known_calendars(directive);
    let mut found: Vec<&str> = own.into_iter().collect();
    for name in named.flatten().filter(|name| known.contains(name)) {
        if !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

/// Days, weeks, months and years count every day; only a roll says what happens on one that is no business day. Where the
/// due names no calendar, a day that is off in any that the directive uses is told of; where there is none, weekends alone.
fn off(
    at: &Pointer,
    directive: &Directive,
    unit: &Unit,
    calendars: &[&str],
    date: Date,
    problems: &mut Problems,
) {
    if matches!(unit, Unit::Hour | Unit::BusinessDay) {
        return;
    }
    let why = |calendar| deadline::why_off(directive, calendar, date).ok().flatten();
    let found = match calendars {
        [] => why(None),
        several => several.iter().find_map(|calendar| why(Some(*calendar))),
    };
    let Some(name) = found else { return };
    let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    problems.add(
        at.clone(),
        match weekdays.into_iter().find(|weekday| *weekday == name) {
            Some(weekday) => Fact::Weekend { weekday, date },
            None => Fact::Holiday { name, date },
        },
    );
}

fn past(
    at: &Pointer,
    directive: &Directive,
    due: DayOrTime,
    end: DateTime,
    zone: &TimeZone,
    problems: &mut Problems,
) {
    let (issued, effective) = (directive.issued, *directive.effective());
    if end < issued.begin(zone) {
        problems.add(at.clone(), Fact::BeforeIssued { due, issued });
    } else if end < effective.begin(zone) {
        problems.add(at.clone(), Fact::BeforeEffective { due, effective });
    }
}

fn hours(at: &Pointer, directive: &Directive, offset: &Offset, problems: &mut Problems) {
    let anchor = match &offset.anchor {
        Anchor::Issued => directive.issued,
        Anchor::Effective => *directive.effective(),
        Anchor::Date(date) => *date,
        _ => return,
    };
    if let (Unit::Hour, DayOrTime::Day(day)) = (&offset.unit, anchor) {
        problems.add(at.clone(), Fact::HoursFromDay { day });
    }
}

fn not_computed(at: &Pointer, due: &Due, reason: Unsupported, problems: &mut Problems) {
    // What the words themselves are wrong about has been said where they stand.
    let said = match &reason {
        Unsupported::NoDate => due.every.as_ref().is_some_and(|every| every.n == 0) || *due == bare(due),
        Unsupported::Zone { .. }
        | Unsupported::Unit { .. }
        | Unsupported::Anchor { .. }
        | Unsupported::Calendar { .. }
        | Unsupported::Weekday { .. }
        | Unsupported::Roll { .. }
        | Unsupported::Table { .. }
        | Unsupported::NoRow { .. } => true,
        // What leads nowhere has been said; a table that leads to itself has not.
        Unsupported::Dangling { .. } => due.table.is_none(),
    };
    if !said {
        problems.add(at.clone(), Fact::NotComputed { reason });
    }
}

/// The due without any form of a date.
fn bare(due: &Due) -> Due {
    Due { edge: due.edge.clone(), unless_directed_otherwise: due.unless_directed_otherwise, ..Due::default() }
}
