//! One round of syncing: each repository by itself, then one generation for all of them together.

use std::io::Write;

use interdict_host::exit::{Exit, Outcome};
use interdict_host::lock::Lock;
use interdict_host::owned::Owner;
use interdict_host::terminal::{Progress, Unit, escape_control};
use interdict_host::verifier::Provider;
use interdict_host::write::Mode;
use interdict_schema::DateTime;

use super::mirrors::configured;
use super::reading::warn;
use super::sync_failure::{SyncError, carried_failure, is_expired};
use super::{Context, Failure};
use crate::config::{Config, RepositoryConfig, RepositoryName};
use crate::enforce::admission::pin;
use crate::fetch::Fetch;
use crate::places::Places;
use crate::store::generation::{self, Alarm, Draft, HeldRepository};
use crate::store::memory::Memory;
use crate::store::roots::{self, StoredRoots};
use crate::sync::{ExpiredRoles, Salvage, Sync, Synced, held_before};
use crate::update::UpdateError;

/// Where the bytes come from.
#[derive(Clone, Copy)]
pub(super) enum Way<'a> {
    /// From where the configuration says.
    Configured {
        /// Whether a server is asked that wants to be left alone for a while.
        cool_down: CoolDown,
    },
    /// From something that was carried here.
    Carried {
        /// It.
        fetch: &'a dyn Fetch,
        /// For how many days after its expiry metadata is admitted that only adds or tightens.
        accept_stale: u32,
    },
}

/// What became of one repository.
struct RepositoryResult {
    /// What is to be in the next generation; `None` where the active one has it already.
    held: Option<HeldRepository>,
    outcome: Outcome,
    fresh_until: Option<DateTime>,
}

/// What a server's wish to be left alone for a while counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CoolDown {
    /// It is kept.
    Kept,
    /// The operator wants an answer now.
    Overridden,
}

/// Syncs these repositories and makes what they hold the active generation.
pub(super) fn sync(
    context: &mut Context<'_>,
    places: &Places,
    config: &Config,
    chosen: &[&RepositoryConfig],
    way: Way<'_>,
) -> Result<Outcome, Failure> {
    let now = context.world.now()?;
    context.world.disk.create_dir_all_synced(&places.state, Mode::Public)?;
    let _lock = Lock::acquire(&places.lock())?;
    let mut results = Vec::new();
    for repository in chosen {
        results.push(one(context, places, repository, way, now)?);
    }
    let mut outcome = Outcome::done();
    for result in &results {
        outcome.merge(&result.outcome);
        if result.fresh_until.is_some_and(|fresh_until| fresh_until <= now) {
            outcome.add(Exit::Stale);
        }
    }
    let unconfigured = unconfigured(config, places);
    for (name, is_pinned) in &unconfigured {
        let words = if *is_pinned {
            let places = places.repository(name);
            let folder = places.folder().display();
            format!("{name} is no longer configured; its directives stay in force until {folder} is removed")
        } else {
            format!("{name} is neither configured nor pinned any more; its directives are let go")
        };
        warn(context.world, &words)?;
    }
    let lets_go = unconfigured.iter().any(|(_, is_pinned)| !is_pinned);
    if lets_go || results.iter().any(|result| result.held.is_some()) {
        let configured = config.repositories.iter().map(|repository| &repository.name);
        let kept = unconfigured.iter().filter(|(_, is_pinned)| *is_pinned).map(|(name, _)| name);
        let draft = assemble(configured.chain(kept), places, results)?;
        let written = generation::write(&context.world.disk, places, draft)?;
        let (directives, alarms) = (
            written.directives().count(),
            written.repositories.iter().map(|held| held.alarms.len()).sum::<usize>(),
        );
        writeln!(
            context.world.stdout,
            "generation {}: {directives} directives held, {alarms} alarms",
            written.number
        )?;
    }
    Ok(outcome)
}

