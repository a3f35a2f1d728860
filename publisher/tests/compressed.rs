//! Compressed forms beside what is published.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, and edits settings as a person would"
)]

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use interdict_host::testing::TestWorld;
use interdict_host::write::{Disk, Operation};
use interdict_keys_example::Name;
use interdict_publisher::testing::{Authority, draft};

/// An authority whose settings ask for compressed forms from now on.
fn authority() -> Authority {
    let authority = Authority::founded();
    let path = authority.repository().join("publisher.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("compressed = true\n{text}")).unwrap();
    authority
}

/// A directive that two officers signed: its envelope.
fn signed(authority: &Authority) -> String {
    authority.write("draft.jsonc", draft("BOD-17-01", 1, None));
    authority.sign("draft.jsonc", &[Name::Officer1, Name::Officer2])
}

/// Whether a file is what was published, and no form of it.
fn is_plain(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|ending| ending == "json")
}

fn names(folder: &Path) -> BTreeSet<String> {
    let names = std::fs::read_dir(folder).unwrap();
    names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn every_new_file_that_never_changes_has_its_forms_and_the_timestamp_has_none() {
    let authority = authority();
    let (targets, metadata) = (authority.public().join("targets"), authority.public().join("metadata"));
    let before = (names(&targets), names(&metadata));
    let envelope = signed(&authority);
    authority.publish(&[&envelope]).done();
    for (folder, before) in [(&targets, before.0), (&metadata, before.1)] {
        let new: BTreeSet<String> = names(folder).difference(&before).cloned().collect();
        let plain: Vec<&String> = new.iter().filter(|name| is_plain(name)).collect();
        assert_eq!(new.len(), plain.len() * 3, "{new:?}");
        for name in plain {
            let content = std::fs::read(folder.join(name)).unwrap();
            let mut unpacked = Vec::new();
            let gzip = std::fs::read(folder.join(format!("{name}.gz"))).unwrap();
            GzDecoder::new(&*gzip).read_to_end(&mut unpacked).unwrap();
            assert_eq!(unpacked, content, "{name}");
            let zstd = std::fs::read(folder.join(format!("{name}.zst"))).unwrap();
            assert_eq!(zstd::bulk::decompress(&zstd, content.len()).unwrap(), content, "{name}");
        }
    }
    assert!(!names(&metadata).iter().any(|name| name.starts_with("timestamp.json.")));
    authority.run(&["verify", "--repo", "repo"]).done();
    authority.run(&["refresh", "--repo", "repo", "--snapshot"]).done();
    assert!(names(&metadata).contains("3.snapshot.json.zst"));
}

#[test]
fn forms_are_written_once_the_publication_is_live() {
    let authority = authority();
    let envelope = signed(&authority);
    let disk = Disk::recording();
    authority.run_in(TestWorld::new().disk(disk.clone()), &["publish", &envelope, "--repo", "repo"]).done();
    let renamed: Vec<String> = disk
        .steps()
        .iter()
        .filter(|step| step.operation == Operation::Write)
        .map(|step| step.path.display().to_string())
        .filter(|path| path.contains("/public/"))
        .collect();
    let live = renamed.iter().position(|path| path.ends_with("timestamp.json")).unwrap();
    let (before, after) = renamed.split_at(live + 1);
    assert!(before.iter().all(|path| is_plain(path)), "{before:?}");
    assert_eq!(after.len(), 6, "{after:?}");
}

#[test]
fn a_form_that_the_disk_does_not_take_is_warned_of_and_the_publication_stands() {
    let authority = authority();
    // Something is in the place of a form that will be written.
    std::fs::create_dir_all(authority.public().join("metadata/2.targets.json.gz/in-the-way")).unwrap();
    let envelope = signed(&authority);
    let run = authority.publish(&[&envelope]).done();
    assert!(run.stderr.contains("no compressed form"), "{}", run.stderr);
    authority.run(&["verify", "--repo", "repo"]).done();
}
