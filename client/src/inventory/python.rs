//! Metadata of an installed Python package (Core Metadata 1.0 to 2.4): fields up to the first blank line, behind which the
//! description stands.
//!
//! Not here: where packages are installed; requirements, which are wishes.

use std::collections::BTreeMap;

use interdict_schema::product::Purl;

use super::coverage::{Place, Problem};
use super::format::{Format, Reader};
use super::head::Head;
use super::rows::{Rows, lines};
use super::text::{before_address, count, without_mark};

/// A metadata file.
pub const READER: Reader = Reader {
    name: "python-metadata",
    title: "METADATA or PKG-INFO of a Python package",
    recognises: |head: &Head<'_>| head.first_line().starts_with(b"Metadata-Version:"),
    read: |bytes, source, limits| {
        let mut rows = Rows::new(source, Format::Python, limits);
        read(bytes, &mut rows);
        rows.finish()
    },
};

/// Reads one metadata file into one component.
pub(super) fn read(bytes: &[u8], rows: &mut Rows<'_>) {
    let place = rows.next_row(0);
    let fields = lines(without_mark(bytes)).take_while(|(_, line)| !line.is_empty());
    let [mut name, mut version] = [None, None];
    let mut hints: Vec<&[u8]> = Vec::new();
    for (at, line) in fields {
        let here = Place { byte: count(at), ..place };
        let limit = rows.limits().row_bytes;
        if line.len() > limit {
            return rows.stop(here, Problem::RowTooLong { limit });
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (field, value) = line.split_at_checked(colon).unwrap_or_default();
        let value = value.get(1..).unwrap_or_default();
        let slot = match field.to_ascii_lowercase().as_slice() {
            b"name" => &mut name,
            b"version" => &mut version,
            b"author" | b"author-email" | b"maintainer" | b"maintainer-email" => {
                hints.push(value);
                continue;
            }
            _ => continue,
        };
        if slot.is_some() {
            let field = if field.eq_ignore_ascii_case(b"name") { "Name" } else { "Version" };
            return rows.stop(here, Problem::FieldTwice { field });
        }
        *slot = Some(value);
    }
    let Some(name) = name.and_then(|name| rows.text(name, place)) else {
        return rows.stop(place, Problem::FieldMissing { field: "Name" });
    };
    let version = version.and_then(|version| rows.text(version, place));
    let mut said = Vec::new();
    for hint in hints {
        let hint = rows.text(hint, place).as_deref().and_then(before_address);
        said.extend(hint.filter(|hint| !hint.contains('@') && hint != "UNKNOWN"));
    }
    said.dedup();
    add(&name, version, said, place, rows);
}

/// A zipped egg by its file's name, `NAME-VERSION-py3.12.egg`, in which a hyphen of either stands as `_` (setuptools, "The
/// Internal Structure of Python Eggs"): it is not opened.
pub(super) fn read_egg(file: &str, rows: &mut Rows<'_>) {
    let place = rows.next_row(0);
    let mut parts = file.strip_suffix(".egg").unwrap_or(file).split('-');
    let (name, version) = (parts.next().unwrap_or_default(), parts.next());
    add(name, version.map(|version| version.replace('_', "-")), Vec::new(), place, rows);
}

fn add(name: &str, version: Option<String>, hints: Vec<String>, place: Place, rows: &mut Rows<'_>) {
    let mut component = rows.component(name, place);
    component.ecosystem = Some("pypi".to_owned());
    component.vendor_hints = hints;
    match Purl::build("pypi", None, name, version.as_deref(), BTreeMap::new(), None) {
        Ok(purl) => component.purl = Some(purl),
        Err(error) => rows.note(place, Problem::Purl(error)),
    }
    component.version = version;
    rows.add(component, place);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

    use super::super::component::Inventory;
    use super::super::coverage::Reading;
    use super::super::limits::Limits;
    use super::*;

    const KESL: &str = "Metadata-Version: 2.1\nName: Kesl_Tools\nVersion: 1.0\nSummary: x\nAuthor: AO Kaspersky Lab\n\
                        Author-email: Support <s@example.org>\nMaintainer-email: only@example.org\nLicense: a\n  b: c\n\nName: of the description\n";

    fn read(text: &str) -> Inventory {
        (READER.read)(text.as_bytes(), "METADATA", &Limits::STANDARD)
    }

    #[test]
    fn a_package_becomes_a_component_with_its_package_url() {
        for text in [KESL.to_owned(), KESL.replace('\n', "\r\n")] {
            assert_eq!(Format::of(text.as_bytes()), Ok(Format::Python));
            let inventory = read(&text);
            assert!(inventory.is_complete());
            let kesl = &inventory.components[0];
            assert_eq!((kesl.name.as_str(), kesl.version.as_deref()), ("Kesl_Tools", Some("1.0")));
            assert_eq!(kesl.purl.as_ref().unwrap().to_string(), "pkg:pypi/kesl-tools@1.0");
            assert_eq!(kesl.vendor_hints, ["AO Kaspersky Lab", "Support"]);
        }
    }

    #[test]
    fn a_file_that_names_nothing_or_two_is_not_read() {
        for (text, reason) in [
            ("", Problem::FieldMissing { field: "Name" }),
            ("Metadata-Version: 1\n\nName: a\n", Problem::FieldMissing { field: "Name" }),
            ("Name: a\nName: b\n", Problem::FieldTwice { field: "Name" }),
        ] {
            let Reading::Partial { reason: found, .. } = &read(text).coverage[0].read else {
                unreachable!("{text}")
            };
            assert_eq!(found, &reason);
        }
    }
}
