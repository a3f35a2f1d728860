//! The rows of one table of an SQLite 3 database (the database file format, sqlite.org/fileformat2.html, and its
//! write-ahead log): as much as an rpm database needs.
//!
//! Own code and not SQLite's: that is a quarter of a million lines of C, reading hostile bytes. The readers in Rust
//! (`sqlite_wasm_reader`, `sqlite-rs`, `sqlite-core`) read no log, or call themselves unfinished. Read are table b-trees with
//! their overflow pages, of a database in memory, with a log laid over it as SQLite would (`wal`). Every page is visited at
//! most once, so no database takes longer than its length, whatever its pages point at.
//! Not here: indexes, queries, text in UTF-16, writing, locks: who reads a live file sees that it did not change meanwhile.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

mod record;
#[cfg(test)]
pub(super) mod sample;
mod wal;

pub(super) use record::Value;

/// How a database begins.
pub(super) const MAGIC: &[u8] = b"SQLite format 3\0";

/// How a rollback journal begins that is not finished with.
pub(super) const JOURNAL: &[u8] = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7";

/// Bytes that a row takes in its page besides its payload, at the least: its place, its length and its number.
const CELL: usize = 4;

/// Why a database cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SqliteError {
    /// Another file.
    #[error("found another beginning than SQLite's")]
    Magic,
    /// A page size that is none.
    #[error("found pages of {found} bytes, wanted a power of two from 512 to 65536")]
    PageSize {
        /// The size found.
        found: u32,
    },
    /// A page beyond the end.
    #[error("found no page {page}, which another points at")]
    NoPage {
        /// Its number, from 1.
        page: u32,
    },
    /// A page that is pointed at twice.
    #[error("found page {page} in two places")]
    PageTwice {
        /// Its number, from 1.
        page: u32,
    },
    /// A page that is not as the format has it.
    #[error("found page {page} broken, wanted a page of a table")]
    Page {
        /// Its number, from 1.
        page: u32,
    },
    /// A table that is not there.
    #[error("found no table {name}")]
    NoTable {
        /// The table.
        name: &'static str,
    },
    /// A row without the column.
    #[error("found row {row} without a {column}")]
    Column {
        /// The row's number.
        row: i64,
        /// The column.
        column: &'static str,
    },
    /// A transaction that was not finished.
    #[error("found an unfinished transaction beside it, which only SQLite can roll back")]
    Journal,
    /// A log that may stand beside the file and was not given.
    #[error(
        "found one that is written through a log (`-wal`), which was not read with it; name the machine's root instead"
    )]
    LogUnseen,
}

/// A database in memory.
#[derive(Debug)]
pub(super) struct Database<'a> {
    bytes: &'a [u8],
    page_size: usize,
    /// Bytes of a page that hold content.
    usable: usize,
    /// Pages, where the log says how many.
    pages: Option<u32>,
    log: BTreeMap<u32, &'a [u8]>,
}

/// A page of a tree, and where its header begins in it.
struct Page<'a> {
    bytes: &'a [u8],
    header: usize,
}

type Read<T> = Result<T, SqliteError>;

impl<'a> Database<'a> {
    /// Looks at the beginning of a database. `log` is what stands in its `-wal` file; empty where there is none.
    ///
    /// # Errors
    /// It is none.
    pub(super) fn open(bytes: &'a [u8], log: &'a [u8]) -> Read<Self> {
        if !bytes.starts_with(MAGIC) {
            return Err(SqliteError::Magic);
        }
        let found = match u32::from(number::<2, u16>(bytes, 16, u16::from_be_bytes).unwrap_or_default()) {
            1 => 65_536,
            other => other,
        };
        let wrong = SqliteError::PageSize { found };
        let page_size = usize::try_from(found).map_err(|_| wrong)?;
        let reserved = usize::from(bytes.get(20).copied().unwrap_or_default());
        if !(512..=65_536).contains(&page_size) || !page_size.is_power_of_two() || page_size - reserved < 480
        {
            return Err(wrong);
        }
        let mut database =
            Self { bytes, page_size, usable: page_size - reserved, pages: None, log: BTreeMap::new() };
        // Of a file that is not written through one, a log that lies beside it is none of its.
        if database.has_log() {
            (database.log, database.pages) = wal::pages(log, page_size);
        }
        Ok(database)
    }

    /// Whether it is written through a log.
    pub(super) fn has_log(&self) -> bool {
        self.bytes.get(19) == Some(&2)
    }

