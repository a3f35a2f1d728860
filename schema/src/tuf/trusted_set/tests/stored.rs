//! A stored generation, verified again from the pin as of its admission (`trust.md`, rule 10).

use alloc::vec::Vec;

use crate::DateTime;
use crate::key::Ed25519Only;
use crate::tuf::simulator::{NOW, Simulator, after, moment};
use crate::tuf::{Accepted, Refusal, RoleType, Source, TrustedSet, Update};

/// Pin, later roots, and the rest in the order of the workflow.
fn stored(simulator: &mut Simulator) -> (Vec<u8>, Vec<Vec<u8>>, Vec<Accepted>) {
    let pin = simulator.root();
    let mut set = TrustedSet::new(&pin, moment(NOW), &Ed25519Only).unwrap();
    simulator.root.version = 2;
    let second = set.update_root(&simulator.root()).unwrap().accepted;
    set.finish_root().unwrap();
    assert!(set.update_timestamp(&simulator.timestamp(), Source::Remote).is_ok());
    assert!(set.update_snapshot(&simulator.snapshot(), Source::Remote).is_ok());
    assert!(set.update_targets(&simulator.targets(), Source::Remote).is_ok());
    (pin, [second.bytes().to_vec()].into(), set.accepted())
}

fn verify(pin: &[u8], roots: &[Vec<u8>], rest: &[Accepted], then: DateTime) -> Result<u64, Refusal> {
    let mut set = TrustedSet::new(pin, then, &Ed25519Only)?;
    for root in roots {
        let _ = set.update_root(root)?;
    }
    set.finish_root()?;
    for file in rest {
        let update = match file.role().role_type() {
            RoleType::Root => continue,
            RoleType::Timestamp => set.update_timestamp(file.bytes(), Source::Local)?,
            RoleType::Snapshot => set.update_snapshot(file.bytes(), Source::Local)?,
            RoleType::Targets => set.update_targets(file.bytes(), Source::Local)?,
        };
        assert!(matches!(update, Update::Accepted(_)));
    }
    Ok(set.targets().unwrap().signed().version)
}

#[test]
fn holds_as_of_its_admission_and_not_after_it_expired() {
    let mut simulator = Simulator::new();
    let (pin, roots, rest) = stored(&mut simulator);
    let roles: Vec<&str> = rest.iter().map(|file| file.role().as_str()).collect();
    assert_eq!(roles, ["root", "timestamp", "snapshot", "targets"]);
    assert_eq!(verify(&pin, &roots, &rest, moment(NOW)), Ok(1));
    let late = after(7_200);
    assert_eq!(
        verify(&pin, &roots, &rest, late),
        Err(Refusal::Expired { role: RoleType::Root.into(), expires: late, now: late })
    );
}

#[test]
fn every_flipped_byte_of_a_stored_file_is_seen() {
    let mut simulator = Simulator::new();
    let (pin, roots, rest) = stored(&mut simulator);
    for at in 0..roots[0].len() {
        let mut flipped = roots.clone();
        flipped[0][at] ^= 1;
        if verify(&pin, &flipped, &rest, moment(NOW)).is_ok() {
            // The letter case of hexadecimal, or of a member that nothing reads.
            let mut set = TrustedSet::new(&pin, moment(NOW), &Ed25519Only).unwrap();
            let _ = set.update_root(&flipped[0]).unwrap();
            assert_eq!(set.root().signed(), &simulator.root, "byte {at}");
        }
    }
}
