//! An interruption at every write leaves a whole repository, and the same command again finishes.

use std::collections::BTreeMap;
use std::path::PathBuf;

use interdict_host::exit::Exit;
use interdict_host::testing::TestWorld;
use interdict_host::write::Disk;
use interdict_keys_example::Name;
use interdict_publisher::repository::client_view;
use interdict_publisher::repository::files::Folder;
use interdict_publisher::testing::{Authority, draft};

use super::{carry_away, instead, sign, start, start_on, state, versions};

/// A new root with another root key and, with it, a new envelope round the list of issuers, signed by all who must.
fn prepared() -> Authority {
    let authority = Authority::founded();
    authority.issue(&draft("BOD-17-01", 1, None));
    let replace = instead(Name::Root1, Name::OtherOfficer1);
    start_on(&authority, &["root", "--replace", &replace]).done();
    sign(&authority, "c.json", &[Name::Root2, Name::Root3]);
    authority
}

fn on(disk: &Disk, authority: &Authority, arguments: &[&str]) -> Exit {
    authority.run_in(TestWorld::new().disk(disk.clone()), arguments).exit()
}

/// Every file that never changes under its name.
fn versioned(authority: &Authority) -> BTreeMap<PathBuf, Vec<u8>> {
    let is_versioned = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.starts_with(|first: char| first.is_ascii_digit()) && name.contains(".json")
    };
    state(authority).into_iter().filter(|(path, _)| is_versioned(path)).collect()
}

const FINISH: [&str; 5] = ["ceremony", "finish", "c.json", "--repo", "repo"];

#[test]
fn a_crash_after_any_step_of_a_new_root_leaves_the_old_repository_or_the_new() {
    let recording = Disk::recording();
    let authority = prepared();
    let old = versions(&authority);
    assert_eq!(on(&recording, &authority, &FINISH), Exit::Done);
    let new = versions(&authority);
    assert_eq!((old, new), ([1, 2, 2, 2], [2, 3, 3, 3]));
    let steps = recording.steps().len();
    assert!(steps > 20, "{steps} steps");
    for step in 0..steps {
        let authority = prepared();
        assert_ne!(on(&Disk::stopping_after(step), &authority, &FINISH), Exit::Done, "{step}");
        // What all have signed is believed under both roots, so the root comes last, and nobody ever reads a mix.
        let found = versions(&authority);
        assert!([old, [1, 3, 3, 3], new].contains(&found), "after step {step}: {found:?}");
        let left = versioned(&authority);
        assert_eq!(on(&Disk::default(), &authority, &FINISH), Exit::Done, "{step}");
        assert_eq!(versions(&authority)[0], 2, "{step}");
        let after = versioned(&authority);
        assert!(left.iter().all(|(name, bytes)| after.get(name) == Some(bytes)), "{step}");
        authority.run(&["verify", "repo"]).done();
        authority.run(&["refresh", "--repo", "repo"]).done();
    }
}

#[test]
fn a_crash_after_any_step_of_a_rotation_without_the_old_key_is_finished_by_the_same_command() {
    let prepared = || {
        let authority = Authority::founded();
        let replace = instead(Name::Timestamp, Name::OtherOfficer1);
        start_on(&authority, &["root", "--role", "timestamp", "--replace", &replace]).done();
        sign(&authority, "c.json", &[Name::Root2, Name::Root3]);
        carry_away(&authority, &[Name::Timestamp]);
        authority
    };
    let finish = [&FINISH[..], &["--key", "keys/other-officer-1.key"]].concat();
    let recording = Disk::recording();
    assert_eq!(on(&recording, &prepared(), &finish), Exit::Done);
    let mut torn = 0;
    for step in 0..recording.steps().len() {
        let authority = prepared();
        assert_ne!(on(&Disk::stopping_after(step), &authority, &finish), Exit::Done, "{step}");
        // Between the root and the timestamp a client is refused what it reads, and keeps what it has.
        let files = Folder::new(authority.public());
        torn += u32::from(client_view::trusted_set(&files, authority.now()).is_err());
        assert_eq!(on(&Disk::default(), &authority, &finish), Exit::Done, "{step}");
        assert_eq!(versions(&authority)[..2], [2, 1], "{step}");
        authority.run(&["verify", "repo"]).done();
        authority.run(&["refresh", "--repo", "repo"]).done();
    }
    assert!(torn < 8, "{torn} steps lie between the root and the timestamp");
}

