//! Flatpak's metadata files (flatpak-metadata(5)): a key file whose group `Application` or `Runtime` names it.
//!
//! They say no version: a rule for some versions is answered *unknown*. Not here: where they are deployed; permissions.

use super::coverage::Problem;
use super::format::{Format, Reader};
use super::head::Head;
use super::rows::{Rows, lines};
use super::text::without_mark;

const WANTED: &str = "a group [Application] or [Runtime] with a name";

/// A metadata file.
pub const READER: Reader = Reader {
    name: "flatpak",
    title: "flatpak metadata files",
    // The group's bracket makes it look like a JSON array, which has no lines.
    recognises: |head: &Head<'_>| {
        let first = head.bytes().split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii_end();
        matches!(first, b"[Application]" | b"[Runtime]")
    },
    read: |bytes, source, limits| {
        let mut rows = Rows::new(source, Format::Flatpak, limits);
        read(bytes, &mut rows);
        rows.finish()
    },
};

/// Reads one metadata file into one component.
pub(super) fn read(bytes: &[u8], rows: &mut Rows<'_>) {
    let place = rows.next_row(0);
    let limit = rows.limits().row_bytes;
    if bytes.len() > limit {
        return rows.stop(place, Problem::RowTooLong { limit });
    }
    let mut ours = false;
    let mut name = None;
    for (_, line) in lines(without_mark(bytes)) {
        if line.starts_with(b"[") {
            ours = matches!(line.trim_ascii_end(), b"[Application]" | b"[Runtime]");
        } else if let (true, Some(value)) = (ours, line.strip_prefix(b"name=")) {
            if name.is_some() {
                return rows.stop(place, Problem::FieldTwice { field: "name" });
            }
            name = Some(value);
        }
    }
    let Some(name) = name.and_then(|name| rows.text(name, place)) else {
        return rows.stop(place, Problem::Row { wanted: WANTED });
    };
    let mut component = rows.component(&name, place);
    component.ecosystem = Some("flatpak".to_owned());
    rows.add(component, place);
}

/// The folders of the installations that a file of an administrator names (flatpak-installation(5)), below the root.
pub(super) fn installations(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(without_mark(bytes));
    let path = |line: &str| {
        let (key, value) = line.split_once('=')?;
        let below = value.trim().strip_prefix('/')?.trim_end_matches('/');
        (key.trim() == "Path" && !below.is_empty()).then(|| below.to_owned())
    };
    text.lines().filter_map(path).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "a test that cannot go on fails")]

    use super::super::component::Inventory;
    use super::super::coverage::Reading;
    use super::super::limits::Limits;
    use super::*;

    fn read(text: &str) -> Inventory {
        (READER.read)(text.as_bytes(), "metadata", &Limits::STANDARD)
    }

    #[test]
    fn the_name_of_the_group_is_the_component() {
        for (text, name) in [
            (
                "[Application]\nname=com.example.Kesl\nruntime=org.example/x86_64/1\n\n[Context]\nname=no\n",
                "com.example.Kesl",
            ),
            ("[Runtime]\nname=org.example.Platform\n", "org.example.Platform"),
        ] {
            assert_eq!(Format::of(text.as_bytes()), Ok(Format::Flatpak));
            let inventory = read(text);
            assert!(inventory.is_complete());
            assert_eq!(
                (inventory.components[0].name.as_str(), &inventory.components[0].version),
                (name, &None)
            );
        }
    }

    #[test]
    fn a_file_that_names_nothing_or_two_is_not_read() {
        for (text, reason) in [
            ("", Problem::Row { wanted: WANTED }),
            ("[Context]\nname=a\n", Problem::Row { wanted: WANTED }),
            ("[Application]\nname= \n", Problem::Row { wanted: WANTED }),
            ("[Application]\nname=a\nname=b\n", Problem::FieldTwice { field: "name" }),
        ] {
            let inventory = read(text);
            assert!(inventory.components.is_empty() && !inventory.is_complete());
            let Reading::Partial { reason: found, .. } = &inventory.coverage[0].read else {
                unreachable!("{text}")
            };
            assert_eq!(found, &reason);
        }
    }

    #[test]
    fn further_installations_are_where_their_paths_say() {
        let text = b"[Installation \"extra\"]\nPath=/srv/flatpak/\nDisplayName=x\n[Installation \"b\"]\nPath = /b\nPath=c\nPath=/\n";
        assert_eq!(installations(text), ["srv/flatpak", "b"]);
    }
}
