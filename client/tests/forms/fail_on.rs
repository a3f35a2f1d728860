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

/// trust.md, exit codes: the first of 2, 4, 3, 5, 6, 1 wins, and what is chosen decides about 1 alone. Every choice, over every
/// combination of what else may hold.
#[test]
fn whatever_is_chosen_the_other_codes_keep_their_precedence() {
    let kinds = ["match", "unknown", "possible", "overdue"];
    let choices: Vec<Vec<&str>> = (0..16u8)
        .map(|set| {
            kinds.iter().enumerate().filter(|(at, _)| set & (1 << at) != 0).map(|(_, kind)| *kind).collect()
        })
        .collect();
    // Of each row: what it is, and whether it has missed a deadline.
    let rows = [
        ("bad,1,,deb,,h-1", Some("match"), true),
        ("half,,,deb,,h-1", Some("unknown"), true),
        ("faint,1,,,,h-1", Some("possible"), false),
        ("fine,1,,,,h-1", None, false),
    ];
    let plain = everything();
    let others: [(&str, super::store::Store, Option<&str>, Option<u8>); 5] = [
        ("void", super::fixtures::void(), None, Some(2)),
        ("alarmed", super::fixtures::alarmed(), None, Some(4)),
        ("unread", everything(), Some("nowhere"), Some(3)),
        ("unsupported", super::fixtures::unsupported(), None, Some(6)),
        ("whole", plain, None, None),
    ];
    for (name, store, more, code) in &others {
        for (row, is, missed) in rows {
            store.file("row.csv", format!("name,version,vendor,ecosystem,cpe,host\n{row}\n").as_bytes());
            for choice in &choices {
                let joined = format!("--fail-on={}", choice.join(","));
                let chosen: &[&str] = if choice.is_empty() { &[] } else { &[&joined] };
                let files: Vec<&str> = ["row.csv"].into_iter().chain(*more).collect();
                let arguments = [&["check", "--format=json"], files.as_slice(), chosen].concat();
                let ran = store.run(&arguments);
                let tells = is.is_some_and(|is| {
                    choice.is_empty() || choice.contains(&is) || (missed && choice.contains(&"overdue"))
                });
                let wanted = code.unwrap_or(u8::from(tells));
                assert_eq!(ran.code(), wanted, "{name} {row} {choice:?}");
                let exits = ran.json()["exits"].as_array().unwrap().clone();
                assert_eq!(exits.contains(&json!("findings")), tells, "{name} {row} {choice:?}: {exits:?}");
            }
        }
    }
    // Stale as well, and everything at once: the first one wins and all are listed.
    let store = super::fixtures::void();
    let ran = store.run_at(
        "2017-09-21T00:00:00Z",
        &["check", "fleet.csv", "nowhere", "--format=json", "--fail-on=match"],
    );
    assert_eq!((ran.code(), &ran.json()["exits"]), (2, &json!(["usage", "no-answer", "stale", "findings"])));
}
