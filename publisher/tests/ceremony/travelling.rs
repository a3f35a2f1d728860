//! The file on its way: what officers are shown, copies that are signed apart, each kind from start to finish.

use interdict_host::exit::Exit;
use interdict_host::testing::TestWorld;
use interdict_keys_example::{Name, key};
use interdict_publisher::testing::{Authority, draft};
use interdict_schema::Sha256;

use super::{carry_away, finish, instead, keyid, read, settings, sign, start_on, state, text, versions};

/// Starts a root in which another key takes the place of the first root key.
fn replaced(authority: &Authority) {
    let replace = instead(Name::Root1, Name::OtherOfficer1);
    start_on(authority, &["root", "--replace", &replace]).done();
}

#[test]
fn an_officer_sees_what_the_new_root_changes_and_the_digest_of_the_very_bytes() {
    let authority = Authority::founded();
    replaced(&authority);
    let sign = ["ceremony", "sign", "c.json", "--key", "keys/root-2.key", "--repo", "repo"];
    let before = text(&authority, "c.json");
    let ran = authority.run(&sign).ended(Exit::Usage, "no terminal to ask for a confirmation on");
    assert_eq!(text(&authority, "c.json"), before);
    let file: serde_json::Value = serde_json::from_str(&before).unwrap();
    let digest = file["documents"][0]["sha256"].as_str().unwrap();
    assert_eq!(digest, Sha256::of(file["documents"][0]["text"].as_str().unwrap().as_bytes()).to_string());
    let first = read(&authority).root().fingerprint();
    for wanted in [
        format!("  repository  sha256:{first}\n"),
        format!("  builds on   root 1, sha256:{first}\n"),
        "to be signed: root, version 2\n".to_owned(),
        "2 of 3 keys\n".to_owned(),
        format!("  changes root  removes example root-1 ({})\n", keyid(Name::Root1)),
        format!("  changes root  adds example other-officer-1 ({})\n", keyid(Name::OtherOfficer1)),
        format!("  sha256        {digest}\n"),
        "to be signed: list of issuers, version 1\n".to_owned(),
    ] {
        assert!(ran.stderr.contains(&wanted), "wanted {wanted:?} in:\n{}", ran.stderr);
    }
    let ran = authority.run_in(TestWorld::new().terminal(100).stdin("yes\n"), &sign).done();
    assert!(ran.stderr.contains("root.json: signatures of root before: 1, wanted 2"), "{}", ran.stderr);
}

#[test]
fn copies_that_were_signed_apart_are_one_again_and_a_key_signs_once() {
    let authority = Authority::founded();
    replaced(&authority);
    for (copy, name) in [("a.json", Name::Root2), ("b.json", Name::Root3)] {
        std::fs::copy(authority.folder().join("c.json"), authority.folder().join(copy)).unwrap();
        sign(&authority, copy, &[name]);
    }
    let again = ["ceremony", "sign", "a.json", "--key", "keys/root-2.key", "--yes"];
    let before = text(&authority, "a.json");
    authority.run(&again).ended(Exit::Done, "example root-2 has signed this already; nothing was changed");
    assert_eq!(text(&authority, "a.json"), before);
    let merge = ["ceremony", "merge", "c.json", "a.json", "b.json", "a.json", "--output", "whole.json"];
    let ran = authority.run(&merge).done();
    assert!(ran.stderr.contains("all signatures are there"), "{}", ran.stderr);
    authority.run(&merge).ended(Exit::Usage, "already exists");
    // The settings name the targets' keys, which are at hand.
    finish(&authority, &["a.json", "b.json"], &[]).done();
    assert_eq!(versions(&authority), [2, 2, 2, 2]);
}

#[test]
fn a_duplicate_signature_counts_once() {
    let authority = Authority::founded();
    start_on(&authority, &["root"]).done();
    sign(&authority, "c.json", &[Name::Root1]);
    let mut file: serde_json::Value = serde_json::from_str(&text(&authority, "c.json")).unwrap();
    let one = file["documents"][0]["signatures"][0].clone();
    file["documents"][0]["signatures"].as_array_mut().unwrap().push(one);
    authority.write("c.json", file.to_string());
    let before = state(&authority);
    finish(&authority, &["c.json"], &[]).ended(Exit::Refused, "found 1 of the signatures, still missing 1");
    assert_eq!(state(&authority), before);
}

