//! The ban list: which subjects come and go, how each is treated and recognised, and by when.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::member::members;
use super::{Change, Difference, Of};
use crate::directive::{DayOrTime, Directive, Identifier, Subject};

pub(super) fn subjects(before: &Directive, after: &Directive, found: &mut Vec<Difference>) {
    let (old, new) = (by_id(before), by_id(after));
    for (id, subject) in &new {
        match old.get(id) {
            None => {
                let words = format!("becomes {}: {} ({id})", subject.disposition, subject.name);
                found.push(Difference::new(Change::Added, Of::Subject, Some(id), words));
            }
            Some(was) if was != subject => changes(was, subject, found),
            Some(_) => {}
        }
    }
    for (id, subject) in old {
        if !new.contains_key(id) {
            let words = format!("lifted, no longer {}: {} ({id})", subject.disposition, subject.name);
            found.push(Difference::new(Change::Removed, Of::Subject, Some(id), words));
        }
    }
}

fn by_id(directive: &Directive) -> BTreeMap<&str, &Subject> {
    directive.subjects.iter().map(|subject| (subject.id.as_str(), subject)).collect()
}

fn changes(was: &Subject, is: &Subject, found: &mut Vec<Difference>) {
    let begun = found.len();
    let about = |change, of, what: String| {
        let words = format!("changed: {} ({}): {what}", is.name, is.id);
        Difference::new(change, of, Some(&is.id), words)
    };
    if was.disposition != is.disposition {
        let (from, to) = (was.disposition.to_string(), is.disposition.to_string());
        let what = format!("{from} becomes {to}");
        let changed = about(Change::Changed, Of::Subject, what).member("disposition");
        found.push(changed.values(Some(from), Some(to)));
    }
    if was.due != is.due {
        let text = |due: Option<DayOrTime>| due.map(|due| due.to_string());
        let (from, to) = (text(was.due), text(is.due));
        let word = |due: &Option<String>| due.clone().unwrap_or_else(|| "no date".into());
        let what = format!("due {} becomes {}", word(&from), word(&to));
        found.push(about(Change::Moved, Of::Subject, what).member("due").values(from, to));
    }
    identifiers(was, is, &about, found);
    excludes(was, is, &about, found);
    for member in members(was, is, &["disposition", "due", "identifiers", "excludes"]) {
        let changed = about(Change::Changed, Of::Subject, member.to_string()).member(&member.name);
        found.push(changed.values(member.from, member.to));
    }
    if found.len() == begun {
        found.push(about(Change::Changed, Of::Subject, "its order".into()));
    }
}

type About<'a> = dyn Fn(Change, Of, String) -> Difference + 'a;

fn identifiers(was: &Subject, is: &Subject, about: &About<'_>, found: &mut Vec<Difference>) {
    // Of one kind and value, an identifier is the same one with other versions; several are told apart by their place.
    let old = numbered(&was.identifiers);
    let new = numbered(&is.identifiers);
    for (key, identifier) in &new {
        match old.get(key) {
            None => {
                let text = text(identifier);
                let difference = about(Change::Added, Of::Identifier, format!("also recognised by {text}"));
                found.push(difference.member("identifiers").values(None, Some(text)));
            }
            Some(before) if before != identifier => {
                let (from, to) = (text(before), text(identifier));
                let what = format!("recognised by {from} becomes {to}{}", provenance(before, identifier));
                let difference = about(Change::Changed, Of::Identifier, what);
                found.push(difference.member("identifiers").values(Some(from), Some(to)));
            }
            Some(_) => {}
        }
    }
    for (key, identifier) in old {
        if !new.contains_key(&key) {
            let text = text(identifier);
            let difference =
                about(Change::Removed, Of::Identifier, format!("no longer recognised by {text}"));
            found.push(difference.member("identifiers").values(Some(text), None));
        }
    }
}

type Key<'a> = (&'a str, &'a str, usize);

fn numbered(identifiers: &[Identifier]) -> BTreeMap<Key<'_>, &Identifier> {
    let mut seen: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    identifiers
        .iter()
        .map(|identifier| {
            let (kind, value) = (identifier.kind.as_str(), identifier.value.as_str());
            let number = seen.entry((kind, value)).or_default();
            let key = (kind, value, *number);
            *number = number.saturating_add(1);
            (key, identifier)
        })
        .collect()
}

/// `package kesl`, with the versions that are meant.
fn text(identifier: &Identifier) -> String {
    let versions = identifier.versions.as_ref().map_or_else(String::new, |versions| format!(", {versions}"));
    let confidence = identifier.confidence.as_ref().map_or_else(String::new, |one| format!(" ({one})"));
    format!("{} {}{versions}{confidence}", identifier.kind, identifier.value)
}

/// Where an identifier was seen is not in its text: it is added where nothing else differs.
fn provenance(was: &Identifier, is: &Identifier) -> &'static str {
    if text(was) == text(is) { ", seen elsewhere" } else { "" }
}

fn excludes(was: &Subject, is: &Subject, about: &About<'_>, found: &mut Vec<Difference>) {
    for exclude in &is.excludes {
        match was.excludes.iter().find(|other| other.id == exclude.id) {
            None => {
                let what = format!("now left out ({}): {}", exclude.id, exclude.reason);
                let difference = about(Change::Added, Of::Exclude, what);
                found.push(difference.member("excludes").values(None, Some(exclude.id.clone())));
            }
            Some(before) if before != exclude => {
                let changed = members(before, exclude, &["id"]);
                let what: Vec<String> = changed.iter().map(ToString::to_string).collect();
                let what = format!("what is left out ({}): {}", exclude.id, what.join(", "));
                let id = Some(exclude.id.clone());
                found.push(
                    about(Change::Changed, Of::Exclude, what).member("excludes").values(id.clone(), id),
                );
            }
            Some(_) => {}
        }
    }
    for exclude in &was.excludes {
        if !is.excludes.iter().any(|other| other.id == exclude.id) {
            let what = format!("no longer left out ({}): {}", exclude.id, exclude.reason);
            let difference = about(Change::Removed, Of::Exclude, what);
            found.push(difference.member("excludes").values(Some(exclude.id.clone()), None));
        }
    }
}
