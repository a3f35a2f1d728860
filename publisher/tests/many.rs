//! Publishing one directive among many writes, and reads, what changes and nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, and spoils files as a careless person would"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use interdict_host::signer::MemorySigner;
use interdict_host::testing::TestWorld;
use interdict_host::write::{Disk, Operation};
use interdict_keys_example::{Name, key};
use interdict_publisher::officer::add_signature;
use interdict_publisher::testing::{Authority, draft};
use interdict_schema::directive::draft::payload_of;
use interdict_schema::dsse::Envelope;
use interdict_schema::payload_type;

/// Writes the envelope of a directive, signed by two officers, and gives its path.
fn envelope(authority: &Authority, id: &str) -> String {
    let payload = payload_of(draft(id, 1, None).as_bytes()).unwrap();
    let mut envelope =
        Envelope { payload_type: payload_type::DIRECTIVE.into(), payload, signatures: Vec::new() };
    for officer in [Name::Officer1, Name::Officer2] {
        add_signature(&mut envelope, &MemorySigner::new(key(officer), "officer")).unwrap();
    }
    let name = format!("{id}.envelope.json");
    authority.write(&name, envelope.to_bytes());
    name
}

fn files(folder: &Path) -> BTreeSet<PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn one_directive_among_a_thousand_writes_its_envelope_three_files_of_metadata_and_what_is_remembered() {
    let authority = Authority::founded();
    let many: Vec<String> = (0..1_000).map(|number| envelope(&authority, &format!("BOD-{number}"))).collect();
    authority.publish(&many.iter().map(String::as_str).collect::<Vec<_>>()).done();
    let (targets, metadata) = (authority.public().join("targets"), authority.public().join("metadata"));
    let before = (files(&targets), files(&metadata));
    // None of the others is read: each is spoiled, and nobody complains.
    for path in before.0.iter().filter(|path| path.to_string_lossy().contains(".BOD-")) {
        std::fs::write(path, "spoiled").unwrap();
    }
    let one = envelope(&authority, "ED-21-01");
    let disk = Disk::recording();
    authority.run_in(TestWorld::new().disk(disk.clone()), &["publish", &one, "--repo", "repo"]).done();
    let added = |before: &BTreeSet<PathBuf>, folder: &Path| -> Vec<String> {
        let now = files(folder);
        now.difference(before).map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
    };
    assert_eq!(added(&before.1, &metadata), ["3.snapshot.json", "3.targets.json"]);
    let [name] = added(&before.0, &targets).try_into().unwrap();
    assert!(name.ends_with(".ED-21-01.1.json"), "{name}");
    let written: BTreeSet<String> = disk
        .steps()
        .iter()
        .filter(|step| step.operation == Operation::Write)
        .map(|step| step.path.strip_prefix(authority.repository()).unwrap().display().to_string())
        .filter(|path| !path.starts_with("journal"))
        .collect();
    let expected = [
        "memory/relations.json".to_owned(),
        "public/metadata/3.snapshot.json".to_owned(),
        "public/metadata/3.targets.json".to_owned(),
        "public/metadata/timestamp.json".to_owned(),
        format!("public/targets/{name}"),
    ];
    assert_eq!(written, BTreeSet::from(expected));
}
