//! Duties: which come and go, and whose deadline moves.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::member::members;
use super::when::when;
use super::{Change, Difference, Of};
use crate::DateTime;
use crate::directive::{Action, Directive};

pub(super) fn actions(before: &Directive, after: &Directive, now: DateTime, found: &mut Vec<Difference>) {
    // What must have happened by then belongs to the date: to begin on a day is not to have finished on it.
    let when = |directive: &Directive, action: &Action| -> String {
        let edge = action.due.as_ref().and_then(|due| due.edge.as_ref());
        let edge = edge.map_or_else(String::new, |edge| format!("({edge}) "));
        format!("{edge}{}", when(directive, action, now))
    };
    let words = |directive: &Directive, action: &Action| -> String {
        format!("{} {} {}", action.modality, action.kind, when(directive, action))
    };
    for action in &after.actions {
        let (id, to) = (action.id.as_str(), words(after, action));
        let Some(was) = before.action(id) else {
            let added =
                Difference::new(Change::Added, Of::Action, Some(id), format!("new action {id}: {to}"));
            found.push(added.values(None, Some(to)));
            continue;
        };
        let from = words(before, was);
        // A due may be put otherwise and end on the same day: then its member is shown.
        let same = from == to;
        if !same {
            let (due, other) = (when(before, was), when(after, action));
            let (change, member) = if due == other {
                (Change::Changed, if was.kind == action.kind { "modality" } else { "kind" })
            } else {
                (Change::Moved, "due")
            };
            let words = format!("action {id}: {from} becomes {to}");
            let moved = Difference::new(change, Of::Action, Some(id), words).member(member);
            found.push(moved.values(Some(from), Some(to)));
        }
        let told: &[&str] = if same { &["modality", "kind"] } else { &["modality", "kind", "due"] };
        for member in members(was, action, told) {
            let words = format!("changed action {id}: {member}");
            let changed = Difference::new(Change::Changed, Of::Action, Some(id), words).member(&member.name);
            found.push(changed.values(member.from, member.to));
        }
    }
    for action in &before.actions {
        if after.action(&action.id).is_none() {
            let from = words(before, action);
            let gone = format!("action {} is gone: {from}", action.id);
            let removed = Difference::new(Change::Removed, Of::Action, Some(&action.id), gone);
            found.push(removed.values(Some(from), None));
        }
    }
}
