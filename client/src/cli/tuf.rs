//! `interdict tuf --metadata-dir D … init ROOT | refresh | download`
//!
//! The command line that the TUF community's client suites drive, so its exit is 0 or 1 and nothing else.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use interdict_host::clock::ClockError;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::lock::{Lock, LockError};
use interdict_host::read::{ReadError, read_bounded};
use interdict_host::verifier::Provider;
use interdict_host::write::{DiskError, Mode};
use interdict_schema::limits::ROOT_LENGTH;
use interdict_schema::tuf::{NotATargetPath, TargetPath};
use thiserror::Error;

use super::{Context, Failure};
use crate::config::{Location, NotALocation};
use crate::fetch::{Http, HttpError, NetworkOptions};
use crate::foreign::{Download, Foreign, ForeignError, begin};
use crate::update::MetadataFolder;

/// Why it ended, other than well. The number is what suites want; the word is of our own verbs and not shown here.
pub(super) const FAILED: Exit = Exit::Findings;

/// Fetch files from any TUF repository
#[derive(Debug, Args)]
#[command(
    after_help = "Example: interdict tuf --metadata-dir meta --metadata-url https://tuf.example.org/metadata refresh",
    after_long_help = "\
Example: interdict tuf --metadata-dir meta --metadata-url https://tuf.example.org/metadata refresh

The options come before the command. The exit code is 0, or 1 for whatever went wrong. No directive is involved, nor the
configuration and the state of the other commands; the time is the system's."
)]
pub(super) struct Tuf {
    /// The folder of trusted metadata: root.json, timestamp.json and so on, delegated roles percent-encoded
    #[arg(long, value_name = "DIR")]
    metadata_dir: PathBuf,

    /// Where the repository's metadata is
    #[arg(long, value_name = "URL")]
    metadata_url: Option<String>,

    /// A target to download; several are taken in order, and the first failure ends it
    #[arg(long = "target-name", value_name = "PATH", allow_hyphen_values = true)]
    target_names: Vec<String>,

    /// Where the repository's targets are
    #[arg(long, value_name = "URL")]
    target_base_url: Option<String>,

    /// The folder for targets; a target path is percent-encoded into one file name
    #[arg(long, value_name = "DIR")]
    target_dir: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Trust a repository by its root, without asking it for anything
    Init {
        /// The root, which came by a channel you trust
        root: PathBuf,
    },
    /// Bring the metadata up to date
    Refresh,
    /// Bring the metadata up to date, then fetch targets
    Download,
}

#[derive(Debug, Error)]
enum TufError {
    #[error("found no {option}, which this command needs")]
    Missing { option: &'static str },
    #[error(transparent)]
    Location(#[from] NotALocation),
    #[error("found the folder {}, wanted http:// or https://", found.display())]
    NotAServer { found: PathBuf },
    #[error("the connection cannot be set up")]
    Connection(#[from] HttpError),
    #[error("{name:?} is not a target path")]
    TargetPath { name: String, source: NotATargetPath },
    #[error("{}", path.display())]
    Root { path: PathBuf, source: Box<ForeignError> },
    #[error("target {path}")]
    Download { path: TargetPath, source: Box<ForeignError> },
    #[error("the metadata is not up to date")]
    Refresh(#[source] Box<ForeignError>),
    #[error(transparent)]
    Clock(#[from] ClockError),
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Disk(#[from] DiskError),
}

impl Tuf {
    pub(super) fn run(self, context: &mut Context<'_>) -> Outcome {
        match self.attempt(context) {
            Ok(()) => Outcome::done(),
            Err(error) => Failure::new(&error, FAILED).show(context.world),
        }
    }

    fn attempt(&self, context: &Context<'_>) -> Result<(), TufError> {
        let world = &*context.world;
        let folder = world.resolve(&self.metadata_dir);
        let storage = MetadataFolder::new(world.disk.clone(), folder);
        let now = world.now()?;
        if let Command::Init { root: path } = &self.command {
            let root = read_bounded(&world.resolve(path), ROOT_LENGTH)?;
            let _lock = lock(&storage)?;
            return begin(&storage, &root, now, &Provider)
                .map_err(|source| TufError::Root { path: path.clone(), source: Box::new(source) });
        }
        let targets = match self.command {
            Command::Download => Some(self.targets(context)?),
            Command::Init { .. } | Command::Refresh => None,
        };
        let metadata_url = url(self.metadata_url.as_deref(), "--metadata-url")?;
        let target_url = match targets {
            Some(_) => url(self.target_base_url.as_deref(), "--target-base-url")?,
            None => metadata_url.clone(),
        };
        let fetch = Http::apart(&metadata_url, &target_url, &NetworkOptions::of(world))?;
        let _lock = lock(&storage)?;
        let foreign = Foreign { storage: &storage, fetch: &fetch, now, verifier: &Provider };
        let mut set = foreign.refresh().map_err(|source| TufError::Refresh(Box::new(source)))?;
        let Some((paths, folder)) = targets else { return Ok(()) };
        let _shared = foreign.enter(&folder)?;
        for path in paths {
            let download = foreign.download(&mut set, &path, &folder);
            match download
                .map_err(|source| TufError::Download { path: path.clone(), source: Box::new(source) })?
            {
                Download::Fetched => tracing::info!(path = path.as_str(), "fetched"),
                Download::Held => tracing::info!(path = path.as_str(), "held already"),
            }
        }
        Ok(())
    }

    /// What is to be downloaded, and where to.
    fn targets(&self, context: &Context<'_>) -> Result<(Vec<TargetPath>, PathBuf), TufError> {
        let folder = self.target_dir.as_ref().ok_or(TufError::Missing { option: "--target-dir" })?;
        if self.target_names.is_empty() {
            return Err(TufError::Missing { option: "--target-name" });
        }
        let parse = |name: &String| {
            name.parse().map_err(|source| TufError::TargetPath { name: name.clone(), source })
        };
        let paths = self.target_names.iter().map(parse).collect::<Result<_, _>>()?;
        Ok((paths, context.world.resolve(folder)))
    }
}

/// One process at a time: an older answer never overwrites a newer one.
fn lock(storage: &MetadataFolder) -> Result<Lock, TufError> {
    storage.disk().create_dir_all_synced(storage.folder(), Mode::Public)?;
    Ok(Lock::acquire(&storage.folder().join("lock"))?)
}

/// A URL that ends with `/`.
fn url(given: Option<&str>, option: &'static str) -> Result<String, TufError> {
    match Location::parse(given.ok_or(TufError::Missing { option })?, Path::new("/"))? {
        Location::Http(url) => Ok(url),
        Location::Directory(found) => Err(TufError::NotAServer { found }),
    }
}
