//! By when: the clock of an action, as the document states it. The arithmetic is in [`super::deadline`].

use core::fmt;
use core::str::FromStr;

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::DayOrTime;
use super::words::words;

/// When an action is due: exactly one of `at`, `offset`, `every`, `table`, `by_subject` and `ongoing`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Due {
    /// What must have happened by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edge: Option<Edge>,
    /// A day or a moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<At>,
    /// A distance from an event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<Offset>,
    /// Again and again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<Every>,
    /// The id of the decision table that computes it for each asset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Each subject's own `due`.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub by_subject: bool,
    /// At all times, from the effective date.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub ongoing: bool,
    /// Whether the authority has kept the right to direct otherwise.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub unless_directed_otherwise: bool,
}

words! {
    /// What must have happened when a deadline passes.
    pub enum Edge {
        /// The action must have begun.
        Begin = "begin",
        /// The action must be finished.
        Complete = "complete",
        /// The answer must have been sent.
        Report = "report",
    }
}

/// A fixed date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct At {
    /// The day, which ends with its last second, or the moment.
    pub time: DayOrTime,
    /// The IANA zone, where it is another than the directive's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// The words of the human text: "2:00 pm EST".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

/// A distance from an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Offset {
    /// How many units.
    pub n: u32,
    /// The unit.
    pub unit: Unit,
    /// The event.
    pub anchor: Anchor,
    /// What happens where the day is not a business day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roll: Option<Roll>,
    /// The calendar of business days: `us-federal`, `us-federal-dc`, or one that the directive carries. Where none is
    /// named, every day but Saturday and Sunday is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
}

/// A recurrence: the first is one period after `from`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Every {
    /// How many units a period has, at least 1.
    pub n: u32,
    /// The unit.
    pub unit: Unit,
    /// The event from which the periods are counted.
    pub from: Anchor,
    /// The event that ends them: an anchor, `action:remove` for instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Anchor>,
    /// What happens where the day is not a business day; the next period is counted from the day before the roll.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roll: Option<Roll>,
    /// The calendar of business days, as in an offset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
}

words! {
    /// A unit of time.
    pub enum Unit {
        /// 3,600 seconds.
        Hour = "hour",
        /// A calendar day.
        Day = "day",
        /// A day that is neither a weekend nor a holiday.
        BusinessDay = "business-day",
        /// Seven calendar days.
        Week = "week",
        /// A calendar month; 31 January plus one is the last of February.
        Month = "month",
        /// A calendar year.
        Year = "year",
    }
}

words! {
    /// What happens where a deadline falls on a day that is not a business day.
    pub enum Roll {
        /// It stays.
        None = "none",
        /// It moves to the next business day.
        NextBusinessDay = "next-business-day",
    }
}

/// An event from which a clock runs.
///
/// Text form: `issued`, `effective`, `detected`, `listed`, `notified`, `due:<action>` (that action's deadline),
/// `action:<action>` (its completion), `event:<name>`, a day or moment, or `earliest-of:` and several of these joined by
/// commas. Another text is kept as [`Anchor::Other`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Anchor {
    /// The directive was issued.
    Issued,
    /// It took effect.
    Effective,
    /// The subject was found on the asset.
    Detected,
    /// The subject was listed.
    Listed,
    /// The agency was notified.
    Notified,
    /// The deadline of an action.
    Due(String),
    /// The completion of an action.
    Action(String),
    /// Something outside.
    Event(String),
    /// A fixed date.
    Date(DayOrTime),
    /// The earliest of several.
    EarliestOf(Vec<Anchor>),
    /// A text that this version does not know.
    Other(String),
}

/// A text that no version will accept as an anchor: it is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an empty anchor")]
pub struct NotAnAnchor;

impl FromStr for Anchor {
    type Err = NotAnAnchor;

    fn from_str(text: &str) -> Result<Self, NotAnAnchor> {
        if let Ok(date) = text.parse() {
            return Ok(Self::Date(date));
        }
        Ok(match (text, text.split_once(':')) {
            ("", _) => return Err(NotAnAnchor),
            ("issued", _) => Self::Issued,
            ("effective", _) => Self::Effective,
            ("detected", _) => Self::Detected,
            ("listed", _) => Self::Listed,
            ("notified", _) => Self::Notified,
            (_, Some(("due", id))) => Self::Due(id.into()),
            (_, Some(("action", id))) => Self::Action(id.into()),
            (_, Some(("event", name))) => Self::Event(name.into()),
            // One level: the earliest of an earliest is an earliest.
            (_, Some(("earliest-of", several))) if !several.contains("earliest-of") => {
                Self::EarliestOf(several.split(',').map(str::parse).collect::<Result<_, _>>()?)
            }
            _ => Self::Other(text.into()),
        })
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Issued => f.write_str("issued"),
            Self::Effective => f.write_str("effective"),
            Self::Detected => f.write_str("detected"),
            Self::Listed => f.write_str("listed"),
            Self::Notified => f.write_str("notified"),
            Self::Due(id) => write!(f, "due:{id}"),
            Self::Action(id) => write!(f, "action:{id}"),
            Self::Event(name) => write!(f, "event:{name}"),
            Self::Date(date) => write!(f, "{date}"),
            Self::EarliestOf(several) => {
                f.write_str("earliest-of:")?;
                several.iter().enumerate().try_for_each(|(number, anchor)| {
                    if number > 0 {
                        f.write_str(",")?;
                    }
                    write!(f, "{anchor}")
                })
            }
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl Serialize for Anchor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Anchor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "json-schema")]
impl schemars::JsonSchema for Anchor {
    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        "Anchor".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "minLength": 1,
            "description": "issued, effective, detected, listed, notified, due:ACTION, action:ACTION, event:NAME, a day or moment, or earliest-of: and several joined by commas.",
        })
    }
}
