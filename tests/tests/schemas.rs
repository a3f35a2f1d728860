//! The committed JSON Schemas say what the types say.
//!
//! `UPDATE=1 cargo test -p interdict-tests --test schemas` writes them anew.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test writes and reads what it likes"
)]

use std::collections::BTreeSet;
use std::path::Path;

use interdict_client::inventory::csv::Column;
use interdict_schema::json_schema;

#[test]
fn the_schema_of_directives_is_the_one_that_the_types_have() {
    holds("../schema/directive.schema.json", &json_schema::directive());
}

#[test]
fn the_schema_of_the_list_of_issuers_is_the_one_that_the_types_have() {
    holds("../schema/issuers.schema.json", &json_schema::issuers());
}

#[test]
fn the_schema_of_lists_of_identifiers_is_the_one_that_the_types_have() {
    holds("../schema/entity-list.schema.json", &json_schema::entity_list());
}

#[test]
fn the_schema_of_waivers_is_the_one_that_the_types_have() {
    holds("../schema/waiver.schema.json", &json_schema::waiver());
}

#[test]
fn the_schema_of_a_ceremony_is_the_one_that_the_types_have() {
    holds("../schema/ceremony.schema.json", &json_schema::ceremony());
}

#[test]
fn the_schema_of_the_policy_is_the_one_that_the_types_have() {
    holds("../schema/policy.schema.json", &json_schema::policy());
}

#[test]
fn the_schema_of_a_plan_is_the_one_that_the_types_have() {
    holds("../schema/plan.schema.json", &json_schema::plan());
}

#[test]
fn the_schema_of_a_line_of_an_inventory_is_the_one_that_the_types_have() {
    holds("../schema/inventory.schema.json", &json_schema::inventory());
}

#[test]
fn a_line_of_an_inventory_has_the_columns_of_the_table_and_no_other_members() {
    let schema: serde_json::Value = serde_json::from_str(&json_schema::inventory()).unwrap();
    let members: BTreeSet<&str> =
        schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    let columns: BTreeSet<&str> = Column::ALL.iter().map(|column| column.name()).chain(["format"]).collect();
    assert_eq!(members, columns);
}

#[test]
fn the_schema_describes_the_shipped_directive() {
    let schema: serde_json::Value = serde_json::from_str(&json_schema::directive()).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let draft = std::fs::read(at("../docs/examples/directives/bod-17-01.draft.jsonc")).unwrap();
    let payload = interdict_schema::directive::draft::payload_of(&draft).unwrap();
    let directive: serde_json::Value = serde_json::from_slice(&payload).unwrap();
    let members = schema["properties"].as_object().unwrap();
    for name in directive.as_object().unwrap().keys() {
        assert!(members.contains_key(name), "{name}");
    }
    for required in schema["required"].as_array().unwrap() {
        assert!(!directive[required.as_str().unwrap()].is_null(), "{required}");
    }
}

#[test]
fn the_page_about_formats_names_every_field_of_every_schema() {
    let page = std::fs::read_to_string(at("../docs/formats.md")).unwrap();
    let named: BTreeSet<&str> =
        page.split('`').skip(1).step_by(2).map(|it| it.trim_end_matches("[]")).collect();
    for schema in [
        json_schema::directive(),
        json_schema::entity_list(),
        json_schema::waiver(),
        json_schema::issuers(),
        json_schema::ceremony(),
        json_schema::policy(),
        json_schema::plan(),
        json_schema::inventory(),
    ] {
        let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
        let mut fields = BTreeSet::new();
        collect(&schema, &mut fields);
        assert!(fields.len() > 10, "{fields:?}");
        let missing: Vec<&str> = fields.iter().map(String::as_str).filter(|it| !named.contains(it)).collect();
        assert!(missing.is_empty(), "{}: {missing:?}", schema["title"]);
    }
}

/// The names of the members of every object of a schema.
fn collect(schema: &serde_json::Value, fields: &mut BTreeSet<String>) {
    if let Some(properties) = schema["properties"].as_object() {
        fields.extend(properties.keys().cloned());
    }
    for part in schema["$defs"].as_object().into_iter().flat_map(|defs| defs.values()) {
        collect(part, fields);
    }
}

fn at(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn holds(path: &str, wanted: &str) {
    let path = at(path);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, wanted).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == wanted, "{} is not what the types say; run this test with UPDATE=1", path.display());
}
