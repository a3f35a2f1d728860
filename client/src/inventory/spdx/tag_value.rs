//! SPDX as tag-value text (specification 2.3, clause 4.3 and the tags of clauses 6 to 8), line by line.

use super::super::component::{Component, Inventory};
use super::super::coverage::{Place, Problem};
use super::super::format::Format;
use super::super::gathering::{Gathering, unread};
use super::super::limits::Limits;
use super::super::text::{count, text, without_mark};
use super::{asserted, check, party, reference};

/// What the lines belong to.
enum Section {
    Package(Component),
    File(Component),
    Other,
}

/// Reads a document.
pub(super) fn read(bytes: &[u8], source: &str, limits: &Limits) -> Inventory {
    let mut gathering = Gathering::new(source, Format::SpdxTagValue, limits);
    let (mut section, mut version) = (Section::Other, None);
    // Where a text began that reaches over several lines.
    let mut open: Option<Place> = None;
    let body = without_mark(bytes);
    let mut here = Place { row: 0, byte: count(bytes.len() - body.len()) };
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let place = Place { row: here.row + 1, byte: here.byte };
        here = Place { byte: here.byte + count(line.len()), ..place };
        let line = line.trim_ascii();
        if open.is_some() {
            // No text of several lines is compared.
            if ends(line) {
                open = None;
            }
            continue;
        }
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        if line.len() > limits.row_bytes {
            gathering.skip(place, Problem::RowTooLong { limit: limits.row_bytes });
            continue;
        }
        if line.contains(&0) {
            gathering.skip(place, Problem::Nul);
            continue;
        }
        let line = text(line, place, &mut gathering.coverage, limits);
        let Some((tag, value)) = line.split_once(':') else {
            gathering.skip(place, Problem::NoField);
            continue;
        };
        let value = match value.trim().strip_prefix("<text>") {
            Some(rest) => {
                let Some(whole) = rest.strip_suffix("</text>") else {
                    open = Some(place).filter(|_| !ends(rest.as_bytes()));
                    continue;
                };
                whole.trim()
            }
            None => value.trim(),
        };
        if tag.trim_end() == "SPDXVersion" {
            if let Err(problem) = check(Some(value)) {
                return unread(source, Format::SpdxTagValue, problem);
            }
            version = Some(place);
            continue;
        }
        tagged(tag.trim_end(), value, place, &mut section, &mut gathering);
        if gathering.full() {
            break;
        }
    }
    if version.is_none() {
        return unread(source, Format::SpdxTagValue, Problem::SpdxVersion { found: None });
    }
    if let Some(place) = open {
        gathering.coverage.stop(place, Problem::OpenText);
    }
    close(&mut section, &mut gathering);
    gathering.finish()
}

fn ends(line: &[u8]) -> bool {
    line.windows(b"</text>".len()).any(|part| part == b"</text>")
}

/// One tag and its value.
fn tagged(tag: &str, value: &str, place: Place, section: &mut Section, gathering: &mut Gathering<'_>) {
    match tag {
        "PackageName" | "FileName" => {
            close(section, gathering);
            if asserted(Some(value)).is_none_or(str::is_empty) {
                return gathering.skip(place, Problem::NothingNamed);
            }
            let Some(mut component) = gathering.component(value, place, None) else { return };
            *section = if tag == "FileName" {
                let path = component.name.clone();
                component.add_path(&path);
                Section::File(component)
            } else {
                Section::Package(component)
            };
            return;
        }
        "SnippetSPDXID" | "LicenseID" => return close(section, gathering),
        _ => {}
    }
    match (tag, section) {
        ("SPDXID", Section::Package(component) | Section::File(component)) => {
            component.source.reference = Some(value.to_owned());
        }
        ("PackageVersion", Section::Package(component)) => {
            component.version = asserted(Some(value)).filter(|value| !value.is_empty()).map(str::to_owned);
        }
        ("PackageSupplier" | "PackageOriginator", Section::Package(component)) => {
            component.add_vendor(party(value).unwrap_or_default());
        }
        ("PackageChecksum", Section::Package(component)) | ("FileChecksum", Section::File(component)) => {
            if let Some(digest) = value.strip_prefix("SHA256:") {
                gathering.identifiers(place).sha256(component, digest);
            }
        }
        ("ExternalRef", Section::Package(component)) => {
            let mut words = value.split_whitespace();
            match (words.next(), words.next(), words.next(), words.next()) {
                (Some(_), Some(kind), Some(locator), None) => {
                    reference(gathering, component, kind, locator, place);
                }
                _ => gathering.note(place, Problem::PartShape { part: "ExternalRef", at: 1 }),
            }
        }
        _ => {}
    }
}

/// Ends a section.
fn close(section: &mut Section, gathering: &mut Gathering<'_>) {
    if let Section::Package(component) | Section::File(component) = std::mem::replace(section, Section::Other)
    {
        gathering.keep(component);
    }
}
