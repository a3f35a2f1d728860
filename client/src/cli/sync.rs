//! `interdict sync [NAME | DIR]`

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::lock::Lock;
use interdict_host::terminal::{Progress, Unit, escape_control};
use interdict_host::verifier::Provider;
use interdict_host::write::Mode;
use interdict_schema::DateTime;
use thiserror::Error;

use super::mirrors::configured;
use super::reading::warn;
use super::watch::watch;
use super::{Context, Failure, metrics};
use crate::config::{Config, RepositoryConfig, RepositoryName};
use crate::fetch::{Directory, Fetch, FetchError, HttpError};
use crate::length_of_time::{LengthOfTime, NotALengthOfTime};
use crate::places::Places;
use crate::schedule::{INTERVAL, SHORTEST_INTERVAL};
use crate::store::generation::{self, Alarm, Draft, HeldRepository, active_number};
use crate::store::memory::Memory;
use crate::store::roots;
use crate::sync::{Sync, Synced, held_before};
use crate::update::UpdateError;

/// Fetch and verify what is new, and make it the active generation
#[derive(Debug, Args)]
#[command(
    after_help = "Examples: interdict sync dhs; interdict sync /mnt/usb; interdict sync --from /mnt/usb dhs"
)]
pub(super) struct SyncVerb {
    /// One repository, all of them where absent; or a folder with a / in it, to sync from there this once
    #[arg(value_name = "NAME or DIR")]
    target: Option<String>,

    /// Sync from this folder this once: removable media with metadata/ and targets/ on it
    #[arg(long, value_name = "DIR", conflicts_with = "watch")]
    from: Option<PathBuf>,

    /// Ask although a server wants to be left alone for a while
    #[arg(long)]
    now: bool,

    /// Go on for ever: ask again and again, at moments that are easy on servers, until told to end (SIGTERM)
    #[arg(long, conflicts_with = "now")]
    watch: bool,

    /// With --watch: how long to wait between two requests, give or take a fifth; at least 15m
    #[arg(long, value_name = "TIME", requires = "watch", value_parser = interval)]
    interval: Option<LengthOfTime>,

    /// Write metrics for Prometheus' textfile collector to this file, whatever it ends with
    #[arg(long, value_name = "FILE")]
    metrics: Option<PathBuf>,
}

fn interval(text: &str) -> Result<LengthOfTime, String> {
    let interval: LengthOfTime = text.parse().map_err(|error: NotALengthOfTime| error.to_string())?;
    if interval.seconds() < SHORTEST_INTERVAL { Err("wanted at least 15m".into()) } else { Ok(interval) }
}

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

#[derive(Debug, Error)]
pub(super) enum SyncError {
    #[error("no repository is named {name}")]
    NotSetUp { name: RepositoryName },
    #[error("{count} repositories are set up, and none is named")]
    WhichOne { count: usize },
    #[error("a folder is synced from once, and --watch goes on for ever")]
    WatchedFolder,
    #[error("{name} has no pinned root")]
    NotTrusted { name: RepositoryName },
    #[error("{name}: the connection cannot be set up")]
    Connection { name: RepositoryName, source: HttpError },
    #[error("the directives of {name} cannot be read, and leaving them out would lift their bans")]
    WouldLift { name: RepositoryName },
    #[error("{name}: {} asked to be left alone until {until}", sources.join(", "))]
    CoolingDown { name: RepositoryName, sources: Vec<String>, until: DateTime },
    #[error("{name}: nothing new was accepted")]
    Update { name: RepositoryName, source: UpdateError },
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

impl SyncVerb {
    pub(super) fn run(mut self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let places = context.places()?;
        let metrics = self.metrics.take();
        let mut result = self.sync(context, &places, metrics.as_deref());
        if let Some(file) = metrics
            && let Err(failure) = metrics::write(context, &places, &file)
        {
            match &mut result {
                Ok(outcome) => outcome.merge(&failure.show(context.world)),
                Err(_) => drop(failure.show(context.world)),
            }
        }
        result
    }

