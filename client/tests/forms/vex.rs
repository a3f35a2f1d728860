//! `CycloneDX` VEX.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::fixtures::everything;

fn bom(inventories: &[&str]) -> Value {
    everything().run(&[&["check"], inventories, &["--format", "cyclonedx-vex"]].concat()).json()
}

fn of<'v>(bom: &'v Value, id: &str) -> &'v Value {
    bom["vulnerabilities"].as_array().unwrap().iter().find(|one| one["id"] == *id).unwrap()
}

#[test]
fn each_verdict_has_its_state() {
    let bom = bom(&["fleet.csv", "vex.cdx.json"]);
    let state = |id: &str| of(&bom, id)["analysis"]["state"].as_str().unwrap().to_owned();
    for (id, wanted) in [
        ("BOD-30-01/bad", "exploitable"),
        ("BOD-30-01/half", "in_triage"),
        ("BOD-30-01/faint", "in_triage"),
        ("BOD-30-01/kept", "exploitable"),
        ("BOD-30-01/freed", "exploitable"),
        ("BOD-30-01/maker", "not_affected"),
        ("CVE-2017-0001", "exploitable"),
        ("CVE-2017-0003", "false_positive"),
    ] {
        assert_eq!(state(id), wanted, "{id}");
    }
    assert_eq!(of(&bom, "BOD-30-01/kept")["analysis"]["response"], json!(["will_not_fix"]));
    assert_eq!(of(&bom, "CVE-2017-0001")["affects"][0]["ref"], "pkg:npm/touched@1");
    assert_eq!(bom["compositions"][0]["aggregate"], "complete");
}

#[test]
fn every_reference_leads_to_one_component() {
    let bom = bom(&["fleet.csv", "vex.cdx.json", "fleet.csv"]);
    let parts = bom["components"].as_array().unwrap();
    let references: BTreeSet<&str> = parts.iter().map(|part| part["bom-ref"].as_str().unwrap()).collect();
    assert_eq!(references.len(), parts.len());
    for one in bom["vulnerabilities"].as_array().unwrap() {
        for affected in one["affects"].as_array().unwrap() {
            assert!(references.contains(affected["ref"].as_str().unwrap()));
        }
    }
}

#[test]
fn the_serial_number_is_that_of_the_content() {
    let number = |inventories: &[&str]| bom(inventories)["serialNumber"].as_str().unwrap().to_owned();
    assert_eq!(number(&["fleet.csv"]), number(&["fleet.csv"]));
    assert_ne!(number(&["fleet.csv"]), number(&["clean.csv"]));
}

#[test]
fn what_could_not_be_seen_makes_it_incomplete() {
    let bom = bom(&["fleet.csv", "nowhere"]);
    assert_eq!(bom["compositions"][0]["aggregate"], "incomplete");
    let gaps = bom["metadata"]["properties"].as_array().unwrap();
    assert!(gaps.iter().any(|gap| gap["name"] == "interdict:gap"
        && gap["value"].as_str().unwrap().starts_with("unread: nowhere: ")));
}
