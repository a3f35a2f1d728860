//! The JSON Schemas of our documents (draft 2020-12), for editors and for whoever reads them without this crate.
//!
//! They describe shapes alone: what lint and believing check beyond them is not in them, and unknown members are allowed
//! because readers keep them. The files `schema/*.schema.json` hold exactly these texts, indented, with a last newline.

use alloc::string::String;

use schemars::JsonSchema;

/// The schema of the payload of a directive.
pub fn directive() -> String {
    text::<crate::directive::Directive>()
}

/// The schema of the payload of a list of identifiers.
pub fn entity_list() -> String {
    text::<crate::entity::EntityList>()
}

/// The schema of the payload of a waiver.
pub fn waiver() -> String {
    text::<crate::waiver::WaiverDocument>()
}

/// The schema of the payload of `issuers.json`.
pub fn issuers() -> String {
    text::<crate::issuers::Issuers>()
}

/// The schema of a ceremony file.
pub fn ceremony() -> String {
    text::<crate::ceremony::Ceremony>()
}

/// The schema of `policy.json`.
pub fn policy() -> String {
    text::<crate::policy::Policy>()
}

/// The schema of a plan of enforcement.
pub fn plan() -> String {
    text::<crate::plan::Plan>()
}

/// The schema of a line of an inventory in JSON Lines.
pub fn inventory() -> String {
    text::<crate::inventory::Line>()
}

fn text<T: JsonSchema>() -> String {
    let schema = schemars::schema_for!(T);
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema has string keys alone");
    text.push('\n');
    text
}
