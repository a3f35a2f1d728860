//! Lists whose elements have a name: waivers, vendors' responses, relations.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

use super::member::members;
use super::{Change, Difference, Of};
use crate::directive::{Directive, Relation, Response, Waiver};

pub(super) fn waivers(before: &Directive, after: &Directive, found: &mut Vec<Difference>) {
    let text = |waiver: &Waiver| {
        let part = waiver.part.as_deref().unwrap_or("all of it");
        let until = waiver.until.map_or_else(|| "without end".into(), |until| format!("until {until}"));
        format!("waiver {} from {part}, from {} {until}", waiver.id, waiver.from)
    };
    list(Of::Waiver, &before.waivers, &after.waivers, |waiver| waiver.id.clone(), text, found);
}

pub(super) fn responses(before: &Directive, after: &Directive, found: &mut Vec<Difference>) {
    let text = |response: &Response| {
        let Response { id, vendor, state, .. } = response;
        format!("response {id} of {vendor}, {state}; it changes nothing about what is in force")
    };
    list(Of::Response, &before.responses, &after.responses, |response| response.id.clone(), text, found);
}

pub(super) fn relations(before: &Directive, after: &Directive, found: &mut Vec<Difference>) {
    let name = |relation: &Relation| {
        let part = relation.target.part.as_ref().map_or_else(String::new, |part| format!(", {part}"));
        let revision = relation.target.revision.map_or_else(String::new, |number| format!("@{number}"));
        format!("{} {}{revision}{part}", relation.kind, relation.target.id)
    };
    list(Of::Relation, &before.relations, &after.relations, name, name, found);
}

/// Tells of the elements that come, go, and are otherwise. Two of one name are told of by what they hold.
fn list<T: Serialize + PartialEq>(
    of: Of,
    before: &[T],
    after: &[T],
    name: impl Fn(&T) -> String,
    text: impl Fn(&T) -> String,
    found: &mut Vec<Difference>,
) {
    let new = |change, one: &T, word: &str| {
        Difference::new(change, of, Some(&name(one)), format!("{word}: {}", text(one)))
    };
    for one in after.iter().filter(|one| !before.contains(one)) {
        let id = name(one);
        let Some(was) = before.iter().find(|other| name(other) == id) else {
            found.push(new(Change::Added, one, "new").values(None, Some(text(one))));
            continue;
        };
        let what: Vec<String> = members(was, one, &["id"]).iter().map(ToString::to_string).collect();
        let words = format!("changed: {}: {}", text(one), what.join(", "));
        let changed = Difference::new(Change::Changed, of, Some(&id), words);
        found.push(changed.values(Some(text(was)), Some(text(one))));
    }
    for one in before {
        let id = name(one);
        if !after.iter().any(|other| name(other) == id) {
            found.push(new(Change::Removed, one, "gone").values(Some(text(one)), None));
        }
    }
}
