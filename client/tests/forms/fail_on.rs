//! `--fail-on` chooses among findings, and nothing else.

use serde_json::json;

use super::fixtures::everything;

/// The exits of one row, with these options.
fn exits(row: &str, options: &[&str]) -> serde_json::Value {
    let store = everything();
    store.file("row.csv", format!("name,version,vendor,ecosystem,cpe,host\n{row}\n").as_bytes());
    store.run(&[&["check", "row.csv", "--format=json"], options].concat()).json()["exits"].take()
}

#[test]
fn each_kind_tells_of_itself_and_of_what_is_excepted_as_what_it_is() {
    let rows = [
        ("bad,1,,deb,,h-1", "match"),
        ("half,,,deb,,h-1", "unknown"),
        ("faint,1,,,,h-1", "possible"),
        ("kept,1,,,,h-2", "match"),
        ("tool,,,,cpe:2.3:a:mender:tool:1:*:*:*:*:*:*:*,h-1", "possible"),
        ("freed,1,,,,h-1", "waived"),
        ("Spared,1,Bad Maker,,,h-1", "excluded"),
    ];
    for (row, is) in rows {
        for kind in ["match", "unknown", "possible"] {
            let wanted = if is == kind { json!(["findings"]) } else { json!(["done"]) };
            assert_eq!(exits(row, &["--fail-on", kind]), wanted, "{row} {kind}");
        }
    }
}

#[test]
fn overdue_tells_of_a_missed_deadline_alone() {
    assert_eq!(exits("bad,1,,deb,,h-1", &["--fail-on=overdue"]), json!(["findings"]));
    // Nothing had to be complete of this one.
    assert_eq!(exits("faint,1,,,,h-1", &["--fail-on=overdue"]), json!(["done"]));
    assert_eq!(exits("faint,1,,,,h-1", &[]), json!(["findings"]));
    // The second before, at and after the last one.
    for (at, code) in [("2017-09-01T03:59:58Z", 0), ("2017-09-01T03:59:59Z", 0), ("2017-09-01T04:00:00Z", 1)]
    {
        let ran = everything().run(&["check", "fleet.csv", "--fail-on=overdue", "--as-of", at]);
        assert_eq!(ran.code(), code, "{at}");
    }
}

#[test]
fn several_are_alternatives_and_the_result_says_what_was_chosen() {
    for options in [&["--fail-on=match,unknown"][..], &["--fail-on", "match", "--fail-on", "unknown"]] {
        assert_eq!(exits("half,,,deb,,h-1", options), json!(["findings"]));
        assert_eq!(exits("faint,1,,,,h-1", options), json!(["done"]));
    }
    let json = everything().run(&["check", "fleet.csv", "--format=json", "--fail-on=match,overdue"]).json();
    assert_eq!(json["fail_on"], json!(["match", "overdue"]));
}

#[test]
fn no_choice_hides_what_could_not_be_seen() {
    let store = everything();
    let ran = store.run(&["check", "fleet.csv", "nowhere", "--fail-on=unknown", "--format=json"]);
    assert_eq!(ran.json()["exits"], json!(["no-answer", "findings"]));
    let stale = store.run_at("2017-09-21T00:00:00Z", &["check", "clean.csv", "--fail-on=match"]);
    assert_eq!(stale.code(), 5);
}
