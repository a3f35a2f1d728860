//! A repository in memory that signs whatever a test has just changed.

#![allow(clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ed25519_dalek::{Signer, SigningKey};

use super::*;
use crate::DateTime;
use crate::key::{Ed25519Only, PublicKey};

/// The time of every test.
pub const NOW: &str = "2026-01-01T00:00:00Z";

/// Documents, and the seeds of the keys that sign each. Roles begin with version 1 and two hours to live.
#[derive(Clone)]
pub struct Simulator {
    pub root: Root,
    pub timestamp: Timestamp,
    pub snapshot: Snapshot,
    pub targets: Targets,
    pub delegated: BTreeMap<String, Targets>,
    pub signers: BTreeMap<String, Vec<u8>>,
}

pub fn moment(text: &str) -> DateTime {
    text.parse().unwrap()
}

/// So many seconds after [`NOW`].
pub fn after(seconds: i64) -> DateTime {
    moment(NOW).saturating_add_seconds(seconds)
}

pub fn key(seed: u8) -> Key {
    let secret = SigningKey::from_bytes(&[seed; 32]);
    Key::of(&PublicKey::ed25519(secret.verifying_key().as_bytes()).unwrap())
}

pub fn keys(seeds: &[u8]) -> Keys {
    seeds.iter().map(|seed| (key(*seed).keyid(), key(*seed))).collect()
}

pub fn role_keys(seeds: &[u8], threshold: u32) -> RoleKeys {
    RoleKeys { keyids: seeds.iter().map(|seed| key(*seed).keyid()).collect(), threshold }
}

pub fn signature(seed: u8, message: &[u8]) -> Signature {
    let sig = SigningKey::from_bytes(&[seed; 32]).sign(message).to_bytes().to_vec();
    Signature { keyid: key(seed).keyid(), sig }
}

pub fn sign<T: Role>(document: &T, seeds: &[u8]) -> Vec<u8> {
    let unsigned = Unsigned::new(document).unwrap();
    let signatures: Vec<Signature> = seeds.iter().map(|seed| signature(*seed, unsigned.message())).collect();
    unsigned.with_signatures(signatures)
}

