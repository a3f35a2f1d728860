//! TUF 1.0.34, 5.5.

use super::refused;
use crate::Sha256;
use crate::threshold::Shortfall;
use crate::tuf::simulator::{NOW, Simulator, after, moment, sign};
use crate::tuf::{MetaFile, Mismatch, Refusal, RoleName, RoleType, Source, Update};

const SNAPSHOT: RoleName = RoleName::Top(RoleType::Snapshot);

fn without_digest(simulator: &mut Simulator) {
    simulator.timestamp.meta.snapshot.length = None;
    simulator.timestamp.meta.snapshot.hashes = None;
}

#[test]
fn admits_the_snapshot_that_the_timestamp_names() {
    let simulator = Simulator::new();
    let mut set = simulator.stamped();
    let Ok(Update::Accepted(accepted)) = set.update_snapshot(&simulator.snapshot(), Source::Remote) else {
        panic!("not accepted");
    };
    assert_eq!((accepted.role(), accepted.bytes()), (&SNAPSHOT, simulator.snapshot().as_slice()));
    assert_eq!(set.snapshot().unwrap().signed(), &simulator.snapshot);
}

#[test]
fn refuses_a_snapshot_of_another_length_or_digest() {
    let mut simulator = Simulator::new();
    let bytes = simulator.snapshot();
    let found = u64::try_from(bytes.len()).unwrap();
    simulator.timestamp.meta.snapshot.length = Some(found + 1);
    assert_eq!(
        refused(&mut simulator.stamped(), |set| set.update_snapshot(&bytes, Source::Remote)),
        Refusal::File { role: SNAPSHOT, source: Mismatch::Length { found, wanted: found + 1 } }
    );
    simulator.timestamp.meta.snapshot = MetaFile::of(1, b"another");
    simulator.timestamp.meta.snapshot.length = None;
    let (found, wanted) = (Sha256::of(&bytes), Sha256::of(b"another"));
    assert_eq!(
        refused(&mut simulator.stamped(), |set| set.update_snapshot(&bytes, Source::Remote)),
        Refusal::File { role: SNAPSHOT, source: Mismatch::Sha256 { found, wanted } }
    );
}

#[test]
fn refuses_a_mix_of_a_timestamp_and_another_days_snapshot() {
    let mut simulator = Simulator::new();
    without_digest(&mut simulator);
    for found in [2, 4] {
        simulator.timestamp.meta.snapshot.version = 3;
        simulator.snapshot.version = found;
        assert_eq!(
            refused(&mut simulator.stamped(), |set| set
                .update_snapshot(&simulator.snapshot(), Source::Remote)),
            Refusal::Version { role: SNAPSHOT, found, wanted: 3 }
        );
    }
}

#[test]
fn refuses_a_snapshot_by_another_key() {
    let mut simulator = Simulator::new();
    without_digest(&mut simulator);
    let bytes = sign(&simulator.snapshot, &[6]);
    assert_eq!(
        refused(&mut simulator.stamped(), |set| set.update_snapshot(&bytes, Source::Remote)),
        Refusal::Threshold { role: SNAPSHOT, source: Shortfall { found: 0, required: 1 } }
    );
}

#[test]
fn expires_at_its_second() {
    let mut simulator = Simulator::new();
    for (seconds, valid) in [(-1, false), (0, false), (1, true)] {
        simulator.snapshot.expires = after(seconds);
        simulator.name_snapshot();
        let mut set = simulator.stamped();
        if valid {
            let update = set.update_snapshot(&simulator.snapshot(), Source::Remote);
            assert!(matches!(update, Ok(Update::Accepted(_))));
        } else {
            assert_eq!(
                refused(&mut set, |set| set.update_snapshot(&simulator.snapshot(), Source::Remote)),
                Refusal::Expired { role: SNAPSHOT, expires: after(seconds), now: moment(NOW) }
            );
        }
    }
}

/// A set with yesterday's snapshot as a lower bound, and today's repository.
fn with_yesterday(change: impl FnOnce(&mut Simulator)) -> (crate::tuf::TrustedSet<'static>, Simulator) {
    let mut simulator = Simulator::new();
    simulator.targets.version = 7;
    simulator.snapshot.meta.insert("other.json".into(), MetaFile { version: 3, length: None, hashes: None });
    simulator.list();
    let yesterday = simulator.snapshot();
    change(&mut simulator);
    simulator.name_snapshot();
    let mut set = simulator.stamped();
    assert_eq!(set.update_snapshot(&yesterday, Source::Local), Ok(Update::Floor));
    assert_eq!(set.snapshot(), None);
    (set, simulator)
}

