//! What every client reads: narrower than the specification, because each edge here broke a client in use.
//!
//! For whoever writes metadata. What is *read* is the whole specification and does not pass here.

use alloc::string::String;
use alloc::vec::Vec;

use serde_json::Value;
use unicode_normalization::is_nfc;

use super::hashes::Hashes;
use super::key::Keys;
use super::role::RoleType;
use super::root::{RoleKeys, Root};
use super::target_path::TargetPath;
use super::targets::Targets;
use crate::json::Pointer;
use crate::limits::{ROOT_LENGTH, SNAPSHOT_LENGTH, TARGETS_LENGTH, TIMESTAMP_LENGTH};

/// Something that some client in use does not read, and its place within `signed`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at {place}: {fact}")]
pub struct Unportable {
    /// Where.
    pub place: Pointer,
    /// What.
    pub fact: Fact,
}

/// What some client in use does not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fact {
    /// Snapshots that are not consistent: a client may mix two generations.
    #[error("found no consistent snapshot, wanted consistent_snapshot: true")]
    NotConsistent,
    /// A key under a name that is not its digest.
    #[error("found a keyid that is not the digest of its key, wanted {wanted}")]
    Keyid {
        /// The digest.
        wanted: String,
    },
    /// A key that cannot be used.
    #[error("found a key that cannot be used")]
    UnusableKey,
    /// A threshold that the role's keys cannot reach.
    #[error("found threshold {threshold} of {keys} distinct keys")]
    Threshold {
        /// Signatures wanted.
        threshold: u32,
        /// Distinct usable keys.
        keys: usize,
    },
    /// A target path that is not flat.
    #[error("found a target path that is not of letters, digits, dot, underscore and hyphen")]
    TargetName,
    /// A role name that is not plain.
    #[error("found a role name that is not of letters, digits, underscore and hyphen")]
    RoleName,
    /// Digests other than SHA-256 alone.
    #[error("found other digests than sha256 alone")]
    Hashes,
    /// A key within `custom` that is not ASCII.
    #[error("found a key that is not ASCII")]
    CustomKey,
    /// A string within `custom` that is not in NFC.
    #[error("found a string that is not in NFC")]
    CustomString,
    /// A number within `custom` that is not an integer below 2^53.
    #[error("found a number that is not an integer below 2^53")]
    CustomNumber,
    /// A file that is too long.
    #[error("found {found} bytes, wanted less than {limit}")]
    Length {
        /// The file's length.
        found: u64,
        /// The least that some client refuses.
        limit: u64,
    },
}

/// 2^53: what a double holds exactly ends below it.
const DOUBLE: u64 = 1 << 53;

/// Everything in a root that some client does not read.
pub fn root(root: &Root) -> Vec<Unportable> {
    let mut out = Vec::new();
    let here = Pointer::root();
    if !root.consistent_snapshot {
        out.push(Unportable { place: here.join("consistent_snapshot"), fact: Fact::NotConsistent });
    }
    keys(&root.keys, &here.join("keys"), &mut out);
    for role in [RoleType::Root, RoleType::Timestamp, RoleType::Snapshot, RoleType::Targets] {
        threshold(root.role(role), &root.keys, &here.join("roles").join(role), &mut out);
    }
    out
}

/// Everything in targets that some client does not read.
pub fn targets(targets: &Targets) -> Vec<Unportable> {
    let mut out = Vec::new();
    let here = Pointer::root();
    for (name, file) in &targets.targets {
        let place = || here.join("targets").join(name);
        if !name.parse().is_ok_and(|path: TargetPath| path.is_flat()) {
            out.push(Unportable { place: place(), fact: Fact::TargetName });
        }
        if file.hashes != (Hashes { sha256: file.hashes.sha256, ..Hashes::default() })
            || file.hashes.sha256.is_none()
        {
            out.push(Unportable { place: place().join("hashes"), fact: Fact::Hashes });
        }
        if let Some(value) = &file.custom {
            // Ten thousand places that nobody asks for cost more than the looking.
            let mut found = Vec::new();
            custom(value, &here, &mut found);
            if !found.is_empty() {
                custom(value, &place().join("custom"), &mut out);
            }
        }
    }
    if let Some(delegations) = &targets.delegations {
        let here = here.join("delegations");
        keys(&delegations.keys, &here.join("keys"), &mut out);
        for (number, role) in delegations.roles.iter().enumerate() {
            let place = here.join("roles").join(number);
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
            if !role.name.bytes().all(plain) {
                out.push(Unportable { place: place.join("name"), fact: Fact::RoleName });
            }
            threshold(&role.keys, &delegations.keys, &place, &mut out);
        }
    }
    out
}

/// Whether a metadata file is short enough for every client.
///
/// # Errors
/// [`Fact::Length`], of the whole file.
pub fn length(role: RoleType, bytes: &[u8]) -> Result<(), Unportable> {
    let limit = match role {
        RoleType::Root => ROOT_LENGTH,
        RoleType::Timestamp => TIMESTAMP_LENGTH,
        RoleType::Snapshot => SNAPSHOT_LENGTH,
        RoleType::Targets => TARGETS_LENGTH,
    };
    let found = super::hashes::length(bytes);
    if found < limit {
        Ok(())
    } else {
        Err(Unportable { place: Pointer::root(), fact: Fact::Length { found, limit } })
    }
}

fn keys(keys: &Keys, place: &Pointer, out: &mut Vec<Unportable>) {
    for (keyid, key) in keys {
        let wanted = key.keyid();
        if *keyid != wanted {
            out.push(Unportable { place: place.join(keyid), fact: Fact::Keyid { wanted } });
        }
        if key.public().is_none() {
            out.push(Unportable { place: place.join(keyid), fact: Fact::UnusableKey });
        }
    }
}

