//! Carrying out what was computed, and showing what was done.

use std::collections::BTreeMap;
use std::io::Write;

use interdict_host::exit::{Exit, Outcome};
use interdict_host::owned::Owner;
use interdict_host::terminal::escape_control;
use interdict_host::world::World;
use interdict_schema::plan::Planned;

use super::super::Failure;
use super::super::enforcing::{Enforcing, Said, ended, in_words, show_changed};
use super::super::plan::save;
use super::super::planning::Made;
use super::super::reading::warn;
use super::Apply;
use super::confirmation::await_confirmation;
use crate::enforce::admission::active;
use crate::enforce::apply::{Applied, ApplyError, Kept, Order, Ordered, Settings, Skipped};
use crate::enforce::hooks::{self, Given};
use crate::enforce::journal::Event;
use crate::enforce::plan::{self, Adopt};
use crate::enforce::record::{Call, NotEnforced};
use crate::enforce::{Command, Mode};
use crate::places::Places;

/// How long a health check may take, in seconds.
const HEALTH_CHECK_SECONDS: u64 = 300;

impl Apply {
    /// Carries it out, and waits for confirmation where that was asked for.
    pub(super) fn carry_out(
        &self,
        world: &mut World,
        enforcing: &Enforcing,
        made: &Made,
        store: &Places,
    ) -> Result<Outcome, Failure> {
        let computed = &made.computed;
        let planned = &computed.planned;
        let releases = releases(made);
        let order = Order {
            generation: computed.bans.generation,
            mode: Mode::of_word(&planned.mode),
            plan: computed.digest,
            not_enforced: not_enforced(planned),
            targets: ordered(made, &releases),
        };
        let mut session = enforcing.session(world)?;
        let confirm_until = self.confirm_within.map(|length| length.after(session.now()));
        let settings = Settings {
            adopt: if planned.adopt { Adopt::Yes } else { Adopt::No },
            health_check: health_check(&planned.health_check),
            confirm_until,
        };
        let before = session.record.as_ref().map(|record| (record.generation, record.plan));
        let result = session.apply(&order, &settings);
        let after = session.record.as_ref().map(|record| (record.generation, record.plan));
        // Scripts and hooks are told of this machine alone, and only once everything is in effect.
        let told = result.is_ok() && session.is_machine() && before != after;
        let active = if told {
            Some(active::activate(&enforcing.disk, &enforcing.places, store, order.generation)?)
        } else {
            None
        };
        let said = Said::by(&mut session);
        drop(session);
        let mut outcome = enforcing.tell(world, &said)?;
        let changed = result.as_ref().map_or(0, |applied| applied.changed.len());
        let held = matches!(result, Err(ApplyError::Suspended { .. } | ApplyError::Unconfirmed { .. }));
        let again = result.as_ref().is_ok_and(|applied| !applied.again.is_empty());
        if !held && (changed > 0 || again || result.is_err()) {
            let event = Event::Apply {
                root: enforcing.root.clone(),
                plan: order.plan,
                generation: order.generation,
                mode: order.mode,
                targets: order.targets.iter().map(|target| target.name.to_owned()).collect(),
                files: u64::try_from(changed).unwrap_or(u64::MAX),
                ended: ended(&result, &said),
                confirm_until: result.as_ref().ok().and_then(|applied| applied.confirm_until),
            };
            outcome.merge(&enforcing.journal(world, &event)?);
        }
        let applied = result?;
        if let Some(policy) = active {
            let plan = enforcing.places.enforcement().join("plan.json");
            save(&made.plan, &enforcing.disk, &plan)?;
            outcome.merge(&run_hooks(world, enforcing, Given { policy: &policy, plan: &plan })?);
        }
        let left_out = planned.targets.iter().filter(|target| target.state != "planned");
        for target in left_out {
            let why = target.error.clone().unwrap_or_else(|| format!("no {}", target.missing.join(", ")));
            warn(world, &format!("{} is left out: {why}", target.name))?;
            outcome.add(Exit::NoAnswer);
        }
        for Skipped { target, absent } in &applied.skipped {
            warn(world, &format!("{target} is left out: no {}", absent.join(", ")))?;
            outcome.add(Exit::NoAnswer);
        }
        self.show(world, made, &applied)?;
        if let Some(until) = applied.confirm_until {
            outcome.merge(&await_confirmation(world, enforcing, order.plan, until)?);
        }
        Ok(outcome)
    }

