//! A calendar of business days that a directive carries. How days are counted with it is in [`super::deadline`].

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::Day;
use super::words::words;

/// A calendar that dues can name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Calendar {
    /// Its name within the directive.
    pub id: String,
    /// The calendar whose holidays it adds to: `us-federal`, `us-federal-dc`, or another of the directive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// The days of the week that are no business days, none where empty; where absent those of the base, or else Saturday
    /// and Sunday.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekend: Option<Vec<Weekday>>,
    /// Further days that are no business days.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holidays: Vec<Holiday>,
}

/// A holiday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Holiday {
    /// The day.
    pub day: Day,
    /// What it is called.
    pub name: String,
}

words! {
    /// A day of the week.
    pub enum Weekday {
        /// Monday.
        Monday = "monday",
        /// Tuesday.
        Tuesday = "tuesday",
        /// Wednesday.
        Wednesday = "wednesday",
        /// Thursday.
        Thursday = "thursday",
        /// Friday.
        Friday = "friday",
        /// Saturday.
        Saturday = "saturday",
        /// Sunday.
        Sunday = "sunday",
    }
}

impl Weekday {
    /// The day of the week on which a date falls.
    pub fn of(day: jiff::civil::Date) -> Self {
        use jiff::civil::Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
        match day.weekday() {
            Monday => Self::Monday,
            Tuesday => Self::Tuesday,
            Wednesday => Self::Wednesday,
            Thursday => Self::Thursday,
            Friday => Self::Friday,
            Saturday => Self::Saturday,
            Sunday => Self::Sunday,
        }
    }
}
