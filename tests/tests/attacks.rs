//! What a hostile repository, mirror or network tries, and what the client then holds. `docs/threat-model.md` names these.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and work on real folders"
)]

use interdict_host::exit::Exit;
use interdict_keys_example::Name;
use interdict_schema::issuers::KeyState;
use interdict_tests::agency::{Agency, Run};
use interdict_tests::simulator::{Simulator, days_after, payload};

/// An authority that has published one directive, and an agency that holds it.
fn one_directive() -> (Simulator, Agency) {
    let mut authority = Simulator::new();
    authority.directive(&payload("BOD-1", 1, None));
    authority.publish();
    let agency = Agency::following(&authority);
    (authority, agency)
}

/// Syncs, and asserts that nothing was accepted and all that was held is held.
#[track_caller]
fn refused(agency: &Agency, authority: &Simulator, exit: Exit, says: &str) -> Run {
    let before = agency.held();
    let run = agency.sync(authority);
    assert_eq!(run.exit(), exit, "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains(says), "{}", run.stderr);
    assert!(agency.held() == before, "what was held has changed");
    run
}

/// trust.md rule 13
#[test]
fn refuses_a_replayed_older_timestamp() {
    let (mut authority, agency) = one_directive();
    let old = authority.file("metadata/timestamp.json").to_vec();
    authority.publish();
    assert_eq!(agency.sync(&authority).exit(), Exit::Done);
    authority.files.insert("metadata/timestamp.json".into(), old);
    refused(&agency, &authority, Exit::Refused, "wanted at least the trusted 3");
}

#[test]
fn refuses_an_expired_timestamp() {
    let (mut authority, mut agency) = one_directive();
    authority.publish();
    agency.now = authority.timestamp.expires;
    let run = refused(&agency, &authority, Exit::Refused, "expired");
    assert!(agency.policy().contains("forbidden"), "{}", run.stderr);
}

#[test]
fn a_timestamp_is_good_until_the_second_before_it_expires() {
    let (authority, mut agency) = one_directive();
    agency.now = authority.timestamp.expires.saturating_add_seconds(-1);
    assert_eq!(agency.sync(&authority).exit(), Exit::Done);
}

/// trust.md rule 2
#[test]
fn a_directive_signed_by_one_officer_where_two_are_needed_is_not_held() {
    let (mut authority, agency) = one_directive();
    authority.directive_by(&payload("BOD-2", 1, None), &[Name::Officer1]);
    authority.directive(&payload("BOD-3", 1, None));
    authority.publish();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert!(
        run.stderr.contains("BOD-2: quarantined: signatures by 1 of the trusted keys, wanted 2"),
        "{}",
        run.stderr
    );
    let policy = agency.policy();
    assert!(policy.contains("BOD-1") && policy.contains("BOD-3") && !policy.contains("BOD-2"), "{policy}");
}

/// trust.md rule 5
#[test]
fn a_revision_signed_by_one_officer_leaves_the_text_before_it_in_force() {
    let (mut authority, agency) = one_directive();
    let first = authority.directive(&payload("BOD-1", 1, None));
    authority.directive_by(&payload("BOD-1", 2, Some(first)), &[Name::Officer3]);
    authority.publish();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert!(
        agency.policy().contains("\"quarantined\"") && agency.policy().contains("\"revision\": 1"),
        "{}",
        agency.policy()
    );
    let again = agency.sync(&authority);
    assert_eq!(again.exit(), Exit::Refused, "the refusal is repeated: {}", again.stdout);
}

/// trust.md rule 2
#[test]
fn officers_of_another_issuer_cannot_speak_for_this_one() {
    let (mut authority, agency) = one_directive();
    authority.directive_by(&payload("BOD-2", 1, None), &[Name::OtherOfficer1, Name::OtherOfficer2]);
    authority.publish();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Refused);
    assert!(run.stderr.contains("signatures by 0 of the trusted keys, wanted 2"), "{}", run.stderr);
}

