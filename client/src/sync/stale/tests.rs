#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail by panicking")]

use serde_json::{Value, json};

use super::*;

fn text() -> Value {
    json!({
        "format": "interdict-directive/1", "id": "BOD-1", "revision": 1, "status": "in-force", "title": "t",
        "issuer": "dhs", "zone": "America/New_York", "issued": "2017-09-13",
        "subjects": [{
            "id": "it", "name": "It", "disposition": "prohibited", "due": "2017-10-01",
            "identifiers": [{"kind": "vendor", "value": "v"}, {"kind": "package", "value": "p"}],
            "excludes": [{"id": "x", "reason": "r"}],
        }],
        "actions": [
            {"id": "a", "modality": "must", "kind": "remove", "subjects": ["it"],
             "due": {"offset": {"n": 30, "unit": "day", "anchor": "issued"}}},
            {"id": "b", "modality": "should", "kind": "report", "due": {"at": {"time": "2017-12-12"}}},
        ],
        "waivers": [{"id": "w", "from": "2017-10-01", "granted_by": "o"}],
    })
}

fn parse(value: &Value) -> Directive {
    serde_json::from_value(value.clone()).unwrap()
}

fn judged(change: impl FnOnce(&mut Value)) -> Result<(), Loosens> {
    let mut after = text();
    change(&mut after);
    only_tightens(Some(&parse(&text())), &parse(&after))
}

#[test]
fn what_only_adds_or_tightens_is_admitted() {
    assert_eq!(judged(|_| {}), Ok(()));
    let more = json!({"id": "more", "name": "More", "disposition": "prohibited"});
    assert_eq!(judged(|text| text["subjects"].as_array_mut().unwrap().push(more)), Ok(()));
    let cpe = json!({"kind": "package", "value": "q"});
    let add = |text: &mut Value| text["subjects"][0]["identifiers"].as_array_mut().unwrap().push(cpe);
    assert_eq!(judged(add), Ok(()));
    assert_eq!(judged(|text| text["subjects"][0]["excludes"] = json!([])), Ok(()));
    assert_eq!(judged(|text| text["subjects"][0]["due"] = json!("2017-09-30")), Ok(()));
    assert_eq!(judged(|text| text["waivers"] = json!([])), Ok(()));
    assert_eq!(judged(|text| text["actions"][0]["due"]["offset"]["n"] = json!(29)), Ok(()));
    assert_eq!(judged(|text| text["actions"][1]["due"]["at"]["time"] = json!("2017-12-11")), Ok(()));
    assert_eq!(judged(|text| text["actions"][1]["modality"] = json!("must")), Ok(()));
    assert_eq!(judged(|text| text["actions"][0]["subjects"] = json!([])), Ok(()));
    let supplements = json!([{"kind": "supplements", "target": {"id": "BOD-0"}}]);
    assert_eq!(judged(|text| text["relations"] = supplements), Ok(()));
}

/// trust.md rule 14
#[test]
fn a_list_that_only_adds_is_admitted_and_one_that_takes_away_or_doubts_is_not() {
    let text = json!({"format": "interdict-entity-list/1", "id": "BOD-X", "revision": 1, "title": "t", "issuer": "dhs",
        "issued": "2017-09-13",
        "identifiers": [{"kind": "vendor", "value": "v"}, {"kind": "package", "value": "p", "source": "s"}],
        "attachments": [{"kind": "sha256", "path": "h.txt", "digest": "0".repeat(64), "length": 0, "entries": 0}]});
    let list = |text: &Value| -> EntityList { serde_json::from_value(text.clone()).unwrap() };
    let judged = |change: fn(&mut Value)| {
        let mut after = text.clone();
        change(&mut after);
        list_only_tightens(Some(&list(&text)), &list(&after))
    };
    let push = |text: &mut Value, of: &str, row: Value| text[of].as_array_mut().unwrap().push(row);
    assert_eq!(judged(|_| {}), Ok(()));
    assert_eq!(judged(|text| text["title"] = json!("u")), Ok(()));
    assert_eq!(list_only_tightens(None, &list(&text)), Ok(()));
    let mut more = text.clone();
    push(&mut more, "identifiers", json!({"kind": "package", "value": "q"}));
    assert_eq!(list_only_tightens(Some(&list(&text)), &list(&more)), Ok(()));
    let refused: [fn(&mut Value); 6] = [
        |text| text["identifiers"] = json!([]),
        |text| text["identifiers"][1]["confidence"] = json!("low"),
        |text| text["identifiers"][1]["versions"] = json!("vers:deb/<1"),
        |text| {
            let doubt = json!({"kind": "package", "value": "q", "confidence": "review"});
            text["identifiers"].as_array_mut().unwrap().push(doubt);
        },
        |text| {
            let product = json!({"kind": "product", "value": "q"});
            text["identifiers"].as_array_mut().unwrap().push(product);
        },
        |text| text["attachments"] = json!([]),
    ];
    for change in refused {
        assert_eq!(judged(change), Err(Loosens::Identifier));
    }
    push(&mut more, "identifiers", json!({"kind": "package", "value": "r", "confidence": "review"}));
    assert_eq!(list_only_tightens(None, &list(&more)), Err(Loosens::Identifier));
    let named = |text: &mut Value| text["subjects"][0]["identifiers_from"] = json!([{"list": "BOD-X"}]);
    assert_eq!(super::tests::judged(named), Err(Loosens::Identifier), "its doubts are not known here");
}