/// Syncs one repository. What goes wrong with it is shown, and does not keep the others from advancing.
fn one(
    context: &mut Context<'_>,
    places: &Places,
    repository: &RepositoryConfig,
    way: Way<'_>,
    now: DateTime,
) -> Result<RepositoryResult, Failure> {
    let name = repository.name.clone();
    let mut result = RepositoryResult { held: None, outcome: Outcome::done(), fresh_until: None };
    let synced = attempt(context, places, repository, way, now).map(|(synced, outcome)| {
        result.outcome = outcome;
        synced
    });
    match synced {
        Ok(Synced::Unchanged { alarms, fresh_until, damage }) => {
            repaired(context, &name, &damage)?;
            let freshness = freshness(fresh_until, now);
            writeln!(context.world.stdout, "{name}: up to date, {freshness}")?;
            shout(context, &name, &alarms, &mut result.outcome)?;
            result.fresh_until = Some(fresh_until);
        }
        Ok(Synced::Changed { held, damage }) => {
            repaired(context, &name, &damage)?;
            writeln!(
                context.world.stdout,
                "{name}: timestamp {}, {} directives, {}",
                held.versions().1,
                held.directives.len(),
                freshness(held.fresh_until, now)
            )?;
            shout(context, &name, &held.alarms, &mut result.outcome)?;
            result.fresh_until = Some(held.fresh_until);
            result.held = Some(*held);
        }
        Err(failure) => result.outcome.merge(&failure.show(context.world)),
    }
    Ok(result)
}

/// Says what of the store was not as it was left.
fn repaired(context: &mut Context<'_>, name: &RepositoryName, damage: &[String]) -> Result<(), Failure> {
    for damaged in damage {
        let damaged = escape_control(damaged);
        writeln!(context.world.stderr, "warning: {name}: was damaged and is made anew: {damaged}")?;
    }
    Ok(())
}

fn shout(
    context: &mut Context<'_>,
    name: &RepositoryName,
    alarms: &[Alarm],
    outcome: &mut Outcome,
) -> Result<(), Failure> {
    for alarm in alarms {
        outcome.add(alarm.kind.exit());
        let directive = alarm.directive.as_ref().map(|id| format!(" {id}:")).unwrap_or_default();
        writeln!(
            context.world.stderr,
            "alarm: {name}:{directive} {}: {}",
            alarm.kind.as_str(),
            escape_control(&alarm.reason)
        )?;
    }
    Ok(())
}

fn freshness(fresh_until: DateTime, now: DateTime) -> String {
    if fresh_until <= now {
        format!("stale since {fresh_until}")
    } else {
        format!("fresh until {fresh_until}")
    }
}

fn attempt(
    context: &mut Context<'_>,
    places: &Places,
    repository: &RepositoryConfig,
    way: Way<'_>,
    now: DateTime,
) -> Result<(Synced, Outcome), Failure> {
    let name = &repository.name;
    match way {
        Way::Configured { cool_down } => configured(context, places, repository, cool_down, now),
        Way::Carried { fetch, accept_stale } => {
            let salvage = Salvage::default();
            let expired_roles = ExpiredRoles::End;
            let carried = |as_of| Origin { fetch, now, as_of, expired_roles, salvage: &salvage };
            let mut synced = from(context, places, name, carried(now))?;
            // What is not stale is never taken by the rules for what is.
            if accept_stale > 0 && synced.as_ref().is_err_and(is_expired) {
                let as_of = now.saturating_add_seconds(-86_400 * i64::from(accept_stale));
                synced = from(context, places, name, carried(as_of))?;
            }
            let synced = synced.map_err(|source| carried_failure(name, source))?;
            Ok((synced, Outcome::done()))
        }
    }
}

