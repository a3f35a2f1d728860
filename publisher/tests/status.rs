//! `status`: how the authority stands.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, and touch files as an attacker or a careless person would"
)]

use interdict_host::exit::Exit;
use interdict_host::key_file::KeyFile;
use interdict_host::testing::TestWorld;
use interdict_publisher::testing::{Authority, Ran, draft};
use serde_json::{Value, json};

const DAY: i64 = 86_400;

fn status(authority: &Authority) -> (Ran, Value) {
    let ran = authority.run(&["status", "--repo", "repo", "--json"]);
    let shown = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}{}", ran.stdout, ran.stderr));
    (ran, shown)
}

fn later(authority: &mut Authority, seconds: i64) {
    authority.set_now(authority.now().saturating_add_seconds(seconds));
}

fn public_of(authority: &Authority, name: &str) -> String {
    let bytes = std::fs::read(authority.folder().join(format!("keys/{name}.key"))).unwrap();
    let file = KeyFile::parse(&bytes, interdict_host::example_keys::ExampleKeys::Allow).unwrap();
    let digits = file.public().iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

/// The published list of issuers with other states of the officers' keys, in a file.
fn issuers(authority: &Authority, states: [&str; 3]) -> String {
    let keys: Vec<Value> = (1..=3)
        .zip(states)
        .map(|(number, state)| {
            let name = format!("officer-{number}");
            json!({ "scheme": "ed25519", "public": public_of(authority, &name), "state": state, "holder": name })
        })
        .collect();
    let list = json!({
        "format": "interdict-issuers/1", "version": 2,
        "issuers": [{ "id": "dhs", "name": "dhs", "threshold": 2, "prefixes": ["BOD", "ED", "KEV"], "keys": keys }],
    });
    authority.write("issuers.json", list.to_string());
    "issuers.json".to_owned()
}

fn sign(authority: &Authority, file: &str, key: &str, more: &[&str]) -> String {
    let key = format!("keys/{key}.key");
    let arguments = [&["sign", file, "--key", &key, "--yes"], more].concat();
    authority.run(&arguments).done().stdout.trim_end().to_owned()
}

#[test]
fn it_tells_what_is_published_what_expires_when_and_where_the_keys_are() {
    let authority = Authority::founded();
    authority.issue(&draft("BOD-17-01", 1, None));
    authority.issue(&draft("ED-21-01", 1, None));
    let (ran, shown) = status(&authority);
    assert_eq!(ran.exit(), Exit::Done, "{}", ran.stderr);
    let dhs = &shown["issuers"][0];
    assert_eq!((&dhs["directives"], &dhs["revisions"], &dhs["lists"]), (&2.into(), &2.into(), &0.into()));
    assert_eq!((&dhs["newest"]["id"], &dhs["newest"]["issued"]), (&"ED-21-01".into(), &"2017-09-13".into()));
    let metadata: Vec<(&str, u64, i64, &str)> = shown["metadata"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            let text = |name: &str| it[name].as_str().unwrap();
            (
                text("role"),
                it["version"].as_u64().unwrap(),
                it["days_left"].as_i64().unwrap(),
                text("urgency"),
            )
        })
        .collect();
    assert_eq!(
        metadata,
        [
            ("root", 1, 365, "fine"),
            ("timestamp", 3, 7, "fine"),
            ("snapshot", 3, 14, "fine"),
            ("targets", 3, 365, "fine")
        ]
    );
    let keys = shown["keys"].as_array().unwrap();
    let of: Vec<(&Value, &Value, usize)> = keys
        .iter()
        .map(|it| {
            (
                if it["role"].is_null() { &it["issuer"] } else { &it["role"] },
                &it["threshold"],
                it["keys"].as_array().unwrap().len(),
            )
        })
        .collect();
    let wanted = [("root", 2, 3), ("targets", 2, 2), ("snapshot", 1, 1), ("timestamp", 1, 1), ("dhs", 2, 3)];
    let wanted = wanted.map(|(of, threshold, keys)| (Value::from(of), Value::from(threshold), keys));
    assert_eq!(of, wanted.iter().map(|(of, threshold, keys)| (of, threshold, *keys)).collect::<Vec<_>>());
    let root = &keys[0]["keys"][0];
    assert!(root["uri"].as_str().unwrap().contains("keys/root-"), "{root}");
    assert!(root["label"].as_str().unwrap().starts_with("example root-"), "{root}");
    assert_eq!(shown["journal"]["state"], "whole");
    assert_eq!((&shown["exit"], &shown["exits"]), (&"done".into(), &json!(["done"])));
}

