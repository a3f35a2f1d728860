//! Uninstall keys as PowerShell writes them: `Get-ItemProperty` into JSON or CSV.

use csv::{ByteRecord, ReaderBuilder};
use serde::Deserialize;

use super::super::component::Inventory;
use super::super::coverage::{Place, Problem};
use super::super::csv::delimiter;
use super::super::format::Format;
use super::super::gathering::{Gathering, row, unread};
use super::super::json::{Rows, Word, document};
use super::super::limits::Limits;
use super::super::text::{count, text, without_mark};
use super::program::{Lists, Program};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Properties<'a> {
    #[serde(borrow, default)]
    display_name: Word<'a>,
    #[serde(borrow, default)]
    display_version: Word<'a>,
    #[serde(borrow, default)]
    publisher: Word<'a>,
    #[serde(borrow, default)]
    install_location: Word<'a>,
    #[serde(borrow, default)]
    display_icon: Word<'a>,
    #[serde(borrow, default, rename = "PSPath")]
    path: Word<'a>,
    #[serde(borrow, default, rename = "PSChildName")]
    child: Word<'a>,
    #[serde(borrow, default, rename = "PSComputerName")]
    host: Word<'a>,
}

/// Reads JSON.
pub(super) fn json(bytes: &[u8], source: &str, limits: &Limits) -> Inventory {
    let rows: Rows<Properties<'_>> = match document(bytes) {
        Ok(rows) => rows,
        Err(problem) => return unread(source, Format::WindowsPrograms, problem),
    };
    let mut gathering = Gathering::new(source, Format::WindowsPrograms, limits);
    let mut lists = Lists::default();
    for (place, read) in (1..).map(row).zip(&rows.0) {
        let Some(read) = read else {
            gathering.skip(place, Problem::RowShape);
            continue;
        };
        lists.see(read.path.text());
        let program = Program {
            key: read.path.text(),
            id: read.child.text(),
            name: read.display_name.text(),
            version: read.display_version.text(),
            publisher: read.publisher.text(),
            location: read.install_location.text(),
            icon: read.display_icon.text(),
            host: read.host.text(),
        };
        program.keep(place, &mut gathering);
    }
    lists.say(&mut gathering);
    gathering.finish()
}

/// Reads CSV, with the line `#TYPE` before the header or without.
pub(super) fn csv(bytes: &[u8], source: &str, limits: &Limits) -> Inventory {
    let mut gathering = Gathering::new(source, Format::WindowsProgramsCsv, limits);
    let mut body = without_mark(bytes);
    let mut before = Place { row: 0, byte: count(bytes.len() - body.len()) };
    if body.starts_with(b"#TYPE ") {
        let end = body.iter().position(|byte| *byte == b'\n').map_or(body.len(), |at| at + 1);
        body = body.get(end..).unwrap_or_default();
        before = Place { row: 1, byte: before.byte + count(end) };
    }
    let delimiter = delimiter(body.split(|byte| *byte == b'\n').next().unwrap_or_default());
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(body);
    let mut record = ByteRecord::new();
    let mut header: Option<Vec<String>> = None;
    let mut lists = Lists::default();
    loop {
        let at = reader.position();
        let place = Place { row: at.line() + before.row, byte: at.byte() + before.byte };
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            // Reading from memory gives no other error than a row that the reader cannot make sense of.
            Err(error) => {
                gathering.coverage.stop(place, Problem::Csv { detail: error.to_string() });
                break;
            }
        }
        let mut values = Vec::with_capacity(record.len());
        for field in &record {
            values.push(text(field, place, &mut gathering.coverage, limits).trim().to_owned());
        }
        let Some(headings) = &header else {
            header = Some(values);
            continue;
        };
        if record.as_slice().len() > limits.row_bytes {
            gathering.skip(place, Problem::RowTooLong { limit: limits.row_bytes });
        } else if values.len() != headings.len() {
            let (found, wanted) = (count(values.len()), count(headings.len()));
            gathering.skip(place, Problem::RowWidth { found, wanted });
        } else if record.as_slice().contains(&0) {
            gathering.skip(place, Problem::Nul);
        } else {
            let of = |name: &str| {
                let value = headings.iter().zip(&values).find(|(heading, _)| *heading == name);
                value.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
            };
            lists.see(of("PSPath"));
            let program = Program {
                key: of("PSPath"),
                id: of("PSChildName"),
                name: of("DisplayName"),
                version: of("DisplayVersion"),
                publisher: of("Publisher"),
                location: of("InstallLocation"),
                icon: of("DisplayIcon"),
                host: of("PSComputerName"),
            };
            program.keep(place, &mut gathering);
        }
        if gathering.full() {
            break;
        }
    }
    if !header.is_some_and(|header| header.iter().any(|heading| heading == "DisplayName")) {
        return unread(source, Format::WindowsProgramsCsv, Problem::Header);
    }
    lists.say(&mut gathering);
    gathering.finish()
}
