//! How long metadata is valid.

use std::fmt;
use std::str::FromStr;

use interdict_schema::DateTime;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// How long metadata is valid: 1 second to 3,650 days. Text form: a number and a unit, `365d`, `12h`, `30m` or `90s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lifetime(u32);

/// A text that is not a [`Lifetime`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a lifetime of 1s to 3650d, in days, hours, minutes or seconds: 365d, 12h, 30m, 90s")]
pub struct NotALifetime;

const DAY: u32 = 86_400;
const MOST: u32 = 3_650 * DAY;
const UNITS: [(char, u32); 4] = [('d', DAY), ('h', 3_600), ('m', 60), ('s', 1)];

impl Lifetime {
    /// So many days, at least 1 and at most 3,650.
    pub const fn days(days: u16) -> Self {
        // A u16 becomes a u32 without loss; `From` is not const.
        let bytes = days.to_le_bytes();
        let days = u32::from_le_bytes([bytes[0], bytes[1], 0, 0]);
        if days == 0 {
            return Self(DAY);
        }
        if days > 3_650 { Self(MOST) } else { Self(days * DAY) }
    }

    /// In seconds.
    pub fn seconds(self) -> i64 {
        i64::from(self.0)
    }

    /// The moment at which metadata signed now expires.
    pub fn after(self, now: DateTime) -> DateTime {
        now.saturating_add_seconds(i64::from(self.0))
    }

    /// The moment at which metadata was signed that expires then.
    pub fn before(self, expires: DateTime) -> DateTime {
        expires.saturating_add_seconds(-i64::from(self.0))
    }

    /// Whether less than half of this is left until `expires`: time to sign anew.
    pub fn is_half_spent(self, now: DateTime, expires: DateTime) -> bool {
        expires < now.saturating_add_seconds(i64::from(self.0 / 2))
    }
}

impl fmt::Display for Lifetime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, seconds) =
            UNITS.into_iter().find(|(_, seconds)| self.0.is_multiple_of(*seconds)).unwrap_or(('s', 1));
        write!(f, "{}{unit}", self.0 / seconds)
    }
}

impl FromStr for Lifetime {
    type Err = NotALifetime;

    fn from_str(text: &str) -> Result<Self, NotALifetime> {
        let (unit, seconds) =
            UNITS.into_iter().find(|(unit, _)| text.ends_with(*unit)).ok_or(NotALifetime)?;
        let digits = text.strip_suffix(unit).ok_or(NotALifetime)?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotALifetime);
        }
        let whole = digits.parse::<u32>().ok().and_then(|n| n.checked_mul(seconds)).ok_or(NotALifetime)?;
        if (1..=MOST).contains(&whole) { Ok(Self(whole)) } else { Err(NotALifetime) }
    }
}

impl Serialize for Lifetime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Lifetime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes_and_refuses_nothing_and_too_much() {
        for text in ["365d", "12h", "30m", "90s", "1s", "3650d"] {
            assert_eq!(text.parse::<Lifetime>().map(|lifetime| lifetime.to_string()), Ok(text.to_owned()));
        }
        for text in ["0d", "0s", "3651d", "d", "", "7", "+7d", "-7d", "7w", "7 d", "99999999999d", "٣d"] {
            assert_eq!(text.parse::<Lifetime>(), Err(NotALifetime), "{text}");
        }
        assert_eq!(Lifetime::days(7).to_string(), "7d");
    }

    #[test]
    fn is_half_spent_one_second_past_the_middle() {
        let week = Lifetime::days(7);
        let expires = week.after(DateTime::EPOCH);
        let middle = DateTime::EPOCH.saturating_add_seconds(7 * 43_200);
        assert!(!week.is_half_spent(middle, expires));
        assert!(week.is_half_spent(middle.saturating_add_seconds(1), expires));
    }
}
