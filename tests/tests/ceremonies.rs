//! A client follows every change of keys that the publisher makes, with no action by its operator.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and work on real folders"
)]

use interdict_host::exit::Exit;
use interdict_keys_example::{Name, key};
use interdict_schema::key::PublicKey;
use interdict_schema::tuf::Key;
use interdict_tests::agency::Agency;
use interdict_tests::authority::{Authority, draft};

fn keyid(name: Name) -> String {
    Key::of(&PublicKey::ed25519(key(name).verifying_key().as_bytes()).unwrap()).keyid()
}

/// A machine that trusts the authority's first root.
fn trusting(authority: &Authority) -> Agency {
    let mut agency = Agency::new();
    agency.now = authority.now();
    assert_eq!(agency.run(&["setup", authority.public().to_str().unwrap()]).exit(), Exit::Done);
    let run = agency.trust(&authority.root());
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    agency
}

/// Syncs, and insists that the metadata has these versions and all directives are held.
fn follows(agency: &Agency, timestamp: u32, directives: usize, after: &str) {
    let run = agency.run(&["sync"]);
    assert_eq!(run.exit(), Exit::Done, "after {after}: {}{}", run.stdout, run.stderr);
    assert_eq!(run.stderr, "", "after {after}");
    let wanted = format!("main: timestamp {timestamp}, {directives} directives, fresh until ");
    assert!(run.stdout.contains(&wanted), "after {after}: wanted {wanted:?} in {}", run.stdout);
    let run = agency.run(&["status"]);
    assert_eq!(run.exit(), Exit::Done, "after {after}: {}{}", run.stdout, run.stderr);
    for name in ["timestamp", "snapshot", "targets"] {
        assert!(!run.stderr.contains(name), "after {after}: {}", run.stderr);
    }
}

/// Changes a role with two root keys at hand, and others.
fn rotate(authority: &Authority, role: &str, change: &[&str], keys: &[&str]) {
    let mut arguments = vec!["rotate", role, "--repo", "repo", "--yes"];
    arguments.extend(change);
    arguments
        .extend(["keys/root-1.key", "keys/root-2.key"].iter().chain(keys).flat_map(|key| ["--key", key]));
    authority.run(&arguments).done();
}

fn instead(old: Name, new: &str) -> String {
    format!("{}={new}", keyid(old))
}

#[test]
fn a_client_follows_the_change_of_every_role_and_keeps_what_is_in_force() {
    let mut authority = Authority::founded();
    authority.issue(&draft("BOD-17-01", 1, None));
    let mut agency = trusting(&authority);
    follows(&agency, 2, 1, "the founding");

    rotate(&authority, "root", &["--lifetime", "730d"], &[]);
    follows(&agency, 3, 1, "a renewal of the root");

    let timestamp = instead(Name::Timestamp, "keys/other-officer-1.key");
    rotate(&authority, "timestamp", &["--replace", &timestamp], &["keys/other-officer-1.key"]);
    follows(&agency, 4, 1, "another timestamp key");
    authority.run(&["refresh", "--repo", "repo"]).done();
    follows(&agency, 5, 1, "a refresh by the new key alone");

    let snapshot = instead(Name::Snapshot, "keys/other-officer-2.key");
    rotate(&authority, "snapshot", &["--replace", &snapshot], &["keys/other-officer-2.key"]);
    follows(&agency, 6, 1, "another snapshot key");

    let targets = instead(Name::Targets1, "keys/targets-3.key");
    rotate(&authority, "targets", &["--replace", &targets], &["keys/targets-3.key"]);
    follows(&agency, 7, 1, "another targets key");

    // The old timestamp key serves nowhere any more; here it is a new root key.
    let root = instead(Name::Root1, "keys/timestamp.key");
    rotate(&authority, "root", &["--replace", &root], &["keys/timestamp.key"]);
    follows(&agency, 8, 1, "another root key");

    authority.issue(&draft("ED-21-01", 1, None));
    follows(&agency, 9, 2, "another directive");

    // A machine that slept through all of it, and one that was set up today from the first root.
    let later = authority.now().saturating_add_seconds(6 * 86_400);
    authority.set_now(later);
    agency.now = later;
    authority.run(&["refresh", "--repo", "repo"]).done();
    follows(&agency, 10, 2, "six days");
    follows(&trusting(&authority), 10, 2, "all of it at once");
}

#[test]
fn a_client_recovers_from_a_timestamp_that_a_thief_fast_forwarded_once_the_key_is_another() {
    let authority = Authority::founded();
    authority.issue(&draft("BOD-17-01", 1, None));
    let agency = trusting(&authority);
    follows(&agency, 2, 1, "the founding");
    // The thief signs far ahead, from a mirror of its own: what the client then holds nobody can go on from.
    let path = authority.public().join("metadata/timestamp.json");
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, fast_forwarded(&whole)).unwrap();
    let run = agency.run(&["sync"]);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    std::fs::write(&path, &whole).unwrap();
    authority.run(&["refresh", "--repo", "repo"]).done();
    assert_eq!(agency.run(&["sync"]).exit(), Exit::Refused);

    let timestamp = instead(Name::Timestamp, "keys/other-officer-1.key");
    rotate(&authority, "timestamp", &["--replace", &timestamp], &["keys/other-officer-1.key"]);
    follows(&agency, 4, 1, "another timestamp key");
}

/// The same timestamp, a million versions on, signed with the timestamp key.
fn fast_forwarded(bytes: &[u8]) -> Vec<u8> {
    use ed25519_dalek::Signer;
    use interdict_schema::tuf::{Metadata, RoleType, Signature, Timestamp, Unsigned};
    let held = Metadata::<Timestamp>::parse(bytes, &RoleType::Timestamp.into(), 16_384).unwrap();
    let mut signed = held.signed().clone();
    signed.version += 1_000_000;
    let unsigned = Unsigned::new(&signed).unwrap();
    let sig = key(Name::Timestamp).sign(unsigned.message()).to_bytes().to_vec();
    unsigned.with_signatures([Signature { keyid: keyid(Name::Timestamp), sig }])
}
