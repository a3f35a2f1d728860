//! `interdict digest`

use std::io::Write;

use clap::Args;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::lock::Lock;
use interdict_host::write::Mode;

use super::exceptions::complain;
use super::status::standing;
use super::{Context, Failure};
use crate::as_of::AsOf;
use crate::length_of_time::LengthOfTime;
use crate::presentation::digest;
use crate::store::digest::{Remembered, RememberedError};

/// What changed since the last digest and what falls due: nothing on most days, for a daily mail
///
/// What is stale (5), raises an alarm (4) or is missing (3) is said each time, and so are the agency's own exceptions (2
/// where one is void).
#[derive(Debug, Args)]
#[command(after_help = "Example: interdict digest --within 14d")]
pub(super) struct Digest {
    /// How far ahead deadlines are told: 36h, 14d, 4w
    #[arg(long, value_name = "TIME", default_value = "14d")]
    within: LengthOfTime,

    /// Leave the next digest to tell the same again
    #[arg(long)]
    keep: bool,
}

impl From<RememberedError> for Failure {
    fn from(error: RememberedError) -> Self {
        match error {
            RememberedError::Read(_) => Self::new(&error, Exit::NoAnswer),
            RememberedError::Damaged { .. } => Self::new(&error, Exit::Refused)
                .hint("remove the file; the next digest then tells everything that is in force as new"),
        }
    }
}

impl Digest {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let now = context.world.now()?;
        let mut reading = context.reading()?;
        reading.generation.settle(AsOf::now(now));
        let status = standing(&reading, None, now);
        let world = &mut *context.world;
        complain(world, &reading.exceptions(now), false)?;
        // What a user was told is the user's own, also where the service's state is read.
        let own = &reading.own;
        let lock = if self.keep {
            None
        } else {
            world.disk.create_dir_all_synced(&own.state, Mode::Public)?;
            Some(Lock::acquire(&own.lock())?)
        };
        let before = Remembered::read(&own.digest())?;
        let digest = reading.asked(now, |asked| {
            digest(&reading.generation, asked, before.as_ref(), &status, self.within, &world.time_zone)
        });
        world.stdout.write_all(digest.page.render(&world.terminal).as_bytes())?;
        world.stdout.flush()?;
        // Only what was told is known: a mail that could not be written is written again.
        if lock.is_some() {
            digest.remember.write(&world.disk, &own.digest())?;
        }
        drop(lock);
        Ok(digest.outcome)
    }
}
