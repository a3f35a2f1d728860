//! Publishing one directive among many: everything between reading what is published and having the next metadata signed
//! and checked, beside its floor, reading the published metadata as a client does.
//!
//! The signatures of the directives that are published already are not checked again, so both grow with the length of the
//! targets metadata and with nothing else. Where a directive of the change has relations, they all are read and checked.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a benchmark that cannot be set up fails, and criterion's macros document nothing"
)]

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use interdict_host::example_keys::ExampleKeys;
use interdict_host::signer::{Credentials, KeyUri, MemorySigner, SecretSources};
use interdict_host::testing::TestWorld;
use interdict_host::write::Disk;
use interdict_keys_example::{Name, key};
use interdict_publisher::keyring::Keyring;
use interdict_publisher::officer::add_signature;
use interdict_publisher::publish::{Change, Stage, self_check, sign_staged, stage};
use interdict_publisher::repository::current::{Current, used_versions};
use interdict_publisher::repository::files::{Folder, NewFiles};
use interdict_publisher::repository::relations::Relations;
use interdict_publisher::repository::{Compressed, KeyUris, Lifetimes, Repository, client_view, write};
use interdict_publisher::testing::{Authority, draft};
use interdict_schema::directive::draft::payload_of;
use interdict_schema::dsse::Envelope;
use interdict_schema::payload_type;

fn envelope(id: &str) -> Envelope {
    let payload = payload_of(draft(id, 1, None).as_bytes()).unwrap();
    let mut envelope =
        Envelope { payload_type: payload_type::DIRECTIVE.into(), payload, signatures: Vec::new() };
    for officer in [Name::Officer1, Name::Officer2] {
        add_signature(&mut envelope, &MemorySigner::new(key(officer), "officer")).unwrap();
    }
    envelope
}

/// What `publish` does, up to the disk.
fn next(authority: &Authority, change: &Change) -> NewFiles {
    let repository = Repository::new(authority.repository());
    let folder = Folder::new(repository.public());
    let current = Current::read(&folder, used_versions(&repository.metadata()).unwrap()).unwrap();
    let relations = Relations::of(&repository, &current, &folder).unwrap();
    let touched = current.touched(&folder, change, &relations).unwrap();
    let staged = stage(&current, &touched, change, authority.now(), &Lifetimes::default()).unwrap();
    let Stage::Next(staged) = staged else { return NewFiles::default() };
    let keys = ["targets-1", "targets-2", "snapshot", "timestamp"];
    let keys: Vec<KeyUri> =
        keys.iter().map(|name| authority.folder().join(format!("keys/{name}.key")).into()).collect();
    let mut test = TestWorld::new();
    let mut credentials = Credentials::of(&mut test.world, ExampleKeys::Allow, SecretSources::default());
    let mut keyring = Keyring::read(&keys, &KeyUris::default(), &mut credentials).unwrap();
    let new = sign_staged(&staged, current.root().signed(), &mut keyring, &mut credentials).unwrap();
    self_check(
        Some(current.set()),
        &new,
        &folder,
        staged.changed.iter().map(String::as_str),
        authority.now(),
    )
    .unwrap();
    new
}

/// An authority that has published so many directives.
fn with_directives(count: usize) -> Authority {
    let authority = Authority::founded();
    let mut change = Change::default();
    for number in 0..count {
        change.add_document(envelope(&format!("BOD-{number}"))).unwrap();
    }
    let new = next(&authority, &change);
    let (disk, repository) = (Disk::default(), Repository::new(authority.repository()));
    write::prepare(&disk, &repository).unwrap();
    write::write(&disk, &repository, &new, Compressed::No).unwrap();
    // As every publication leaves it: the next one need not read the relations of all of them.
    let folder = Folder::new(repository.public());
    let current = Current::read(&folder, used_versions(&repository.metadata()).unwrap()).unwrap();
    Relations::of(&repository, &current, &folder).unwrap().write(&disk, &repository).unwrap();
    authority
}

fn publish_one(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("publish one directive");
    group.sample_size(10);
    for count in [100, 1_000, 10_000] {
        let authority = with_directives(count);
        let mut change = Change::default();
        change.add_document(envelope("ED-1")).unwrap();
        group.bench_function(BenchmarkId::new("among", count), |bencher| {
            bencher.iter(|| next(&authority, &change));
        });
        let folder = Folder::new(authority.public());
        group.bench_function(BenchmarkId::new("floor: read the metadata", count), |bencher| {
            bencher.iter(|| client_view::trusted_set(&folder, authority.now()).unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, publish_one);
criterion_main!(benches);
