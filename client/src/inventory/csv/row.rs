//! The rows of a table: read into one description that is used again for each, and kept where something recognises it.
//!
//! A row that says what an earlier row said, but for the machine, is not read again. Not here: which rows there are.

use std::sync::Arc;

use super::Column;
use super::record::Record;
use crate::inventory::component::{Component, Description, SourceRow};
use crate::inventory::coverage::{Coverage, Problem};
use crate::inventory::limits::Limits;
use crate::inventory::recognise::{Recognises, Words};
use crate::inventory::repeated::{Earlier, Repeated};
use crate::inventory::said::{Named, Said};
use crate::inventory::text::{Identifiers, count, text};

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

/// What became of a row.
pub(super) enum Row {
    /// It says nothing.
    Blank,
    /// It was read, and nothing recognises what it says.
    Passed,
    /// A component.
    Kept(Component),
}

/// Reads rows.
pub(super) struct Rows<'r> {
    columns: Vec<Option<Column>>,
    limits: &'r Limits,
    recognises: Recognises<'r>,
    repeated: Repeated,
    said: Said,
    /// What the row before said; its memory serves the next one.
    description: Description,
}

impl<'r> Rows<'r> {
    pub(super) fn new(columns: Vec<Option<Column>>, limits: &'r Limits, recognises: Recognises<'r>) -> Self {
        let (repeated, said) = (Repeated::default(), Said::default());
        Self { columns, limits, recognises, repeated, said, description: Description::named("") }
    }

    /// Reads a row.
    ///
    /// # Errors
    /// Why it is left out.
    pub(super) fn read(&mut self, record: Record<'_>, coverage: &mut Coverage) -> Result<Row, Problem> {
        let limits = self.limits;
        if record.length() > limits.row_bytes {
            return Err(Problem::RowTooLong { limit: limits.row_bytes });
        }
        if record.width() != self.columns.len() {
            return Err(Problem::RowWidth {
                found: count(record.width()),
                wanted: count(self.columns.len()),
            });
        }
        if record.contains(0) {
            return Err(Problem::Nul);
        }
        let kept = match self.repeated.find(described(&self.columns, record).map(|(_, field)| field)) {
            Earlier::Passed => None,
            Earlier::Kept(known) => Some(known),
            Earlier::None if self.passes(record) => {
                self.repeated.keep(None);
                None
            }
            Earlier::None => {
                if record.fields().all(|field| field.trim_ascii().is_empty()) {
                    return Ok(Row::Blank);
                }
                self.describe(record, coverage)?
            }
        };
        let Some(known) = kept else {
            // Of a machine on which nothing is kept, only what is odd matters.
            for field in hosts(&self.columns, record).filter(|field| !field.is_ascii()) {
                text(field, record.place, coverage, limits);
            }
            return Ok(Row::Passed);
        };
        let mut host = None;
        for field in hosts(&self.columns, record) {
            let value = text(field, record.place, coverage, limits);
            let value = without_quotes(value.trim());
            host = (!value.is_empty()).then(|| self.repeated.host(value));
        }
        let place = record.place;
        let source = SourceRow { source: 0, row: place.row, byte: Some(place.byte), reference: None };
        let mut component = Component::described(known, source);
        component.host = host;
        Ok(Row::Kept(component))
    }

    /// Whether a row has a name and nothing else that needs reading, nothing recognises it, and what kinds of things it says
    /// is known. Most rows of most tables end here. Says no where it is not sure.
    fn passes(&self, record: Record<'_>) -> bool {
        let mut words = Words::default();
        let mut placed = false;
        for (column, field) in described(&self.columns, record) {
            // Blanks and quotes are looked for as they are in any text, and there are no others in this.
            let printable = field.iter().fold(true, |so_far, byte| so_far & matches!(byte, b' '..=b'~'));
            if !printable || field.contains(&b'"') {
                return false;
            }
            let value = field.trim_ascii();
            let word = || std::str::from_utf8(value).unwrap_or_default();
            match column {
                Column::Name => words.name = word(),
                Column::Product => words.product = word(),
                // A table may have several columns of vendors.
                Column::Vendor if !words.vendor.is_empty() && !value.is_empty() => return false,
                Column::Vendor if value.is_empty() => {}
                Column::Vendor => words.vendor = word(),
                Column::Version => {}
                Column::Ecosystem => placed |= !value.is_empty() && !is_use(word()),
                _ if value.is_empty() => {}
                _ => return false,
            }
        }
        !words.name.is_empty()
            && self.said.knows_of(Named { placed, vendor: !words.vendor.is_empty() })
            && !self.recognises.may_name(words)
    }

