//! CSV with a header (RFC 4180), as spreadsheets and asset systems export it.
//!
//! The delimiter (`,`, `;` or tab) is the one that the header has most of. Known columns, in any letter case and
//! order, are in [`Column`]; others are listed in the notes. A row of another width is left out and named; the rest is
//! read. Not here: workbooks.

mod column;
mod record;
mod row;

use std::io::{self, Read};

use self::record::{NoRecord, Record, Records};
use self::row::{Row, Rows};
use super::component::Inventory;
use super::coverage::{Coverage, Problem};
use super::format::{Format, Reader};
use super::limits::Limits;
use super::recognise::{Everything, Recognises};
use super::text::{count, text};
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
    read_recognised(bytes, source, limits, &Everything)
}

/// Reads a table as [`read`] does, and keeps the rows that something recognises, and for each kind of thing that rows say
/// the first that says it. The coverage counts every row.
pub fn read_recognised(bytes: &[u8], source: &str, limits: &Limits, recognises: Recognises<'_>) -> Inventory {
    read_stream(bytes, source, limits, recognises)
}

/// Reads a table out of a stream as [`read_recognised`] does; little of it is in memory at a time.
pub fn read_stream(
    stream: impl Read,
    source: &str,
    limits: &Limits,
    recognises: Recognises<'_>,
) -> Inventory {
    let why = |error: NoRecord| match error {
        NoRecord::Endless => Problem::RowTooLong { limit: limits.row_bytes },
        NoRecord::Stream(error) => match error.kind() {
            io::ErrorKind::FileTooLarge => Problem::FileTooLong { limit: limits.file_bytes },
            kind => Problem::Disk { path: source.to_owned(), kind },
        },
    };
    let mut coverage = Coverage::new(source, Some(Format::Csv));
    let mut records = match Records::new(stream, limits.row_bytes) {
        Ok(records) => records,
        Err(error) => return unread(source, why(error)),
    };
    let mut rows: Option<Rows<'_>> = None;
    let mut components = Vec::new();
    let mut read = 0;
    loop {
        let record = match records.next() {
            Ok(Some(record)) => record,
            Ok(None) => break,
            Err(error) => {
                coverage.stop(records.place(), why(error));
                break;
            }
        };
        let place = record.place;
        let Some(rows) = &mut rows else {
            match columns_of(record, &mut coverage, limits) {
                Ok(found) => rows = Some(Rows::new(found, limits, recognises)),
                Err(problem) => return unread(source, problem),
            }
            continue;
        };
        if read >= limits.components {
            coverage.stop(place, Problem::TooManyComponents { limit: limits.components });
            break;
        }
        match rows.read(record, &mut coverage) {
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

fn unread(source: &str, problem: Problem) -> Inventory {
    let coverage = vec![Coverage::unread(source, Some(Format::Csv), problem)];
    Inventory { coverage, ..Inventory::default() }
}

fn columns_of(
    header: Record<'_>,
    coverage: &mut Coverage,
    limits: &Limits,
) -> Result<Vec<Option<Column>>, Problem> {
    let place = header.place;
    let mut columns = Vec::with_capacity(header.width());
    for heading in header.fields() {
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
