//! TUF 1.0.34, 5.3.

use super::refused;
use crate::key::Ed25519Only;
use crate::threshold::Shortfall;
use crate::tuf::simulator::{NOW, Simulator, after, key, keys, moment, role_keys, sign, signature};
use crate::tuf::{NewRoot, Recovery, Refusal, RoleName, RoleType, TrustedSet, Unsigned};

const ROOT: RoleName = RoleName::Top(RoleType::Root);

fn pinned(simulator: &Simulator) -> TrustedSet<'static> {
    TrustedSet::new(&simulator.root(), moment(NOW), &Ed25519Only).unwrap()
}

#[test]
fn begins_from_a_root_signed_by_its_own_threshold_even_expired() {
    let mut simulator = Simulator::new();
    simulator.root.expires = after(-1);
    assert_eq!(pinned(&simulator).root().signed(), &simulator.root);
    simulator.signers.insert("root".into(), [1].into());
    let refusal = TrustedSet::new(&simulator.root(), moment(NOW), &Ed25519Only).err();
    let source = Shortfall { found: 1, required: 2 };
    assert_eq!(refusal, Some(Refusal::Threshold { role: ROOT, source }));
}

#[test]
fn walks_a_chain_in_which_every_key_changes() {
    let mut simulator = Simulator::new();
    let mut set = pinned(&simulator);
    for seeds in [[11, 12], [13, 14], [15, 16]] {
        let before = simulator.signers["root"].clone();
        simulator.root.version += 1;
        simulator.root.keys.extend(keys(&seeds));
        simulator.root.roles.root = role_keys(&seeds, 2);
        simulator.signers.insert("root".into(), seeds.into());
        let both = [before.as_slice(), &seeds].concat();
        let NewRoot { accepted, recovery } = set.update_root(&sign(&simulator.root, &both)).unwrap();
        assert_eq!((accepted.version(), recovery), (simulator.root.version, Recovery::NotNeeded));
        assert_eq!(accepted.bytes(), sign(&simulator.root, &both));
        assert_eq!(accepted.versioned_file_name(), alloc::format!("{}.root.json", simulator.root.version));
    }
    set.finish_root().unwrap();
    assert_eq!(set.root().signed(), &simulator.root);
}

#[test]
fn refuses_a_root_that_only_the_new_or_only_the_old_keys_signed() {
    let mut simulator = Simulator::new();
    let mut set = pinned(&simulator);
    simulator.root.version = 2;
    simulator.root.keys.extend(keys(&[11, 12]));
    simulator.root.roles.root = role_keys(&[11, 12], 2);
    let source = Shortfall { found: 0, required: 2 };
    let by = |seeds: &[u8]| sign(&simulator.root, seeds);
    assert_eq!(refused(&mut set, |set| set.update_root(&by(&[11, 12]))), Refusal::RootSuccession { source });
    assert_eq!(
        refused(&mut set, |set| set.update_root(&by(&[1, 2]))),
        Refusal::Threshold { role: ROOT, source }
    );
    let source = Shortfall { found: 1, required: 2 };
    assert_eq!(
        refused(&mut set, |set| set.update_root(&by(&[1, 11, 12]))),
        Refusal::RootSuccession { source }
    );
    assert_eq!(
        refused(&mut set, |set| set.update_root(&by(&[1, 2, 11]))),
        Refusal::Threshold { role: ROOT, source }
    );
    assert!(set.update_root(&by(&[1, 2, 11, 12])).is_ok());
}

#[test]
fn refuses_a_root_that_is_not_exactly_the_next() {
    let mut simulator = Simulator::new();
    simulator.root.version = 5;
    let mut set = pinned(&simulator);
    for found in [4, 5, 7, u64::MAX] {
        simulator.root.version = found;
        assert_eq!(
            refused(&mut set, |set| set.update_root(&simulator.root())),
            Refusal::Version { role: ROOT, found, wanted: 6 }
        );
    }
    simulator.root.version = 6;
    assert!(set.update_root(&simulator.root()).is_ok());
}

#[test]
fn the_last_possible_version_has_no_next() {
    let mut simulator = Simulator::new();
    simulator.root.version = u64::MAX;
    let mut set = pinned(&simulator);
    assert_eq!(
        refused(&mut set, |set| set.update_root(&simulator.root())),
        Refusal::Version { role: ROOT, found: u64::MAX, wanted: u64::MAX }
    );
}

#[test]
fn the_last_root_expires_at_its_second_and_those_before_it_may_have() {
    let mut simulator = Simulator::new();
    for (seconds, valid) in [(-1, false), (0, false), (1, true)] {
        simulator.root.expires = after(seconds);
        let result = pinned(&simulator).finish_root();
        let refusal = Refusal::Expired { role: ROOT, expires: after(seconds), now: moment(NOW) };
        assert_eq!(result, if valid { Ok(()) } else { Err(refusal) });
    }
    simulator.root.expires = after(-1);
    let mut set = pinned(&simulator);
    simulator.root.version = 2;
    assert!(set.update_root(&simulator.root()).is_ok());
    simulator.root.version = 3;
    simulator.root.expires = after(1);
    assert!(set.update_root(&simulator.root()).is_ok());
    assert_eq!(set.finish_root(), Ok(()));
}

