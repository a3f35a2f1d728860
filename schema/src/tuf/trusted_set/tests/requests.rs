//! What is fetched next.

use alloc::string::String;

use crate::limits::{METADATA_LENGTH, ROOT_LENGTH, SNAPSHOT_LENGTH, TARGETS_LENGTH, TIMESTAMP_LENGTH};
use crate::tuf::simulator::Simulator;
use crate::tuf::{Hashes, Paths, Request, RoleName};

fn request(path: &str, max_bytes: u64) -> Request {
    Request { path: path.into(), max_bytes }
}

#[test]
fn names_carry_versions_and_digests_where_snapshots_are_consistent() {
    let mut simulator = Simulator::new();
    simulator.root.version = 4;
    simulator.snapshot.version = 8;
    simulator.targets.version = 6;
    simulator.list();
    let set = simulator.complete();
    assert_eq!(set.root_request(), request("5.root.json", ROOT_LENGTH));
    assert_eq!(set.timestamp_request(), request("timestamp.json", TIMESTAMP_LENGTH));
    let length = simulator.timestamp.meta.snapshot.length.unwrap();
    assert_eq!(set.snapshot_request(), Ok(request("8.snapshot.json", length)));
    let length = simulator.snapshot.meta["targets.json"].length.unwrap();
    assert_eq!(set.targets_request(), Ok(request("6.targets.json", length)));
    let path = "sub/a b.json".parse().unwrap();
    let file = &simulator.targets.targets["a.json"];
    let digest: String = file.hashes.prefix().unwrap();
    assert_eq!(set.target_request(&path, file), request(&alloc::format!("sub/{digest}.a%20b.json"), 1));
    let only_512 = crate::tuf::TargetFile {
        hashes: Hashes { sha512: Some(crate::digest::Sha512::of(b"a")), ..Hashes::default() },
        ..file.clone()
    };
    assert!(set.target_request(&path, &only_512).path.starts_with("sub/1f40fc92da241694"));
}

#[test]
fn names_are_plain_where_snapshots_are_not_consistent() {
    let mut simulator = Simulator::new();
    simulator.root.consistent_snapshot = false;
    let set = simulator.complete();
    assert_eq!(set.root_request().path, "2.root.json");
    assert_eq!(set.snapshot_request().unwrap().path, "snapshot.json");
    assert_eq!(set.targets_request().unwrap().path, "targets.json");
    let file = &simulator.targets.targets["a.json"];
    assert_eq!(set.target_request(&"sub/a.json".parse().unwrap(), file).path, "sub/a.json");
}

#[test]
fn lengths_are_bounded_whatever_other_metadata_says() {
    let mut simulator = Simulator::new();
    for (length, max_bytes) in [(None, SNAPSHOT_LENGTH), (Some(u64::MAX), METADATA_LENGTH), (Some(7), 7)] {
        simulator.timestamp.meta.snapshot.length = length;
        assert_eq!(simulator.stamped().snapshot_request().unwrap().max_bytes, max_bytes);
    }
    for (length, max_bytes) in [(None, TARGETS_LENGTH), (Some(u64::MAX), METADATA_LENGTH), (Some(7), 7)] {
        simulator.snapshot.meta.get_mut("targets.json").unwrap().length = length;
        simulator.name_snapshot();
        assert_eq!(simulator.listed().targets_request().unwrap().max_bytes, max_bytes);
    }
}

#[test]
fn odd_role_names_are_quoted() {
    let mut simulator = Simulator::new();
    for (name, path) in [("../x", "1...%2Fx.json"), ("?", "1.%3F.json"), ("#", "1.%23.json")] {
        simulator.delegate("targets", name, 7, Paths::Patterns(["*".into()].into()), false);
        simulator.list();
        let set = simulator.complete();
        assert_eq!(set.delegated_request(&RoleName::from_text(name)).unwrap().path, path);
    }
}
