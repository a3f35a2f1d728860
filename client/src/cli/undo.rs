//! `interdict undo`, `interdict suspend` and `interdict confirm`

use std::io::Write;

use clap::Args;
use interdict_host::exit::Outcome;
use interdict_schema::DateTime;

use super::enforcing::{Enforcing, RootArgument, Said, Until, ended, in_words, show_changed};
use super::{Context, Failure};
use crate::enforce::apply::{Adopt, ApplyError, Changed, Session};
use crate::enforce::journal::Event;
use crate::enforce::record::{SuspendedBy, Suspension};
use crate::presentation::in_zone;

/// Put back exactly what was there before anything was applied, until a stated moment
///
/// Every file is as it was, to the byte: contents, permissions, owner, attributes; folders that were made for files are gone. The tools take
/// that up. The directives stay in force: verdicts, exit codes and reports do not change. At its end, at most 72 hours away,
/// enforcement is put in place again by the timer or by any later `apply`.
///
/// Exit 0 when everything is as it was before. 2 where nothing was applied, or for an end that is over or too far away, 3 when
/// a tool did not take it up, the file system did not take an attribute back or the disk gave no answer, 4 when a file was edited by hand since it was written (see --adopt):
/// then nothing was changed.
#[derive(Debug, Args)]
#[command(after_help = "Example: interdict undo --reason 'the new resolver is not up yet' --until 24h")]
pub(super) struct Undo {
    #[command(flatten)]
    suspending: Suspending,
}

/// Break-glass: suspend local enforcement for a stated time
///
/// As `undo`, and told apart from it in the journal: for an emergency in which a banned product has to work at once. Every
/// command says that it is suspended. The directives stay in force: verdicts, exit codes and reports do not change. It lapses by itself at its end, at most 72 hours
/// away, by the later of the clock and the last accepted refresh.
///
/// Exit codes as those of `undo`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: interdict suspend --reason 'incident 7: the scanner is needed' --until 2018-01-02T12:00:00Z"
)]
pub(super) struct Suspend {
    #[command(flatten)]
    suspending: Suspending,
}

#[derive(Debug, Args)]
struct Suspending {
    /// Why, for the journal and for everyone who looks
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: String,

    /// Until when: a moment (2018-01-02T12:00:00Z) or a length of time (4h); 72 hours at most
    #[arg(long, value_name = "WHEN")]
    until: Until,

    /// Overwrite files that were edited by hand since they were written; what is there now is kept aside
    #[arg(long)]
    adopt: bool,

    #[command(flatten)]
    root: RootArgument,

    /// As JSON
    #[arg(long)]
    json: bool,
}

/// The longest reason, in characters.
const LONGEST_REASON: usize = 500;

fn reason(text: &str) -> Result<String, String> {
    let count = text.chars().count();
    if text.trim().is_empty() || LONGEST_REASON < count {
        return Err(format!("found {count} characters, wanted 1 to {LONGEST_REASON} that say why"));
    }
    Ok(text.to_owned())
}

impl Undo {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let json = self.suspending.json;
        self.suspending.run(context, SuspendedBy::Undo).map_err(|failure| failure.in_json(json))
    }
}

impl Suspend {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let json = self.suspending.json;
        self.suspending.run(context, SuspendedBy::Suspend).map_err(|failure| failure.in_json(json))
    }
}

impl Suspending {
    fn run(&self, context: &mut Context<'_>, by: SuspendedBy) -> Result<Outcome, Failure> {
        let root = self.root.path(context.world);
        let enforcing = Enforcing::new(context, root.clone())?;
        let world = &mut *context.world;
        let mut session = enforcing.session(world)?;
        let until = self.until.moment(session.now());
        let adopt = if self.adopt { Adopt::Yes } else { Adopt::No };
        let suspension = Suspension { by, reason: self.reason.clone(), since: session.now(), until };
        let result = session.suspend(suspension, adopt);
        let said = Said::by(&mut session);
        drop(session);
        let mut outcome = enforcing.tell(world, &said)?;
        if !matches!(result, Err(ApplyError::End { .. } | ApplyError::NothingApplied { .. })) {
            let (reason, ended) = (self.reason.clone(), ended(&result, &said));
            let event = match by {
                SuspendedBy::Undo => Event::Undo { root, reason, until, ended },
                SuspendedBy::Suspend => Event::Suspend { root, reason, until, ended },
            };
            outcome.merge(&enforcing.journal(world, &event)?);
        }
        let changed = result?;
        enforcing.schedule(world, until)?;
        self.show(context, by, until, &changed)?;
        Ok(outcome)
    }

    fn show(
        &self,
        context: &mut Context<'_>,
        by: SuspendedBy,
        until: DateTime,
        changed: &[Changed],
    ) -> Result<(), Failure> {
        let world = &mut *context.world;
        if self.json {
            let document = serde_json::json!({
                "format": "interdict-suspended/1",
                "by": by.as_str(),
                "reason": self.reason,
                "until": until,
                "changed": changed,
            });
            serde_json::to_writer_pretty(&mut world.stdout, &document).map_err(std::io::Error::from)?;
            writeln!(world.stdout)?;
            return Ok(());
        }
        show_changed(world, changed)?;
        let until = in_zone(until, &world.time_zone);
        writeln!(world.stdout, "Files: {}. Enforcement is suspended until {until}.", in_words(changed))?;
        writeln!(world.stdout, "The directives stay in force: what breaks them stays a finding.")?;
        Ok(())
    }
}

/// Keep what was applied with --confirm-within
///
/// Exit 0 when it stays, 2 when nothing awaits confirmation: then it was taken back already, or never had to be confirmed.
#[derive(Debug, Args)]
#[command(after_help = "Example: interdict confirm")]
pub(super) struct Confirm {
    #[command(flatten)]
    root: RootArgument,
}

impl Confirm {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let root = self.root.path(context.world);
        let enforcing = Enforcing::new(context, root.clone())?;
        let world = &mut *context.world;
        let mut session = enforcing.session(world)?;
        let result = session.confirm();
        let plan = session.record.as_ref().map(|record| record.plan);
        let said = Said::by(&mut session);
        drop(session);
        let mut outcome = enforcing.tell(world, &said)?;
        result?;
        if let Some(plan) = plan {
            outcome.merge(&enforcing.journal(world, &Event::Confirm { root, plan })?);
        }
        writeln!(world.stdout, "Confirmed: it stays.")?;
        Ok(outcome)
    }
}

/// Does what is due: `apply --resume`.
pub(super) fn resume(
    context: &mut Context<'_>,
    root: &RootArgument,
    now: impl FnOnce(&mut Session<'_>) -> Result<(), ApplyError>,
) -> Result<Outcome, Failure> {
    let root = root.path(context.world);
    let enforcing = Enforcing::new(context, root)?;
    let world = &mut *context.world;
    let mut session = enforcing.session(world)?;
    let result = now(&mut session);
    let said = Said::by(&mut session);
    drop(session);
    let outcome = enforcing.tell(world, &said)?;
    result?;
    if said.is_nothing() {
        writeln!(world.stdout, "Nothing is due.")?;
    }
    Ok(outcome)
}
