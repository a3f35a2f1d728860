//! The subjects of a directive: what is banned, by what it is recognised, and what is left out.

use std::collections::BTreeMap;

use interdict_host::terminal::Paint;
use interdict_schema::directive::{
    Confidence, Directive, Disposition, Embedded, Entity, Exclude, Identifier, Subject,
};
use interdict_schema::entity::{Lists, Resolved};

use super::{Page, count};

/// Subjects, and identifiers of one kind, that are named before the rest is counted.
const NAMED: usize = 12;

/// What a directive is about.
pub(super) fn subjects(page: &mut Page, directive: &Directive, lists: &Lists<'_>) {
    let subjects = &directive.subjects;
    if subjects.is_empty() {
        return;
    }
    let banned = subjects.iter().all(|subject| subject.disposition == Disposition::Prohibited);
    let heading = if banned { "What is banned" } else { "What it is about" };
    page.heading(&format!("{heading}: {}", count(subjects.len(), "subject")));
    for subject in subjects.iter().take(NAMED) {
        self::subject(page, directive, subject, lists);
    }
    if let Some(more) = subjects.len().checked_sub(NAMED).filter(|more| *more > 0) {
        page.line(format!("  and {more} more: `interdict show {} --json` has all", directive.id));
    }
}

fn subject(page: &mut Page, directive: &Directive, subject: &Subject, lists: &Lists<'_>) {
    page.line(format!("  {}: {} [{}]", subject.id, subject.name, subject.disposition));
    entities(page, &subject.entities);
    if !subject.products.is_empty() {
        page.line(format!("    products: {}", some(subject.products.iter().cloned())));
    }
    if let Some(embedded) = &subject.embedded {
        let meaning = match embedded {
            Embedded::In => " (code inside other makers' products is meant too)",
            Embedded::Out => " (code inside other makers' products is left out)",
            Embedded::Other(_) => "",
        };
        page.line(format!("    embedded: {embedded}{meaning}"));
    }
    identifiers(page, "    ", &subject.identifiers);
    for found in lists.of_subject(&directive.issuer, subject) {
        from(page, &found);
    }
    for exclude in &subject.excludes {
        self::exclude(page, exclude);
    }
    for (label, day) in [
        ("listed", subject.listed),
        ("due", subject.due),
        ("from", subject.valid_from),
        ("until", subject.valid_until),
    ] {
        if let Some(day) = day {
            page.line(format!("    {label}: {day}"));
        }
    }
    for note in &subject.notes {
        page.line(format!("    note: {note}"));
    }
}

/// A list by which a subject is recognised, and what of it is missing.
fn from(page: &mut Page, found: &Resolved<'_>) {
    if let Some(list) = found.list.map(|list| &list.document.value) {
        let entries = list.attachments.iter().fold(0_u64, |sum, file| sum.saturating_add(file.entries));
        let entries =
            if entries == 0 { String::new() } else { format!(" and {entries} entries of attachments") };
        let rows = count(list.identifiers.len(), "identifier");
        page.line(format!("    list: {}, revision {}, {rows}{entries}", list.id, list.revision));
    }
    for gap in &found.gaps {
        page.painted(Paint::Warning, format!("    not recognised: {gap}"));
    }
}

/// The makers that are meant.
pub(super) fn entities(page: &mut Page, entities: &[Entity]) {
    for entity in entities {
        let relation = entity.relation.as_ref().map_or_else(String::new, |relation| format!(" ({relation})"));
        let aliases = if entity.aliases.is_empty() {
            String::new()
        } else {
            format!(", also {}", entity.aliases.join("; "))
        };
        page.line(format!("    maker: {}{relation}{aliases}", entity.name));
    }
}

fn exclude(page: &mut Page, exclude: &Exclude) {
    page.line(format!("    left out ({}): {}", exclude.id, exclude.reason));
    identifiers(page, "      ", &exclude.identifiers);
}

/// A line for each kind, in the order of their first mention.
pub(super) fn identifiers(page: &mut Page, indent: &str, identifiers: &[Identifier]) {
    let mut order: Vec<&str> = Vec::new();
    let mut kinds: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for identifier in identifiers {
        let kind = identifier.kind.as_str();
        if !kinds.contains_key(kind) {
            order.push(kind);
        }
        kinds.entry(kind).or_default().push(self::identifier(identifier));
    }
    for kind in order {
        page.line(format!("{indent}{kind}: {}", some(kinds.remove(kind).unwrap_or_default().into_iter())));
    }
}

fn identifier(identifier: &Identifier) -> String {
    let versions = identifier.versions.as_ref().map_or_else(String::new, |versions| format!(" {versions}"));
    let confidence = match &identifier.confidence {
        None | Some(Confidence::High) => String::new(),
        Some(other) => format!(" ({other})"),
    };
    format!("{}{versions}{confidence}", identifier.value)
}

/// The first of several, and how many more there are.
fn some(texts: impl ExactSizeIterator<Item = String>) -> String {
    let more = texts.len().saturating_sub(NAMED);
    let named = texts.take(NAMED).collect::<Vec<_>>().join(", ");
    if more == 0 { named } else { format!("{named}, and {more} more") }
}
