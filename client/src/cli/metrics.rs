//! `--metrics FILE`, for `status` and `sync`

use std::path::Path;

use interdict_host::exit::Exit;
use interdict_host::verifier::Provider;
use interdict_host::write::Mode;

use super::{Context, Failure};
use crate::as_of::AsOf;
use crate::config::Config;
use crate::freshness::staleness;
use crate::places::Places;
use crate::presentation::metrics::{RepositoryMetrics, metrics};
use crate::store::evidence;
use crate::store::generation;
use crate::store::history::History;
use crate::store::memory::Memory;

/// Verifies what is held once more, and writes what is measured of it. A policy that is absent or does not verify is
/// written as none.
pub(super) fn write(context: &Context<'_>, places: &Places, file: &Path) -> Result<(), Failure> {
    let now = context.world.now()?;
    let config = Config::read(&places.config)?;
    let mut generation = generation::read_active(places, &Provider).ok().flatten();
    if let Some(generation) = &mut generation {
        generation.settle(AsOf::now(now));
    }
    let repositories: Vec<RepositoryMetrics> = config
        .repositories
        .iter()
        .map(|repository| {
            let at = places.repository(&repository.name);
            let refreshed_at = Memory::read(&at).ok().and_then(|memory| memory.refreshed_at);
            let mut repositories = generation.iter().flat_map(|generation| &generation.repositories);
            let held = repositories.find(|held| held.name == repository.name);
            let history = History::read(&at);
            RepositoryMetrics {
                name: repository.name.to_string(),
                refreshed_at,
                is_stale: held.is_none_or(|held| staleness(held, refreshed_at, None, now).is_some()),
                failures: history.failures,
                behind: history.sources.values().filter(|source| source.behind > 0).count(),
                refused: evidence::list(&at.evidence()),
            }
        })
        .collect();
    let text = metrics(generation.as_ref(), &repositories, now);
    let path = context.world.resolve(file);
    context.world.disk.replace(&path, text.as_bytes(), Mode::Public).map_err(|error| {
        Failure::new(&error, Exit::NoAnswer)
            .hint("what was held stays in force; give a folder that can be written to")
    })
}