#[test]
fn a_crash_after_any_step_of_a_rotation_at_once_is_finished_by_the_same_command() {
    let prepared = || {
        let authority = Authority::founded();
        carry_away(&authority, &[Name::Timestamp]);
        authority
    };
    let replace = instead(Name::Timestamp, Name::OtherOfficer1);
    let rotate = ["rotate", "timestamp", "--replace", &replace, "--repo", "repo", "--yes"];
    let keys = ["--key", "keys/other-officer-1.key", "--key", "keys/root-2.key", "--key", "keys/root-3.key"];
    let rotate = [&rotate[..], &keys].concat();
    let recording = Disk::recording();
    let authority = prepared();
    assert_eq!(on(&recording, &authority, &rotate), Exit::Done);
    let kept = authority.repository().join("memory/rotation.json");
    assert!(!kept.exists());
    let mut torn = 0;
    for step in 0..recording.steps().len() {
        let authority = prepared();
        assert_ne!(on(&Disk::stopping_after(step), &authority, &rotate), Exit::Done, "{step}");
        if client_view::trusted_set(&Folder::new(authority.public()), authority.now()).is_err() {
            torn += 1;
            authority
                .run(&["refresh", "--repo", "repo"])
                .ended(Exit::Refused, "hint: a rotation was interrupted: the same command again finishes it");
        }
        let ran = authority.run(&rotate);
        assert_eq!(ran.exit(), Exit::Done, "{step}: {}", ran.stderr);
        assert_eq!(versions(&authority)[..2], [2, 1], "{step}");
        assert!(!authority.repository().join("memory/rotation.json").exists(), "{step}");
        authority.run(&["verify", "repo"]).done();
        authority.run(&["refresh", "--repo", "repo"]).done();
    }
    assert!((1..8).contains(&torn), "{torn} steps lie between the root and the timestamp");
}

#[test]
fn another_rotation_finishes_the_interrupted_one_and_is_then_done_itself() {
    let authority = Authority::founded();
    let replace = instead(Name::Timestamp, Name::OtherOfficer1);
    let keys = ["--repo", "repo", "--yes", "--key", "keys/root-2.key", "--key", "keys/root-3.key"];
    let rotate =
        [&["rotate", "timestamp", "--replace", &replace, "--key", "keys/other-officer-1.key"][..], &keys]
            .concat();
    let recording = Disk::recording();
    let other = Authority::founded();
    assert_eq!(on(&recording, &other, &rotate), Exit::Done);
    // All of it is live, and nobody knows.
    assert_ne!(on(&Disk::stopping_after(recording.steps().len() - 1), &authority, &rotate), Exit::Done);
    let ran = authority.run(&[&["rotate", "root", "--lifetime", "400d"][..], &keys].concat()).done();
    assert!(ran.stderr.contains("finished what an interrupted rotation had begun"), "{}", ran.stderr);
    assert_eq!(versions(&authority)[0], 3);
}

#[test]
fn a_crash_after_any_step_of_a_founding_is_finished_by_the_same_command() {
    let prepared = || {
        let authority = Authority::new();
        let arguments = "founding --root-key keys/root-1.key --root-key keys/root-2.key --targets-key \
            keys/targets-1.key --snapshot-key keys/snapshot.key --timestamp-key keys/timestamp.key --issuer dhs \
            --prefix BOD --officer keys/officer-1.key";
        start(&authority, &arguments.split_whitespace().collect::<Vec<_>>()).done();
        sign(&authority, "c.json", &[Name::Root1, Name::Root2]);
        authority
    };
    let keys = ["--key", "keys/targets-1.key", "--key", "keys/snapshot.key", "--key", "keys/timestamp.key"];
    let finish = [&FINISH[..], &keys].concat();
    let recording = Disk::recording();
    assert_eq!(on(&recording, &prepared(), &finish), Exit::Done);
    for step in 0..recording.steps().len() {
        let authority = prepared();
        assert_ne!(on(&Disk::stopping_after(step), &authority, &finish), Exit::Done, "{step}");
        let ran = authority.run(&finish);
        assert_eq!(ran.exit(), Exit::Done, "{step}: {}", ran.stderr);
        assert_eq!(versions(&authority), [1, 1, 1, 1], "{step}");
        authority.run(&["refresh", "--repo", "repo"]).done();
    }
}

#[test]
fn a_crash_while_a_signature_is_added_leaves_the_file_without_it() {
    let authority = prepared();
    let sign = ["ceremony", "sign", "c.json", "--yes", "--key", "keys/other-officer-1.key"];
    let before = super::text(&authority, "c.json");
    let recording = Disk::recording();
    assert_eq!(on(&recording, &authority, &sign), Exit::Done);
    let after = super::text(&authority, "c.json");
    for step in 0..recording.steps().len() {
        authority.write("c.json", &before);
        assert_ne!(on(&Disk::stopping_after(step), &authority, &sign), Exit::Done, "{step}");
        let left = super::text(&authority, "c.json");
        assert!(left == before || left == after, "{step}");
        assert_eq!(on(&Disk::default(), &authority, &sign), Exit::Done, "{step}");
        assert_eq!(super::text(&authority, "c.json"), after, "{step}");
    }
}
