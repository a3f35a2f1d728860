//! What a revision of a list of identifiers changes: which rows are added, which are lifted (`trust.md`, 24).
//!
//! Nothing that differs is left out: what has no words of its own here is told of by the name of its member.

use std::collections::BTreeMap;

use interdict_schema::directive::Identifier;
use interdict_schema::directive::difference::members;
use interdict_schema::entity::{EntityList, EntryFile};
use interdict_schema::waiver::WaiverDocument;

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
    let others = members(before, after, &["revision", "previous", "identifiers", "attachments"]);
    found.extend(others.iter().map(ToString::to_string));
    found
}

/// What a revision of a waiver changes: every member that differs.
pub fn waiver_differences(before: &WaiverDocument, after: &WaiverDocument) -> Vec<String> {
    members(before, after, &["revision", "previous"]).iter().map(ToString::to_string).collect()
}

fn row_text(row: &Identifier) -> String {
    let versions = row.versions.as_ref().map_or_else(String::new, |versions| format!(" {versions}"));
    let confidence = row.confidence.as_ref().map_or_else(String::new, |word| format!(", confidence {word}"));
    format!("{} {}{versions}{confidence}", row.kind, row.value)
}
