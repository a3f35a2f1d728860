//! Moments.

use core::fmt;
use core::str::FromStr;

use alloc::string::String;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A moment in UTC, in whole seconds.
///
/// The text form is RFC 3339 with `Z` and no fraction, `2017-09-13T00:00:00Z`: the only form that every TUF client
/// reads (TUF 1.0.34, 4.2.1). Reading accepts exactly that form, from year 0 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime(Timestamp);

/// A text that is not a [`DateTime`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a moment of the form 2017-09-13T00:00:00Z")]
pub struct NotADateTime;

impl DateTime {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(Timestamp::constant(0, 0));
    /// The last moment that can be written.
    pub const MAX: Self = Self(Timestamp::constant(Self::MAX_SECOND, 0));

    /// The moment of a timestamp; a fraction of a second is dropped.
    ///
    /// # Errors
    /// Where the year is outside 0 to 9999 and the text form could not be read back.
    pub fn from_timestamp(timestamp: Timestamp) -> Result<Self, NotADateTime> {
        let whole =
            Timestamp::from_second(timestamp.as_second().min(Self::MAX_SECOND)).map_err(|_| NotADateTime)?;
        // A moment before 1970 with a fraction rounds towards the past, as every later moment does.
        let whole = if whole > timestamp {
            Timestamp::from_second(whole.as_second().saturating_sub(1)).map_err(|_| NotADateTime)?
        } else {
            whole
        };
        if whole.as_second() < Self::MIN_SECOND { Err(NotADateTime) } else { Ok(Self(whole)) }
    }

    /// Seconds since 1970-01-01T00:00:00Z, negative before it.
    pub fn unix_seconds(self) -> i64 {
        self.0.as_second()
    }

    /// The moment so many seconds after 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// Where the year is outside 0 to 9999.
    pub fn from_unix_seconds(seconds: i64) -> Result<Self, NotADateTime> {
        Timestamp::from_second(seconds).map_err(|_| NotADateTime).and_then(Self::from_timestamp)
    }

    /// The same moment for calendar arithmetic.
    pub fn timestamp(self) -> Timestamp {
        self.0
    }

    /// This moment moved by a number of seconds, held within the years 0 to 9999.
    #[must_use]
    pub fn saturating_add_seconds(self, seconds: i64) -> Self {
        let moved = self.unix_seconds().saturating_add(seconds).clamp(Self::MIN_SECOND, Self::MAX_SECOND);
        Self(Timestamp::from_second(moved).unwrap_or(self.0))
    }

    /// 0000-01-01T00:00:00Z.
    const MIN_SECOND: i64 = -62_167_219_200;
    /// 9999-12-30T22:00:00Z, the last second of jiff's range.
    const MAX_SECOND: i64 = 253_402_207_200;
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for DateTime {
    type Err = NotADateTime;

    fn from_str(text: &str) -> Result<Self, NotADateTime> {
        let shape = b"0000-00-00T00:00:00Z";
        let fits = text.len() == shape.len()
            && text
                .bytes()
                .zip(shape)
                .all(|(byte, want)| if *want == b'0' { byte.is_ascii_digit() } else { byte == *want });
        if !fits {
            return Err(NotADateTime);
        }
        text.parse().map_err(|_| NotADateTime).and_then(Self::from_timestamp)
    }
}

impl Serialize for DateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "json-schema")]
impl schemars::JsonSchema for DateTime {
    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        "DateTime".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "format": "date-time",
            "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$",
            "description": "A moment in UTC: RFC 3339, whole seconds, Z.",
        })
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn reads_only_whole_seconds_in_utc() {
        let moment: DateTime = "2017-09-13T04:05:06Z".parse().unwrap();
        assert_eq!(moment.to_string(), "2017-09-13T04:05:06Z");
        for bad in [
            "2017-09-13",
            "2017-09-13T04:05:06+00:00",
            "2017-09-13T04:05:06.5Z",
            "2017-13-13T04:05:06Z",
            "2017-09-13t04:05:06z",
            " 2017-09-13T04:05:06Z",
            "２017-09-13T04:05:06Z",
            "",
        ] {
            assert_eq!(bad.parse::<DateTime>(), Err(NotADateTime), "{bad}");
        }
    }

    #[test]
    fn a_fraction_is_dropped_towards_the_past_on_both_sides_of_1970() {
        for (from, to) in [
            ("1969-12-31T23:59:58.5Z", "1969-12-31T23:59:58Z"),
            ("1970-01-01T00:00:01.9Z", "1970-01-01T00:00:01Z"),
        ] {
            assert_eq!(DateTime::from_timestamp(from.parse().unwrap()).unwrap().to_string(), to);
        }
    }

    #[test]
    fn arithmetic_stays_within_the_years_that_can_be_written() {
        let late: DateTime = "9999-12-01T00:00:00Z".parse().unwrap();
        let end = late.saturating_add_seconds(i64::MAX);
        assert_eq!(end.to_string().parse::<DateTime>(), Ok(end));
    }
}
