//! Every form in which `interdict check` gives its result, over a policy and inventories that have all verdicts, gaps of many
//! kinds, and hostile words in every place that others fill.
//!
//! With `INTERDICT_FORMS=FOLDER` the results are written there too, for validators by others (`tests/interop/formats.sh`).
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and write files; the store serves other tests too"
)]

#[path = "../verbs/store.rs"]
mod store;

mod banned;
mod explained;
mod fail_on;
mod fixtures;
mod hostile;
mod html;
mod junit;
mod overview;
mod sarif;
mod terminal;
mod vex;

use std::path::Path;

use fixtures::{Case, cases};

/// The forms, with the ends of their files.
const FORMS: [(&str, &str); 8] = [
    ("table", "txt"),
    ("json", "json"),
    ("jsonl", "jsonl"),
    ("csv", "csv"),
    ("sarif", "sarif"),
    ("cyclonedx-vex", "cdx.json"),
    ("junit", "xml"),
    ("html", "html"),
];

#[test]
fn every_form_is_written_of_every_case_and_ends_alike() {
    let folder = std::env::var_os("INTERDICT_FORMS");
    for Case { name, store, arguments, code } in cases() {
        for (form, end) in FORMS {
            let run = || store.run(&[&["check"], arguments, &["--format", form]].concat());
            let ran = run();
            assert_eq!(ran.code(), code, "{name} as {form}: {}{}", ran.stdout, ran.stderr);
            assert!(ran.stdout.ends_with('\n'));
            assert_eq!(ran.stdout, run().stdout, "{name} as {form}: the same question has the same answer");
            if let Some(folder) = &folder {
                std::fs::write(Path::new(folder).join(format!("{name}.{end}")), &ran.stdout).unwrap();
            }
        }
    }
}

#[test]
fn a_finding_has_one_name_in_every_form_and_on_every_run() {
    let store = fixtures::everything();
    let check = |form| store.run(&["check", "fleet.csv", "--format", form]).stdout;
    let json: serde_json::Value = serde_json::from_str(&check("json")).unwrap();
    let ids: Vec<&str> =
        json["findings"].as_array().unwrap().iter().map(|found| found["id"].as_str().unwrap()).collect();
    assert!(ids.len() >= 6);
    for form in ["jsonl", "csv", "sarif", "cyclonedx-vex", "junit", "html"] {
        let text = check(form);
        for id in &ids {
            assert!(text.contains(id), "{form} {id}");
        }
    }
    // Another version is the same finding; another host or subject is another.
    let bad = |text: &str| {
        store.file("other.csv", text.as_bytes());
        let json = store.run(&["check", "other.csv", "--format", "json"]).json();
        json["findings"][0]["id"].as_str().unwrap().to_owned()
    };
    let one = bad("name,version,host\nbad,1,h\n");
    assert_eq!(one, bad("name,version,host\nbad,2,h\n"));
    assert_ne!(one, bad("name,version,host\nbad,1,i\n"));
    assert_ne!(one, bad("name,version,host\nfaint,1,h\n"));
}

/// The file as it was given is no part of a finding's name.
#[test]
fn a_file_that_is_given_in_another_way_has_the_same_findings() {
    let store = fixtures::everything();
    store.file("in/bad.csv", b"name,version\nbad,1\n");
    let id = |arguments: &[&str]| {
        let found = store.run(&[&["check", "--format=json"], arguments].concat()).json();
        found["findings"][0]["id"].as_str().unwrap().to_owned()
    };
    let one = id(&["in/bad.csv"]);
    let absolute = format!("{}/in/bad.csv", store.folder());
    for given in ["./in/bad.csv", "in//bad.csv", "in/", "in", &absolute] {
        assert_eq!(id(&[given]), one, "{given}");
    }
    // Another file is another asset, and standard input is none of them.
    store.file("bad.csv", b"name,version\nbad,1\n");
    let piped = |arguments: &[&str]| {
        let test = interdict_host::testing::TestWorld::new().stdin("name,version\nbad,1\n");
        let found = store.run_in(test, &[&["check", "--format=json", "-"], arguments].concat()).json();
        found["findings"][0]["id"].as_str().unwrap().to_owned()
    };
    let others = [id(&["bad.csv"]), piped(&[]), one];
    assert!(others[0] != others[1] && others[1] != others[2] && others[0] != others[2]);
    // With a name for the asset all of them are one, and so is the row of a fleet that names it.
    store.file("fleet-of-one.csv", b"name,version,host\nbad,2,web-1\n");
    let named = piped(&["--asset=web-1"]);
    for given in [&["bad.csv", "--asset=web-1"][..], &["in", "--asset=web-1"], &["fleet-of-one.csv"]] {
        assert_eq!(id(given), named, "{given:?}");
    }
}
