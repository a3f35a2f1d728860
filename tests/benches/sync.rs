//! Refreshing and syncing beside their floors, in one run: from a repository in memory, into a folder that is in memory
//! where the machine has such a folder.
//!
//! | what | its floor |
//! |---|---|
//! | refresh, nothing new | reading and parsing the same metadata with a JSON parser, and checking as many signatures |
//! | sync, nothing new, 100 directives | the same, and SHA-256 of every file of the generation |
//! | the first sync of 1, 100 and 10,000 directives | parsing all envelopes and payloads, checking their signatures, writing the files |
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a benchmark that cannot go on stops, and works on real folders"
)]

use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ed25519_dalek::{Signature, VerifyingKey};
use interdict_client::config::RepositoryName;
use interdict_client::fetch::{Fetch, FetchError, Folder};
use interdict_client::places::Places;
use interdict_client::store::generation::{self, Draft};
use interdict_client::store::memory::Memory;
use interdict_client::store::roots;
use interdict_client::sync::{ExpiredRoles, Salvage, Sync, Synced};
use interdict_client::update::{Refresh, SameVersion, Store};
use interdict_host::example_keys::ExampleKeys;
use interdict_host::write::Disk;
use interdict_keys_example::{Name, key};
use interdict_schema::Sha256;
use interdict_schema::directive::scope::Profile;
use interdict_schema::dsse::{Envelope, pae};
use interdict_schema::key::Ed25519Only;
use interdict_schema::tuf::TrustedSet;
use interdict_tests::simulator::{Simulator, beginning};
use tempfile::TempDir;

/// A repository in memory, as a source of bytes.
struct InMemory<'a>(&'a BTreeMap<String, Vec<u8>>);

impl Fetch for InMemory<'_> {
    fn fetch(&self, folder: Folder, path: &str, _: u64) -> Result<Vec<u8>, FetchError> {
        let place = format!("{folder}/{path}");
        self.0.get(&place).cloned().ok_or(FetchError::NotFound { place })
    }

    fn source(&self) -> String {
        "memory".into()
    }
}

/// A client that has pinned the authority's first root.
struct Client {
    _folder: TempDir,
    places: Places,
    name: RepositoryName,
}

impl Client {
    fn trusting(authority: &Simulator) -> Self {
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let places = Places { config: folder.path().join("config.toml"), state: folder.path().join("state") };
        let name: RepositoryName = "main".parse().unwrap();
        let set = TrustedSet::new(authority.pin(), beginning(), &Ed25519Only).unwrap();
        let repository = places.repository(&name);
        roots::pin(&Disk::default(), &repository, set.accepted().first().unwrap()).unwrap();
        Memory::new(1).write(&Disk::default(), &repository).unwrap();
        Self { _folder: folder, places, name }
    }

    fn refresh(&self, authority: &Simulator) {
        let places = self.places.repository(&self.name);
        let refresh = Refresh {
            storage: &Store { disk: &Disk::default(), places: &places, salvage: &Salvage::default() },
            fetch: &InMemory(&authority.files),
            now: beginning(),
            as_of: beginning(),
            verifier: &Ed25519Only,
            same_version: SameVersion::Refused,
        };
        let mut memory = Memory::read(&places).unwrap();
        black_box(refresh.run(&roots::read(&places).unwrap().unwrap(), &mut memory).unwrap());
    }

    /// Syncs; whether there was something new, of which a generation was then made.
    fn sync(&self, authority: &Simulator) -> bool {
        let places = self.places.repository(&self.name);
        let sync = Sync {
            disk: &Disk::default(),
            places: &self.places,
            name: &self.name,
            fetch: &InMemory(&authority.files),
            now: beginning(),
            as_of: beginning(),
            expired_roles: ExpiredRoles::SetAside,
            salvage: &Salvage::default(),
            profile: &Profile::default(),
            verifier: &Ed25519Only,
            examples: ExampleKeys::Allow,
            progress: &|_, _| {},
        };
        let mut memory = Memory::read(&places).unwrap();
        match sync.repository(&roots::read(&places).unwrap().unwrap(), &mut memory).unwrap() {
            Synced::Unchanged { .. } => false,
            Synced::Changed { held, .. } => {
                let _ = black_box(
                    generation::write(&Disk::default(), &self.places, Draft { repositories: vec![*held] })
                        .unwrap(),
                );
                true
            }
        }
    }
}

