//! Signing anew for ever: a service that survives what passes, and ends where a person has to act.
//!
//! What passes (a disk that does not answer, another publisher at work, a clock that stands before the last publication) is told
//! and tried again, after a minute first, then after twice as long each time. Where too few keys are at hand, a client would refuse
//! what is there, or the root or the targets have expired, it ends: trying again would mend nothing, and a unit that failed is seen.
//!
//! The keys are looked for once; `publisher.toml` is otherwise read each time.

use std::io::Write;
use std::time::Duration;

use interdict_host::cli::{GlobalArgs, ReportFormat};
use interdict_host::exit::{Exit, Outcome};
use interdict_host::wait::Waited;
use interdict_host::world::World;
use interdict_schema::DateTime;

use super::round::is_by_people;
use super::{NotRefreshed, RefreshArgs};
use crate::cli::shared::current;
use crate::cli::{Failure, Verdict};
use crate::repository::Lifetime;
use crate::standing::{Urgency, expiries};

/// How long it waits from one time to the next, where nothing is said, in seconds.
const DAILY: i64 = 86_400;

/// The shortest time that may be asked for, in seconds.
const SHORTEST: i64 = 60;

/// How long the first failure makes it wait, in seconds; each further one twice as long, up to the usual time.
const FIRST_DELAY: i64 = 60;

/// The longest single wait, in seconds: a machine that slept, or whose clock was set, notices after it.
const SLICE: i64 = 15 * 60;

impl RefreshArgs {
    pub(super) fn for_ever(&self, global: &GlobalArgs, world: &mut World) -> Verdict {
        let (repository, settings) = self.repo.open(world)?;
        let every = self.every(settings.lifetimes.timestamp)?;
        let (mut keyring, _) = self.keys.keyring(&settings.keys, global, world)?;
        let (_, current) = current(&repository)?;
        let signed = settings.lifetimes.timestamp.before(current.timestamp().signed().expires);
        // Restarted again and again, it signs no more often.
        let mut next = after(world, signed, every)?;
        let now = world.now()?;
        // Nothing that waiting would mend: it ends at once, and is seen.
        if expiries(current.set(), now, &settings.lifetimes)
            .iter()
            .any(|expiry| is_by_people(expiry) && expiry.urgency == Urgency::Expired)
        {
            next = now;
        }
        let mut failures = 0_u32;
        loop {
            if wait_until(world, next, every)? == Waited::Ended {
                return Ok(Outcome::done());
            }
            match self.round(global, world, &mut keyring) {
                Ok(round) => {
                    round.show(world, self.json)?;
                    failures = 0;
                    next = after(world, world.now()?, every)?;
                }
                Err(failure) if failure.exit() == Exit::NoAnswer => {
                    failures = failures.saturating_add(1);
                    let _ = failure.show(world, self.report_format());
                    next = world.now()?.saturating_add_seconds(delay(failures, every));
                    writeln!(world.stderr, "{failures} failures in a row, tried again at {next}")?;
                }
                Err(failure) => return Err(failure),
            }
            world.stdout.flush()?;
        }
    }

    fn report_format(&self) -> ReportFormat {
        if self.json { ReportFormat::Json } else { ReportFormat::Text }
    }

    /// From one time to the next, in seconds.
    fn every(&self, lifetime: Lifetime) -> Result<i64, Failure> {
        let half = lifetime.seconds() / 2;
        match self.every {
            None => Ok(DAILY.min(half).max(1)),
            Some(found) if (SHORTEST..=half).contains(&found.seconds()) => Ok(found.seconds()),
            Some(found) => Err(Failure::usage(NotRefreshed::Every { found, lifetime })
                .hint("a refresh that fails must be possible again before the timestamp expires")),
        }
    }
}

/// How long so many failures in a row make it wait, in seconds.
fn delay(failures: u32, every: i64) -> i64 {
    FIRST_DELAY.saturating_mul(1_i64 << failures.saturating_sub(1).min(20)).min(every)
}

/// The usual time after this moment, less a random tenth of it: a fleet of authorities does not sign at the same second, and nothing
/// is ever late.
fn after(world: &mut World, moment: DateTime, every: i64) -> Result<DateTime, Failure> {
    let mut bytes = [0; 8];
    world.randomness.fill(&mut bytes).map_err(|error| Failure::new(error, Exit::NoAnswer))?;
    let tenth = u64::try_from(every / 10).unwrap_or(0).saturating_add(1);
    let early = i64::try_from(u64::from_le_bytes(bytes) % tenth).unwrap_or(0);
    Ok(moment.saturating_add_seconds(every.saturating_sub(early)))
}

/// Waits until a moment, by the clock, and never for longer than the usual time, however far the clock is set back meanwhile. Being
/// told to end is noticed even where there is nothing to wait for.
fn wait_until(world: &mut World, mut moment: DateTime, every: i64) -> Result<Waited, Failure> {
    loop {
        let left = moment.unix_seconds().saturating_sub(world.now()?.unix_seconds());
        if left > every {
            writeln!(
                world.stderr,
                "the clock was set back: the next time is not at {moment}, but within {every} s"
            )?;
            moment = world.now()?.saturating_add_seconds(every);
        }
        let slice = Duration::from_secs(u64::try_from(left.clamp(0, SLICE)).unwrap_or(0));
        if world.wait.wait(slice)? == Waited::Ended {
            return Ok(Waited::Ended);
        }
        if world.now()? >= moment {
            return Ok(Waited::Elapsed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_double_the_delay_up_to_the_usual_time() {
        let delays: Vec<i64> = [1, 2, 3, 11, 12, 100].into_iter().map(|n| delay(n, DAILY)).collect();
        assert_eq!(delays, [60, 120, 240, 61_440, 86_400, 86_400]);
    }
}
