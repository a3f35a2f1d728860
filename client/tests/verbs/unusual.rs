//! Directives that say what this version does not understand: shown, in force, and never the reason of a crash or of a 0.

use crate::store::{Store, published};

const SUBJECT: &str = r#"{"id":"it","name":"It","disposition":"prohibited","identifiers":[{"kind":"package","value":"forbidden"}]}"#;

/// A directive of the subject above with these other members.
fn unusual(members: &str) -> String {
    format!(
        r#"{{"format":"interdict-directive/1","id":"BOD-1","revision":1,"title":"Unusual","issuer":"dhs","issued":"2017-09-01",{members}}}"#
    )
}

fn with_due(due: &str) -> String {
    unusual(&format!(
        r#""status":"in-force","zone":"UTC","subjects":[{SUBJECT}],"actions":[{{"id":"a","modality":"must","kind":"remove","due":{due}}}]"#
    ))
}

/// Runs every verb; the codes of `status` and of `check` on a clean list and on one with the banned package.
#[track_caller]
fn codes(text: &str) -> (u8, u8, u8) {
    let store = Store::of(&[published(&[text])]);
    store.file("clean.csv", b"name\nbash\n");
    store.file("banned.csv", b"name\nforbidden\n");
    for verb in [
        &["list"][..],
        &["due"],
        &["due", "--json"],
        &["show", "BOD-1"],
        &["show", "BOD-1", "--json"],
        &["policy"],
        &["digest", "--keep"],
    ] {
        let ran = store.run(verb);
        assert!(
            ran.code() == 0 && !(ran.stdout.is_empty() && ran.stderr.is_empty()),
            "{verb:?}: {} {}",
            ran.code(),
            ran.stderr
        );
    }
    assert!(store.run(&["policy"]).stdout.contains("forbidden") || !text.contains("forbidden"));
    let code = |verb: &[&str]| store.run(verb).code();
    (code(&["status"]), code(&["check", "clean.csv"]), code(&["check", "banned.csv"]))
}

#[test]
fn words_of_a_later_version_are_told_and_lift_nothing() {
    for text in [
        unusual(&format!(r#""status":"suspended-perhaps","zone":"UTC","subjects":[{SUBJECT}]"#)),
        unusual(&format!(r#""status":"in-force","zone":"Mars/Olympus","subjects":[{SUBJECT}]"#)),
        unusual(&format!(r#""status":"in-force","zone":"UTC","zork":{{"a":[1]}},"subjects":[{SUBJECT}]"#)),
        unusual(
            r#""status":"in-force","zone":"UTC","subjects":[{"id":"it","name":"It","disposition":"frobnicated","identifiers":[{"kind":"package","value":"forbidden"},{"kind":"telepathy","value":"x"}]}]"#,
        ),
        unusual(
            r#""status":"in-force","zone":"UTC","subjects":[{"id":"it","name":"It","disposition":"prohibited","identifiers":[{"kind":"package","value":"forbidden"},{"kind":"purl","value":"no purl"}]}]"#,
        ),
        with_due(r#"{"edge":"hum","lunar":3}"#),
        with_due(r#"{"edge":"complete","offset":{"n":10,"unit":"fortnight","anchor":"issued"}}"#),
        with_due(
            r#"{"edge":"complete","offset":{"n":10,"unit":"day","anchor":"issued","roll":"previous-full-moon"}}"#,
        ),
        with_due(
            r#"{"edge":"complete","offset":{"n":10,"unit":"day","anchor":"issued","calendar":"of-nothing"}}"#,
        ),
        with_due(r#"{"edge":"complete","offset":{"n":4294967295,"unit":"year","anchor":"issued"}}"#),
        with_due(r#"{"edge":"complete","table":"of-nothing"}"#),
    ] {
        let (status, clean, banned) = codes(&text);
        assert_eq!((status, clean, banned), (6, 6, 6), "{text}");
    }
}

#[test]
fn what_is_unusual_and_understood_is_no_trouble() {
    for text in [
        with_due(r#"{"ongoing":true}"#),
        with_due(
            r#"{"edge":"complete","offset":{"n":10,"unit":"business-day","anchor":"issued","roll":"next-business-day"}}"#,
        ),
        with_due(r#"{"edge":"complete","offset":{"n":3,"unit":"day","anchor":"event:doom"}}"#),
        with_due(
            r#"{"edge":"report","every":{"n":1,"unit":"month","from":"2016-01-31","until":"2030-01-01"}}"#,
        ),
        unusual(&format!(r#""status":"in-force","zone":"UTC","subjects":[{SUBJECT}]"#)),
    ] {
        assert_eq!(codes(&text), (0, 0, 1), "{text}");
    }
    let nothing = unusual(r#""status":"in-force","zone":"UTC""#);
    assert_eq!(codes(&nothing), (0, 0, 0));
}

#[test]
fn findings_of_one_directive_in_two_repositories_say_which() {
    let text = unusual(&format!(r#""status":"in-force","zone":"UTC","subjects":[{SUBJECT}]"#));
    let store = Store::of(&[published(&[&text])]);
    store.file("banned.csv", b"name\nforbidden\n");
    assert!(store.run(&["check", "banned.csv"]).stdout.contains("\n\nBOD-1  Unusual\n"));
    store.sync_two(&[published(&[&text])], &[published(&[&text])]);
    let shown = store.run(&["check", "banned.csv"]).stdout;
    for title in ["BOD-1  Unusual (repository main)\n", "BOD-1  Unusual (repository other)\n"] {
        assert!(shown.contains(title), "{shown}");
    }
}