#[test]
fn a_new_root_key_vouches_for_the_list_of_issuers_and_far_away_targets_keys_sign_in_a_second_round() {
    let authority = Authority::founded();
    authority.issue(&draft("BOD-17-01", 1, None));
    replaced(&authority);
    sign(&authority, "c.json", &[Name::Root2, Name::Root3]);
    carry_away(&authority, &[Name::Targets1, Name::Targets2]);
    let before = state(&authority);
    let ran = finish(&authority, &["c.json"], &[]).ended(Exit::Findings, "they were added to c.json");
    assert!(ran.stderr.contains("targets.json: signatures of targets: 0, wanted 2"), "{}", ran.stderr);
    assert_eq!(state(&authority), before);
    for name in ["targets-1", "targets-2"] {
        let key = format!("away/{name}.key");
        authority.run(&["ceremony", "sign", "c.json", "--key", &key, "--repo", "repo", "--yes"]).done();
    }
    finish(&authority, &["c.json"], &[]).done();
    let set = read(&authority);
    assert_eq!(versions(&authority), [2, 3, 3, 3]);
    assert!(!set.root().signed().roles.root.keyids.contains(&keyid(Name::Root1)));
    authority.run(&["verify", "repo"]).done();
    let toml = settings(&authority);
    assert!(toml.contains("example other-officer-1") && !toml.contains("example root-1"), "{toml}");
    assert!(!toml.contains("keys/root-1.key"), "{toml}");
    let before = state(&authority);
    finish(&authority, &["c.json"], &[]).ended(Exit::Done, "nothing changed: all of it is in place already");
    assert_eq!(state(&authority), before);
}

#[test]
fn a_list_of_issuers_is_signed_by_the_root_keys_and_its_changes_are_shown() {
    let authority = Authority::founded();
    let public = Sha256::from_bytes(key(Name::OtherOfficer1).verifying_key().to_bytes());
    let officers = [Name::Officer1, Name::Officer2]
        .map(|name| Sha256::from_bytes(key(name).verifying_key().to_bytes()).to_string());
    let [one, two] = officers;
    let list = format!(
        r#"{{ "format": "interdict-issuers/1", "version": 2, // officer 3 left
        "issuers": [{{ "id": "dhs", "name": "dhs", "threshold": 1, "prefixes": ["BOD"], "keys": [
          {{"scheme": "ed25519", "public": "{one}", "state": "active"}},
          {{"scheme": "ed25519", "public": "{two}", "state": "active"}},
          {{"scheme": "ed25519", "public": "{public}", "state": "active", "holder": "Dana"}}] }}] }}"#
    );
    authority.write("issuers.jsonc", list);
    start_on(&authority, &["issuers", "issuers.jsonc"]).done();
    let ran = authority.run(&["ceremony", "show", "c.json"]).done();
    for wanted in [
        "dhs: threshold 1 instead of 2\n".to_owned(),
        "dhs: may issue ED no longer\n".to_owned(),
        format!("dhs: removes the key of example officer-3 ({})\n", keyid(Name::Officer3)),
        format!("dhs: adds the active key of Dana ({})\n", keyid(Name::OtherOfficer1)),
    ] {
        assert!(ran.stderr.contains(&wanted), "wanted {wanted:?} in:\n{}", ran.stderr);
    }
    sign(&authority, "c.json", &[Name::Root1, Name::Root2]);
    let ran = finish(&authority, &["c.json"], &[]).done();
    assert!(ran.stdout.starts_with("published issuers.json\n"), "{}", ran.stdout);
    assert_eq!(versions(&authority), [1, 2, 2, 2]);
    finish(&authority, &["c.json"], &[]).ended(Exit::Done, "nothing changed");
}

