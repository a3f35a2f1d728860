//! apk's database of installed packages (apk-tools 2 and 3, `lib/apk/db/installed`): stanzas of one-letter fields, a blank
//! line behind each.
//!
//! A stanza that is broken ends the reading. Not here: the files that packages own, which make up most of the lines.

use std::collections::BTreeMap;

use interdict_schema::product::Purl;

use super::component::Component;
use super::coverage::{Place, Problem};
use super::format::{Format, Reader};
use super::head::Head;
use super::rows::{Rows, lines};
use super::stanza::{self, Broken};
use super::text::{before_address, count};

/// Package, version, architecture, origin, maintainer.
const FIELDS: [(u8, &str); 5] = [(b'P', "P"), (b'V', "V"), (b'A', "A"), (b'o', "o"), (b'm', "m")];

/// The database. Whoever knows the distribution calls [`read`].
pub const READER: Reader = Reader {
    name: "apk",
    title: "apk's database of installed packages",
    recognises: is_database,
    read: |bytes, source, limits| {
        let mut rows = Rows::new(source, Format::Apk, limits);
        read(bytes, None, &mut rows);
        rows.finish()
    },
};

/// A checksum or a name first, and then one-letter fields up to the first blank line.
fn is_database(head: &Head<'_>) -> bool {
    let first = head.first_line();
    if !(first.starts_with(b"C:Q") || first.starts_with(b"P:")) {
        return false;
    }
    let letter = |line: &[u8]| matches!(line, [letter, b':', ..] if letter.is_ascii_alphabetic());
    let mut fields = head.lines().take_while(|line| !line.is_empty());
    fields.all(letter) && head.lines().any(|line| line.starts_with(b"V:"))
}

/// Reads the database. `distribution` is the `ID` of os-release.
pub(super) fn read(bytes: &[u8], distribution: Option<&str>, rows: &mut Rows<'_>) {
    stanza::each(bytes, rows, |stanza, place, rows| component(stanza, place, distribution, rows).map(Some));
}

fn component(
    bytes: &[u8],
    place: Place,
    distribution: Option<&str>,
    rows: &mut Rows<'_>,
) -> Result<Component, Broken> {
    let mut values: [Option<&[u8]>; FIELDS.len()] = [None; FIELDS.len()];
    for (at, line) in lines(bytes) {
        let here = Place { byte: place.byte + count(at), ..place };
        let [letter, b':', value @ ..] = line else { return Err((here, Problem::NoField)) };
        if value.contains(&0) {
            return Err((here, Problem::Nul));
        }
        let slots = FIELDS.iter().zip(&mut values);
        if let Some(((_, field), slot)) = slots.into_iter().find(|((field, _), _)| field == letter) {
            if slot.is_some() {
                return Err((here, Problem::FieldTwice { field }));
            }
            *slot = Some(value);
        }
    }
    let mut text = |value: Option<&[u8]>| rows.text(value?, place);
    let [name, version, arch, origin, maintainer] = values.map(&mut text);
    let name = name.ok_or((place, Problem::FieldMissing { field: "P" }))?;
    let version = version.ok_or((place, Problem::FieldMissing { field: "V" }))?;
    let mut component = rows.component(&name, place);
    component.ecosystem = Some("apk".to_owned());
    component.vendor_hints = maintainer.as_deref().and_then(before_address).into_iter().collect();
    component.source_package = origin;
    let qualifiers: BTreeMap<String, String> =
        arch.into_iter().map(|arch| ("arch".to_owned(), arch)).collect();
    match Purl::build("apk", distribution, &name, Some(&version), qualifiers, None) {
        Ok(purl) => component.purl = Some(purl),
        Err(error) => rows.note(place, Problem::Purl(error)),
    }
    component.version = Some(version);
    Ok(component)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

    use super::super::component::Inventory;
    use super::super::coverage::Reading;
    use super::super::limits::Limits;
    use super::*;

    const KESL: &str = "C:Q1abcdefghijklmnopqrstuvwxyz0=\nP:kesl\nV:11.4.0-r1\nA:x86_64\nS:1\nT:protection\n\
                        o:kesl-src\nm:AO Kaspersky Lab <x@example.org>\nF:opt\nR:kesl\na:0:0:755\nZ:Q1x=\n";

    fn read(text: &str) -> Inventory {
        let mut rows = Rows::new("installed", Format::Apk, &Limits::STANDARD);
        super::read(text.as_bytes(), Some("alpine"), &mut rows);
        rows.finish()
    }

    #[test]
    fn an_installed_package_becomes_a_component_with_its_package_url() {
        assert_eq!(Format::of(KESL.as_bytes()), Ok(Format::Apk));
        let inventory = read(&format!("{KESL}\nP:b\nV:1-r0\n\n"));
        assert!(inventory.is_complete());
        let kesl = &inventory.components[0];
        assert_eq!(kesl.purl.as_ref().unwrap().to_string(), "pkg:apk/alpine/kesl@11.4.0-r1?arch=x86_64");
        assert_eq!(kesl.vendor_hints, ["AO Kaspersky Lab"]);
        assert_eq!(kesl.source_package.as_deref(), Some("kesl-src"));
        assert_eq!(inventory.components[1].name, "b");
    }

    #[test]
    fn a_broken_stanza_ends_the_reading_at_its_byte() {
        let second = count(KESL.len()) + 1;
        for (broken, offset, problem) in [
            ("P:b\nno field\n", 4, Problem::NoField),
            ("V:1\n", 0, Problem::FieldMissing { field: "P" }),
            ("P:b\n", 0, Problem::FieldMissing { field: "V" }),
            ("P:b\nP:c\n", 4, Problem::FieldTwice { field: "P" }),
            ("P:b\nT:\0\n", 4, Problem::Nul),
        ] {
            let inventory = read(&format!("{KESL}\n{broken}\n{KESL}"));
            assert_eq!(inventory.components.len(), 1, "{broken}");
            let place = Place { row: 2, byte: second + offset };
            assert_eq!(inventory.coverage[0].read, Reading::Partial { reason: problem, place, skipped: 0 });
        }
    }
}
