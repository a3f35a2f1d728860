//! A repository is made of a file that officers signed far from each other.

use interdict_host::exit::Exit;
use interdict_keys_example::Name;
use interdict_publisher::testing::Authority;

use super::{finish, read, settings, sign, start, state, text, versions};

/// The public parts of all keys in `pub/`, as `key show --json` prints them, and the arguments that found with them.
fn with_public_parts(authority: &Authority) -> Vec<String> {
    std::fs::create_dir_all(authority.folder().join("pub")).unwrap();
    for name in Name::ALL {
        let shown = authority.run(&["key", "show", &format!("keys/{name}.key"), "--json"]).done();
        authority.write(&format!("pub/{name}.json"), shown.stdout);
    }
    "founding --root-key pub/root-1.json --root-key pub/root-2.json --root-key pub/root-3.json \
     --targets-key pub/targets-1.json --targets-key pub/targets-2.json --snapshot-key pub/snapshot.json \
     --timestamp-key pub/timestamp.json --issuer dhs --prefix BOD --prefix ED --officer pub/officer-1.json \
     --officer pub/officer-2.json --officer pub/officer-3.json --timestamp-lifetime 3d"
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}

fn begun() -> Authority {
    let authority = Authority::new();
    let arguments = with_public_parts(&authority);
    start(&authority, &arguments.iter().map(String::as_str).collect::<Vec<_>>()).done();
    authority
}

const ONLINE: [Name; 2] = [Name::Snapshot, Name::Timestamp];

#[test]
fn two_of_three_root_keys_and_the_targets_keys_far_away_found_a_repository() {
    let authority = begun();
    sign(&authority, "c.json", &[Name::Root1, Name::Root3]);
    // The targets list the list of issuers, and so follow its signatures.
    let ran = finish(&authority, &["c.json"], &ONLINE)
        .ended(Exit::Findings, "the targets have to be signed too, and not enough of their keys are here");
    assert!(ran.stderr.contains("not yet  example targets-1 ("), "{}", ran.stderr);
    assert!(!authority.repository().exists());
    sign(&authority, "c.json", &[Name::Targets1, Name::Targets2]);
    let ran = finish(&authority, &["c.json"], &ONLINE).done();
    assert_eq!(versions(&authority), [1, 1, 1, 1]);
    let fingerprint = read(&authority).root().fingerprint();
    assert_eq!(ran.stdout, format!("root         version 1\nfingerprint  sha256:{fingerprint}\n"));
    let toml = settings(&authority);
    assert!(toml.contains("snapshot = [\"../keys/snapshot.key\"]"), "{toml}");
    assert!(toml.contains("targets = []") && toml.contains("timestamp = \"3d\""), "{toml}");
    assert!(toml.contains("= \"example root-2\""), "{toml}");
    authority.run(&["verify", "repo"]).done();
    authority.run(&["refresh", "--repo", "repo"]).done();
    let before = state(&authority);
    finish(&authority, &["c.json"], &ONLINE)
        .ended(Exit::Done, "nothing changed: all of it is in place already");
    assert_eq!(state(&authority), before);
}

#[test]
fn targets_keys_that_are_at_hand_need_no_second_round() {
    let authority = begun();
    sign(&authority, "c.json", &[Name::Root1, Name::Root2]);
    finish(&authority, &["c.json"], &[Name::Snapshot, Name::Timestamp, Name::Targets1, Name::Targets2])
        .done();
    assert_eq!(versions(&authority), [1, 1, 1, 1]);
}

#[test]
fn nothing_secret_is_in_the_file_nor_needed_to_start_it() {
    let authority = begun();
    let file = text(&authority, "c.json");
    for name in Name::ALL {
        let key = text(&authority, &format!("keys/{name}.key"));
        let secret = serde_json::from_str::<serde_json::Value>(&key).unwrap()["secret"].to_string();
        assert!(secret.len() > 10 && !file.contains(secret.trim_matches('"')), "{name}: {secret}");
    }
}

#[test]
fn below_the_threshold_nobody_founds_anything() {
    let authority = begun();
    sign(&authority, "c.json", &[Name::Root1]);
    let ran = finish(&authority, &["c.json"], &ONLINE)
        .ended(Exit::Refused, "found 2 of the signatures, still missing 2");
    assert!(ran.stderr.contains("root.json: signatures of root: 1, wanted 2\n"), "{}", ran.stderr);
    assert!(!authority.repository().exists());
}

#[test]
fn a_folder_that_holds_something_else_is_left_alone() {
    let authority = begun();
    sign(&authority, "c.json", &[Name::Root1, Name::Root2]);
    authority.run(&["init", "other"]);
    std::fs::create_dir_all(authority.repository()).unwrap();
    authority.write("repo/thesis.txt", "mine");
    finish(&authority, &["c.json"], &ONLINE).ended(Exit::Usage, "repo is not empty");
    assert_eq!(text(&authority, "repo/thesis.txt"), "mine");
}

#[test]
fn a_root_that_expires_before_everyone_has_signed_is_not_started() {
    let authority = Authority::new();
    let mut arguments = with_public_parts(&authority);
    arguments.extend(["--root-lifetime".to_owned(), "30d".to_owned()]);
    start(&authority, &arguments.iter().map(String::as_str).collect::<Vec<_>>())
        .ended(Exit::Usage, "before the ceremony does at");
    assert!(!authority.folder().join("c.json").exists());
}
