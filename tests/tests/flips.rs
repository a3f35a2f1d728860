//! Every byte of every file that the client fetches, flipped, and every file cut off at every length: refused, or what is
//! accepted is identical. Never a third outcome.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and work on real folders"
)]

use std::fs;

use interdict_host::exit::Exit;
use interdict_tests::agency::Agency;
use interdict_tests::simulator::{Simulator, payload};

/// An authority whose every kind of file is fetched: a second root, two revisions, two directives.
fn authority() -> Simulator {
    let mut authority = Simulator::new();
    let first = authority.directive(&payload("BOD-1", 1, None));
    authority.directive(&payload("BOD-1", 2, Some(first)));
    authority.directive(&payload("ED-1", 1, None));
    authority.publish_root();
    authority.publish();
    // What nobody asks for any more is not fetched, and not flipped.
    let (targets, snapshot) = (authority.targets.version, authority.snapshot.version);
    authority.files.retain(|path, _| {
        !path.contains(".targets.json") && !path.contains(".snapshot.json")
            || path.ends_with(&format!("/{targets}.targets.json"))
            || path.ends_with(&format!("/{snapshot}.snapshot.json"))
    });
    authority.files.retain(|path, _| !path.ends_with("1.root.json") || path.ends_with("/1.root.json"));
    authority
}

/// Serves one file changed, and syncs a machine that has only pinned the root. What it accepted; none where it refused.
fn outcome(agency: &Agency, path: &str, bytes: &[u8]) -> (Exit, Option<String>) {
    let served = agency.mirror().join(path);
    fs::write(&served, bytes).unwrap();
    let run = agency.run(&["sync"]);
    let accepted = agency.state().join("current").exists().then(|| agency.policy());
    (run.exit(), accepted)
}

/// Puts the state back to what pinning left.
fn forget(agency: &Agency) {
    let state = agency.state();
    for gone in ["generations", "repositories/main/metadata", "repositories/main/evidence"] {
        let _ = fs::remove_dir_all(state.join(gone));
    }
    let _ = fs::remove_file(state.join("current"));
    for root in fs::read_dir(state.join("repositories/main/trust")).unwrap().flatten() {
        if root.file_name() != "pinned.root.json" {
            fs::remove_file(root.path()).unwrap();
        }
    }
    fs::copy(agency.path("memory.json"), state.join("repositories/main/memory/memory.json")).unwrap();
}

fn machine(authority: &Simulator) -> (Agency, String) {
    let agency = Agency::trusting(authority);
    fs::copy(agency.state().join("repositories/main/memory/memory.json"), agency.path("memory.json"))
        .unwrap();
    assert_eq!(agency.sync(authority).exit(), Exit::Done);
    let reference = agency.policy();
    forget(&agency);
    (agency, reference)
}

fn judge(agency: &Agency, reference: &str, path: &str, bytes: &[u8], what: &str) {
    match outcome(agency, path, bytes) {
        (Exit::Done, Some(accepted)) => {
            assert!(accepted == reference, "{path}, {what}: accepted something else");
        }
        (Exit::Refused | Exit::NoAnswer, None) => {}
        (exit, accepted) => panic!("{path}, {what}: {exit:?}, accepted: {}", accepted.is_some()),
    }
    forget(agency);
}

#[test]
fn every_byte_of_every_fetched_file_flipped_is_refused_or_changes_nothing() {
    let authority = authority();
    let (agency, reference) = machine(&authority);
    let mut flips = 0;
    for (path, whole) in authority.files.iter().filter(|(path, _)| *path != "metadata/1.root.json") {
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            // Another bit from byte to byte; the bits of one byte meet the same checks.
            flipped[at] ^= 1 << (at % 8);
            judge(&agency, &reference, path, &flipped, &format!("byte {at}"));
            flips += 1;
        }
        fs::write(agency.mirror().join(path), whole).unwrap();
    }
    assert!(flips > 5_000, "only {flips} bytes were flipped");
}

#[test]
fn every_fetched_file_cut_off_anywhere_is_refused() {
    let authority = authority();
    let (agency, reference) = machine(&authority);
    for (path, whole) in authority.files.iter().filter(|(path, _)| *path != "metadata/1.root.json") {
        // Every length near both ends, and every seventh between.
        let lengths =
            (0..whole.len()).filter(|length| *length < 64 || whole.len() - length < 64 || length % 7 == 0);
        for length in lengths {
            judge(&agency, &reference, path, &whole[..length], &format!("cut to {length} bytes"));
        }
        fs::write(agency.mirror().join(path), whole).unwrap();
    }
}
