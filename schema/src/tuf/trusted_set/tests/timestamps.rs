//! TUF 1.0.34, 5.4.

use super::refused;
use crate::key::Ed25519Only;
use crate::threshold::Shortfall;
use crate::tuf::simulator::{NOW, Simulator, after, moment, sign};
use crate::tuf::{Refusal, RoleName, RoleType, Source, TrustedSet, Update};

const TIMESTAMP: RoleName = RoleName::Top(RoleType::Timestamp);

#[test]
fn admits_a_newer_timestamp_and_gives_its_bytes_back() {
    let mut simulator = Simulator::new();
    let mut set = simulator.stamped();
    simulator.timestamp.version = 2;
    let Ok(Update::Accepted(accepted)) = set.update_timestamp(&simulator.timestamp(), Source::Remote) else {
        panic!("not accepted");
    };
    assert_eq!(accepted.bytes(), simulator.timestamp());
    assert_eq!((accepted.role(), accepted.version()), (&TIMESTAMP, 2));
    assert_eq!(accepted.file_name(), "timestamp.json");
    assert_eq!(set.timestamp().unwrap().signed(), &simulator.timestamp);
}

#[test]
fn refuses_a_timestamp_older_than_the_trusted_one() {
    let mut simulator = Simulator::new();
    simulator.timestamp.version = 5;
    let mut set = simulator.stamped();
    simulator.timestamp.version = 4;
    assert_eq!(
        refused(&mut set, |set| set.update_timestamp(&simulator.timestamp(), Source::Remote)),
        Refusal::Rollback { role: TIMESTAMP, found: 4, trusted: 5 }
    );
}

#[test]
fn refuses_a_newer_timestamp_of_an_older_snapshot() {
    let mut simulator = Simulator::new();
    simulator.snapshot.version = 3;
    simulator.list();
    let mut set = simulator.stamped();
    simulator.timestamp.version = 2;
    simulator.timestamp.meta.snapshot.version = 2;
    assert_eq!(
        refused(&mut set, |set| set.update_timestamp(&simulator.timestamp(), Source::Remote)),
        Refusal::ListedRollback { role: TIMESTAMP, file: "snapshot.json".into(), found: 2, trusted: 3 }
    );
}

#[test]
fn an_equal_timestamp_keeps_ours() {
    let mut simulator = Simulator::new();
    simulator.signers.insert("timestamp".into(), [6].into());
    let mut set = simulator.stamped();
    assert_eq!(set.update_timestamp(&simulator.timestamp(), Source::Remote), Ok(Update::Same));
    // Another file round the same document: one signature more, which nobody asked for.
    let other = sign(&simulator.timestamp, &[6, 7]);
    assert_eq!(set.update_timestamp(&other, Source::Remote), Ok(Update::Same));
    assert_eq!(set.timestamp().unwrap().bytes(), simulator.timestamp());
}

#[test]
fn two_timestamps_of_one_version_are_equivocation() {
    let mut simulator = Simulator::new();
    let mut set = simulator.stamped();
    simulator.timestamp.expires = after(7_201);
    assert_eq!(
        refused(&mut set, |set| set.update_timestamp(&simulator.timestamp(), Source::Remote)),
        Refusal::Equivocation { role: TIMESTAMP, version: 1 }
    );
    // Signed by nobody who counts, it proves nothing.
    assert_eq!(
        refused(&mut set, |set| set.update_timestamp(&sign(&simulator.timestamp, &[5]), Source::Remote)),
        Refusal::Threshold { role: TIMESTAMP, source: Shortfall { found: 0, required: 1 } }
    );
}

#[test]
fn expires_at_its_second() {
    let mut simulator = Simulator::new();
    for (seconds, valid) in [(-1, false), (0, false), (1, true)] {
        simulator.timestamp.expires = after(seconds);
        let mut set = simulator.rooted();
        if valid {
            let update = set.update_timestamp(&simulator.timestamp(), Source::Remote);
            assert!(matches!(update, Ok(Update::Accepted(_))));
        } else {
            assert_eq!(
                refused(&mut set, |set| set.update_timestamp(&simulator.timestamp(), Source::Remote)),
                Refusal::Expired { role: TIMESTAMP, expires: after(seconds), now: moment(NOW) }
            );
        }
    }
}

