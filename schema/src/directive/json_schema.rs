//! The JSON Schema of a directive (draft 2020-12), for editors and for whoever reads directives without this crate.
//!
//! It describes shapes alone: what lint checks beyond them is not in it, and unknown members are allowed because readers
//! keep them.

use alloc::string::String;

/// The schema as text, indented, with a last newline: `schema/directive.schema.json` holds exactly this.
pub fn json_schema() -> String {
    let schema = schemars::schema_for!(super::Directive);
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema has string keys alone");
    text.push('\n');
    text
}
