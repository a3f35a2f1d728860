//! `interdict apply`

mod carry_out;
mod confirmation;
mod differences;

use std::fmt::Display;
use std::io::Write;
use std::path::{Component, Path, PathBuf};

use clap::Args;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::terminal::escape_control;
use interdict_host::world::World;
use interdict_schema::plan::{Boundary, Plan};
use interdict_schema::{DateTime, Sha256};

use self::carry_out::nothing_to_do;
use self::differences::differences;
use super::enforcing::{Enforcing, RootArgument, Said};
use super::planning::{Asked, Made, ModeArguments, planning};
use super::reading::Reading;
use super::undo::resume;
use super::{Context, Failure};
use crate::as_of::AsOf;
use crate::enforce::Mode;
use crate::enforce::apply::ApplyError;
use crate::enforce::boundary::{self, Known, Scheduled};
use crate::enforce::plan::{self, Adopt};
use crate::length_of_time::LengthOfTime;
use crate::presentation::in_zone;

/// Carry out an approved plan, all of it or nothing
///
/// The plan is computed again from what is verified here, and carried out only where that gives the same digest; the file itself
/// is never carried out. Each tool judges the new files before they are put in place, takes them up, and is asked
/// whether it obeys; when any of that or the health check fails, everything is taken back. Beneath another --root files are judged and written,
/// and no tool is told. Applying twice changes nothing the second time.
///
/// Exit 0 when everything is in place. 1 when a gate holds it back (the window, --max-impact, a suspension, an earlier apply that nobody
/// has confirmed, or its own that nobody confirmed in time): nothing was changed, or all was taken back. 2 for wrong use, 3
/// for a target whose tool is not here (the others are in place) or a disk that gave no answer, 4 when the plan is not
/// what would be done now, a file is somebody else's, or a tool did not accept it: then nothing was changed, or all was taken back.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  interdict plan --target apt --enforce --out plan.json && interdict apply plan.json\n  interdict apply plan.json --confirm-within 5m\n  interdict apply --unattended"
)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(super) struct Apply {
    /// The plan that was approved, from `interdict plan --out`
    #[arg(value_name = "PLAN", required_unless_present_any = ["unattended", "resume"])]
    plan: Option<PathBuf>,

    /// The digest that was approved, as `interdict plan` shows it: any other plan is refused, whoever wrote it
    #[arg(long, value_name = "SHA256", conflicts_with_all = ["unattended", "resume"])]
    digest: Option<Sha256>,

    /// Without a plan, by [enforce] of the configuration alone: for the timer after a sync
    ///
    /// Files of others are never taken over. Outside the window, while suspended, or while an earlier one awaits confirmation
    /// nothing is done, and that is no error. Where neither --max-impact nor the configuration says otherwise, nothing may
    /// be hit on this machine.
    #[arg(long, conflicts_with_all = ["plan", "resume", "confirm_within"])]
    unattended: bool,

    /// Only do what is due: finish or take back what was cut short, end a suspension that is over, take back what nobody confirmed
    #[arg(long, conflicts_with_all = ["plan", "confirm_within", "max_impact", "target", "audit", "enforce"])]
    resume: bool,

    /// With --resume: end a suspension now
    #[arg(long, requires = "resume")]
    now: bool,

    /// Take everything back after this time unless `interdict confirm` comes: 5m
    #[arg(long, value_name = "TIME")]
    confirm_within: Option<LengthOfTime>,

    /// The most findings on this machine that may be hit by what is blocked [default: `max-impact` in [enforce] of the configuration]
    #[arg(long, value_name = "N")]
    max_impact: Option<u64>,

    /// With --unattended: the targets [default: those of the configuration]
    #[arg(long, value_delimiter = ',', value_name = "TARGET", conflicts_with = "plan")]
    target: Vec<String>,

    #[command(flatten)]
    mode: ModeArguments,

    #[command(flatten)]
    root: RootArgument,

    /// As JSON
    #[arg(long)]
    json: bool,
}

/// The longest time within which something may have to be confirmed, in seconds.
const LONGEST_CONFIRMATION: i64 = 24 * 3600;

/// Why nothing is applied although nothing is wrong.
#[derive(Debug, thiserror::Error)]
enum Held {
    #[error("the maintenance window {window} is closed")]
    Window { window: String },
    #[error("found {found} findings on this machine that would be hit, wanted {limit} at most")]
    Impact { found: u64, limit: u64 },
    #[error("not all of this machine could be read, so that what would be hit is not known")]
    Unread,
}

