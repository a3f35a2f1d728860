//! TUF 1.0.34, 5.6 and 5.7, top-level.

use super::refused;
use crate::Sha256;
use crate::threshold::Shortfall;
use crate::tuf::simulator::{NOW, Simulator, after, moment, sign};
use crate::tuf::{Lookup, MetaFile, Mismatch, Refusal, RoleName, RoleType, Source, TargetPath, Update};

const TARGETS: RoleName = RoleName::Top(RoleType::Targets);

#[test]
fn admits_the_targets_that_the_snapshot_names_and_finds_a_file() {
    let simulator = Simulator::new();
    let set = simulator.complete();
    let path: TargetPath = "a.json".parse().unwrap();
    let Ok(Lookup::Found { role, file }) = set.find(&path) else { panic!("not found") };
    assert_eq!((role, file), (TARGETS, &simulator.targets.targets["a.json"]));
    assert_eq!(set.verify_target(&path, file, b"a"), Ok(()));
    assert_eq!(set.find(&"b.json".parse().unwrap()), Ok(Lookup::NotFound));
}

#[test]
fn refuses_a_target_of_another_length_or_digest() {
    let simulator = Simulator::new();
    let set = simulator.complete();
    let path: TargetPath = "a.json".parse().unwrap();
    let file = &simulator.targets.targets["a.json"];
    let refusal = |source| Err(Refusal::Target { path: "a.json".into(), source });
    assert_eq!(set.verify_target(&path, file, b"ab"), refusal(Mismatch::Length { found: 2, wanted: 1 }));
    let (found, wanted) = (Sha256::of(b"b"), Sha256::of(b"a"));
    assert_eq!(set.verify_target(&path, file, b"b"), refusal(Mismatch::Sha256 { found, wanted }));
}

#[test]
fn refuses_targets_of_another_version_than_the_snapshot_names() {
    let mut simulator = Simulator::new();
    for found in [2, 4] {
        simulator
            .snapshot
            .meta
            .insert("targets.json".into(), MetaFile { version: 3, length: None, hashes: None });
        simulator.name_snapshot();
        simulator.targets.version = found;
        assert_eq!(
            refused(&mut simulator.listed(), |set| set.update_targets(&simulator.targets(), Source::Remote)),
            Refusal::Version { role: TARGETS, found, wanted: 3 }
        );
    }
}

#[test]
fn refuses_targets_that_too_few_signed() {
    let mut simulator = Simulator::new();
    simulator.signers.insert("targets".into(), [3].into());
    simulator.list();
    assert_eq!(
        refused(&mut simulator.listed(), |set| set.update_targets(&simulator.targets(), Source::Remote)),
        Refusal::Threshold { role: TARGETS, source: Shortfall { found: 1, required: 2 } }
    );
}

#[test]
fn refuses_targets_of_another_digest() {
    let mut simulator = Simulator::new();
    let mut set = simulator.listed();
    simulator.targets.targets.clear();
    let refusal = refused(&mut set, |set| set.update_targets(&simulator.targets(), Source::Remote));
    assert!(matches!(refusal, Refusal::File { role: TARGETS, source: Mismatch::Length { .. } }), "{refusal}");
}

#[test]
fn expire_at_their_second() {
    let mut simulator = Simulator::new();
    for (seconds, valid) in [(-1, false), (0, false), (1, true)] {
        simulator.targets.expires = after(seconds);
        simulator.list();
        let mut set = simulator.listed();
        if valid {
            let update = set.update_targets(&simulator.targets(), Source::Remote);
            assert!(matches!(update, Ok(Update::Accepted(_))));
        } else {
            assert_eq!(
                refused(&mut set, |set| set.update_targets(&simulator.targets(), Source::Remote)),
                Refusal::Expired { role: TARGETS, expires: after(seconds), now: moment(NOW) }
            );
        }
    }
}

#[test]
fn refuses_targets_that_the_snapshot_does_not_list() {
    let mut simulator = Simulator::new();
    simulator.snapshot.meta.clear();
    simulator.name_snapshot();
    let mut set = simulator.listed();
    let unlisted = Refusal::Unlisted { role: TARGETS };
    assert_eq!(set.targets_request(), Err(unlisted.clone()));
    assert_eq!(refused(&mut set, |set| set.update_targets(&simulator.targets(), Source::Remote)), unlisted);
}

#[test]
fn two_targets_of_one_version_are_equivocation() {
    let mut simulator = Simulator::new();
    let yesterday = simulator.targets();
    simulator.targets.targets.clear();
    simulator.next_day();
    let mut set = simulator.listed();
    assert_eq!(set.update_targets(&yesterday, Source::Local), Ok(Update::Floor));
    assert_eq!(set.targets(), None);
    assert_eq!(
        set.find(&"a.json".parse().unwrap()),
        Err(Refusal::OutOfOrder { role: TARGETS, wanted: TARGETS })
    );
    assert_eq!(
        refused(&mut set, |set| set.update_targets(&simulator.targets(), Source::Remote)),
        Refusal::Equivocation { role: TARGETS, version: 1 }
    );
}

#[test]
fn old_local_targets_do_not_stop_an_update() {
    let mut simulator = Simulator::new();
    let yesterday = simulator.targets();
    simulator.targets.version = 2;
    simulator.next_day();
    let mut set = simulator.listed();
    assert_eq!(set.update_targets(&yesterday, Source::Local), Ok(Update::Floor));
    let update = set.update_targets(&simulator.targets(), Source::Remote);
    assert!(matches!(update, Ok(Update::Accepted(_))));
    assert_eq!(set.targets().unwrap().signed().version, 2);
}

#[test]
fn current_local_targets_need_no_request() {
    let simulator = Simulator::new();
    let mut set = simulator.listed();
    assert!(matches!(set.update_targets(&simulator.targets(), Source::Local), Ok(Update::Accepted(_))));
    assert_eq!(
        refused(&mut set, |set| set.update_targets(&simulator.targets(), Source::Remote)),
        Refusal::TooLate { role: TARGETS, trusted: TARGETS }
    );
}

#[test]
fn forged_local_targets_are_refused() {
    let simulator = Simulator::new();
    let mut set = simulator.listed();
    assert_eq!(
        refused(&mut set, |set| set.update_targets(&sign(&simulator.targets, &[3, 5]), Source::Local)),
        Refusal::Threshold { role: TARGETS, source: Shortfall { found: 1, required: 2 } }
    );
}

#[test]
fn come_after_the_snapshot() {
    let simulator = Simulator::new();
    assert_eq!(
        refused(&mut simulator.stamped(), |set| set.update_targets(&simulator.targets(), Source::Remote)),
        Refusal::OutOfOrder { role: TARGETS, wanted: RoleType::Snapshot.into() }
    );
}

#[test]
fn a_target_of_an_unknown_algorithm_alone_is_refused_and_of_two_known_both_count() {
    let mut simulator = Simulator::new();
    let file = simulator.targets.targets.get_mut("a.json").unwrap();
    file.hashes.sha256 = None;
    file.hashes.others.insert("blake3".into(), "00".into());
    simulator.list();
    let set = simulator.complete();
    let path: TargetPath = "a.json".parse().unwrap();
    let file = set.targets().unwrap().signed().file(&path).unwrap();
    assert_eq!(
        set.verify_target(&path, file, b"a"),
        Err(Refusal::Target { path: "a.json".into(), source: Mismatch::NoKnownDigest })
    );
}
