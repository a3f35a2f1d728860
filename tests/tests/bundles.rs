//! Removable media: a bundle verifies like a server, and nothing that is done to one on the way lifts a ban
//! (`trust.md`, rule 14).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and work on real folders"
)]

use std::fs;
use std::path::PathBuf;

use interdict_host::exit::Exit;
use interdict_schema::Sha256;
use interdict_tests::agency::{Agency, Run};
use interdict_tests::simulator::{Simulator, beginning, days_after, payload};

/// A bundle of what this authority has published, made by a machine that follows it.
fn bundle(authority: &Simulator) -> Vec<u8> {
    let agency = Agency::following(authority);
    let run = agency.run(&["bundle", "export", "bundle"]);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    fs::read(agency.path("bundle")).unwrap()
}

fn import_with(agency: &Agency, bundle: &[u8], more: &[&str]) -> Run {
    fs::write(agency.path("carried"), bundle).unwrap();
    agency.run(&[&["bundle", "import", "carried"], more].concat())
}

fn import(agency: &Agency, bundle: &[u8]) -> Run {
    import_with(agency, bundle, &[])
}

/// A policy without the generation's number, which counts what happened on one machine.
fn rules(agency: &Agency) -> String {
    agency.policy().lines().filter(|line| !line.contains("\"generation\"")).collect()
}

fn one_directive() -> (Simulator, Sha256) {
    let mut authority = Simulator::new();
    let first = authority.directive(&payload("BOD-1", 1, None));
    authority.publish();
    (authority, first)
}

#[test]
fn a_bundle_brings_a_machine_that_has_only_pinned_the_root_to_the_same_policy() {
    let (authority, _) = one_directive();
    let connected = Agency::following(&authority);
    let agency = Agency::trusting(&authority);
    let run = import(&agency, &bundle(&authority));
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert_eq!(rules(&agency), rules(&connected));
    let again = import(&agency, &bundle(&authority));
    assert_eq!(again.exit(), Exit::Done, "{}", again.stderr);
    assert!(again.stdout.contains("up to date"), "{}", again.stdout);
}

#[test]
fn a_bundle_brings_a_machine_at_any_older_state_to_the_newest() {
    let mut authority = Simulator::new();
    let mut states = vec![authority.clone()];
    let first = authority.directive(&payload("BOD-1", 1, None));
    authority.publish();
    states.push(authority.clone());
    // Two rotations of the root, one of which comes with new keys for the list of issuers.
    authority.publish_root();
    authority.publish_issuers();
    authority.publish();
    states.push(authority.clone());
    authority.publish_root();
    authority.directive(&payload("BOD-1", 2, Some(first)));
    authority.directive(&payload("ED-1", 1, None));
    authority.publish();
    let newest = bundle(&authority);
    let wanted = rules(&Agency::following(&authority));
    for (number, state) in states.iter().enumerate() {
        let agency = Agency::following(state);
        let run = import(&agency, &newest);
        assert_eq!(run.exit(), Exit::Done, "state {number}: {}", run.stderr);
        assert_eq!(rules(&agency), wanted, "state {number}");
    }
}

#[test]
fn a_bundle_is_the_same_whoever_writes_it() {
    let (authority, _) = one_directive();
    let first = bundle(&authority);
    assert_eq!(first, bundle(&authority));
    // And from a machine that was itself fed by a bundle.
    let agency = Agency::trusting(&authority);
    assert_eq!(import(&agency, &first).exit(), Exit::Done);
    assert_eq!(agency.run(&["bundle", "export", "again"]).exit(), Exit::Done);
    assert_eq!(fs::read(agency.path("again")).unwrap(), first);
}

#[test]
fn an_older_bundle_is_refused() {
    let (mut authority, first) = one_directive();
    let old = bundle(&authority);
    authority.directive(&payload("BOD-1", 2, Some(first)));
    authority.publish();
    let agency = Agency::following(&authority);
    let before = agency.held();
    let run = import(&agency, &old);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert!(run.stderr.contains("timestamp.json was refused"), "{}", run.stderr);
    assert!(agency.held() == before);
}

