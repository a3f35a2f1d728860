//! `interdict sync [NAME | DIR]`

use std::path::{Path, PathBuf};

use clap::Args;
use interdict_host::exit::{Exit, Outcome};

use super::sync_failure::SyncError;
use super::sync_round::{CoolDown, Way, sync};
use super::watch::watch;
use super::{Context, Failure, metrics};
use crate::config::{Config, RepositoryConfig, RepositoryName};
use crate::fetch::Directory;
use crate::length_of_time::{LengthOfTime, NotALengthOfTime};
use crate::places::Places;
use crate::schedule::{INTERVAL, SHORTEST_INTERVAL};

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
                Some(name) => vec![chosen(&config, name).map_err(|failure| {
                    let folder = context.world.resolve(name.as_str());
                    let hint = format!("to sync from the folder of that name, say `interdict sync ./{name}`");
                    if folder.is_dir() { failure.hint(hint) } else { failure }
                })?],
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
