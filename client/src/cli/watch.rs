//! `interdict sync --watch`

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use interdict_host::exit::Outcome;
use interdict_host::wait::Waited;
use interdict_host::world::World;
use interdict_schema::DateTime;

use super::sync_round::{CoolDown, Way, sync};
use super::{Context, Failure, metrics};
use crate::config::{Config, RepositoryConfig};
use crate::places::Places;
use crate::schedule;
use crate::store::history::History;
use crate::store::memory::Memory;

/// The longest single wait: a machine that slept, or whose clock was set, notices after it.
const SLICE: i64 = 15 * 60;

/// Syncs each repository whenever it is due, until told to end: while it waits at once, during a sync before the next
/// request. What fails is shown and tried again.
pub(super) fn watch(
    context: &mut Context<'_>,
    places: &Places,
    config: &Config,
    chosen: &[&RepositoryConfig],
    interval: i64,
    metrics_file: Option<&Path>,
) -> Result<Outcome, Failure> {
    let now = context.world.now()?;
    let mut due: Vec<(&RepositoryConfig, DateTime)> = Vec::new();
    for repository in chosen {
        let history = history(places, repository);
        due.push((repository, schedule::first(now, &history, interval, random(context.world)?)));
    }
    loop {
        let Some(next) = due.iter().map(|(_, moment)| *moment).min() else { return Ok(Outcome::done()) };
        context.world.stdout.flush()?;
        if wait_until(context.world, next)? == Waited::Ended {
            return Ok(Outcome::done());
        }
        let now = context.world.now()?;
        for (repository, moment) in due.iter_mut().filter(|(_, moment)| *moment <= now) {
            if context.world.wait.told().is_told() {
                return Ok(Outcome::done());
            }
            let way = Way::Configured { cool_down: CoolDown::Kept };
            // How it ended was shown, and stands in the history.
            if let Err(failure) = sync(context, places, config, &[*repository], way) {
                let _ = failure.show(context.world);
            }
            if context.world.wait.told().is_told() {
                return Ok(Outcome::done());
            }
            let history = history(places, repository);
            *moment = schedule::next(now, &history, interval, random(context.world)?);
            if let Some(file) = metrics_file
                && let Err(failure) = metrics::write(context, places, file)
            {
                let _ = failure.show(context.world);
            }
            writeln!(context.world.stdout, "{}: next at {moment}", repository.name)?;
        }
    }
}

/// What became of earlier requests, those that succeeded included.
fn history(places: &Places, repository: &RepositoryConfig) -> History {
    let places = places.repository(&repository.name);
    let mut history = History::read(&places);
    let refreshed_at = Memory::read(&places).ok().and_then(|memory| memory.refreshed_at);
    history.asked_at = history.asked_at.max(refreshed_at);
    history
}

/// Waits until a moment, by the clock. Being told to end is noticed even where there is nothing to wait for.
fn wait_until(world: &mut World, moment: DateTime) -> Result<Waited, Failure> {
    loop {
        let left = moment.unix_seconds().saturating_sub(world.now()?.unix_seconds());
        let slice = Duration::from_secs(u64::try_from(left.clamp(0, SLICE)).unwrap_or(0));
        if world.wait.wait(slice)? == Waited::Ended {
            return Ok(Waited::Ended);
        }
        if world.now()? >= moment {
            return Ok(Waited::Elapsed);
        }
    }
}

fn random(world: &mut World) -> Result<u64, Failure> {
    let mut bytes = [0; 8];
    world
        .randomness
        .fill(&mut bytes)
        .map_err(|error| Failure::new(&error, interdict_host::exit::Exit::NoAnswer))?;
    Ok(u64::from_le_bytes(bytes))
}
