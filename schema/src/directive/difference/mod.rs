//! What one text of a directive changes in another, by action, subject, identifier and deadline (`trust.md`, 24).
//!
//! | file | what is compared |
//! |---|---|
//! | `dated` | which revision was the text on a day |
//! | `named` | how a person names a revision: `BOD-17-01@2` |
//! | `subject` | the ban list: subjects, their identifiers and exclusions |
//! | `action` | duties and their deadlines |
//! | `when` | by when an action is due, in words |
//! | `listed` | lists whose elements have a name: waivers, responses, relations |
//! | `member` | everything else, by the name of its member |
//!
//! Nothing that differs is left out: what has no words of its own is told of by the name of its member. A deadline is
//! compared by its words, so that a due which is put otherwise and ends on the same day is no move.

mod action;
mod dated;
mod listed;
mod member;
mod named;
mod subject;
#[cfg(test)]
mod tests;
mod when;

use core::fmt;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

pub use dated::text_on;
pub use member::{Member, members};
pub use named::{Named, NotNamed};
pub use when::when;

use super::Directive;
use crate::DateTime;

/// What happened to something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Its date is another.
    Moved,
    /// It is otherwise.
    Changed,
}

/// What something is a part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Of {
    /// The directive itself: its title, its status, who is bound.
    Directive,
    /// An entry of the ban list.
    Subject,
    /// Something by which a subject is recognised.
    Identifier,
    /// Something that a subject leaves out.
    Exclude,
    /// An action.
    Action,
    /// A waiver.
    Waiver,
    /// A vendor's response; it changes nothing about what is in force.
    Response,
    /// How the directive stands to another.
    Relation,
}

/// One thing in which two texts differ. Its texts are the documents': whoever shows them escapes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What happened.
    pub change: Change,
    /// To what.
    pub of: Of,
    /// The id of the action, subject, waiver or response; none for the directive itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The member that is another, as the document spells it: `due`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// What it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What it becomes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// All of it in words.
    pub words: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl Difference {
    fn new(change: Change, of: Of, id: Option<&str>, words: String) -> Self {
        Self { change, of, id: id.map(ToString::to_string), member: None, from: None, to: None, words }
    }

    fn member(mut self, name: &str) -> Self {
        self.member = Some(name.into());
        self
    }

    fn values(mut self, from: Option<String>, to: Option<String>) -> Self {
        (self.from, self.to) = (from, to);
        self
    }
}

/// What the second text changes in the first: the directive itself, then its subjects, actions, waivers, responses and
/// relations. Recurring deadlines are told by the next one from `now` on.
pub fn differences(before: &Directive, after: &Directive, now: DateTime) -> Vec<Difference> {
    let mut found = Vec::new();
    if before.status != after.status {
        let (from, to) = (before.status.to_string(), after.status.to_string());
        let words = format!("status: {from} becomes {to}");
        let status = Difference::new(Change::Changed, Of::Directive, None, words).member("status");
        found.push(status.values(Some(from), Some(to)));
    }
    if before.title != after.title {
        let words = format!("title: {:?} becomes {:?}", before.title, after.title);
        let title = Difference::new(Change::Changed, Of::Directive, None, words).member("title");
        found.push(title.values(Some(before.title.clone()), Some(after.title.clone())));
    }
    // Revision and `previous` differ in every revision; the others have words of their own.
    let told = [
        "revision",
        "previous",
        "status",
        "title",
        "subjects",
        "actions",
        "waivers",
        "responses",
        "relations",
    ];
    found.extend(member::members(before, after, &told).into_iter().map(|member| {
        let words = member.to_string();
        let whole = Difference::new(Change::Changed, Of::Directive, None, words).member(&member.name);
        whole.values(member.from, member.to)
    }));
    subject::subjects(before, after, &mut found);
    action::actions(before, after, now, &mut found);
    listed::waivers(before, after, &mut found);
    listed::responses(before, after, &mut found);
    listed::relations(before, after, &mut found);
    found
}

/// How many differences there are of each kind, in one line: `1 added, 2 moved`; `nothing` where there are none.
pub fn counted(differences: &[Difference]) -> String {
    let kinds = [
        (Change::Added, "added"),
        (Change::Removed, "removed"),
        (Change::Moved, "moved"),
        (Change::Changed, "changed"),
    ];
    let counts: Vec<String> = kinds
        .into_iter()
        .map(|(change, word)| (differences.iter().filter(|one| one.change == change).count(), word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    if counts.is_empty() { "nothing".into() } else { counts.join(", ") }
}
