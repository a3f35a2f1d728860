//! `interdict bundle export FILE` and `interdict bundle import FILE`

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use interdict_host::exit::{Exit, Outcome};
use interdict_host::verifier::Provider;
use interdict_host::write::Mode;
use thiserror::Error;

use super::sync::one_of;
use super::sync_round::{Way, sync};
use super::{Context, Failure};
use crate::bundle::{self, Bundle, Incomplete, NotABundle};
use crate::config::RepositoryName;

/// Carry a repository to machines without a network
#[derive(Debug, Args)]
pub(super) struct BundleVerb {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Write all that a client at any older state needs into one file
    Export(Export),
    /// Verify such a file, and make what is new in it the active generation
    Import(Import),
}

#[derive(Debug, Args)]
#[command(after_help = "Example: interdict bundle export /mnt/usb/directives.tar")]
struct Export {
    /// The file to write
    file: PathBuf,

    /// Which repository; needed where several are followed
    name: Option<RepositoryName>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: interdict bundle import /mnt/usb/directives.tar")]
struct Import {
    /// The file to read
    file: PathBuf,

    /// Which repository; needed where several are followed
    name: Option<RepositoryName>,

    /// Admit metadata that expired at most so many days ago, as far as it only adds or tightens; the state stays stale
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=366))]
    accept_stale: Option<u32>,
}

#[derive(Debug, Error)]
enum BundleError {
    #[error("no bundle can be made of {name}")]
    Incomplete { name: RepositoryName, source: Incomplete },
    #[error("{name} is not in the active generation")]
    NotHeld { name: RepositoryName },
    #[error("{} is not a bundle", path.display())]
    NotABundle { path: PathBuf, source: NotABundle },
}

impl BundleVerb {
    pub(super) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        match self.verb {
            Verb::Export(verb) => verb.run(context),
            Verb::Import(verb) => verb.run(context),
        }
    }
}

impl Export {
    fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let now = context.world.now()?;
        let reading = context.reading()?;
        reading.warn(context.world, now)?;
        let name = &one_of(&reading.config, self.name.as_ref())?.name;
        let held =
            reading.generation.repositories.iter().find(|held| held.name == *name).ok_or_else(|| {
                Failure::new(&BundleError::NotHeld { name: name.clone() }, Exit::NoAnswer)
                    .hint(format!("fetch and verify it with `interdict sync {name}`"))
            })?;
        let files = bundle::files(held, &Provider).map_err(|source| {
            Failure::new(&BundleError::Incomplete { name: name.clone(), source }, Exit::Refused)
                .hint("`interdict status` says what was refused; sync again when the authority has mended it")
        })?;
        let path = context.world.resolve(&self.file);
        context.world.disk.replace(&path, &bundle::archive::write(&files), Mode::Public)?;
        let (_, timestamp) = held.versions();
        let mut outcome = Outcome::done();
        let freshness = match reading.staleness(held, None, now) {
            Some(_) => {
                outcome.add(Exit::Stale);
                format!("stale since {}", held.fresh_until)
            }
            None => format!("to be imported until {}", held.fresh_until),
        };
        writeln!(
            context.world.stdout,
            "wrote {} files of {name}, timestamp {timestamp}, {freshness}",
            files.len()
        )?;
        Ok(outcome)
    }
}

impl Import {
    fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let places = context.places()?;
        let config = Context::configured(&places)?;
        let repository = one_of(&config, self.name.as_ref())?;
        let path = context.world.resolve(&self.file);
        let bundle = Bundle::open(&path).map_err(|source| not_a_bundle(&path, source))?;
        let way = Way::Carried { fetch: &bundle, accept_stale: self.accept_stale.unwrap_or(0) };
        sync(context, &places, &config, &[repository], way)
    }
}

fn not_a_bundle(path: &Path, source: NotABundle) -> Failure {
    match source {
        NotABundle::Disk(error) => Failure::new(&error, Exit::NoAnswer),
        source => Failure::new(&BundleError::NotABundle { path: path.to_path_buf(), source }, Exit::Refused)
            .hint("what was held stays in force; copy the bundle again, or ask for another"),
    }
}
