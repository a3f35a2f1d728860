//! What orders state as "13 September 2017" or as "noon on 15 January", and where a day begins and ends.
//!
//! Clocks that are moved at midnight make days that begin at 01:00 (a gap), that have two midnights (a fold), or that are
//! not there at all. One rule covers them: a day begins with the first moment that bears its date, and ends with the last.

use core::fmt;
use core::str::FromStr;

use alloc::string::String;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::{AmbiguousOffset, AmbiguousTimestamp, TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::DateTime;

/// A calendar day in the issuer's zone, `2017-09-13`, or a moment, `2020-07-17T18:00:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DayOrTime {
    /// A whole day.
    Day(Date),
    /// A moment.
    Time(DateTime),
}

/// A text that is neither a day nor a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither a day, 2017-09-13, nor a moment, 2020-07-17T18:00:00Z")]
pub struct NotADayOrTime;

impl DayOrTime {
    /// The day, in this zone.
    pub fn day(self, zone: &TimeZone) -> Date {
        match self {
            Self::Day(day) => day,
            Self::Time(time) => zone.to_datetime(time.timestamp()).date(),
        }
    }

    /// The first moment that is meant: midnight at the beginning of a day, in this zone.
    pub fn begin(self, zone: &TimeZone) -> DateTime {
        match self {
            Self::Day(day) => begin_of_day(day, zone),
            Self::Time(time) => time,
        }
    }

    /// The last moment that is meant: the last second of a day, in this zone.
    pub fn end(self, zone: &TimeZone) -> DateTime {
        match self {
            Self::Day(day) => end_of_day(day, zone),
            Self::Time(time) => time,
        }
    }
}

/// The first second that bears this date. A day that the zone skips begins where the one after it does.
fn begin_of_day(day: Date, zone: &TimeZone) -> DateTime {
    let midnight = zone.to_ambiguous_timestamp(day.to_datetime(Time::midnight()));
    let first = match midnight.offset() {
        AmbiguousOffset::Gap { .. } => end_of_gap(midnight, zone),
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => midnight.earlier().ok(),
    };
    whole(first)
}

/// The last second that bears this date. A day that the zone skips ends where the one before it does.
fn end_of_day(day: Date, zone: &TimeZone) -> DateTime {
    let Ok(next) = day.tomorrow() else { return DateTime::MAX };
    let midnight = zone.to_ambiguous_timestamp(next.to_datetime(Time::midnight()));
    let before = |next: Option<Timestamp>| whole(next).saturating_add_seconds(-1);
    match midnight.offset() {
        AmbiguousOffset::Unambiguous { .. } => before(midnight.earlier().ok()),
        AmbiguousOffset::Gap { .. } => before(end_of_gap(midnight, zone)),
        // Where the clocks go back over midnight, the day goes on after its first midnight; where they go back to
        // midnight, it does not.
        AmbiguousOffset::Fold { .. } => {
            let last = before(midnight.later().ok());
            let is_the_day = zone.to_datetime(last.timestamp()).date() == day;
            if is_the_day { last } else { before(midnight.earlier().ok()) }
        }
    }
}

/// The first moment after the hour that the clocks leave out.
fn end_of_gap(midnight: AmbiguousTimestamp, zone: &TimeZone) -> Option<Timestamp> {
    let after = midnight.later().ok()?;
    // Preceding means strictly before, and the gap may have begun at midnight itself.
    let beyond = Timestamp::from_second(after.as_second().saturating_add(1)).ok()?;
    zone.preceding(beyond).next().map_or(Some(after), |transition| Some(transition.timestamp()))
}

fn whole(timestamp: Option<Timestamp>) -> DateTime {
    timestamp.and_then(|timestamp| DateTime::from_timestamp(timestamp).ok()).unwrap_or(DateTime::MAX)
}

/// A calendar day, `2017-09-13`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub Date);

/// A text that is not a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a day of the form 2017-09-13")]
pub struct NotADay;

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for Day {
    type Err = NotADay;

    fn from_str(text: &str) -> Result<Self, NotADay> {
        let shape = |(at, byte): (usize, u8)| {
            if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() }
        };
        if text.len() != 10 || !text.bytes().enumerate().all(shape) {
            return Err(NotADay);
        }
        text.parse().map(Self).map_err(|_| NotADay)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "json-schema")]
