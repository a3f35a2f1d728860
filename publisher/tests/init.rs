//! `init`: a repository is made whole, by rules that hold from the first version on, or not at all.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, and touch files as an attacker or a careless person would"
)]

use std::ffi::OsString;

use interdict_host::exit::Exit;
use interdict_host::testing::TestWorld;
use interdict_publisher::testing::Authority;
use interdict_schema::DateTime;
use interdict_schema::tuf::{Metadata, Role, RoleType, Root};

/// The arguments of a good `init`, with one text in place of another.
fn with(from: &str, to: &str) -> Vec<String> {
    let mut replaced = 0;
    let arguments = Authority::init_arguments()
        .into_iter()
        .map(|argument| {
            if argument == from && replaced == 0 {
                replaced += 1;
                to.to_owned()
            } else {
                argument.to_owned()
            }
        })
        .collect();
    assert_eq!(replaced, 1, "{from}");
    arguments
}

fn init(authority: &Authority, arguments: &[String], more: &[&str]) -> interdict_publisher::testing::Ran {
    let all: Vec<&str> = arguments.iter().map(String::as_str).chain(more.iter().copied()).collect();
    authority.run(&all)
}

#[test]
fn a_new_repository_is_what_every_client_reads() {
    let authority = Authority::founded();
    let bytes = std::fs::read(authority.root()).unwrap();
    let root = Metadata::<Root>::parse(&bytes, &RoleType::Root.into(), 512_000).unwrap();
    let signed = root.signed();
    assert!(signed.consistent_snapshot);
    assert_eq!((signed.roles.root.threshold, signed.roles.root.keyids.len()), (2, 3));
    assert_eq!((signed.roles.targets.threshold, signed.roles.targets.keyids.len()), (2, 2));
    assert_eq!(signed.expires(), "2018-09-13T12:00:00Z".parse::<DateTime>().unwrap());
    assert_eq!(signed.keys.len(), 7);
    let settings = std::fs::read_to_string(authority.repository().join("publisher.toml")).unwrap();
    assert!(settings.contains("timestamp = [\"../keys/timestamp.key\"]"), "{settings}");
    authority.run(&["verify", "repo"]).done();
}

#[test]
fn it_prints_the_fingerprint_that_people_compare() {
    let authority = Authority::new();
    let ran = init(&authority, &with("repo", "repo"), &["--json"]).done();
    let shown: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let bytes = std::fs::read(authority.root()).unwrap();
    let root = Metadata::<Root>::parse(&bytes, &RoleType::Root.into(), 512_000).unwrap();
    assert_eq!(shown["fingerprint"], format!("sha256:{}", root.fingerprint()));
    assert_eq!(shown["root"], "repo/public/metadata/1.root.json");
}

#[test]
fn a_folder_that_is_not_empty_is_left_alone() {
    let authority = Authority::founded();
    let before = std::fs::read(authority.root()).unwrap();
    init(&authority, &with("repo", "repo"), &[]).ended(Exit::Usage, "repo is not empty");
    assert_eq!(std::fs::read(authority.root()).unwrap(), before);
}

#[test]
fn rules_of_keys_and_thresholds_hold_and_nothing_is_left_of_what_broke_one() {
    let authority = Authority::new();
    for (from, to, more, wanted) in [
        ("repo", "repo", &["--root-threshold", "4"][..], "a threshold of 4 for the root role with 3 keys"),
        ("repo", "repo", &["--root-threshold", "0"], "a threshold of 0 for the root role"),
        ("repo", "repo", &["--threshold", "4"], "issuer \"dhs\" has 3 active keys and a threshold of 4"),
        (
            "keys/snapshot.key",
            "keys/timestamp.key",
            &[],
            "one key for the snapshot role and the timestamp role, wanted a key of its own for each",
        ),
        ("keys/root-2.key", "keys/root-1.key", &[], "one key for the root role and the root role"),
        ("keys/officer-1.key", "keys/root-1.key", &[], "one key for the root role and the issuer \"dhs\""),
        ("BOD", "BOD-", &[], "issuer \"dhs\" has the prefix \"BOD-\""),
        ("keys/officer-1.key", "keys", &[], "keys is not a plain file"),
        ("keys/root-1.key", "keys/absent.key", &[], "keys/absent.key"),
    ] {
        let ran = init(&authority, &with(from, to), more);
        assert_eq!(ran.exit(), Exit::Usage, "{}", ran.stderr);
        assert!(ran.stderr.contains(wanted), "wanted {wanted:?} in {}", ran.stderr);
        assert!(!authority.repository().exists(), "{wanted}");
    }
    init(&authority, &with("repo", "repo"), &["--timestamp-lifetime", "0d"])
        .ended(Exit::Usage, "not a lifetime");
}

