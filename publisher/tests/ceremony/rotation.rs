//! `rotate`: at once where the keys are here.

use interdict_host::exit::Exit;
use interdict_keys_example::Name;
use interdict_publisher::repository::client_view::{self, ViewError};
use interdict_publisher::repository::files::{Folder, Until};
use interdict_publisher::testing::{Authority, Ran, draft};
use interdict_schema::tuf::RoleType;

use super::{carry_away, finish, instead, keyid, read, settings, state, versions};

fn rotate(authority: &Authority, role: &str, change: &[&str], keys: &[Name]) -> Ran {
    let keys: Vec<String> = keys.iter().map(|name| format!("keys/{name}.key")).collect();
    let mut arguments = vec!["rotate", role, "--repo", "repo", "--yes"];
    arguments.extend(change);
    arguments.extend(keys.iter().flat_map(|key| ["--key", key]));
    authority.run(&arguments)
}

const ROOTS: [Name; 2] = [Name::Root1, Name::Root2];

fn with_roots(more: &[Name]) -> Vec<Name> {
    [&ROOTS, more].concat()
}

/// What a client reads that has not seen the newest root yet: a mirror may bring it later than the rest.
fn read_under_the_root_before(authority: &Authority) -> Result<(), ViewError> {
    let folder = Folder::new(authority.public());
    let root = read(authority).root().signed().version - 1;
    let files = Until { root, below: &folder };
    let set = client_view::trusted_set(&files, authority.now())?;
    client_view::issuers(&set, &files).map(|_| ())
}

#[test]
fn a_renewal_is_the_same_root_for_longer() {
    let mut authority = Authority::founded();
    let before = read(&authority).root().signed().clone();
    let later = authority.now().saturating_add_seconds(100 * 86_400);
    authority.set_now(later);
    rotate(&authority, "root", &["--lifetime", "300d"], &ROOTS).done();
    let after = read(&authority).root().signed().clone();
    assert_eq!(after.expires, later.saturating_add_seconds(300 * 86_400));
    assert_eq!((after.version, &after.keys, &after.roles), (2, &before.keys, &before.roles));
    assert_eq!(versions(&authority)[..2], [2, 1]);
    assert!(settings(&authority).contains("root = \"300d\""));
    authority.run(&["verify", "repo"]).done();
}

#[test]
fn an_expired_root_is_renewed_all_the_same() {
    let mut authority = Authority::founded();
    authority.set_now(authority.now().saturating_add_seconds(400 * 86_400));
    rotate(&authority, "root", &[], &ROOTS).done();
    // With targets that have expired too, which no client would take.
    assert_eq!(versions(&authority), [2, 2, 2, 2]);
    authority.run(&["verify", "repo"]).done();
}

#[test]
fn another_timestamp_key_signs_from_now_on_and_the_old_one_no_longer() {
    let authority = Authority::founded();
    authority.issue(&draft("BOD-17-01", 1, None));
    let replace = instead(Name::Timestamp, Name::OtherOfficer1);
    rotate(&authority, "timestamp", &["--replace", &replace], &with_roots(&[Name::OtherOfficer1])).done();
    assert_eq!(versions(&authority), [2, 2, 2, 3]);
    // Signed by both, so that it could go live before the root did.
    read_under_the_root_before(&authority).unwrap();
    let toml = settings(&authority);
    assert!(toml.contains("timestamp = [\"../keys/other-officer-1.key\"]"), "{toml}");
    authority.run(&["refresh", "--repo", "repo"]).done();
    let signed: Vec<String> = read(&authority)
        .timestamp()
        .unwrap()
        .signatures()
        .iter()
        .map(|signature| signature.keyid.clone())
        .collect();
    assert_eq!(signed, [keyid(Name::OtherOfficer1)]);
    authority.run(&["verify", "repo"]).done();
}

#[test]
fn a_lost_timestamp_key_is_replaced_without_it() {
    let authority = Authority::founded();
    carry_away(&authority, &[Name::Timestamp]);
    let replace = instead(Name::Timestamp, Name::OtherOfficer1);
    rotate(&authority, "timestamp", &["--replace", &replace], &with_roots(&[Name::OtherOfficer1])).done();
    assert_eq!(versions(&authority), [2, 1, 1, 2]);
    authority.run(&["refresh", "--repo", "repo"]).done();
}

#[test]
fn another_snapshot_key_signs_a_new_snapshot() {
    let authority = Authority::founded();
    let replace = instead(Name::Snapshot, Name::OtherOfficer1);
    rotate(&authority, "snapshot", &["--replace", &replace], &with_roots(&[Name::OtherOfficer1])).done();
    assert_eq!(versions(&authority), [2, 1, 2, 2]);
    read_under_the_root_before(&authority).unwrap();
    let snapshot = read(&authority).snapshot().unwrap().signatures().len();
    assert_eq!(snapshot, 2);
    authority.run(&["refresh", "--repo", "repo", "--snapshot"]).done();
}

