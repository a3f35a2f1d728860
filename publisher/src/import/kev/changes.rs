//! What was edited between two catalogues.
//!
//! The catalogue says nothing of its edits: in 77 updates it moved or changed 104 entries and took one out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use interdict_schema::directive::{DayOrTime, Directive, Subject};

/// An entry that came or went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its CVE.
    pub cve: String,
    /// Vendor and product.
    pub name: String,
    /// Its date.
    pub due: Option<DayOrTime>,
}

/// A date that is another one now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The entry's CVE.
    pub cve: String,
    /// The date before.
    pub from: Option<DayOrTime>,
    /// The date now.
    pub to: Option<DayOrTime>,
}

/// An entry whose text is another one now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The entry's CVE.
    pub cve: String,
    /// What of it: `name`, `Description`, …, at least one, ascending.
    pub parts: Vec<String>,
}

/// Every change, each list in the order of the later catalogue (what was removed: of the earlier one).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KevChanges {
    /// Entries that are new.
    pub added: Vec<Listed>,
    /// Entries that are gone.
    pub removed: Vec<Listed>,
    /// Dates by which to act that have moved.
    pub due_moved: Vec<Moved>,
    /// Dates of listing that have moved.
    pub listed_moved: Vec<Moved>,
    /// Other edits.
    pub edited: Vec<Edited>,
}

impl KevChanges {
    /// Whether the catalogues say the same.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What has changed from one catalogue's directive to the next one's.
pub fn diff(previous: &Directive, next: &Directive) -> KevChanges {
    let before: BTreeMap<&str, &Subject> = by_id(previous);
    let now = by_id(next);
    let mut changes = KevChanges::default();
    for subject in &next.subjects {
        match before.get(subject.id.as_str()) {
            None => changes.added.push(listed(subject)),
            Some(before) => changes.compare(before, subject),
        }
    }
    let gone = previous.subjects.iter().filter(|subject| !now.contains_key(subject.id.as_str()));
    changes.removed.extend(gone.map(listed));
    changes
}

fn by_id(directive: &Directive) -> BTreeMap<&str, &Subject> {
    directive.subjects.iter().map(|subject| (subject.id.as_str(), subject)).collect()
}

fn listed(subject: &Subject) -> Listed {
    Listed { cve: subject.id.clone(), name: subject.name.clone(), due: subject.due }
}

impl KevChanges {
    fn compare(&mut self, before: &Subject, now: &Subject) {
        let moved = |from, to| Moved { cve: now.id.clone(), from, to };
        if before.due != now.due {
            self.due_moved.push(moved(before.due, now.due));
        }
        if before.listed != now.listed {
            self.listed_moved.push(moved(before.listed, now.listed));
        }
        let (old, new) = (parts(before), parts(now));
        let names: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
        let mut edited: Vec<String> =
            names.into_iter().filter(|name| old.get(name) != new.get(name)).map(Into::into).collect();
        // Whatever else a subject holds, so that no edit goes unseen.
        let texts =
            Subject { notes: Vec::new(), name: String::new(), due: None, listed: None, ..before.clone() };
        let others =
            Subject { notes: Vec::new(), name: String::new(), due: None, listed: None, ..now.clone() };
        if edited.is_empty() && texts != others {
            edited.push("identifiers".into());
        }
        if !edited.is_empty() {
            self.edited.push(Edited { cve: now.id.clone(), parts: edited });
        }
    }
}

/// The texts of an entry, by what they are.
fn parts(subject: &Subject) -> BTreeMap<&str, &str> {
    let notes = subject.notes.iter().map(|note| note.split_once(": ").unwrap_or(("Remark", note)));
    notes.chain([("name", subject.name.as_str())]).collect()
}

impl fmt::Display for KevChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("nothing has changed\n");
        }
        for (what, list) in [("added", &self.added), ("removed", &self.removed)] {
            heading(f, list.len(), "entry", "entries", what)?;
            for Listed { cve, name, due } in list {
                write!(f, "  {cve}  {name}")?;
                due.map_or(Ok(()), |due| write!(f, ", due on {due}"))?;
                f.write_str("\n")?;
            }
        }
        for (one, many, list) in [
            ("due date", "due dates", &self.due_moved),
            ("date of listing", "dates of listing", &self.listed_moved),
        ] {
            heading(f, list.len(), one, many, "moved")?;
            for Moved { cve, from, to } in list {
                writeln!(f, "  {cve}  from {} to {}{}", Date(*from), Date(*to), Distance(*from, *to))?;
            }
        }
        heading(f, self.edited.len(), "entry", "entries", "edited otherwise")?;
        for Edited { cve, parts } in &self.edited {
            writeln!(f, "  {cve}  {}", parts.join(", "))?;
        }
        Ok(())
    }
}

fn heading(f: &mut fmt::Formatter<'_>, count: usize, one: &str, many: &str, what: &str) -> fmt::Result {
    match count {
        0 => Ok(()),
        1 => writeln!(f, "1 {one} {what}:"),
        _ => writeln!(f, "{count} {many} {what}:"),
    }
}

struct Date(Option<DayOrTime>);

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(date) => write!(f, "{date}"),
            None => f.write_str("no date"),
        }
    }
}

struct Distance(Option<DayOrTime>, Option<DayOrTime>);

impl fmt::Display for Distance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Some(DayOrTime::Day(from)), Some(DayOrTime::Day(to))) = (self.0, self.1) else { return Ok(()) };
        let days = from.until(to).map_or(0, |span| span.get_days());
        let unit = if days.abs() == 1 { "day" } else { "days" };
        write!(f, ", {} {unit} {}", days.abs(), if days < 0 { "earlier" } else { "later" })
    }
}
