//! Decision tables: a deadline computed for each asset from what is known of it.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::Due;

/// A signed decision table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Table {
    /// Its name within the directive.
    pub id: String,
    /// What must be known of an asset.
    pub inputs: Vec<TableInput>,
    /// The rows; the first that fits decides.
    pub rows: Vec<Row>,
}

/// One input of a decision table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct TableInput {
    /// Its name.
    pub id: String,
    /// The values that it can take.
    pub values: Vec<String>,
    /// The value that counts where nothing is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
}

/// One row of a decision table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Row {
    /// The values that must hold; an input that is not named may have any.
    pub when: BTreeMap<String, String>,
    /// What the row decides, in the table's words.
    pub outcome: String,
    /// The deadline that follows; none where the row sets no date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Due>,
}
