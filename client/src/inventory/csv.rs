//! CSV with a header (RFC 4180), as spreadsheets and asset systems export it.
//!
//! The delimiter (`,`, `;` or tab) is the one that the header has most of. Known columns, in any letter case and
//! order, are in [`Column`]; others are listed in the notes. A row of another width is left out and named; the rest is
//! read. Not here: workbooks, UTF-16.

mod column;

use csv::{ByteRecord, ReaderBuilder};

use super::component::{Component, Description, Inventory, SourceRow};
use super::coverage::{Coverage, Place, Problem};
use super::format::{Format, Reader};
use super::limits::Limits;
use super::repeated::Repeated;
use super::text::{Identifiers, count, text, without_mark};

pub use column::Column;

/// A table of our own columns.
pub const READER: Reader = Reader {
    name: "csv",
    title: "CSV with a header (name,version,vendor,…)",
    recognises: |head| known_columns(&String::from_utf8_lossy(head.first_line())) > 0,
    read,
};

/// The types that `CycloneDX` 1.7 knows of components, which tables made from it have in a column `type`.
const USES: [&str; 12] = [
    "application",
    "framework",
    "library",
    "container",
    "platform",
    "operating-system",
    "device",
    "device-driver",
    "firmware",
    "file",
    "machine-learning-model",
    "data",
];

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
    let mut coverage = Coverage::new(source, Some(Format::Csv));
    let mark = count(bytes.len() - without_mark(bytes).len());
    let body = without_mark(bytes);
    let header = body.split(|b| *b == b'\n').next().unwrap_or_default();
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter(header)).from_reader(body);
    let mut components = Vec::new();
    let mut columns: Option<Vec<Option<Column>>> = None;
    let mut record = ByteRecord::new();
    let mut repeated = Repeated::default();
    loop {
        let position = reader.position().clone();
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
        let Some(known) = &columns else {
            match columns_of(&record, place, &mut coverage, limits) {
                Ok(found) => columns = Some(found),
                Err(problem) => return unread(source, problem),
            }
            continue;
        };
        if components.len() >= limits.components {
            coverage.stop(place, Problem::TooManyComponents { limit: limits.components });
            break;
        }
        match row(&record, known, place, &mut coverage, &mut repeated, limits) {
            Ok(component) => components.extend(component),
            Err(problem) => coverage.skip(place, problem),
        }
    }
    if columns.is_none() {
        return unread(source, Problem::Header);
    }
    coverage.components = count(components.len());
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
        if let Some(column) = column.filter(|column| columns.contains(&Some(*column))) {
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

fn row(
    record: &ByteRecord,
    columns: &[Option<Column>],
    place: Place,
    coverage: &mut Coverage,
    repeated: &mut Repeated,
    limits: &Limits,
) -> Result<Option<Component>, Problem> {
    if record.as_slice().len() > limits.row_bytes {
        return Err(Problem::RowTooLong { limit: limits.row_bytes });
    }
    if record.len() != columns.len() {
        return Err(Problem::RowWidth { found: count(record.len()), wanted: count(columns.len()) });
    }
    if record.iter().all(|field| field.trim_ascii().is_empty()) {
        return Ok(None);
    }
    if record.as_slice().contains(&0) {
        return Err(Problem::Nul);
    }
    let source = SourceRow { source: 0, row: place.row, byte: Some(place.byte), reference: None };
    let fields = || columns.iter().zip(record).filter_map(|(column, field)| Some(((*column)?, field)));
    let described = || fields().filter(|(column, _)| *column != Column::Host).map(|(_, field)| field);
    let mut component = if let Some(known) = repeated.find(described()) {
        Component::described(known, source)
    } else {
        let before = coverage.noted();
        let mut component = Component::named("", source);
        let mut named = false;
        for (column, field) in fields().filter(|(column, _)| *column != Column::Host) {
            let value = text(field, place, coverage, limits);
            let value = without_quotes(value.trim());
            if value.is_empty() {
                continue;
            }
            named |= column.names_a_product();
            fill(&mut component, column, value, &mut Identifiers { coverage, limits, place });
        }
        if !named {
            return Err(Problem::NothingNamed);
        }
        name_it(&mut component);
        // What is odd in a row is noted for every row that it stands in.
        if coverage.noted() == before {
            repeated.keep(component.description());
        }
        component
    };
    for (_, field) in fields().filter(|(column, _)| *column == Column::Host) {
        let value = text(field, place, coverage, limits);
        let value = without_quotes(value.trim());
        component.host = (!value.is_empty()).then(|| repeated.host(value));
    }
    Ok(Some(component))
}

/// A value without quotes round it: the reader takes them off only where no blank stands before them.
fn without_quotes(value: &str) -> &str {
    let inner = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.map_or(value, str::trim)
}

fn fill(component: &mut Component, column: Column, value: &str, identifiers: &mut Identifiers<'_>) {
    let several = || value.split(|c: char| c.is_whitespace() || c == '|').filter(|part| !part.is_empty());
    // Paths, keys and names hold blanks and commas; a bar or a line's end parts them.
    let lines = || value.split(['|', '\n']).map(str::trim).filter(|part| !part.is_empty());
    match column {
        Column::Name => value.clone_into(&mut component.name),
        Column::Version => component.version = Some(value.to_owned()),
        Column::Vendor => component.add_vendor(value),
        Column::Product => component.product = Some(value.to_owned()),
        // What a component is for (`CycloneDX` calls that its type, too) says nothing of where it comes from.
        Column::Ecosystem if USES.contains(&value.to_ascii_lowercase().as_str()) => {}
        Column::Ecosystem => component.ecosystem = Some(value.to_ascii_lowercase()),
        // It says where, and not what.
        Column::Host => {}
        Column::Purl => identifiers.purl(component, value),
        Column::Cpe => several().for_each(|part| identifiers.cpe(component, part)),
        Column::Sha256 => several().for_each(|part| identifiers.sha256(component, part)),
        Column::Cve => several()
            .flat_map(|part| part.split([',', ';']))
            .filter(|part| !part.is_empty())
            .for_each(|part| identifiers.cve(component, part)),
        Column::Path | Column::Process | Column::Signer | Column::RegistryKey => {
            lines().for_each(|part| identifiers.trace(component, column, part));
        }
        _ => several()
            .flat_map(|part| part.split([',', ';']))
            .filter(|part| !part.is_empty())
            .for_each(|part| identifiers.trace(component, column, part)),
    }
}

/// A row without a name takes the product's, or the one in its package URL or CPE name, or what was seen of it.
fn name_it(component: &mut Description) {
    if component.name.is_empty() {
        let from_purl = component.purl.as_ref().map(|purl| purl.name().to_owned());
        let from_cpe = || component.cpe.iter().find_map(|cpe| cpe.product().literal());
        let from_trace = || component.traces.first().map(ToString::to_string);
        component.name =
            component.product.take().or(from_purl).or_else(from_cpe).or_else(from_trace).unwrap_or_default();
    }
    if component.version.is_none() {
        component.version = component.purl.as_ref().and_then(|purl| purl.version().map(str::to_owned));
    }
    component.cves.sort_unstable();
    component.cves.dedup();
}

#[cfg(test)]
mod tests;
