//! What no rule recognises is read and not kept, and the assessment is the same.

use interdict_schema::directive::draft::payload_of;

use super::*;

const DRAFT: &[u8] = include_bytes!("../../../../docs/examples/directives/bod-17-01.draft.jsonc");
const FLEET: &[u8] = include_bytes!("../../../../docs/examples/inventories/fleet.csv");

/// All that an assessment says of rows, in words.
fn said(assessment: &Assessment<'_>) -> Vec<String> {
    let mut said: Vec<String> = assessment
        .findings()
        .map(|finding| {
            let judgement = finding.judgement;
            format!(
                "{:?} {:?} {:?} {:?}",
                finding.row(),
                judgement.verdict,
                judgement.doubts,
                judgement.evidence
            )
        })
        .collect();
    said.sort();
    said.extend(assessment.not_looked_for.iter().map(|not| format!("{not:?}")));
    said
}

/// How many components are kept of a table, after comparing what is said of them with what is said of all.
pub(super) fn kept(directive: &Value, table: &[u8]) -> usize {
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
    let attached = Attached::default();
    let index = || Index::new(&sources, &attached, at("2017-10-01T00:00:00Z"));
    let whole = csv::read(table, "t.csv", &Limits::STANDARD);
    let rules = index();
    let part = csv::read_recognised(table, "t.csv", &Limits::STANDARD, &rules);
    assert_eq!(part.coverage, whole.coverage);
    assert_eq!(part.components_read(), u64::try_from(whole.components.len()).unwrap());
    assert_eq!(said(&rules.assess(&part)), said(&index().assess(&whole)));
    part.components.len()
}

#[test]
fn a_fleet_is_assessed_the_same_whether_all_of_it_is_kept_or_not() {
    let directive: Value = serde_json::from_slice(&payload_of(DRAFT).unwrap()).unwrap();
    let mut fleet = FLEET.to_vec();
    assert!(kept(&directive, &fleet) > 0);
    let columns = fleet.split(|byte| *byte == b'\n').next().unwrap().split(|byte| *byte == b',').count();
    let before = kept(&directive, &fleet);
    for number in 0..50 {
        fleet.extend_from_slice(format!("editor-{number}{}\n", ",".repeat(columns - 1)).as_bytes());
    }
    assert!(kept(&directive, &fleet) <= before + 1, "what nothing recognises is not kept");
}

#[test]
fn of_each_kind_of_thing_that_rows_say_the_first_is_kept() {
    let rules = identified(json!([
        {"kind": "sha256", "value": "11".repeat(32)}, {"kind": "cve", "value": "CVE-2017-0144"},
        {"kind": "vendor", "value": "Kaspersky Lab"}, {"kind": "domain", "value": "example.org"},
        {"kind": "team-id", "value": "ABCDE12345"},
    ]));
    let digest = "22".repeat(32);
    let table = format!(
        "name,vendor,sha256,cve,domain,host\na,,,,,h1\na,,,,,h2\nb,Other,,,,h1\nc,,none,,,h1\nd,,{digest},,,h1\ne,,{digest},,,h2\n\
         f,,,CVE-2020-0001,,h1\ng,,,,example.net,h1\nh,Other,,,example.net,h3\n"
    );
    // The first row, and those that are the first with a vendor, a digest that is one, a vulnerability and a domain.
    assert_eq!(kept(&rules, table.as_bytes()), 5);
}

#[test]
fn rows_that_repeat_are_kept_on_every_machine_where_something_recognises_them() {
    let rules = identified(json!([{"kind": "package", "value": "kesl"}]));
    let table = "name,version,host\nvim,1,h1\nkesl,1,h1\nvim,1,h2\nkesl,1,h2\nkesl,1,\n";
    assert_eq!(kept(&rules, table.as_bytes()), 4);
}

#[test]
fn a_row_that_says_of_which_ecosystem_it_is_is_kept_where_a_rule_names_a_namespace() {
    let rules = identified(json!([{"kind": "purl-namespace", "value": "pkg:npm/%40acme"}]));
    let table = "name,version,ecosystem\na,1,\nb,1,\nc,1,deb\nd,1,rpm\n";
    // The first row, and the first that says of which kind of package it is: without it, namespaces were looked for nowhere.
    assert_eq!(kept(&rules, table.as_bytes()), 2);
    assert_eq!(kept(&rules, b"name,version,ecosystem\na,1,\nb,1,\n"), 1);
    assert_eq!(kept(&rules, b"name,version,ecosystem\na,1,\n@acme/b,1,npm\n@acme/c,1,npm\n"), 3);
}

#[test]
fn each_of_several_vendors_is_looked_for() {
    let rules = identified(json!([{"kind": "vendor", "value": "Kaspersky Lab"}]));
    let rows =
        "a,x,y\nb,Kaspersky Lab,y\nc,Kaspersky Lab,\nd,x,Kaspersky Lab\ne,,Kaspersky Lab\nf,x,y\ng,x,\n";
    assert_eq!(kept(&rules, format!("name,supplier,manufacturer\n{rows}").as_bytes()), 5);
}
