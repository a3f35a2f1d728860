//! The verbs that only read, over what a real sync has left.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and work on real folders"
)]

use std::fs;

use interdict_host::exit::Exit;
use interdict_keys_example::Name;
use interdict_tests::agency::Agency;
use interdict_tests::simulator::{Simulator, days_after, envelope, payload, role_keys};

fn followed() -> (Simulator, Agency) {
    let mut authority = Simulator::new();
    authority.directive(&payload("BOD-1", 1, None));
    authority.publish();
    let agency = Agency::following(&authority);
    (authority, agency)
}

/// Lays an envelope of the directive beside the state.
fn lay(agency: &Agency) -> String {
    let envelope = envelope(
        interdict_schema::payload_type::DIRECTIVE,
        &payload("BOD-1", 1, None),
        &[Name::Officer1, Name::Officer2],
    );
    let path = agency.path("BOD-1.1.json");
    fs::write(&path, envelope.to_bytes()).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn after_a_sync_every_verb_is_done() {
    let (_, agency) = followed();
    let file = lay(&agency);
    for verb in [
        &["status"][..],
        &["list"],
        &["show", "BOD-1"],
        &["due"],
        &["policy"],
        &["digest"],
        &["verify", &file],
        &["evidence", "list"],
    ] {
        let run = agency.run(verb);
        assert_eq!(run.exit(), Exit::Done, "{verb:?}: {}{}", run.stdout, run.stderr);
    }
    assert_eq!(agency.run(&["policy"]).stdout, agency.policy());
}

#[test]
fn what_vanished_is_shouted_by_every_verb_and_stays_in_force() {
    let (mut authority, agency) = followed();
    let file = lay(&agency);
    authority.unlist("BOD-1.1.json");
    authority.publish();
    assert_eq!(agency.sync(&authority).exit(), Exit::Refused);
    let status = agency.run(&["status"]);
    assert_eq!(status.exit(), Exit::Refused);
    assert!(status.stdout.contains("alarm: repository main: vanished BOD-1: "), "{}", status.stdout);
    let list = agency.run(&["list"]);
    assert!(list.stdout.contains("  vanished\n"), "{}", list.stdout);
    assert!(list.stderr.starts_with("warning: "), "{}", list.stderr);
    assert!(agency.run(&["show", "BOD-1"]).stdout.contains("it stays in force\n"));
    let digest = agency.run(&["digest"]);
    assert_eq!(digest.exit(), Exit::Refused);
    let verify = agency.run(&["verify", &file]);
    assert_eq!(verify.exit(), Exit::Refused);
    assert!(verify.stdout.contains("in force   yes\n"), "{}", verify.stdout);
}

#[test]
fn a_stale_policy_is_fresh_again_after_a_sync_that_found_nothing_but_a_new_timestamp() {
    let (mut authority, mut agency) = followed();
    agency.now = days_after(agency.now, 8);
    assert_eq!(agency.run(&["status"]).exit(), Exit::Stale);
    authority.timestamp.expires = days_after(agency.now, 7);
    authority.publish();
    assert_eq!(agency.sync(&authority).exit(), Exit::Done);
    assert_eq!(agency.run(&["status"]).exit(), Exit::Done);
}

#[test]
fn a_sync_that_found_nothing_new_makes_the_policy_younger() {
    let (authority, mut agency) = followed();
    agency.now = days_after(agency.now, 2);
    let status = |agency: &Agency| agency.run(&["status", "--max-age", "36h"]).exit();
    assert_eq!(status(&agency), Exit::Stale);
    assert_eq!(agency.sync(&authority).exit(), Exit::Done);
    assert_eq!(status(&agency), Exit::Done);
}

/// trust.md rule 10
#[test]
fn a_directive_is_authentic_under_the_list_of_issuers_that_a_later_root_signed() {
    let (mut authority, agency) = followed();
    let file = lay(&agency);
    let rotated = [Name::Root2, Name::Root3];
    authority.root.roles.root = role_keys(&rotated, 2);
    authority.root_signers = vec![Name::Root1, Name::Root2, Name::Root3];
    authority.publish_root();
    authority.root_signers = rotated.to_vec();
    authority.publish_issuers();
    authority.publish();
    assert_eq!(agency.sync(&authority).exit(), Exit::Done);
    let run = agency.run(&["verify", &file]);
    assert_eq!(run.exit(), Exit::Done, "{}{}", run.stdout, run.stderr);
}

#[test]
fn what_was_refused_is_listed_and_shown() {
    let (authority, agency) = followed();
    let mut broken = authority.clone();
    broken.files.insert("metadata/timestamp.json".into(), b"{}".to_vec());
    assert_eq!(agency.sync(&broken).exit(), Exit::Refused);
    let list = agency.run(&["evidence", "list"]);
    assert!(list.stdout.contains("metadata/timestamp.json"), "{}", list.stdout);
    let id = list.stdout.lines().nth(1).and_then(|row| row.split(' ').next()).unwrap();
    let show = agency.run(&["evidence", "show", id]);
    assert_eq!(show.exit(), Exit::Done);
    assert!(show.stdout.starts_with(&format!("id          {id}\n")), "{}", show.stdout);
}