    /// Calls `each` with the rows of a table, by their number and record, until it says false.
    ///
    /// # Errors
    /// The table is not there, or a page of it is broken: rows before that were given.
    pub(super) fn rows(
        &self,
        name: &'static str,
        each: &mut dyn FnMut(i64, &[Value<'_>]) -> bool,
    ) -> Read<()> {
        let mut root = None;
        self.walk(1, &mut |_, record| {
            if let [Value::Text(b"table"), Value::Text(found), _, Value::Integer(page), ..] = record
                && found.eq_ignore_ascii_case(name.as_bytes())
            {
                root = u32::try_from(*page).ok();
            }
            root.is_none()
        })?;
        self.walk(root.ok_or(SqliteError::NoTable { name })?, each)
    }

    /// The rows of the tree that begins at a page.
    fn walk(&self, root: u32, each: &mut dyn FnMut(i64, &[Value<'_>]) -> bool) -> Read<()> {
        let mut seen = BTreeSet::new();
        let mut ahead = vec![root];
        while let Some(number) = ahead.pop() {
            visit(&mut seen, number)?;
            let page = self.tree_page(number)?;
            let broken = SqliteError::Page { page: number };
            let cells = page.cells().ok_or(broken)?;
            match page.bytes.get(page.header) {
                Some(5) => {
                    ahead.push(page.right().ok_or(broken)?);
                    for cell in cells.iter().rev() {
                        ahead.push(be32(page.bytes, *cell).ok_or(broken)?);
                    }
                }
                Some(13) => {
                    let mut space = page.bytes.len();
                    for cell in cells {
                        let bytes = page.bytes.get(cell..).ok_or(broken)?;
                        let (row, payload) = self.payload(bytes, number, &mut seen)?;
                        // Cells that lie in one another would make of one page thousands of rows as long as it.
                        let here = if let Cow::Borrowed(here) = &payload { here.len() } else { 0 };
                        space = space.checked_sub(here + CELL).ok_or(broken)?;
                        let record = record::read(&payload).ok_or(broken)?;
                        if !each(row, &record) {
                            return Ok(());
                        }
                    }
                }
                _ => return Err(broken),
            }
        }
        Ok(())
    }

    fn page(&self, number: u32) -> Read<&'a [u8]> {
        let missing = SqliteError::NoPage { page: number };
        if number == 0 || self.pages.is_some_and(|pages| number > pages) {
            return Err(missing);
        }
        if let Some(page) = self.log.get(&number) {
            return Ok(page);
        }
        let before = usize::try_from(number - 1).ok().and_then(|pages| pages.checked_mul(self.page_size));
        let begin = before.ok_or(missing)?;
        let end = begin.checked_add(self.page_size).ok_or(missing)?;
        self.bytes.get(begin..end).ok_or(missing)
    }

    fn tree_page(&self, number: u32) -> Read<Page<'a>> {
        let bytes = self.page(number)?.get(..self.usable).unwrap_or_default();
        // The first page begins with the file's header.
        Ok(Page { bytes, header: if number == 1 { 100 } else { 0 } })
    }

    /// The number and payload of a row, whose cell begins here.
    fn payload(&self, cell: &'a [u8], page: u32, seen: &mut BTreeSet<u32>) -> Read<(i64, Cow<'a, [u8]>)> {
        let broken = SqliteError::Page { page };
        let (length, rest) = record::varint(cell).ok_or(broken)?;
        let (row, rest) = record::varint(rest).ok_or(broken)?;
        let length = usize::try_from(length).map_err(|_| broken)?;
        let most = self.usable - 35;
        if length <= most {
            return Ok((row, Cow::Borrowed(rest.get(..length).ok_or(broken)?)));
        }
        // No payload is longer than the pages that could hold it.
        if length > self.bytes.len().saturating_add(self.log.len().saturating_mul(self.page_size)) {
            return Err(broken);
        }
        let least = (self.usable - 12) * 32 / 255 - 23;
        let fitting = least + (length - least) % (self.usable - 4);
        let here = if fitting <= most { fitting } else { least };
        let mut payload = rest.get(..here).ok_or(broken)?.to_vec();
        let mut next = be32(rest, here).ok_or(broken)?;
        while payload.len() < length {
            visit(seen, next)?;
            let bytes = self.page(next)?;
            let wanted = (length - payload.len()).min(self.usable - 4);
            payload.extend_from_slice(bytes.get(4..4 + wanted).ok_or(broken)?);
            next = be32(bytes, 0).ok_or(broken)?;
        }
        Ok((row, Cow::Owned(payload)))
    }
}

impl Page<'_> {
    /// Where the cells begin.
    fn cells(&self) -> Option<Vec<usize>> {
        let count = usize::from(number::<2, u16>(self.bytes, self.header + 3, u16::from_be_bytes)?);
        let pointers = self.header + if self.bytes.get(self.header) == Some(&5) { 12 } else { 8 };
        let pointer = |nth| number::<2, u16>(self.bytes, pointers + 2 * nth, u16::from_be_bytes);
        (0..count).map(|nth| pointer(nth).map(usize::from)).collect()
    }

    fn right(&self) -> Option<u32> {
        be32(self.bytes, self.header + 8)
    }
}

fn visit(seen: &mut BTreeSet<u32>, page: u32) -> Read<()> {
    if seen.insert(page) { Ok(()) } else { Err(SqliteError::PageTwice { page }) }
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    number::<4, u32>(bytes, at, u32::from_be_bytes)
}

fn number<const N: usize, T>(bytes: &[u8], at: usize, from: fn([u8; N]) -> T) -> Option<T> {
    bytes.get(at..)?.first_chunk::<N>().copied().map(from)
}

#[cfg(test)]
mod tests;
