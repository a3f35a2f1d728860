//! SARIF.

use serde_json::{Value, json};

use super::fixtures::{HOSTILE, everything};

fn run(inventories: &[&str]) -> Value {
    everything().run(&[&["check"], inventories, &["--format", "sarif"]].concat()).json()["runs"][0].take()
}

fn result<'v>(run: &'v Value, subject: &str) -> &'v Value {
    let id = format!("BOD-30-01/{subject}");
    run["results"].as_array().unwrap().iter().find(|result| result["ruleId"] == *id).unwrap()
}

#[test]
fn a_result_has_its_rule_level_place_and_name() {
    let run = run(&["fleet.csv"]);
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 8 + 3, "every subject that binds, found or not");
    for one in run["results"].as_array().unwrap() {
        let index = usize::try_from(one["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(one["ruleId"], rules[index]["id"]);
    }
    let bad = result(&run, "bad");
    assert_eq!((&bad["level"], &bad["kind"]), (&json!("error"), &json!("fail")));
    assert_eq!(
        bad["locations"][0]["physicalLocation"],
        json!({"artifactLocation": {"uri": "fleet.csv", "index": 0}, "region": {"startLine": 2, "byteOffset": 39}})
    );
    assert_eq!(bad["locations"][0]["logicalLocations"][0]["name"], "bad");
    assert!(
        bad["properties"]["due"].as_str().unwrap().starts_with("overdue since 2017-09-01T03:59:59Z"),
        "{bad}"
    );
    assert_eq!(bad["partialFingerprints"]["interdictFinding/v1"].as_str().unwrap().len(), 12);
    assert_eq!(result(&run, "half")["level"], "warning");
    assert_eq!(result(&run, "faint")["level"], "warning");
}

/// trust.md rule 21
#[test]
fn what_the_order_leaves_out_is_suppressed_and_what_the_agency_excepts_is_not() {
    let run = run(&["fleet.csv"]);
    let status = |subject: &str| result(&run, subject)["suppressions"][0]["status"].clone();
    assert_eq!((status("freed"), status("maker")), (json!("accepted"), json!("accepted")));
    assert_eq!(status("kept"), "underReview");
    assert!(result(&run, "bad").get("suppressions").is_none());
}

#[test]
fn what_could_not_be_seen_is_an_error_and_the_execution_no_success() {
    let run = run(&["fleet.csv", "broken.cdx.json", "nowhere"]);
    let invocation = &run["invocations"][0];
    assert_eq!((&invocation["executionSuccessful"], &invocation["exitCode"]), (&json!(false), &json!(3)));
    let errors: Vec<_> = invocation["toolExecutionNotifications"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|gap| gap["level"] == "error")
        .map(|gap| {
            (
                gap["descriptor"]["id"].as_str().unwrap(),
                gap["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap(),
            )
        })
        .collect();
    assert!(errors.contains(&("unread", "nowhere")), "{errors:?}");
    assert!(errors.iter().any(|(_, uri)| *uri == "broken.cdx.json"), "{errors:?}");
}

#[test]
fn findings_are_no_failure_of_the_execution() {
    let run = run(&["fleet.csv"]);
    let invocation = &run["invocations"][0];
    assert_eq!((&invocation["executionSuccessful"], &invocation["exitCode"]), (&json!(true), &json!(1)));
}

#[test]
fn hostile_words_are_kept_as_they_are_in_strings() {
    let run = run(&["fleet.csv"]);
    assert_eq!(run["tool"]["driver"]["rules"][0]["name"], HOSTILE);
}
