//! What is told of a change, and how.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail by panicking")]

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use super::*;
use crate::directive::{NotADirectiveId, Revision};

const TEXT: &str = r#"{"format":"interdict-directive/1","id":"T-1","revision":1,"status":"in-force","title":"t",
    "issuer":"i","zone":"UTC","issued":"2017-09-13",
    "subjects":[{"id":"example","name":"Example","disposition":"prohibited",
        "identifiers":[{"kind":"package","value":"one"},{"kind":"purl","value":"pkg:deb/debian/two","versions":"vers:deb/<2"}],
        "excludes":[{"id":"training","reason":"training services"}]}],
    "actions":[{"id":"remove","modality":"must","kind":"remove","due":{"edge":"complete","at":{"time":"2017-12-12"}}}]}"#;

/// By when the only action is due.
const BY: &str = "(complete) by the end of 2017-12-12, UTC (2017-12-12T23:59:59Z)";

fn text() -> Directive {
    Directive::parse(TEXT.as_bytes()).unwrap().value
}

fn compared(change: impl Fn(&mut Directive)) -> Vec<Difference> {
    let (before, mut after) = (text(), text());
    change(&mut after);
    differences(&before, &after, "2017-09-13T12:00:00Z".parse().unwrap())
}

fn found(change: impl Fn(&mut Directive)) -> Vec<String> {
    compared(change).iter().map(ToString::to_string).collect()
}

#[test]
fn two_equal_texts_do_not_differ() {
    assert_eq!(found(|_| {}), Vec::<String>::new());
    assert_eq!(counted(&[]), "nothing");
}

#[test]
fn a_subject_that_quietly_ends_is_told_of() {
    assert_eq!(
        found(|after| after.subjects[0].valid_until = Some("2017-09-14".parse().unwrap())),
        ["changed: Example (example): valid_until: nothing becomes \"2017-09-14\""]
    );
}

#[test]
fn an_action_that_reaches_fewer_subjects_is_told_of() {
    assert_eq!(
        found(|after| after.actions[0].subjects = vec!["example".into()]),
        ["changed action remove: subjects: nothing becomes [\"example\"]"]
    );
}

