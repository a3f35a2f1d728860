//! What a revision changes: what becomes banned, what is lifted, which deadlines move (`trust.md`, 24).
//!
//! Nothing that differs is left out: what has no words of its own here is told of by the name of its member.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use interdict_schema::DateTime;
use interdict_schema::directive::{Action, Directive, Identifier, Status, Subject};
use interdict_schema::entity::{EntityList, EntryFile};
use serde::Serialize;
use serde_json::{Map, Value};

use super::summary::when;

/// A value longer than this is told of by its length alone, in characters of JSON.
const VALUE_SHOWN: usize = 160;

/// One thing that a revision changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// The directive ends, or is in force again.
    Status {
        /// What it was.
        from: Status,
        /// What it becomes.
        to: Status,
    },
    /// Another title.
    Title {
        /// What it was.
        from: String,
        /// What it becomes.
        to: String,
    },
    /// Another member of the directive, in words: who is bound, from when, what stands in place of what.
    Member(String),
    /// A subject is new.
    Added(Box<Subject>),
    /// A subject is gone.
    Lifted(Box<Subject>),
    /// A subject is treated otherwise, recognised otherwise, or has another date.
    Changed {
        /// Its id.
        id: String,
        /// Its name.
        name: String,
        /// What about it, in words.
        what: Vec<String>,
    },
    /// An action is new.
    ActionAdded {
        /// Its id.
        id: String,
        /// What and by when.
        what: String,
    },
    /// An action is gone.
    ActionRemoved {
        /// Its id.
        id: String,
        /// What and by when.
        what: String,
    },
    /// An action asks for something else of the same things by the same time.
    ActionChanged {
        /// Its id.
        id: String,
        /// What about it, in words.
        what: Vec<String>,
    },
    /// An action's deadline, kind or force is another.
    ActionMoved {
        /// Its id.
        id: String,
        /// What and by when it was.
        from: String,
        /// What and by when it becomes.
        to: String,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status { from, to } => write!(f, "status: {from} becomes {to}"),
            Self::Title { from, to } => write!(f, "title: {from:?} becomes {to:?}"),
            Self::Member(what) => f.write_str(what),
            Self::Added(subject) => {
                write!(f, "becomes {}: {} ({})", subject.disposition, subject.name, subject.id)
            }
            Self::Lifted(subject) => {
                write!(f, "lifted, no longer {}: {} ({})", subject.disposition, subject.name, subject.id)
            }
            Self::Changed { id, name, what } => write!(f, "changed: {name} ({id}): {}", what.join(", ")),
            Self::ActionAdded { id, what } => write!(f, "new action {id}: {what}"),
            Self::ActionRemoved { id, what } => write!(f, "action {id} is gone: {what}"),
            Self::ActionChanged { id, what } => write!(f, "changed action {id}: {}", what.join(", ")),
            Self::ActionMoved { id, from, to } => write!(f, "action {id}: {from} becomes {to}"),
        }
    }
}

/// What the second text changes in the first.
pub fn differences(before: &Directive, after: &Directive, now: DateTime) -> Vec<Difference> {
    let mut found = Vec::new();
    if before.status != after.status {
        found.push(Difference::Status { from: before.status.clone(), to: after.status.clone() });
    }
    if before.title != after.title {
        found.push(Difference::Title { from: before.title.clone(), to: after.title.clone() });
    }
    // Revision and `previous` differ in every revision; the others have words of their own.
    let told = ["revision", "previous", "status", "title", "subjects", "actions"];
    found.extend(members(before, after, &told).into_iter().map(Difference::Member));
    subjects(before, after, &mut found);
    actions(before, after, now, &mut found);
    found
}

fn subjects(before: &Directive, after: &Directive, found: &mut Vec<Difference>) {
    let by_id = |directive: &'_ Directive| -> BTreeMap<String, Subject> {
        directive.subjects.iter().map(|subject| (subject.id.clone(), subject.clone())).collect()
    };
    let (old, new) = (by_id(before), by_id(after));
    for (id, subject) in &new {
        match old.get(id) {
            None => found.push(Difference::Added(Box::new(subject.clone()))),
            Some(was) if was != subject => found.push(Difference::Changed {
                id: id.clone(),
                name: subject.name.clone(),
                what: changes(was, subject),
            }),
            Some(_) => {}
        }
    }
    for (id, subject) in old {
        if !new.contains_key(&id) {
            found.push(Difference::Lifted(Box::new(subject)));
        }
    }
}

/// What a revision of a list of identifiers changes: every row that is added or gone, and every other member.
pub fn list_differences(before: &EntityList, after: &EntityList) -> Vec<String> {
    let rows = |list: &EntityList| -> BTreeMap<String, String> {
        let row = |row: &Identifier| (serde_json::to_string(row).unwrap_or_default(), row_text(row));
        list.identifiers.iter().map(row).collect()
    };
    let (old, new) = (rows(before), rows(after));
    let mut found: Vec<String> = Vec::new();
    found.extend(
        new.iter().filter(|(key, _)| !old.contains_key(*key)).map(|(_, row)| format!("added: {row}")),
    );
    found.extend(
        old.iter().filter(|(key, _)| !new.contains_key(*key)).map(|(_, row)| format!("lifted: {row}")),
    );
    let file = |file: &EntryFile| format!("{} ({} {})", file.path, file.entries, file.kind);
    let fresh = after.attachments.iter().filter(|file| !before.attachments.contains(file));
    found.extend(fresh.map(|fresh| format!("added: entries {}", file(fresh))));
    let gone = before.attachments.iter().filter(|file| !after.attachments.contains(file));
    found.extend(gone.map(|gone| format!("lifted: entries {}", file(gone))));
    found.extend(members(before, after, &["revision", "previous", "identifiers", "attachments"]));
    found
}