fn threshold(role: &RoleKeys, all: &Keys, place: &Pointer, out: &mut Vec<Unportable>) {
    let keys = role.public_keys(all).len();
    if usize::try_from(role.threshold).is_ok_and(|threshold| threshold > keys) {
        let fact = Fact::Threshold { threshold: role.threshold, keys };
        out.push(Unportable { place: place.join("threshold"), fact });
    }
}

/// Nested as deeply as our own reader allows, which is checked when the document is written.
fn custom(value: &Value, place: &Pointer, out: &mut Vec<Unportable>) {
    let fact = match value {
        Value::Null | Value::Bool(_) => None,
        Value::Number(number) => {
            let size = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
            size.is_none_or(|size| size >= DOUBLE).then_some(Fact::CustomNumber)
        }
        Value::String(text) => (!is_nfc(text)).then_some(Fact::CustomString),
        Value::Array(elements) => {
            for (number, element) in elements.iter().enumerate() {
                custom(element, &place.join(number), out);
            }
            None
        }
        Value::Object(members) => {
            for (key, member) in members {
                if !key.is_ascii() {
                    out.push(Unportable { place: place.join(key), fact: Fact::CustomKey });
                }
                custom(member, &place.join(key), out);
            }
            None
        }
    };
    out.extend(fact.map(|fact| Unportable { place: place.clone(), fact }));
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;
    use alloc::vec;

    use serde_json::json;

    use super::*;
    use crate::digest::Sha512;
    use crate::tuf::simulator::{Simulator, key};
    use crate::tuf::{Paths, TargetFile};

    fn lines(found: &[Unportable]) -> Vec<String> {
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_we_write_by_ourselves_is_read_by_every_client() {
        let mut simulator = Simulator::new();
        simulator.delegate("targets", "r-1", 9, Paths::Patterns(vec!["x-*".into()]), true);
        let custom = json!({"id": "BOD-17-01", "title": "Kaspersky\u{e9}", "revision": (DOUBLE - 1)});
        simulator.targets.targets.insert("b.1.json".into(), TargetFile::of(b"b", Some(custom)));
        assert_eq!(root(&simulator.root), []);
        assert_eq!(targets(&simulator.targets), []);
        assert_eq!(length(RoleType::Root, &simulator.root()), Ok(()));
    }

    #[test]
    fn lists_everything_in_a_root_that_some_client_does_not_read() {
        let mut simulator = Simulator::new();
        simulator.root.consistent_snapshot = false;
        simulator.root.keys = [("other".into(), key(5)), ("odd".into(), json!(1).into())].into();
        simulator.root.roles.snapshot.keyids = vec!["other".into(), "odd".into()];
        simulator.root.roles.snapshot.threshold = 2;
        simulator.root.roles.timestamp = simulator.root.roles.snapshot.clone();
        simulator.root.roles.timestamp.threshold = 1;
        let (digest, of_odd) = (key(5).keyid(), crate::Sha256::of(b"1"));
        assert_eq!(
            lines(&root(&simulator.root)),
            [
                "at /consistent_snapshot: found no consistent snapshot, wanted consistent_snapshot: true"
                    .into(),
                alloc::format!(
                    "at /keys/odd: found a keyid that is not the digest of its key, wanted {of_odd}"
                ),
                "at /keys/odd: found a key that cannot be used".into(),
                alloc::format!(
                    "at /keys/other: found a keyid that is not the digest of its key, wanted {digest}"
                ),
                "at /roles/root/threshold: found threshold 2 of 0 distinct keys".into(),
                "at /roles/snapshot/threshold: found threshold 2 of 1 distinct keys".into(),
                "at /roles/targets/threshold: found threshold 2 of 0 distinct keys".into(),
            ]
        );
    }

    #[test]
    fn lists_everything_in_targets_that_some_client_does_not_read() {
        let mut simulator = Simulator::new();
        simulator.delegate("targets", "a/b", 9, Paths::Patterns(vec![]), false);
        let custom = json!({"\u{e9}": "e\u{301}", "n": [DOUBLE, -1, 1.5]});
        let mut file = TargetFile::of(b"b", Some(custom));
        file.hashes.sha512 = Some(Sha512::of(b"b"));
        simulator.targets.targets.insert("a/b".into(), file);
        assert_eq!(
            lines(&targets(&simulator.targets)),
            [
                "at /targets/a~1b: found a target path that is not of letters, digits, dot, underscore and hyphen",
                "at /targets/a~1b/hashes: found other digests than sha256 alone",
                "at /targets/a~1b/custom/n/0: found a number that is not an integer below 2^53",
                "at /targets/a~1b/custom/n/2: found a number that is not an integer below 2^53",
                "at /targets/a~1b/custom/\u{e9}: found a key that is not ASCII",
                "at /targets/a~1b/custom/\u{e9}: found a string that is not in NFC",
                "at /delegations/roles/0/name: found a role name that is not of letters, digits, underscore and hyphen",
            ]
        );
    }

    #[test]
    fn a_file_as_long_as_a_clients_limit_is_too_long() {
        let limit = usize::try_from(TIMESTAMP_LENGTH).unwrap();
        assert_eq!(length(RoleType::Timestamp, &vec![b' '; limit - 1]), Ok(()));
        let fact = Fact::Length { found: TIMESTAMP_LENGTH, limit: TIMESTAMP_LENGTH };
        assert_eq!(
            length(RoleType::Timestamp, &vec![b' '; limit]),
            Err(Unportable { place: Pointer::root(), fact })
        );
    }
}
