//! What targets metadata says of a file.

use interdict_schema::directive::Directive;
use interdict_schema::entity::EntityList;
use interdict_schema::tuf::{TargetFile, TargetPath};
use interdict_schema::waiver::WaiverDocument;
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use super::StageRefusal;

/// The `custom` of a directive's entry: a listing needs no download. It is a convenience, the envelope decides.
///
/// ASCII keys, NFC strings, small integers: what every TUF client reads (`docs/formats.md`).
pub fn custom(directive: &Directive) -> Value {
    json!({
        "id": directive.id,
        "revision": directive.revision,
        "status": plain(directive.status.as_str()),
        "title": plain(&directive.title),
        "issued": directive.issued.to_string(),
    })
}

/// The `custom` of the entry of a list of identifiers.
pub fn custom_of_list(list: &EntityList) -> Value {
    json!({
        "id": list.id,
        "revision": list.revision,
        "title": plain(&list.title),
        "issued": list.issued.to_string(),
    })
}

/// The `custom` of the entry of a waiver.
pub fn custom_of_waiver(waiver: &WaiverDocument) -> Value {
    json!({
        "id": waiver.id,
        "revision": waiver.revision,
        "status": plain(waiver.status.as_str()),
        "title": plain(&waiver.title),
        "issued": waiver.issued.to_string(),
        "waives": waiver.target.id,
    })
}

/// Canonical JSON cannot carry control characters: they become blanks.
fn plain(text: &str) -> String {
    text.nfc().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

/// The name under which a target lies in `targets/`.
pub fn file_name(path: &str, listed: &TargetFile) -> String {
    match listed.hashes.prefix() {
        Some(digest) => format!("{digest}.{path}"),
        None => path.to_owned(),
    }
}

/// Whether every client takes a name.
pub fn check_name(path: &str) -> Result<(), StageRefusal> {
    let refused = |source| StageRefusal::Name { path: path.to_owned(), source };
    let parsed: TargetPath = path.parse().map_err(|error| refused(Some(error)))?;
    if parsed.is_flat() { Ok(()) } else { Err(refused(None)) }
}
