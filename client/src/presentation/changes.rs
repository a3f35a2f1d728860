//! The differences between two texts of a directive.

use std::collections::BTreeMap;

use interdict_schema::DateTime;
use interdict_schema::directive::{DayOrTime, Directive};

use super::deadlines::{Asked, Row, Text, of_directive};
use crate::as_of::AsOf;

/// A difference between two texts of a directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Another title.
    Title,
    /// Another status.
    Status {
        /// The one before.
        from: String,
        /// The one now.
        to: String,
    },
    /// A subject that was not there.
    SubjectAdded(String),
    /// A subject that is no longer there.
    SubjectRemoved(String),
    /// A subject whose date moved.
    SubjectDue {
        /// The subject.
        id: String,
        /// The date before, or `none`.
        from: String,
        /// The date now, or `none`.
        to: String,
    },
    /// A subject that differs otherwise.
    SubjectChanged(String),
    /// An action that was not there.
    ActionAdded(String),
    /// An action that is no longer there.
    ActionRemoved(String),
    /// An action whose date moved.
    ActionDue {
        /// The action.
        id: String,
        /// When before.
        from: String,
        /// When now.
        to: String,
    },
    /// An action that differs otherwise.
    ActionChanged(String),
    /// Something else: scope, waivers, relations, definitions.
    Other(&'static str),
}

/// The differences between two texts of a directive.
pub fn changes(old: &Directive, new: &Directive, now: DateTime) -> Vec<Change> {
    let mut changes = Vec::new();
    if old.title != new.title {
        changes.push(Change::Title);
    }
    if old.status != new.status {
        changes.push(Change::Status { from: old.status.to_string(), to: new.status.to_string() });
    }
    subjects(old, new, &mut changes);
    actions(old, new, now, &mut changes);
    for (differs, what) in [
        (old.scope != new.scope, "scope"),
        (old.waivers != new.waivers, "waivers"),
        (old.relations != new.relations, "relations"),
        (old.definitions != new.definitions, "definitions"),
        (old.tables != new.tables, "tables"),
        (old.responses != new.responses, "responses"),
        (old.summary != new.summary || old.text != new.text, "text"),
        (old.effective() != new.effective() || old.zone != new.zone, "effective date"),
    ] {
        if differs {
            changes.push(Change::Other(what));
        }
    }
    changes
}

fn subjects(old: &Directive, new: &Directive, changes: &mut Vec<Change>) {
    let index = |directive: &'_ Directive| -> BTreeMap<String, usize> {
        directive.subjects.iter().enumerate().map(|(number, subject)| (subject.id.clone(), number)).collect()
    };
    let (before, after) = (index(old), index(new));
    for subject in &new.subjects {
        let was = before.get(&subject.id).and_then(|number| old.subjects.get(*number));
        match was {
            None => changes.push(Change::SubjectAdded(subject.id.clone())),
            Some(was) if was == subject => {}
            Some(was) if was.due != subject.due => {
                let date = |due: Option<DayOrTime>| due.map_or_else(|| "none".into(), |due| due.to_string());
                changes.push(Change::SubjectDue {
                    id: subject.id.clone(),
                    from: date(was.due),
                    to: date(subject.due),
                });
            }
            Some(_) => changes.push(Change::SubjectChanged(subject.id.clone())),
        }
    }
    let gone = old.subjects.iter().filter(|subject| !after.contains_key(&subject.id));
    changes.extend(gone.map(|subject| Change::SubjectRemoved(subject.id.clone())));
}

fn actions(old: &Directive, new: &Directive, now: DateTime, changes: &mut Vec<Change>) {
    let due = |directive: &Directive, id: &str| {
        let rows = Asked::of_nobody(AsOf::now(now), |asked| of_directive(Text::alone(directive), asked));
        rows.iter().find(|row| row.action == id).map_or_else(|| "none".into(), Row::due)
    };
    for action in &new.actions {
        match old.action(&action.id) {
            None => changes.push(Change::ActionAdded(action.id.clone())),
            Some(was) if was == action => {}
            Some(was) if was.due != action.due => changes.push(Change::ActionDue {
                id: action.id.clone(),
                from: due(old, &action.id),
                to: due(new, &action.id),
            }),
            Some(_) => changes.push(Change::ActionChanged(action.id.clone())),
        }
    }
    let gone = old.actions.iter().filter(|action| new.action(&action.id).is_none());
    changes.extend(gone.map(|action| Change::ActionRemoved(action.id.clone())));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    fn directive(rest: &str) -> Directive {
        let text = format!(
            r#"{{"format":"interdict-directive/1","id":"T-1","revision":1,"issuer":"i","zone":"UTC","issued":"2017-09-13",{rest}}}"#
        );
        Directive::parse(text.as_bytes()).unwrap().value
    }

    #[test]
    fn every_kind_of_difference_is_named() {
        let old = directive(
            r#""status":"in-force","title":"t",
            "subjects":[{"id":"same","name":"n","disposition":"remediate"},{"id":"gone","name":"n","disposition":"remediate"},
                {"id":"moved","name":"n","disposition":"remediate","due":"2017-10-01"},{"id":"other","name":"n","disposition":"remediate"}],
            "actions":[{"id":"stay","modality":"must","kind":"plan"},{"id":"drop","modality":"must","kind":"plan"},
                {"id":"move","modality":"must","kind":"plan","due":{"at":{"time":"2017-10-01"}}},{"id":"alter","modality":"must","kind":"plan"}]"#,
        );
        let new = directive(
            r#""status":"closed","title":"u","scope":{"addressees":[{"class":"c"}]},
            "subjects":[{"id":"same","name":"n","disposition":"remediate"},{"id":"fresh","name":"n","disposition":"remediate"},
                {"id":"moved","name":"n","disposition":"remediate"},{"id":"other","name":"m","disposition":"remediate"}],
            "actions":[{"id":"stay","modality":"must","kind":"plan"},{"id":"add","modality":"must","kind":"plan"},
                {"id":"move","modality":"must","kind":"plan","due":{"at":{"time":"2017-11-01"}}},{"id":"alter","modality":"should","kind":"plan"}]"#,
        );
        let now = "2017-09-13T12:00:00Z".parse().unwrap();
        assert_eq!(changes(&old, &old, now), []);
        assert_eq!(
            changes(&old, &new, now),
            [
                Change::Title,
                Change::Status { from: "in-force".into(), to: "closed".into() },
                Change::SubjectAdded("fresh".into()),
                Change::SubjectDue { id: "moved".into(), from: "2017-10-01".into(), to: "none".into() },
                Change::SubjectChanged("other".into()),
                Change::SubjectRemoved("gone".into()),
                Change::ActionAdded("add".into()),
                Change::ActionDue {
                    id: "move".into(),
                    from: "Sun 1 Oct 2017, 23:59 UTC".into(),
                    to: "Wed 1 Nov 2017, 23:59 UTC".into()
                },
                Change::ActionChanged("alter".into()),
                Change::ActionRemoved("drop".into()),
                Change::Other("scope"),
            ]
        );
    }
}