#[test]
fn example_keys_are_refused_unless_they_are_allowed() {
    let authority = Authority::new();
    let mut test = TestWorld::new().in_dir(authority.folder()).at(authority.now());
    let arguments =
        ["interdict-publisher"].into_iter().chain(Authority::init_arguments()).map(OsString::from);
    let outcome = interdict_publisher::run(arguments, &mut test.world);
    assert_eq!(outcome.exit(), Exit::Usage);
    assert!(
        test.stderr.text().contains("is an example key, whose secret is published"),
        "{}",
        test.stderr.text()
    );
    assert!(test.stderr.text().contains("add --allow-example-keys"));
    assert!(!authority.repository().exists());
}

#[test]
fn example_keys_are_refused_in_a_new_list_of_issuers_too() {
    let authority = Authority::founded();
    let list = std::fs::read_dir(authority.public().join("targets")).unwrap().next().unwrap().unwrap().path();
    std::fs::copy(list, authority.folder().join("issuers.envelope.json")).unwrap();
    for arguments in [
        &["publish", "--repo", "repo", "--issuers", "issuers.envelope.json"][..],
        &["sign", "issuers.envelope.json", "--key", "real.key"],
    ] {
        let mut test = TestWorld::new().in_dir(authority.folder()).at(authority.now());
        let _ = authority.run(&["key", "new", "real.key", "--label", "R", "--unencrypted"]);
        let arguments = ["interdict-publisher"].iter().chain(arguments).map(OsString::from);
        assert_eq!(interdict_publisher::run(arguments, &mut test.world).exit(), Exit::Usage);
        assert!(test.stderr.text().contains("officer-1 is an example key"), "{}", test.stderr.text());
    }
}

#[test]
fn officers_are_named_by_public_part_alone_and_several_issuers_by_a_file() {
    let authority = Authority::new();
    let shown = authority.run(&["key", "show", "keys/officer-1.key", "--json"]).done().stdout;
    authority.write("officer-1.pub.json", &shown);
    let public: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let hex = public["public"].as_str().unwrap();
    init(&authority, &with("keys/officer-1.key", &hex[1..]), &[])
        .ended(Exit::Usage, "hint: `interdict-publisher key public KEY -o FILE` writes the public part");
    init(&authority, &with("keys/officer-1.key", "officer-1.pub.json"), &[]).done();
    let mut arguments = with("keys/officer-1.key", hex);
    arguments[1] = "other".to_owned();
    init(&authority, &arguments, &[]).ended(Exit::Done, "made a repository in other");

    let list = format!(
        r#"{{ "format": "interdict-issuers/1", "version": 1, // two of them
        "issuers": [
          {{ "id": "A", "name": "A", "threshold": 1, "prefixes": ["A"], "keys": [{{"scheme": "ed25519", "public": "{hex}", "state": "active"}}] }},
          {{ "id": "B", "name": "B", "threshold": 1, "prefixes": ["PREFIX"], "keys": [{{"scheme": "ed25519", "public": "{}", "state": "active"}}] }}
        ] }}"#,
        authority.run(&["key", "show", "keys/officer-2.key"]).done().stdout.lines().nth(2).unwrap()[11..75]
            .to_owned()
    );
    let arguments = "init two --root-key keys/root-1.key --targets-key keys/targets-1.key --snapshot-key keys/snapshot.key                      --timestamp-key keys/timestamp.key --issuers issuers.jsonc";
    let arguments: Vec<&str> = arguments.split_whitespace().collect();
    authority.write("issuers.jsonc", list.replace("PREFIX", "A-1"));
    authority.run(&arguments).ended(Exit::Usage, "the prefixes \"A\" and \"A-1\" of two issuers overlap");
    authority.write("issuers.jsonc", list.replace("PREFIX", "B"));
    authority.run(&arguments).done();
    authority.run(&["verify", "two"]).done();
}