/// trust.md rule 12
#[test]
fn a_directive_that_is_listed_but_not_served_stops_the_sync_without_an_answer() {
    let (mut authority, agency) = one_directive();
    authority.directive(&payload("BOD-2", 1, None));
    authority.publish();
    let withheld = authority.files.keys().find(|path| path.ends_with("BOD-2.1.json")).cloned().unwrap();
    let bytes = authority.files.remove(&withheld).unwrap();
    let policy = agency.policy();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::NoAnswer, "{}", run.stderr);
    assert_eq!(agency.policy(), policy);
    assert_eq!(agency.sync(&authority).exit(), Exit::NoAnswer, "and says so again");
    authority.files.insert(withheld, bytes);
    assert_eq!(agency.sync(&authority).exit(), Exit::Done, "and is completed once it is served");
    assert!(agency.policy().contains("BOD-2"));
}

/// trust.md rule 12
#[test]
fn a_directive_that_is_no_longer_listed_stays_in_force_and_is_shouted() {
    let (mut authority, agency) = one_directive();
    authority.directive(&payload("BOD-2", 1, None));
    authority.unlist("BOD-1.1.json");
    authority.publish();
    for _ in 0..2 {
        let run = agency.sync(&authority);
        assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
        assert!(run.stderr.contains("BOD-1: vanished: no longer listed"), "{}", run.stderr);
        let policy = agency.policy();
        assert!(
            policy.contains("BOD-1") && policy.contains("\"vanished\"") && policy.contains("BOD-2"),
            "{policy}"
        );
    }
    authority.directive(&payload("BOD-1", 1, None));
    authority.publish();
    assert_eq!(agency.sync(&authority).exit(), Exit::Done, "listed again: the alarm ends");
    assert!(!agency.policy().contains("vanished"));
}

/// trust.md rule 12
#[test]
fn an_empty_repository_lifts_nothing() {
    let (mut authority, agency) = one_directive();
    authority.targets.targets.retain(|path, _| path == "issuers.json");
    authority.publish();
    assert_eq!(agency.sync(&authority).exit(), Exit::Refused);
    assert!(agency.policy().contains("forbidden"));
}

/// trust.md rule 12
#[test]
fn a_revision_that_goes_down_lifts_nothing() {
    let (mut authority, agency) = one_directive();
    let first = authority.directive(&payload("BOD-1", 1, None));
    authority.directive(&payload("BOD-1", 2, Some(first)));
    authority.publish();
    assert_eq!(agency.sync(&authority).exit(), Exit::Done);
    authority.unlist("BOD-1.2.json");
    authority.publish();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Refused);
    assert!(run.stderr.contains("revision 1 is the newest one listed, wanted at least 2"), "{}", run.stderr);
    assert!(agency.policy().contains("\"revision\": 2"));
}

/// trust.md rule 4
#[test]
fn another_payload_of_a_revision_that_was_believed_is_equivocation() {
    let (mut authority, agency) = one_directive();
    let other = String::from_utf8(payload("BOD-1", 1, None)).unwrap().replace("forbidden", "allowed");
    authority.directive(other.as_bytes());
    authority.publish();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Refused);
    assert!(run.stderr.contains("BOD-1: equivocation"), "{}", run.stderr);
    assert!(agency.policy().contains("forbidden"));
}

/// trust.md rule 4
#[test]
fn another_envelope_round_the_same_payload_is_not_equivocation() {
    let (mut authority, agency) = one_directive();
    authority.directive_by(&payload("BOD-1", 1, None), &[Name::Officer2, Name::Officer3]);
    authority.publish();
    assert_eq!(agency.sync(&authority).exit(), Exit::Done);
}

/// trust.md rule 4
#[test]
fn a_chain_that_does_not_begin_with_revision_1_is_not_held() {
    let mut authority = Simulator::new();
    authority.directive(&payload("BOD-1", 2, Some(interdict_schema::Sha256::of(b"?"))));
    authority.publish();
    let agency = Agency::trusting(&authority);
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Refused);
    assert!(run.stderr.contains("found revision 2, wanted 1"), "{}", run.stderr);
}

