//! The moment as of which deadlines are reckoned: `--as-of`.
//!
//! It is a type of its own so that it cannot be taken for the time of verification, which is always the clock
//! (`architecture.md`, invariant 4). Nothing that decides whether something is believed or fresh accepts it.

use std::fmt;
use std::str::FromStr;

use interdict_schema::DateTime;
use interdict_schema::directive::{DayOrTime, NotADayOrTime};
use jiff::tz::TimeZone;

/// A day, `2017-11-12`, which is its beginning in each issuer's zone; or a moment, `2017-11-12T12:00:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf {
    at: DayOrTime,
    /// Whether it was asked for, and is not the clock's.
    asked: bool,
}

impl AsOf {
    /// The present, where nothing else was asked for.
    pub const fn now(clock: DateTime) -> Self {
        Self { at: DayOrTime::Time(clock), asked: false }
    }

    /// A day or moment that was asked for.
    pub const fn at(on: DayOrTime) -> Self {
        Self { at: on, asked: true }
    }

    /// The moment that is meant, for deadlines in this zone.
    pub fn moment(self, zone: &TimeZone) -> DateTime {
        self.at.begin(zone)
    }

    /// The same, but where it is the clock's never before a moment that has passed: a clock that was set back brings no waiver
    /// back (`trust.md`, rule 9).
    #[must_use]
    pub fn not_before(self, floor: DateTime) -> Self {
        match self.at {
            DayOrTime::Time(clock) if !self.asked => Self::now(clock.max(floor)),
            _ => self,
        }
    }
}

impl FromStr for AsOf {
    type Err = NotADayOrTime;

    fn from_str(text: &str) -> Result<Self, NotADayOrTime> {
        Ok(Self { at: text.parse()?, asked: true })
    }
}

impl fmt::Display for AsOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.at.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    #[test]
    fn the_clocks_moment_has_a_floor_and_one_that_was_asked_for_has_none() {
        let [early, late]: [DateTime; 2] =
            ["2017-11-12T12:00:00Z", "2018-01-01T00:00:00Z"].map(|text| text.parse().unwrap());
        let utc = TimeZone::UTC;
        assert_eq!(AsOf::now(early).not_before(late).moment(&utc), late);
        assert_eq!(AsOf::now(late).not_before(early).moment(&utc), late);
        let asked: AsOf = "2017-11-12T12:00:00Z".parse().unwrap();
        assert_eq!(asked.not_before(late).moment(&utc), early);
    }

    #[test]
    fn a_day_begins_in_each_issuers_zone_and_a_moment_is_the_same_everywhere() {
        let new_york = TimeZone::get("America/New_York").unwrap();
        let day: AsOf = "2017-11-12".parse().unwrap();
        assert_eq!(day.moment(&TimeZone::UTC).to_string(), "2017-11-12T00:00:00Z");
        assert_eq!(day.moment(&new_york).to_string(), "2017-11-12T05:00:00Z");
        let moment: AsOf = "2017-11-12T12:00:00Z".parse().unwrap();
        assert_eq!(moment.moment(&new_york).to_string(), "2017-11-12T12:00:00Z");
        assert_eq!("12 November".parse::<AsOf>(), Err(NotADayOrTime));
    }
}
