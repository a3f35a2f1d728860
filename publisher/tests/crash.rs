//! A crash at every step of a publication leaves the old repository or the new one, and the next run completes it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, and touch files as an attacker or a careless person would"
)]

use std::collections::BTreeMap;
use std::io;

use interdict_host::exit::Exit;
use interdict_host::testing::TestWorld;
use interdict_host::write::Disk;
use interdict_keys_example::Name;
use interdict_publisher::repository::client_view;
use interdict_publisher::repository::files::Folder;
use interdict_publisher::testing::{Authority, draft};

/// Reads the repository as a client does, everything that it lists included, and gives the paths that it lists.
fn listed(authority: &Authority) -> Vec<String> {
    let files = Folder::new(authority.public());
    let set = client_view::trusted_set(&files, authority.now()).unwrap();
    let (_, issuers) = client_view::issuers(&set, &files).unwrap();
    let targets = &set.targets().unwrap().signed().targets;
    for (path, file) in targets.iter().filter(|(path, _)| *path != "issuers.json") {
        client_view::document::<interdict_schema::directive::Directive>(&set, &files, path, file, &issuers)
            .unwrap();
    }
    targets.keys().cloned().collect()
}

/// The metadata files that never change under their name; temporary files are none.
fn versioned(authority: &Authority) -> BTreeMap<String, Vec<u8>> {
    std::fs::read_dir(authority.public().join("metadata"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path))
        .filter(|(name, _)| name.starts_with(|first: char| first.is_ascii_digit()))
        .map(|(name, path)| (name, std::fs::read(path).unwrap()))
        .collect()
}

fn prepared() -> (Authority, [String; 2]) {
    let authority = Authority::founded();
    let envelopes = ["BOD-17-01", "ED-21-01"].map(|id| {
        authority.write("d.jsonc", draft(id, 1, None));
        authority.sign("d.jsonc", &[Name::Officer1, Name::Officer2])
    });
    (authority, envelopes)
}

fn publish_on(disk: &Disk, authority: &Authority, envelopes: &[String; 2]) -> Exit {
    let arguments = ["publish", "--repo", "repo", &envelopes[0], &envelopes[1]];
    authority.run_in(TestWorld::new().disk(disk.clone()), &arguments).exit()
}

#[test]
fn a_crash_after_any_step_leaves_the_old_repository_or_the_new() {
    let old = vec!["issuers.json".to_owned()];
    let new = vec!["BOD-17-01.1.json".to_owned(), "ED-21-01.1.json".to_owned(), "issuers.json".to_owned()];
    let (authority, envelopes) = prepared();
    let recording = Disk::recording();
    assert_eq!(publish_on(&recording, &authority, &envelopes), Exit::Done);
    let steps = recording.steps().len();
    assert!(steps > 20, "{steps} steps");
    let mut seen_new = false;
    for step in 0..steps {
        let (authority, envelopes) = prepared();
        assert_eq!(publish_on(&Disk::stopping_after(step), &authority, &envelopes), Exit::NoAnswer, "{step}");
        let found = listed(&authority);
        assert!(found == old || found == new, "after step {step}: {found:?}");
        assert!(!seen_new || found == new, "step {step} brought the old repository back");
        seen_new = found == new;
        let left = versioned(&authority);
        assert_eq!(publish_on(&Disk::default(), &authority, &envelopes), Exit::Done, "{step}");
        assert_eq!(listed(&authority), new, "{step}");
        // A version is never used twice: a mirror may have copied what the crash left.
        let after = versioned(&authority);
        assert!(left.iter().all(|(name, bytes)| after.get(name) == Some(bytes)), "{step}");
        let ran = authority.run(&["verify", "repo"]).done();
        assert_eq!(ran.stdout, "", "{step}");
    }
    assert!(seen_new, "only the last sync follows the rename of timestamp.json");
}

#[test]
fn a_crash_after_any_step_of_a_refresh_leaves_a_whole_repository() {
    let refresh = |disk: &Disk, authority: &Authority| {
        let arguments = ["refresh", "--repo", "repo", "--targets"];
        authority.run_in(TestWorld::new().disk(disk.clone()), &arguments).exit()
    };
    let recording = Disk::recording();
    assert_eq!(refresh(&recording, &Authority::founded()), Exit::Done);
    for step in 0..recording.steps().len() {
        let authority = Authority::founded();
        assert_eq!(refresh(&Disk::stopping_after(step), &authority), Exit::NoAnswer, "{step}");
        assert_eq!(listed(&authority), ["issuers.json"], "{step}");
        assert_eq!(refresh(&Disk::default(), &authority), Exit::Done, "{step}");
        assert_eq!(listed(&authority), ["issuers.json"], "{step}");
    }
}

#[test]
fn a_full_or_read_only_disk_is_said_and_leaves_the_old_repository() {
    for kind in [io::ErrorKind::StorageFull, io::ErrorKind::ReadOnlyFilesystem] {
        for step in [0, 3, 10, 17, 20] {
            let (authority, envelopes) = prepared();
            assert_eq!(publish_on(&Disk::failing_after(step, kind), &authority, &envelopes), Exit::NoAnswer);
            assert_eq!(listed(&authority), ["issuers.json"]);
            // An error is cleaned up after, unlike a crash.
            for below in ["metadata", "targets"] {
                for entry in std::fs::read_dir(authority.public().join(below)).unwrap() {
                    let name = entry.unwrap().file_name().into_string().unwrap();
                    assert!(!name.starts_with(".tmp-"), "{name}");
                }
            }
        }
    }
}

#[test]
fn the_timestamp_is_the_last_thing_that_is_renamed() {
    let (authority, envelopes) = prepared();
    let recording = Disk::recording();
    assert_eq!(publish_on(&recording, &authority, &envelopes), Exit::Done);
    let renamed: Vec<String> = recording
        .steps()
        .iter()
        .filter(|step| step.operation == interdict_host::write::Operation::Rename)
        .map(|step| step.path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    let order: Vec<&str> =
        renamed.iter().map(|name| name.rsplit_once('.').map_or("", |(stem, _)| stem)).collect();
    assert_eq!(order[0], "relations");
    assert!(order[1..3].iter().all(|name| name.ends_with("-01.1")), "{order:?}");
    assert_eq!(order[3..], ["2.targets", "2.snapshot", "timestamp"]);
}
