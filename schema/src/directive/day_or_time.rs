//! What orders state as "13 September 2017" or as "noon on 15 January".

use core::fmt;
use core::str::FromStr;

use alloc::string::String;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
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
            Self::Day(day) => moment(day, Time::midnight(), zone),
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

/// The last second of a day in a zone: the second before the next day begins, whatever the clocks do that night.
pub(super) fn end_of_day(day: Date, zone: &TimeZone) -> DateTime {
    moment(day.tomorrow().unwrap_or(Date::MAX), Time::midnight(), zone).saturating_add_seconds(-1)
}

/// A civil time in a zone. In a gap the moment after it, in a fold the earlier one (RFC 5545, 3.3.5).
pub(super) fn moment(day: Date, time: Time, zone: &TimeZone) -> DateTime {
    let timestamp =
        zone.to_ambiguous_timestamp(day.to_datetime(time)).compatible().unwrap_or(jiff::Timestamp::MAX);
    DateTime::from_timestamp(timestamp).unwrap_or(DateTime::MAX)
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
        let day_shaped = text.len() == 10
            && text
                .bytes()
                .enumerate()
                .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
        if !day_shaped {
            return Err(NotADayOrTime);
        }
        text.parse().map(Self::Day).map_err(|_| NotADayOrTime)
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