    fn sync(
        self,
        context: &mut Context<'_>,
        places: &Places,
        metrics: Option<&Path>,
    ) -> Result<Outcome, Failure> {
        let config = Context::configured(places)?;
        let (name, folder) = match (self.target, self.from) {
            (Some(folder), None) if folder.contains('/') => (None, Some(PathBuf::from(folder))),
            (target, from) => (target.as_deref().map(named).transpose()?, from),
        };
        let Some(folder) = folder else {
            let chosen = match &name {
                Some(name) => vec![chosen(&config, name)?],
                None => config.repositories.iter().collect(),
            };
            if self.watch {
                let interval = self.interval.map_or(INTERVAL, LengthOfTime::seconds);
                return watch(context, places, &config, &chosen, interval, metrics);
            }
            let cool_down = if self.now { CoolDown::Overridden } else { CoolDown::Kept };
            return sync(context, places, &config, &chosen, Way::Configured { cool_down });
        };
        if self.watch {
            return Err(Failure::new(&SyncError::WatchedFolder, Exit::Usage)
                .hint("follow a folder with `interdict setup DIR`, then watch it by its name"));
        }
        let repository = one_of(&config, name.as_ref())?;
        let folder = Directory::new(context.world.resolve(folder));
        let way = Way::Carried { fetch: &folder, accept_stale: 0 };
        sync(context, places, &config, &[repository], way)
    }
}

fn named(text: &str) -> Result<RepositoryName, Failure> {
    text.parse::<RepositoryName>().map_err(|error| Failure::new(&error, Exit::Usage))
}

fn chosen<'c>(config: &'c Config, name: &RepositoryName) -> Result<&'c RepositoryConfig, Failure> {
    config.repository(name.as_str()).ok_or_else(|| {
        Failure::new(&SyncError::NotSetUp { name: name.clone() }, Exit::Usage)
            .hint(format!("there are: {}", names(config)))
    })
}

/// The repository that is named, or the only one.
pub(super) fn one_of<'c>(
    config: &'c Config,
    name: Option<&RepositoryName>,
) -> Result<&'c RepositoryConfig, Failure> {
    match (name, config.repositories.as_slice()) {
        (Some(name), _) => chosen(config, name),
        (None, [only]) => Ok(only),
        (None, several) => Err(Failure::new(&SyncError::WhichOne { count: several.len() }, Exit::Usage)
            .hint(format!("add the name of one: {}", names(config)))),
    }
}

fn names(config: &Config) -> String {
    let names: Vec<&str> = config.repositories.iter().map(|repository| repository.name.as_str()).collect();
    names.join(", ")
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
        Ok(Synced::Unchanged { alarms, fresh_until }) => {
            let freshness = freshness(fresh_until, now);
            writeln!(context.world.stdout, "{name}: up to date, {freshness}")?;
            shout(context, &name, &alarms, &mut result.outcome)?;
            result.fresh_until = Some(fresh_until);
        }
        Ok(Synced::Changed { held, damage }) => {
            for damaged in &damage {
                writeln!(
                    context.world.stderr,
                    "warning: {name}: was damaged and has been fetched anew: {}",
                    escape_control(damaged)
                )?;
            }
            writeln!(
                context.world.stdout,
                "{name}: timestamp {}, {} directives, {}",
                held.versions().1,
                held.directives.len(),
                freshness(held.fresh_until, now)
            )?;
            shout(context, &name, &held.alarms, &mut result.outcome)?;
            result.fresh_until = Some(held.fresh_until);
            result.held = Some(held);
        }
        Err(failure) => result.outcome.merge(&failure.show(context.world)),
    }
    Ok(result)
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
            let mut synced = from(context, places, name, fetch, now, now)?;
            // What is not stale is never taken by the rules for what is.
            if accept_stale > 0 && synced.as_ref().is_err_and(is_expired) {
                let as_of = now.saturating_add_seconds(-86_400 * i64::from(accept_stale));
                synced = from(context, places, name, fetch, now, as_of)?;
            }
            let synced = synced.map_err(|source| carried_failure(name, source))?;
            Ok((synced, Outcome::done()))
        }
    }
}

