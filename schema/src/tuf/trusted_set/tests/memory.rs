//! What is remembered apart from the files (`trust.md`, rule 8).

use super::refused;
use crate::key::Ed25519Only;
use crate::tuf::simulator::{NOW, Simulator, moment};
use crate::tuf::{Paths, Refusal, RoleName, RoleType, Source, TrustedSet, Update, Version};

const ROOT: RoleName = RoleName::Top(RoleType::Root);
const TIMESTAMP: RoleName = RoleName::Top(RoleType::Timestamp);
const SNAPSHOT: RoleName = RoleName::Top(RoleType::Snapshot);
const TARGETS: RoleName = RoleName::Top(RoleType::Targets);

fn with_role() -> Simulator {
    let mut simulator = Simulator::new();
    simulator.delegate("targets", "a", 11, Paths::Patterns(["x".into()].into()), false);
    simulator.root.version = 5;
    simulator.timestamp.version = 5;
    simulator.snapshot.version = 5;
    simulator.targets.version = 5;
    simulator.delegated.get_mut("a").unwrap().version = 5;
    simulator.list();
    simulator
}

#[test]
fn what_was_admitted_is_what_to_remember_and_may_come_again() {
    let simulator = with_role();
    let versions = simulator.complete().versions();
    let roles: alloc::vec::Vec<(&str, Version)> =
        versions.iter().map(|(role, version)| (role.as_str(), *version)).collect();
    assert_eq!(roles, [("root", 5), ("timestamp", 5), ("snapshot", 5), ("targets", 5), ("a", 5)]);
    let mut set = TrustedSet::new(&simulator.root(), moment(NOW), &Ed25519Only).unwrap();
    for (role, version) in versions {
        set.remember(role, version);
    }
    set.finish_root().unwrap();
    let update = set.update_timestamp(&simulator.timestamp(), Source::Remote);
    assert!(matches!(update, Ok(Update::Accepted(_))));
    let update = set.update_snapshot(&simulator.snapshot(), Source::Remote);
    assert!(matches!(update, Ok(Update::Accepted(_))));
}

#[test]
fn refuses_what_is_older_than_remembered_with_no_file_to_compare_with() {
    let simulator = with_role();
    let mut set = TrustedSet::new(&simulator.root(), moment(NOW), &Ed25519Only).unwrap();
    set.remember(ROOT, 6);
    assert_eq!(
        refused(&mut set, TrustedSet::finish_root),
        Refusal::Rollback { role: ROOT, found: 5, trusted: 6 }
    );
    for source in [Source::Local, Source::Remote] {
        let mut set = simulator.rooted();
        set.remember(TIMESTAMP, 6);
        assert_eq!(
            refused(&mut set, |set| set.update_timestamp(&simulator.timestamp(), source)),
            Refusal::Rollback { role: TIMESTAMP, found: 5, trusted: 6 }
        );
        let mut set = simulator.rooted();
        set.remember(SNAPSHOT, 6);
        let file = "snapshot.json".into();
        assert_eq!(
            refused(&mut set, |set| set.update_timestamp(&simulator.timestamp(), source)),
            Refusal::ListedRollback { role: TIMESTAMP, file, found: 5, trusted: 6 }
        );
    }
    for role in [TARGETS, RoleName::from_text("a")] {
        let mut set = simulator.stamped();
        set.remember(role.clone(), 6);
        set.remember(role.clone(), 4);
        assert_eq!(
            refused(&mut set, |set| set.update_snapshot(&simulator.snapshot(), Source::Remote)),
            Refusal::ListedRollback { role: SNAPSHOT, file: role.meta_name(), found: 5, trusted: 6 }
        );
    }
    let mut set = simulator.stamped();
    set.remember(RoleName::from_text("gone"), 1);
    assert_eq!(
        refused(&mut set, |set| set.update_snapshot(&simulator.snapshot(), Source::Remote)),
        Refusal::ListedVanished { role: SNAPSHOT, file: "gone.json".into() }
    );
    assert_eq!(set.update_snapshot(&simulator.snapshot(), Source::Local), Ok(Update::Floor));
}
