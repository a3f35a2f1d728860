//! What a revision changes: what becomes banned, what is lifted, which deadlines move (`trust.md`, 24).

use std::collections::BTreeMap;
use std::fmt;

use interdict_schema::DateTime;
use interdict_schema::directive::{Action, Directive, Status, Subject};

use super::summary::when;

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
            Self::Added(subject) => {
                write!(f, "becomes {}: {} ({})", subject.disposition, subject.name, subject.id)
            }
            Self::Lifted(subject) => {
                write!(f, "lifted, no longer {}: {} ({})", subject.disposition, subject.name, subject.id)
            }
            Self::Changed { id, name, what } => write!(f, "changed: {name} ({id}): {}", what.join(", ")),
            Self::ActionAdded { id, what } => write!(f, "new action {id}: {what}"),
            Self::ActionRemoved { id, what } => write!(f, "action {id} is gone: {what}"),
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
    if what.is_empty() {
        what.push("its words".to_owned());
    }
    what
}

fn actions(before: &Directive, after: &Directive, now: DateTime, found: &mut Vec<Difference>) {
    let words = |directive: &Directive, action: &Action| {
        format!("{} {} {}", action.modality, action.kind, when(directive, action, now))
    };
    for action in &after.actions {
        let (id, to) = (action.id.clone(), words(after, action));
        match before.action(&action.id).map(|was| words(before, was)) {
            None => found.push(Difference::ActionAdded { id, what: to }),
            Some(from) if from != to => found.push(Difference::ActionMoved { id, from, to }),
            Some(_) => {}
        }
    }
    for action in &before.actions {
        if after.action(&action.id).is_none() {
            found.push(Difference::ActionRemoved { id: action.id.clone(), what: words(before, action) });
        }
    }
}
