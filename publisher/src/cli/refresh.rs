//! `refresh`: signs snapshot and timestamp anew, so that clients see that nothing is withheld from them; once, or for ever.

mod round;
mod watch;

use clap::Args;
use interdict_host::cli::GlobalArgs;
use interdict_host::world::World;
use interdict_schema::DateTime;
use interdict_schema::tuf::RoleType;
use thiserror::Error;

use super::Verdict;
use super::shared::{RepoArgs, RoleKeyArgs};
use crate::repository::Lifetime;

/// Signs the timestamp anew, and the snapshot when less than half of its lifetime is left
///
/// It warns 30, 14 and 7 days before the root or the targets expire, and ends with 1 in the last 7 days, having signed. Once one of
/// them has expired there is nothing that a refresh could mend: it signs nothing and ends with 5, with --watch too.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
#[command(
    after_help = "Example, once a day from a timer, or for ever:\n  interdict-publisher refresh --repo /srv/interdict\n  \
    interdict-publisher refresh --watch --repo /srv/interdict\n\n\
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

    /// Go on for ever, once a day and at random a little before, until told to end (SIGTERM)
    #[arg(long, conflicts_with_all = ["snapshot", "targets"])]
    watch: bool,

    /// With --watch: how long from one time to the next; at most half of a timestamp's lifetime [default: 24h, or that half]
    #[arg(long, value_name = "TIME", requires = "watch")]
    every: Option<Lifetime>,

    #[command(flatten)]
    keys: RoleKeyArgs,

    /// Show the result as JSON, one line each time
    #[arg(long)]
    pub json: bool,
}

/// Why nothing was signed anew.
#[derive(Debug, Error)]
enum NotRefreshed {
    #[error("the {role} metadata expired at {expires}: clients take nothing that is signed now")]
    Expired { role: RoleType, expires: DateTime },
    #[error("every {found} with timestamps that live for {lifetime}, wanted 1m to half of that")]
    Every { found: Lifetime, lifetime: Lifetime },
}

impl RefreshArgs {
    pub fn run(&self, global: &GlobalArgs, world: &mut World) -> Verdict {
        if self.watch {
            return self.for_ever(global, world);
        }
        let (_, settings) = self.repo.open(world)?;
        let (mut keyring, _) = self.keys.keyring(&settings.keys, global, world)?;
        let round = self.round(global, world, &mut keyring)?;
        round.show(world, self.json)?;
        Ok(round.outcome)
    }
}
