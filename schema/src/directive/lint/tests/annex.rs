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

#[test]
fn a_waiver_from_a_subject_ends_with_the_last_of_what_is_about_it() {
    let other = r#"{"id":"b","modality":"must","kind":"remove","due":{"edge":"complete","at":{"time":"2017-12-31"}}}"#;
    let of_subject = |other: &str, more: &str| {
        members(&format!(
            r#""waivers":[{{"id":"w","part":"s","beneficiaries":["x"],"from":"2017-10-01","granted_by":"g"{more}}}],
            "actions":[{{"id":"a","modality":"must","kind":"block","due":{{"at":{{"time":"2017-11-30"}}}}}},{other}],"#
        ))
    };
    assert_eq!(of_subject(other, r#","until":"2017-12-31""#), NOTHING);
    assert_eq!(of_subject(other, r#","until":"2018-01-01""#), ["waiver-without-conditions /waivers/0/until"]);
    assert_eq!(of_subject(other, r#","until":"2018-01-01","conditions":["c"]"#), NOTHING);
    assert_eq!(of_subject(other, ""), ["waiver-without-end /waivers/0"]);
    let undated = r#"{"id":"b","modality":"must","kind":"block"}"#;
    assert_eq!(
        of_subject(undated, r#","until":"2017-12-01""#),
        ["waiver-without-conditions /waivers/0/until"]
    );
    // What goes on, or is not known yet, no waiver is longer than.
    for due in [r#""ongoing":true"#, r#""offset":{"n":1,"unit":"day","anchor":"detected"}"#] {
        let other = format!(r#"{{"id":"b","modality":"must","kind":"block","due":{{{due}}}}}"#);
        assert_eq!(of_subject(&other, r#","until":"2018-01-01""#), NOTHING, "{due}");
    }
}

#[test]
fn a_waiver_without_an_end_from_what_has_a_date_is_told_of_in_its_own_words() {
    let waiver = |due: &str, more: &str| {
        let waiver = format!(
            r#""waivers":[{{"id":"w","part":"a","beneficiaries":["x"],"from":"2017-10-01","granted_by":"g"{more}}}],"#
        );
        draft(&waiver, "", &format!(r#","due":{{{due}}}"#))
    };
    let once = r#""at":{"time":"2017-11-30"}"#;
    assert_eq!(
        message(&waiver(once, "")),
        "warning at /waivers/0: found a waiver of \"a\", due 2017-12-01T04:59:59Z, with neither an end nor conditions: whom it \
         frees need never do it [waiver-without-end]"
    );
    assert_eq!(of(&waiver(once, r#","conditions":["until the vendor mends it"]"#)), NOTHING);
    assert_eq!(of(&waiver(r#""ongoing":true"#, "")), NOTHING);
    // What is over is over, whatever the conditions are.
    let until = r#""every":{"n":7,"unit":"day","from":"issued","until":"2017-12-31"}"#;
    assert_eq!(of(&waiver(until, r#","conditions":["c"]"#)), ["waiver-outlasts /waivers/0"]);
}