/// A metadata file of any `signed`, for what the types cannot say.
pub fn sign_text(signed: &str, seeds: &[u8]) -> Vec<u8> {
    let message = crate::json::canonical(&crate::json::parse(signed.as_bytes()).unwrap());
    let signatures: Vec<String> = seeds
        .iter()
        .map(|seed| {
            let Signature { keyid, sig } = signature(*seed, &message);
            alloc::format!(r#"{{"keyid":"{keyid}","sig":"{}"}}"#, base16ct::lower::encode_string(&sig))
        })
        .collect();
    alloc::format!(r#"{{"signatures":[{}],"signed":{signed}}}"#, signatures.join(",")).into_bytes()
}

pub fn empty_targets() -> Targets {
    Targets { version: 1, expires: after(7_200), targets: BTreeMap::new(), delegations: None }
}

impl Simulator {
    /// Root: keys 1, 2, threshold 2. Targets: 3, 4, threshold 2. Snapshot: 5. Timestamp: 6. One target, `a.json`.
    pub fn new() -> Self {
        let expires = after(7_200);
        let mut targets = empty_targets();
        targets.targets.insert("a.json".into(), TargetFile::of(b"a", None));
        let roles = Roles {
            root: role_keys(&[1, 2], 2),
            targets: role_keys(&[3, 4], 2),
            snapshot: role_keys(&[5], 1),
            timestamp: role_keys(&[6], 1),
        };
        let keys = keys(&[1, 2, 3, 4, 5, 6]);
        let mut simulator = Self {
            root: Root { version: 1, expires, consistent_snapshot: true, keys, roles },
            timestamp: Timestamp {
                version: 1,
                expires,
                meta: TimestampMeta { snapshot: MetaFile { version: 1, length: None, hashes: None } },
            },
            snapshot: Snapshot { version: 1, expires, meta: BTreeMap::new() },
            targets,
            delegated: BTreeMap::new(),
            signers: BTreeMap::new(),
        };
        for (role, seeds) in
            [("root", [1, 2].as_slice()), ("targets", &[3, 4]), ("snapshot", &[5]), ("timestamp", &[6])]
        {
            simulator.signers.insert(role.into(), seeds.to_vec());
        }
        simulator.list();
        simulator
    }

    /// Makes the snapshot list the targets as they are, and the timestamp the snapshot.
    pub fn list(&mut self) {
        self.snapshot.meta.insert("targets.json".into(), MetaFile::of(self.targets.version, &self.targets()));
        let delegated: Vec<String> = self.delegated.keys().cloned().collect();
        for name in delegated {
            let file = MetaFile::of(self.delegated[&name].version, &self.role(&name));
            self.snapshot.meta.insert(alloc::format!("{name}.json"), file);
        }
        self.name_snapshot();
    }

    /// Makes the timestamp name the snapshot as it is.
    pub fn name_snapshot(&mut self) {
        self.timestamp.meta.snapshot = MetaFile::of(self.snapshot.version, &self.snapshot());
    }

    /// The next version of everything that is re-signed every day.
    pub fn next_day(&mut self) {
        self.timestamp.version += 1;
        self.snapshot.version += 1;
        self.list();
    }

    /// Lets a role that another delegates to exist, with one key.
    pub fn delegate(&mut self, delegator: &str, name: &str, seed: u8, paths: Paths, terminating: bool) {
        let above = match delegator {
            "targets" => &mut self.targets,
            other => self.delegated.get_mut(other).unwrap(),
        };
        let delegations =
            above.delegations.get_or_insert_with(|| Delegations { keys: Keys::new(), roles: Vec::new() });
        delegations.keys.extend(keys(&[seed]));
        let role_keys = role_keys(&[seed], 1);
        delegations.roles.push(DelegatedRole { name: name.to_string(), keys: role_keys, paths, terminating });
        self.delegated.entry(name.into()).or_insert_with(empty_targets);
        self.signers.insert(name.into(), alloc::vec![seed]);
    }

    pub fn root(&self) -> Vec<u8> {
        sign(&self.root, &self.signers["root"])
    }

    pub fn timestamp(&self) -> Vec<u8> {
        sign(&self.timestamp, &self.signers["timestamp"])
    }

    pub fn snapshot(&self) -> Vec<u8> {
        sign(&self.snapshot, &self.signers["snapshot"])
    }

    pub fn targets(&self) -> Vec<u8> {
        sign(&self.targets, &self.signers["targets"])
    }

    /// A delegated role's file.
    pub fn role(&self, name: &str) -> Vec<u8> {
        sign(&self.delegated[name], &self.signers[name])
    }

    /// A set that trusts the root, and waits for the timestamp.
    pub fn rooted(&self) -> TrustedSet<'static> {
        let mut set = TrustedSet::new(&self.root(), moment(NOW), &Ed25519Only).unwrap();
        set.finish_root().unwrap();
        set
    }

    /// A set that trusts root and timestamp.
    pub fn stamped(&self) -> TrustedSet<'static> {
        let mut set = self.rooted();
        assert!(matches!(set.update_timestamp(&self.timestamp(), Source::Remote), Ok(Update::Accepted(_))));
        set
    }

    /// A set that trusts root, timestamp and snapshot.
    pub fn listed(&self) -> TrustedSet<'static> {
        let mut set = self.stamped();
        assert!(matches!(set.update_snapshot(&self.snapshot(), Source::Remote), Ok(Update::Accepted(_))));
        set
    }

    /// A set that trusts all four roles.
    pub fn complete(&self) -> TrustedSet<'static> {
        let mut set = self.listed();
        assert!(matches!(set.update_targets(&self.targets(), Source::Remote), Ok(Update::Accepted(_))));
        set
    }
}
