//! What no target enforces, by kind and reason: said loudly, because a ban that is dropped in silence is the worst of all.

use std::collections::BTreeMap;

use interdict_schema::plan::NotEnforced;

use super::Output;
use crate::enforce::bans::Bans;
use crate::enforce::fidelity::Fidelity;
use crate::enforce::stage::Stage;

/// The most examples of each.
const MAX_EXAMPLES: usize = 5;

/// Identifiers of one kind and one combination of verdicts.
#[derive(Default)]
struct Row {
    identifiers: u64,
    examples: Vec<String>,
}

/// What none of the targets does anything about, and this agency is not freed of.
pub(super) fn not_enforced(bans: &Bans, outputs: &[Output]) -> Vec<NotEnforced> {
    // One row for each kind and each combination of verdicts: few, however many identifiers there are.
    let mut rows: BTreeMap<(&str, Vec<Fidelity>), Row> = BTreeMap::new();
    let mut verdicts = Vec::with_capacity(outputs.len());
    for ban in bans.iter().filter(|ban| ban.part.stage != Stage::Freed) {
        verdicts.clear();
        verdicts.extend(outputs.iter().map(|output| output.rendered.verdicts.of(ban.number)));
        if verdicts.iter().any(|verdict| verdict.acts()) {
            continue;
        }
        let row = rows.entry((ban.entry.kind.as_str(), verdicts.clone())).or_default();
        row.identifiers = row.identifiers.saturating_add(1);
        if row.examples.len() < MAX_EXAMPLES {
            let versions = ban.entry.versions.as_deref().map(|versions| format!(" {versions}"));
            row.examples.push(format!("{}{}", ban.entry.value, versions.unwrap_or_default()));
        }
    }
    let told = rows.into_iter().map(|((kind, verdicts), row)| NotEnforced {
        kind: kind.to_owned(),
        reason: reason(&verdicts, outputs),
        identifiers: row.identifiers,
        examples: row.examples,
    });
    told.collect()
}

fn reason(verdicts: &[Fidelity], outputs: &[Output]) -> String {
    let said = verdicts.iter().zip(outputs).filter_map(|(verdict, output)| {
        let (word, reason) = verdict.told()?;
        Some(format!("{}: {}", output.target.name(), reason.unwrap_or(word)))
    });
    let said: Vec<String> = said.collect();
    if said.is_empty() { "no chosen target takes this kind".into() } else { said.join("; ") }
}