/// trust.md rule 3
#[test]
fn a_compromised_key_withdraws_a_signature_and_not_the_directive() {
    let (mut authority, agency) = one_directive();
    authority.issuers.issuers[0].keys[0].state = KeyState::Compromised;
    authority.publish_issuers();
    authority.publish();
    for _ in 0..2 {
        let run = agency.sync(&authority);
        assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
        assert!(run.stderr.contains("signature-withdrawn"), "{}", run.stderr);
        assert!(agency.policy().contains("\"signature-withdrawn\"") && agency.policy().contains("forbidden"));
        authority.publish();
    }
    authority.directive_by(&payload("BOD-1", 1, None), &[Name::Officer2, Name::Officer3]);
    authority.publish();
    assert_eq!(agency.sync(&authority).exit(), Exit::Done, "signed anew: the mark ends");
    assert!(!agency.policy().contains("signature-withdrawn"));
}

/// trust.md rule 3
#[test]
fn a_retired_key_cannot_sign_anything_new() {
    let (mut authority, agency) = one_directive();
    let known = interdict_schema::Sha256::of(&payload("BOD-1", 1, None));
    let retired = &mut authority.issuers.issuers[0].keys[0];
    (retired.state, retired.vouches) = (KeyState::Retired, vec![known]);
    authority.publish_issuers();
    authority.directive(&payload("BOD-2", 1, None));
    authority.publish();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Refused);
    assert!(run.stderr.contains("BOD-2: quarantined") && !run.stderr.contains("BOD-1"), "{}", run.stderr);
}

/// trust.md rule 3
#[test]
fn only_a_root_signed_list_removes_a_forged_document() {
    let (mut authority, agency) = one_directive();
    let forged = authority.directive(&payload("BOD-2", 1, None));
    authority.publish();
    assert_eq!(agency.sync(&authority).exit(), Exit::Done);
    authority.unlist("BOD-2.1.json");
    authority.issuers.repudiated.push(forged);
    authority.publish_issuers();
    authority.publish();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert!(agency.policy().contains("BOD-1") && !agency.policy().contains("BOD-2"));
}

/// trust.md rule 1
#[test]
fn a_list_of_issuers_that_the_root_role_did_not_sign_is_refused() {
    let (mut authority, agency) = one_directive();
    authority.root_signers = vec![Name::Targets1, Name::Snapshot];
    authority.publish_issuers();
    authority.publish();
    let policy = agency.policy();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Refused);
    assert!(run.stderr.contains("signatures by 0 of the trusted keys, wanted 2"), "{}", run.stderr);
    assert_eq!(agency.policy(), policy);
}

/// trust.md rule 1
#[test]
fn an_older_list_of_issuers_is_refused() {
    let (mut authority, agency) = one_directive();
    let old = authority
        .files
        .iter()
        .find(|(path, _)| path.ends_with("issuers.json"))
        .map(|(_, bytes)| bytes.clone())
        .unwrap();
    authority.publish_issuers();
    authority.publish();
    assert_eq!(agency.sync(&authority).exit(), Exit::Done);
    authority.target("issuers.json", &old);
    authority.publish();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Refused);
    assert!(
        run.stderr.contains("found version 1 of the list of issuers, wanted at least the remembered 2"),
        "{}",
        run.stderr
    );
}

#[test]
fn refuses_targets_that_nobody_of_the_role_signed() {
    let (mut authority, agency) = one_directive();
    authority.signers[0] = Name::Targets2;
    authority.publish();
    refused(&agency, &authority, Exit::Refused, "targets: too few signatures");
}

#[test]
fn refuses_a_snapshot_that_lists_an_older_targets_file() {
    let (mut authority, agency) = one_directive();
    authority.publish();
    assert_eq!(agency.sync(&authority).exit(), Exit::Done);
    authority.targets.version = 1;
    authority.sign_targets();
    authority.snapshot.version += 1;
    authority.sign_snapshot();
    authority.timestamp.version += 1;
    authority.sign_timestamp();
    refused(&agency, &authority, Exit::Refused, "wanted at least the trusted");
}