/// A plan that is not what would be done now.
#[derive(Debug, thiserror::Error)]
#[error("{}: found the plan {approved}, wanted {now}, which is what would be done now: {} changed", path.display(), what.join(", "))]
struct Differs {
    path: PathBuf,
    approved: Sha256,
    now: Sha256,
    what: Vec<String>,
}

/// A time within which nobody could confirm, or much too long.
#[derive(Debug, thiserror::Error)]
#[error("found {found} to confirm within, wanted at least 1s and at most 24h")]
struct NoTime {
    found: LengthOfTime,
}

/// A root that no plan of this program has.
#[derive(Debug, thiserror::Error)]
#[error("the plan is for {found:?}, wanted an absolute path without `..`")]
struct NoRoot {
    found: String,
}

/// A digest that a plan does not have.
#[derive(Debug, thiserror::Error)]
#[error("{}: found the plan {found}, wanted {wanted}, which was approved", path.display())]
struct OtherDigest {
    path: PathBuf,
    found: Sha256,
    wanted: Sha256,
}

/// A root that a plan is not about.
#[derive(Debug, thiserror::Error)]
#[error("the plan is for {planned}, and --root says {}", asked.display())]
struct OtherRoot {
    planned: String,
    asked: PathBuf,
}

impl Apply {
    pub(super) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let json = self.json;
        let mut next = None;
        let result = self.choose(context, &mut next);
        // Also where it failed, and last of all: a boundary that has passed meanwhile is then seen to have.
        let told = next.map_or(Ok(()), |next: Next| next.tell(context.world, json, result.is_ok()));
        result.and_then(|outcome| told.map(|()| outcome)).map_err(|failure| failure.in_json(json))
    }

    fn choose(self, context: &mut Context<'_>, next: &mut Option<Next>) -> Result<Outcome, Failure> {
        if self.resume {
            let end_now = self.now;
            return resume(context, &self.root, |session| {
                if end_now { session.end_now() } else { session.lapse() }.map(|_| ())
            });
        }
        if let Some(found) = self.confirm_within
            && !(1..=LONGEST_CONFIRMATION).contains(&found.seconds())
        {
            return Err(Failure::new(&NoTime { found }, Exit::Usage));
        }
        let approved = match &self.plan {
            Some(path) => {
                let path = context.world.resolve(path);
                let plan = plan::read(&path)?;
                if let Some(wanted) = self.digest.filter(|wanted| *wanted != plan.digest) {
                    let other = OtherDigest { path, found: plan.digest, wanted };
                    return Err(Failure::new(&other, Exit::Refused).hint("find out who has been at the plan"));
                }
                Some((plan, path))
            }
            None => None,
        };
        let asked = self.asked(context.world, approved.as_ref())?;
        let enforcing = Enforcing::new(context, asked.root.clone())?;
        let mut outcome = Outcome::done();
        // Before anything is planned: what a crash left, or what is due, changes what there is to do.
        if let Some(waits) = waits(context.world, &enforcing, &mut outcome)? {
            if !self.unattended {
                return Err(waits.into());
            }
            let record = enforcing.record()?;
            let known = Known { policy: None, record: record.as_ref(), window: None };
            let boundary = boundary::next(known, context.world.now()?);
            self.leave_alone(context.world, &waits, boundary.as_ref())?;
            *next = Some(Next { enforcing, boundary });
            return Ok(outcome);
        }
        let now = context.world.now()?;
        let (mut reading, admitted) = context.reading_to_enforce()?;
        outcome.merge(&admitted);
        reading.generation.settle(AsOf::now(now));
        let world = &mut *context.world;
        reading.warn(world, now)?;
        let made = planning(world, &reading, now, &asked)?;
        let boundary = made.plan.next_boundary.clone();
        let enforcing = &next.insert(Next { enforcing, boundary }).enforcing;
        if let Some((approved, path)) = approved
            && approved.digest != made.computed.digest
        {
            // Once it is in place, the same plan has nothing to do any more, and so is another one.
            let done = enforcing.record()?.is_some_and(|record| record.plan == approved.digest);
            if !done || !nothing_to_do(&made) {
                let what = differences(&approved.planned, &made.plan.planned);
                let differs = Differs { path, approved: approved.digest, now: made.computed.digest, what };
                return Err(Failure::new(&differs, Exit::Refused)
                    .hint("make it anew with `interdict plan --out PLAN`, and have that approved"));
            }
            outcome.merge(&self.hold_to(world, enforcing, &made)?);
            return Ok(outcome);
        }
        if let Some(held) = self.held(&made, &reading, now) {
            if self.unattended && matches!(held, Held::Window { .. }) {
                self.leave_alone(world, &held, made.plan.next_boundary.as_ref())?;
                return Ok(outcome);
            }
            return Err(Failure::new(&held, Exit::Findings).hint("nothing was changed"));
        }
        outcome.merge(&self.carry_out(world, enforcing, &made, &reading.store)?);
        Ok(outcome)
    }

    /// What is asked for: by the plan that was approved, or by the options.
    fn asked(&self, world: &World, approved: Option<&(Plan, PathBuf)>) -> Result<Asked, Failure> {
        let root = self.root.path(world);
        let Some((Plan { planned, .. }, _)) = approved else {
            let (targets, mode) = (self.target.clone(), self.mode.mode());
            return Ok(Asked { targets, root, mode, adopt: Adopt::No, json: self.json });
        };
        let is_root =
            |path: &Path| path.is_absolute() && path.components().all(|part| part != Component::ParentDir);
        if !is_root(Path::new(&planned.root)) {
            return Err(Failure::new(&NoRoot { found: planned.root.clone() }, Exit::Refused));
        }
        if self.root.is_given() && Path::new(&planned.root) != root {
            let other = OtherRoot { planned: planned.root.clone(), asked: root };
            return Err(Failure::new(&other, Exit::Usage));
        }
        Ok(Asked {
            targets: planned.targets.iter().map(|target| target.name.clone()).collect(),
            root: PathBuf::from(&planned.root),
            mode: Some(Mode::of_word(&planned.mode)),
            adopt: if planned.adopt { Adopt::Yes } else { Adopt::No },
            json: self.json,
        })
    }

    /// Says why nothing is changed although nothing is wrong.
    fn leave_alone(
        &self,
        world: &mut World,
        held: &dyn Display,
        next: Option<&Boundary>,
    ) -> Result<(), Failure> {
        writeln!(world.stderr, "note: {held}; nothing is changed")?;
        if self.json {
            let document = serde_json::json!({
                "format": "interdict-applied/1",
                "held": held.to_string(),
                "next_boundary": next,
            });
            serde_json::to_writer_pretty(&mut world.stdout, &document).map_err(std::io::Error::from)?;
            writeln!(world.stdout)?;
        }
        Ok(())
    }

    /// The gate that holds it back, if one does.
    fn held(&self, made: &Made, reading: &Reading, now: DateTime) -> Option<Held> {
        let window = reading.config.enforce.as_ref().and_then(|enforce| enforce.window.as_ref());
        if let Some(window) = window.filter(|window| !window.is_open(now)) {
            return Some(Held::Window { window: window.to_string() });
        }
        let configured = self.max_impact.or(made.plan.planned.max_impact);
        let limit = configured.or_else(|| self.unattended.then_some(0))?;
        let impact = &made.plan.impact;
        if limit < impact.blocked {
            return Some(Held::Impact { found: impact.blocked, limit });
        }
        // A machine that was read in part may hold more than was counted.
        let blocks = Mode::of_word(&made.plan.planned.mode) == Mode::Enforce;
        (blocks && !impact.complete && self.unattended).then_some(Held::Unread)
    }
}

