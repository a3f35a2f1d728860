//! Sequences of calls to the trusted set with files that are signed by its own keys: the input says which file is changed
//! in which way, and in which order the files come. Whatever comes, versions never go down and nothing panics.
#![no_main]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use ed25519_dalek::{Signer, SigningKey};
use interdict_schema::DateTime;
use interdict_schema::key::{Ed25519Only, PublicKey};
use interdict_schema::tuf::*;
use libfuzzer_sys::fuzz_target;

/// Eight keys, made once: what is to be tried is the set, not the making of keys.
static KEYS: LazyLock<Vec<(SigningKey, Key, String)>> = LazyLock::new(|| {
    (0..8)
        .map(|seed| {
            let secret = SigningKey::from_bytes(&[seed; 32]);
            let key = Key::of(&PublicKey::ed25519(secret.verifying_key().as_bytes()).unwrap());
            let keyid = key.keyid();
            (secret, key, keyid)
        })
        .collect()
});

fn of(seed: u8) -> &'static (SigningKey, Key, String) {
    &KEYS[usize::from(seed % 8)]
}

fn role_keys(seed: u8, threshold: u32) -> RoleKeys {
    let mut keyids = vec![of(seed).2.clone()];
    if seed % 8 != 7 {
        keyids.push(of(7).2.clone());
    }
    RoleKeys { keyids, threshold }
}

fn keys() -> Keys {
    KEYS.iter().map(|(_, key, keyid)| (keyid.clone(), key.clone())).collect()
}

fn sign<T: Role>(document: &T, seed: u8) -> Vec<u8> {
    let unsigned = Unsigned::new(document).unwrap();
    let signature = |seed| Signature {
        keyid: of(seed).2.clone(),
        sig: of(seed).0.sign(unsigned.message()).to_bytes().to_vec(),
    };
    unsigned.with_signatures(if seed & 0x40 == 0 {
        vec![signature(seed)]
    } else {
        vec![signature(seed), signature(7)]
    })
}

/// What the input says, byte by byte; zero when it has ended.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn next(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn version(&mut self) -> u64 {
        match self.next() {
            255 => u64::MAX,
            other => u64::from(other % 5) + 1,
        }
    }

    fn moment(&mut self) -> DateTime {
        let now: DateTime = "2026-01-01T00:00:00Z".parse().unwrap();
        now.saturating_add_seconds(i64::from(self.next() % 16) - 1)
    }
}

fn targets(choices: &mut Choices<'_>) -> Targets {
    let mut files = BTreeMap::new();
    if choices.next() & 1 == 1 {
        files.insert("a/b".to_owned(), TargetFile::of(&[choices.next()], None));
    }
    let mut roles: Vec<DelegatedRole> = Vec::new();
    for _ in 0..choices.next() % 4 {
        let name = ["r", "s", "t", "u"][usize::from(choices.next() % 4)];
        if roles.iter().any(|role| role.name == name) {
            continue;
        }
        let pattern = ["*", "*/*", "a/*", "?/?"][usize::from(choices.next() % 4)];
        let bits = choices.next();
        roles.push(DelegatedRole {
            name: name.into(),
            keys: role_keys(bits, 1 + u32::from(bits >> 7)),
            paths: if bits & 0x20 == 0 {
                Paths::Patterns(vec![pattern.into()])
            } else {
                Paths::HashPrefixes(vec![String::new()])
            },
            terminating: bits & 0x10 != 0,
        });
    }
    let delegations = (!roles.is_empty()).then(|| Delegations { keys: keys(), roles });
    Targets { version: choices.version(), expires: choices.moment(), targets: files, delegations }
}

