//! A length of time as an operator writes it: `36h`, `14d`, `2w`.

use std::fmt;
use std::str::FromStr;

use interdict_schema::DateTime;
use jiff::{Span, SpanRelativeTo};
use thiserror::Error;

/// A length of time, not negative, in whole seconds. A day is 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LengthOfTime {
    seconds: i64,
}

/// A text that is not a [`LengthOfTime`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a length of time, 36h, 14d or 2w for instance")]
pub struct NotALengthOfTime;

impl LengthOfTime {
    /// In seconds.
    pub fn seconds(self) -> i64 {
        self.seconds
    }

    /// The moment so much later than another.
    #[must_use]
    pub fn after(self, moment: DateTime) -> DateTime {
        moment.saturating_add_seconds(self.seconds)
    }
}

impl FromStr for LengthOfTime {
    type Err = NotALengthOfTime;

    fn from_str(text: &str) -> Result<Self, NotALengthOfTime> {
        let span: Span = text.parse().map_err(|_| NotALengthOfTime)?;
        let length = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| NotALengthOfTime)?;
        if length.is_negative() { Err(NotALengthOfTime) } else { Ok(Self { seconds: length.as_secs() }) }
    }
}

impl fmt::Display for LengthOfTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.seconds {
            seconds if seconds % 86_400 == 0 => write!(f, "{}d", seconds / 86_400),
            seconds if seconds % 3_600 == 0 => write!(f, "{}h", seconds / 3_600),
            seconds => write!(f, "{seconds}s"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    #[test]
    fn reads_hours_days_and_weeks_and_nothing_whose_length_varies() {
        for (text, shown) in [("36h", "36h"), ("14d", "14d"), ("2w", "14d"), ("90s", "90s"), ("0d", "0d")] {
            assert_eq!(text.parse::<LengthOfTime>().unwrap().to_string(), shown, "{text}");
        }
        for bad in ["", "14", "d", "-1d", "1mo", "1y", "a while"] {
            assert_eq!(bad.parse::<LengthOfTime>(), Err(NotALengthOfTime), "{bad}");
        }
    }
}
