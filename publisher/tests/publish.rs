//! `publish`: what clients would believe goes live, and nothing else does.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, and touch files as an attacker or a careless person would"
)]

use std::collections::BTreeMap;
use std::path::Path;

use interdict_host::exit::Exit;
use interdict_host::lock::Lock;
use interdict_keys_example::Name;
use interdict_publisher::testing::{Authority, draft};
use interdict_schema::Sha256;
use interdict_schema::tuf::{Metadata, RoleType, Targets};

const OFFICERS: [Name; 2] = [Name::Officer1, Name::Officer2];

/// Every file below a folder, and its bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for below in ["metadata", "targets"] {
        for entry in std::fs::read_dir(folder.join(below)).unwrap() {
            let path = entry.unwrap().path();
            found.insert(
                path.strip_prefix(folder).unwrap().display().to_string(),
                std::fs::read(&path).unwrap(),
            );
        }
    }
    found
}

fn signed(authority: &Authority, text: &str, officers: &[Name]) -> String {
    authority.write("d.jsonc", text);
    authority.sign("d.jsonc", officers)
}

fn targets(authority: &Authority, version: u64) -> Targets {
    let path = authority.public().join(format!("metadata/{version}.targets.json"));
    let bytes = std::fs::read(path).unwrap();
    Metadata::<Targets>::parse(&bytes, &RoleType::Targets.into(), 5_000_000).unwrap().signed().clone()
}

#[test]
fn a_directive_goes_from_draft_to_published() {
    let authority = Authority::founded();
    authority.write("d.jsonc", draft("BOD-17-01", 1, None));
    authority.run(&["draft", "lint", "d.jsonc"]).done();
    let envelope = authority.sign("d.jsonc", &OFFICERS);
    assert!(envelope.ends_with("BOD-17-01.1.envelope.json"), "{envelope}");
    let ran = authority.publish(&[&envelope]).done();
    assert_eq!(ran.stdout, "published BOD-17-01.1.json\n");
    let ran = authority.run(&["verify", "repo"]).done();
    assert_eq!(
        (ran.stdout.as_str(), ran.stderr.as_str()),
        ("", "repo: targets 2, directives 1, problems 0\n")
    );
    let listed = targets(&authority, 2);
    let custom = listed.targets["BOD-17-01.1.json"].custom.clone().unwrap();
    assert_eq!(
        custom.to_string(),
        r#"{"id":"BOD-17-01","issued":"2017-09-13","revision":1,"status":"in-force","title":"Remove the example package"}"#
    );
}

#[test]
fn publishing_the_same_thing_twice_changes_nothing() {
    let authority = Authority::founded();
    let envelope = signed(&authority, &draft("BOD-17-01", 1, None), &OFFICERS);
    authority.publish(&[&envelope]).done();
    let before = files(&authority.public());
    let again = authority.publish(&[&envelope]).done();
    assert!(again.stderr.contains("nothing changed"), "{}", again.stderr);
    assert_eq!(files(&authority.public()), before);
    let ran = authority.run(&["publish", &envelope, "--repo", "repo", "--json"]).done();
    assert_eq!(
        ran.stdout,
        "{\"changed\":false,\"published\":[],\"targets\":2,\"snapshot\":2,\"timestamp\":2}\n"
    );
}

#[test]
fn one_officer_is_not_enough_and_neither_is_one_officer_twice() {
    let authority = Authority::founded();
    let before = files(&authority.public());
    let envelope = signed(&authority, &draft("BOD-17-01", 1, None), &[Name::Officer1]);
    let ran = authority.run(&["sign", &envelope, "--key", "keys/officer-1.key", "--yes"]).done();
    assert!(ran.stderr.contains("example officer-1 has signed this already; nothing was changed"));
    let refused =
        "BOD-17-01.1.json would not be believed\n  caused by: signatures by 1 of the trusted keys, wanted 2";
    authority.publish(&[&envelope]).ended(Exit::Refused, refused);
    // A second signature by the same key, put there by hand.
    let mut doubled: serde_json::Value =
        serde_json::from_slice(&std::fs::read(authority.folder().join(&envelope)).unwrap()).unwrap();
    let one = doubled["signatures"][0].clone();
    doubled["signatures"].as_array_mut().unwrap().push(one);
    authority.write("doubled.json", doubled.to_string());
    authority.publish(&["doubled.json"]).ended(Exit::Refused, refused);
    assert_eq!(files(&authority.public()), before);
}

