//! `interdict uninstall-banned DIRECTIVE…`

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};
use std::path::Path;

use clap::Args;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::terminal::escape_control;
use interdict_host::world::World;
use interdict_schema::DateTime;
use interdict_schema::directive::DirectiveId;

use super::assessing::{Ask, Assessed, Detecting, Sought, assess_with, but_for_findings};
use super::enforcing::{Enforcing, RootArgument};
use super::inventories::{Processes, of_machine};
use super::reading::{Reading, warn};
use super::{Context, Failure};
use crate::as_of::AsOf;
use crate::assess::Assets;
use crate::enforce::apply::runner::MAX_OUTPUT_BYTES;
use crate::enforce::apply::{Answer, Ended as CommandEnded};
use crate::enforce::journal::{Ended, Event};
use crate::enforce::machine::{Hashing, Machine};
use crate::enforce::plan::{self, Adopt, Request};
use crate::enforce::protected::Protected;
use crate::enforce::uninstall::tool::Run;
use crate::enforce::uninstall::{Banned, Tool, Wanted, collateral, wanted};
use crate::enforce::{Mode, plan::Computed};
use crate::exceptions::Exception;
use crate::inventory::{Inventory, Limits, Presence, machine, machine_name};

/// Remove installed packages that directives order gone, by the package manager that put them there
///
/// Nothing is removed but for directives that are named here, and only once their removal has begun. Exceptions, waivers, gates
/// (`replacement-present`), the maintenance window, a suspension and what is protected on this machine hold it back, as they hold back
/// `apply`. The package manager is asked first what it would do, which is shown; more than --max-impact other packages, or
/// one that this machine needs, and it is not asked to do it. Configuration files stay.
///
/// Exit 0 where nothing is left of it. 1 where something is: nobody agreed, something holds it back, it only perhaps is what is meant, or
/// no package manager of the system can remove it. 2 for wrong use, 3 where a package manager is not here or failed.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  interdict uninstall-banned BOD-17-01\n  interdict uninstall-banned BOD-17-01 --yes --max-impact 2"
)]
pub(super) struct UninstallBanned {
    /// The directives
    #[arg(required = true, value_name = "DIRECTIVE")]
    directives: Vec<DirectiveId>,

    /// Do not ask
    #[arg(long)]
    yes: bool,

    /// The most packages that may go besides what is banned, because they need it
    #[arg(long, value_name = "N", default_value_t = 0)]
    max_impact: usize,

    #[command(flatten)]
    root: RootArgument,
}

/// A directive that is not held.
#[derive(Debug, thiserror::Error)]
#[error("found no directive {found} in the policy, wanted one that is held")]
struct NoSuchDirective {
    found: DirectiveId,
}

/// Why nothing is removed although something is to go.
#[derive(Debug, thiserror::Error)]
enum HeldBack {
    #[error("enforcement is suspended until {until}")]
    Suspended { until: DateTime },
    #[error("the maintenance window {window} is closed")]
    Window { window: String },
    #[error("nobody agreed")]
    NotAgreed,
}