/// trust.md rule 14
#[test]
fn what_takes_anything_away_is_not() {
    type Change = fn(&mut Value);
    let changes: [(Loosens, Change); 32] = [
        (Loosens::Status, |text| text["status"] = json!("closed")),
        (Loosens::Status, |text| text["status"] = json!("revoked")),
        (Loosens::Status, |text| text["status"] = json!("paused")),
        (Loosens::Relation, |text| {
            text["relations"] = json!([{"kind": "revokes", "target": {"id": "BOD-0"}}]);
        }),
        (Loosens::Relation, |text| {
            text["relations"] = json!([{"kind": "unheard-of", "target": {"id": "BOD-0"}}]);
        }),
        (Loosens::Relation, |text| {
            text["relations"] = json!([{"kind": "supplements", "target": {"id": "BOD-0", "part": "remove"}}]);
        }),
        (Loosens::Dates, |text| text["revised"] = json!("2030-01-01")),
        (Loosens::Waiver, |text| text["waivers"][0]["until"] = json!("2030-01-01")),
        (Loosens::Scope, |text| text["scope"] = json!({"addressees": [{"agency": "One"}]})),
        (Loosens::Dates, |text| text["issued"] = json!("2017-09-14")),
        (Loosens::Dates, |text| text["effective"] = json!("2017-09-14")),
        (Loosens::Dates, |text| text["zone"] = json!("Pacific/Honolulu")),
        (Loosens::Calendar, |text| text["calendars"] = json!([{"id": "c"}])),
        (Loosens::Table, |text| text["tables"] = json!([{"id": "t", "inputs": [], "rows": []}])),
        (Loosens::Subject, |text| text["subjects"] = json!([])),
        (Loosens::Subject, |text| text["subjects"][0]["disposition"] = json!("restricted")),
        (Loosens::Subject, |text| text["subjects"][0]["embedded"] = json!("out")),
        (Loosens::Subject, |text| text["subjects"][0]["valid_until"] = json!("2018-01-01")),
        (Loosens::Identifier, |text| {
            text["subjects"][0]["identifiers"] = json!([{"kind": "vendor", "value": "v"}]);
        }),
        (Loosens::Identifier, |text| {
            text["subjects"][0]["identifiers"][1]["versions"] = json!("vers:deb/<1");
        }),
        (Loosens::Identifier, |text| {
            let product = json!({"kind": "product", "value": "x"});
            text["subjects"][0]["identifiers"].as_array_mut().unwrap().push(product);
        }),
        (Loosens::Identifier, |text| {
            let doubt = json!({"kind": "package", "value": "x", "confidence": "review"});
            text["subjects"][0]["identifiers"].as_array_mut().unwrap().push(doubt);
        }),
        (Loosens::Exclude, |text| {
            text["subjects"][0]["excludes"][0]["identifiers"] = json!([{"kind": "package", "value": "p"}]);
        }),
        (Loosens::Deadline, |text| text["subjects"][0]["due"] = json!("2017-10-02")),
        (Loosens::Deadline, |text| text["subjects"][0]["due"] = json!("2017-09-30T00:00:00Z")),
        (Loosens::Action, |text| {
            text["actions"][0]["when"] = json!([{ "predicate": "p", "values": ["v"] }]);
        }),
        (Loosens::Action, |text| text["actions"] = json!([])),
        (Loosens::Action, |text| text["actions"][0]["modality"] = json!("should")),
        (Loosens::Action, |text| text["actions"][1]["subjects"] = json!(["it"])),
        (Loosens::Deadline, |text| text["actions"][0]["due"]["offset"]["n"] = json!(31)),
        (Loosens::Deadline, |text| text["actions"][1]["due"] = Value::Null),
        (Loosens::Action, |text| {
            let other = json!({"id": "c", "modality": "must", "kind": "report", "alternatives": ["a"]});
            text["actions"].as_array_mut().unwrap().push(other);
        }),
    ];
    for (number, (loosens, change)) in changes.into_iter().enumerate() {
        assert_eq!(judged(change), Err(loosens), "change {number}");
    }
}

#[test]
fn a_first_text_is_admitted_unless_it_acts_on_another() {
    assert_eq!(only_tightens(None, &parse(&text())), Ok(()));
    let mut ends = text();
    ends["relations"] = json!([{"kind": "supersedes", "target": {"id": "BOD-0"}}]);
    assert_eq!(only_tightens(None, &parse(&ends)), Err(Loosens::Relation));
}
