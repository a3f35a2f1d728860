//! A poll with nothing new looks at most of the store from outside only. Here is what it must notice all the same.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and work on real folders"
)]

use std::fs;
use std::path::{Path, PathBuf};

use interdict_client::places::Places;
use interdict_client::store::inspection::{Footprint, Inspection};
use interdict_host::exit::Exit;
use interdict_schema::Sha256;
use interdict_tests::agency::{Agency, Run};
use interdict_tests::simulator::{Simulator, days_after, payload};

fn two_directives() -> Simulator {
    let mut authority = Simulator::new();
    authority.directive(&payload("BOD-1", 1, None));
    authority.directive(&payload("BOD-2", 1, None));
    authority.publish();
    authority
}

fn places(agency: &Agency) -> Places {
    Places { config: agency.path("config.toml"), state: agency.state() }
}

fn inspection(agency: &Agency) -> Option<Inspection> {
    Inspection::read(&places(agency).repository(&"main".parse().unwrap()))
}

/// Polls until everything was found whole, and that was kept: at once, unless the file system's clock has not ticked since a
/// file was changed.
fn settle(agency: &Agency) -> Inspection {
    let repository = places(agency).repository(&"main".parse().unwrap());
    let _ = fs::remove_file(repository.inspection());
    for _ in 0..100_000 {
        let run = agency.run(&["sync"]);
        assert_eq!((run.exit(), run.stderr.as_str()), (Exit::Done, ""));
        assert!(run.stdout.contains("up to date"), "{}", run.stdout);
        if let Some(found) = inspection(agency) {
            return found;
        }
    }
    unreachable!("the file system's clock stands still");
}

/// Says, as whoever may write the store could, that everything there was found whole as it is now.
fn claim_whole(agency: &Agency, was: &Inspection) {
    let places = places(agency);
    let repository = places.repository(&"main".parse().unwrap());
    let footprint = Footprint::of(&places, &repository, was.generation).unwrap();
    let claim = Inspection::new(was.generation, was.root, was.timestamp, was.expires, footprint);
    claim.write(&agency.disk, &repository).unwrap();
}

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            files_below(&entry.path(), found);
        } else {
            found.push(entry.path());
        }
    }
}

fn rebuilt(run: &Run) {
    assert_eq!(run.exit(), Exit::Done, "{}{}", run.stdout, run.stderr);
}

/// trust.md rule 11
#[test]
fn what_was_found_whole_is_looked_at_from_outside_only() {
    let agency = Agency::following(&two_directives());
    let found = settle(&agency);
    // Damage that is claimed to be none: the poll believes the claim, for it reports nothing of what is damaged ...
    fs::write(agency.state().join("current/repositories/main/envelopes/BOD-1.1.json"), "{}").unwrap();
    claim_whole(&agency, &found);
    let run = agency.run(&["sync"]);
    assert_eq!(run.exit(), Exit::Done);
    assert!(run.stdout.contains("up to date"), "{}", run.stdout);
    // ... and whatever does report verifies it, and refuses.
    for verb in [&["status"][..], &["list"], &["due"], &["show", "BOD-2"]] {
        let run = agency.run(verb);
        assert_eq!(run.exit(), Exit::Refused, "{verb:?}: {}{}", run.stdout, run.stderr);
    }
}

/// trust.md rule 11
#[test]
fn every_file_that_is_touched_is_noticed_by_the_next_poll() {
    let agency = Agency::following(&two_directives());
    let active = || agency.state().join("current").canonicalize().unwrap();
    let metadata = agency.state().join("repositories/main/metadata");
    let mut files = Vec::new();
    files_below(&active(), &mut files);
    let names: Vec<PathBuf> =
        files.iter().map(|file| file.strip_prefix(active()).unwrap().to_path_buf()).collect();
    assert!(names.len() > 12);
    // Edited within its length, cut short, and gone.
    let damage = |file: &Path, how: usize| {
        let bytes = fs::read(file).unwrap();
        let mut flipped = bytes.clone();
        *flipped.last_mut().unwrap() ^= 1;
        match how {
            0 => fs::write(file, flipped).unwrap(),
            1 => fs::write(file, bytes.get(..bytes.len() / 2).unwrap()).unwrap(),
            _ => fs::remove_file(file).unwrap(),
        }
        bytes
    };
    for how in 0..3 {
        for name in &names {
            settle(&agency);
            let before = active();
            damage(&before.join(name), how);
            rebuilt(&agency.run(&["sync"]));
            assert_ne!(active(), before, "{}: damage was not noticed", name.display());
        }
        for name in ["timestamp.json", "snapshot.json", "targets.json"] {
            settle(&agency);
            let file = metadata.join(name);
            let bytes = damage(&file, how);
            rebuilt(&agency.run(&["sync"]));
            assert_eq!(fs::read(&file).unwrap(), bytes, "{name}: damage was not mended");
        }
    }
}

