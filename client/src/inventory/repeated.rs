//! Rows that say what an earlier row said, of another machine: read once and shared.
//!
//! A fleet's table repeats each package on every machine. Parsing a row costs ten times what recognising it does.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt as _};

use super::component::Description;

/// How many different rows are kept: beyond it a table repeats little, and keeping its rows would double its memory.
const MAX_ROWS: usize = 100_000;

/// The longest row that is kept, in bytes.
const MAX_BYTES: usize = 1_024;

/// What rows said.
#[derive(Debug)]
pub(super) struct Repeated {
    known: HashMap<Box<[u8]>, Arc<Description>>,
    /// The row that was last asked for: its fields, each with its length before it.
    row: Vec<u8>,
    /// The machine of the row before: a table has the rows of one beside each other.
    host: Option<Arc<str>>,
}

impl Default for Repeated {
    fn default() -> Self {
        Self { known: HashMap::new(), row: Vec::new(), host: None }
    }
}

impl Repeated {
    /// What an earlier row with the same fields said.
    pub(super) fn find<'r>(&mut self, fields: impl Iterator<Item = &'r [u8]>) -> Option<Arc<Description>> {
        self.row.clear();
        for field in fields {
            self.row.extend_from_slice(&field.len().to_le_bytes());
            self.row.extend_from_slice(field);
        }
        self.known.get(self.row.as_slice()).cloned()
    }

    /// A machine's name, shared with the row before where it is the same.
    pub(super) fn host(&mut self, name: &str) -> Arc<str> {
        match &self.host {
            Some(host) if **host == *name => Arc::clone(host),
            _ => Arc::clone(self.host.insert(name.into())),
        }
    }

    /// Keeps what the row that was last asked for says, if there is room.
    pub(super) fn keep(&mut self, description: &Arc<Description>) {
        if self.known.len() < MAX_ROWS && self.row.len() <= MAX_BYTES {
            self.known.insert(self.row.as_slice().into(), Arc::clone(description));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail by panicking")]

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
        let longest = vec![b'x'; MAX_BYTES - size_of::<usize>()];
        let longer = vec![b'x'; MAX_BYTES - size_of::<usize>() + 1];
        for (field, kept) in [(&longest, true), (&longer, false)] {
            assert!(repeated.find(std::iter::once(field.as_slice())).is_none());
            repeated.keep(&description);
            assert_eq!(repeated.find(std::iter::once(field.as_slice())).is_some(), kept);
        }
        for number in 1..=MAX_ROWS {
            let field = number.to_string();
            assert!(repeated.find(std::iter::once(field.as_bytes())).is_none());
            repeated.keep(&description);
            assert_eq!(
                repeated.find(std::iter::once(field.as_bytes())).is_some(),
                number < MAX_ROWS,
                "{number}"
            );
        }
    }
}
