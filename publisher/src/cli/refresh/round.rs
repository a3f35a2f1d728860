//! Signing anew, once.

use std::io::Write;

use interdict_host::cli::GlobalArgs;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::world::World;
use interdict_schema::DateTime;
use interdict_schema::tuf::{RoleType, Version};
use serde::Serialize;
use tracing::info;

use super::{NotRefreshed, RefreshArgs};
use crate::cli::Failure;
use crate::cli::journaled::journaled;
use crate::cli::shared::{current, show_json};
use crate::cli::status::{exit_of, words};
use crate::journal::{Deed, Verb};
use crate::keyring::Keyring;
use crate::publish::{Resign, resign, self_check, sign_staged};
use crate::repository::write;
use crate::standing::{Expiry, Urgency, expiries};

/// What was signed, and what it means for the exit code.
pub struct Round {
    refreshed: Refreshed,
    /// How it ended.
    pub outcome: Outcome,
}

#[derive(Serialize)]
struct Refreshed {
    targets: Version,
    snapshot: Version,
    timestamp: Version,
    fresh_until: DateTime,
    /// Root or targets that expire soon.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    expiring: Vec<Expiry>,
}

impl RefreshArgs {
    /// Signs anew with the keys of a ring, which outlives it.
    pub fn round(
        &self,
        global: &GlobalArgs,
        world: &mut World,
        keyring: &mut Keyring,
    ) -> Result<Round, Failure> {
        let now = world.now()?;
        let (repository, settings) = self.repo.open(world)?;
        let _lock = repository.lock()?;
        write::prepare(&world.disk, &repository)?;
        let (folder, current) = current(&repository)?;
        current.check_clock(now, &settings.lifetimes)?;
        for expiry in expiries(current.set(), now, &settings.lifetimes) {
            let signed_now = self.targets && expiry.role == RoleType::Targets;
            if is_by_people(&expiry) && expiry.urgency == Urgency::Expired && !signed_now {
                let (role, expires) = (expiry.role, expiry.expires);
                let failure = Failure::new(NotRefreshed::Expired { role, expires }, Exit::Stale);
                return Err(failure.hint(words(&expiry).unwrap_or_default()));
            }
        }
        let what = Resign { targets: self.targets, snapshot: self.snapshot };
        let staged = resign(&current, what, now, &settings.lifetimes);
        let mut credentials = self.keys.secrets.credentials(global.example_keys(), world);
        let new = sign_staged(&staged, current.root().signed(), keyring, &mut credentials)?;
        let set = self_check(Some(current.set()), &new, &folder, [], now)?;
        let deed = Deed::new(Verb::Refresh).installing(&new);
        let deed = keyring.labels().fold(deed, |deed, (keyid, label)| deed.called(keyid, label));
        let write =
            |world: &mut World| Ok(write::write(&world.disk, &repository, &new, settings.compressed)?);
        let ((), mut outcome) = journaled(world, &repository, &deed, write)?;
        info!(repository = %repository.dir().display(), timestamp = staged.timestamp_version(), "refreshed");
        let timestamp = set.timestamp();
        let mut expiring = expiries(&set, now, &settings.lifetimes);
        expiring.retain(|expiry| is_by_people(expiry) && expiry.urgency > Urgency::Fine);
        for expiry in &expiring {
            outcome.add(exit_of(expiry.urgency));
        }
        let refreshed = Refreshed {
            targets: set.targets().map_or(0, |targets| targets.signed().version),
            snapshot: set.snapshot().map_or(0, |snapshot| snapshot.signed().version),
            timestamp: timestamp.map_or(0, |timestamp| timestamp.signed().version),
            fresh_until: timestamp.map_or(now, |timestamp| timestamp.signed().expires),
            expiring,
        };
        Ok(Round { refreshed, outcome })
    }
}

/// Whether people sign it, and not a timer.
pub(super) fn is_by_people(expiry: &Expiry) -> bool {
    matches!(expiry.role, RoleType::Root | RoleType::Targets)
}

impl Round {
    /// Shows what was signed, and warns of what expires.
    pub fn show(&self, world: &mut World, json: bool) -> Result<(), Failure> {
        let refreshed = &self.refreshed;
        if json {
            show_json(world, refreshed)?;
        } else {
            writeln!(
                world.stdout,
                "timestamp version {}, snapshot {}, fresh until {}",
                refreshed.timestamp, refreshed.snapshot, refreshed.fresh_until
            )?;
        }
        for expiry in &refreshed.expiring {
            writeln!(
                world.stderr,
                "warning: {} expires at {}, in {} days: {}",
                expiry.role,
                expiry.expires,
                expiry.days_left,
                words(expiry).unwrap_or_default()
            )?;
        }
        Ok(())
    }
}