/// trust.md rule 11
#[test]
fn a_file_that_is_added_or_put_in_anothers_place_is_noticed() {
    let agency = Agency::following(&two_directives());
    let generation = || agency.state().join("current").canonicalize().unwrap();
    settle(&agency);
    let first = generation();
    fs::write(first.join("directives/BOD-9.json"), "{}").unwrap();
    rebuilt(&agency.run(&["sync"]));
    assert_ne!(generation(), first);
    settle(&agency);
    let second = generation();
    let (one, two) = (second.join("directives/BOD-1.json"), second.join("directives/BOD-2.json"));
    fs::rename(&one, second.join("x")).unwrap();
    fs::rename(&two, &one).unwrap();
    fs::rename(second.join("x"), &two).unwrap();
    rebuilt(&agency.run(&["sync"]));
    assert_ne!(generation(), second);
}

/// trust.md rule 11
#[test]
fn metadata_that_expires_before_the_timestamp_ends_the_short_way() {
    let mut authority = two_directives();
    let now = Agency::new().now;
    authority.targets.expires = days_after(now, 1);
    authority.publish();
    let mut agency = Agency::following(&authority);
    let found = settle(&agency);
    assert_eq!(found.expires, days_after(now, 1));
    agency.now = days_after(now, 1).saturating_add_seconds(-1);
    assert_eq!(agency.run(&["sync"]).exit(), Exit::Done);
    for seconds in [0, 1] {
        agency.now = days_after(now, 1).saturating_add_seconds(seconds);
        let run = agency.run(&["sync"]);
        assert_ne!(run.exit(), Exit::Done, "{}", run.stdout);
        assert!(!run.stdout.contains("up to date"), "{}", run.stdout);
    }
}

/// trust.md rule 11
#[test]
fn a_root_that_takes_a_key_away_under_the_same_timestamp_ends_the_short_way() {
    use interdict_tests::simulator::role_keys;

    let mut authority = two_directives();
    let agency = Agency::following(&authority);
    let before = settle(&agency);
    let [_, snapshot, _] = authority.signers;
    // The key of targets no longer counts; timestamp and snapshot are as they were, and their keys too.
    authority.root.roles.targets = role_keys(&[snapshot], 1);
    authority.publish_root();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Refused, "{}{}", run.stdout, run.stderr);
    assert_eq!(inspection(&agency), Some(before));
    assert_eq!(agency.run(&["sync"]).exit(), Exit::Refused, "and it stays refused");
}

/// trust.md rule 11
#[test]
fn an_inspection_that_cannot_be_read_or_is_of_something_else_counts_for_nothing() {
    let agency = Agency::following(&two_directives());
    let found = settle(&agency);
    let path = places(&agency).repository(&"main".parse().unwrap()).inspection();
    let other = Sha256::of(b"another");
    let inspections = [
        Inspection::new(found.generation + 1, found.root, found.timestamp, found.expires, found.footprint),
        Inspection::new(found.generation, other, found.timestamp, found.expires, found.footprint),
        Inspection::new(found.generation, found.root, other, found.expires, found.footprint),
        Inspection::new(found.generation, found.root, found.timestamp, agency.now, found.footprint),
    ];
    let mut texts = vec![b"".to_vec(), b"{}".to_vec(), b"\xff".to_vec(), vec![b' '; 5_000]];
    for wrong in inspections {
        wrong.write(&agency.disk, &places(&agency).repository(&"main".parse().unwrap())).unwrap();
        texts.push(fs::read(&path).unwrap());
    }
    for text in texts {
        fs::write(&path, &text).unwrap();
        let run = agency.run(&["sync"]);
        assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
        // Everything was read again, and what was found is kept in its place.
        assert_eq!(inspection(&agency), Some(found.clone()), "{}", String::from_utf8_lossy(&text));
    }
}

/// trust.md rule 11
#[test]
fn a_poll_with_nothing_new_writes_nothing_that_is_waited_for() {
    use interdict_host::write::Disk;

    let authority = two_directives();
    let mut agency = Agency::following(&authority);
    settle(&agency);
    agency.disk = Disk::recording();
    assert_eq!(agency.run(&["sync"]).exit(), Exit::Done);
    let steps: Vec<String> = agency.disk.steps().iter().map(|step| format!("{step:?}")).collect();
    assert_eq!(steps.len(), 1, "{steps:?}");
    assert!(steps.iter().all(|step| step.contains("Write") && step.contains("refreshed_at")), "{steps:?}");
}
