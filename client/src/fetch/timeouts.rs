//! How long a server may take, as an operator writes it: `read = "20s"`, `connect = "500ms"`.
//!
//! There is no bound on a whole file beside these: how long one may take in all follows from the least pace and from the
//! most bytes that it may have.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

/// The longest patience that may be asked for.
const LONGEST: Duration = Duration::from_mins(10);

/// How long a server may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timeouts {
    /// For a connection to come about.
    pub connect: Patience,
    /// To begin its answer, and to go on with it.
    pub read: Patience,
    /// To find its pace; after that it must keep 8 KiB a second over the whole of a file.
    pub grace: Patience,
}

impl Default for Timeouts {
    fn default() -> Self {
        let seconds = |seconds| Patience(Duration::from_secs(seconds));
        Self { connect: seconds(10), read: seconds(20), grace: seconds(10) }
    }
}

impl Timeouts {
    /// Whether they are those that hold where nothing is said.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A time to wait: 1 millisecond to 10 minutes, in whole milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Patience(Duration);

/// A text that is not a [`Patience`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("found {found:?}, wanted a time from 1ms to 10m, 20s for instance")]
pub struct NotAPatience {
    /// The text.
    pub found: String,
}

impl Patience {
    /// The time.
    pub fn duration(self) -> Duration {
        self.0
    }
}

impl FromStr for Patience {
    type Err = NotAPatience;

    fn from_str(text: &str) -> Result<Self, NotAPatience> {
        let parsed = text.parse::<SignedDuration>().ok().and_then(|length| Duration::try_from(length).ok());
        let whole = |length: &Duration| length.subsec_nanos().is_multiple_of(1_000_000);
        parsed
            .filter(|length| !length.is_zero() && *length <= LONGEST && whole(length))
            .map(Self)
            .ok_or_else(|| NotAPatience { found: text.into() })
    }
}

impl fmt::Display for Patience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_millis() {
            whole if whole % 1_000 == 0 => write!(f, "{}s", whole / 1_000),
            millis => write!(f, "{millis}ms"),
        }
    }
}

impl Serialize for Patience {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Patience {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    #[test]
    fn a_patience_is_from_a_millisecond_to_ten_minutes() {
        for (text, wanted) in
            [("1ms", "1ms"), ("20s", "20s"), ("1.5s", "1500ms"), ("10m", "600s"), ("600s", "600s")]
        {
            assert_eq!(text.parse::<Patience>().unwrap().to_string(), wanted, "{text}");
        }
        for bad in ["", "0s", "0ms", "999us", "1500us", "10m 1ms", "11m", "-1s", "20", "soon"] {
            assert_eq!(bad.parse::<Patience>(), Err(NotAPatience { found: bad.into() }), "{bad}");
        }
    }

    #[test]
    fn what_is_not_said_is_as_ever() {
        let timeouts: Timeouts = toml::from_str("read = \"250ms\"").unwrap();
        assert_eq!(timeouts, Timeouts { read: "250ms".parse().unwrap(), ..Timeouts::default() });
        assert!(!timeouts.is_default());
        assert_eq!(toml::from_str::<Timeouts>(&toml::to_string(&timeouts).unwrap()).unwrap(), timeouts);
        assert!(toml::from_str::<Timeouts>("raed = \"1s\"").is_err());
    }
}