#[test]
fn an_expired_local_timestamp_is_a_lower_bound_and_stops_nothing() {
    let mut simulator = Simulator::new();
    simulator.timestamp.version = 5;
    simulator.timestamp.expires = after(-1);
    let mut set = simulator.rooted();
    assert_eq!(set.update_timestamp(&simulator.timestamp(), Source::Local), Ok(Update::Floor));
    assert_eq!(set.timestamp(), None);
    simulator.timestamp.expires = after(1);
    simulator.timestamp.version = 4;
    assert_eq!(
        refused(&mut set, |set| set.update_timestamp(&simulator.timestamp(), Source::Remote)),
        Refusal::Rollback { role: TIMESTAMP, found: 4, trusted: 5 }
    );
    simulator.timestamp.version = 6;
    let update = set.update_timestamp(&simulator.timestamp(), Source::Remote);
    assert!(matches!(update, Ok(Update::Accepted(_))));
}

#[test]
fn an_equal_timestamp_does_not_revive_an_expired_one() {
    let mut simulator = Simulator::new();
    simulator.timestamp.expires = after(0);
    let mut set = simulator.rooted();
    assert_eq!(set.update_timestamp(&simulator.timestamp(), Source::Local), Ok(Update::Floor));
    assert_eq!(set.update_timestamp(&simulator.timestamp(), Source::Local), Ok(Update::Floor));
    let expired = Refusal::Expired { role: TIMESTAMP, expires: after(0), now: moment(NOW) };
    assert_eq!(
        refused(&mut set, |set| set.update_timestamp(&simulator.timestamp(), Source::Remote)),
        expired
    );
    assert_eq!(set.snapshot_request(), Err(expired.clone()));
    for source in [Source::Local, Source::Remote] {
        assert_eq!(refused(&mut set, |set| set.update_snapshot(&simulator.snapshot(), source)), expired);
    }
}

#[test]
fn comes_after_the_last_root_and_before_the_snapshot() {
    let simulator = Simulator::new();
    let mut set = TrustedSet::new(&simulator.root(), moment(NOW), &Ed25519Only).unwrap();
    assert_eq!(
        refused(&mut set, |set| set.update_timestamp(&simulator.timestamp(), Source::Remote)),
        Refusal::OutOfOrder { role: TIMESTAMP, wanted: RoleType::Root.into() }
    );
    let mut set = simulator.listed();
    assert_eq!(
        refused(&mut set, |set| set.update_timestamp(&simulator.timestamp(), Source::Remote)),
        Refusal::TooLate { role: TIMESTAMP, trusted: RoleType::Snapshot.into() }
    );
}

#[test]
fn a_fast_forward_is_recovered_from_when_the_caller_drops_its_files() {
    let mut simulator = Simulator::new();
    simulator.timestamp.version = u64::MAX;
    let stuck = simulator.timestamp();
    simulator.timestamp.version = 1;
    let mut set = simulator.rooted();
    assert!(matches!(set.update_timestamp(&stuck, Source::Local), Ok(Update::Accepted(_))));
    assert_eq!(
        refused(&mut set, |set| set.update_timestamp(&simulator.timestamp(), Source::Remote)),
        Refusal::Rollback { role: TIMESTAMP, found: 1, trusted: u64::MAX }
    );
    // With a new key, the old file is not even a lower bound.
    simulator.root.keys.extend(crate::tuf::simulator::keys(&[26]));
    simulator.root.roles.timestamp = crate::tuf::simulator::role_keys(&[26], 1);
    simulator.signers.insert("timestamp".into(), [26].into());
    let mut set = simulator.rooted();
    assert_eq!(
        refused(&mut set, |set| set.update_timestamp(&stuck, Source::Local)),
        Refusal::Threshold { role: TIMESTAMP, source: Shortfall { found: 0, required: 1 } }
    );
    let update = set.update_timestamp(&simulator.timestamp(), Source::Remote);
    assert!(matches!(update, Ok(Update::Accepted(_))));
}