#[test]
fn says_that_a_fast_forward_can_be_recovered_from_when_online_keys_change() {
    for role in [RoleType::Timestamp, RoleType::Snapshot] {
        let mut simulator = Simulator::new();
        let mut set = pinned(&simulator);
        simulator.root.version = 2;
        simulator.root.keys.extend(keys(&[21]));
        let changed = role_keys(&[21], 1);
        match role {
            RoleType::Timestamp => simulator.root.roles.timestamp = changed,
            _ => simulator.root.roles.snapshot = changed,
        }
        let new = set.update_root(&simulator.root()).unwrap();
        assert_eq!(new.recovery, Recovery::DropTimestampAndSnapshot, "{role}");
        simulator.root.version = 3;
        assert_eq!(set.update_root(&simulator.root()).unwrap().recovery, Recovery::NotNeeded, "{role}");
    }
}

#[test]
fn the_same_online_key_under_another_keyid_is_no_rotation() {
    let mut simulator = Simulator::new();
    let mut set = pinned(&simulator);
    simulator.root.version = 2;
    simulator.root.keys.insert("other".into(), key(6));
    simulator.root.roles.timestamp.keyids = ["other".into()].into();
    assert_eq!(set.update_root(&simulator.root()).unwrap().recovery, Recovery::NotNeeded);
}

#[test]
fn one_key_under_two_keyids_signs_once() {
    let mut simulator = Simulator::new();
    simulator.root.keys.insert("other".into(), key(1));
    simulator.root.roles.root.keyids = [key(1).keyid(), "other".into()].into();
    let unsigned = Unsigned::new(&simulator.root).unwrap();
    let one = signature(1, unsigned.message());
    let mut two = one.clone();
    two.keyid = "other".into();
    let bytes = unsigned.with_signatures([one, two]);
    let source = Shortfall { found: 1, required: 2 };
    assert_eq!(
        TrustedSet::new(&bytes, moment(NOW), &Ed25519Only).err(),
        Some(Refusal::Threshold { role: ROOT, source })
    );
}

#[test]
fn a_key_that_root_lists_for_another_role_does_not_count() {
    let mut simulator = Simulator::new();
    simulator.signers.insert("root".into(), [1, 3, 4, 5, 6].into());
    let source = Shortfall { found: 1, required: 2 };
    assert_eq!(
        TrustedSet::new(&simulator.root(), moment(NOW), &Ed25519Only).err(),
        Some(Refusal::Threshold { role: ROOT, source })
    );
}

#[test]
fn a_key_that_cannot_be_used_spoils_nothing() {
    let mut simulator = Simulator::new();
    let odd = serde_json::json!({"keytype": "ml-dsa-65", "scheme": "ml-dsa-65", "keyval": {"public": "00"}});
    simulator.root.keys.insert("odd".into(), odd.into());
    simulator.root.keys.insert("none".into(), serde_json::json!(null).into());
    simulator.root.roles.root.keyids.extend(["odd".into(), "none".into(), "absent".into()]);
    assert_eq!(pinned(&simulator).root().signed(), &simulator.root);
}

#[test]
fn refuses_a_root_after_the_last_one() {
    let mut simulator = Simulator::new();
    let mut set = simulator.rooted();
    simulator.root.version = 2;
    assert_eq!(
        refused(&mut set, |set| set.update_root(&simulator.root())),
        Refusal::TooLate { role: ROOT, trusted: ROOT }
    );
}

#[test]
fn says_where_a_root_has_the_wrong_shape_and_ignores_roles_that_it_does_not_know() {
    let simulator = Simulator::new();
    let text = alloc::string::String::from_utf8(simulator.root()).unwrap();
    let one = key(5).keyid();
    for (from, to, place) in [
        (r#""threshold":1"#, r#""threshold":0"#.into(), "/signed/roles/snapshot/threshold"),
        (
            alloc::format!(r#"["{one}"]"#).as_str(),
            alloc::format!(r#"["{one}","{one}"]"#),
            "/signed/roles/snapshot/keyids",
        ),
        (r#""timestamp":{"#, r#""other":{"#.into(), "/signed/roles"),
        (r#""expires":"2026"#, r#""expires":"26"#.into(), "/signed/expires"),
    ] {
        let bytes = text.replacen(from, &to, 1);
        assert_ne!(bytes, text);
        match TrustedSet::new(bytes.as_bytes(), moment(NOW), &Ed25519Only).err() {
            Some(Refusal::Shape { role: ROOT, source }) => assert_eq!(source.pointer.as_str(), place),
            other => panic!("{other:?}"),
        }
    }
    let signed = text.split_once(r#""signed":"#).unwrap().1.strip_suffix('}').unwrap();
    let more = signed.replace(r#""roles":{"#, r#""roles":{"mirrors":{"keyids":[],"threshold":1},"#);
    let bytes = crate::tuf::simulator::sign_text(&more, &[1, 2]);
    let set = TrustedSet::new(&bytes, moment(NOW), &Ed25519Only).unwrap();
    let unknown: alloc::vec::Vec<&str> =
        set.root().unknown().iter().map(crate::json::Pointer::as_str).collect();
    assert_eq!(unknown, ["/signed/roles/mirrors"]);
}

#[test]
fn the_fingerprint_is_of_what_is_signed_and_not_of_the_file() {
    let simulator = Simulator::new();
    let unsigned = Unsigned::new(&simulator.root).unwrap();
    let fingerprint = crate::Sha256::of(unsigned.message());
    assert_eq!(pinned(&simulator).root().fingerprint(), fingerprint);
    let more = sign(&simulator.root, &[1, 2, 9]);
    let set = TrustedSet::new(&more, moment(NOW), &Ed25519Only).unwrap();
    assert_eq!(set.root().fingerprint(), fingerprint);
}
