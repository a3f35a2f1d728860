//! Decision tables: do their parts fit together, and does every row decide something.

use super::{Fact, Problems};
use crate::directive::{Directive, Table, deadline};
use crate::json::Pointer;

pub(super) fn check(directive: &Directive, problems: &mut Problems) {
    for (number, table) in directive.tables.iter().enumerate() {
        self::table(&Pointer::root().join("tables").join(number), table, problems);
    }
}

fn table(at: &Pointer, table: &Table, problems: &mut Problems) {
    let sound = values(at, table, problems);
    for (number, _) in table.inputs.iter().enumerate().filter(|(_, input)| input.default.is_none()) {
        problems.add(at.join("inputs").join(number).join("default"), Fact::InputWithoutDefault);
    }
    // A row that asks for what is not there decides nothing, which has been said.
    if !sound {
        return;
    }
    let Some(reach) = deadline::reach(table) else {
        return problems.add(at.join("rows"), Fact::TableTooLarge);
    };
    if reach.incomplete {
        problems.add(at.join("rows"), Fact::TableIncomplete);
    }
    for number in (0..table.rows.len()).filter(|number| !reach.rows.contains(number)) {
        problems.add(at.join("rows").join(number), Fact::RowUnreachable);
    }
}

/// Whether rows and defaults ask for inputs and values that the table has.
fn values(at: &Pointer, table: &Table, problems: &mut Problems) -> bool {
    let before = problems.list.len();
    for (number, input) in table.inputs.iter().enumerate() {
        if let Some(value) = input.default.as_ref().filter(|value| !input.values.contains(value)) {
            let place = at.join("inputs").join(number).join("default");
            problems.add(place, Fact::TableValue { input: input.id.clone(), value: value.clone() });
        }
    }
    for (number, row) in table.rows.iter().enumerate() {
        for (id, value) in &row.when {
            let place = at.join("rows").join(number).join("when").join(id);
            match table.inputs.iter().find(|input| input.id == *id) {
                None => problems.add(place, Fact::Dangling { of: "input", id: id.clone() }),
                Some(input) if !input.values.contains(value) => {
                    problems.add(place, Fact::TableValue { input: id.clone(), value: value.clone() });
                }
                Some(_) => {}
            }
        }
    }
    problems.list.len() == before
}