#[test]
fn directives_are_signed_by_their_officers_and_published_together() {
    let authority = Authority::founded();
    authority.write("a.jsonc", draft("BOD-17-01", 1, None));
    authority.write("b.jsonc", draft("ED-21-01", 1, None));
    start_on(&authority, &["directive", "a.jsonc", "b.jsonc"]).done();
    let ran = authority.run(&["ceremony", "sign", "c.json", "--key", "keys/officer-2.key", "--repo", "repo"]);
    let ran = ran.ended(Exit::Usage, "no terminal");
    assert!(ran.stderr.contains("  title          Remove the example package\n"), "{}", ran.stderr);
    sign(&authority, "c.json", &[Name::Officer2, Name::Officer3]);
    let ran = finish(&authority, &["c.json"], &[]).done();
    assert!(
        ran.stdout.starts_with("published BOD-17-01.1.json\npublished ED-21-01.1.json\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(versions(&authority), [1, 2, 2, 2]);
    finish(&authority, &["c.json"], &[]).ended(Exit::Done, "nothing changed");
    // What lint refuses is not started.
    let before = state(&authority);
    std::fs::remove_file(authority.folder().join("c.json")).unwrap();
    authority.write("a.jsonc", draft("BOD-17-01", 3, None));
    start_on(&authority, &["directive", "a.jsonc"]).ended(Exit::Usage, "errors in the draft, wanted none");
    assert_eq!(state(&authority), before);
}

#[test]
fn a_directive_whose_targets_keys_are_far_away_is_signed_in_a_second_round() {
    let authority = Authority::founded();
    carry_away(&authority, &[Name::Targets1, Name::Targets2]);
    authority.write("a.jsonc", draft("BOD-17-01", 1, None));
    start_on(&authority, &["directive", "a.jsonc"]).done();
    std::fs::copy(authority.folder().join("c.json"), authority.folder().join("late.json")).unwrap();
    sign(&authority, "c.json", &[Name::Officer1, Name::Officer2]);
    finish(&authority, &["c.json"], &[]).ended(Exit::Findings, "they were added to c.json");
    // A copy from before adds nothing to what is listed, and a late officer has nothing to sign.
    sign(&authority, "late.json", &[Name::Officer3]);
    for key in ["away/targets-1.key", "away/targets-2.key"] {
        authority.run(&["ceremony", "sign", "c.json", "--key", key, "--yes"]).done();
    }
    authority
        .run(&["ceremony", "sign", "c.json", "--key", "keys/officer-3.key", "--yes"])
        .ended(Exit::Refused, "may sign nothing of this ceremony");
    finish(&authority, &["late.json", "c.json"], &[]).done();
    assert_eq!(versions(&authority), [1, 2, 2, 2]);
}

#[test]
fn in_a_second_round_too_the_targets_are_signed_with_the_keys_that_were_brought() {
    let authority = Authority::founded();
    carry_away(&authority, &[Name::Targets1, Name::Targets2]);
    authority.write("a.jsonc", draft("BOD-17-01", 1, None));
    start_on(&authority, &["directive", "a.jsonc"]).done();
    sign(&authority, "c.json", &[Name::Officer1, Name::Officer2]);
    finish(&authority, &["c.json"], &[]).ended(Exit::Findings, "they were added to c.json");
    let again = ["ceremony", "finish", "c.json", "--repo", "repo", "--key", "away/targets-1.key"];
    authority.run(&again).ended(Exit::Refused, "still missing 1");
    assert_eq!(versions(&authority), [1, 1, 1, 1]);
    authority.run(&[&again[..], &["--key", "away/targets-2.key"]].concat()).done();
    assert_eq!(versions(&authority), [1, 2, 2, 2]);
}

#[test]
fn targets_whose_keys_are_far_away_are_renewed() {
    let authority = Authority::founded();
    carry_away(&authority, &[Name::Targets1, Name::Targets2]);
    start_on(&authority, &["targets", "--lifetime", "200d"]).done();
    for key in ["away/targets-1.key", "away/targets-2.key"] {
        authority.run(&["ceremony", "sign", "c.json", "--key", key, "--yes"]).done();
    }
    finish(&authority, &["c.json"], &[]).done();
    assert_eq!(versions(&authority), [1, 2, 2, 2]);
    let expires = read(&authority).targets().unwrap().signed().expires;
    assert_eq!(expires, authority.now().saturating_add_seconds(200 * 86_400));
    assert!(settings(&authority).contains("targets = \"200d\""));
}

#[test]
fn show_says_in_json_who_is_missing() {
    let authority = Authority::founded();
    replaced(&authority);
    sign(&authority, "c.json", &[Name::Root2]);
    let ran = authority.run(&["ceremony", "show", "c.json", "--json"]).done();
    let shown: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&shown["kind"], &shown["complete"]), (&"root".into(), &false.into()));
    let missing = &shown["documents"][0]["missing"];
    assert_eq!(missing[0]["of"], "root before");
    assert_eq!((&missing[0]["found"], &missing[0]["threshold"]), (&1.into(), &2.into()));
    let names: Vec<&str> =
        missing[0]["from"].as_array().unwrap().iter().map(|it| it["holder"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 2);
    assert!(names.contains(&"example root-1") && names.contains(&"example root-3"));
}

#[test]
fn a_list_that_withdraws_an_officers_key_goes_live_together_with_the_directive_that_is_signed_anew() {
    let authority = Authority::founded();
    authority.issue(&draft("BOD-17-01", 1, None));
    let key_of = |name: Name, state: &str| {
        let public = Sha256::from_bytes(key(name).verifying_key().to_bytes());
        format!(r#"{{"scheme": "ed25519", "public": "{public}", "state": "{state}"}}"#)
    };
    let keys = [
        key_of(Name::Officer1, "active"),
        key_of(Name::Officer2, "compromised"),
        key_of(Name::Officer3, "active"),
    ]
    .join(", ");
    let list = format!(
        r#"{{ "format": "interdict-issuers/1", "version": 2, "issuers": [{{ "id": "dhs", "name": "dhs",
        "threshold": 2, "prefixes": ["BOD"], "keys": [{keys}] }}] }}"#
    );
    authority.write("issuers.jsonc", list);
    start_on(&authority, &["issuers", "issuers.jsonc"]).done();
    sign(&authority, "c.json", &[Name::Root1, Name::Root2]);
    let before = state(&authority);
    finish(&authority, &["c.json"], &[])
        .ended(Exit::Refused, "BOD-17-01.1.json is published, and would no longer be believed");
    assert_eq!(state(&authority), before);
    let anew = authority.sign("BOD-17-01.1.envelope.json", &[Name::Officer3]);
    let ran = authority.run(&["ceremony", "finish", "c.json", "--repo", "repo", "--envelope", &anew]).done();
    assert!(ran.stdout.starts_with("published issuers.json\npublished BOD-17-01.1.json\n"), "{}", ran.stdout);
    authority.run(&["verify", "repo"]).done();
}
