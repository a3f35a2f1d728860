//! `check --explain`.

use serde_json::{Value, json};

use super::fixtures::everything;
use super::store::Store;

fn id_of(store: &Store, subject: &str) -> String {
    let json = store.run(&["check", "fleet.csv", "--all", "--format=json"]).json();
    let findings = json["findings"].as_array().unwrap();
    let found = findings.iter().find(|found| found["subject"] == subject && found["component"]["host"] != "");
    found.unwrap()["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_finding_is_explained_by_its_rule_its_evidence_its_doubts_and_every_date() {
    let store = everything();
    let ran = store.run(&["check", "fleet.csv", "--explain", &id_of(&store, "half")]);
    let id = id_of(&store, "half");
    let title = r#"<script>alert(1)</script>]]>&amp;"'\u{1b}[2J\u{9b}2J\u{7f}\u{202e}"#;
    let text = ran.stdout;
    let first = format!(
        "{id}  unknown: it is what the directive names; whether this version is meant cannot be told"
    );
    for line in [
        first.as_str(),
        "found\n  half\n  on h-1: h-1, fleet.csv, row 4, byte ",
        "  first found 2017-09-13T12:00:00Z",
        &format!("by order of\n  BOD-30-01 revision 1: {title}"),
        "  subject half: Half (prohibited)",
        "compared\n  package deb:half vers:deb/<2 meets name half (confidence high, exact)\n    doubtful: ",
        "why it is no match\n  ",
        "what is to be done\n  Thu 31 Aug 2017",
        "complete remove (paragraph 3): remove",
        "  how a date came to be: interdict explain BOD-30-01 ACTION\n",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert_eq!(ran.outcome.exit().code(), 1, "that of the check");
}

#[test]
fn what_leaves_it_out_and_what_does_not_are_told_apart() {
    let store = everything();
    let page =
        |subject: &str| store.run(&["check", "fleet.csv", "--explain", &id_of(&store, subject)]).stdout;
    assert!(page("freed").contains("what leaves it out\n  w: waived until "));
    assert!(page("maker").contains("what leaves it out\n  spared: "));
    let kept = page("kept");
    assert!(
        kept.contains("the agency's exception, which leaves nothing out\n  kiosk: excepted until "),
        "{kept}"
    );
    assert!(kept.contains("; without it: match\n"));
    // One of the summary has a name too, and is explained without --all.
    assert!(page("mend").contains("why it is no match\n  the directive names no versions"));
}

#[test]
fn json_has_the_finding_and_all_its_dates() {
    let store = everything();
    let json = store.run(&["check", "fleet.csv", "--explain", &id_of(&store, "bad"), "--format=json"]).json();
    assert_eq!(
        (&json["format"], &json["exit"], &json["code"]),
        (&json!("interdict-finding/1"), &Value::Null, &json!(1))
    );
    let dues = json["findings"][0]["dues"].as_array().unwrap();
    let actions: Vec<&str> = dues.iter().map(|due| due["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["remove", "plan"]);
}

#[test]
fn rows_of_one_name_are_all_shown_and_an_unknown_name_is_told() {
    let store = everything();
    store.file("twice.csv", b"name,version,host\nbad,1,h\nbad,2,h\n");
    let json = store.run(&["check", "twice.csv", "--format=json"]).json();
    let id = json["findings"][0]["id"].as_str().unwrap();
    let explained = store.run(&["check", "twice.csv", "--explain", id, "--format=json"]).json();
    assert_eq!(explained["findings"].as_array().unwrap().len(), 2);
    let ran = store.run(&["check", "twice.csv", "--explain", "000000000000"]);
    assert_eq!((ran.code(), ran.stdout.as_str()), (2, ""));
    assert!(
        ran.stderr.starts_with("error: nothing that was found is named 000000000000\n"),
        "{}",
        ran.stderr
    );
    let ran = store.run(&["check", "twice.csv", "--explain", "kesl"]);
    assert!(ran.stderr.contains("found \"kesl\", wanted the 12 hexadecimal digits"), "{}", ran.stderr);
    let ran = store.run(&["check", "twice.csv", "--explain", id, "--format=csv"]);
    assert_eq!((ran.code(), ran.stdout.as_str()), (2, ""));
}

#[test]
fn explain_takes_a_findings_name_too_and_remembers_nothing() {
    let store = everything();
    let id = id_of(&store, "half");
    let asked = store.run(&["check", "fleet.csv", "--explain", &id]);
    let ran = store.run(&["explain", &id, "fleet.csv"]);
    assert_eq!((ran.code(), &ran.stdout), (1, &asked.stdout));
    let json = store.run(&["explain", &id, "fleet.csv", "--json"]).json();
    assert_eq!((&json["format"], &json["findings"][0]["id"]), (&json!("interdict-finding/1"), &json!(id)));
    let fresh = everything();
    assert_eq!(fresh.run(&["explain", &id, "fleet.csv"]).code(), 1);
    assert!(!fresh.places.detections().exists());
    // It is looked for in what is given, and whoever gives something else is told.
    let absent = store.run(&["explain", &id, "clean.csv"]);
    assert_eq!((absent.code(), absent.stdout.as_str()), (2, ""));
    assert_eq!(
        absent.stderr,
        format!(
            "error: nothing that was found is named {id}\nhint: give the same inventories, and --asset if it was given; \
             `interdict check` lists the names of what it finds\n"
        )
    );
}

#[test]
fn what_is_neither_a_directive_nor_a_finding_is_told_what_both_look_like() {
    let store = everything();
    let ran = store.run(&["explain", "BOD_30"]);
    assert_eq!(ran.code(), 2);
    assert!(
        ran.stderr.contains("wanted a directive's id, or the twelve hexadecimal digits of a finding"),
        "{}",
        ran.stderr
    );
    let ran = store.run(&["explain", "BOD-30-01"]);
    assert_eq!(ran.code(), 2);
    assert!(ran.stderr.contains("hint: its actions are plan, remove\n"), "{}", ran.stderr);
    assert_eq!(store.run(&["explain", "BOD-30-01", "remove"]).code(), 0);
}