#[test]
fn a_key_that_is_not_here_is_named_with_its_place_and_known_by_its_label_from_the_journal() {
    let authority = Authority::founded();
    std::fs::remove_file(authority.folder().join("keys/targets-1.key")).unwrap();
    let (ran, shown) = status(&authority);
    assert_eq!(ran.exit(), Exit::Done, "an offline key is in order");
    let targets = &shown["keys"][1];
    let away = &targets["not_at_hand"][0];
    assert!(away["uri"].as_str().unwrap().ends_with("keys/targets-1.key"), "{away}");
    assert_eq!(away["why"], "is not here");
    let labels: Vec<&str> =
        targets["keys"].as_array().unwrap().iter().map(|key| key["label"].as_str().unwrap()).collect();
    assert!(labels.contains(&"example targets-1"), "{labels:?}");
}

#[test]
fn the_exit_code_says_what_is_urgent() {
    let mut authority = Authority::founded();
    later(&mut authority, 7 * DAY * 3 / 4 - 1);
    assert_eq!(status(&authority).0.exit(), Exit::Done);
    later(&mut authority, 1);
    let (ran, shown) = status(&authority);
    assert_eq!((ran.exit(), &shown["metadata"][1]["urgency"]), (Exit::Findings, &"last".into()));
    authority.set_now(authority.now().saturating_add_seconds(7 * DAY / 4));
    let (ran, shown) = status(&authority);
    assert_eq!((ran.exit(), &shown["metadata"][1]["urgency"]), (Exit::Stale, &"expired".into()));
    authority.run(&["refresh", "--repo", "repo"]).done();
    assert_eq!(status(&authority).0.exit(), Exit::Done);
    for (days, exit, urgency) in [
        (335, Exit::Done, "within-30-days"),
        (351, Exit::Done, "within-14-days"),
        (358, Exit::Findings, "last"),
    ] {
        let mut authority = Authority::founded();
        later(&mut authority, days * DAY);
        authority.run(&["refresh", "--repo", "repo"]);
        let (ran, shown) = status(&authority);
        assert_eq!((ran.exit(), &shown["metadata"][0]["urgency"]), (exit, &urgency.into()));
    }
}

#[test]
fn it_tells_who_still_has_to_sign_what() {
    let authority = Authority::founded();
    authority.write("d.jsonc", draft("BOD-17-01", 1, None));
    std::fs::create_dir(authority.repository().join("pending")).unwrap();
    authority.write("repo/pending/notes.json", "{}");
    authority.write("repo/pending/notes.txt", "x");
    let place = "repo/pending/BOD-17-01.1.envelope.json";
    sign(&authority, "d.jsonc", "officer-2", &["--output", place]);
    let (ran, shown) = status(&authority);
    assert_eq!(ran.exit(), Exit::Done, "what waits for a signature is work, and no alarm");
    let pending = &shown["pending"];
    assert_eq!(pending.as_array().unwrap().len(), 1);
    assert_eq!(
        (&pending[0]["path"], &pending[0]["waits_for"], &pending[0]["threshold"]),
        (&"BOD-17-01.1.json".into(), &"signatures".into(), &2.into())
    );
    assert_eq!(
        (&pending[0]["signed"], &pending[0]["may_sign"]),
        (&json!(["example officer-2"]), &json!(["example officer-1", "example officer-3"]))
    );
    let text = authority.run(&["status", "--repo", "repo"]).done().stdout;
    let line = "BOD-17-01.1.json (BOD-17-01.1.envelope.json): 1 of 2 signatures, signed by example officer-2; may sign: \
                example officer-1, example officer-3";
    assert!(text.contains(line), "{text}");
    sign(&authority, place, "officer-3", &[]);
    assert_eq!(status(&authority).1["pending"][0]["waits_for"], "publication");
    authority.publish(&[place]).done();
    assert_eq!(status(&authority).1["pending"][0]["waits_for"], "nothing");
    // Elsewhere, where that is said.
    let ran = authority.run(&["status", "--repo", "repo", "--pending", "keys", "--json"]).done();
    let shown: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(shown["pending"], json!([]));
}

