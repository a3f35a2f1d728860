//! Waiting for somebody to confirm.

use std::io::Write;
use std::time::Duration;

use interdict_host::exit::{Exit, Outcome};
use interdict_host::wait::Waited;
use interdict_host::world::World;
use interdict_schema::{DateTime, Sha256};

use super::super::Failure;
use super::super::enforcing::{Enforcing, Said};
use crate::enforce::apply::Back;
use crate::presentation::in_zone;

/// How often a wait for confirmation looks, in seconds.
const LOOKS_EVERY: u64 = 2;

/// Waits until somebody has confirmed, or takes everything back. Whoever ends the wait did not confirm.
pub(super) fn await_confirmation(
    world: &mut World,
    enforcing: &Enforcing,
    plan: Sha256,
    until: DateTime,
) -> Result<Outcome, Failure> {
    let at = in_zone(until, &world.time_zone);
    writeln!(world.stderr, "note: `interdict confirm` keeps it; otherwise everything is taken back at {at}")?;
    loop {
        let record = enforcing.record()?;
        let pending = record.is_some_and(|record| record.plan == plan && record.confirm_until == Some(until));
        if !pending {
            writeln!(world.stderr, "note: confirmed, taken back or suspended by another run")?;
            return Ok(Outcome::done());
        }
        let left = until.unix_seconds().saturating_sub(world.now()?.unix_seconds());
        let left = u64::try_from(left).unwrap_or(0);
        let told = left > 0 && {
            let length = Duration::from_secs(left.min(LOOKS_EVERY));
            world.wait.wait(length)? == Waited::Ended
        };
        if told || left == 0 {
            let mut session = enforcing.session(world)?;
            let back = if told { session.take_back_unconfirmed() } else { session.lapse() };
            let said = Said::by(&mut session);
            drop(session);
            let mut outcome = enforcing.tell(world, &said)?;
            if matches!(back?, Back::Reverted { .. }) {
                outcome.add(Exit::Findings);
            }
            return Ok(outcome);
        }
    }
}
