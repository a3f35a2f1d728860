//! What any metadata file has to be before it is judged.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::refused;
use crate::json::ReadReason;
use crate::limits::{METADATA_SIGNATURES, ROOT_LENGTH, SNAPSHOT_LENGTH, TARGETS_LENGTH, TIMESTAMP_LENGTH};
use crate::tuf::simulator::{Simulator, keys, sign, sign_text};
use crate::tuf::{
    Metadata, Refusal, RoleName, RoleType, Source, Timestamp, TrustedSet, Unsigned, Unwritable, Update,
};

const TIMESTAMP: RoleName = RoleName::Top(RoleType::Timestamp);

fn attempt(set: &mut TrustedSet<'_>, bytes: &[u8]) -> Refusal {
    refused(set, |set| set.update_timestamp(bytes, Source::Remote))
}

/// A timestamp's `signed` with the given members in place of the usual ones.
fn signed(kind: &str, version: &str, spec: &str, more: &str) -> String {
    format!(
        r#"{{"_type":{kind},"expires":"2026-01-02T00:00:00Z","meta":{{"snapshot.json":{{"version":1}}}},"spec_version":{spec},"version":{version}{more}}}"#
    )
}

#[test]
fn refuses_what_is_not_strict_json() {
    let simulator = Simulator::new();
    let mut set = simulator.rooted();
    for bytes in [b"".as_slice(), b"{", b"{}{}", b"\xff"] {
        assert!(matches!(attempt(&mut set, bytes), Refusal::Read { role: TIMESTAMP, .. }));
    }
    let text = String::from_utf8(simulator.timestamp()).unwrap();
    let twice = text.replace(r#""version":1}}"#, r#""version":1}},"version":2"#);
    let Refusal::Read { source, .. } = attempt(&mut set, twice.as_bytes()) else { panic!("{twice}") };
    assert_eq!(source.reason, ReadReason::DuplicateKey { key: "version".into() });
}

#[test]
fn refuses_a_file_cut_off_at_any_length() {
    let simulator = Simulator::new();
    let mut set = simulator.rooted();
    let bytes = simulator.timestamp();
    for length in 0..bytes.len() {
        assert!(matches!(attempt(&mut set, &bytes[..length]), Refusal::Read { .. }), "{length}");
    }
}

#[test]
fn a_flipped_byte_is_refused_or_changes_nothing() {
    let simulator = Simulator::new();
    let bytes = simulator.timestamp();
    for at in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1;
        let mut set = simulator.rooted();
        if set.update_timestamp(&flipped, Source::Remote).is_ok() {
            assert_eq!(set.timestamp().unwrap().signed(), &simulator.timestamp, "byte {at}");
        }
    }
}

#[test]
fn refuses_one_byte_more_than_the_limit() {
    let simulator = Simulator::new();
    let pad = |bytes: Vec<u8>, limit: u64| {
        let mut padded = bytes;
        padded.resize(usize::try_from(limit).unwrap(), b' ');
        padded
    };
    let mut long = pad(simulator.timestamp(), TIMESTAMP_LENGTH);
    assert!(matches!(simulator.rooted().update_timestamp(&long, Source::Remote), Ok(Update::Accepted(_))));
    long.push(b' ');
    assert_eq!(
        attempt(&mut simulator.rooted(), &long),
        Refusal::TooLong { role: TIMESTAMP, found: TIMESTAMP_LENGTH + 1, limit: TIMESTAMP_LENGTH }
    );
    let mut long = pad(simulator.root(), ROOT_LENGTH);
    let begin = |bytes: &[u8]| {
        TrustedSet::new(bytes, crate::tuf::simulator::after(0), &crate::key::Ed25519Only).err()
    };
    assert_eq!(begin(&long), None);
    long.push(b' ');
    let refusal =
        Refusal::TooLong { role: RoleType::Root.into(), found: ROOT_LENGTH + 1, limit: ROOT_LENGTH };
    assert_eq!(begin(&long), Some(refusal));
}

#[test]
fn refuses_one_signature_more_than_the_limit() {
    let simulator = Simulator::new();
    let unsigned = Unsigned::new(&simulator.timestamp).unwrap();
    let genuine = crate::tuf::simulator::signature(6, unsigned.message());
    let mut signatures = alloc::vec![genuine.clone()];
    for number in 1..METADATA_SIGNATURES {
        let mut other = genuine.clone();
        other.keyid = number.to_string();
        signatures.push(other);
    }
    // The same bytes fit within the limit of a length here: the number is what is tested.
    let parse = |bytes: &[u8]| Metadata::<Timestamp>::parse(bytes, &TIMESTAMP, u64::MAX);
    assert!(parse(&unsigned.with_signatures(signatures.clone())).is_ok());
    let mut other = genuine;
    other.keyid = "more".into();
    signatures.push(other);
    assert_eq!(
        parse(&unsigned.with_signatures(signatures)),
        Err(Refusal::TooManySignatures {
            role: TIMESTAMP,
            found: METADATA_SIGNATURES + 1,
            limit: METADATA_SIGNATURES
        })
    );
}

