//! A line of an inventory of ours in JSON Lines, for its schema. Not here: reading it, which the client does leniently.

/// The value of `format` in the first line.
pub const FORMAT: &str = "interdict-inventory/1";

#[cfg(feature = "json-schema")]
pub use line::{Line, Value, Values};

#[cfg(feature = "json-schema")]
mod line;
