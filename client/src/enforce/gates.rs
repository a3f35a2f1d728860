//! Gates: what must be there before something is blocked. What waits for a gate is audited, and says so.

use std::io;

use interdict_schema::plan;

use super::ban::Held;
use super::bans::Bans;
use super::machine::Machine;
use crate::config::enforce::Replacement;

/// Holds back what waits for something that is not there, and tells of every gate.
///
/// # Errors
/// Whether it is there cannot be told.
pub fn hold(bans: &mut Bans, gates: &[Replacement], machine: &Machine) -> io::Result<Vec<plan::Gate>> {
    let mut told = Vec::new();
    for gate in gates {
        let present = machine.has(&gate.required)?;
        told.push(plan::Gate {
            directive: gate.directive.clone(),
            subject: gate.part.clone(),
            required: gate.required.to_string(),
            present,
        });
        if present {
            continue;
        }
        let concerned =
            bans.parts.iter_mut().filter(|part| gate.concerns(&part.origin.directive, &part.origin.subject));
        for entry in concerned.flat_map(|part| &mut part.entries) {
            entry.held = Some(Held::Gate { gate: gate.required.to_string() });
        }
    }
    Ok(told)
}
