//! Computing a plan from what is held: what `plan` shows and `apply` computes again.
//!
//! Not here: what a plan says ([`crate::enforce::plan`]), and how it looks.

use std::cell::RefCell;
use std::path::PathBuf;

use clap::Args;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::world::World;
use interdict_schema::DateTime;
use interdict_schema::plan::Plan;

use super::Failure;
use super::assessing::{Ask, Assessed, Detecting, Sought, assess_with, outcome};
use super::inventories::{Processes, of_machine};
use super::reading::{Reading, warn};
use crate::assess::{Assets, Unreadable};
use crate::config::Enforce;
use crate::enforce::Mode;
use crate::enforce::boundary::{self, Known};
use crate::enforce::plan::{self, Adopt, Computed, NotAPlan, PlanError, Request};
use crate::enforce::record::RecordError;
use crate::enforce::target::{self, Target};
use crate::exceptions::Exception;
use crate::inventory::{Inventory, machine_name};

/// What is asked for.
pub(super) struct Asked {
    /// The targets by name; those of the configuration where there are none.
    pub targets: Vec<String>,
    /// The root, absolute.
    pub root: PathBuf,
    /// The mode; that of the configuration where none is given.
    pub mode: Option<Mode>,
    /// Whether files of others are taken over.
    pub adopt: Adopt,
    /// Whether complaints are to be JSON.
    pub json: bool,
}

/// `--audit` and `--enforce`.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct ModeArguments {
    /// Log, block nothing [default: `mode` in [enforce] of the configuration, else this]
    #[arg(long, conflicts_with = "enforce")]
    audit: bool,

    /// Block what the orders let be blocked now
    #[arg(long)]
    enforce: bool,
}

impl ModeArguments {
    /// The mode, where one is asked for.
    pub fn mode(self) -> Option<Mode> {
        if self.enforce { Some(Mode::Enforce) } else { self.audit.then_some(Mode::Audit) }
    }
}

/// What came of it.
pub(super) struct Made {
    /// What is needed to carry it out.
    pub computed: Computed,
    /// The document.
    pub plan: Plan,
    /// How the policy and this machine stand: stale, alarms, exceptions, and what was not read.
    pub outcome: Outcome,
}

/// A target that this version does not have.
#[derive(Debug, thiserror::Error)]
#[error("found the target {found:?}, wanted one of {}", names())]
struct NoSuchTarget {
    found: String,
}

/// No target was named anywhere.
#[derive(Debug, thiserror::Error)]
#[error("no target is chosen, neither by --target nor by `targets` in [enforce] of the configuration")]
struct NoTarget;

fn names() -> String {
    target::ALL.iter().map(|target| target.name()).collect::<Vec<_>>().join(", ")
}

impl From<PlanError> for Failure {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::Entries(error) => error.into(),
            PlanError::Disk(error) => error.into(),
            PlanError::Base(error) => error.into(),
            PlanError::Record(error) => error.into(),
            PlanError::Gate(_) => {
                Self::new(&error, Exit::NoAnswer).hint("nothing is blocked that waits for it")
            }
        }
    }
}

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::Read(error) => error.into(),
            RecordError::Form { .. } | RecordError::Other { .. } => Self::new(&error, Exit::Refused).hint(
                "what was written into this machine is unknown, so nothing is written over it: restore the file; or remove it, and \
                 take over with --adopt what stands there",
            ),
        }
    }
}

impl From<NotAPlan> for Failure {
    fn from(error: NotAPlan) -> Self {
        match error {
            NotAPlan::Read(error) => error.into(),
            NotAPlan::Form { .. } | NotAPlan::Format { .. } => {
                Self::new(&error, Exit::Usage).hint("make one with `interdict plan --out PLAN`")
            }
            NotAPlan::Digest { .. } => Self::new(&error, Exit::Refused)
                .hint("make it anew with `interdict plan --out PLAN`, and have that approved"),
        }
    }
}