#[test]
fn officers_of_another_issuer_and_ids_of_nobody_are_refused() {
    let authority = Authority::founded();
    let other = signed(&authority, &draft("BOD-17-01", 1, None), &[Name::OtherOfficer1, Name::OtherOfficer2]);
    authority.publish(&[&other]).ended(Exit::Refused, "signatures by 0 of the trusted keys, wanted 2");
    let nobody = signed(&authority, &draft("BODY-17-01", 1, None), &OFFICERS);
    authority.publish(&[&nobody]).ended(Exit::Refused, "no issuer may issue BODY-17-01");
}

#[test]
fn revisions_follow_each_other_and_a_published_one_never_changes() {
    let authority = Authority::founded();
    let first = authority.issue(&draft("BOD-17-01", 1, None));

    let wrong = draft("BOD-17-01", 2, Some(Sha256::of(b"something else")));
    let envelope = signed(&authority, &wrong, &OFFICERS);
    authority.publish(&[&envelope]).ended(Exit::Refused, "revision 2 names");

    let gap = signed(&authority, &draft("BOD-17-01", 3, Some(first)), &OFFICERS);
    authority.publish(&[&gap]).ended(Exit::Refused, "found revision 3, wanted 2");

    std::fs::remove_file(authority.folder().join("BOD-17-01.1.envelope.json")).unwrap();
    let changed = draft("BOD-17-01", 1, None).replace("2017-12-12", "2018-12-12");
    let envelope = signed(&authority, &changed, &OFFICERS);
    authority
        .publish(&[&envelope])
        .ended(Exit::Refused, &format!("BOD-17-01.1.json is published with payload {first}"));

    let before = files(&authority.public());
    std::fs::remove_file(authority.folder().join("BOD-17-01.2.envelope.json")).unwrap();
    let second = signed(&authority, &draft("BOD-17-01", 2, Some(first)), &OFFICERS);
    authority.publish(&[&second]).done();
    let after = files(&authority.public());
    assert!(
        before.iter().all(|(name, bytes)| name.ends_with("timestamp.json") || after.get(name) == Some(bytes))
    );
    authority.run(&["verify", "repo"]).done();
}

#[test]
fn several_revisions_and_directives_go_live_together_or_not_at_all() {
    let authority = Authority::founded();
    let first = draft("BOD-17-01", 1, None);
    let payload = interdict_schema::directive::draft::payload_of(first.as_bytes()).unwrap();
    let envelopes = [
        signed(&authority, &first, &OFFICERS),
        signed(&authority, &draft("BOD-17-01", 2, Some(Sha256::of(&payload))), &OFFICERS),
        signed(&authority, &draft("ED-21-01", 1, None), &OFFICERS),
    ];
    let lacking = signed(&authority, &draft("ED-21-02", 1, None), &[Name::Officer3]);
    let all: Vec<&str> = envelopes.iter().map(String::as_str).chain([lacking.as_str()]).collect();
    let before = files(&authority.public());
    authority.publish(&all).ended(Exit::Refused, "ED-21-02.1.json would not be believed");
    assert_eq!(files(&authority.public()), before);
    let ran = authority.publish(&all[..3]).done();
    assert_eq!(ran.stdout.lines().count(), 3);
    assert_eq!(targets(&authority, 2).targets.len(), 4);
}

#[test]
fn another_envelope_round_the_same_payload_takes_its_place() {
    let authority = Authority::founded();
    authority.issue(&draft("BOD-17-01", 1, None));
    let third = authority.sign("BOD-17-01.1.envelope.json", &[Name::Officer3]);
    authority.publish(&[&third]).done();
    authority.run(&["verify", "repo"]).ended(Exit::Done, "directives 1, problems 1");
}

#[test]
fn attachments_lie_beside_directives_and_keep_their_content() {
    let authority = Authority::founded();
    authority.write("BOD-17-01.txt", "the human text");
    let digest = Sha256::of(b"the human text");
    let text = format!(
        r#""text": {{ "path": "BOD-17-01.txt", "digest": "{digest}", "media_type": "text/plain" }}, "issued""#
    );
    let envelope = signed(&authority, &draft("BOD-17-01", 1, None).replace("\"issued\"", &text), &OFFICERS);
    authority.publish(&[&envelope]).ended(
        Exit::Refused,
        &format!("names the attachment \"BOD-17-01.txt\" with sha256 {digest}, found no such file"),
    );
    authority.publish(&[&envelope, "--attach", "BOD-17-01.txt"]).done();
    authority.write("BOD-17-01.txt", "another text");
    authority
        .publish(&["--attach", "BOD-17-01.txt"])
        .ended(Exit::Refused, "BOD-17-01.txt is published with other content");
    for name in ["issuers.json", "ED-1.1.json"] {
        authority.write(name, "x");
        authority.publish(&["--attach", name]).ended(Exit::Refused, "is kept for directives");
    }
    for name in ["a b.txt", ".hidden", "é.txt"] {
        authority.write(name, "x");
        authority.publish(&["--attach", name]).ended(Exit::Refused, "wanted letters, digits, dots");
    }
    authority.run(&["verify", "repo"]).done();
}

