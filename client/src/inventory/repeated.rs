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
}

impl Default for Repeated {
    fn default() -> Self {
        Self { known: HashMap::new(), row: Vec::new() }
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

    /// Keeps what the row that was last asked for says, if there is room.
    pub(super) fn keep(&mut self, description: &Arc<Description>) {
        if self.known.len() < MAX_ROWS && self.row.len() <= MAX_BYTES {
            self.known.insert(self.row.as_slice().into(), Arc::clone(description));
        }
    }
}