#[test]
fn a_key_file_whose_path_cannot_be_written_down_is_refused_before_anything_is_made() {
    use std::os::unix::ffi::OsStringExt;

    let authority = Authority::new();
    let odd = OsString::from_vec(b"keys/odd\xff.key".to_vec());
    std::fs::rename(authority.folder().join("keys/snapshot.key"), authority.folder().join(&odd)).unwrap();
    let mut test = TestWorld::new().in_dir(authority.folder()).at(authority.now());
    let arguments = [OsString::from("interdict-publisher")]
        .into_iter()
        .chain(Authority::init_arguments().into_iter().map(|argument| match argument {
            "keys/snapshot.key" => odd.clone(),
            other => other.into(),
        }))
        .chain(["--allow-example-keys".into()]);
    assert_eq!(interdict_publisher::run(arguments, &mut test.world).exit(), Exit::Usage);
    assert_eq!(test.stderr.text(), "error: the path of the key file ../keys/odd\u{fffd}.key is not UTF-8\n");
    assert!(!authority.repository().join("public").exists());
}

#[test]
fn a_file_is_no_place_for_a_repository() {
    let authority = Authority::new();
    authority.write("repo", "a file");
    init(&authority, &with("repo", "repo"), &[]).ended(Exit::Usage, "error: repo is not a folder\n");
}

#[test]
fn a_key_that_serves_twice_in_any_two_places_is_refused() {
    let authority = Authority::new();
    for (from, to, one, other) in [
        ("keys/snapshot.key", "keys/root-1.key", "the root role", "the snapshot role"),
        ("keys/timestamp.key", "keys/root-1.key", "the root role", "the timestamp role"),
        ("keys/snapshot.key", "keys/targets-1.key", "the targets role", "the snapshot role"),
        ("keys/timestamp.key", "keys/targets-1.key", "the targets role", "the timestamp role"),
        ("keys/targets-1.key", "keys/root-1.key", "the root role", "the targets role"),
        ("keys/targets-2.key", "keys/targets-1.key", "the targets role", "the targets role"),
        ("keys/officer-1.key", "keys/timestamp.key", "the timestamp role", "the issuer \"dhs\""),
        ("keys/officer-2.key", "keys/officer-1.key", "the issuer \"dhs\"", "the issuer \"dhs\""),
    ] {
        let wanted = format!("error: one key for {one} and {other}, wanted a key of its own for each: ");
        init(&authority, &with(from, to), &[]).ended(Exit::Usage, &wanted);
        assert!(!authority.repository().exists(), "{from} {to}");
    }
}

#[test]
fn a_key_from_the_environment_or_a_descriptor_is_for_online_roles_alone() {
    let authority = Authority::new();
    for (from, to, wanted) in [
        ("keys/root-1.key", "env:KEY", "a key in an environment variable for the root role, wanted a file"),
        ("keys/targets-1.key", "fd:3", "a key in a file descriptor for the targets role, wanted a file"),
    ] {
        init(&authority, &with(from, to), &[]).ended(Exit::Usage, wanted).ended(
            Exit::Usage,
            "hint: the environment and descriptors are for the snapshot and timestamp keys",
        );
        assert!(!authority.repository().exists(), "{to}");
    }
}
