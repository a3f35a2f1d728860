//! Calendars of business days. Whether a base is there is in `reference`.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::{Fact, Problems};
use crate::directive::{Calendar, Directive, Weekday, deadline};
use crate::json::Pointer;

pub(super) fn check(directive: &Directive, problems: &mut Problems) {
    for (number, calendar) in directive.calendars.iter().enumerate() {
        let at = Pointer::root().join("calendars").join(number);
        if deadline::BUILT_IN.contains(&calendar.id.as_str()) {
            problems.add(at.join("id"), Fact::CalendarBuiltIn { id: calendar.id.clone() });
        }
        weekend(&at.join("weekend"), calendar, problems);
        let mut seen = BTreeSet::new();
        for (number, holiday) in calendar.holidays.iter().enumerate() {
            let at = at.join("holidays").join(number);
            problems.text(|| at.join("name"), "name", &holiday.name);
            if !seen.insert(holiday.day) {
                problems.add(at.join("day"), Fact::DuplicateHoliday { day: holiday.day });
            }
        }
    }
    circles(directive, problems);
}

fn weekend(at: &Pointer, calendar: &Calendar, problems: &mut Problems) {
    let Some(weekend) = &calendar.weekend else { return };
    for (number, weekday) in weekend.iter().enumerate().filter(|(_, weekday)| !weekday.is_known()) {
        problems.word(&at.join(number), "day of the week", weekday.as_str(), Weekday::KNOWN);
    }
    if weekend.iter().filter(|weekday| weekday.is_known()).collect::<BTreeSet<_>>().len() == 7 {
        problems.add(at.clone(), Fact::NoBusinessDays);
    }
}

/// Calendars that rest on themselves, each circle once.
fn circles(directive: &Directive, problems: &mut Problems) {
    let bases: BTreeMap<&str, &str> = directive
        .calendars
        .iter()
        .filter_map(|calendar| Some((calendar.id.as_str(), calendar.base.as_deref()?)))
        .collect();
    let mut done = BTreeSet::new();
    for (number, calendar) in directive.calendars.iter().enumerate() {
        let mut path: Vec<&str> = Vec::new();
        let mut next = Some(calendar.id.as_str());
        while let Some(id) = next.filter(|id| done.insert(*id)) {
            path.push(id);
            next = bases.get(id).copied();
        }
        if let Some(first) = next.and_then(|id| path.iter().position(|passed| *passed == id)) {
            let mut circle = path.split_off(first);
            circle.extend(next);
            let at = Pointer::root().join("calendars").join(number).join("base");
            problems.add(at, Fact::Circle { path: circle.join(" -> ") });
        }
    }
}
