//! Rows that say what an earlier row said, of another machine: read once and shared.
//!
//! A fleet's table repeats each package on every machine. Parsing a row costs ten times what recognising it does.

use std::hash::BuildHasher as _;
use std::ops::Range;
use std::sync::Arc;

use foldhash::fast::RandomState;
use foldhash::{HashMap, HashMapExt as _};

use super::component::Description;

/// How many different rows are kept: beyond it a table repeats little, and keeping its rows would double its memory.
const MAX_ROWS: usize = 100_000;

/// The longest row that is kept, in bytes.
const MAX_BYTES: usize = 1_024;

/// One row in so many that are kept must have come again by the time that there is no room for more.
const REPEATS_LITTLE: usize = 8;

/// What rows said.
#[derive(Debug)]
pub(super) struct Repeated {
    /// Places in `rows`, by the hash of the fields. Of two rows with one hash the later is known.
    known: HashMap<u64, usize>,
    hasher: RandomState,
    /// Every row that is kept, in the order in which they came.
    rows: Vec<Known>,
    /// The fields of the rows that are kept, one row behind the other.
    fields: Vec<u8>,
    /// The row that was last asked for: its fields, each with its length before it. Longer than any that is kept where a
    /// field is.
    row: Vec<u8>,
    /// The row that followed, when the row before was first met: machines are alike, and their packages sorted.
    expected: usize,
    /// How often a row was one that is kept.
    met_again: usize,
    /// Whether rows are no longer looked for, because the table repeats little.
    given_up: bool,
    /// The machine of the row before: a table has the rows of one beside each other.
    host: Option<Arc<str>>,
}

/// A row that is kept.
#[derive(Debug)]
struct Known {
    /// Where its fields stand.
    fields: Range<usize>,
    /// What it says; `None` where nothing recognises that.
    description: Option<Arc<Description>>,
}

/// What is known of a row from an earlier one.
#[derive(Debug)]
pub(super) enum Earlier {
    /// No row had these fields.
    None,
    /// One had, and nothing recognises what it says.
    Passed,
    /// This is what it says.
    Kept(Arc<Description>),
}

impl Default for Repeated {
    fn default() -> Self {
        Self {
            known: HashMap::new(),
            hasher: RandomState::default(),
            rows: Vec::new(),
            fields: Vec::new(),
            row: Vec::new(),
            expected: 0,
            met_again: 0,
            given_up: false,
            host: None,
        }
    }
}

