//! JSON Lines of ours, `interdict-inventory/1`: one object a line, with the words of the CSV columns ([`super::csv`]).
//!
//! The first line has `format`, and may have the `host` of the lines behind it that name none. Values are texts, or arrays of
//! texts where there are several. A line that cannot be read is named and the rest is read; a member that is not known is
//! listed in the notes. `schema/inventory.schema.json` has the shape of a line.

use std::collections::BTreeSet;
use std::sync::Arc;

use interdict_schema::inventory::FORMAT;

use super::component::Inventory;
use super::coverage::{Place, Problem};
use super::csv::{Column, fill, name_it};
use super::format::{Format, Reader};
use super::gathering::{Gathering, unread};
use super::json::{Members, document};
use super::limits::Limits;
use super::text::{count, without_mark};

/// Lines of ours.
pub const READER: Reader = Reader {
    name: "jsonl",
    title: "JSON Lines (interdict-inventory/1)",
    recognises: |head| {
        let first = head.bytes().split(|byte| *byte == b'\n').next().unwrap_or_default();
        let named = br#""interdict-inventory/"#;
        head.is_object() && head.has("format") && first.windows(named.len()).any(|part| part == named)
    },
    read,
};

/// What holds from line to line.
#[derive(Default)]
struct State {
    /// Whether the line with the format was there.
    begun: bool,
    host: Option<Arc<str>>,
    unknown: BTreeSet<String>,
}

/// Reads lines.
fn read(bytes: &[u8], source: &str, limits: &Limits) -> Inventory {
    let mut gathering = Gathering::new(source, Format::JsonLines, limits);
    let mut state = State::default();
    let body = without_mark(bytes);
    let mut here = Place { row: 0, byte: count(bytes.len() - body.len()) };
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let place = Place { row: here.row + 1, byte: here.byte };
        here = Place { byte: here.byte + count(line.len()), ..place };
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        if line.len() > limits.row_bytes {
            gathering.skip(place, Problem::RowTooLong { limit: limits.row_bytes });
            continue;
        }
        match document::<Members<'_>>(line)
            .and_then(|members| row(&members, place, &mut state, &mut gathering))
        {
            Ok(()) => {}
            Err(problem) if !state.begun => return unread(source, Format::JsonLines, problem),
            Err(problem) => gathering.skip(place, problem),
        }
        if gathering.full() {
            break;
        }
    }
    if !state.begun {
        return unread(source, Format::JsonLines, Problem::InventoryFormat { found: None });
    }
    gathering.finish()
}