#[test]
fn an_old_local_snapshot_is_a_lower_bound_from_which_nothing_is_read() {
    let (mut set, simulator) = with_yesterday(|simulator| simulator.snapshot.version = 2);
    assert_eq!(
        refused(&mut set, |set| set.update_targets(&simulator.targets(), Source::Local)),
        Refusal::OutOfOrder { role: RoleType::Targets.into(), wanted: SNAPSHOT }
    );
    let update = set.update_snapshot(&simulator.snapshot(), Source::Remote);
    assert!(matches!(update, Ok(Update::Accepted(_))));
}

#[test]
fn refuses_a_snapshot_that_lists_an_older_version() {
    let (mut set, simulator) = with_yesterday(|simulator| {
        simulator.snapshot.version = 2;
        simulator.snapshot.meta.get_mut("targets.json").unwrap().version = 6;
    });
    assert_eq!(
        refused(&mut set, |set| set.update_snapshot(&simulator.snapshot(), Source::Remote)),
        Refusal::ListedRollback { role: SNAPSHOT, file: "targets.json".into(), found: 6, trusted: 7 }
    );
}

#[test]
fn refuses_a_snapshot_that_no_longer_lists_a_file() {
    let (mut set, simulator) = with_yesterday(|simulator| {
        simulator.snapshot.version = 2;
        simulator.snapshot.meta.remove("other.json");
    });
    assert_eq!(
        refused(&mut set, |set| set.update_snapshot(&simulator.snapshot(), Source::Remote)),
        Refusal::ListedVanished { role: SNAPSHOT, file: "other.json".into() }
    );
}

#[test]
fn two_snapshots_of_one_version_are_equivocation() {
    let (mut set, simulator) = with_yesterday(|simulator| simulator.snapshot.expires = after(9_999));
    assert_eq!(
        refused(&mut set, |set| set.update_snapshot(&simulator.snapshot(), Source::Remote)),
        Refusal::Equivocation { role: SNAPSHOT, version: 1 }
    );
}

#[test]
fn refuses_a_snapshot_older_than_a_local_one() {
    let mut simulator = Simulator::new();
    simulator.snapshot.version = 3;
    let newer = simulator.snapshot();
    simulator.snapshot.version = 2;
    simulator.name_snapshot();
    let mut set = simulator.stamped();
    assert_eq!(set.update_snapshot(&newer, Source::Local), Ok(Update::Floor));
    assert_eq!(
        refused(&mut set, |set| set.update_snapshot(&simulator.snapshot(), Source::Remote)),
        Refusal::Rollback { role: SNAPSHOT, found: 2, trusted: 3 }
    );
}

#[test]
fn the_same_document_in_another_file_is_fetched_and_admitted() {
    let mut simulator = Simulator::new();
    let local = sign(&simulator.snapshot, &[5, 9]);
    let mut set = simulator.stamped();
    assert_eq!(set.update_snapshot(&local, Source::Local), Ok(Update::Floor));
    let update = set.update_snapshot(&simulator.snapshot(), Source::Remote);
    assert!(matches!(update, Ok(Update::Accepted(_))));
    without_digest(&mut simulator);
    let mut set = simulator.stamped();
    assert!(matches!(set.update_snapshot(&local, Source::Local), Ok(Update::Accepted(_))));
}

#[test]
fn an_expired_local_snapshot_is_a_lower_bound() {
    let mut simulator = Simulator::new();
    simulator.snapshot.expires = after(0);
    simulator.name_snapshot();
    let mut set = simulator.stamped();
    assert_eq!(set.update_snapshot(&simulator.snapshot(), Source::Local), Ok(Update::Floor));
    assert_eq!(
        refused(&mut set, |set| set.update_snapshot(&simulator.snapshot(), Source::Remote)),
        Refusal::Expired { role: SNAPSHOT, expires: after(0), now: moment(NOW) }
    );
}

#[test]
fn a_forged_local_snapshot_is_refused_and_no_lower_bound() {
    let mut simulator = Simulator::new();
    let genuine = simulator.snapshot();
    simulator.snapshot.version = u64::MAX;
    let mut set = simulator.stamped();
    assert_eq!(
        refused(&mut set, |set| set.update_snapshot(&sign(&simulator.snapshot, &[9]), Source::Local)),
        Refusal::Threshold { role: SNAPSHOT, source: Shortfall { found: 0, required: 1 } }
    );
    assert!(matches!(set.update_snapshot(&genuine, Source::Remote), Ok(Update::Accepted(_))));
}

#[test]
fn comes_after_the_timestamp_and_before_the_targets() {
    let simulator = Simulator::new();
    assert_eq!(
        refused(&mut simulator.rooted(), |set| set.update_snapshot(&simulator.snapshot(), Source::Remote)),
        Refusal::OutOfOrder { role: SNAPSHOT, wanted: RoleType::Timestamp.into() }
    );
    assert_eq!(
        refused(&mut simulator.complete(), |set| set.update_snapshot(&simulator.snapshot(), Source::Remote)),
        Refusal::TooLate { role: SNAPSHOT, trusted: RoleType::Targets.into() }
    );
}
