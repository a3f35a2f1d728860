//! From what is there to what is put, in which order. Pure.

use super::published::{Kind, Object};

/// How a file is at the destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Not there.
    Missing,
    /// There, with the same bytes as far as the destination says.
    Same,
    /// There, with other bytes, or a part of them.
    Different,
}

/// Why a file is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It is not there.
    Missing,
    /// What is there is damaged; of `timestamp.json`: older.
    Different,
}

/// A file that is put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    /// Which.
    pub object: Object,
    /// Why.
    pub why: Why,
}

/// What is put, in order.
#[must_use]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// What is put; `timestamp.json`, where it is among them, is the last.
    pub puts: Vec<Put>,
    /// How many files are there already.
    pub there: usize,
}

impl Plan {
    /// The files of one kind after those of the kind before: what is of one batch may be put in any order.
    pub fn batches(&self) -> impl Iterator<Item = &[Put]> {
        self.puts.chunk_by(|one, other| one.object.kind() == other.object.kind())
    }

    /// Immutable files that were damaged at the destination.
    pub fn damaged(&self) -> impl Iterator<Item = &Object> {
        let immutable = self.puts.iter().filter(|put| put.object.kind() != Kind::Timestamp);
        immutable.filter(|put| put.why == Why::Different).map(|put| &put.object)
    }

    /// How many bytes are put.
    pub fn bytes(&self) -> u64 {
        self.puts.iter().map(|put| put.object.length()).fold(0, u64::saturating_add)
    }
}

/// Decides what is put. `found` says of each object, in the same order, how it is there; what it says nothing of is missing.
pub(super) fn plan(objects: &[Object], found: &[Found]) -> Plan {
    let mut plan = Plan::default();
    let found = found.iter().copied().chain(std::iter::repeat(Found::Missing));
    for (object, found) in objects.iter().zip(found) {
        let why = match found {
            Found::Same => {
                plan.there = plan.there.saturating_add(1);
                continue;
            }
            Found::Missing => Why::Missing,
            Found::Different => Why::Different,
        };
        plan.puts.push(Put { object: object.clone(), why });
    }
    plan.puts.sort_by_key(|put| put.object.kind());
    plan
}
