//! The order of actions: one that must follow another that is due later.
//!
//! Not here: circles, and references that lead nowhere (`reference`).

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;

use jiff::tz::TimeZone;

use super::{Fact, Problems};
use crate::DateTime;
use crate::directive::deadline::{self, Deadline, Events};
use crate::directive::{Action, DayOrTime, Directive};

/// An action that must follow one which is due later can hardly be on time; nor where actions without a date stand between.
pub(super) fn check(directive: &Directive, zone: &TimeZone, problems: &mut Problems) {
    let once = |action: &Action| match deadline::deadline(
        directive,
        action,
        None,
        &Events::default(),
        DateTime::EPOCH,
    ) {
        Some(Deadline::Once { on, .. }) => Some(on),
        _ => None,
    };
    let dated: BTreeMap<&str, (&Action, Option<DayOrTime>)> =
        directive.actions.iter().rev().map(|action| (action.id.as_str(), (action, once(action)))).collect();
    for (number, action) in directive.actions.iter().enumerate() {
        let Some((_, Some(own))) = dated.get(action.id.as_str()) else { continue };
        for (place, after) in action.after.iter().enumerate() {
            if let Some((id, later)) =
                latest(&dated, after, zone).filter(|(_, it)| it.end(zone) > own.end(zone))
            {
                let at = Directive::place_of_action(number).join("after").join(place);
                problems.add(at, Fact::AfterLater { after: id.into(), later, own: *own });
            }
        }
    }
}

/// The latest date among an action and, where it has none, those that it must follow. One with a date is compared with what it
/// must follow itself. Each action is looked at once, so that circles end.
fn latest<'a>(
    dated: &BTreeMap<&'a str, (&'a Action, Option<DayOrTime>)>,
    first: &'a str,
    zone: &TimeZone,
) -> Option<(&'a str, DayOrTime)> {
    let (mut open, mut seen) = (alloc::vec![first], BTreeSet::new());
    let mut found: Option<(&str, DayOrTime)> = None;
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        match dated.get(id) {
            Some((_, Some(on))) if found.is_none_or(|(_, other)| on.end(zone) > other.end(zone)) => {
                found = Some((id, *on));
            }
            Some((action, None)) => open.extend(action.after.iter().map(String::as_str)),
            _ => {}
        }
    }
    found
}
