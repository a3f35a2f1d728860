//! `interdict is-banned`.

use interdict_host::testing::TestWorld;
use serde_json::{Value, json};

use super::fixtures::everything;
use super::store::{Store, published};

/// The code, and each answer in a word.
fn answers(store: &Store, arguments: &[&str]) -> (u8, Vec<String>) {
    let ran = store.run(&[&["is-banned", "--json"], arguments].concat());
    let word = |answer: &Value| answer["answer"].as_str().unwrap().to_owned();
    (ran.code(), ran.json()["answers"].as_array().unwrap().iter().map(word).collect())
}

/// A directive with an identifier of each kind.
fn of_each_kind() -> Store {
    let digest = "0a".repeat(32);
    let kinds = [
        ("purl", "pkg:npm/bad"),
        ("package", "deb:bad"),
        ("cpe", "cpe:2.3:a:bad:tool:*:*:*:*:*:*:*:*"),
        ("sha256", &digest),
        ("domain", "bad.example"),
        ("cidr", "192.0.2.0/24"),
        ("cve", "CVE-2017-0009"),
        ("process", "avp.exe"),
    ];
    let identifiers: Vec<Value> =
        kinds.iter().map(|(kind, value)| json!({"kind": kind, "value": value})).collect();
    let text = json!({"format": "interdict-directive/1", "id": "BOD-31-01", "revision": 1, "status": "in-force",
        "title": "T", "issuer": "dhs", "zone": "UTC", "issued": "2017-08-01", "subjects": [
            {"id": "s", "name": "S", "disposition": "prohibited", "identifiers": identifiers}]});
    Store::of(&[published(&[&text.to_string()])])
}

#[test]
fn an_identifier_of_every_kind_is_recognised_by_what_it_looks_like() {
    let store = of_each_kind();
    let digest = "0a".repeat(32);
    let prefixed = format!("sha256:{digest}");
    for (text, kind) in [
        ("pkg:npm/bad@1", "purl"),
        ("deb:bad", "package"),
        ("deb:bad@1", "package"),
        ("cpe:2.3:a:bad:tool:1:*:*:*:*:*:*:*", "cpe"),
        (&digest, "sha256"),
        (&prefixed, "sha256"),
        ("www.bad.example", "domain"),
        ("https://user@www.BAD.example:8443/x.deb?y#z", "url"),
        ("http://192.0.2.7/", "url"),
        ("192.0.2.7", "ip"),
        ("cve-2017-0009", "cve"),
    ] {
        let ran = store.run(&["is-banned", text, "--json"]);
        let answer = &ran.json()["answers"][0];
        assert_eq!(
            (ran.code(), &answer["answer"], &answer["kind"]),
            (1, &json!("banned"), &json!(kind)),
            "{text}"
        );
    }
    for text in [
        "pkg:npm/good",
        "rpm:bad",
        "notbad.example",
        "192.0.3.1",
        "CVE-2017-0008",
        "badly",
        "https://notbad.example/bad.example",
    ] {
        assert_eq!(answers(&store, &[text]), (0, vec!["not-banned".to_owned()]), "{text}");
    }
}

#[test]
fn a_file_is_compared_by_its_content_its_path_and_its_name() {
    let text = b"the bytes of a program";
    let digest = interdict_schema::Sha256::of(text).to_string();
    let store = of_each_kind();
    store.file("AVP.EXE", text);
    store.file("other", text);
    assert_eq!(answers(&store, &["./AVP.EXE"]), (1, vec!["banned".to_owned()]));
    assert_eq!(answers(&store, &["./other"]), (0, vec!["not-banned".to_owned()]));
    assert_eq!(answers(&store, &["--kind=file", "other"]).0, 0);
    let ours = json!({"format": "interdict-directive/1", "id": "BOD-31-02", "revision": 1, "status": "in-force",
        "title": "T", "issuer": "dhs", "zone": "UTC", "issued": "2017-08-01", "subjects": [
            {"id": "s", "name": "S", "disposition": "prohibited", "identifiers": [{"kind": "sha256", "value": digest}]}]});
    store.sync(&[published(&[&ours.to_string()])], &[]);
    assert_eq!(answers(&store, &["./other"]).0, 1);
    // What nobody could look into is not clean, and hides nothing of the others.
    assert_eq!(
        answers(&store, &["./nowhere", "./other", "./"]),
        (3, vec!["cannot-tell".to_owned(), "banned".to_owned(), "cannot-tell".to_owned()])
    );
}

