//! `refresh`: signs snapshot and timestamp anew, so that clients see that nothing is withheld from them.

use std::io::Write;

use clap::Args;
use interdict_host::cli::GlobalArgs;
use interdict_host::exit::Outcome;
use interdict_host::world::World;
use interdict_schema::DateTime;
use interdict_schema::tuf::Version;
use serde::Serialize;
use tracing::info;

use super::Verdict;
use super::shared::{RepoArgs, RoleKeyArgs, current, show_json};
use crate::publish::{Resign, resign, self_check, sign_staged};
use crate::repository::write;

/// Signs the timestamp anew, and the snapshot when less than half of its lifetime is left
#[derive(Debug, Args)]
#[command(
    after_help = "Example, once a day from a timer:\n  interdict-publisher refresh --repo /srv/interdict\n\n\
    Only the online keys are needed, unless --targets is given."
)]
pub struct RefreshArgs {
    #[command(flatten)]
    repo: RepoArgs,

    /// Sign the snapshot anew, whatever is left of its lifetime
    #[arg(long)]
    snapshot: bool,

    /// Sign the targets anew: once a year, with the offline targets keys
    #[arg(long)]
    targets: bool,

    #[command(flatten)]
    keys: RoleKeyArgs,

    /// Show the result as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Serialize)]
struct Refreshed {
    targets: Version,
    snapshot: Version,
    timestamp: Version,
    fresh_until: DateTime,
}

impl RefreshArgs {
    pub fn run(&self, global: &GlobalArgs, world: &mut World) -> Verdict {
        let now = world.now()?;
        let (repository, settings) = self.repo.open(world)?;
        let _lock = repository.lock()?;
        write::prepare(&world.disk, &repository)?;
        let (folder, current) = current(&repository)?;
        current.check_clock(now, &settings.lifetimes)?;
        let what = Resign { targets: self.targets, snapshot: self.snapshot };
        let staged = resign(&current, what, now, &settings.lifetimes);
        let (mut keyring, mut credentials) = self.keys.keyring(&settings.keys, global, world)?;
        let new = sign_staged(&staged, current.root().signed(), &mut keyring, &mut credentials)?;
        let set = self_check(Some(current.set()), &new, &folder, [], now)?;
        write::write(&world.disk, &repository, &new)?;
        info!(repository = %repository.dir().display(), timestamp = staged.timestamp_version(), "refreshed");
        let timestamp = set.timestamp();
        let refreshed = Refreshed {
            targets: set.targets().map_or(0, |targets| targets.signed().version),
            snapshot: set.snapshot().map_or(0, |snapshot| snapshot.signed().version),
            timestamp: timestamp.map_or(0, |timestamp| timestamp.signed().version),
            fresh_until: timestamp.map_or(now, |timestamp| timestamp.signed().expires),
        };
        if self.json {
            show_json(world, &refreshed)?;
        } else {
            writeln!(
                world.stdout,
                "timestamp version {}, snapshot {}, fresh until {}",
                refreshed.timestamp, refreshed.snapshot, refreshed.fresh_until
            )?;
        }
        Ok(Outcome::done())
    }
}
