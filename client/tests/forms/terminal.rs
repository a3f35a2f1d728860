//! What of an inventory and of a directive reaches a terminal, a spreadsheet and a parser.

use super::FORMS;
use super::fixtures::{HOSTILE, everything};

#[test]
fn no_form_gives_a_terminal_anything_to_obey() {
    let store = everything();
    for inventories in [&["fleet.csv"][..], &["fleet.csv", "broken.cdx.json", "rows.csv"]] {
        for (form, _) in FORMS {
            let ran = store.run(&[&["check"], inventories, &["--format", form]].concat());
            for text in [&ran.stdout, &ran.stderr] {
                let obeyed = text
                    .chars()
                    .find(|c| (c.is_control() && *c != '\n') || ('\u{202a}'..='\u{202e}').contains(c));
                // RFC 4180 ends rows with CR LF where a writer so chooses; ours does not.
                assert_eq!(obeyed, None, "{form}");
            }
        }
    }
}

#[test]
fn json_says_the_same_words_as_the_inventory() {
    let ran = everything().run(&["check", "fleet.csv", "--format=json"]).json();
    let found = ran["findings"].as_array().unwrap().iter().find(|found| found["subject"] == "bad").unwrap();
    assert_eq!(found["component"]["version"], HOSTILE);
}

#[test]
fn no_cell_is_a_formula() {
    let store = everything();
    store.file("formulas.csv", b"name,version,vendor,host\n=bad(),+1,Bad Maker,@host\n");
    let csv = store.run(&["check", "formulas.csv", "--format=csv"]).stdout;
    assert!(csv.contains(",'=bad(),'+1,") && csv.contains(",'@host,"), "{csv}");
    for cell in csv.lines().flat_map(|line| line.split(',')) {
        assert!(!cell.trim_matches('"').starts_with(['=', '+', '@']), "{cell}");
    }
}
