#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and write files"
)]

use std::path::PathBuf;

use interdict_schema::limits::{BUNDLE_FILE_LENGTH, BUNDLE_FILES, BUNDLE_NAME_LENGTH};
use tar::{EntryType, Header};

use super::archive::{head, write};
use super::{Bundle, File, NotABundle};
use crate::fetch::{Fetch, FetchError, Folder};

fn file(name: &str, bytes: &[u8]) -> File {
    File { name: name.into(), bytes: bytes.into() }
}

fn open(bytes: &[u8]) -> Result<Bundle, NotABundle> {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("bundle");
    std::fs::write(&path, bytes).unwrap();
    Bundle::open(&path)
}

fn sample() -> Vec<u8> {
    write(&[
        file("metadata/timestamp.json", b"{}"),
        file("targets/a.json", &[7; 512]),
        file("targets/b", b""),
    ])
}

#[test]
fn gives_back_what_was_written_and_never_more_than_asked() {
    let long = format!("targets/{}.json", "a".repeat(140));
    let mut files = vec![file("metadata/1.root.json", b"root"), file(&long, b"long")];
    files.push(file("targets/empty", b""));
    let bundle = open(&write(&files)).unwrap();
    assert_eq!(bundle.fetch(Folder::Metadata, "1.root.json", 4).unwrap(), b"root");
    assert_eq!(bundle.fetch(Folder::Targets, &long["targets/".len()..], 9).unwrap(), b"long");
    assert_eq!(bundle.fetch(Folder::Targets, "empty", 0).unwrap(), b"");
    let shorter = bundle.fetch(Folder::Metadata, "1.root.json", 3);
    assert!(matches!(shorter, Err(FetchError::TooLong { limit: 3, .. })));
    for absent in ["2.root.json", "../metadata/1.root.json", ""] {
        let found = bundle.fetch(Folder::Metadata, absent, 9);
        assert!(matches!(found, Err(FetchError::NotFound { .. })), "{absent}");
    }
}

#[test]
fn is_an_archive_that_others_read() {
    let bytes = sample();
    let mut archive = tar::Archive::new(&*bytes);
    let names: Vec<String> = archive
        .entries()
        .unwrap()
        .map(|entry| entry.unwrap().path().unwrap().display().to_string())
        .collect();
    assert_eq!(names, ["metadata/timestamp.json", "targets/a.json", "targets/b"]);
}

#[test]
fn a_bundle_that_is_cut_off_anywhere_is_refused() {
    let whole = sample();
    for length in 0..whole.len() {
        assert!(matches!(open(&whole[..length]), Err(NotABundle::CutOff { .. })), "{length}");
    }
}

#[test]
fn every_byte_that_is_not_a_files_own_has_one_value() {
    let whole = sample();
    let own = |at: usize| (512..514).contains(&at) || (1536..2048).contains(&at);
    for at in (0..whole.len()).filter(|at| !own(*at)) {
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << (at % 8);
        assert!(open(&flipped).is_err(), "byte {at}");
    }
}

#[test]
fn what_follows_the_end_is_refused() {
    for more in [1, 511, 512, 1024] {
        let mut longer = sample();
        longer.extend(vec![0; more]);
        assert!(matches!(open(&longer), Err(NotABundle::Rubbish { .. })), "{more}");
    }
}

/// An archive with one entry of this type and name.
fn entry(kind: EntryType, name: &str, link: &str) -> Vec<u8> {
    let mut header = Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.as_old_mut().linkname[..link.len()].copy_from_slice(link.as_bytes());
    header.set_entry_type(kind);
    header.set_size(0);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_cksum();
    [header.as_bytes().as_slice(), &[0; 1024]].concat()
}

/// trust.md rule 14
#[test]
fn links_folders_devices_and_extensions_are_refused() {
    for kind in [
        EntryType::Symlink,
        EntryType::Link,
        EntryType::Directory,
        EntryType::Fifo,
        EntryType::Char,
        EntryType::Block,
        EntryType::XHeader,
        EntryType::XGlobalHeader,
        EntryType::GNULongLink,
        EntryType::GNUSparse,
        EntryType::Continuous,
    ] {
        let found = open(&entry(kind, "metadata/2.root.json", "/etc/passwd"));
        assert!(matches!(found, Err(NotABundle::Kind { .. })), "{kind:?}: {found:?}");
    }
}

/// trust.md rule 14
#[test]
fn names_that_lead_elsewhere_are_refused() {
    for name in [
        "/etc/passwd",
        "../metadata/x",
        "metadata/../x",
        "metadata/..",
        "metadata/.",
        "metadata/",
        "metadata",
        "./metadata/x",
        "metadata//x",
        "metadata/a/b",
        "metadata/a\\b",
        "evidence/x",
        "metadata/a b",
        "metadata/\u{1b}[31m",
        "metadata/é",
        "",
    ] {
        let found = open(&write(&[file(name, b"x")]));
        assert!(matches!(found, Err(NotABundle::Name { .. })), "{name}: {found:?}");
    }
}

#[test]
fn one_name_twice_is_refused() {
    let found = open(&write(&[file("metadata/a", b"1"), file("metadata/b", b""), file("metadata/a", b"1")]));
    assert!(matches!(found, Err(NotABundle::Duplicate { .. })), "{found:?}");
}

#[test]
fn a_name_of_the_limit_is_read_and_a_longer_one_is_not() {
    let name = |length: usize| format!("targets/{}", "n".repeat(length - "targets/".len()));
    assert!(open(&write(&[file(&name(BUNDLE_NAME_LENGTH), b"x")])).is_ok());
    let found = open(&write(&[file(&name(BUNDLE_NAME_LENGTH + 1), b"x")]));
    assert!(matches!(found, Err(NotABundle::NameTooLong { found: 513, limit: 512 })), "{found:?}");
}

#[test]
fn as_many_files_as_the_limit_are_read_and_one_more_is_not() {
    let mut bytes: Vec<u8> =
        (0..BUNDLE_FILES).flat_map(|number| head(format!("targets/{number}").as_bytes(), 0)).collect();
    let more = head(b"targets/more", 0);
    bytes.extend([0; 1024]);
    assert!(open(&bytes).is_ok());
    bytes.truncate(bytes.len() - 1024);
    bytes.extend(more);
    bytes.extend([0; 1024]);
    assert!(matches!(open(&bytes), Err(NotABundle::TooMany { limit: BUNDLE_FILES })));
}

#[test]
fn a_size_that_is_stated_and_not_there_costs_nothing() {
    for (size, bomb) in [
        (BUNDLE_FILE_LENGTH, false),
        (BUNDLE_FILE_LENGTH + 1, true),
        (u64::MAX / 2, true),
        (u64::MAX - 600, true),
    ] {
        let mut bytes = head(b"targets/a", size);
        bytes.extend([0; 1024]);
        match open(&bytes) {
            Err(NotABundle::TooLong { .. }) => assert!(bomb, "{size}"),
            Err(NotABundle::CutOff { .. }) => assert!(!bomb, "{size}"),
            other => panic!("{size}: {other:?}"),
        }
    }
}

#[test]
fn a_folder_or_device_is_no_bundle() {
    for path in ["/", "/dev/null"] {
        assert!(matches!(Bundle::open(path.as_ref()), Err(NotABundle::NotPlain)), "{path}");
    }
    assert!(matches!(Bundle::open("/nowhere/at/all".as_ref()), Err(NotABundle::Disk(_))));
}
