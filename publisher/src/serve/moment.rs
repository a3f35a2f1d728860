//! A clock for waits: what has lasted how long, to a few milliseconds.
//!
//! `CLOCK_MONOTONIC_COARSE` is read in a few nanoseconds and without a system call, so that each request can
//! afford it. Not here: the time of day, which is the [`Clock`](interdict_host::clock::Clock)'s.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Whoever replaces a file may do so again soon, and within one step of the file system's clock.
const SETTLED: Duration = Duration::from_secs(2);

/// Nanoseconds since some moment before the program began, as the kernel last counted them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(pub(super) u64);

impl Moment {
    pub(super) fn now() -> Self {
        let now = clock_gettime(ClockId::MonotonicCoarse);
        let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
        let nanoseconds = u64::try_from(now.tv_nsec).unwrap_or(0);
        Self(seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds))
    }

    /// The moment at which a file was found to be what it was, if nothing can have replaced it since then without leaving a
    /// trace: a file that was changed less than [`SETTLED`] ago, or that has a time to come, is looked at each time.
    pub(super) fn of_settled(self, modified: Duration) -> Option<Self> {
        let now = clock_gettime(ClockId::RealtimeCoarse);
        let now = Duration::from_secs(u64::try_from(now.tv_sec).unwrap_or(0));
        now.checked_sub(modified).is_some_and(|age| age >= SETTLED).then_some(self)
    }

    /// How long ago an earlier moment was; nothing for a later one.
    pub(super) fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "files have the time of the machine")]

    use std::time::SystemTime;

    use super::*;

    #[test]
    fn a_file_that_has_just_changed_or_is_of_a_time_to_come_is_not_settled() {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        assert_eq!(Moment(1).of_settled(now), None);
        assert_eq!(Moment(1).of_settled(Duration::MAX), None);
        assert_eq!(Moment(1).of_settled(Duration::ZERO), Some(Moment(1)));
    }

    #[test]
    fn never_runs_backwards() {
        let earlier = Moment::now();
        assert!(Moment::now() >= earlier);
        assert_eq!(Moment(5).since(Moment(7)), Duration::ZERO);
        assert_eq!(Moment(7).since(Moment(5)), Duration::from_nanos(2));
    }
}