fn file(choices: &mut Choices<'_>, bytes: &[u8], version: Version) -> MetaFile {
    match choices.next() % 4 {
        0 => MetaFile { version, length: None, hashes: None },
        1 => MetaFile { version: version.saturating_add(1), length: None, hashes: None },
        _ => MetaFile::of(version, bytes),
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut choices = Choices(bytes);
    let now: DateTime = "2026-01-01T00:00:00Z".parse().unwrap();
    let root = |choices: &mut Choices<'_>, version| Root {
        version,
        expires: choices.moment(),
        consistent_snapshot: choices.next() & 1 == 0,
        keys: keys(),
        roles: Roles {
            root: role_keys(0, 1),
            timestamp: role_keys(1, 1),
            snapshot: role_keys(2, 1),
            targets: role_keys(3 + choices.next() % 2, 1),
        },
    };
    let Ok(mut set) = TrustedSet::new(&sign(&root(&mut choices, 1), 0), now, &Ed25519Only) else { return };
    let path: TargetPath = "a/b".parse().unwrap();
    let mut served: BTreeMap<RoleName, (Version, Vec<u8>)> = BTreeMap::new();
    for _ in 0..64 {
        if choices.0.is_empty() {
            break;
        }
        let before = set.versions();
        let what = choices.next();
        let source = if what & 0x80 == 0 { Source::Remote } else { Source::Local };
        match what % 9 {
            0 => {
                let version = choices.version();
                let root = root(&mut choices, version);
                let _ = set.update_root(&sign(&root, choices.next()));
            }
            1 => drop(set.finish_root()),
            2 => {
                let snapshot =
                    served.get(&RoleName::from(RoleType::Snapshot)).cloned().unwrap_or((1, Vec::new()));
                let timestamp = Timestamp {
                    version: choices.version(),
                    expires: choices.moment(),
                    meta: TimestampMeta { snapshot: file(&mut choices, &snapshot.1, snapshot.0) },
                };
                let _ = set.update_timestamp(&sign(&timestamp, 1), source);
            }
            3 => {
                let meta = served
                    .iter()
                    .filter(|(role, _)| role.role_type() == RoleType::Targets)
                    .map(|(role, (version, bytes))| (role.meta_name(), file(&mut choices, bytes, *version)))
                    .collect();
                let snapshot = Snapshot { version: choices.version(), expires: choices.moment(), meta };
                let bytes = sign(&snapshot, 2);
                served.insert(RoleType::Snapshot.into(), (snapshot.version, bytes));
            }
            4 => {
                let name =
                    RoleName::from_text(["targets", "r", "s", "t", "u"][usize::from(choices.next() % 5)]);
                let targets = targets(&mut choices);
                let bytes = sign(&targets, choices.next());
                served.insert(name, (targets.version, bytes));
            }
            5 => {
                if let Some((_, bytes)) = served.get(&RoleName::from(RoleType::Snapshot)) {
                    let _ = set.update_snapshot(bytes, source);
                }
            }
            6 => {
                if let Some((_, bytes)) = served.get(&RoleName::from(RoleType::Targets)) {
                    let _ = set.update_targets(bytes, source);
                }
            }
            7 => loop {
                match set.find(&path) {
                    Ok(Lookup::Needs { role, delegator }) => {
                        let Some((_, bytes)) = served.get(&role) else { break };
                        if !matches!(
                            set.update_delegated(&role, &delegator, bytes, source),
                            Ok(Update::Accepted(_))
                        ) {
                            break;
                        }
                    }
                    Ok(Lookup::Found { file, .. }) => {
                        let _ = set.verify_target(&path, file, &[choices.next()]);
                        let _ = set.target_request(&path, file);
                        break;
                    }
                    _ => break,
                }
            },
            _ => set.remember(RoleName::from_text("targets"), 1 + u64::from(choices.next() % 3)),
        }
        let after = set.versions();
        for (role, version) in before {
            // The timestamp names a newer snapshot before that snapshot is there: what is listed may only be replaced by more.
            if let Some(now) = after.get(&role) {
                assert!(*now >= version, "{role}: {version} became {now}");
            }
        }
        let _ = (set.root_request(), set.timestamp_request(), set.snapshot_request(), set.targets_request());
        let _ = set.accepted();
    }
});