/// Why a package manager is not told to remove anything.
#[derive(Debug, thiserror::Error)]
enum NotRemoved {
    #[error("{program} is not here")]
    Absent { program: &'static str },
    #[error("{0}")]
    Refused(CommandEnded),
    #[error("{program} would do more than remove packages")]
    More { program: &'static str },
    #[error("{program} said more than can be read")]
    TooMuch { program: &'static str },
    #[error("{name} would go, which this machine needs: {what}")]
    Protected { name: String, what: String },
    #[error("{found} other packages would go ({names}), wanted {limit} at most: see --max-impact")]
    Impact { found: usize, limit: usize, names: String },
}

impl NotRemoved {
    fn exit(&self) -> Exit {
        match self {
            Self::Absent { .. } | Self::Refused(_) | Self::More { .. } | Self::TooMuch { .. } => {
                Exit::NoAnswer
            }
            Self::Protected { .. } | Self::Impact { .. } => Exit::Findings,
        }
    }
}

/// What a package manager is to remove.
struct Removal {
    tool: Tool,
    arguments: Vec<String>,
    packages: BTreeSet<Banned>,
}

impl UninstallBanned {
    pub(super) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let now = context.world.now()?;
        let (mut reading, mut ended) = context.reading_to_enforce()?;
        reading.generation.settle(AsOf::now(now));
        let enforcing = Enforcing::new(context, self.root.path(context.world))?;
        let world = &mut *context.world;
        reading.warn(world, now)?;
        let held =
            |id: &DirectiveId| reading.generation.directives().any(|(_, held)| held.directive().id == *id);
        if let Some(found) = self.directives.iter().find(|id| !held(id)) {
            return Err(Failure::new(&NoSuchDirective { found: found.clone() }, Exit::Usage)
                .hint("`interdict list` shows what is held"));
        }
        let now_or_later = reading.not_before(now);
        if let Some(suspension) =
            enforcing.record()?.as_ref().and_then(|record| record.suspension(now_or_later))
        {
            return Err(held_back(&HeldBack::Suspended { until: suspension.until }));
        }
        let directives: BTreeSet<DirectiveId> = self.directives.iter().cloned().collect();
        let found = survey(world, &reading, now, &enforcing.root, |world, found, bans, stands| {
            ended.merge(&stands);
            let wanted = wanted(found.assessment, &bans.bans, &directives, now_or_later);
            tell(world, &wanted, &mut ended)?;
            let machine = Machine::read(&enforcing.root, found.assessment.inventory, Hashing::NotRead);
            let enforce = reading.config.enforce.clone().unwrap_or_default();
            let protected = Protected::new(&machine, &reading.config.repositories, &enforce.protected);
            let mut removals = Vec::new();
            for (tool, packages) in &wanted.packages {
                match self.simulate(world, &enforcing, *tool, packages, &protected)? {
                    Ok(removal) => removals.push(removal),
                    Err(why) => {
                        ended.add(why.exit());
                        warn(world, &format!("nothing is removed by {}: {why}", tool.program()))?;
                    }
                }
            }
            Ok(removals)
        })?;
        if found.is_empty() {
            return Ok(ended);
        }
        let window = reading.config.enforce.as_ref().and_then(|enforce| enforce.window.as_ref());
        if let Some(window) = window.filter(|window| !window.is_open(now)) {
            return Err(held_back(&HeldBack::Window { window: window.to_string() }));
        }
        if !self.agreed(world, &found)? {
            return Err(held_back(&HeldBack::NotAgreed));
        }
        for removal in &found {
            ended.merge(&remove(world, &enforcing, removal)?);
        }
        Ok(ended)
    }

    /// Asks a package manager what it would do, shows that, and judges it.
    fn simulate(
        &self,
        world: &mut World,
        enforcing: &Enforcing,
        tool: Tool,
        packages: &BTreeMap<Banned, BTreeSet<DirectiveId>>,
        protected: &Protected<'_>,
    ) -> io::Result<Result<Removal, NotRemoved>> {
        let program = tool.program();
        if !enforcing.runner.is_there(program) {
            return Ok(Err(NotRemoved::Absent { program }));
        }
        let arguments: Vec<String> = packages.keys().filter_map(|banned| tool.argument(banned)).collect();
        let call = tool.call(&arguments, &enforcing.root, Run::Simulated);
        let answer = enforcing.runner.run(&call);
        let Ok(Answer { status: Some(0), too_long: false, stdout, .. }) = &answer else {
            // All of it: rpm names what needs a package below its first line.
            let said = answer.as_ref().map(|answer| answer.stderr.as_slice()).unwrap_or_default();
            writeln!(world.stderr, "{program} says:")?;
            for line in String::from_utf8_lossy(said).lines() {
                writeln!(world.stderr, "  {}", escape_control(line))?;
            }
            return Ok(Err(NotRemoved::Refused(CommandEnded::of(&call, &answer))));
        };
        let said = String::from_utf8_lossy(stdout).into_owned();
        writeln!(world.stdout, "{program} would do this:")?;
        for line in said.lines() {
            writeln!(world.stdout, "  {}", escape_control(line))?;
        }
        if said.len() >= MAX_OUTPUT_BYTES {
            return Ok(Err(NotRemoved::TooMuch { program }));
        }
        let names: Vec<&str> = packages.keys().map(|banned| banned.name.as_str()).collect();
        let Some(removed) = tool.removed(&said, &names) else { return Ok(Err(NotRemoved::More { program })) };
        let banned: BTreeSet<&str> = names.into_iter().collect();
        let collateral = collateral(tool, removed, &banned, protected);
        if let Some((name, what)) = collateral.protected.into_iter().next() {
            return Ok(Err(NotRemoved::Protected { name, what }));
        }
        let (found, limit) = (collateral.others.len(), self.max_impact);
        if found > limit {
            let names = collateral.others.into_iter().collect::<Vec<_>>().join(", ");
            return Ok(Err(NotRemoved::Impact { found, limit, names }));
        }
        Ok(Ok(Removal { tool, arguments, packages: packages.keys().cloned().collect() }))
    }

    fn agreed(&self, world: &mut World, found: &[Removal]) -> io::Result<bool> {
        if self.yes {
            return Ok(true);
        }
        let packages: usize = found.iter().map(|removal| removal.packages.len()).sum();
        let answer =
            world.ask(&format!("Remove {packages} banned packages, and what is said above? [y/N]"))?;
        Ok(answer.is_some_and(|answer| matches!(answer.trim(), "y" | "Y" | "yes")))
    }
}

fn held_back(why: &HeldBack) -> Failure {
    let failure = Failure::new(why, Exit::Findings);
    match why {
        HeldBack::NotAgreed => failure.hint("nothing was removed; --yes does not ask"),
        HeldBack::Suspended { .. } | HeldBack::Window { .. } => failure.hint("nothing was removed"),
    }
}

/// Assesses what is installed beneath a root, with what may be enforced of it.
fn survey<T>(
    world: &mut World,
    reading: &Reading,
    now: DateTime,
    root: &Path,
    then: impl FnOnce(&mut World, &Assessed<'_, '_>, &Computed, Outcome) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let kept = RefCell::new(Inventory::default());
    let read = |_: &mut World, _: &Sought<'_>| {
        let inventory = of_machine(root, Processes::of(root));
        kept.replace(inventory.clone());
        Ok((inventory, Assets { one: machine_name::name_of(root), ..Assets::default() }))
    };
    let ask = Ask { as_of: None, json: false, detecting: Detecting::NotRemembered };
    assess_with(world, reading, now, ask, read, |world, found| {
        let survey = reading.exceptions(now);
        let counting: Vec<&Exception> = survey.counting().collect();
        let computed = plan::compute(&Request {
            places: &reading.places,
            config: &reading.config,
            generation: &reading.generation,
            exceptions: &counting,
            inventory: &kept.borrow(),
            root,
            now: reading.not_before(now),
            // Whoever names a directive here asks for its removal, not for a log of it.
            mode: Mode::Enforce,
            targets: &[],
            adopt: Adopt::No,
        })?;
        // What was found counts once it stays.
        let stands = but_for_findings(found.assessment, found.standing);
        then(world, &found, &computed, stands)
    })
}

/// Shows what is to go and what cannot.
fn tell(world: &mut World, wanted: &Wanted, ended: &mut Outcome) -> io::Result<()> {
    for (tool, packages) in &wanted.packages {
        for (banned, directives) in packages {
            let directives = directives.iter().map(DirectiveId::as_str).collect::<Vec<_>>().join(", ");
            let version = banned.version.as_deref().unwrap_or_default();
            let line = format!("{} {version} ({}): {directives}", banned.name, tool.ecosystem());
            writeln!(world.stdout, "{}", escape_control(&line))?;
        }
    }
    for name in &wanted.others {
        ended.add(Exit::Findings);
        warn(
            world,
            &format!("{name}: ordered gone, and no package manager of the system removes it: do it by hand"),
        )?;
    }
    if wanted.left > 0 {
        ended.add(Exit::Findings);
        warn(
            world,
            &format!(
                "findings of these directives that stay: {}; `interdict check` shows them and `interdict plan` what holds them back",
                wanted.left
            ),
        )?;
    }
    if wanted.packages.is_empty() {
        writeln!(world.stdout, "No installed package is ordered gone now.")?;
    }
    Ok(())
}

/// Has a package manager remove what was shown, writes that into the journal, and looks whether it is gone.
fn remove(world: &mut World, enforcing: &Enforcing, removal: &Removal) -> Result<Outcome, Failure> {
    let call = removal.tool.call(&removal.arguments, &enforcing.root, Run::Real);
    let answer = enforcing.runner.run(&call);
    let refused = !matches!(&answer, Ok(Answer { status: Some(0), too_long: false, .. }));
    let still = still_there(removal, &enforcing.root);
    let names = |packages: &BTreeSet<&Banned>| {
        packages.iter().map(|banned| banned.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let mut outcome = Outcome::done();
    let became = if refused {
        let said = CommandEnded::of(&call, &answer).to_string();
        outcome.add(Exit::NoAnswer);
        warn(world, &said)?;
        Ended::Failed { why: said }
    } else if still.is_empty() {
        Ended::Done
    } else {
        Ended::Failed { why: format!("still installed: {}", names(&still)) }
    };
    let event = Event::UninstallBanned {
        packages: removal.packages.iter().map(|banned| banned.name.clone()).collect(),
        ended: became,
    };
    if !still.is_empty() {
        outcome.add(Exit::Findings);
        warn(world, &format!("still installed: {}", names(&still)))?;
    }
    for gone in removal.packages.iter().filter(|banned| !still.contains(banned)) {
        writeln!(world.stdout, "{}", escape_control(&format!("removed {}", gone.name)))?;
    }
    outcome.merge(&enforcing.journal(world, &event)?);
    Ok(outcome)
}

/// What of a removal is installed all the same.
fn still_there<'r>(removal: &'r Removal, root: &Path) -> BTreeSet<&'r Banned> {
    let inventory = machine::read(root, &Limits::STANDARD);
    let there = |banned: &&Banned| {
        inventory.components.iter().any(|found| {
            found.ecosystem.as_deref() == Some(removal.tool.ecosystem())
                && found.name == banned.name
                && found.version == banned.version
                && found.presence != Presence::Residual
        })
    };
    removal.packages.iter().filter(there).collect()
}
