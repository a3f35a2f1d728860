//! dpkg's status file (deb-control(5), dpkg 1.22): stanzas of fields, blank lines between them.
//!
//! A stanza that is broken ends the reading: what follows is not known, and the coverage says at which stanza and
//! byte. Not here: whether packages are consistent; the files that they own.

use std::collections::BTreeMap;

use interdict_schema::product::Purl;

use super::component::{Component, Inventory, Presence};
use super::coverage::{Place, Problem};
use super::format::{Format, Reader};
use super::head::Head;
use super::limits::Limits;
use super::rows::Rows;
use super::stanza::{self, Broken};
use super::text::{before_address, count};

/// The fields that are read of a stanza.
const FIELDS: [&str; 6] = ["Package", "Status", "Version", "Architecture", "Maintainer", "Source"];

/// The status of a package that is wholly there.
const INSTALLED: &[u8] = b"install ok installed";

/// One stanza: its place and the values of [`FIELDS`].
struct Stanza<'a> {
    place: Place,
    values: [Option<&'a [u8]>; 6],
}

/// dpkg's status file. Whoever knows the distribution calls [`read`].
pub const READER: Reader = Reader {
    name: "dpkg",
    title: "a dpkg status file",
    recognises: is_status,
    read: |bytes, source, limits| read(bytes, source, None, limits),
};

/// A first line that is a field, and the two fields that every stanza has.
fn is_status(head: &Head<'_>) -> bool {
    let field = head.first_line().split(|byte| *byte == b':').next().unwrap_or_default();
    let is_field =
        !field.is_empty() && field.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    let has = |name: &[u8]| head.lines().any(|line| line.starts_with(name));
    is_field && has(b"Package:") && has(b"Status:")
}

/// Reads a status file. `distribution` is the `ID` of the machine's os-release, the namespace of its package URLs.
pub fn read(bytes: &[u8], source: &str, distribution: Option<&str>, limits: &Limits) -> Inventory {
    let mut rows = Rows::new(source, Format::Dpkg, limits);
    stanza::each(bytes, &mut rows, |stanza, place, rows| component(stanza, place, distribution, None, rows));
    rows.finish()
}

/// Reads a file of `status.d`, which images without a dpkg keep beside or instead of the status file: one package a file,
/// and what is listed is there, whether or not a `Status` says so.
pub(super) fn read_part(bytes: &[u8], distribution: Option<&str>, rows: &mut Rows<'_>) {
    let status = Some(INSTALLED);
    stanza::each(bytes, rows, |stanza, place, rows| component(stanza, place, distribution, status, rows));
}

fn component(
    bytes: &[u8],
    place: Place,
    distribution: Option<&str>,
    unsaid: Option<&[u8]>,
    rows: &mut Rows<'_>,
) -> Result<Option<Component>, Broken> {
    let stanza = fields(bytes, place)?;
    let [package, status, version, architecture, maintainer, built_from] = stanza.values;
    let mut value = |bytes: Option<&[u8]>| rows.text(bytes?, place);
    let missing = |field| (stanza.place, Problem::FieldMissing { field });
    let name = value(package).ok_or(missing("Package"))?;
    let status = value(status.or(unsaid)).ok_or(missing("Status"))?;
    let Some(presence) = presence(&status).map_err(|problem| (place, problem))? else { return Ok(None) };
    let version = value(version);
    let architecture = value(architecture);
    let maintainer = value(maintainer);
    let built_from = value(built_from);
    let mut component = rows.component(&name, place);
    component.presence = presence;
    component.ecosystem = Some("deb".to_owned());
    component.version = version;
    if component.version.is_none() && presence != Presence::Residual {
        return Err(missing("Version"));
    }
    // `AO Kaspersky Lab <support@example.org>`: the name stands before the address.
    component.vendor_hints = maintainer.as_deref().and_then(before_address).into_iter().collect();
    // `Source: openssl (3.0.1-1)`: the version stands there where it differs.
    component.source_package = built_from.and_then(|text| text.split_whitespace().next().map(str::to_owned));
    let qualifiers: BTreeMap<String, String> =
        architecture.into_iter().map(|architecture| ("arch".to_owned(), architecture)).collect();
    match Purl::build("deb", distribution, &component.name, component.version.as_deref(), qualifiers, None) {
        Ok(purl) => component.purl = Some(purl),
        Err(error) => rows.note(place, Problem::Purl(error)),
    }
    Ok(Some(component))
}

fn fields(bytes: &[u8], place: Place) -> Result<Stanza<'_>, Broken> {
    let mut stanza = Stanza { place, values: [None; 6] };
    let mut at = place.byte;
    let mut any = false;
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        let here = Place { byte: at, ..place };
        at += count(line.len());
        if line.contains(&0) {
            return Err((here, Problem::Nul));
        }
        // A continuation belongs to the field before it. None of ours has any.
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            if any {
                continue;
            }
            return Err((here, Problem::NoField));
        }
        let colon = line.iter().position(|b| *b == b':').ok_or((here, Problem::NoField))?;
        let (name, value) = line.split_at_checked(colon).ok_or((here, Problem::NoField))?;
        if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
            return Err((here, Problem::NoField));
        }
        any = true;
        for (field, slot) in FIELDS.iter().zip(&mut stanza.values) {
            if name.eq_ignore_ascii_case(field.as_bytes()) {
                if slot.is_some() {
                    return Err((here, Problem::FieldTwice { field }));
                }
                *slot = value.get(1..);
            }
        }
    }
    Ok(stanza)
}

