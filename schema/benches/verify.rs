//! Verification beside its floor, in one run: an envelope beside the bare signature checks in it, a large `targets.json`
//! beside the bare parse of its bytes.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ed25519_dalek::{Signer, SigningKey};
use interdict_schema::DateTime;
use interdict_schema::dsse::{self, Envelope, pae};
use interdict_schema::key::{Ed25519Only, PublicKey};
use interdict_schema::payload_type::DIRECTIVE;
use interdict_schema::tuf::{
    Key, MetaFile, Role, RoleKeys, Roles, Root, Signature, Snapshot, Source, TargetFile, Targets, Timestamp,
    TimestampMeta, TrustedSet, Unsigned,
};

fn secret(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn public(seed: u8) -> PublicKey {
    PublicKey::ed25519(secret(seed).verifying_key().as_bytes()).unwrap()
}

fn envelope(criterion: &mut Criterion) {
    let payload = vec![b'x'; 600];
    let message = pae(DIRECTIVE, &payload);
    let signatures = [1, 2].map(|seed| secret(seed).sign(&message));
    let keys = [1, 2, 3].map(public);
    let bytes = Envelope {
        payload_type: DIRECTIVE.into(),
        payload,
        signatures: signatures
            .iter()
            .map(|signature| dsse::Signature { keyid: None, sig: signature.to_bytes().into() })
            .collect(),
    }
    .to_bytes();
    let mut group = criterion.benchmark_group("envelope of 600 bytes, 2 of 3 keys");
    group.bench_function("floor: verify_strict twice", |bencher| {
        let verifying = [1, 2].map(|seed| secret(seed).verifying_key());
        bencher.iter(|| {
            for (key, signature) in verifying.iter().zip(&signatures) {
                key.verify_strict(black_box(&message), signature).unwrap();
            }
        });
    });
    group.bench_function("parse and open", |bencher| {
        bencher.iter(|| {
            let envelope = Envelope::parse(black_box(&bytes), 10_000).unwrap();
            envelope.open(DIRECTIVE, &keys, 2, &Ed25519Only).unwrap()
        });
    });
    group.finish();
}

fn sign<T: Role>(document: &T) -> Vec<u8> {
    let unsigned = Unsigned::new(document).unwrap();
    let sig = secret(1).sign(unsigned.message()).to_bytes().into();
    unsigned.with_signatures([Signature { keyid: Key::of(&public(1)).keyid(), sig }])
}

/// A set that waits for these targets, and their bytes.
fn repository(count: usize, now: DateTime) -> (TrustedSet<'static>, Vec<u8>) {
    let key = Key::of(&public(1));
    let role = RoleKeys { keyids: vec![key.keyid()], threshold: 1 };
    let roles = Roles { root: role.clone(), timestamp: role.clone(), snapshot: role.clone(), targets: role };
    let (version, expires) = (1, now.saturating_add_seconds(86_400));
    let keys = BTreeMap::from([(key.keyid(), key)]);
    let root = sign(&Root { version, expires, consistent_snapshot: true, keys, roles });
    let entry = |number: usize| {
        let custom = serde_json::json!({
            "id": format!("BOD-{number}"), "revision": 1, "status": "in-force", "title": "Remove it",
        });
        (format!("BOD-{number}.1.json"), TargetFile::of(&number.to_be_bytes(), Some(custom)))
    };
    let targets =
        sign(&Targets { version, expires, targets: (0..count).map(entry).collect(), delegations: None });
    let meta = BTreeMap::from([("targets.json".into(), MetaFile::of(version, &targets))]);
    let snapshot = sign(&Snapshot { version, expires, meta });
    let meta = TimestampMeta { snapshot: MetaFile::of(version, &snapshot) };
    let timestamp = sign(&Timestamp { version, expires, meta });
    let mut set = TrustedSet::new(&root, now, &Ed25519Only).unwrap();
    set.finish_root().unwrap();
    let _ = set.update_timestamp(&timestamp, Source::Remote).unwrap();
    let _ = set.update_snapshot(&snapshot, Source::Remote).unwrap();
    (set, targets)
}

fn targets(criterion: &mut Criterion) {
    let (set, bytes) = repository(10_000, "2026-01-01T00:00:00Z".parse().unwrap());
    let mut group = criterion.benchmark_group("targets.json of 10,000 entries");
    group.throughput(Throughput::Bytes(u64::try_from(bytes.len()).unwrap()));
    group.bench_function("floor: serde_json parse", |bencher| {
        bencher.iter(|| serde_json::from_slice::<serde_json::Value>(black_box(&bytes)).unwrap());
    });
    group.bench_function("parse, verify and admit", |bencher| {
        bencher.iter(|| {
            let mut set = set.clone();
            let _ = set.update_targets(black_box(&bytes), Source::Remote).unwrap();
            set
        });
    });
    group.finish();
}

criterion_group!(benches, envelope, targets);
criterion_main!(benches);
