//! The maintenance window: when changes may be made to the machine.
//!
//! A window belongs to the day on which it begins, in its own zone; one that ends before it begins ends on the day after.
//! It begins with its first minute and is over with its last: `from = "22:00"`, `to = "04:00"` ends at 04:00:00.

use std::fmt;
use std::str::FromStr;

use interdict_schema::DateTime;
use interdict_schema::directive::deadline::zone;
use jiff::ToSpan as _;
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// When changes may be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Window {
    /// On which days it begins; every day where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<Day>,
    /// Its first minute.
    pub from: ClockTime,
    /// The minute at which it is over.
    pub to: ClockTime,
    /// The IANA name of its zone.
    pub zone: String,
    #[serde(skip)]
    time_zone: TimeZone,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Day {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Day {
    const fn weekday(self) -> Weekday {
        match self {
            Self::Mon => Weekday::Monday,
            Self::Tue => Weekday::Tuesday,
            Self::Wed => Weekday::Wednesday,
            Self::Thu => Weekday::Thursday,
            Self::Fri => Weekday::Friday,
            Self::Sat => Weekday::Saturday,
            Self::Sun => Weekday::Sunday,
        }
    }
}

/// A time of day to the minute: `22:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClockTime(Time);

/// A text that is not a [`ClockTime`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("found {found:?}, wanted a time of day from 00:00 to 23:59")]
pub struct NotAClockTime {
    /// The text.
    pub found: String,
}

impl FromStr for ClockTime {
    type Err = NotAClockTime;

    fn from_str(text: &str) -> Result<Self, NotAClockTime> {
        let two = |text: &str| {
            let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            if digits { text.parse::<i8>().ok() } else { None }
        };
        let read = || {
            let (hour, minute) = text.split_once(':')?;
            Time::new(two(hour)?, two(minute)?, 0, 0).ok()
        };
        read().map(Self).ok_or_else(|| NotAClockTime { found: text.into() })
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0.hour(), self.0.minute())
    }
}

impl Serialize for ClockTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ClockTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Window {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Written {
            #[serde(default)]
            days: Vec<Day>,
            from: ClockTime,
            to: ClockTime,
            zone: String,
        }
        let Written { days, from, to, zone: name } = Written::deserialize(deserializer)?;
        if from == to {
            return Err(de::Error::custom(format_args!(
                "found a window from {from} to {to}, wanted two times"
            )));
        }
        let time_zone = zone(&name).map_err(|_| {
            de::Error::custom(format_args!("found the zone {name:?}, wanted an IANA name: America/New_York"))
        })?;
        Ok(Self { days, from, to, zone: name, time_zone })
    }
}

impl Window {
    /// Whether a moment lies in it.
    pub fn is_open(&self, now: DateTime) -> bool {
        self.nearest(now).any(|(from, to)| from <= now && now < to)
    }

    /// When it opens next, after a moment at which it is closed.
    pub fn opens(&self, now: DateTime) -> Option<DateTime> {
        self.nearest(now).map(|(from, _)| from).filter(|from| now < *from).min()
    }

    /// The windows from the day before a moment to the same weekday of the week after.
    fn nearest(&self, now: DateTime) -> impl Iterator<Item = (DateTime, DateTime)> {
        let today = self.time_zone.to_datetime(now.timestamp()).date();
        (-1..=8).filter_map(move |days: i64| {
            let day = today.checked_add(days.days()).ok()?;
            let begins = self.days.is_empty() || self.days.iter().any(|on| on.weekday() == day.weekday());
            let over = if self.to <= self.from { day.tomorrow().ok()? } else { day };
            let moment = |at| DateTime::from_timestamp(self.time_zone.to_timestamp(at).ok()?).ok();
            let pair = (moment(day.to_datetime(self.from.0))?, moment(over.to_datetime(self.to.0))?);
            begins.then_some(pair)
        })
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days: Vec<String> = self.days.iter().map(|day| format!("{day:?}")).collect();
        let days = if days.is_empty() { "every day".to_owned() } else { days.join(", ") };
        write!(f, "{days} from {} to {} {}", self.from, self.to, self.zone)
    }
}