#[test]
fn another_targets_key_and_a_higher_threshold() {
    let authority = Authority::founded();
    authority.issue(&draft("BOD-17-01", 1, None));
    let change = ["--add", "keys/targets-3.key", "--threshold", "3"];
    let keys = with_roots(&[Name::Targets1, Name::Targets2, Name::Targets3]);
    rotate(&authority, "targets", &change, &keys).done();
    assert_eq!(versions(&authority), [2, 3, 3, 3]);
    read_under_the_root_before(&authority).unwrap();
    let root = read(&authority).root().signed().clone();
    assert_eq!((root.role(RoleType::Targets).threshold, root.role(RoleType::Targets).keyids.len()), (3, 3));
    authority.issue(&draft("ED-21-01", 1, None));
    authority.run(&["verify", "repo"]).done();
}

#[test]
fn every_root_key_at_once_is_another_and_nothing_that_is_published_is_lost() {
    let authority = Authority::founded();
    authority.issue(&draft("BOD-17-01", 1, None));
    let change = [
        "--replace",
        &instead(Name::Root1, Name::OtherOfficer1),
        "--replace",
        &instead(Name::Root2, Name::OtherOfficer2),
        "--remove",
        &keyid(Name::Root3)[..8],
    ];
    let keys = with_roots(&[Name::OtherOfficer1, Name::OtherOfficer2]);
    rotate(&authority, "root", &change, &keys).done();
    assert_eq!(versions(&authority), [2, 3, 3, 3]);
    read_under_the_root_before(&authority).unwrap();
    // The old roots stay served.
    assert!(authority.public().join("metadata/1.root.json").exists());
    authority.issue(&draft("ED-21-01", 1, None));
    authority.run(&["verify", "repo"]).done();
}

#[test]
fn where_keys_are_elsewhere_a_file_is_written_and_nothing_changed() {
    let authority = Authority::founded();
    let before = state(&authority);
    carry_away(&authority, &[Name::Root1, Name::Root2, Name::Root3]);
    rotate(&authority, "root", &[], &[]).ended(Exit::Findings, "root.json: signatures of root: 0, wanted 2");
    std::fs::rename(authority.folder().join("away/root-1.key"), authority.folder().join("keys/root-1.key"))
        .unwrap();
    rotate(&authority, "root", &["--output", "one.json"], &[Name::Root1])
        .ended(Exit::Findings, "root.json: signatures of root: 1, wanted 2");
    assert_eq!(state(&authority), before);
    for file in ["root-2.json", "root-3.json"] {
        let key = file.replace("json", "key");
        std::fs::rename(
            authority.folder().join("away").join(&key),
            authority.folder().join("keys").join(&key),
        )
        .unwrap();
    }
    super::sign(&authority, "one.json", &[Name::Root3]);
    finish(&authority, &["one.json"], &[]).done();
    assert_eq!(versions(&authority)[0], 2);
    // The other one builds on a root that is no longer the newest.
    let before = state(&authority);
    super::sign(&authority, "root-2.ceremony.json", &[Name::Root1, Name::Root3]);
    finish(&authority, &["root-2.ceremony.json"], &[])
        .ended(Exit::Done, "nothing changed: all of it is in place already");
    assert_eq!(state(&authority), before);
}

#[test]
fn the_lifetime_of_an_online_role_needs_no_root() {
    let authority = Authority::founded();
    rotate(&authority, "snapshot", &["--lifetime", "5d"], &[]).done();
    assert!(settings(&authority).contains("snapshot = \"5d\""));
    assert_eq!(versions(&authority), [1, 1, 1, 1]);
    authority.run(&["refresh", "--repo", "repo", "--snapshot"]).done();
    let expires = read(&authority).snapshot().unwrap().signed().expires;
    assert_eq!(expires, authority.now().saturating_add_seconds(5 * 86_400));
}

#[test]
fn nothing_that_would_lock_everyone_out_is_begun() {
    let authority = Authority::founded();
    let before = state(&authority);
    let remove = [&keyid(Name::Root1)[..], &keyid(Name::Root2)];
    for (role, change, wanted) in [
        (
            "root",
            &["--threshold", "4"][..],
            "a threshold of 4 for the root role with 3 keys would lock everyone out",
        ),
        (
            "root",
            &["--remove", remove[0], "--remove", remove[1]],
            "a threshold of 2 for the root role with 1 keys would lock everyone out",
        ),
        ("root", &["--threshold", "0"], "a threshold of 0 for the root role, wanted 1 or more"),
        ("root", &["--add", "keys/timestamp.key"], "serves the timestamp role already"),
        ("targets", &["--add", "keys/officer-1.key"], "issuer \"dhs\" has a key that also serves elsewhere"),
        ("root", &["--lifetime", "29d"], "before the ceremony does at"),
        ("root", &["--remove", "00000000"], "the root role has no key 00000000"),
        ("root", &["--replace", "00000000"], "wanted KEYID=KEY"),
    ] {
        let ran = rotate(&authority, role, change, &ROOTS);
        assert!(matches!(ran.exit(), Exit::Usage | Exit::Refused), "{}", ran.stderr);
        assert!(ran.stderr.contains(wanted), "wanted {wanted:?} in:\n{}", ran.stderr);
        assert!(ran.stderr.contains("hint:") || wanted.contains("KEYID"), "{}", ran.stderr);
        assert_eq!(state(&authority), before);
    }
}
