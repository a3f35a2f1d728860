//! `interdict tuf` against a simulated repository behind the real server: what is asked for, in which order, what is kept.
//!
//! A room for each thing that can be asked of a client. Together they state, in our own words, what the TUF community's
//! conformance suite asks of one; `docs/trust.md` says how that suite itself is run.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test may fail by panicking, works on real folders, and says what it skipped"
)]

mod client;
mod command_line;
mod delegations;
mod downloads;
mod expiration;
mod keys;
mod refresh;
mod rollback;
mod roots;
mod site;
mod thresholds;

use client::Client;
use interdict_schema::tuf::MetaFile;
use interdict_tests::simulator::{Simulator, sign};

/// What a client that has the first root asks for first.
const TOP_LEVEL: [&str; 4] = [
    "/metadata/2.root.json 404",
    "/metadata/timestamp.json 200",
    "/metadata/1.snapshot.json 200",
    "/metadata/1.targets.json 200",
];

/// A repository with one target, and a client that trusts its root.
fn one_target() -> (Simulator, Client) {
    let mut repository = Simulator::new();
    repository.target("file.txt", b"content");
    repository.publish();
    let client = Client::trusting(&repository);
    (repository, client)
}

/// Serves other bytes as the snapshot, which the timestamp names with their length and digest.
fn replace_snapshot(repository: &mut Simulator, bytes: Vec<u8>) {
    let version = repository.timestamp.meta.snapshot.version;
    repository.timestamp.meta.snapshot = MetaFile::of(version, &bytes);
    repository.files.insert(format!("metadata/{version}.snapshot.json"), bytes);
    repository.sign_timestamp();
}

/// Serves other bytes as the targets, which snapshot and timestamp name likewise.
fn replace_targets(repository: &mut Simulator, bytes: Vec<u8>) {
    let version = repository.snapshot.meta["targets.json"].version;
    repository.snapshot.meta.insert("targets.json".into(), MetaFile::of(version, &bytes));
    repository.files.insert(format!("metadata/{version}.targets.json"), bytes);
    let snapshot = sign(&repository.snapshot, &repository.signers[1..2]);
    replace_snapshot(repository, snapshot);
}