    /// Reads back what is in place already, and shows that nothing else was to be done.
    pub(super) fn hold_to(
        &self,
        world: &mut World,
        enforcing: &Enforcing,
        made: &Made,
    ) -> Result<Outcome, Failure> {
        let releases = releases(made);
        let mut session = enforcing.session(world)?;
        let kept = session.hold_to(&ordered(made, &releases));
        let taken_up = session.is_machine();
        let said = Said::by(&mut session);
        drop(session);
        let outcome = enforcing.tell(world, &said)?;
        let Kept { replies, again } = kept?;
        let (changed, skipped) = (Vec::new(), Vec::new());
        self.show(world, made, &Applied { changed, skipped, taken_up, again, replies, confirm_until: None })?;
        Ok(outcome)
    }

    /// Shows what was done.
    fn show(&self, world: &mut World, made: &Made, applied: &Applied) -> Result<(), Failure> {
        let planned = &made.computed.planned;
        if self.json {
            let document = serde_json::json!({
                "format": "interdict-applied/1",
                "plan": made.computed.digest,
                "generation": made.computed.bans.generation,
                "mode": planned.mode,
                "applied": applied,
                "next_boundary": made.plan.next_boundary,
            });
            serde_json::to_writer_pretty(&mut world.stdout, &document).map_err(std::io::Error::from)?;
            writeln!(world.stdout)?;
        } else if applied.changed.is_empty() && applied.again.is_empty() {
            writeln!(world.stdout, "Everything is in place: nothing to do.")?;
        } else if applied.changed.is_empty() {
            let again = applied.again.join(", ");
            writeln!(world.stdout, "Every file is in place. Told once more, for it had let go: {again}.")?;
        } else {
            show_changed(world, &applied.changed)?;
            for reply in &applied.replies {
                let line = format!("read back: {} ({})", reply.about, reply.target);
                writeln!(world.stdout, "{}", escape_control(&line))?;
            }
            writeln!(world.stdout, "Files: {}. Mode: {}.", in_words(&applied.changed), planned.mode)?;
        }
        world.stdout.flush()?;
        if !applied.taken_up && !applied.changed.is_empty() {
            let root = escape_control(&planned.root).into_owned();
            writeln!(world.stderr, "note: no tool was told, for none of this machine obeys {root}")?;
        }
        Ok(())
    }
}

/// Runs what the operator wants done, and enters each into the journal.
fn run_hooks(world: &mut World, enforcing: &Enforcing, given: Given<'_>) -> Result<Outcome, Failure> {
    let folder = enforcing.places.hooks();
    let ran = match hooks::run(&folder, Owner::of(world), given, enforcing.runner.as_ref()) {
        Ok(ran) => ran,
        Err(error) => {
            warn(world, &format!("no hook was run: {error}; {}", error.hint()))?;
            return Ok(Exit::NoAnswer.into());
        }
    };
    let mut outcome = hooks::outcome(&ran);
    for ran in &ran {
        if ran.failed() {
            warn(world, &ran.to_string())?;
        }
        outcome.merge(&enforcing.journal(world, &ran.event())?);
    }
    Ok(outcome)
}

/// How each target lets go.
fn releases(made: &Made) -> Vec<Vec<Command>> {
    made.computed.outputs.iter().map(|output| output.target.release()).collect()
}

/// What was computed, by target.
fn ordered<'m>(made: &'m Made, releases: &'m [Vec<Command>]) -> Vec<Ordered<'m>> {
    let outputs = made.computed.outputs.iter().zip(releases);
    let ordered = outputs.map(|(output, release)| Ordered {
        name: output.target.name(),
        rendered: &output.rendered,
        release,
    });
    ordered.collect()
}

/// Whether every file of every target is as it is to be.
pub(super) fn nothing_to_do(made: &Made) -> bool {
    let outputs = &made.computed.outputs;
    outputs.len() == made.plan.planned.targets.len()
        && outputs.iter().all(|output| {
            output.changes.iter().all(|change| *change == plan::Change::Unchanged)
                && output.leftovers.is_empty()
        })
}

/// What no target enforces, by kind.
fn not_enforced(planned: &Planned) -> Vec<NotEnforced> {
    let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
    for row in &planned.not_enforced {
        let count = kinds.entry(&row.kind).or_default();
        *count = count.saturating_add(row.identifiers);
    }
    let row = |(kind, identifiers): (&str, u64)| NotEnforced { kind: kind.to_owned(), identifiers };
    kinds.into_iter().map(row).collect()
}

/// The operator's command, which no shell reads.
fn health_check(words: &[String]) -> Option<Call> {
    let (program, arguments) = words.split_first()?;
    Some(Call { program: program.clone(), arguments: arguments.to_vec(), seconds: HEALTH_CHECK_SECONDS })
}