#[test]
fn two_publishers_do_not_interleave() {
    let authority = Authority::founded();
    let envelope = signed(&authority, &draft("BOD-17-01", 1, None), &OFFICERS);
    let before = files(&authority.public());
    let lock = Lock::acquire(&authority.repository().join("publisher.lock")).unwrap();
    authority.publish(&[&envelope]).ended(Exit::NoAnswer, "is locked by process");
    assert_eq!(files(&authority.public()), before);
    drop(lock);
    authority.publish(&[&envelope]).done();
}

#[test]
fn too_few_role_keys_at_hand_sign_nothing_and_given_ones_help() {
    let authority = Authority::founded();
    let envelope = signed(&authority, &draft("BOD-17-01", 1, None), &OFFICERS);
    let key = authority.folder().join("keys/targets-2.key");
    let elsewhere = authority.folder().join("carried.key");
    std::fs::rename(&key, &elsewhere).unwrap();
    authority.publish(&[&envelope]).ended(Exit::Usage, "1 of the keys of the targets role at hand, wanted 2");
    authority.publish(&[&envelope, "--key", "carried.key"]).done();
}

#[test]
fn an_expired_repository_is_renewed_by_publishing_unless_its_root_has_expired() {
    let mut authority = Authority::founded();
    let envelope = signed(&authority, &draft("BOD-17-01", 1, None), &OFFICERS);
    authority.set_now(authority.now().saturating_add_seconds(100 * 86_400));
    authority.run(&["verify", "repo"]).ended(Exit::Refused, "problems 2");
    authority.publish(&[&envelope]).done();
    authority.run(&["verify", "repo"]).done();
    authority.set_now(authority.now().saturating_add_seconds(265 * 86_400));
    authority
        .run(&["refresh", "--repo", "repo"])
        .ended(Exit::Stale, "the root metadata expired at 2018-09-13T12:00:00Z");
    // Nor does publishing.
    authority.write("note.txt", "x");
    authority
        .publish(&["--attach", "note.txt"])
        .ended(Exit::Refused, "root: expired at 2018-09-13T12:00:00Z");
}

#[test]
fn what_is_not_an_envelope_or_not_there_is_wrong_use() {
    let authority = Authority::founded();
    authority.write("d.jsonc", draft("BOD-17-01", 1, None));
    authority.publish(&["d.jsonc"]).ended(Exit::Usage, "d.jsonc is not an envelope");
    authority.publish(&["absent.json"]).ended(Exit::Usage, "absent.json");
    authority
        .run(&["publish", "--repo", "elsewhere", "absent.json"])
        .ended(Exit::Usage, "interdict-publisher init DIR");
    authority.run(&["publish", "--repo", "repo"]).ended(Exit::Usage, "ENVELOPE");
}

#[test]
fn an_envelope_that_adds_no_officer_changes_nothing() {
    let authority = Authority::founded();
    let envelope = signed(&authority, &draft("BOD-17-01", 1, None), &OFFICERS);
    let two: serde_json::Value =
        serde_json::from_slice(&std::fs::read(authority.folder().join(&envelope)).unwrap()).unwrap();
    authority.sign(&envelope, &[Name::Officer3]);
    authority.publish(&[&envelope]).done();
    let before = files(&authority.public());
    let mut garbage = two.clone();
    garbage["signatures"].as_array_mut().unwrap().push(serde_json::json!({"keyid": "x", "sig": "AAAA"}));
    for (name, of) in [("two", &two), ("garbage", &garbage)] {
        authority.write(name, of.to_string());
        authority.publish(&[name]).ended(Exit::Done, "nothing changed: all of it is published already");
        assert_eq!(files(&authority.public()), before, "{name}");
    }
}

#[test]
fn signatures_that_count_for_nothing_are_reported() {
    let authority = Authority::founded();
    let envelope = signed(&authority, &draft("BOD-17-01", 1, None), &OFFICERS);
    authority.sign(&envelope, &[Name::OtherOfficer1]);
    authority
        .publish(&[&envelope])
        .ended(Exit::Done, "warning: BOD-17-01.1.json: signatures that count for nothing: 1\n");
}
