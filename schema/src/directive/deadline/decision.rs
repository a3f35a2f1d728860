//! Decision tables: what a table decides, or which of its inputs must be known first.
//!
//! Each input has the value that is known of the asset, or else its default, or else it is open. A value that the table
//! does not list leaves its input open: to take the default there would be a guess. The rows are asked in order, the first
//! that fits decides. Where an open input matters, each of its values is followed, and what they all lead to is decided all
//! the same.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use crate::directive::{Row, Table, TableInput};
use crate::limits::DECISION_ROWS;

/// What is known of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known<'a> {
    /// Its value was given.
    Value(&'a str),
    /// Nothing was given, and the table has a default.
    Default(&'a str),
    /// Nothing counts.
    Open,
}

/// What is known of an input, `found` being what is said of the asset.
pub(super) fn known<'a>(input: &'a TableInput, found: &'a BTreeMap<String, String>) -> Known<'a> {
    let listed = |value: &&String| input.values.contains(value);
    match (found.get(&input.id), &input.default) {
        (Some(value), _) => Some(value).filter(listed).map_or(Known::Open, |value| Known::Value(value)),
        (None, Some(default)) => {
            Some(default).filter(listed).map_or(Known::Open, |value| Known::Default(value))
        }
        (None, None) => Known::Open,
    }
}

type Values<'a> = BTreeMap<&'a str, &'a str>;

/// What a table can come to.
pub(super) struct Outcomes<'a> {
    /// The rows that can be the first to fit.
    pub(super) rows: BTreeSet<usize>,
    /// Whether it can be that no row fits.
    pub(super) none: bool,
    /// Whether the table was too large to be followed, so that the rows are those that nothing rules out.
    pub(super) cut: bool,
    leaves: Vec<(Values<'a>, Option<usize>)>,
}

/// What a table can come to, given the values of some of its inputs.
pub(super) fn outcomes<'a>(table: &'a Table, values: &Values<'a>) -> Outcomes<'a> {
    let mut walk = Walk { table, budget: DECISION_ROWS, leaves: Vec::new() };
    let mut path = values.clone();
    let cut = walk.from(0, &mut path).is_none();
    if cut {
        let possible = |row: &Row| {
            row.when.iter().all(|(id, value)| values.get(id.as_str()).is_none_or(|it| it == value))
        };
        let rows = table.rows.iter().enumerate().filter(|(_, row)| possible(row)).map(|(number, _)| number);
        return Outcomes { rows: rows.collect(), none: true, cut, leaves: Vec::new() };
    }
    Outcomes {
        rows: walk.leaves.iter().filter_map(|(_, row)| *row).collect(),
        none: walk.leaves.iter().any(|(_, row)| row.is_none()),
        cut,
        leaves: walk.leaves,
    }
}

struct Walk<'a> {
    table: &'a Table,
    budget: u32,
    leaves: Vec<(Values<'a>, Option<usize>)>,
}

impl<'a> Walk<'a> {
    /// Follows the rows from this one on. `None` where the table is too large.
    ///
    /// Recursion is as deep as there are inputs: each level gives one of them a value, and the budget bounds the rest.
    fn from(&mut self, first: usize, values: &mut Values<'a>) -> Option<()> {
        for (number, row) in self.table.rows.iter().enumerate().skip(first) {
            self.budget = self.budget.checked_sub(1)?;
            if row.when.iter().any(|(id, value)| values.get(id.as_str()).is_some_and(|it| it != value)) {
                continue;
            }
            let open = row.when.keys().find(|id| !values.contains_key(id.as_str()));
            let Some(open) = open else {
                self.leaves.push((values.clone(), Some(number)));
                return Some(());
            };
            // A row that asks for something that is no input can never fit.
            let Some(input) = self.table.inputs.iter().find(|input| input.id == *open) else { continue };
            for value in input.values.iter().collect::<BTreeSet<_>>() {
                values.insert(&input.id, value);
                self.from(number, values)?;
            }
            values.remove(input.id.as_str());
            return Some(());
        }
        self.leaves.push((values.clone(), None));
        Some(())
    }
}

impl Outcomes<'_> {
    /// The one row that decides, where what is open does not matter: every row that can be reached says the same.
    pub(super) fn decided(&self, table: &Table) -> Option<usize> {
        let first = *self.rows.first()?;
        let same = |row: &usize| same(table, Some(first), Some(*row));
        (!self.none && self.rows.iter().all(same)).then_some(first)
    }

    /// The open inputs on which the answer depends: those of which one value leads elsewhere than another.
    pub(super) fn depends_on(&self, table: &Table, open: &[&str]) -> Vec<String> {
        let differ = |id: &str| {
            self.leaves.iter().enumerate().any(|(number, (values, row))| {
                self.leaves.iter().skip(number.saturating_add(1)).any(|(others, other)| {
                    let elsewhere = values.iter().all(|(name, value)| {
                        *name == id || others.get(name).is_none_or(|other| other == value)
                    });
                    let here = values.get(id).zip(others.get(id)).is_some_and(|(a, b)| a != b);
                    here && elsewhere && !same(table, *row, *other)
                })
            })
        };
        // Comparing each with each is for tables of a size that people read.
        let all = self.cut || self.leaves.len() > 512;
        open.iter().filter(|id| all || differ(id)).map(|id| (*id).into()).collect()
    }
}

/// Whether two rows say the same.
fn same(table: &Table, one: Option<usize>, other: Option<usize>) -> bool {
    let says =
        |row: Option<usize>| row.and_then(|row| table.rows.get(row)).map(|row| (&row.outcome, &row.due));
    one == other || says(one) == says(other)
}
