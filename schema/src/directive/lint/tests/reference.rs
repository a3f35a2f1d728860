//! Ids, and what refers to them.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::*;

#[test]
fn references_lead_somewhere() {
    for (given, wanted) in [
        (r#","subjects":["s","t"]"#, "dangling /actions/0/subjects/1"),
        (r#","after":["b"]"#, "dangling /actions/0/after/0"),
        (r#","after":["a"]"#, "self-reference /actions/0/after/0"),
        (r#","alternatives":["s"]"#, "dangling /actions/0/alternatives/0"),
        (
            r#","due":{"offset":{"n":1,"unit":"day","anchor":"due:b"}}"#,
            "dangling /actions/0/due/offset/anchor",
        ),
        (
            r#","due":{"offset":{"n":1,"unit":"day","anchor":"due:a"}}"#,
            "self-reference /actions/0/due/offset/anchor",
        ),
        (
            r#","due":{"offset":{"n":1,"unit":"day","anchor":"action:b"}}"#,
            "dangling /actions/0/due/offset/anchor",
        ),
        (
            r#","due":{"every":{"n":1,"unit":"day","from":"earliest-of:issued,due:b"}}"#,
            "dangling /actions/0/due/every/from",
        ),
        (
            r#","due":{"every":{"n":1,"unit":"day","from":"issued","until":"action:b"}}"#,
            "dangling /actions/0/due/every/until",
        ),
        (r#","due":{"table":"t"}"#, "dangling /actions/0/due/table"),
    ] {
        let found: Vec<String> =
            action(given).into_iter().filter(|found| !found.starts_with("not-computed")).collect();
        assert_eq!(found, [wanted], "{given}");
    }
    for (given, wanted) in [
        (
            r#""waivers":[{"id":"w","part":"b","beneficiaries":["x"],"from":"2018-01-01","granted_by":"g"}],"#,
            "dangling /waivers/0/part",
        ),
        (
            r#""relations":[{"kind":"amends","target":{"id":"T-1","part":"b"}}],"#,
            "dangling /relations/0/target/part",
        ),
        (
            r#""relations":[{"kind":"supplements","target":{"id":"T-2","part":"b","digest":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}],"#,
            "dangling /relations/0/target/part",
        ),
        (
            r#""relations":[{"kind":"amends","target":{"id":"T-2","part":"b","digest":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},"by":"c"}],"#,
            "dangling /relations/0/by",
        ),
        (r#""relations":[{"kind":"amends","target":{"id":"T-1"}}],"#, "relation-to-itself /relations/0"),
        (
            r#""relations":[{"kind":"revokes","target":{"id":"T-2"}}],"#,
            "relation-without-digest /relations/0/target",
        ),
        (
            r#""relations":[{"kind":"eats","target":{"id":"T-1","part":"s"}}],"#,
            "unknown-word /relations/0/kind",
        ),
    ] {
        assert_eq!(members(given), [wanted], "{given}");
    }
    assert_eq!(members(r#""relations":[{"kind":"amends","target":{"id":"T-1","part":"s"}}],"#), NOTHING);
}

#[test]
fn a_circle_of_references_is_found_once() {
    let act = |id: &str, rest: &str| format!(r#"{{"id":"{id}","modality":"must","kind":"block",{rest}}}"#);
    let after = |id, of: &str| act(id, &format!(r#""after":["{of}"]"#));
    let text = [after("x", "a"), after("a", "b"), after("b", "c"), after("c", "a")].join(",");
    assert_eq!(actions(&text), ["circle /actions/0/after"]);
    assert!(message(&draft(&format!("\"actions\":[{text}],"), "", "")).contains("a -> b -> c -> a"));
    let due =
        |id, of: &str| act(id, &format!(r#""due":{{"offset":{{"n":1,"unit":"day","anchor":"due:{of}"}}}}"#));
    assert_eq!(actions(&[due("a", "b"), due("b", "a")].join(",")), ["circle /actions/0/due"]);
    // Neither clock ever starts: each waits until the other action is done.
    let clock = |id, anchor: &str| {
        act(id, &format!(r#""due":{{"offset":{{"n":1,"unit":"day","anchor":"{anchor}"}}}}"#))
    };
    assert_eq!(
        actions(&[clock("a", "action:b"), clock("b", "action:a")].join(",")),
        ["circle /actions/0/due"]
    );
    assert_eq!(
        actions(&[clock("a", "action:b"), clock("b", "earliest-of:detected,action:a")].join(",")),
        NOTHING
    );
}

#[test]
fn ids_are_unique_and_can_be_referred_to() {
    let two = r#"{"id":"s","modality":"must","kind":"block"},{"id":"a","modality":"must","kind":"block"},{"id":"a","modality":"must","kind":"block"}"#;
    assert_eq!(actions(two), ["duplicate-id /actions/0/id", "duplicate-id /actions/2/id"]);
    assert_eq!(actions(r#"{"id":"a b","modality":"must","kind":"block"}"#), ["id-shape /actions/0/id"]);
    assert_eq!(actions(r#"{"id":"","modality":"must","kind":"block"}"#), ["empty /actions/0/id"]);
    assert_eq!(
        subject(r#","excludes":[{"id":"x","reason":"r"},{"id":"x","reason":"r"}]"#),
        ["duplicate-id /subjects/0/excludes/1/id"]
    );
    assert_eq!(
        action(r#","requires":[{"id":"f","label":"l","type":"text"},{"id":"f","label":"","type":"hymn"}]"#),
        [
            "duplicate-id /actions/0/requires/1/id",
            "empty /actions/0/requires/1/label",
            "unknown-word /actions/0/requires/1/type"
        ]
    );
}