#[test]
fn each_verdict_has_its_answer_and_exit() {
    let store = everything();
    for (text, code, answer) in [
        ("deb:bad", 1, "banned"),
        ("deb:half@1", 1, "banned"),
        ("deb:half@3", 0, "not-banned"),
        ("deb:half", 3, "cannot-tell"),
        ("faint", 3, "cannot-tell"),
        ("freed", 0, "not-banned"),
        ("cpe:2.3:a:mender:tool:1:*:*:*:*:*:*:*", 0, "not-banned"),
        ("pkg:", 2, "no-identifier"),
        ("", 2, "no-identifier"),
    ] {
        assert_eq!(answers(&store, &[text]), (code, vec![answer.to_owned()]), "{text}");
    }
    let ran = store.run(&["is-banned", "deb:bad", "deb:half", "fine", "--json"]);
    assert_eq!(ran.json()["exits"], json!(["no-answer", "findings"]));
}

#[test]
fn people_get_a_line_each() {
    let ran = everything().run(&["is-banned", "deb:half@1", "fine", "a\u{1b}b"]);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(
        lines,
        [
            "banned: deb:half@1: BOD-30-01 half: match: package deb:half vers:deb/<2 meets name half; \
             overdue since 2017-09-01T03:59:59Z: complete remove (paragraph 3)",
            "not banned: fine",
            "no identifier: a\\u{1b}b: found a character that is not visible at byte 1, wanted an identifier",
        ]
    );
    assert_eq!((ran.code(), ran.stderr.as_str()), (2, ""));
}

#[test]
fn standard_input_is_read_by_lines_and_ends_lines_bounded() {
    let store = everything();
    let input = |text: &str| store.run_in(TestWorld::new().stdin(text), &["is-banned", "-", "--json"]);
    let ran = input("deb:bad\n\n  fine \nlast");
    let asked: Vec<Value> =
        ran.json()["answers"].as_array().unwrap().iter().map(|one| one["identifier"].clone()).collect();
    assert_eq!((ran.code(), asked), (1, vec![json!("deb:bad"), json!("fine"), json!("last")]));
    assert_eq!(input("").code(), 3, "nothing was compared");
    let most = "a".repeat(64 << 10);
    for line in [most.clone(), format!("{most}\n")] {
        // Read, and too long for a name.
        assert_eq!(input(&line).json()["answers"][0]["answer"], "no-identifier");
    }
    let ran = input(&format!("{most}a\nfine"));
    assert_eq!((ran.code(), ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("line 1 of standard input is longer than 65536 bytes"), "{}", ran.stderr);
}

/// trust.md, exit codes
#[test]
fn a_policy_that_is_stale_or_absent_never_ends_with_0() {
    let store = everything();
    let stale = store.run_at("2017-09-21T00:00:00Z", &["is-banned", "fine"]);
    assert_eq!(stale.code(), 5);
    assert!(stale.stderr.starts_with("warning: stale: "), "{}", stale.stderr);
    store.configure(&["main", "other"]);
    assert_eq!(store.run(&["is-banned", "fine"]).code(), 3);
    let absent = Store::empty();
    absent.configure(&["main"]);
    assert_ne!(absent.run(&["is-banned", "fine"]).code(), 0);
}

#[test]
fn asking_remembers_nothing() {
    let store = everything();
    assert_eq!(store.run(&["is-banned", "deb:bad"]).code(), 1);
    assert!(!store.places.detections().exists());
}