/// trust.md rule 13
#[test]
fn two_contents_of_one_timestamp_version_are_equivocation() {
    let (mut authority, agency) = one_directive();
    authority.timestamp.expires = days_after(agency.now, 6);
    authority.sign_timestamp();
    refused(&agency, &authority, Exit::Refused, "timestamp");
}

/// trust.md rule 8
#[test]
fn remembers_versions_when_the_metadata_is_deleted_by_hand() {
    let (mut authority, agency) = one_directive();
    let old = authority.clone();
    authority.publish();
    assert_eq!(agency.sync(&authority).exit(), Exit::Done);
    std::fs::remove_dir_all(agency.state().join("repositories/main/metadata")).unwrap();
    let run = agency.sync(&old);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert!(run.stderr.contains("wanted at least the trusted 3"), "{}", run.stderr);
}

/// trust.md rule 8
#[test]
fn a_missing_or_damaged_memory_is_never_innocent() {
    let (authority, agency) = one_directive();
    let memory = agency.state().join("repositories/main/memory/memory.json");
    for damage in [None, Some("{}")] {
        match damage {
            None => std::fs::remove_file(&memory).unwrap(),
            Some(text) => std::fs::write(&memory, text).unwrap(),
        }
        let run = refused(&agency, &authority, Exit::Refused, "the memory of versions and directives is");
        assert!(run.stderr.contains("--replace-trust"), "{}", run.stderr);
    }
}

/// trust.md rule 9
#[test]
fn a_clock_before_the_last_refresh_accepts_nothing() {
    let (authority, mut agency) = one_directive();
    agency.now = agency.now.saturating_add_seconds(-1);
    refused(&agency, &authority, Exit::Stale, "before the last accepted refresh");
}

#[test]
fn endless_data_is_cut_off_at_the_limit() {
    let (mut authority, agency) = one_directive();
    let mut endless = authority.file("metadata/timestamp.json").to_vec();
    endless.resize(16_385, b' ');
    authority.files.insert("metadata/timestamp.json".into(), endless);
    refused(&agency, &authority, Exit::Refused, "more than 16384 bytes");
    let list = agency.run(&["evidence", "list"]).stdout;
    assert!(list.contains("endless-data"), "{list}");
    let kept = std::fs::read_dir(agency.state().join("repositories/main/evidence")).unwrap().flatten();
    let mut bytes = kept.filter(|file| file.path().extension().is_some_and(|extension| extension == "bytes"));
    let kept = std::fs::read(bytes.next().unwrap().path()).unwrap();
    assert!(kept == authority.file("metadata/timestamp.json"), "how it begins is kept");
}

/// trust.md rule 8
#[test]
fn follows_a_new_root_and_recovers_from_a_fast_forward() {
    let (mut authority, agency) = one_directive();
    authority.timestamp.version = 1_000_000;
    authority.publish();
    assert_eq!(agency.sync(&authority).exit(), Exit::Done);
    // The timestamp key was stolen. The root names another; versions begin where they were.
    let (keyid, key) = {
        let public = interdict_schema::key::PublicKey::ed25519(
            interdict_keys_example::key(Name::Targets3).verifying_key().as_bytes(),
        )
        .unwrap();
        let key = interdict_schema::tuf::Key::of(&public);
        (key.keyid(), key)
    };
    authority.root.keys.insert(keyid, key);
    authority.root.roles.timestamp = interdict_tests::simulator::role_keys(&[Name::Targets3], 1);
    authority.signers[2] = Name::Targets3;
    authority.publish_root();
    authority.timestamp.version = 5;
    authority.publish();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert!(agency.policy().contains("\"root\": 2"), "{}", agency.policy());
}

#[test]
fn a_root_that_only_its_own_keys_signed_is_refused() {
    let (mut authority, agency) = one_directive();
    authority.root.roles.root = interdict_tests::simulator::role_keys(&[Name::Root3], 1);
    authority.root_signers = vec![Name::Root3];
    authority.publish_root();
    refused(&agency, &authority, Exit::Refused, "too few signatures by the keys of the trusted root");
}