fn row(
    members: &Members<'_>,
    place: Place,
    state: &mut State,
    gathering: &mut Gathering<'_>,
) -> Result<(), Problem> {
    let of = |wanted: &str| members.0.iter().find(|(name, _)| name.text() == Some(wanted));
    let text = |wanted: &str| of(wanted).and_then(|(_, values)| values.texts().next());
    let begins = of("format").is_some();
    if begins || !state.begun {
        let found = text("format");
        if found != Some(FORMAT) {
            return Err(Problem::InventoryFormat { found: found.map(str::to_owned) });
        }
        state.begun = true;
        state.host = text("host").map(Arc::from);
    }
    let mut known: Vec<Column> = Vec::new();
    let mut values = Vec::new();
    for (name, texts) in &members.0 {
        let Some(name) = name.text().filter(|name| *name != "format") else { continue };
        let Some(column) = Column::of(name) else {
            if state.unknown.insert(name.to_owned()) {
                gathering.note(place, Problem::UnknownColumn { column: name.to_owned() });
            }
            continue;
        };
        if known.contains(&column) && column != Column::Vendor {
            return Err(Problem::ColumnTwice { column: column.name() });
        }
        known.push(column);
        values.extend(texts.texts().map(|text| (column, text)));
    }
    if values.iter().any(|(_, text)| text.contains('\0')) {
        return Err(Problem::Nul);
    }
    if !values.iter().any(|(column, _)| column.names_a_product()) {
        // The first line may say the format alone.
        return if begins { Ok(()) } else { Err(Problem::NothingNamed) };
    }
    let Some(mut component) = gathering.component("", place, None) else { return Ok(()) };
    let own = values.iter().find(|(column, _)| *column == Column::Host);
    component.host = own.map(|(_, host)| Arc::from(*host)).or_else(|| state.host.clone());
    let mut identifiers = gathering.identifiers(place);
    for (column, text) in values {
        fill(&mut component, column, text, &mut identifiers);
    }
    name_it(&mut component);
    gathering.keep(component);
    Ok(())
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
    use super::super::detect;
    use super::*;

    const BEGIN: &str = r#"{"format":"interdict-inventory/1","host":"ws-17"}"#;

    fn read(lines: &[&str]) -> Inventory {
        let text = lines.join("\n");
        assert_eq!(Format::of(text.as_bytes()), Ok(Format::JsonLines));
        detect::read(text.as_bytes(), "list.jsonl", None, &Limits::STANDARD).unwrap()
    }

    #[test]
    fn members_are_the_columns_of_the_table() {
        let digest = "AB".repeat(32);
        let inventory = read(&[
            BEGIN,
            &format!(
                r#"{{"name":"kesl","version":11,"vendor":["AO Kaspersky Lab","Kaspersky"],"purl":"pkg:deb/debian/kesl@11","sha256":["{digest}"],
                "path":["/opt/kesl","/etc/kesl"],"cve":["CVE-2017-0144","CVE-2017-0145"],"host":"db-2","product":null}}"#
            )
            .replace('\n', " "),
            "",
            r#"{"vendor":"Example","colour":"red"}"#,
            r#"{"vendor":"Example","colour":"blue"}"#,
        ]);
        assert!(inventory.is_complete(), "{:?}", inventory.coverage);
        let [kesl, vendor, _] = &inventory.components[..] else { panic!("{inventory:?}") };
        assert_eq!((kesl.name.as_str(), kesl.version.as_deref()), ("kesl", Some("11")));
        assert_eq!(kesl.vendors, ["AO Kaspersky Lab", "Kaspersky"]);
        assert_eq!((kesl.traces.len(), kesl.cves.len(), kesl.sha256.len()), (2, 2, 1));
        assert_eq!((kesl.host.as_deref(), vendor.host.as_deref()), (Some("db-2"), Some("ws-17")));
        assert_eq!((vendor.name.as_str(), vendor.source.row), ("Example", 4));
        let unknown = Problem::UnknownColumn { column: "colour".into() };
        assert_eq!(inventory.coverage[0].notes.iter().map(|it| &it.problem).collect::<Vec<_>>(), [&unknown]);
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named_and_the_rest_is_read() {
        for (line, problem) in [
            (r#"{"version":"1"}"#, Problem::NothingNamed),
            (r#"{"name":"a","package":"b"}"#, Problem::ColumnTwice { column: "name" }),
            (r#"{"name":"a","name":"b"}"#, Problem::ColumnTwice { column: "name" }),
            (r#"{"name":"a\u0000"}"#, Problem::Nul),
            (
                r#"{"format":"interdict-inventory/2"}"#,
                Problem::InventoryFormat { found: Some("interdict-inventory/2".into()) },
            ),
        ] {
            let inventory = read(&[BEGIN, line, r#"{"name":"b"}"#]);
            assert_eq!(inventory.components.len(), 1, "{line}");
            let place = Place { row: 2, byte: count(BEGIN.len()) + 1 };
            assert_eq!(inventory.coverage[0].read, Reading::Partial { reason: problem, place, skipped: 1 });
        }
        let inventory = read(&[BEGIN, "[1]", "{", r#"{"name":"b"}"#]);
        assert!(matches!(
            inventory.coverage[0].read,
            Reading::Partial { reason: Problem::Json { .. }, skipped: 2, .. }
        ));
    }

    #[test]
    fn the_format_stands_in_the_first_line() {
        for (text, found) in [
            (r#"{"format":"interdict-inventory/2"}"#, Some("interdict-inventory/2")),
            (r#"{"name":"a"}"#, None),
            ("", None),
        ] {
            let inventory = super::read(text.as_bytes(), "x", &Limits::STANDARD);
            let reason = Problem::InventoryFormat { found: found.map(str::to_owned) };
            assert_eq!(inventory.coverage[0].read, Reading::Unread { reason });
        }
        let first = r#"{"format":"interdict-inventory/1","name":"a"}"#;
        assert_eq!(read(&[first]).components.len(), 1);
    }

    #[test]
    fn limits_hold_at_their_value_and_one_beyond() {
        let text = format!("{BEGIN}\n{{\"name\":\"a\"}}\n{{\"name\":\"b\"}}\n");
        let read = |components, row_bytes| {
            let limits = Limits { row_bytes, components, ..Limits::STANDARD };
            super::read(text.as_bytes(), "x", &limits)
        };
        assert!(read(2, BEGIN.len()).is_complete());
        let place = Place { row: 3, byte: count(BEGIN.len()) + 14 };
        let reason = Problem::TooManyComponents { limit: 1 };
        assert_eq!(read(1, BEGIN.len()).coverage[0].read, Reading::Partial { reason, place, skipped: 0 });
        // Without its first line, nothing says what it is.
        assert!(!read(2, BEGIN.len() - 1).is_complete());
    }
}
