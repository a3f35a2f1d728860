//! Why a deadline cannot be computed.

use alloc::string::String;

/// Why a deadline cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    /// The directive's zone, or the date's, is not a zone of the IANA database.
    #[error("unknown zone {zone:?}")]
    Zone {
        /// The name found.
        zone: String,
    },
    /// A unit that is not known.
    #[error("unknown unit {unit:?}")]
    Unit {
        /// The unit found.
        unit: String,
    },
    /// An anchor that is not known.
    #[error("unknown anchor {anchor:?}")]
    Anchor {
        /// The anchor found.
        anchor: String,
    },
    /// A calendar that is neither built in nor in the directive, or whose bases lead back to it.
    #[error("unknown calendar {calendar:?}")]
    Calendar {
        /// Its name.
        calendar: String,
    },
    /// A day of the week that is not known.
    #[error("unknown day of the week {weekday:?}")]
    Weekday {
        /// The word found.
        weekday: String,
    },
    /// A rule for days that are no business days that is not known.
    #[error("unknown roll {roll:?}")]
    Roll {
        /// The word found.
        roll: String,
    },
    /// A decision table that is not there.
    #[error("the deadline follows from table {table:?}, which is not there")]
    Table {
        /// The table's id.
        table: String,
    },
    /// A decision table without a row for what is known.
    #[error("no row of table {table:?} fits")]
    NoRow {
        /// The table's id.
        table: String,
    },
    /// A deadline that refers to itself, or to an action or date that is not there.
    #[error("the deadline refers to {target:?}, which leads nowhere")]
    Dangling {
        /// What it refers to.
        target: String,
    },
    /// No date at all, or one that is too far away.
    #[error("no date can be computed")]
    NoDate,
}
