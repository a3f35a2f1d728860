//! Pinning: nothing is trusted that nobody compared, and nothing fetched becomes the pin (`trust.md`, rule 7).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and work on real folders"
)]

use std::fs;

use interdict_host::exit::Exit;
use interdict_tests::agency::Agency;
use interdict_tests::simulator::{Simulator, payload};

fn set_up() -> (Simulator, Agency, String) {
    let authority = Simulator::new();
    let agency = Agency::new();
    assert_eq!(agency.run(&["setup", agency.mirror().to_str().unwrap()]).exit(), Exit::Done);
    let root = agency.path("root.json");
    fs::write(&root, authority.pin()).unwrap();
    (authority, agency, root.to_str().unwrap().to_owned())
}

#[test]
fn every_verb_before_setup_says_how_to_begin() {
    let agency = Agency::new();
    for verb in [&["sync"][..], &["trust", "root.json"]] {
        let run = agency.run(verb);
        assert_eq!(run.exit(), Exit::Usage, "{verb:?}");
        assert!(run.stderr.contains("hint: begin with `interdict setup URL`"), "{verb:?}: {}", run.stderr);
    }
}

#[test]
fn sync_before_trust_says_how_to_begin() {
    let (authority, agency, _) = set_up();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Usage);
    assert!(
        run.stderr.contains("hint: pin its root with `interdict trust ROOT.json --name main`"),
        "{}",
        run.stderr
    );
}

/// trust.md rule 7
#[test]
fn without_a_terminal_the_fingerprint_is_required_and_must_be_the_one() {
    let (_, agency, root) = set_up();
    let run = agency.run(&["trust", &root]);
    assert_eq!(run.exit(), Exit::Usage);
    assert!(run.stderr.contains("fingerprint: sha256:") && run.stderr.contains("2 of 3"), "{}", run.stderr);
    let other = format!("sha256:{}", "0".repeat(64));
    let run = agency.run(&["trust", &root, "--fingerprint", &other]);
    assert_eq!(run.exit(), Exit::Refused);
    assert!(!agency.state().join("repositories/main/trust").exists(), "nothing is pinned");
}

#[test]
fn a_root_that_is_not_signed_by_its_threshold_is_refused() {
    let (authority, agency, root) = set_up();
    let mut unsigned = authority;
    unsigned.root_signers.truncate(1);
    unsigned.root.version = 0;
    unsigned.publish_root();
    fs::write(&root, unsigned.pin()).unwrap();
    let run = agency.run(&["trust", &root, "--fingerprint", &"0".repeat(64)]);
    assert_eq!(run.exit(), Exit::Refused);
    assert!(run.stderr.contains("is not a root that is signed by its own threshold"), "{}", run.stderr);
}

/// trust.md rule 7
#[test]
fn another_root_needs_replace_trust_and_keeps_the_memory_of_directives() {
    let mut authority = Simulator::new();
    authority.directive(&payload("BOD-1", 1, None));
    authority.publish();
    let agency = Agency::following(&authority);
    let mut other = Simulator::new();
    other.root.version = 0;
    other.root.expires = interdict_tests::simulator::days_after(agency.now, 100);
    other.publish_root();
    let root = agency.path("other.json");
    fs::write(&root, other.pin()).unwrap();
    let run = agency.trust(&root);
    assert_eq!(run.exit(), Exit::Usage);
    assert!(run.stderr.contains("main is pinned to another root"), "{}", run.stderr);
    let metadata = interdict_schema::tuf::Metadata::<interdict_schema::tuf::Root>::parse(
        other.pin(),
        &interdict_schema::tuf::RoleType::Root.into(),
        1_000_000,
    );
    let fingerprint = metadata.unwrap().fingerprint().to_string();
    let run =
        agency.run(&["trust", root.to_str().unwrap(), "--replace-trust", "--fingerprint", &fingerprint]);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    let memory = fs::read_to_string(agency.state().join("repositories/main/memory/memory.json")).unwrap();
    assert!(memory.contains("BOD-1"), "{memory}");
    let run = agency.sync(&other);
    assert_eq!(run.exit(), Exit::Refused, "the new authority does not list what is known: {}", run.stdout);
    assert!(run.stderr.contains("BOD-1: vanished"), "{}", run.stderr);
    assert!(agency.policy().contains("forbidden"), "what scripts read is as it was");
    other.directive(&payload("BOD-1", 1, None));
    other.publish();
    assert_eq!(agency.sync(&other).exit(), Exit::Done, "listed again by the new authority, it is held again");
}

#[test]
fn pinning_the_same_root_again_changes_nothing() {
    let authority = Simulator::new();
    let agency = Agency::following(&authority);
    let before = agency.held();
    let run = agency.trust(&agency.path("root.json"));
    assert_eq!(run.exit(), Exit::Done);
    assert!(run.stdout.contains("already"), "{}", run.stdout);
    assert!(agency.held() == before);
    // Whoever was told another fingerprint hears of it, although nothing would change.
    let other = format!("sha256:{}", "0".repeat(64));
    let root = agency.path("root.json");
    let run = agency.run(&["trust", root.to_str().unwrap(), "--fingerprint", &other]);
    assert_eq!(run.exit(), Exit::Refused);
    assert!(run.stderr.contains(&format!("wanted {other}")), "{}", run.stderr);
    assert!(agency.held() == before);
}