/// trust.md rule 24
#[test]
fn whatever_else_of_the_directive_is_another_is_told_of() {
    assert_eq!(
        found(|after| after.effective = Some("2030-01-01".parse().unwrap())),
        ["effective: nothing becomes \"2030-01-01\""]
    );
    assert_eq!(
        found(|after| after.summary = Some("x".repeat(200))),
        ["summary: nothing becomes 202 characters"]
    );
    assert_eq!(
        found(|after| {
            after.scope = serde_json::from_str(r#"{"addressees":[{"class":"nobody"}]}"#).unwrap();
        }),
        ["scope: {} becomes {\"addressees\":[{\"class\":\"nobody\"}]}"]
    );
}

#[test]
fn a_deadline_that_moves_says_from_when_to_when_and_its_kind_is_moved() {
    let moved = compared(|after| {
        after.actions[0].due.as_mut().unwrap().at.as_mut().unwrap().time = "2018-01-12".parse().unwrap();
    });
    let from = format!("must remove {BY}");
    let to = "must remove (complete) by the end of 2018-01-12, UTC (2018-01-12T23:59:59Z)";
    assert_eq!(
        moved.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [format!("action remove: {from} becomes {to}")]
    );
    assert_eq!(
        serde_json::to_value(&moved).unwrap(),
        serde_json::json!([{
            "change": "moved", "of": "action", "id": "remove", "member": "due",
            "from": from, "to": to, "words": format!("action remove: {from} becomes {to}")
        }])
    );
    assert_eq!(counted(&moved), "1 moved");
}

#[test]
fn to_begin_and_to_have_finished_on_one_day_are_two_things() {
    let changed = compared(|after| {
        after.actions[0].due.as_mut().unwrap().edge = Some(crate::directive::Edge::Begin);
    });
    let to = BY.replace("complete", "begin");
    assert_eq!(
        changed.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [format!("action remove: must remove {BY} becomes must remove {to}")]
    );
    assert_eq!((changed[0].change, changed[0].member.as_deref()), (Change::Moved, Some("due")));
}

#[test]
fn each_kind_of_deadline_has_words_of_its_own() {
    let words = |due: &str| {
        let mut text = text();
        text.actions[0].due = Some(serde_json::from_str(due).unwrap());
        when(&text, &text.actions[0], "2017-10-01T12:00:00Z".parse().unwrap())
    };
    for (due, wanted) in [
        (r#"{"at":{"time":"2017-12-12T17:00:00Z"}}"#, "by 2017-12-12 17:00:00 UTC (2017-12-12T17:00:00Z)"),
        (
            r#"{"offset":{"n":3,"unit":"day","anchor":"issued"},"unless_directed_otherwise":true}"#,
            "by the end of 2017-09-16, UTC (2017-09-16T23:59:59Z), unless directed otherwise",
        ),
        (r#"{"offset":{"n":3,"unit":"day","anchor":"detected"}}"#, "on a clock that runs from detected"),
        (
            r#"{"every":{"n":30,"unit":"day","from":"issued","until":"action:remove"}}"#,
            "again and again: first by 2017-10-13 23:59:59 UTC, next by 2017-10-13 23:59:59 UTC, until action:remove",
        ),
        (r#"{"ongoing":true}"#, "at all times from 2017-09-13 00:00:00 UTC"),
        (r#"{"by_subject":true}"#, "by each subject's own date"),
    ] {
        assert_eq!(words(due), wanted, "{due}");
    }
    let mut undated = text();
    undated.actions[0].due = None;
    assert_eq!(when(&undated, &undated.actions[0], DateTime::EPOCH), "without a date");
}

#[test]
fn identifiers_are_told_of_one_by_one_and_other_versions_are_a_change() {
    let changed = compared(|after| {
        let identifiers = &mut after.subjects[0].identifiers;
        identifiers.remove(0);
        identifiers[0].versions = Some("vers:deb/<3".into());
        identifiers.push(serde_json::from_str(r#"{"kind":"domain","value":"example.org"}"#).unwrap());
    });
    assert_eq!(
        changed.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "changed: Example (example): also recognised by domain example.org",
            "changed: Example (example): recognised by purl pkg:deb/debian/two, vers:deb/<2 becomes purl \
             pkg:deb/debian/two, vers:deb/<3",
            "changed: Example (example): no longer recognised by package one",
        ]
    );
    assert_eq!(counted(&changed), "1 added, 1 removed, 1 changed");
}

#[test]
fn where_an_identifier_was_seen_is_told_of_although_its_text_is_the_same() {
    assert_eq!(
        found(|after| after.subjects[0].identifiers[0].source = Some("elsewhere".into())),
        ["changed: Example (example): recognised by package one becomes package one, seen elsewhere"]
    );
}

#[test]
fn exclusions_come_and_go_by_their_ids() {
    assert_eq!(
        found(|after| after.subjects[0].excludes[0].id = "teaching".into()),
        [
            "changed: Example (example): now left out (teaching): training services",
            "changed: Example (example): no longer left out (training): training services",
        ]
    );
}

#[test]
fn waivers_responses_and_relations_have_words_of_their_own() {
    let changed = found(|after| {
        after.waivers = serde_json::from_str(
            r#"[{"id":"w","part":"remove","beneficiaries":["A"],"from":"2018-01-01","granted_by":"b"}]"#,
        )
        .unwrap();
        after.responses =
            serde_json::from_str(r#"[{"id":"r","vendor":"Example Lab","state":"received"}]"#).unwrap();
        after.relations =
            serde_json::from_str(r#"[{"kind":"revokes","target":{"id":"T-2","revision":1,"part":"plan"}}]"#)
                .unwrap();
    });
    assert_eq!(
        changed,
        [
            "new: waiver w from remove, from 2018-01-01 without end",
            "new: response r of Example Lab, received; it changes nothing about what is in force",
            "new: revokes T-2@1, plan",
        ]
    );
}

#[test]
fn a_subject_and_an_action_that_go_are_removed_and_those_that_come_added() {
    let changed = compared(|after| {
        after.subjects[0].id = "other".into();
        after.actions[0].id = "again".into();
    });
    assert_eq!(
        changed.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "becomes prohibited: Example (other)",
            "lifted, no longer prohibited: Example (example)",
            &format!("new action again: must remove {BY}"),
            &format!("action remove is gone: must remove {BY}"),
        ]
    );
    assert_eq!(counted(&changed), "2 added, 2 removed");
}

#[test]
fn a_revision_is_named_by_id_and_number() {
    let named: Named = "BOD-17-01@2".parse().unwrap();
    assert_eq!((named.id.as_str(), named.revision), ("BOD-17-01", Revision::new(2)));
    assert_eq!(named.to_string(), "BOD-17-01@2");
    assert_eq!("BOD-17-01".parse::<Named>().unwrap().revision, None);
    for bad in ["BOD-17-01@", "BOD-17-01@0", "BOD-17-01@+1", "BOD-17-01@x"] {
        assert_eq!(bad.parse::<Named>(), Err(NotNamed::Revision), "{bad}");
    }
    assert_eq!("@1".parse::<Named>(), Err(NotNamed::Id(NotADirectiveId::Character { byte: 0 })));
}