impl Repeated {
    /// What an earlier row with the same fields said.
    pub(super) fn find<'r>(&mut self, fields: impl Iterator<Item = &'r [u8]>) -> Earlier {
        if self.given_up {
            return Earlier::None;
        }
        self.row.clear();
        for field in fields {
            let length = u16::try_from(field.len()).unwrap_or(u16::MAX);
            self.row.extend_from_slice(&length.to_le_bytes());
            self.row.extend_from_slice(field);
        }
        let same = |place: usize| {
            let known = self.rows.get(place)?;
            (self.fields.get(known.fields.clone())? == self.row.as_slice()).then_some((place, known))
        };
        let by_hash = || same(*self.known.get(&self.hasher.hash_one(self.row.as_slice()))?);
        let Some((place, known)) = same(self.expected).or_else(by_hash) else { return Earlier::None };
        self.expected = place + 1;
        self.met_again += 1;
        match &known.description {
            None => Earlier::Passed,
            Some(description) => Earlier::Kept(Arc::clone(description)),
        }
    }

    /// A machine's name, shared with the row before where it is the same.
    pub(super) fn host(&mut self, name: &str) -> Arc<str> {
        match &self.host {
            Some(host) if **host == *name => Arc::clone(host),
            _ => Arc::clone(self.host.insert(name.into())),
        }
    }

    /// Keeps what the row that was last asked for says, if there is room; `None` where nothing recognises it.
    pub(super) fn keep(&mut self, description: Option<&Arc<Description>>) {
        if self.given_up || self.row.len() > MAX_BYTES {
            return;
        }
        if self.rows.len() < MAX_ROWS {
            let begin = self.fields.len();
            self.fields.extend_from_slice(&self.row);
            self.known.insert(self.hasher.hash_one(self.row.as_slice()), self.rows.len());
            let fields = begin..self.fields.len();
            self.rows.push(Known { fields, description: description.cloned() });
        } else if self.met_again < MAX_ROWS / REPEATS_LITTLE {
            self.given_up = true;
            (self.known, self.rows, self.fields) = (HashMap::new(), Vec::new(), Vec::new());
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        clippy::panic,
        reason = "a test may fail by panicking"
    )]

    use super::super::csv;
    use super::super::limits::Limits;
    use super::*;

    fn read(table: &str) -> super::super::component::Inventory {
        csv::read(table.as_bytes(), "t.csv", &Limits::STANDARD)
    }

    #[test]
    fn rows_that_differ_in_the_machine_alone_share_what_they_say() {
        let read = read("name,version,host\nkesl,1,h1\nkesl,1,h2\nkesl,2,h2\nkes,l1,h2\n");
        let shared = |one: usize, other: usize| {
            Arc::ptr_eq(read.components[one].description(), read.components[other].description())
        };
        assert!(shared(0, 1));
        assert!(!shared(0, 2) && !shared(0, 3), "fields are compared one by one");
        let hosts: Vec<_> = read.components.iter().map(|found| found.host.as_deref().unwrap()).collect();
        assert_eq!(hosts, ["h1", "h2", "h2", "h2"]);
        assert_eq!(read.components.iter().map(|found| found.source.row).collect::<Vec<_>>(), [2, 3, 4, 5]);
    }

    #[test]
    fn what_is_odd_is_noted_of_every_row_that_it_stands_in() {
        let read = read("name,sha256,host\nkesl,no digest,h1\nkesl,no digest,h2\n");
        let rows: Vec<u64> = read.coverage[0].notes.iter().map(|note| note.place.row).collect();
        assert_eq!(rows, [2, 2, 3, 3]);
    }

    #[test]
    fn a_component_that_is_changed_is_no_longer_shared() {
        let mut read = read("name,host\nkesl,h1\nkesl,h2\n");
        read.components[0].nested = true;
        assert!(!read.components[1].nested);
    }

    #[test]
    fn rows_are_kept_up_to_the_limits_and_read_all_the_same_beyond() {
        let mut repeated = Repeated::default();
        let description = read("name\nkesl\n").components[0].description().clone();
        let longest = vec![b'x'; MAX_BYTES - size_of::<u16>()];
        let longer = vec![b'x'; MAX_BYTES - size_of::<u16>() + 1];
        for (field, kept) in [(&longest, true), (&longer, false)] {
            assert!(matches!(repeated.find(std::iter::once(field.as_slice())), Earlier::None));
            repeated.keep(Some(&description));
            assert_eq!(matches!(repeated.find(std::iter::once(field.as_slice())), Earlier::Kept(_)), kept);
        }
        for number in 1..=MAX_ROWS {
            let field = number.to_string();
            assert!(matches!(repeated.find(std::iter::once(field.as_bytes())), Earlier::None));
            repeated.keep(Some(&description));
            assert_eq!(
                matches!(repeated.find(std::iter::once(field.as_bytes())), Earlier::Kept(_)),
                number < MAX_ROWS,
                "{number}"
            );
        }
        let first = repeated.find(std::iter::once(&b"1"[..]));
        assert!(matches!(first, Earlier::Kept(_)), "every second row was met again");
    }

    #[test]
    fn a_table_that_repeats_little_is_read_without_looking_back() {
        let description = read("name\nkesl\n").components[0].description().clone();
        for (again, looks) in [(MAX_ROWS / REPEATS_LITTLE - 1, false), (MAX_ROWS / REPEATS_LITTLE, true)] {
            let mut repeated = Repeated::default();
            for number in 0..=MAX_ROWS {
                let field = number.to_string();
                assert!(matches!(repeated.find(std::iter::once(field.as_bytes())), Earlier::None));
                if number == MAX_ROWS {
                    for _ in 0..again {
                        assert!(matches!(repeated.find(std::iter::once(&b"7"[..])), Earlier::Kept(_)));
                    }
                }
                repeated.keep(Some(&description));
            }
            assert_eq!(
                matches!(repeated.find(std::iter::once(&b"7"[..])), Earlier::Kept(_)),
                looks,
                "{again}"
            );
        }
    }

    #[test]
    fn rows_in_another_order_are_found_all_the_same() {
        let description = read("name\nkesl\n").components[0].description().clone();
        let mut repeated = Repeated::default();
        let find =
            |repeated: &mut Repeated, row: &'static str| repeated.find(std::iter::once(row.as_bytes()));
        for (row, kept) in [("a", true), ("b", false), ("c", true)] {
            assert!(matches!(find(&mut repeated, row), Earlier::None));
            repeated.keep(kept.then_some(&description));
        }
        for row in ["a", "b", "c", "a", "c", "b", "b", "a"] {
            match find(&mut repeated, row) {
                Earlier::Passed => assert_eq!(row, "b"),
                Earlier::Kept(_) => assert_ne!(row, "b"),
                Earlier::None => panic!("{row} was met before"),
            }
        }
        assert!(matches!(find(&mut repeated, "d"), Earlier::None));
    }
}