/// The chosen targets, in the order of all.
fn chosen(asked: &[String], enforce: &Enforce) -> Result<Vec<&'static dyn Target>, Failure> {
    let configured = || enforce.targets.iter().map(|target| target.as_str().to_owned()).collect();
    let names: Vec<String> = if asked.is_empty() { configured() } else { asked.to_vec() };
    if let Some(found) = names.iter().find(|name| target::named(name).is_none()) {
        return Err(Failure::new(&NoSuchTarget { found: found.clone() }, Exit::Usage));
    }
    if names.is_empty() {
        let all = target::ALL.iter().map(|target| format!("{} ({})", target.name(), target.about()));
        let all = all.collect::<Vec<_>>().join(", ");
        return Err(Failure::new(&NoTarget, Exit::Usage).hint(format!("choose from: {all}")));
    }
    let is_chosen = |target: &&&dyn Target| names.iter().any(|name| name == target.name());
    Ok(target::ALL.iter().filter(is_chosen).copied().collect())
}

/// Computes a plan from a reading that was settled for `now`.
pub(super) fn planning(
    world: &mut World,
    reading: &Reading,
    now: DateTime,
    asked: &Asked,
) -> Result<Made, Failure> {
    let enforce = reading.config.enforce.clone().unwrap_or_default();
    let targets = chosen(&asked.targets, &enforce)?;
    let root = asked.root.as_path();
    // What is assessed is kept, because gates and the protected list ask for the same packages.
    let kept = RefCell::new(Inventory::default());
    let read = |_: &mut World, _: &Sought<'_>| {
        let inventory = of_machine(root, Processes::of(root));
        kept.replace(inventory.clone());
        Ok((inventory, Assets { one: machine_name::name_of(root), ..Assets::default() }))
    };
    let ask = Ask { as_of: None, json: asked.json, detecting: Detecting::NotRemembered };
    assess_with(world, reading, now, ask, read, |world, found| {
        let Assessed { assessment, standing, exceptions } = found;
        let survey = reading.exceptions(now);
        let counting: Vec<&Exception> = survey.counting().collect();
        let request = Request {
            places: &reading.places,
            config: &reading.config,
            generation: &reading.generation,
            exceptions: &counting,
            inventory: &kept.borrow(),
            root,
            now: reading.not_before(now),
            mode: asked.mode.unwrap_or(enforce.mode),
            targets: &targets,
            adopt: asked.adopt,
        };
        let computed = plan::compute(&request)?;
        let impact = plan::impact(assessment, &computed.bans, &computed.outputs);
        let mut stands = outcome(assessment, standing, &[]);
        stands.merge(exceptions.outcome());
        let machine = machine_name::name_of(root).unwrap_or_default();
        let known = Known {
            policy: Some((&reading.generation, &survey.standings, &machine)),
            record: computed.record.as_ref(),
            window: enforce.window.as_ref(),
        };
        let next = boundary::next(known, request.now);
        let plan = plan::document(&computed, &reading.config, now, next, impact);
        for found in &assessment.unreadable {
            let Unreadable { directive, subject, identifier, error } = found;
            let what = format!("{} {}", identifier.kind, identifier.value);
            warn(world, &format!("{directive} {subject}: nothing is enforced by {what}: {error}"))?;
        }
        Ok(Made { computed, plan, outcome: stands })
    })
}

/// How a plan ends: 3 for a target that is absent or failed, 6 for kinds that this version does not know, 1 for what would be
/// hit, is protected, refused or not enforced.
pub(super) fn ends(plan: &Plan) -> Outcome {
    let mut outcome = Outcome::done();
    let planned = &plan.planned;
    if planned.targets.iter().any(|target| target.state != "planned") {
        outcome.add(Exit::NoAnswer);
    }
    let unknown = |kind: &str| !interdict_schema::product::identifier::KINDS.contains(&kind);
    if planned.not_enforced.iter().any(|row| unknown(&row.kind)) {
        outcome.add(Exit::Unsupported);
    }
    let refused =
        planned.targets.iter().flat_map(|target| &target.files).any(|file| file.change == "refused");
    let hit = plan.impact.blocked > 0 || plan.impact.audited > 0;
    if hit || refused || !planned.protected.is_empty() || !planned.not_enforced.is_empty() {
        outcome.add(Exit::Findings);
    }
    outcome
}