#[test]
fn refuses_a_keyid_that_occurs_twice_among_the_signatures() {
    let simulator = Simulator::new();
    let bytes = sign_text(&signed(r#""timestamp""#, "1", r#""1.0""#, ""), &[6, 6]);
    let keyid = keys(&[6]).into_keys().next().unwrap();
    assert_eq!(attempt(&mut simulator.rooted(), &bytes), Refusal::DuplicateKeyid { role: TIMESTAMP, keyid });
}

#[test]
fn refuses_metadata_of_another_type() {
    let simulator = Simulator::new();
    for (kind, found) in [(r#""snapshot""#, "snapshot"), (r#""Timestamp""#, "Timestamp"), ("1", "")] {
        let bytes = sign_text(&signed(kind, "1", r#""1.0""#, ""), &[6]);
        assert_eq!(
            attempt(&mut simulator.rooted(), &bytes),
            Refusal::Type { role: TIMESTAMP, found: found.into(), wanted: RoleType::Timestamp }
        );
    }
    // A snapshot key holder cannot pass a snapshot off as a timestamp, even were it one key for both.
    let bytes = sign(&simulator.snapshot, &[6]);
    let refusal = Refusal::Type { role: TIMESTAMP, found: "snapshot".into(), wanted: RoleType::Timestamp };
    assert_eq!(attempt(&mut simulator.rooted(), &bytes), refusal);
}

#[test]
fn reads_every_version_1_of_the_specification_and_no_other() {
    let simulator = Simulator::new();
    for spec in ["1.0", "1.0.34", "1.9.99", "1.12"] {
        let bytes = sign_text(&signed(r#""timestamp""#, "1", &format!("{spec:?}"), ""), &[6]);
        assert!(simulator.rooted().update_timestamp(&bytes, Source::Remote).is_ok(), "{spec}");
    }
    for spec in ["", "1", "1.", "2.0", "0.9", "10.0", "1.0.0.0", "1.x", " 1.0", "1.-1"] {
        let bytes = sign_text(&signed(r#""timestamp""#, "1", &format!("{spec:?}"), ""), &[6]);
        assert_eq!(
            attempt(&mut simulator.rooted(), &bytes),
            Refusal::SpecVersion { role: TIMESTAMP, found: spec.into() }
        );
    }
}

#[test]
fn says_where_metadata_has_the_wrong_shape() {
    let simulator = Simulator::new();
    for (version, place) in
        [("0", "/signed/version"), ("-1", "/signed/version"), ("\"1\"", "/signed/version")]
    {
        let bytes = sign_text(&signed(r#""timestamp""#, version, r#""1.0""#, ""), &[6]);
        let Refusal::Shape { role: TIMESTAMP, source } = attempt(&mut simulator.rooted(), &bytes) else {
            panic!("{version}");
        };
        assert_eq!(source.pointer.as_str(), place);
    }
}

#[test]
fn members_that_are_not_known_are_reported_and_covered_by_the_signature() {
    let simulator = Simulator::new();
    let text = signed(r#""timestamp""#, "1", r#""1.0""#, r#","x-more":{"a/b":[1,"é\u0001"]}"#);
    let bytes = sign_text(&text, &[6]);
    let mut set = simulator.rooted();
    assert!(set.update_timestamp(&bytes, Source::Remote).is_ok());
    let unknown: Vec<&str> =
        set.timestamp().unwrap().unknown().iter().map(crate::json::Pointer::as_str).collect();
    assert_eq!(unknown, ["/signed/x-more"]);
    let other = String::from_utf8(bytes).unwrap().replace("[1,", "[2,");
    assert!(matches!(
        attempt(&mut simulator.rooted(), other.as_bytes()),
        Refusal::Threshold { role: TIMESTAMP, .. }
    ));
}

#[test]
fn order_and_blanks_of_the_file_do_not_matter() {
    let simulator = Simulator::new();
    let value: serde_json::Value = serde_json::from_slice(&simulator.timestamp()).unwrap();
    let pretty = serde_json::to_vec_pretty(&value).unwrap();
    let mut set = simulator.rooted();
    assert!(set.update_timestamp(&pretty, Source::Remote).is_ok());
    assert_eq!(set.timestamp().unwrap().bytes(), pretty);
}

#[test]
fn a_signature_that_is_not_hexadecimal_counts_for_nothing_and_spoils_nothing() {
    let simulator = Simulator::new();
    let text = String::from_utf8(simulator.timestamp()).unwrap();
    let more = text
        .replace(r#""signatures":["#, r#""signatures":[{"keyid":"a","sig":"zz"},{"keyid":"b","sig":""},"#);
    assert!(simulator.rooted().update_timestamp(more.as_bytes(), Source::Remote).is_ok());
}

#[test]
fn what_is_written_is_read_back_and_a_control_character_is_never_written() {
    let simulator = Simulator::new();
    let read = Metadata::<Timestamp>::parse(&simulator.timestamp(), &TIMESTAMP, u64::MAX).unwrap();
    assert_eq!(read.signed(), &simulator.timestamp);
    assert_eq!(read.unknown(), []);
    let again = Unsigned::of(&read).unwrap();
    assert_eq!(again.with_signatures(read.signatures().iter().cloned()), simulator.timestamp());
    let mut targets = simulator.targets.clone();
    targets.targets.get_mut("a.json").unwrap().custom = Some(serde_json::json!({"title": "a\nb"}));
    assert_eq!(
        Unsigned::new(&targets),
        Err(Unwritable::ControlCharacter { found: '\n', role: RoleType::Targets })
    );
    targets.targets.get_mut("a.json").unwrap().custom = Some(serde_json::json!(1.5));
    assert!(matches!(Unsigned::new(&targets), Err(Unwritable::Unreadable { role: RoleType::Targets, .. })));
}

#[test]
fn writes_what_every_client_reads() {
    let mut simulator = Simulator::new();
    simulator.delegate("targets", "r", 7, crate::tuf::Paths::Patterns(["x-*".into()].into()), false);
    let root = String::from_utf8(simulator.root()).unwrap();
    assert!(
        root.contains(r#""_type":"root","consistent_snapshot":true,"expires":"2026-01-01T02:00:00Z""#),
        "{root}"
    );
    assert!(root.ends_with(r#""spec_version":"1.0.34","version":1}}"#), "{root}");
    let value: serde_json::Value = serde_json::from_str(&root).unwrap();
    let roles: Vec<&String> = value["signed"]["roles"].as_object().unwrap().keys().collect();
    assert_eq!(roles, ["root", "snapshot", "targets", "timestamp"]);
    for (keyid, key) in value["signed"]["keys"].as_object().unwrap() {
        assert_eq!(keyid, &crate::Sha256::of(key.to_string().as_bytes()).to_string());
    }
    let targets = String::from_utf8(simulator.targets()).unwrap();
    assert!(targets.contains(r#""name":"r","paths":["x-*"],"terminating":false,"threshold":1"#), "{targets}");
}

#[test]
fn refuses_one_byte_more_of_snapshot_and_targets_than_the_limit() {
    let padded = |bytes: &[u8], length: u64| {
        let mut padded = bytes.to_vec();
        padded.resize(usize::try_from(length).unwrap(), b' ');
        padded
    };
    let mut simulator = Simulator::new();
    simulator.timestamp.meta.snapshot.length = None;
    simulator.timestamp.meta.snapshot.hashes = None;
    let mut set = simulator.stamped();
    let bytes = padded(&simulator.snapshot(), SNAPSHOT_LENGTH + 1);
    let (found, limit) = (SNAPSHOT_LENGTH + 1, SNAPSHOT_LENGTH);
    assert_eq!(
        refused(&mut set, |set| set.update_snapshot(&bytes, Source::Remote)),
        Refusal::TooLong { role: RoleType::Snapshot.into(), found, limit }
    );
    assert!(set.update_snapshot(&bytes[..bytes.len() - 1], Source::Remote).is_ok());
    let mut simulator = Simulator::new();
    let stated = simulator.snapshot.meta.get_mut("targets.json").unwrap();
    (stated.length, stated.hashes) = (None, None);
    simulator.name_snapshot();
    let mut set = simulator.listed();
    let bytes = padded(&simulator.targets(), TARGETS_LENGTH + 1);
    let (found, limit) = (TARGETS_LENGTH + 1, TARGETS_LENGTH);
    assert_eq!(
        refused(&mut set, |set| set.update_targets(&bytes, Source::Remote)),
        Refusal::TooLong { role: RoleType::Targets.into(), found, limit }
    );
    assert!(set.update_targets(&bytes[..bytes.len() - 1], Source::Remote).is_ok());
}