#[test]
fn every_byte_of_a_bundle_flipped_is_refused_or_changes_nothing() {
    let (mut authority, _) = one_directive();
    authority.publish_root();
    authority.publish();
    let whole = bundle(&authority);
    let reference = {
        let agency = Agency::trusting(&authority);
        assert_eq!(import(&agency, &whole).exit(), Exit::Done);
        rules(&agency)
    };
    let agency = Agency::trusting(&authority);
    let pinned = agency.held();
    let memory = fs::read(memory(&agency)).unwrap();
    // The bytes around the files have one value each, which the bundle's own tests show; of them, every eleventh.
    for at in (0..whole.len()).filter(|at| whole[*at] != 0 || at % 11 == 0) {
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << (at % 8);
        let run = import(&agency, &flipped);
        match run.exit() {
            Exit::Done => assert_eq!(rules(&agency), reference, "byte {at}: accepted something else"),
            Exit::Refused | Exit::NoAnswer => assert_eq!(agency.policy(), "", "byte {at}"),
            exit => panic!("byte {at}: {exit:?} {}", run.stderr),
        }
        forget(&agency, &memory);
    }
    assert!(agency.held() == pinned, "the test puts back what it found");
}

#[test]
fn a_bundle_that_is_cut_off_anywhere_changes_nothing() {
    let (authority, first) = one_directive();
    let agency = Agency::following(&authority);
    let before = agency.held();
    let mut newer = authority.clone();
    newer.directive(&payload("BOD-1", 2, Some(first)));
    newer.publish_root();
    newer.publish();
    let whole = bundle(&newer);
    for length in (0..whole.len()).step_by(61).chain(whole.len() - 1100..whole.len()) {
        let run = import(&agency, &whole[..length]);
        assert_eq!(run.exit(), Exit::Refused, "{length}: {}", run.stderr);
        assert!(run.stderr.contains("cut off"), "{length}: {}", run.stderr);
    }
    assert!(agency.held() == before);
}

fn memory(agency: &Agency) -> PathBuf {
    agency.state().join("repositories/main/memory/memory.json")
}

/// Puts the state back to what pinning left.
fn forget(agency: &Agency, memory_then: &[u8]) {
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
    fs::write(memory(agency), memory_then).unwrap();
}

#[test]
fn a_bundle_that_lacks_a_listed_file_changes_nothing() {
    let (authority, _) = one_directive();
    let whole = bundle(&authority);
    let agency = Agency::trusting(&authority);
    let before = agency.held();
    // The last file of a bundle is the list of issuers: the entry's two blocks of head, its bytes, the end.
    let mut archive = tar_names(&whole);
    assert!(archive.pop().unwrap().1.contains("issuers.json"));
    let last = archive.len();
    let cut = tar_names(&whole)[last].0;
    let shorter = [&whole[..cut], &[0; 1024]].concat();
    let run = import(&agency, &shorter);
    assert_eq!(run.exit(), Exit::NoAnswer, "{}", run.stderr);
    assert_eq!(agency.policy(), "");
    // What was verified before the file was missed may be kept; the pin is what it was.
    let pin = before.iter().find(|(path, _)| path.ends_with("pinned.root.json")).unwrap();
    assert_eq!(&fs::read(pin.0).unwrap(), pin.1);
}

/// Where each entry of a small archive begins, and what it is called.
fn tar_names(bytes: &[u8]) -> Vec<(usize, String)> {
    let (mut at, mut found) = (0, Vec::new());
    while bytes[at] != 0 {
        let name = String::from_utf8_lossy(&bytes[at..at + 100]).trim_end_matches('\0').to_owned();
        let octal = String::from_utf8_lossy(&bytes[at + 124..at + 135]).into_owned();
        let size = usize::from_str_radix(&octal, 8).unwrap();
        found.push((at, name));
        at += 512 + size.div_ceil(512) * 512;
    }
    found
}

