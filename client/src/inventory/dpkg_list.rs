//! What `dpkg -l` and `dpkg-query -W` print, as people mail it round.
//!
//! `dpkg -l`: two or three letters of state, name, version, architecture, description, in columns. Old versions cut names and
//! versions to the width of a terminal: a value as wide as a column of the least width may be cut off, and makes the list
//! incomplete. `dpkg-query -W`: name, a tab, version; nothing there tells what is removed, so all with a version count as
//! installed. Not here: maintainers, which neither prints.

use std::collections::BTreeMap;

use interdict_schema::product::Purl;

use super::component::Presence;
use super::coverage::{Place, Problem};
use super::format::{Format, Reader};
use super::head::Head;
use super::rows::{Rows, lines};
use super::text::without_mark;

const WANTED: &str = "state, name, version, architecture in columns as of `dpkg -l`, or name, tab, version";

/// The least widths of the columns of names and versions, at which dpkg cut values off.
const LEAST: [usize; 2] = [14, 12];

/// The lists.
pub const READER: Reader = Reader {
    name: "dpkg-list",
    title: "what dpkg -l or dpkg-query -W prints",
    recognises: is_list,
    read: |bytes, source, limits| {
        let mut rows = Rows::new(source, Format::DpkgList, limits);
        read(bytes, &mut rows);
        rows.finish()
    },
};

/// A row of packages.
struct Row<'a> {
    /// The second letter: what is there.
    presence: Option<Presence>,
    name: &'a [u8],
    version: &'a [u8],
    arch: Option<&'a [u8]>,
}

/// The ruler below the header, which no language changes; or a first line that is a row.
fn is_list(head: &Head<'_>) -> bool {
    head.lines().take(8).any(is_ruler)
        || columns(head.first_line()).is_some()
        || pair(head.first_line()).is_some()
}

fn is_ruler(line: &[u8]) -> bool {
    line.starts_with(b"+++-=")
}

/// Reads a list. A line that is no row ends the reading, behind the header.
pub(super) fn read(bytes: &[u8], rows: &mut Rows<'_>) {
    let body = without_mark(bytes);
    let mut widths = None;
    // The header is in the language of its reader.
    let begin = lines(body).take(8).find(|(_, line)| is_ruler(line)).map_or(0, |(at, line)| {
        let mut columns = line.split(|byte| *byte == b'-').skip(1).map(<[u8]>::len);
        widths = Some([columns.next().unwrap_or_default(), columns.next().unwrap_or_default()]);
        at + line.len()
    });
    for (at, line) in lines(body.get(begin..).unwrap_or_default()) {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let place = rows.next_row(begin + at);
        let limit = rows.limits().row_bytes;
        if line.len() > limit {
            return rows.stop(place, Problem::RowTooLong { limit });
        }
        let found = if widths.is_some() { columns(line) } else { columns(line).or_else(|| pair(line)) };
        let Some(row) = found else { return rows.stop(place, Problem::Row { wanted: WANTED }) };
        if let Some(presence) = row.presence {
            add(&row, presence, widths, place, rows);
        }
        if rows.is_full() {
            return;
        }
    }
}

fn add(row: &Row<'_>, presence: Presence, widths: Option<[usize; 2]>, place: Place, rows: &mut Rows<'_>) {
    let values = [("name", row.name), ("version", row.version)];
    for ((field, value), (width, least)) in
        values.into_iter().zip(widths.unwrap_or_default().into_iter().zip(LEAST))
    {
        if width == least && value.len() == width {
            rows.note(place, Problem::CutOff { field });
        }
    }
    let Some(name) = rows.text(row.name, place) else { return };
    let version = rows.text(row.version, place);
    // `libc6:amd64`: the architecture, of packages that may stand beside those of another.
    let (name, behind) =
        name.split_once(':').map_or((name.as_str(), None), |(name, arch)| (name, Some(arch)));
    let arch = row.arch.and_then(|arch| rows.text(arch, place)).or_else(|| behind.map(str::to_owned));
    let mut component = rows.component(name, place);
    component.presence = presence;
    component.ecosystem = Some("deb".to_owned());
    let qualifiers: BTreeMap<String, String> =
        arch.into_iter().map(|arch| ("arch".to_owned(), arch)).collect();
    match Purl::build("deb", None, name, version.as_deref(), qualifiers, None) {
        Ok(purl) => component.purl = Some(purl),
        Err(error) => rows.note(place, Problem::Purl(error)),
    }
    component.version = version;
    rows.add(component, place);
}

/// A row of `dpkg -l` (dpkg-query(1)): what is wanted, what is there, whether something is wrong.
fn columns(line: &[u8]) -> Option<Row<'_>> {
    let (state, rest) = line.split_at_checked(4)?;
    let [wanted, there, wrong, b' '] = state else { return None };
    if !b"uihrp".contains(wanted) || !b" R".contains(wrong) {
        return None;
    }
    let presence = match there {
        b'i' | b't' | b'W' => Some(Presence::Installed),
        b'U' | b'H' | b'F' => Some(Presence::Incomplete),
        b'c' => Some(Presence::Residual),
        b'n' => None,
        _ => return None,
    };
    let mut words = rest.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let (name, version, arch) = (words.next()?, words.next()?, words.next());
    // `<none>` stands for no version, and `<keine>` for the same.
    let is_said = |word: &[u8]| !word.starts_with(b"<");
    let version = if is_said(version) { version } else { b"" };
    let needs = matches!(presence, Some(Presence::Installed | Presence::Incomplete));
    (is_name(name) && !(needs && version.is_empty())).then_some(Row {
        presence,
        name,
        version,
        arch: arch.filter(|arch| is_said(arch)),
    })
}