/// A source of a repository, and how it is taken.
#[derive(Clone, Copy)]
pub(super) struct Origin<'a> {
    /// The source.
    pub fetch: &'a dyn Fetch,
    /// The update start time.
    pub now: DateTime,
    /// The moment at which nothing may have expired.
    pub as_of: DateTime,
    /// What that means of delegated roles.
    pub expired_roles: ExpiredRoles,
    /// What sources before it gave.
    pub salvage: &'a Salvage,
}

/// Syncs from one source.
pub(super) fn from(
    context: &Context<'_>,
    places: &Places,
    name: &RepositoryName,
    origin: Origin<'_>,
) -> Result<Result<Synced, UpdateError>, Failure> {
    let at = places.repository(name);
    let stored = match roots::read(&at)? {
        Some(stored) => Some(stored),
        None => pinned_beside_the_configuration(context, places, name)?,
    };
    let Some(stored) = stored else {
        return Err(Failure::new(&SyncError::NotTrusted { name: name.clone() }, Exit::Usage)
            .hint(format!("pin its root with `interdict trust ROOT.json --name {name}`")));
    };
    let mut memory = Memory::read(&at)?;
    let Origin { fetch, now, as_of, expired_roles, salvage } = origin;
    let profile = &Config::read(&places.config)?.profile();
    let progress = Progress::start(context.world, &format!("{name}: directives"), Unit::Items, None);
    let sync = Sync {
        disk: &context.world.disk,
        places,
        name,
        fetch,
        now,
        as_of,
        expired_roles,
        salvage,
        profile,
        verifier: &Provider,
        examples: context.examples,
        progress: &|done, total| progress.message(&format!("{name}: directive {done} of {total}")),
    };
    Ok(sync.repository(&stored, &mut memory))
}

/// The root that was pinned for enforcement: what root compared is compared for the user who syncs too, who begins with it.
fn pinned_beside_the_configuration(
    context: &Context<'_>,
    places: &Places,
    name: &RepositoryName,
) -> Result<Option<StoredRoots>, Failure> {
    let Some(bytes) = pin::read(places, name, Owner::of(context.world))? else { return Ok(None) };
    let path = places.root_pin(name);
    let now = context.world.now()?;
    let (stored, _) = pin::adopt(&context.world.disk, places, (name, &path), &bytes, (now, &Provider))?;
    Ok(Some(stored))
}

/// The repositories of the active generation that are no longer configured, each with whether its root is still pinned.
fn unconfigured(config: &Config, places: &Places) -> Vec<(RepositoryName, bool)> {
    let numbers = generation::held_numbers(places);
    let names = numbers.into_iter().find_map(|number| generation::repository_names(places, number).ok());
    let left = names.into_iter().flatten().filter(|name| config.repository(name.as_str()).is_none());
    left.map(|name| (name.clone(), places.repository(&name).pin().exists())).collect()
}

/// The next generation: what is new, and of every other repository what was held. None is ever left out in silence: an
/// edited configuration lifts no ban either.
fn assemble<'n>(
    names: impl Iterator<Item = &'n RepositoryName>,
    places: &Places,
    results: Vec<RepositoryResult>,
) -> Result<Draft, Failure> {
    let mut repositories: Vec<HeldRepository> =
        results.into_iter().filter_map(|result| result.held).collect();
    for name in names {
        if repositories.iter().any(|held| held.name == *name) {
            continue;
        }
        let would_lift = || {
            Failure::new(&SyncError::WouldLift { name: name.clone() }, Exit::Refused)
                .hint("run `interdict sync` for all repositories together")
        };
        match held_before(places, name, &Provider) {
            Ok(Some(held)) => repositories.push(held),
            Ok(None) => {
                // Never synced is no loss; held once and gone is one.
                let known =
                    Memory::read(&places.repository(name)).is_ok_and(|memory| !memory.directives.is_empty());
                if known && !generation::held_numbers(places).is_empty() {
                    return Err(would_lift());
                }
            }
            Err(_) => return Err(would_lift()),
        }
    }
    repositories.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(Draft { repositories })
}