/// What changes next by itself.
struct Next {
    enforcing: Enforcing,
    boundary: Option<Boundary>,
}

impl Next {
    /// Has it applied then, and says when it is.
    fn tell(self, world: &mut World, json: bool, show: bool) -> Result<(), Failure> {
        let Some(boundary) = &self.boundary else { return Ok(()) };
        let scheduled = self.enforcing.schedule(world, boundary.at)?;
        if json || !show {
            return Ok(());
        }
        let at = in_zone(boundary.at, &world.time_zone);
        let then = match scheduled {
            Scheduled::At(_) => "it is applied then",
            Scheduled::ByNobody => "apply again then",
        };
        let text = format!("Next change by itself, {then}: {at}, {}.", boundary::in_words(boundary));
        writeln!(world.stdout, "{}", escape_control(&text))?;
        Ok(())
    }
}

/// Does what is due, and says for what an apply has to wait then, if for anything.
fn waits(
    world: &mut World,
    enforcing: &Enforcing,
    outcome: &mut Outcome,
) -> Result<Option<ApplyError>, Failure> {
    let mut session = enforcing.session(world)?;
    let result = session.lapse();
    let waits = session.record.as_ref().and_then(|record| match &record.suspended {
        Some(suspension) => Some(ApplyError::Suspended { until: suspension.until }),
        None => record.confirm_until.map(|until| ApplyError::Unconfirmed { until }),
    });
    let said = Said::by(&mut session);
    drop(session);
    outcome.merge(&enforcing.tell(world, &said)?);
    result?;
    Ok(waits)
}
