//! When a repository is asked next: a pure function of the clock, what became of earlier requests, and randomness.
//!
//! Servers are shared. Clients that were started together drift apart (a random start, 20% jitter), ones that fail come less
//! and less often (from 15 minutes, doubled to 24 hours), and a server that names a time (`Retry-After`, RFC 9110,
//! 10.2.3) is not asked before it, whoever restarts what in between.

use interdict_schema::DateTime;

use crate::store::history::History;

/// How long `sync --watch` waits between two requests, where nothing else is said, in seconds.
pub const INTERVAL: i64 = 6 * 3_600;
/// The shortest interval that may be asked for, in seconds.
pub const SHORTEST_INTERVAL: i64 = 15 * 60;
/// How long the first failure makes it wait, in seconds; each further one twice as long.
pub const FIRST_DELAY: i64 = 15 * 60;
/// How long failures make it wait at most, in seconds.
pub const LONGEST_DELAY: i64 = 24 * 3_600;
/// The first request after a start comes within so many seconds.
const START: i64 = 15 * 60;

/// When to ask first after a start: at once where nothing was ever fetched, else after a random while, and not before the
/// moment that was due before the restart.
pub fn first(now: DateTime, history: &History, interval: i64, random: u64) -> DateTime {
    let Some(asked) = history.asked_at else { return now };
    let start = now.saturating_add_seconds(fraction(START.min(interval), random));
    // A clock that was set back since must not make this wait for years.
    let asked = asked.min(now);
    start.max(next(asked, history, interval, random))
}

/// When to ask next, after a request at `asked`.
pub fn next(asked: DateTime, history: &History, interval: i64, random: u64) -> DateTime {
    let length = match history.failures {
        0 => interval,
        failures => {
            let doublings = failures.saturating_sub(1).min(16);
            FIRST_DELAY.saturating_mul(1 << doublings).min(LONGEST_DELAY)
        }
    };
    // Between four and six fifths of it.
    let jitter = fraction(length.saturating_mul(2) / 5, random);
    let next = asked.saturating_add_seconds((length.saturating_mul(4) / 5).saturating_add(jitter));
    history.free_at().map_or(next, |free| next.max(free))
}

/// A random part of so many seconds, both ends included.
fn fraction(of: i64, random: u64) -> i64 {
    let choices = u64::try_from(of).unwrap_or(0).saturating_add(1);
    i64::try_from(random % choices).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    fn at(seconds: i64) -> DateTime {
        DateTime::from_unix_seconds(1_500_000_000 + seconds).unwrap()
    }

    fn seconds(moment: DateTime) -> i64 {
        moment.unix_seconds() - 1_500_000_000
    }

    fn after(failures: u32) -> History {
        let mut history = History::default();
        (history.failures, history.asked_at) = (failures, Some(at(0)));
        history
    }

    /// The soonest and the latest that any randomness gives.
    fn range(moment: impl Fn(u64) -> DateTime) -> (i64, i64) {
        let all =
            (0..200_000).step_by(7).chain([u64::MAX, u64::MAX - 1]).map(|random| seconds(moment(random)));
        (all.clone().min().unwrap(), all.max().unwrap())
    }

    #[test]
    fn asks_again_after_the_interval_give_or_take_a_fifth() {
        let (soonest, latest) = range(|random| next(at(0), &after(0), INTERVAL, random));
        assert!((17_280..17_300).contains(&soonest), "{soonest}");
        assert!((25_900..=25_920).contains(&latest), "{latest}");
    }

    #[test]
    fn failures_double_the_delay_from_a_quarter_of_an_hour_to_a_day() {
        for (failures, delay) in
            [(1, 900), (2, 1_800), (3, 3_600), (7, 57_600), (8, 86_400), (9, 86_400), (u32::MAX, 86_400)]
        {
            let (soonest, latest) = range(|random| next(at(0), &after(failures), INTERVAL, random));
            let (least, most) = (delay * 4 / 5, delay * 4 / 5 + delay * 2 / 5);
            assert!((least..least + 8).contains(&soonest), "{failures}: {soonest}");
            assert!((most - 8..=most).contains(&latest), "{failures}: {latest}");
        }
    }

    #[test]
    fn never_asks_before_the_time_that_a_server_named() {
        let mut history = after(1);
        history.cool_down("one", at(50_000));
        assert_eq!(seconds(next(at(0), &history, INTERVAL, 0)), 50_000);
        // Another mirror has named none.
        history.know(&["one".into(), "two".into()]);
        assert!(seconds(next(at(0), &history, INTERVAL, 0)) < 2_000);
    }

    #[test]
    fn the_first_request_comes_at_a_random_moment_and_keeps_what_was_due() {
        assert_eq!(first(at(7), &History::default(), INTERVAL, 99), at(7), "nothing was ever fetched");
        let overdue = range(|random| first(at(100_000), &after(0), INTERVAL, random));
        assert!(overdue.0 < 100_010 && (100_890..=100_900).contains(&overdue.1), "{overdue:?}");
        // Restarted every minute, it asks no more often.
        let restarted = range(|random| first(at(60), &after(0), INTERVAL, random));
        assert!(restarted.0 >= 17_280, "{restarted:?}");
        // Nor does a restart forget the back-off.
        assert!(range(|random| first(at(60), &after(8), INTERVAL, random)).0 >= 69_120);
        // A clock that was set back costs one interval and not a decade.
        let set_back = range(|random| first(at(-900_000_000), &after(0), INTERVAL, random));
        assert!(set_back.1 <= -900_000_000 + 25_920, "{set_back:?}");
    }
}