/// The third word of a status. `None`: nothing of the package is there.
fn presence(status: &str) -> Result<Option<Presence>, Problem> {
    let mut words = status.split_ascii_whitespace();
    match (words.next(), words.next(), words.next(), words.next()) {
        (Some(_), Some(_), Some(state), None) => match state {
            "installed" | "triggers-awaited" | "triggers-pending" => Ok(Some(Presence::Installed)),
            "unpacked" | "half-installed" | "half-configured" => Ok(Some(Presence::Incomplete)),
            "config-files" => Ok(Some(Presence::Residual)),
            "not-installed" => Ok(None),
            _ => Err(Problem::Status),
        },
        _ => Err(Problem::Status),
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        clippy::panic,
        reason = "a test that cannot go on fails"
    )]

    use super::super::coverage::Reading;
    use super::*;

    const KESL: &str = "Package: kesl\nStatus: install ok installed\nMaintainer: AO Kaspersky Lab <x@example.org>\n\
                        Architecture: amd64\nSource: kesl-src (11)\nVersion: 11.4.0-1135\n\
                        Description: protection\n more of it\n .\n and more: with a colon\n";

    fn read(text: &str) -> Inventory {
        super::read(text.as_bytes(), "status", Some("debian"), &Limits::STANDARD)
    }

    fn stopped(inventory: &Inventory) -> (Place, Problem) {
        match &inventory.coverage[0].read {
            Reading::Partial { reason, place, .. } => (*place, reason.clone()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_installed_package_becomes_a_component_with_its_package_url() {
        let inventory = read(KESL);
        assert!(inventory.is_complete());
        let [kesl] = &inventory.components[..] else { panic!("{inventory:?}") };
        assert_eq!(kesl.name, "kesl");
        assert_eq!(kesl.version.as_deref(), Some("11.4.0-1135"));
        assert_eq!(kesl.purl.as_ref().unwrap().to_string(), "pkg:deb/debian/kesl@11.4.0-1135?arch=amd64");
        assert_eq!(kesl.vendor_hints, ["AO Kaspersky Lab"]);
        assert_eq!(kesl.source_package.as_deref(), Some("kesl-src"));
        assert_eq!(kesl.presence, Presence::Installed);
        assert_eq!((kesl.source.row, kesl.source.byte), (1, Some(0)));
    }

    #[test]
    fn only_what_is_there_counts_as_installed() {
        for (status, presence) in [
            ("deinstall ok config-files", Some(Presence::Residual)),
            ("install reinstreq half-installed", Some(Presence::Incomplete)),
            ("hold ok installed", Some(Presence::Installed)),
            ("purge ok not-installed", None),
        ] {
            let inventory = read(&KESL.replace("install ok installed", status));
            assert!(inventory.is_complete());
            assert_eq!(inventory.components.first().map(|found| found.presence), presence, "{status}");
        }
    }

    #[test]
    fn a_broken_stanza_ends_the_reading_at_its_byte() {
        let second = u64::try_from(KESL.len() + 1).unwrap();
        for (broken, offset, problem) in [
            ("Package: b\nno field\n", 11, Problem::NoField),
            (" continuation\n", 0, Problem::NoField),
            ("Status: install ok installed\nVersion: 1\n", 0, Problem::FieldMissing { field: "Package" }),
            ("Package: b\nVersion: 1\n", 0, Problem::FieldMissing { field: "Status" }),
            ("Package: b\nStatus: install ok installed\n", 0, Problem::FieldMissing { field: "Version" }),
            ("Package: b\nPackage: c\n", 11, Problem::FieldTwice { field: "Package" }),
            ("Package: b\nStatus: fine\nVersion: 1\n", 0, Problem::Status),
            ("Package: b\0\n", 0, Problem::Nul),
        ] {
            let inventory = read(&format!("{KESL}\n{broken}\n{}", KESL.replace("kesl", "later")));
            assert_eq!(inventory.components.len(), 1, "{broken}");
            assert!(!inventory.is_complete());
            assert_eq!(stopped(&inventory), (Place { row: 2, byte: second + offset }, problem), "{broken}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced_and_noted() {
        let mut bytes = KESL.as_bytes().to_vec();
        let at = KESL.find("AO").unwrap();
        bytes[at] = 0xff;
        let inventory = super::read(&bytes, "status", None, &Limits::STANDARD);
        assert_eq!(inventory.coverage[0].notes[0].problem, Problem::Utf8);
        assert_eq!(inventory.components[0].vendor_hints, ["\u{fffd}O Kaspersky Lab"]);
        assert_eq!(inventory.components[0].purl.as_ref().unwrap().namespace(), None);
    }

    #[test]
    fn limits_hold_at_their_value_and_one_beyond() {
        let limits = Limits { row_bytes: KESL.len(), components: 1, ..Limits::STANDARD };
        let read = |text: &str| super::read(text.as_bytes(), "status", None, &limits);
        assert!(read(KESL).is_complete());
        let problem = Problem::RowTooLong { limit: KESL.len() };
        assert_eq!(stopped(&read(&format!("{KESL} x\n"))).1, problem);
        let two = read(&format!("{KESL}\n{KESL}"));
        assert_eq!(two.components.len(), 1);
        assert_eq!(stopped(&two).1, Problem::TooManyComponents { limit: 1 });
    }

    #[test]
    fn blank_lines_and_line_ends_of_other_systems_do_not_matter() {
        let text = format!("\n\n{}\n\n\n{KESL}\n\n", KESL.trim_end());
        assert_eq!(read(&text).components.len(), 2);
        assert_eq!(read(&text.replace('\n', "\r\n")).components.len(), 2);
        assert_eq!(read("").components.len(), 0);
    }
}
