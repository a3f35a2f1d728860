//! A machine whose files the input has written: package databases with their logs, modules, profiles of browsers, processes.
//!
//! A line `=x` begins a file, whose place the letter names (see `PLACES`); what follows is its content, to the next such
//! line.
#![no_main]

use std::fs;
use std::path::Path;

use interdict_client::inventory::files::{self, Digests, Under};
use interdict_client::inventory::{Everything, Inventory, Limits, browsers, machine, machine_name, processes};
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits =
    Limits { file_bytes: 1 << 20, unpacked_bytes: 1 << 20, row_bytes: 4_096, components: 1_000, findings: 1_000, notes: 10 };

/// What a place says when it holds no JSON at all.
#[derive(PartialEq)]
enum Is {
    /// The packages are not complete.
    PackageJson,
    /// The extensions are not complete.
    ProfileJson,
    /// It may be anything.
    Other,
}

const PLACES: [(u8, Is, &str); 26] = [
    (b'a', Is::Other, "var/lib/dpkg/status"),
    (b'b', Is::Other, "var/lib/dpkg/status.d/base"),
    (b'c', Is::Other, "var/lib/rpm/rpmdb.sqlite"),
    (b'd', Is::Other, "var/lib/rpm/rpmdb.sqlite-wal"),
    (b'e', Is::Other, "var/lib/rpm/rpmdb.sqlite-journal"),
    (b'f', Is::Other, "lib/apk/db/installed"),
    (b'g', Is::Other, "var/lib/pacman/local/kesl-1-1/desc"),
    (b'h', Is::Other, "var/lib/flatpak/app/a.b.C/current/active/metadata"),
    (b'i', Is::Other, "var/lib/snapd/state.json"),
    (b'j', Is::Other, "snap/kesl/current/meta/snap.yaml"),
    (b'k', Is::Other, "usr/lib/python3/dist-packages/kesl-1.dist-info/METADATA"),
    (b'l', Is::PackageJson, "usr/lib/node_modules/kesl/package.json"),
    (b'm', Is::ProfileJson, "home/anna/.config/google-chrome/Default/Preferences"),
    (b'n', Is::ProfileJson, "home/anna/.config/google-chrome/Default/Secure Preferences"),
    (b'o', Is::ProfileJson, "home/anna/.config/google-chrome/Default/Extensions/aaaabbbbccccddddeeeeffffgggghhhh/1_0/manifest.json"),
    (b'p', Is::Other, "home/anna/.config/google-chrome/Default/Extensions/aaaabbbbccccddddeeeeffffgggghhhh/1_0/_locales/en/messages.json"),
    (b'q', Is::Other, "home/anna/.mozilla/firefox/profiles.ini"),
    (b'r', Is::ProfileJson, "home/anna/.mozilla/firefox/x.default/extensions.json"),
    (b's', Is::Other, "home/anna/.mozilla/firefox/x.default/prefs.js"),
    (b't', Is::Other, "etc/passwd"),
    (b'u', Is::Other, "etc/os-release"),
    (b'v', Is::Other, "etc/hostname"),
    (b'w', Is::Other, "proc/1/comm"),
    (b'x', Is::Other, "proc/1/cmdline"),
    (b'y', Is::Other, "proc/1/stat"),
    (b'z', Is::Other, "proc/1/status"),
];

fuzz_target!(|bytes: &[u8]| {
    let root = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let (mut packages_broken, mut profiles_broken) = (false, false);
    let mut taken = Vec::new();
    for (letter, content) in sections(bytes) {
        let Some((_, is, place)) = PLACES.iter().find(|(known, ..)| *known == letter) else { continue };
        if taken.contains(&letter) {
            continue;
        }
        taken.push(letter);
        let path = root.path().join(place);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        let text = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
        let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok();
        packages_broken |= *is == Is::PackageJson && !is_json;
        // A broken manifest matters only where nothing else names the extension; Preferences and add-ons always do.
        profiles_broken |= *is == Is::ProfileJson && letter != b'o' && !is_json;
        packages_broken |= letter == b'c' && !content.starts_with(b"SQLite format 3\0");
    }
    let packages = machine::read(root.path(), &LIMITS);
    let profiles = browsers::read(root.path(), &LIMITS);
    bounded(&packages);
    bounded(&profiles);
    assert!(!(packages_broken && packages.is_complete()), "{:?}", packages.coverage);
    assert!(!(profiles_broken && profiles.is_complete()), "{:?}", profiles.coverage);
    bounded(&processes::read(&root.path().join("proc"), &LIMITS));
    let _ = machine_name::name_of(root.path());
    let home = Under::root(root.path(), Path::new("home"));
    bounded(&files::read(&home, Digests::Taken, 1, &LIMITS, &Everything, &|_| ()));
});

fn bounded(inventory: &Inventory) {
    assert!(!inventory.coverage.is_empty());
    for coverage in &inventory.coverage {
        assert!(coverage.notes.len() <= LIMITS.notes);
        assert!(coverage.components <= 1_000);
    }
    for component in &inventory.components {
        assert!(component.source.source < inventory.coverage.len());
    }
}

/// The letter and the content of each file.
fn sections(bytes: &[u8]) -> Vec<(u8, &[u8])> {
    let mut sections = Vec::new();
    let mut rest = bytes;
    while let [b'=', letter, b'\n', content @ ..] = rest {
        let end = content.windows(4).position(|found| matches!(found, [b'\n', b'=', _, b'\n']));
        let (content, behind) = content.split_at(end.unwrap_or(content.len()));
        sections.push((*letter, content));
        rest = behind.get(1..).unwrap_or_default();
    }
    sections
}