/// trust.md rule 14
#[test]
fn an_expired_bundle_is_refused_and_says_so() {
    let (authority, _) = one_directive();
    let carried = bundle(&authority);
    let mut agency = Agency::trusting(&authority);
    agency.now = days_after(beginning(), 8);
    let before = agency.held();
    let run = import(&agency, &carried);
    assert_eq!(run.exit(), Exit::Stale, "{}", run.stderr);
    assert!(run.stderr.contains("expired") && run.stderr.contains("--accept-stale"), "{}", run.stderr);
    assert!(agency.held() == before);
    // Expired a day and some seconds ago is not expired at most a day ago.
    agency.now = agency.now.saturating_add_seconds(1);
    assert_eq!(import_with(&agency, &carried, &["--accept-stale", "1"]).exit(), Exit::Stale);
    assert_eq!(agency.policy(), "");
}

/// trust.md rule 14
#[test]
fn a_stale_bundle_that_is_accepted_adds_and_tightens_and_the_state_stays_stale() {
    let (mut authority, _) = one_directive();
    let mut agency = Agency::following(&authority);
    authority.directive(&payload("ED-1", 1, None));
    authority.publish();
    let carried = bundle(&authority);
    agency.now = days_after(beginning(), 10);
    let run = import_with(&agency, &carried, &["--accept-stale", "4"]);
    assert_eq!(run.exit(), Exit::Stale, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("stale since"), "{}", run.stdout);
    assert!(agency.policy().contains("ED-1"));
    let status = agency.run(&["status"]);
    assert_eq!(status.exit(), Exit::Stale, "{}{}", status.stdout, status.stderr);
    // The very same bundle again is no news.
    let again = import_with(&agency, &carried, &["--accept-stale", "4"]);
    assert_eq!(again.exit(), Exit::Stale, "{}", again.stderr);
    assert!(again.stdout.contains("up to date"), "{}", again.stdout);
    // And a fresh timestamp makes it fresh.
    authority.timestamp.expires = days_after(agency.now, 7);
    authority.publish();
    let fresh = agency.sync(&authority);
    assert_eq!(fresh.exit(), Exit::Done, "{}", fresh.stderr);
    assert_eq!(agency.run(&["status"]).exit(), Exit::Done);
}

/// trust.md rule 14
#[test]
fn a_stale_bundle_lifts_nothing_and_a_fresh_one_does() {
    let (mut authority, first) = one_directive();
    let mut agency = Agency::following(&authority);
    let ends = String::from_utf8(payload("BOD-1", 2, Some(first))).unwrap().replace("in-force", "revoked");
    authority.directive(ends.as_bytes());
    authority.directive(&payload("ED-1", 1, None));
    authority.publish();
    let carried = bundle(&authority);
    agency.now = days_after(beginning(), 10);
    let run = import_with(&agency, &carried, &["--accept-stale", "30"]);
    assert!(run.outcome.contains(Exit::Stale) && run.exit() == Exit::Refused, "{}", run.stderr);
    assert!(run.stderr.contains("revision 2 ends the directive"), "{}", run.stderr);
    let policy = agency.policy();
    assert!(
        policy.contains("BOD-1") && policy.contains("ED-1") && policy.contains("quarantined"),
        "{policy}"
    );
    assert!(!policy.contains("revoked"), "{policy}");
    authority.timestamp.expires = days_after(agency.now, 7);
    authority.publish();
    let fresh = agency.sync(&authority);
    assert_eq!(fresh.exit(), Exit::Done, "{}", fresh.stderr);
    assert!(agency.policy().contains("revoked"), "{}", agency.policy());
}

/// trust.md rule 14
#[test]
fn a_stale_bundle_repudiates_nothing() {
    let (mut authority, first) = one_directive();
    let mut agency = Agency::following(&authority);
    let before = agency.policy();
    authority.issuers.repudiated = vec![first];
    authority.unlist("BOD-1.1.json");
    authority.publish_issuers();
    authority.publish();
    let carried = bundle(&authority);
    agency.now = days_after(beginning(), 10);
    let run = import_with(&agency, &carried, &["--accept-stale", "30"]);
    assert_eq!(run.exit(), Exit::Stale, "{}", run.stderr);
    assert!(run.stderr.contains("repudiates what is held"), "{}", run.stderr);
    assert_eq!(agency.policy(), before);
}

