//! Waivers and responses.

use alloc::format;

use super::*;

#[test]
fn waivers_and_responses_hold_together() {
    for (given, wanted) in [
        (r#""waivers":[{"id":"w","from":"2018-01-01","granted_by":"g"}],"#, "waives-everyone /waivers/0"),
        (
            r#""waivers":[{"id":"w","beneficiaries":["x"],"from":"2018-01-02","until":"2018-01-01","granted_by":"g"}],"#,
            "ends-before-it-begins /waivers/0/until",
        ),
        (r#""responses":[{"id":"r","vendor":"v","state":"received"}],"#, "response-state /responses/0/state"),
        (r#""responses":[{"id":"r","vendor":"v","state":"lost"}],"#, "unknown-word /responses/0/state"),
        (
            r#""responses":[{"id":"r","vendor":"v","state":"invited","due":"2017-09-12"}],"#,
            "due-before-issued /responses/0/due",
        ),
    ] {
        assert_eq!(members(given), [wanted], "{given}");
    }
}

/// A table of the inputs `x` and `y`, each `a` or `b` and `a` where unknown.

#[test]
fn a_waiver_ends_with_what_it_frees_from_or_says_what_then() {
    let waiver = |part: &str, more: &str| {
        let waiver = format!(
            r#""waivers":[{{"id":"w","part":"{part}","beneficiaries":["x"],"from":"2017-10-01","granted_by":"g"{more}}}],"#
        );
        let until = r#","valid_until":"2017-12-31""#;
        let due = r#","due":{"every":{"n":7,"unit":"day","from":"issued","until":"2017-12-31"}}"#;
        of(&draft(&waiver, until, due))
    };
    assert_eq!(waiver("s", r#","until":"2017-12-31""#), NOTHING);
    assert_eq!(waiver("s", r#","until":"2018-01-01""#), ["waiver-outlasts /waivers/0/until"]);
    assert_eq!(waiver("s", ""), ["waiver-outlasts /waivers/0"]);
    assert_eq!(waiver("a", r#","until":"2017-12-20""#), NOTHING);
    assert_eq!(waiver("a", r#","until":"2018-01-09""#), ["waiver-outlasts /waivers/0/until"]);
    let once = |until: &str, more: &str| {
        let waiver = format!(
            r#""waivers":[{{"id":"w","part":"a","beneficiaries":["x"],"from":"2017-10-01","until":"{until}","granted_by":"g"{more}}}],"#
        );
        of(&draft(&waiver, "", r#","due":{"at":{"time":"2017-11-30"}}"#))
    };
    assert_eq!(once("2017-11-30", ""), NOTHING);
    assert_eq!(once("2017-12-01", ""), ["waiver-without-conditions /waivers/0/until"]);
    assert_eq!(once("2017-12-01", r#","conditions":["c"]"#), NOTHING);
}