#[test]
fn example_keys_count_for_nothing_unless_they_are_asked_for() {
    let (mut authority, agency) = one_directive();
    authority.publish();
    authority.serve_from(&agency.mirror());
    let before = agency.held();
    let run = agency.run_without_example_keys(&["sync"]);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert!(run.stderr.contains("example key"), "{}", run.stderr);
    let metadata = |path: &std::path::PathBuf| path.to_string_lossy().contains("/generations/");
    let generations = |held: std::collections::BTreeMap<std::path::PathBuf, Vec<u8>>| {
        held.into_iter().filter(|(path, _)| metadata(path)).collect::<Vec<_>>()
    };
    assert!(generations(agency.held()) == generations(before));
}

/// trust.md rule 10
#[test]
fn a_damaged_store_and_a_repository_that_lists_less_together_lift_nothing() {
    let (mut authority, agency) = one_directive();
    authority.directive(&payload("BOD-2", 1, None));
    authority.unlist("BOD-1.1.json");
    authority.publish();
    let envelope = agency.state().join("current/repositories/main/envelopes/BOD-1.1.json");
    std::fs::write(&envelope, "{}").unwrap();
    let policy = agency.policy();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert!(run.stderr.contains("BOD-1 can neither be read here nor is listed any more"), "{}", run.stderr);
    assert_eq!(agency.policy(), policy);
}

/// trust.md rule 10
#[test]
fn a_store_that_was_damaged_by_hand_is_rebuilt_from_the_pinned_root() {
    let (authority, agency) = one_directive();
    let whole = agency.policy();
    for damaged in [
        "policy.json",
        "repositories/main/envelopes/BOD-1.1.json",
        "repositories/main/index.json",
        "SHA256SUMS",
    ] {
        std::fs::write(agency.state().join("current").join(damaged), "{}").unwrap();
        let run = agency.sync(&authority);
        assert_eq!(run.exit(), Exit::Done, "{damaged}: {}", run.stderr);
        assert!(
            run.stderr.contains("warning: main: was damaged and is made anew: generation "),
            "{}",
            run.stderr
        );
        let without_number =
            |policy: &str| policy.lines().filter(|line| !line.contains("\"generation\"")).collect::<String>();
        assert_eq!(without_number(&agency.policy()), without_number(&whole), "{damaged}");
    }
    let again = agency.sync(&authority);
    assert!(!again.stderr.contains("damaged"), "said once: {}", again.stderr);
    // The last trusted metadata, which is fetched again where it has to be.
    for (file, other) in [
        ("snapshot.json", "targets.json"),
        ("targets.json", "snapshot.json"),
        ("timestamp.json", "snapshot.json"),
    ] {
        let folder = agency.state().join("repositories/main/metadata");
        std::fs::copy(folder.join(other), folder.join(file)).unwrap();
        let run = agency.sync(&authority);
        assert_eq!(run.exit(), Exit::Done, "{file}: {}", run.stderr);
        let says = format!("warning: main: was damaged and is made anew: {file}: ");
        assert!(run.stderr.contains(&says) && run.stdout.contains("up to date"), "{file}: {}", run.stderr);
    }
    std::fs::remove_dir_all(agency.state().join("generations")).unwrap();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert!(run.stderr.contains("no generation holds what is remembered"), "{}", run.stderr);
    assert!(agency.policy().contains("forbidden"));
}

#[test]
fn a_link_to_the_active_generation_that_is_gone_or_leads_nowhere_lifts_nothing() {
    for target in [None, Some("generations/99999999999999"), Some("elsewhere")] {
        let (mut authority, agency) = one_directive();
        authority.directive(&payload("BOD-2", 1, None));
        authority.unlist("BOD-1.1.json");
        authority.publish();
        let current = agency.state().join("current");
        std::fs::remove_file(&current).unwrap();
        if let Some(target) = target {
            std::os::unix::fs::symlink(target, &current).unwrap();
        }
        let run = agency.sync(&authority);
        assert_eq!(run.exit(), Exit::Refused, "{target:?}: {}", run.stderr);
        let policy = agency.policy();
        assert!(
            policy.contains("BOD-1") && policy.contains("\"vanished\"") && policy.contains("BOD-2"),
            "{target:?}: {policy}"
        );
    }
}