#[test]
fn a_bundle_of_a_repository_with_refused_text_is_not_made() {
    let (mut authority, first) = one_directive();
    authority.directive_by(&payload("BOD-1", 2, Some(first)), &[interdict_keys_example::Name::Officer1]);
    authority.publish();
    let agency = Agency::trusting(&authority);
    assert_eq!(agency.sync(&authority).exit(), Exit::Refused);
    let run = agency.run(&["bundle", "export", "bundle"]);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert!(run.stderr.contains("the first is BOD-1.2.json"), "{}", run.stderr);
    assert!(!agency.path("bundle").exists());
}

#[test]
fn a_file_that_is_no_bundle_is_refused_and_an_absent_one_is_no_answer() {
    let (authority, _) = one_directive();
    let agency = Agency::following(&authority);
    let before = agency.held();
    let run = import(&agency, b"<html>");
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert!(run.stderr.contains("is not a bundle"), "{}", run.stderr);
    assert_eq!(agency.run(&["bundle", "import", "nothing-here"]).exit(), Exit::NoAnswer);
    assert_eq!(agency.run(&["bundle", "import", "carried", "other"]).exit(), Exit::Usage);
    assert!(agency.held() == before);
}

#[test]
fn a_folder_on_removable_media_is_synced_from_once() {
    let (authority, _) = one_directive();
    let agency = Agency::trusting(&authority);
    let media = agency.path("media/usb");
    fs::create_dir_all(&media).unwrap();
    assert_eq!(agency.run(&["sync", media.to_str().unwrap()]).exit(), Exit::NoAnswer, "an empty folder");
    authority.serve_from(&media);
    for arguments in [&["sync", media.to_str().unwrap()][..], &["sync", "--from", "media/usb", "main"]] {
        let run = agency.run(arguments);
        assert_eq!(run.exit(), Exit::Done, "{arguments:?}: {}", run.stderr);
        assert!(agency.policy().contains("BOD-1"));
    }
    assert_eq!(agency.run(&["sync", "media/elsewhere"]).exit(), Exit::NoAnswer);
    assert_eq!(agency.run(&["sync", "No-Name"]).exit(), Exit::Usage);
}

#[test]
fn a_folder_that_is_named_as_if_it_were_a_repository_is_pointed_out() {
    let (authority, _) = one_directive();
    let agency = Agency::following(&authority);
    let run = agency.run(&["sync", "usb"]);
    assert!(run.exit() == Exit::Usage && run.stderr.contains("hint: there are: main"), "{}", run.stderr);
    fs::create_dir(agency.path("usb")).unwrap();
    let run = agency.run(&["sync", "usb"]);
    assert!(run.exit() == Exit::Usage && run.stderr.contains("`interdict sync ./usb`"), "{}", run.stderr);
}

#[test]
fn a_bundle_is_not_written_over_what_is_not_a_file() {
    let (authority, _) = one_directive();
    let agency = Agency::following(&authority);
    fs::create_dir(agency.path("folder")).unwrap();
    std::os::unix::fs::symlink("/dev/null", agency.path("link")).unwrap();
    for name in ["folder", "link"] {
        let run = agency.run(&["bundle", "export", name]);
        assert_eq!(run.exit(), Exit::NoAnswer, "{}", run.stderr);
        assert!(run.stderr.contains("something that is not a plain file has this name"), "{}", run.stderr);
    }
    assert!(fs::symlink_metadata(agency.path("link")).unwrap().is_symlink());
}

#[test]
fn which_repository_a_bundle_is_of_must_be_said_where_there_are_several() {
    let (authority, _) = one_directive();
    let agency = Agency::following(&authority);
    assert_eq!(agency.run(&["setup", "elsewhere", "--name", "other"]).exit(), Exit::Done);
    for arguments in [&["bundle", "export", "b"][..], &["bundle", "import", "b"], &["sync", "./mirror"]] {
        let run = agency.run(arguments);
        assert_eq!(run.exit(), Exit::Usage, "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains("add the name of one: main, other"), "{}", run.stderr);
    }
    assert_eq!(agency.run(&["bundle", "export", "b", "main"]).exit(), Exit::Done);
    assert_eq!(agency.run(&["bundle", "import", "b", "main"]).exit(), Exit::Done);
}
