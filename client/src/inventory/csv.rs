//! CSV with a header (RFC 4180), as spreadsheets and asset systems export it.
//!
//! The delimiter (`,`, `;` or tab) is the one that the header has most of. Known columns, in any letter case and
//! order, are in [`Column`]; others are listed in the notes. A row of another width is left out and named; the rest is
//! read. Not here: workbooks.

mod column;
mod row;

use csv::{ByteRecord, ReaderBuilder};

use self::row::{Row, Rows};
use super::component::{Inventory, Recognises};
use super::coverage::{Coverage, Place, Problem};
use super::format::{Format, Reader};
use super::limits::Limits;
use super::text::{count, text, without_mark};
use super::windows;

pub use column::Column;
pub(super) use row::{fill, name_it};

/// A table of our own columns.
pub const READER: Reader = Reader {
    name: "csv",
    title: "CSV with a header (name,version,vendor,…)",
    recognises: |head| {
        known_columns(&String::from_utf8_lossy(head.first_line())) > 0 && !windows::is_programs_csv(head)
    },
    read,
};

/// The delimiter of a header line: whichever of `,`, `;` and tab stands there most often outside quotes.
pub(super) fn delimiter(header: &[u8]) -> u8 {
    let mut quoted = false;
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    for byte in header {
        quoted ^= *byte == b'"';
        for (delimiter, count) in &mut counts {
            *count += usize::from(!quoted && byte == delimiter);
        }
    }
    // The first of equals: a header of one column is a comma's.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| *delimiter)
}

/// The known columns of a header line. For telling the format.
pub(super) fn known_columns(header: &str) -> usize {
    let delimiter = char::from(delimiter(header.as_bytes()));
    let known =
        |heading: &str| Column::of(heading.trim().trim_matches('"')).is_some_and(Column::names_a_product);
    header.split(delimiter).filter(|heading| known(heading)).count()
}

/// Reads a table.
pub fn read(bytes: &[u8], source: &str, limits: &Limits) -> Inventory {
    read_recognised(bytes, source, limits, &|_| true)
}

/// Reads a table as [`read`] does, and keeps the rows that something recognises, and for each kind of thing that rows say
/// the first that says it. The coverage counts every row.
pub fn read_recognised(bytes: &[u8], source: &str, limits: &Limits, recognises: Recognises<'_>) -> Inventory {
    let mut coverage = Coverage::new(source, Some(Format::Csv));
    let mark = count(bytes.len() - without_mark(bytes).len());
    let body = without_mark(bytes);
    let header = body.split(|b| *b == b'\n').next().unwrap_or_default();
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter(header)).from_reader(body);
    let mut components = Vec::new();
    let mut rows: Option<Rows<'_>> = None;
    let mut read = 0;
    let mut record = ByteRecord::new();
    loop {
        let position = reader.position();
        let here = Place { row: position.line(), byte: position.byte() + mark };
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            // Reading from memory gives no other error than a row that the reader cannot make sense of.
            Err(error) => {
                coverage.stop(here, Problem::Csv { detail: error.to_string() });
                break;
            }
        }
        let place = start(body, here, mark);
        let Some(rows) = &mut rows else {
            match columns_of(&record, place, &mut coverage, limits) {
                Ok(found) => rows = Some(Rows::new(found, limits, recognises)),
                Err(problem) => return unread(source, problem),
            }
            continue;
        };
        if read >= limits.components {
            coverage.stop(place, Problem::TooManyComponents { limit: limits.components });
            break;
        }
        match rows.read(&record, place, &mut coverage) {
            Ok(Row::Blank) => {}
            Ok(Row::Passed) => read += 1,
            Ok(Row::Kept(component)) => {
                read += 1;
                components.push(component);
            }
            Err(problem) => coverage.skip(place, problem),
        }
    }
    if rows.is_none() {
        return unread(source, Problem::Header);
    }
    coverage.components = count(read);
    Inventory { components, findings: Vec::new(), coverage: vec![coverage] }
}

/// Where the record after a position really starts: the reader leaves line ends and blank lines before it.
fn start(body: &[u8], place: Place, mark: u64) -> Place {
    let rest = usize::try_from(place.byte.saturating_sub(mark)).ok().and_then(|at| body.get(at..));
    let ends = rest.unwrap_or_default().iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    ends.fold(place, |place, byte| Place { row: place.row + u64::from(*byte == b'\n'), byte: place.byte + 1 })
}

fn unread(source: &str, problem: Problem) -> Inventory {
    let coverage = vec![Coverage::unread(source, Some(Format::Csv), problem)];
    Inventory { coverage, ..Inventory::default() }
}

fn columns_of(
    header: &ByteRecord,
    place: Place,
    coverage: &mut Coverage,
    limits: &Limits,
) -> Result<Vec<Option<Column>>, Problem> {
    let mut columns = Vec::with_capacity(header.len());
    for heading in header {
        let heading = text(heading, place, coverage, limits).into_owned();
        let column = Column::of(&heading);
        // Contracts have a supplier and a manufacturer: both are vendors.
        let once = |column: &Column| *column != Column::Vendor && columns.contains(&Some(*column));
        if let Some(column) = column.filter(once) {
            return Err(Problem::ColumnTwice { column: column.name() });
        }
        if column.is_none() {
            coverage.note(place, Problem::UnknownColumn { column: heading }, limits);
        }
        columns.push(column);
    }
    if columns.iter().flatten().any(|column| column.names_a_product()) {
        Ok(columns)
    } else {
        Err(Problem::Header)
    }
}

#[cfg(test)]
mod tests;