#[test]
fn a_pending_list_of_issuers_tells_which_directives_have_to_be_signed_again() {
    let authority = Authority::founded();
    let digest = authority.issue(&draft("BOD-17-01", 1, None));
    let list = issuers(&authority, ["compromised", "active", "active"]);
    std::fs::create_dir(authority.repository().join("pending")).unwrap();
    let place = "repo/pending/issuers.2.envelope.json";
    sign(&authority, &list, "root-1", &["--payload-type", "issuers", "--output", place, "--repo", "repo"]);
    let (ran, shown) = status(&authority);
    assert_eq!(ran.exit(), Exit::Done, "what is published still is as it was");
    let pending = &shown["pending"][0];
    assert_eq!((&pending["path"], pending["signed"].as_array().unwrap().len()), (&"issuers.json".into(), 1));
    let again = &pending["signed_again"];
    assert_eq!(
        again,
        &json!([{
            "path": "BOD-17-01.1.json", "digest": digest, "issuer": "dhs", "signatures": 1, "threshold": 2,
            "may_sign": ["officer-3"],
        }])
    );
    let text = authority.run(&["status", "--repo", "repo"]).done().stdout;
    assert!(
        text.contains(
            "under this list to be signed again, and published with it:\n  BOD-17-01.1.json  1 of 2"
        ),
        "{text}"
    );
}

#[test]
fn an_issuer_with_fewer_keys_than_must_sign_is_told() {
    let authority = Authority::founded();
    let list = issuers(&authority, ["retired", "retired", "active"]);
    let envelope = sign(&authority, &list, "root-1", &["--payload-type", "issuers"]);
    sign(&authority, &envelope, "root-2", &[]);
    authority.run(&["publish", "--issuers", &envelope, "--repo", "repo"]).done();
    let ran = authority.run(&["status", "--repo", "repo"]);
    assert_eq!(ran.exit(), Exit::Findings);
    let line = "issuer dhs: 1 keys may sign, 2 must: nothing new can be signed\n";
    assert!(ran.stdout.contains(line) && ran.stdout.contains("retired"), "{}", ran.stdout);
}

#[test]
fn a_journal_that_is_not_of_what_is_published_is_an_alarm() {
    let authority = Authority::founded();
    let journal = authority.repository().join("journal.jsonl");
    let founded = std::fs::read(&journal).unwrap();
    authority.run(&["refresh", "--repo", "repo"]).done();
    std::fs::write(&journal, &founded).unwrap();
    let (ran, shown) = status(&authority);
    assert_eq!((ran.exit(), &shown["journal"]["state"]), (Exit::Refused, &"differs".into()));
    std::fs::write(&journal, String::from_utf8(founded).unwrap().replacen("tester", "nobody", 1)).unwrap();
    let (ran, shown) = status(&authority);
    assert_eq!((ran.exit(), &shown["journal"]["state"]), (Exit::Refused, &"broken".into()));
    std::fs::remove_file(&journal).unwrap();
    let (ran, shown) = status(&authority);
    assert_eq!((ran.exit(), &shown["journal"]["state"]), (Exit::Done, &"absent".into()));
}

#[test]
fn the_tables_fit_the_terminal() {
    let authority = Authority::founded();
    authority.issue(&draft("BOD-17-01", 1, None));
    for width in [60, 80, 200] {
        let ran = authority.run_in(TestWorld::new().terminal(width), &["status", "--repo", "repo"]).done();
        let plain = ran.stdout.lines().map(|line| {
            let mut escape = false;
            let seen = |c: &char| {
                let shown = !escape && *c != '\u{1b}';
                escape = (escape || *c == '\u{1b}') && *c != 'm';
                shown
            };
            line.chars().filter(seen).count()
        });
        // The head of the page is a path, which is not cut.
        assert!(plain.skip(1).all(|length| length <= usize::from(width)), "{width}\n{}", ran.stdout);
    }
}

#[test]
fn nothing_is_changed_and_nobody_is_asked() {
    let authority = Authority::founded();
    let journal = std::fs::read(authority.repository().join("journal.jsonl")).unwrap();
    let (_, shown) = status(&authority);
    assert_eq!(shown["at"], "2017-09-13T12:00:00Z");
    assert_eq!(std::fs::read(authority.repository().join("journal.jsonl")).unwrap(), journal);
    authority.run(&["status", "--repo", "absent"]).ended(Exit::Usage, "is this a repository?");
}