impl schemars::JsonSchema for Day {
    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": r"^\d{4}-\d\d-\d\d$",
            "description": "A calendar day.",
        })
    }
}

impl fmt::Display for DayOrTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => write!(f, "{day}"),
            Self::Time(time) => write!(f, "{time}"),
        }
    }
}

impl FromStr for DayOrTime {
    type Err = NotADayOrTime;

    fn from_str(text: &str) -> Result<Self, NotADayOrTime> {
        if let Ok(time) = text.parse() {
            return Ok(Self::Time(time));
        }
        text.parse().map(|Day(day)| Self::Day(day)).map_err(|_| NotADayOrTime)
    }
}

impl Serialize for DayOrTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DayOrTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "json-schema")]
impl schemars::JsonSchema for DayOrTime {
    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        "DayOrTime".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": r"^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?$",
            "description": "A day in the issuer's zone, or a moment in UTC.",
        })
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;
    use crate::directive::deadline::zone;

    fn of(day: &str, name: &str) -> (String, String) {
        let day: DayOrTime = day.parse().unwrap();
        let zone = zone(name).unwrap();
        (day.begin(&zone).to_string(), day.end(&zone).to_string())
    }

    fn is(day: &str, name: &str, begin: &str, end: &str) {
        assert_eq!(of(day, name), (begin.into(), end.into()), "{day} {name}");
    }

    #[test]
    fn a_day_whose_midnight_does_not_exist_begins_after_the_gap() {
        is("2018-11-03", "America/Sao_Paulo", "2018-11-03T03:00:00Z", "2018-11-04T02:59:59Z");
        is("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-05T01:59:59Z");
    }

    #[test]
    fn a_day_whose_first_midnight_lies_inside_a_gap_begins_with_the_moment_after_it() {
        // At 23:30 on 30 March 1919 the clocks of Toronto went to 00:30.
        is("1919-03-30", "America/Toronto", "1919-03-30T05:00:00Z", "1919-03-31T04:29:59Z");
        is("1919-03-31", "America/Toronto", "1919-03-31T04:30:00Z", "1919-04-01T03:59:59Z");
    }

    #[test]
    fn a_day_with_two_midnights_begins_with_the_first() {
        // At 01:00 on 4 November 2018 the clocks of Havana went back to 00:00.
        is("2018-11-03", "America/Havana", "2018-11-03T04:00:00Z", "2018-11-04T03:59:59Z");
        is("2018-11-04", "America/Havana", "2018-11-04T04:00:00Z", "2018-11-05T04:59:59Z");
    }

    #[test]
    fn a_day_that_goes_on_after_its_first_midnight_ends_with_its_last_second() {
        // At 00:01 on 29 October 2006 the clocks of St John's went back to 23:01.
        is("2006-10-28", "America/St_Johns", "2006-10-28T02:30:00Z", "2006-10-29T03:29:59Z");
        is("2006-10-29", "America/St_Johns", "2006-10-29T02:30:00Z", "2006-10-30T03:29:59Z");
    }

    #[test]
    fn clocks_that_are_moved_by_day_make_a_day_shorter_or_longer() {
        is("2024-03-10", "America/New_York", "2024-03-10T05:00:00Z", "2024-03-11T03:59:59Z");
        is("2024-11-03", "America/New_York", "2024-11-03T04:00:00Z", "2024-11-04T04:59:59Z");
    }

    #[test]
    fn a_day_that_a_zone_skips_ends_with_the_day_before_it() {
        // Samoa went from 29 to 31 December 2011.
        is("2011-12-29", "Pacific/Apia", "2011-12-29T10:00:00Z", "2011-12-30T09:59:59Z");
        is("2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30T09:59:59Z");
        is("2011-12-31", "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31T09:59:59Z");
    }

    #[test]
    fn only_a_day_of_four_two_and_two_digits_is_read() {
        assert_eq!("2017-09-13".parse::<Day>().unwrap().to_string(), "2017-09-13");
        for bad in ["2017-9-13", "20170913", "2017-02-29", "2017-09-13T00:00:00Z", "+017-09-13", ""] {
            assert_eq!(bad.parse::<Day>(), Err(NotADay), "{bad}");
        }
    }
}
