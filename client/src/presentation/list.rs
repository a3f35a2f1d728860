//! A list of identifiers: its page, and its row among others.

use interdict_host::terminal::{Paint, Table};
use interdict_schema::Sha256;
use interdict_schema::directive::{DirectiveId, Revision};
use interdict_schema::entity::EntityList;
use interdict_schema::entity::unsupported::unsupported;
use interdict_schema::policy::Mark;
use serde::Serialize;

use super::subjects::{entities, identifiers};
use super::{Page, count};
use crate::store::generation::{Generation, Held, HeldList, HeldRepository, HeldRevision, meaning};

/// The page of one revision.
pub fn list_page(repository: &HeldRepository, held: &HeldList, revision: &HeldRevision<EntityList>) -> Page {
    let mut page = Page::default();
    let list = &revision.believed.document.value;
    page.painted(Paint::Strong, format!("{}, revision {}: {}", list.id, list.revision, list.title));
    let newest = held.text().revision;
    if list.revision < newest {
        page.painted(Paint::Warning, format!("replaced by revision {newest}"));
    } else {
        page.painted(Paint::Good, "the newest revision of a list of identifiers");
    }
    for mark in &held.marks {
        page.painted(Paint::Alarm, format!("{}: {}", mark.as_str(), meaning(*mark)));
    }
    page.line("");
    page.line(format!("issuer      {}", list.issuer));
    page.line(format!("issued      {}", list.issued));
    if let Some(marking) = &list.marking {
        page.line(format!("marking     {marking}"));
    }
    page.line(format!("repository  {}", repository.name));
    page.line(format!("digest      sha256:{}", revision.believed.payload.digest));
    let signed = &revision.believed.payload.signed_by;
    let keys = signed.keys.len();
    page.line(format!("signed by   {keys} of the issuer's keys, {} required", signed.required));
    let used_by = used_by(repository, &list.id);
    page.line(format!(
        "named by    {}",
        if used_by.is_empty() { "no directive".into() } else { used_by.join(", ") }
    ));
    if let Some(summary) = &list.summary {
        page.line("");
        page.line(summary);
    }
    page.heading(&format!("What is recognised: {}", count(list.identifiers.len(), "identifier")));
    entities(&mut page, &list.entities);
    identifiers(&mut page, "    ", &list.identifiers);
    for file in &list.attachments {
        let held = repository.attachments.contains_key(&file.digest);
        let text = format!("    {}: {} in {}", file.kind, file.entries, file.path);
        if held {
            page.line(text);
        } else {
            page.painted(Paint::Warning, format!("{text}, which is not held"));
        }
    }
    let unsupported = unsupported(&revision.believed.document);
    if !unsupported.is_empty() {
        page.heading("Not understood by this version");
        for place in unsupported {
            page.painted(Paint::Warning, format!("  {}: {}", place.pointer, place.what));
        }
    }
    page
}

/// The directives that name a list.
fn used_by(repository: &HeldRepository, list: &DirectiveId) -> Vec<String> {
    let names = |subject: &interdict_schema::directive::Subject| {
        subject.identifiers_from.iter().any(|from| from.list == *list)
    };
    let directives = repository.directives.iter().map(Held::directive);
    let naming = directives.filter(|directive| !directive.is_ended() && directive.subjects.iter().any(names));
    naming.map(|directive| directive.id.to_string()).collect()
}

/// A list among those that are held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct ListEntry {
    repository: String,
    id: DirectiveId,
    revision: Revision,
    title: String,
    issuer: String,
    digest: Sha256,
    identifiers: usize,
    /// Entries of attachments.
    entries: u64,
    named_by: Vec<String>,
    marks: Vec<Mark>,
    unsupported: usize,
}

/// Every list of a generation.
pub(super) fn list_entries(generation: &Generation) -> Vec<ListEntry> {
    let entry = |repository: &HeldRepository, held: &HeldList| {
        let list = held.text();
        ListEntry {
            repository: repository.name.to_string(),
            id: list.id.clone(),
            revision: list.revision,
            title: list.title.clone(),
            issuer: list.issuer.clone(),
            digest: held.newest().believed.payload.digest,
            identifiers: list.identifiers.len(),
            entries: list.attachments.iter().fold(0, |sum, file| sum.saturating_add(file.entries)),
            named_by: used_by(repository, &list.id),
            marks: held.marks.clone(),
            unsupported: unsupported(&held.newest().believed.document).len(),
        }
    };
    let repositories = generation.repositories.iter();
    repositories.flat_map(|held| held.lists.iter().map(move |list| entry(held, list))).collect()
}

/// The lists, a row each.
pub(super) fn list_table(entries: &[ListEntry]) -> Table {
    let header = ["list", "revision", "title", "repository", "identifiers", "entries", "named by", "marks"];
    let mut table = Table::new(&header).right_aligned(1).right_aligned(4).right_aligned(5);
    for entry in entries {
        let mut marks: Vec<&str> = entry.marks.iter().map(|mark| mark.as_str()).collect();
        marks.extend((entry.unsupported > 0).then_some("unsupported"));
        let cells = [
            entry.id.to_string(),
            entry.revision.to_string(),
            entry.title.clone(),
            entry.repository.clone(),
            entry.identifiers.to_string(),
            entry.entries.to_string(),
            entry.named_by.join(", "),
            marks.join(", "),
        ];
        if entry.marks.is_empty() {
            table.row(cells);
        } else {
            table.painted_row(Paint::Alarm, cells);
        }
    }
    table
}
