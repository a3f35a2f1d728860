//! SPDX 2.2 and 2.3 (ISO/IEC 5962:2021 is 2.2.1), in JSON and as tag-value text: packages and files.
//!
//! Compared are a package's name, version, supplier and originator, its package URL and CPE names among the external references,
//! and SHA-256 checksums; a file's name and checksum, and its path where it is absolute (most writers give relative ones). A
//! JSON document is read wholly or not at all; of a tag-value document what cannot be read is named with its line.
//!
//! Not here: which file is in which package (`hasFiles` and relationships: every file is listed besides), snippets, licences,
//! annotations, documents that this one refers to, SPDX 3 (JSON-LD).

mod json;
mod tag_value;

use super::component::Component;
use super::coverage::{Place, Problem};
use super::format::Reader;
use super::gathering::Gathering;

/// SPDX in JSON.
pub const JSON: Reader = Reader {
    name: "spdx",
    title: "SPDX JSON (2.2 and 2.3)",
    recognises: |head| head.is_object() && head.has("spdxVersion") && !head.has("bomFormat"),
    read: json::read,
};

/// SPDX as tag-value text.
pub const TAG_VALUE: Reader = Reader {
    name: "spdx-tag-value",
    title: "SPDX tag-value (2.2 and 2.3)",
    recognises: |head| {
        let said = |line: &[u8]| !line.is_empty() && !line.starts_with(b"#");
        head.lines().find(|line| said(line)).is_some_and(|line| line.starts_with(b"SPDXVersion:"))
    },
    read: tag_value::read,
};

const VERSIONS: [&str; 2] = ["SPDX-2.2", "SPDX-2.3"];

fn check(version: Option<&str>) -> Result<(), Problem> {
    if version.is_some_and(|version| VERSIONS.contains(&version)) {
        return Ok(());
    }
    Err(Problem::SpdxVersion { found: version.map(str::to_owned) })
}

/// A value, unless it is one of the two words that say that there is none.
fn asserted(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !matches!(*text, "NOASSERTION" | "NONE"))
}

/// The name in `Organization: name (address)` or `Person: name (address)`.
fn party(text: &str) -> Option<&str> {
    let text = asserted(Some(text.trim()))?;
    let name =
        ["Organization:", "Person:", "Tool:"].iter().find_map(|kind| text.strip_prefix(kind)).unwrap_or(text);
    let name = match name.rsplit_once('(') {
        Some((name, address)) if address.ends_with(')') && (address.contains('@') || address == ")") => name,
        _ => name,
    };
    Some(name.trim()).filter(|name| !name.is_empty())
}

/// An external reference of a package: those that identify it.
fn reference(
    gathering: &mut Gathering<'_>,
    component: &mut Component,
    kind: &str,
    locator: &str,
    place: Place,
) {
    // Types may be given as URIs of the specification's list.
    match kind.rsplit(['/', '#']).next().unwrap_or_default() {
        "purl" => gathering.identifiers(place).purl(component, locator),
        "cpe22Type" | "cpe23Type" => gathering.identifiers(place).cpe(component, locator),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
