//! `interdict plan`

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use interdict_host::exit::Outcome;
use interdict_host::write::{Disk, DiskError, Mode as FileMode, StagedFile};
use interdict_schema::plan::Plan;

use super::enforcing::enter;
use super::planning::{Asked, Made, ModeArguments, ends, planning};
use super::{Context, Failure};
use crate::as_of::AsOf;
use crate::enforce::Mode;
use crate::enforce::journal::Event;
use crate::enforce::plan::{self, Adopt};

/// Show what enforcing would change on this machine, and write it down for approval
///
/// Nothing is changed. A plan shows, for each target (a tool that is already here): every file with its difference, what each rule
/// comes from, what cannot be enforced, what would be hit now, and which conditions hold.
///
/// Exit 0 where everything in force is expressed and nothing would be hit. 1 where something would be hit, is protected on
/// this machine, is not enforced by any of the targets, or a file of somebody else's is in the way. 2 for a mistake in the
/// configuration or a void exception. 3 where a target's tool is not here or something was not read, 4 for an alarm, 5 for a stale policy (the plan holds: staleness
/// lifts no ban), 6 where a directive says something that this version does not understand.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  interdict plan --target apt\n  interdict plan --target apt,nftables --enforce --out plan.json\n  interdict plan --root /mnt/image --target apt --json"
)]
pub(super) struct PlanVerb {
    /// The targets, several with commas or one by one [default: `targets` in [enforce] of the configuration]
    #[arg(long, value_delimiter = ',', value_name = "TARGET")]
    target: Vec<String>,

    /// The machine whose file system begins here, instead of this one
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,

    #[command(flatten)]
    mode: ModeArguments,

    /// Take over files that somebody else wrote or edited; undoing brings them back
    #[arg(long)]
    adopt: bool,

    /// Write the plan to this file, for `interdict apply`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// As JSON
    #[arg(long)]
    json: bool,
}

impl PlanVerb {
    pub(super) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let json = self.json;
        self.show(context).map_err(|failure| failure.in_json(json))
    }

    fn show(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let now = context.world.now()?;
        let (mut reading, admitted) = context.reading_to_enforce()?;
        reading.generation.settle(AsOf::now(now));
        let world = &mut *context.world;
        reading.warn(world, now)?;
        let asked = Asked {
            targets: self.target,
            root: self.root.as_deref().map_or_else(|| PathBuf::from("/"), |root| world.resolve(root)),
            mode: self.mode.mode(),
            adopt: if self.adopt { Adopt::Yes } else { Adopt::No },
            json: self.json,
        };
        let made = planning(world, &reading, now, &asked)?;
        let mut noted = Outcome::done();
        if let Some(out) = &self.out {
            save(&made.plan, &world.disk, &world.resolve(out))?;
            // What is only shown is nothing that anybody could approve.
            noted = enter(&reading.own, world, &event(&made, asked.root))?;
        }
        tracing::debug!(store = %reading.store.state.display(), digest = %made.computed.digest, rendered = made.computed.outputs.len(), "planned");
        if self.json {
            plan::write(&made.plan, &mut world.stdout)?;
        } else {
            let out = self.out.as_deref().map(Path::to_string_lossy);
            let page = plan::page(&made.plan, out.as_deref());
            world.stdout.write_all(page.render(&world.terminal).as_bytes())?;
        }
        let mut outcome = ends(&made.plan);
        outcome.merge(&made.outcome);
        outcome.merge(&admitted);
        outcome.merge(&noted);
        Ok(outcome)
    }
}

/// A plan that was written down, for the journal.
fn event(made: &Made, root: PathBuf) -> Event {
    let planned = &made.computed.planned;
    Event::Plan {
        root,
        plan: made.computed.digest,
        generation: made.plan.generation,
        mode: Mode::of_word(&planned.mode),
        targets: planned.targets.iter().map(|target| target.name.clone()).collect(),
    }
}

/// Writes a plan down, whole and durably, without keeping it in memory as text.
pub(super) fn save(plan: &Plan, disk: &Disk, path: &Path) -> Result<(), Failure> {
    let mut staged = disk.stage(path, FileMode::Public)?;
    let mut parts = Parts { staged: &mut staged, failed: None };
    let mut buffered = BufWriter::with_capacity(1 << 16, &mut parts);
    let written = plan::write(plan, &mut buffered).and_then(|()| buffered.flush());
    drop(buffered);
    match (parts.failed, written) {
        (Some(error), _) => return Err(error.into()),
        (None, written) => written?,
    }
    Ok(staged.replace()?)
}

/// A staged file as a writer; what the disk said is kept.
struct Parts<'p> {
    staged: &'p mut StagedFile,
    failed: Option<DiskError>,
}

impl Write for Parts<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.staged.write(bytes).map_err(|error| {
            self.failed = Some(error);
            io::Error::from(io::ErrorKind::Other)
        })?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
