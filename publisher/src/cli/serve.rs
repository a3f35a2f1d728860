//! `serve`: serves what is published, over HTTP.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::world::World;

use super::{Failure, Verdict};
use crate::serve::{AccessLog, ServeError, ServeOptions, serve};

/// Serves a repository's public folder until SIGTERM, with an access log on standard error
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  interdict-publisher serve --repo repo --listen 127.0.0.1:8080\n\n\
    Trust does not rest on the server: any static host does as well. TLS belongs to a proxy in front.")]
pub struct ServeArgs {
    /// The repository's folder, or the folder that is served
    #[arg(long, value_name = "DIR", default_value = ".")]
    repo: PathBuf,

    /// Where to listen; port 0 takes a free one, and the address is printed on standard output
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,

    /// How many connections at once
    #[arg(long, value_name = "N")]
    max_connections: Option<usize>,

    /// Keep no access log
    #[arg(short, long)]
    quiet: bool,
}

impl ServeArgs {
    pub fn run(&self, world: &mut World) -> Verdict {
        let dir = world.resolve(&self.repo);
        let public = if dir.join("public").is_dir() { dir.join("public") } else { dir };
        let mut options = ServeOptions::new(public, self.listen);
        if let Some(most) = self.max_connections {
            options.max_connections = most;
        }
        let log = if self.quiet {
            AccessLog::none()
        } else {
            AccessLog::new(world.stderr.clone(), Arc::clone(&world.clock))
        };
        serve(options, &mut world.stdout, log)?;
        Ok(Outcome::done())
    }
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Self {
        match &error {
            ServeError::RootMissing { .. } | ServeError::RootNotDirectory { .. } => {
                Self::usage(error).hint("give the repository's folder: --repo DIR")
            }
            ServeError::AddressTaken { .. } => {
                Self::new(error, Exit::NoAnswer).hint("choose another port, or 0 for a free one")
            }
            ServeError::NoConnections => Self::usage(error),
            _ => Self::new(error, Exit::NoAnswer),
        }
    }
}
