//! A plan for people.

use std::io::Write;

use interdict_host::terminal::escape_control;
use interdict_host::world::World;

use super::{Shown, in_words};
use crate::cli::Failure;
use crate::gone::{By, Step};
use crate::standing::Of;

/// Shows the plan on standard output.
pub fn show(world: &mut World, shown: &Shown<'_>) -> Result<(), Failure> {
    let label = shown.label.map_or_else(String::new, |label| format!(" ({label})"));
    let of = match &shown.of {
        Of::Role(role) => format!("a key of the {role} role"),
        Of::Issuer(issuer) => format!("an officer's of the issuer {issuer}"),
    };
    let mut lines = vec![format!("key      {}{label}, {of}: {}", shown.keyid, shown.event.word())];
    lines.extend(shown.plan.means.iter().map(|sentence| format!("means    {sentence}")));
    lines.push(format!("clients  {}", in_words(shown.plan.clients)));
    for short in shown.signed_again {
        lines.push(format!(
            "again    {}, {} of {} signatures, payload sha256 {}",
            short.path, short.signatures, short.threshold, short.digest
        ));
    }
    lines.push(String::new());
    for (index, step) in shown.plan.steps.iter().enumerate() {
        lines.push(format!("{}. {}: {}", index + 1, by(&step.by), step.what));
        if !step.command.is_empty() {
            lines.push(format!("   {}", Step::typed(step)));
        }
    }
    for line in lines {
        writeln!(world.stdout, "{}", escape_control(&line))?;
    }
    world.stdout.flush()?;
    Ok(())
}

fn by(by: &By) -> String {
    match by {
        By::ThisProgram => "this program, after a yes".to_owned(),
        By::TheOperator => "you".to_owned(),
        By::Holders { of, holders } => format!("{of} of {}", holders.join(", ")),
    }
}

/// Says what is next.
pub fn next(world: &mut World, number: usize) -> Result<(), Failure> {
    writeln!(world.stderr, "next: step {number}")?;
    Ok(())
}