/// Syncs from one source, as of a moment at which nothing may have expired.
pub(super) fn from(
    context: &Context<'_>,
    places: &Places,
    name: &RepositoryName,
    fetch: &dyn Fetch,
    now: DateTime,
    as_of: DateTime,
) -> Result<Result<Synced, UpdateError>, Failure> {
    let at = places.repository(name);
    let Some(stored) = roots::read(&at)? else {
        return Err(Failure::new(&SyncError::NotTrusted { name: name.clone() }, Exit::Usage)
            .hint(format!("pin its root with `interdict trust ROOT.json --name {name}`")));
    };
    let mut memory = Memory::read(&at)?;
    let progress = Progress::start(context.world, &format!("{name}: directives"), Unit::Items, None);
    let sync = Sync {
        disk: &context.world.disk,
        places,
        name,
        fetch,
        now,
        as_of,
        verifier: &Provider,
        examples: context.examples,
        progress: &|done, total| progress.message(&format!("{name}: directive {done} of {total}")),
    };
    Ok(sync.repository(&stored, &mut memory))
}

pub(super) fn is_expired(error: &UpdateError) -> bool {
    matches!(error, UpdateError::Refused { source, .. } if source.kind() == "expired")
}

/// What was carried here has often expired on the way, which is no attack (`trust.md`, rule 14).
fn carried_failure(name: &RepositoryName, source: UpdateError) -> Failure {
    if is_expired(&source) {
        let hint = "what was held stays in force; ask for a newer one, or import a bundle with --accept-stale DAYS, \
                    which takes from it only what adds or tightens";
        return Failure::new(&SyncError::Update { name: name.clone(), source }, Exit::Stale).hint(hint);
    }
    failure(name, source)
}

/// Each way in which an update can end has one exit and one next step.
pub(super) fn failure(name: &RepositoryName, source: UpdateError) -> Failure {
    let (exit, hint) = match &source {
        UpdateError::Refused { .. } | UpdateError::Fetch(FetchError::TooLong { .. }) => (
            Exit::Refused,
            "what was held stays in force; what was refused is kept as evidence; tell the authority",
        ),
        UpdateError::Pin { .. } => (
            Exit::Refused,
            "the store is damaged: pin the root again with `interdict trust ROOT.json --replace-trust`",
        ),
        UpdateError::WouldLift { .. } => (
            Exit::Refused,
            "the policy on disk stays as it is; ask the authority why it is not listed, or restore the state from a backup",
        ),
        UpdateError::Fetch(_) => (
            Exit::NoAnswer,
            "what was held stays in force; check the address and the network, then run it again",
        ),
        UpdateError::TooManyRoots { .. } => (Exit::NoAnswer, "run it again: it goes on where it stopped"),
        UpdateError::ClockBehind { .. } => {
            (Exit::Stale, "set the clock; nothing is accepted by a clock that runs behind")
        }
        UpdateError::Read(_) | UpdateError::Disk(_) => {
            (Exit::NoAnswer, "what was held stays in force; make room or give access, then run it again")
        }
    };
    Failure::new(&SyncError::Update { name: name.clone(), source }, exit).hint(hint)
}

/// The repositories of the active generation that are no longer configured, each with whether its root is still pinned.
fn unconfigured(config: &Config, places: &Places) -> Vec<(RepositoryName, bool)> {
    let active = active_number(places).ok().flatten();
    let names = active.and_then(|active| generation::repository_names(places, active).ok());
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
                if known && active_number(places)?.is_some() {
                    return Err(would_lift());
                }
            }
            Err(_) => return Err(would_lift()),
        }
    }
    repositories.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(Draft { repositories })
}