fn authority(directives: u32) -> Simulator {
    let mut authority = Simulator::new();
    authority.publish_directives(directives);
    // Only what a client asks for.
    let (targets, snapshot) = (authority.targets.version, authority.snapshot.version);
    authority.files.retain(|path, _| {
        !path.ends_with(".targets.json") && !path.ends_with(".snapshot.json")
            || path.ends_with(&format!("/{targets}.targets.json"))
            || path.ends_with(&format!("/{snapshot}.snapshot.json"))
    });
    authority
}

fn of<'a>(authority: &'a Simulator, folder: &'a str) -> impl Iterator<Item = &'a Vec<u8>> {
    authority.files.iter().filter(move |(path, _)| path.starts_with(folder)).map(|(_, bytes)| bytes)
}

/// So many bare signature checks over a message of 600 bytes.
struct Signatures {
    key: VerifyingKey,
    message: Vec<u8>,
    signature: Signature,
}

impl Signatures {
    fn new() -> Self {
        use ed25519_dalek::Signer;
        let message = pae("application/vnd.interdict.directive+json", &[b'x'; 600]);
        let secret = key(Name::Officer1);
        Self { key: secret.verifying_key(), signature: secret.sign(&message), message }
    }

    fn check(&self, count: usize) {
        for _ in 0..count {
            self.key.verify_strict(black_box(&self.message), &self.signature).unwrap();
        }
    }
}

/// What a refresh cannot do without: two signatures by the root role, one by each of the others.
fn metadata_floor(authority: &Simulator, signatures: &Signatures) {
    for bytes in of(authority, "metadata/") {
        black_box(serde_json::from_slice::<serde_json::Value>(bytes).unwrap());
    }
    signatures.check(5);
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

fn nothing_new(criterion: &mut Criterion) {
    let authority = authority(100);
    let client = Client::trusting(&authority);
    assert!(client.sync(&authority), "the first sync brings something");
    assert!(!client.sync(&authority), "the second does not");
    let signatures = Signatures::new();

    let mut group = criterion.benchmark_group("refresh, nothing new, 100 directives");
    group.bench_function("floor: parse, 5 signatures", |bencher| {
        bencher.iter(|| metadata_floor(&authority, &signatures));
    });
    group.bench_function("refresh", |bencher| bencher.iter(|| client.refresh(&authority)));
    group.finish();

    let generation = client.places.generation(1);
    let mut group = criterion.benchmark_group("sync, nothing new, 100 directives");
    group.bench_function("floor: parse, 5 signatures, digests of the generation", |bencher| {
        bencher.iter(|| {
            metadata_floor(&authority, &signatures);
            for file in files(&generation) {
                black_box(Sha256::of(&fs::read(file).unwrap()));
            }
        });
    });
    group.bench_function("sync", |bencher| bencher.iter(|| assert!(!client.sync(&authority))));
    group.finish();
}

/// What a first sync cannot do without: every envelope and every payload parsed, every signature checked, and for every
/// directive two files written.
fn first_floor(authority: &Simulator, signatures: &Signatures, folder: &Path) {
    metadata_floor(authority, signatures);
    for (number, bytes) in of(authority, "targets/").enumerate() {
        let envelope = Envelope::parse(bytes, u64::MAX).unwrap();
        black_box(serde_json::from_slice::<serde_json::Value>(&envelope.payload).unwrap());
        signatures.check(2);
        fs::write(folder.join(format!("{number}.envelope")), bytes).unwrap();
        fs::write(folder.join(format!("{number}.json")), &envelope.payload).unwrap();
    }
}

fn first(criterion: &mut Criterion) {
    let signatures = Signatures::new();
    let mut group = criterion.benchmark_group("first sync");
    for directives in [1, 100, 10_000] {
        let authority = authority(directives);
        group.throughput(Throughput::Elements(directives.into()));
        if directives > 1_000 {
            group.sample_size(10).measurement_time(Duration::from_secs(20));
        }
        group.bench_function(BenchmarkId::new("floor: parse, signatures, files", directives), |bencher| {
            bencher.iter_batched(
                || tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap(),
                |folder| {
                    first_floor(&authority, &signatures, folder.path());
                    folder
                },
                BatchSize::PerIteration,
            );
        });
        group.bench_function(BenchmarkId::new("sync", directives), |bencher| {
            bencher.iter_batched(
                || Client::trusting(&authority),
                |client| {
                    assert!(client.sync(&authority));
                    client
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, nothing_new, first);
criterion_main!(benches);