fn row_text(row: &Identifier) -> String {
    let versions = row.versions.as_ref().map_or_else(String::new, |versions| format!(" {versions}"));
    let confidence = row.confidence.as_ref().map_or_else(String::new, |word| format!(", confidence {word}"));
    format!("{} {}{versions}{confidence}", row.kind, row.value)
}

fn changes(was: &Subject, is: &Subject) -> Vec<String> {
    let mut what = Vec::new();
    if was.disposition != is.disposition {
        what.push(format!("{} becomes {}", was.disposition, is.disposition));
    }
    if was.due != is.due {
        let text = |due: &Option<_>| due.as_ref().map_or_else(|| "no date".to_owned(), ToString::to_string);
        what.push(format!("due {} becomes {}", text(&was.due), text(&is.due)));
    }
    let added = is.identifiers.iter().filter(|one| !was.identifiers.contains(one)).count();
    let gone = was.identifiers.iter().filter(|one| !is.identifiers.contains(one)).count();
    if added > 0 || gone > 0 {
        what.push(format!("{added} identifiers added, {gone} removed"));
    }
    if was.excludes != is.excludes {
        what.push(format!("{} exclusions become {}", was.excludes.len(), is.excludes.len()));
    }
    what.extend(members(was, is, &["disposition", "due", "identifiers", "excludes"]));
    if what.is_empty() {
        what.push("its order".to_owned());
    }
    what
}

/// The members in which two things differ, but for those that have been told of: `scope {} becomes {"except":["x"]}`.
fn members(was: &impl Serialize, is: &impl Serialize, told: &[&str]) -> Vec<String> {
    let (was, is) = (object(was), object(is));
    let names: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    names
        .into_iter()
        .filter(|name| !told.contains(&name.as_str()) && was.get(*name) != is.get(*name))
        .map(|name| format!("{name}: {} becomes {}", value(was.get(name)), value(is.get(name))))
        .collect()
}

fn object(of: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(of) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

fn value(of: Option<&Value>) -> String {
    let Some(of) = of else { return "nothing".to_owned() };
    let text = of.to_string();
    match text.chars().count() {
        length if length > VALUE_SHOWN => format!("{length} characters"),
        _ => text,
    }
}

fn actions(before: &Directive, after: &Directive, now: DateTime, found: &mut Vec<Difference>) {
    let words = |directive: &Directive, action: &Action| {
        format!("{} {} {}", action.modality, action.kind, when(directive, action, now))
    };
    for action in &after.actions {
        let (id, to) = (action.id.clone(), words(after, action));
        let Some(was) = before.action(&action.id) else {
            found.push(Difference::ActionAdded { id, what: to });
            continue;
        };
        let from = words(before, was);
        // A due may be put otherwise and end on the same day: then its member is shown.
        let told: &[&str] = if from == to { &["modality", "kind"] } else { &["modality", "kind", "due"] };
        if from != to {
            found.push(Difference::ActionMoved { id: id.clone(), from, to });
        }
        let what = members(was, action, told);
        if !what.is_empty() {
            found.push(Difference::ActionChanged { id, what });
        }
    }
    for action in &before.actions {
        if after.action(&action.id).is_none() {
            found.push(Difference::ActionRemoved { id: action.id.clone(), what: words(before, action) });
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail by panicking")]

    use super::*;

    fn found(change: impl Fn(&mut Directive)) -> Vec<String> {
        let text = crate::testing::draft("BOD-17-01", 1, None);
        let payload = interdict_schema::directive::draft::payload_of(text.as_bytes()).unwrap();
        let before = Directive::parse(&payload).unwrap().value;
        let mut after = before.clone();
        change(&mut after);
        differences(&before, &after, DateTime::EPOCH).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn two_equal_texts_do_not_differ() {
        assert_eq!(found(|_| {}), Vec::<String>::new());
    }

    #[test]
    fn a_subject_that_quietly_ends_is_told_of() {
        assert_eq!(
            found(|after| after.subjects[0].valid_until = Some("2017-09-14".parse().unwrap())),
            ["changed: Example package (example): valid_until: nothing becomes \"2017-09-14\""]
        );
    }

    #[test]
    fn an_action_that_reaches_fewer_subjects_is_told_of() {
        assert_eq!(
            found(|after| after.actions[0].subjects = vec!["example".into()]),
            ["changed action remove: subjects: nothing becomes [\"example\"]"]
        );
    }

    /// trust.md rule 24
    #[test]
    fn whatever_else_of_the_directive_is_another_is_told_of() {
        assert_eq!(
            found(|after| after.effective = Some("2030-01-01".parse().unwrap())),
            ["effective: nothing becomes \"2030-01-01\""]
        );
        assert_eq!(
            found(|after| after.summary = Some("x".repeat(200))),
            ["summary: nothing becomes 202 characters"]
        );
        assert_eq!(
            found(|after| {
                after.scope = serde_json::from_str(r#"{"addressees":[{"class":"nobody"}]}"#).unwrap();
            }),
            ["scope: {} becomes {\"addressees\":[{\"class\":\"nobody\"}]}"]
        );
    }
}
