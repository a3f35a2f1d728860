//! Every file of a repository, damaged at every place: refused, or the accepted content is identical. Without the digests
//! that snapshot and timestamp may state, so that each file stands by its signatures alone.

use alloc::string::String;
use alloc::vec::Vec;

use crate::key::Ed25519Only;
use crate::tuf::simulator::{NOW, Simulator, moment};
use crate::tuf::{Paths, Refusal, RoleName, Root, Snapshot, Source, Targets, Timestamp, TrustedSet};

type Content = (Root, Timestamp, Snapshot, Targets, Targets);

fn repository() -> (Simulator, Vec<Vec<u8>>) {
    let mut simulator = Simulator::new();
    simulator.delegate("targets", "a", 11, Paths::Patterns(["x*".into()].into()), false);
    simulator.list();
    for file in simulator.snapshot.meta.values_mut() {
        (file.length, file.hashes) = (None, None);
    }
    simulator.timestamp.meta.snapshot.length = None;
    simulator.timestamp.meta.snapshot.hashes = None;
    let files = [
        simulator.root(),
        simulator.timestamp(),
        simulator.snapshot(),
        simulator.targets(),
        simulator.role("a"),
    ];
    (simulator, files.into())
}

fn refresh(files: &[Vec<u8>], source: Source) -> Result<Content, Refusal> {
    let mut set = TrustedSet::new(&files[0], moment(NOW), &Ed25519Only)?;
    set.finish_root()?;
    let _ = set.update_timestamp(&files[1], source)?;
    let _ = set.update_snapshot(&files[2], source)?;
    let _ = set.update_targets(&files[3], source)?;
    let (role, delegator) = (RoleName::from_text("a"), RoleName::from_text("targets"));
    let _ = set.update_delegated(&role, &delegator, &files[4], source)?;
    Ok((
        set.root().signed().clone(),
        set.timestamp().unwrap().signed().clone(),
        set.snapshot().unwrap().signed().clone(),
        set.targets().unwrap().signed().clone(),
        set.delegated(&role).unwrap().signed().clone(),
    ))
}

fn expected(simulator: &Simulator) -> Content {
    (
        simulator.root.clone(),
        simulator.timestamp.clone(),
        simulator.snapshot.clone(),
        simulator.targets.clone(),
        simulator.delegated["a"].clone(),
    )
}

#[test]
fn every_flipped_byte_of_every_file_is_refused_or_changes_nothing() {
    let (simulator, files) = repository();
    let wanted = expected(&simulator);
    assert_eq!(refresh(&files, Source::Remote), Ok(wanted.clone()));
    for file in 0..files.len() {
        for at in 0..files[file].len() {
            for bits in [0x01, 0x20, 0x80] {
                let mut damaged = files.clone();
                damaged[file][at] ^= bits;
                if let Ok(content) = refresh(&damaged, Source::Remote) {
                    assert_eq!(content, wanted, "file {file} byte {at} bits {bits:#x}");
                }
            }
        }
    }
}

#[test]
fn every_file_cut_off_at_every_length_is_refused() {
    let (_, files) = repository();
    for file in 0..files.len() {
        for length in 0..files[file].len() {
            let mut damaged = files.clone();
            damaged[file].truncate(length);
            assert!(refresh(&damaged, Source::Remote).is_err(), "file {file} length {length}");
        }
    }
}

#[test]
fn every_file_in_the_place_of_another_is_refused() {
    let (_, files) = repository();
    for from in 0..files.len() {
        for to in 0..files.len() {
            if from != to {
                let mut mixed = files.clone();
                mixed[to] = files[from].clone();
                assert!(refresh(&mixed, Source::Remote).is_err(), "{from} as {to}");
            }
        }
    }
}

#[test]
fn every_value_replaced_by_another_is_refused_or_changes_nothing() {
    let (simulator, files) = repository();
    let wanted = expected(&simulator);
    for file in 0..files.len() {
        let whole: serde_json::Value = serde_json::from_slice(&files[file]).unwrap();
        for place in places(&whole, "") {
            for other in [
                serde_json::json!(null),
                serde_json::json!(0),
                serde_json::json!(u64::MAX),
                serde_json::json!(""),
                serde_json::json!([]),
                serde_json::json!({}),
            ] {
                let mut changed = whole.clone();
                *changed.pointer_mut(&place).unwrap() = other;
                let mut damaged = files.clone();
                damaged[file] = serde_json::to_vec(&changed).unwrap();
                if let Ok(content) = refresh(&damaged, Source::Remote) {
                    assert_eq!(content, wanted, "file {file} at {place}");
                }
            }
        }
    }
}

fn places(value: &serde_json::Value, here: &str) -> Vec<String> {
    let mut all = Vec::from([String::from(here)]);
    match value {
        serde_json::Value::Object(members) => {
            for (key, member) in members {
                let key = key.replace('~', "~0").replace('/', "~1");
                all.extend(places(member, &alloc::format!("{here}/{key}")));
            }
        }
        serde_json::Value::Array(elements) => {
            for (number, element) in elements.iter().enumerate() {
                all.extend(places(element, &alloc::format!("{here}/{number}")));
            }
        }
        _ => {}
    }
    all
}