    /// Reads a row whole; what it says if that is to be kept.
    fn describe(
        &mut self,
        record: Record<'_>,
        coverage: &mut Coverage,
    ) -> Result<Option<Arc<Description>>, Problem> {
        let Self { columns, limits, recognises, repeated, said, description } = self;
        let (limits, place) = (*limits, record.place);
        let before = coverage.noted();
        description.clear();
        let mut named = false;
        for (column, field) in described(columns, record) {
            let value = text(field, place, coverage, limits);
            let value = without_quotes(value.trim());
            if value.is_empty() {
                continue;
            }
            named |= column.names_a_product();
            fill(description, column, value, &mut Identifiers { coverage, limits, place });
        }
        if !named {
            return Err(Problem::NothingNamed);
        }
        name_it(description);
        let recognised = recognises.may_recognise(description);
        let kept = (said.adds(description) || recognised).then(|| Arc::new(description.clone()));
        // What is odd in a row is noted for every row that it stands in.
        if coverage.noted() == before {
            repeated.keep(kept.as_ref().filter(|_| recognised));
        }
        Ok(kept)
    }
}

/// The fields of the columns that are known, with them.
fn fields<'c>(columns: &'c [Option<Column>], record: Record<'c>) -> impl Iterator<Item = (Column, &'c [u8])> {
    columns.iter().zip(record.fields()).filter_map(|(column, field)| Some(((*column)?, field)))
}

/// Those that say what, and not where.
fn described<'c>(
    columns: &'c [Option<Column>],
    record: Record<'c>,
) -> impl Iterator<Item = (Column, &'c [u8])> {
    fields(columns, record).filter(|(column, _)| *column != Column::Host)
}

fn hosts<'c>(columns: &'c [Option<Column>], record: Record<'c>) -> impl Iterator<Item = &'c [u8]> {
    fields(columns, record).filter(|(column, _)| *column == Column::Host).map(|(_, field)| field)
}

/// A value without quotes round it: the reader takes them off only where no blank stands before them.
fn without_quotes(value: &str) -> &str {
    let inner = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.map_or(value, str::trim)
}

/// Whether a type is that of a component, and not of packages.
fn is_use(value: &str) -> bool {
    USES.iter().any(|used| used.eq_ignore_ascii_case(value))
}

/// Takes a value of a column.
pub(in crate::inventory) fn fill(
    component: &mut Description,
    column: Column,
    value: &str,
    identifiers: &mut Identifiers<'_>,
) {
    let several = || value.split(|c: char| c.is_whitespace() || c == '|').filter(|part| !part.is_empty());
    // Paths, keys and names hold blanks and commas; a bar or a line's end parts them.
    let lines = || value.split(['|', '\n']).map(str::trim).filter(|part| !part.is_empty());
    match column {
        Column::Name => value.clone_into(&mut component.name),
        Column::Version => component.version = Some(value.to_owned()),
        Column::Vendor => component.add_vendor(value),
        Column::Product => component.product = Some(value.to_owned()),
        // What a component is for (`CycloneDX` calls that its type, too) says nothing of where it comes from.
        Column::Ecosystem if is_use(value) => {}
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

/// A row without a name takes the product's, or the one in its package URL or CPE name, or what was seen of it, or the
/// vendor's.
pub(in crate::inventory) fn name_it(component: &mut Description) {
    if component.name.is_empty() {
        let from_purl = component.purl.as_ref().map(|purl| purl.name().to_owned());
        let from_cpe = || component.cpe.iter().find_map(|cpe| cpe.product().literal());
        let from_trace = || component.traces.first().map(ToString::to_string);
        // A list of vendors names nothing else.
        let from_vendor = || component.vendors.first().cloned();
        let product = component.product.take();
        component.name = product
            .or(from_purl)
            .or_else(from_cpe)
            .or_else(from_trace)
            .or_else(from_vendor)
            .unwrap_or_default();
    }
    if component.version.is_none() {
        component.version = component.purl.as_ref().and_then(|purl| purl.version().map(str::to_owned));
    }
    component.cves.sort_unstable();
    component.cves.dedup();
}
