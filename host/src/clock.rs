//! The time of day, as a parameter.
//!
//! Verification time is always what a [`Clock`] says. A clock that cannot be read is an error, never zero
//! and never "now, roughly": a freeze attack would like nothing better.

use jiff::Timestamp;
use thiserror::Error;

/// Tells the time, with the fractions of a second that a log shows. Everything else uses
/// [`World::now`](crate::world::World::now), which is in whole seconds.
pub trait Clock: Send + Sync {
    /// The present moment.
    ///
    /// # Errors
    ///
    /// [`ClockError`] when the clock cannot be read or stands outside what a [`Timestamp`] can hold.
    fn now(&self) -> Result<Timestamp, ClockError>;
}

/// The clock could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ClockError {
    /// The clock stands before 1970, as it does on a machine whose battery is empty.
    #[error("the clock stands before 1970")]
    BeforeEpoch,
    /// The clock stands after the year 9999, or before the year 0.
    #[error("the clock stands outside the years 0 to 9999")]
    OutOfRange,
    /// There is no clock, or it does not answer.
    #[error("the clock does not answer")]
    Unreadable,
}

/// The clock of the operating system: the one place that reads it.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Result<Timestamp, ClockError> {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the system's clock")]
        let now = std::time::SystemTime::now();
        if now < std::time::UNIX_EPOCH {
            return Err(ClockError::BeforeEpoch);
        }
        Timestamp::try_from(now).map_err(|_| ClockError::OutOfRange)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_clock_runs_after_1970() {
        assert!(SystemClock.now().is_ok_and(|now| now > Timestamp::UNIX_EPOCH));
    }
}