/// A row of `dpkg-query -W`: a version is empty where nothing is installed.
fn pair(line: &[u8]) -> Option<Row<'_>> {
    let at = line.iter().position(|byte| *byte == b'\t')?;
    let (name, version) = (line.get(..at)?, line.get(at + 1..)?);
    let is_version = version.is_empty()
        || version.first().is_some_and(u8::is_ascii_digit)
            && version.iter().all(|byte| byte.is_ascii_alphanumeric() || b".+-~:".contains(byte));
    let presence = (!version.is_empty()).then_some(Presence::Installed);
    (is_name(name) && is_version).then_some(Row { presence, name, version, arch: None })
}

/// A package's name (deb-control(5)), with the architecture behind a colon.
fn is_name(name: &[u8]) -> bool {
    let allowed = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.:_".contains(byte);
    name.len() >= 2 && name.iter().all(allowed) && name.first().is_some_and(u8::is_ascii_alphanumeric)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

    use super::super::component::Inventory;
    use super::super::coverage::Reading;
    use super::super::limits::Limits;
    use super::*;

    const HEADER: &str = "Gewünscht=Unbekannt/Installieren/R=Entfernen\n| Status=Nicht\n|/ Fehler?=(kein)\n\
                          ||/ Name           Version      Architektur Beschreibung\n\
                          +++-==============-============-============-=================================\n";

    fn read(text: &str) -> Inventory {
        (READER.read)(text.as_bytes(), "x", &Limits::STANDARD)
    }

    fn found(inventory: &Inventory) -> Vec<(String, Presence)> {
        let text = |found: &super::super::Component| found.purl.as_ref().unwrap().to_string();
        inventory.components.iter().map(|component| (text(component), component.presence)).collect()
    }

    #[test]
    fn a_list_is_known_and_read_in_every_language_and_without_its_header() {
        let body = "ii  kesl           11.4.0-1135  amd64        protection, of a kind\n\
                    rc  kesl-gui       11.4.0-1135  amd64        left behind\n\
                    iU  zlib1g:i386    1:1.2.13     i386         half there\n\
                    un  klnagent       <keine>      <keine>      (keine Beschreibung vorhanden)\n\
                    hi  libc6:amd64    2.36-9       amd64        held\n";
        for text in [format!("{HEADER}{body}"), body.to_owned(), body.replace('\n', "\r\n")] {
            assert_eq!(Format::of(text.as_bytes()), Ok(Format::DpkgList));
            let inventory = read(&text);
            assert!(inventory.is_complete(), "{:?}", inventory.coverage);
            assert_eq!(
                found(&inventory),
                [
                    ("pkg:deb/kesl@11.4.0-1135?arch=amd64".to_owned(), Presence::Installed),
                    ("pkg:deb/kesl-gui@11.4.0-1135?arch=amd64".to_owned(), Presence::Residual),
                    ("pkg:deb/zlib1g@1:1.2.13?arch=i386".to_owned(), Presence::Incomplete),
                    ("pkg:deb/libc6@2.36-9?arch=amd64".to_owned(), Presence::Installed),
                ]
            );
        }
    }

    #[test]
    fn names_and_versions_of_a_query_are_known_and_read() {
        let text = "kesl\t11.4.0-1135\nlibc6:amd64\t2.36-9+deb12u4\nklnagent\t\n";
        assert_eq!(Format::of(text.as_bytes()), Ok(Format::DpkgList));
        let inventory = read(text);
        assert!(inventory.is_complete());
        assert_eq!(found(&inventory).len(), 2);
        assert_eq!(found(&inventory)[1].0, "pkg:deb/libc6@2.36-9%2Bdeb12u4?arch=amd64");
        for other in ["name\tversion\nkesl\t1\n", "Kesl\t1\n", "kesl\t1\tamd64\n"] {
            assert_ne!(Format::of(other.as_bytes()), Ok(Format::DpkgList), "{other}");
        }
    }

    #[test]
    fn a_value_that_may_be_cut_off_makes_the_list_incomplete() {
        let row = "ii  kesl-protectio 1.0          amd64        x\n";
        let inventory = read(&format!("{HEADER}{row}"));
        assert_eq!(inventory.coverage[0].notes[0].problem, Problem::CutOff { field: "name" });
        assert!(!inventory.is_complete());
        let wide = HEADER.replace("+++-=", "+++-===");
        assert!(read(&format!("{wide}{row}")).is_complete(), "the column is as wide as the widest name");
        assert!(read(&format!("{HEADER}{}", row.replace("tectio ", "tecti  "))).is_complete());
    }

    #[test]
    fn a_line_that_is_no_row_ends_the_reading_at_its_byte() {
        for broken in [
            "dpkg: warning",
            "ix  a 1 amd64",
            "ii  a",
            "ii  kesl",
            "ii  kesl <none> amd64 x",
            "zz  kesl 1 amd64",
        ] {
            let text = format!("ii  kesl 1 amd64 x\n{broken}\nii  more 1 amd64 x\n");
            let inventory = read(&text);
            let place = Place { row: 2, byte: 19 };
            let reason = Problem::Row { wanted: WANTED };
            assert_eq!(
                inventory.coverage[0].read,
                Reading::Partial { reason, place, skipped: 0 },
                "{broken}"
            );
            assert_eq!(inventory.components.len(), 1);
        }
    }

    #[test]
    fn limits_hold_at_their_value_and_one_beyond() {
        let text = "ii  kesl 1 amd64 x\nii  more 1 amd64 x\n";
        for (row_bytes, components, complete) in [(18, 2, true), (17, 2, false), (18, 1, false)] {
            let limits = Limits { row_bytes, components, ..Limits::STANDARD };
            assert_eq!((READER.read)(text.as_bytes(), "x", &limits).is_complete(), complete);
        }
    }
}
