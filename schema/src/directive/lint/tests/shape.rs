//! What cannot be read, what has the wrong shape, and what the draft as written holds.

use alloc::string::ToString;
use alloc::{format, vec};

use super::*;

#[test]
fn a_sound_draft_has_no_problems_with_and_without_comments() {
    assert_eq!(action(""), NOTHING);
    let commented = draft("\"$schema\":\"directive.schema.json\", // for the editor\n", "", "");
    let report = lint(commented.as_bytes(), &Context::default());
    assert_eq!((report.problems.len(), report.may_be_signed()), (0, true));
    assert!(report.decoded.is_some_and(|decoded| decoded.unknown.is_empty()));
}

#[test]
fn what_cannot_be_read_is_said_with_its_place() {
    assert_eq!(
        message("{ /* "),
        "error at /: byte 2: found a comment that nothing ends, wanted */ [unterminated-comment]"
    );
    assert_eq!(
        message("{\"id\":\"a\",\"id\":\"b\"}"),
        "error at /: byte 19 (line 1, column 20): the key \"id\" occurs twice [not-json]"
    );
}

#[test]
fn every_value_of_a_wrong_shape_is_listed_in_the_order_of_the_document() {
    let text = draft(r#""revision":0,"issued":"yesterday","#, r#","notes":"one""#, r#","after":[1]"#);
    assert_eq!(
        of(&text),
        ["shape /revision", "shape /issued", "shape /subjects/0/notes", "shape /actions/0/after/0"]
    );
}

#[test]
fn every_member_that_is_missing_is_listed_beside_what_is_wrong() {
    assert_eq!(
        of(r#"{"id":"a b","revision":1,"zone":"UTC","subjects":[{"id":"s"}]}"#),
        [
            "shape /id",
            "shape /subjects/0",
            "missing /format",
            "missing /status",
            "missing /title",
            "missing /issuer",
            "missing /issued"
        ]
    );
    assert_eq!(of("[]"), ["shape /"]);
}

#[test]
fn shapes_are_listed_up_to_their_limit() {
    let wrong = |count: usize| {
        let citations = vec!["1"; count].join(",");
        of(&draft(&format!("\"legal_basis\":[{citations}],"), "", "")).len()
    };
    assert_eq!(wrong(LINT_SHAPE_ERRORS - 1), LINT_SHAPE_ERRORS - 1);
    // The last one is the remark that there may be more.
    assert_eq!(wrong(LINT_SHAPE_ERRORS + 1), LINT_SHAPE_ERRORS + 1);
}

#[test]
fn problems_stand_in_the_order_of_the_document_whatever_looked_for_them() {
    let text = draft(
        r#""title":"","zone":"Mars/Olympus","odd":1,"#,
        r#","excludes":[{"id":"x","reason":""}]"#,
        r#","after":["b"]"#,
    );
    assert_eq!(
        of(&text),
        [
            "empty /title",
            "unknown-zone /zone",
            "unknown-member /odd",
            "empty /subjects/0/excludes/0/reason",
            "dangling /actions/0/after/0"
        ]
    );
}

#[test]
fn a_directive_that_was_read_already_is_told_the_same() {
    let text = draft(r#""title":"","#, r#","due":"2017-01-01","listed":"2018-01-01""#, r#","after":["b"]"#);
    let report = lint(text.as_bytes(), &Context::default());
    let again = lint_directive(&report.decoded.as_ref().unwrap().value, &Context::default());
    assert_eq!(again, report.problems);
    assert_eq!(again.len(), 3);
}

#[test]
fn every_code_is_kebab_case_and_occurs_once() {
    let mut codes = Fact::CODES.to_vec();
    assert!(codes.iter().all(|code| code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')));
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), Fact::CODES.len());
}

#[test]
fn a_blank_of_the_template_must_be_filled_also_in_a_draft_of_the_wrong_shape() {
    assert_eq!(members(r#""title":"FILL: title","#), ["blank /title"]);
    assert_eq!(subject(r#","notes":["a","FILL: note"]"#), ["blank /subjects/0/notes/1"]);
    assert_eq!(members(r#""title":"FILL: title","revision":0,"#), ["blank /title", "shape /revision"]);
    assert_eq!(members(r#""title":"to FILL: in","#), NOTHING);
}

#[test]
fn a_character_that_nobody_sees_is_told_of_wherever_it_stands() {
    assert_eq!(members("\"title\":\"a\u{202e}b\","), ["invisible-character /title"]);
    assert_eq!(members(r#""title":"a\u001b[2J","#), ["invisible-character /title"]);
    assert_eq!(subject(r#","notes":["a","\u200b"]"#), ["invisible-character /subjects/0/notes/1"]);
    assert_eq!(members(r#""summary":"one\r\n\ttwo","#), NOTHING);
    let report = lint(draft("\"title\":\"a\u{202e}b\",", "", "").as_bytes(), &Context::default());
    assert!(report.may_be_signed());
    assert_eq!(
        report.problems[0].to_string(),
        "warning at /title: found the character U+202E, which cannot be seen and may change how the text looks \
         [invisible-character]"
    );
}
