//! Each rule of recognition, tried on one component.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::needless_pass_by_value,
    reason = "a test that cannot go on fails"
)]

mod deadlines;
mod example;
mod kept;
mod lookalikes;
mod makers;
mod packages;
mod traces;
mod unknown;
mod verdicts;
mod versions;

use interdict_schema::entity::Lists;
use interdict_schema::policy::Source;
use serde_json::{Value, json};

use super::*;
use crate::inventory::{Component, DismissedCve, LooseFinding, Presence, SourceRow, csv, cyclonedx};
use crate::inventory::{Coverage, Limits};
use crate::testing_signed as signed;

fn row(row: u64) -> SourceRow {
    SourceRow { source: 0, row, byte: None, reference: None }
}

fn component(name: &str) -> Component {
    Component::named(name, row(1))
}

fn with(name: &str, change: impl FnOnce(&mut Component)) -> Component {
    let mut component = component(name);
    change(&mut component);
    component
}

fn inventory(components: Vec<Component>) -> Inventory {
    Inventory { components, findings: Vec::new(), coverage: vec![Coverage::new("test", None)] }
}

fn at(moment: &str) -> AsOf {
    moment.parse().unwrap()
}

/// A directive of one subject, in force since September 2017.
fn directive(subject: Value) -> Value {
    let mut whole = json!({
        "format": "interdict-directive/1", "id": "BOD-1", "revision": 1, "status": "in-force", "title": "t",
        "issuer": "dhs", "zone": "America/New_York", "issued": "2017-09-13",
        "subjects": [{"id": "s", "name": "S", "disposition": "prohibited"}],
    });
    whole["subjects"][0].as_object_mut().unwrap().extend(subject.as_object().unwrap().clone());
    whole
}

fn identified(identifiers: Value) -> Value {
    directive(json!({ "identifiers": identifiers }))
}

fn assessed<T>(directive: &Value, inventory: &Inventory, look: impl FnOnce(&Assessment<'_>) -> T) -> T {
    assessed_at(directive, inventory, at("2017-10-01T00:00:00Z"), look)
}

fn assessed_at<T>(
    directive: &Value,
    inventory: &Inventory,
    as_of: AsOf,
    look: impl FnOnce(&Assessment<'_>) -> T,
) -> T {
    let believed = signed::believed(&serde_json::to_vec(directive).unwrap());
    let lists = std::sync::Arc::new(Lists::default());
    let sources = [Source {
        repository: "main",
        directive: &believed,
        marks: Vec::new(),
        lists,
        ended: None,
        waivers: None,
        granted: &[],
    }];
    look(&assess(&sources, &Attached::default(), inventory, as_of))
}

/// The verdict on one component with its doubts or exclusion, or `none`.
fn verdict(directive: &Value, component: Component) -> String {
    assessed(directive, &inventory(vec![component]), |assessment| {
        let [judgement] = &assessment.judgements[..] else {
            assert!(assessment.judgements.is_empty(), "{:?}", assessment.judgements);
            return "none".to_owned();
        };
        let mut text = judgement.verdict.as_str().to_owned();
        match (&judgement.verdict, &judgement.exclusion) {
            (Verdict::Excluded, Some(exclusion)) => text = format!("{text}: {}", exclusion.id()),
            (Verdict::Unknown | Verdict::Possible, _) => {
                let doubts: Vec<String> = judgement.doubts.iter().map(ToString::to_string).collect();
                text = format!("{text}: {}", doubts.join("; "));
            }
            _ => {}
        }
        text
    })
}

const MAKER: &str = r#"[
    {"kind": "vendor", "value": "Kaspersky Lab"},
    {"kind": "cpe", "value": "cpe:2.3:a:kaspersky:*:*:*:*:*:*:*:*:*"},
    {"kind": "cpe", "value": "cpe:2.3:a:kaspersky:endpoint_security:*:*:*:*:*:*:*:*"},
    {"kind": "cpe", "value": "cpe:2.3:a:kaspersky:tinycheck:*:*:*:*:*:*:*:*", "confidence": "review"}
]"#;

fn maker() -> Value {
    identified(serde_json::from_str(MAKER).unwrap())
}

fn with_cpe(name: &str, cpe: &str) -> Component {
    with(name, |c| c.cpe.push(cpe.parse().unwrap()))
}

fn of_vendor(name: &str, vendor: &str) -> Component {
    with(name, |c| c.vendors.push(vendor.into()))
}
