#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails"
)]

use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use tempfile::TempDir;

use super::super::coverage::{Place, Reading};
use super::super::rpm::{self as rpm_reader, CommandError};
use super::super::sqlite::{JOURNAL, SqliteError};
use super::*;

const DPKG: &str = "Package: kesl\nStatus: install ok installed\nVersion: 1\n";

/// A root with these files.
fn machine(files: &[(&str, &[u8])]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for (below, bytes) in files {
        let path = root.path().join(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    root
}

fn read(root: &TempDir) -> Inventory {
    read_with(root.path(), &Limits::STANDARD, Path::new("/nonexistent/rpm"))
}

fn purls(inventory: &Inventory) -> Vec<String> {
    let text = |found: &super::super::Component| {
        found.purl.as_ref().map_or_else(|| found.name.clone(), ToString::to_string)
    };
    inventory.components.iter().map(text).collect()
}

/// What was not read, or not wholly, by its source below the root, and why.
fn unread(root: &TempDir, inventory: &Inventory) -> Vec<(String, Problem)> {
    let prefix = format!("{}/", root.path().display());
    let name = |coverage: &Coverage| coverage.source.strip_prefix(&prefix).unwrap_or("").to_owned();
    let found = inventory.coverage.iter().filter_map(|coverage| match &coverage.read {
        Reading::Complete => None,
        Reading::Partial { reason, .. } | Reading::Unread { reason } => {
            Some((name(coverage), reason.clone()))
        }
    });
    found.collect()
}

#[test]
fn reads_dpkg_with_the_distribution_of_the_machine() {
    let root = machine(&[
        ("usr/lib/os-release", b"NAME=x\nID=\"debian\"\nID_LIKE=y\n"),
        (DPKG_STATUS, DPKG.as_bytes()),
    ]);
    fs::create_dir(root.path().join("etc")).unwrap();
    symlink("../usr/lib/os-release", root.path().join("etc/os-release")).unwrap();
    let inventory = read(&root);
    assert!(inventory.is_complete(), "{:?}", inventory.coverage);
    assert_eq!(purls(&inventory), ["pkg:deb/debian/kesl@1"]);
}

#[test]
fn a_machine_without_a_database_is_unknown_and_not_clean() {
    for files in [&[][..], &[(DPKG_STATUS, &b""[..])]] {
        let root = machine(files);
        fs::create_dir_all(root.path().join("var/lib/dpkg/status.d")).unwrap();
        let inventory = read(&root);
        assert!(inventory.components.is_empty() && !inventory.is_complete());
        let path = root.path().display().to_string();
        let reason = Problem::NoDatabase { database: SYSTEMS, path };
        assert_eq!(inventory.coverage[0].read, Reading::Unread { reason });
    }
}

#[test]
fn databases_without_a_package_say_nothing_of_a_machine_whatever_lies_beside_them() {
    let package = br#"{"name":"a","version":"1.0.0"}"#;
    for (place, empty) in
        [(DPKG_STATUS, "\n"), ("lib/apk/db/installed", ""), ("var/lib/pacman/local/ALPM_DB_VERSION", "9\n")]
    {
        let root = machine(&[(place, empty.as_bytes()), ("usr/lib/node_modules/a/package.json", package)]);
        let inventory = read(&root);
        assert_eq!(inventory.components.len(), 1, "{place}");
        let path = root.path().display().to_string();
        let reason = Problem::NoDatabase { database: SYSTEMS, path };
        assert_eq!(unread(&root, &inventory), [(String::new(), reason)], "{place}");
    }
}

#[test]
fn a_root_that_is_not_there_is_unknown() {
    let inventory = read_with(Path::new("/nonexistent"), &Limits::STANDARD, Path::new("/nonexistent/rpm"));
    let reason = Problem::Disk { path: "/nonexistent".into(), kind: io::ErrorKind::NotFound };
    assert_eq!(inventory.coverage[0].read, Reading::Unread { reason });
}

#[test]
fn the_packages_of_an_image_without_dpkg_are_read_from_a_file_each() {
    let root = machine(&[
        ("var/lib/dpkg/status.d/base", b"Package: base-files\nVersion: 12\nArchitecture: amd64\n"),
        ("var/lib/dpkg/status.d/kesl", DPKG.as_bytes()),
        ("var/lib/dpkg/status.d/kesl.md5sums", b"0123  usr/bin/kesl\n"),
        ("var/lib/dpkg/status.d/zz", b"Package: zz\nVersion\n"),
    ]);
    let inventory = read(&root);
    assert_eq!(purls(&inventory), ["pkg:deb/base-files@12?arch=amd64", "pkg:deb/kesl@1"]);
    assert_eq!(inventory.components[0].source.reference.as_deref(), Some("base"));
    let reason = Problem::InFile { file: "zz".into(), problem: Box::new(Problem::NoField) };
    assert_eq!(unread(&root, &inventory), [("var/lib/dpkg/status.d".to_owned(), reason)]);
}

#[test]
fn alpine_and_arch_are_read_where_they_keep_their_databases() {
    let alpine = machine(&[
        ("etc/os-release", b"ID=alpine\n"),
        ("lib/apk/db/installed", b"P:kesl\nV:1-r0\nA:x86_64\n\n"),
        ("usr/lib/apk/db/installed", b"P:other\nV:2-r0\n\n"),
    ]);
    let found = read(&alpine);
    assert!(found.is_complete());
    assert_eq!(purls(&found), ["pkg:apk/alpine/kesl@1-r0?arch=x86_64", "pkg:apk/alpine/other@2-r0"]);
    let arch = machine(&[
        ("etc/os-release", b"ID=arch\n"),
        ("var/lib/pacman/local/ALPM_DB_VERSION", b"9\n"),
        ("var/lib/pacman/local/kesl-1-1/desc", b"%NAME%\nkesl\n\n%VERSION%\n1-1\n\n"),
        ("var/lib/pacman/local/kesl-1-1/files", b"%FILES%\nopt/\n"),
    ]);
    let found = read(&arch);
    assert!(found.is_complete());
    assert_eq!(purls(&found), ["pkg:alpm/arch/kesl@1-1"]);
    assert_eq!(found.components[0].source.reference.as_deref(), Some("kesl-1-1/desc"));
    // A package that is listed and does not say what it is.
    fs::create_dir(arch.path().join("var/lib/pacman/local/lost-1-1")).unwrap();
    let path = arch.path().join("var/lib/pacman/local/lost-1-1/desc").display().to_string();
    let lost = Problem::Disk { path, kind: io::ErrorKind::NotFound };
    assert_eq!(unread(&arch, &read(&arch)), [("var/lib/pacman/local".to_owned(), lost)]);
}

#[test]
fn a_folder_that_two_links_lead_to_is_read_once() {
    let root = machine(&[
        ("usr/lib/sysimage/rpm/rpmdb.sqlite", &rpm_reader::sample()),
        ("etc/os-release", b"ID=fedora\n"),
    ]);
    fs::create_dir_all(root.path().join("var/lib")).unwrap();
    symlink("../../usr/lib/sysimage/rpm", root.path().join("var/lib/rpm")).unwrap();
    symlink("usr/lib", root.path().join("lib")).unwrap();
    let inventory = read(&root);
    assert!(inventory.is_complete(), "{:?}", inventory.coverage);
    assert_eq!(
        purls(&inventory),
        [
            "pkg:rpm/fedora/kesl@11.4.0-1135?arch=x86_64&epoch=2",
            "pkg:rpm/fedora/kesl@11.4.0-1135?arch=x86_64",
        ]
    );
}

#[test]
fn an_rpm_database_with_an_unfinished_transaction_is_unknown() {
    let root = machine(&[
        ("var/lib/rpm/rpmdb.sqlite", &rpm_reader::sample()),
        ("var/lib/rpm/rpmdb.sqlite-journal", &[JOURNAL, &[0; 20]].concat()),
    ]);
    let wanted = [("var/lib/rpm/rpmdb.sqlite".to_owned(), Problem::Sqlite(SqliteError::Journal))];
    let inventory = read(&root);
    assert!(inventory.components.is_empty());
    assert_eq!(unread(&root, &inventory), wanted);
    // SQLite clears the beginning of one that is finished with.
    fs::write(root.path().join("var/lib/rpm/rpmdb.sqlite-journal"), [0; 28]).unwrap();
    assert!(read(&root).is_complete());
}

#[test]
fn databases_that_only_rpm_reads_are_asked_of_it_or_unknown() {
    let root = machine(&[("var/lib/rpm/Packages", b"x"), (DPKG_STATUS, DPKG.as_bytes())]);
    let inventory = read(&root);
    assert_eq!(inventory.components.len(), 1, "the other database is read all the same");
    let reason = Problem::RpmCommand(CommandError::Start { kind: io::ErrorKind::NotFound });
    assert_eq!(unread(&root, &inventory), [("var/lib/rpm/Packages".to_owned(), reason)]);

    let program = root.path().join("rpm");
    let ask = |script: &str| {
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        read_with(root.path(), &Limits::STANDARD, &program)
    };
    let line = r"printf 'rpm\tkesl\t2\t1\t1\tx86_64\tAO Kaspersky Lab\t(none)\t(none)\n'";
    let found = ask(line);
    assert!(found.is_complete(), "{:?}", found.coverage);
    assert_eq!(purls(&found), ["pkg:deb/kesl@1", "pkg:rpm/kesl@1-1?arch=x86_64&epoch=2"]);
    let found = ask(&format!("{line}; echo 'error: skipping h# 7' >&2"));
    assert_eq!(found.components.len(), 2);
    assert!(!found.is_complete(), "what rpm complains of is not whole");
}

#[test]
fn no_link_of_an_image_leads_to_the_packages_of_the_machine_that_reads_it() {
    let outside = machine(&[("status", DPKG.as_bytes())]);
    let root = machine(&[]);
    fs::create_dir_all(root.path().join("var/lib/dpkg")).unwrap();
    symlink(outside.path().join("status"), root.path().join(DPKG_STATUS)).unwrap();
    symlink("/", root.path().join("home")).unwrap();
    let inventory = read(&root);
    assert!(inventory.components.is_empty() && !inventory.is_complete());
}

#[test]
fn a_database_that_is_no_file_is_unknown() {
    let root = machine(&[("lib/apk/db/installed/x", b"P:a\nV:1\n")]);
    let wanted = [("lib/apk/db/installed".to_owned(), Problem::NoFile)];
    assert_eq!(unread(&root, &read(&root)), wanted);
}

#[test]
fn flatpaks_of_the_system_and_of_users_are_read_where_they_are_deployed() {
    let metadata = |name: &str| format!("[Application]\nname={name}\n").into_bytes();
    let (system, user) = (metadata("com.example.System"), metadata("com.example.User"));
    let root = machine(&[
        (DPKG_STATUS, DPKG.as_bytes()),
        ("var/lib/flatpak/app/com.example.System/x86_64/stable/0a/metadata", &system),
        ("var/lib/flatpak/app/com.example.Gone/x86_64/stable/0b/metadata", &system),
        ("home/me/.local/share/flatpak/runtime/com.example.User/x86_64/1/active/metadata", &user),
        ("home/me/.local/share/flatpak/app/com.example.Broken/x86_64/1/active/none", b""),
    ]);
    let branch = root.path().join("var/lib/flatpak/app/com.example.System/x86_64/stable");
    symlink("0a", branch.join("active")).unwrap();
    let inventory = read(&root);
    assert_eq!(purls(&inventory), ["pkg:deb/kesl@1", "com.example.System", "com.example.User"]);
    assert_eq!(unread(&root, &inventory).len(), 1, "what is deployed and does not say what it is");
}

#[test]
fn snaps_are_those_that_snapd_lists_with_the_versions_of_those_that_are_mounted() {
    let state =
        br#"{"data":{"snaps":{"kesl":{"current":"12"},"off":{"current":"3"}}},"changes":{},"tasks":{}}"#;
    let yaml = b"name: kesl\nversion: '11.4'\nsummary: x\n";
    let files: [(&str, &[u8]); 4] = [
        (DPKG_STATUS, DPKG.as_bytes()),
        ("snap/kesl/12/meta/snap.yaml", yaml),
        ("snap/bin/kesl", b""),
        ("var/lib/snapd/state.json", state),
    ];
    let named = |inventory: &Inventory| {
        let snaps = inventory.components.iter().filter(|found| found.ecosystem.as_deref() == Some("snap"));
        snaps.map(|found| (found.name.clone(), found.version.clone())).collect::<Vec<_>>()
    };
    let kesl = ("kesl".to_owned(), Some("11.4".to_owned()));
    let found = read(&machine(&files));
    assert!(found.is_complete());
    assert_eq!(named(&found), [kesl.clone(), ("off".to_owned(), None)]);
    // Without the state, what is mounted; what is not says nothing of itself.
    let root = machine(&files[..3]);
    symlink("12", root.path().join("snap/kesl/current")).unwrap();
    fs::create_dir(root.path().join("snap/off")).unwrap();
    let found = read(&root);
    assert_eq!(named(&found), [kesl]);
    let reason =
        Problem::InFile { file: "off/current/meta/snap.yaml".into(), problem: Box::new(Problem::NoFile) };
    assert_eq!(unread(&root, &found), [("snap".to_owned(), reason)]);
}

#[test]
fn packages_of_python_and_node_are_read_in_their_places_and_nowhere_else() {
    let metadata =
        |name: &str| format!("Metadata-Version: 2.1\nName: {name}\nVersion: 1\n\nx\n").into_bytes();
    let package = |name: &str| format!(r#"{{"name":"{name}","version":"1.0.0"}}"#).into_bytes();
    let root = machine(&[
        (DPKG_STATUS, DPKG.as_bytes()),
        ("usr/lib/python3/dist-packages/a-1.dist-info/METADATA", &metadata("a")),
        ("usr/lib/python3/dist-packages/b-1.egg-info/PKG-INFO", &metadata("b")),
        ("usr/lib/python3/dist-packages/c-1.egg-info", &metadata("c")),
        ("usr/lib/python3/dist-packages/c.py", b""),
        ("usr/lib/python3/dist-packages/e_f-1.0-py3.11.egg", b"PK"),
        ("usr/lib/python3/dist-packages/g-1-py3.11.egg/EGG-INFO/PKG-INFO", &metadata("g")),
        ("home/me/.local/lib/python3.11/site-packages/d-1.dist-info/METADATA", &metadata("d")),
        ("tmp/x/lib/python3/site-packages/no-1.dist-info/METADATA", &metadata("no")),
        ("usr/lib/node_modules/e/package.json", &package("e")),
        ("usr/lib/node_modules/e/node_modules/@s/f/package.json", &package("@s/f")),
        ("usr/lib/node_modules/e/test/g/package.json", &package("no")),
        ("usr/lib/node_modules/.bin/e", b""),
        ("opt/app/node_modules/h/package.json", b"{"),
    ]);
    let inventory = read(&root);
    assert_eq!(
        purls(&inventory),
        [
            "pkg:deb/kesl@1",
            "pkg:pypi/a@1",
            "pkg:pypi/b@1",
            "pkg:pypi/c@1",
            "pkg:pypi/e-f@1.0",
            "pkg:pypi/g@1",
            "pkg:pypi/d@1",
            "pkg:npm/e@1.0.0",
            "pkg:npm/%40s/f@1.0.0",
        ]
    );
    let npm = inventory.coverage.iter().find(|coverage| coverage.format == Some(Format::Npm)).unwrap();
    let label = format!("{}/ (packages of Node; places of the system: ", root.path().display());
    assert!(npm.source.starts_with(&label) && npm.source.ends_with(", homes: 1)"), "{}", npm.source);
    let Reading::Partial { reason: Problem::InFile { file, .. }, place, skipped: 1 } = &npm.read else {
        panic!("{npm:?}")
    };
    assert_eq!((file.as_str(), *place), ("opt/app/node_modules/h/package.json", Place { row: 3, byte: 0 }));
}

#[test]
fn modules_within_modules_end_at_the_depth_and_not_one_before() {
    for (depth, complete) in [(31, true), (32, false)] {
        let below = format!("usr/lib/node_modules{}/a/package.json", "/a/node_modules".repeat(depth));
        let root = machine(&[(DPKG_STATUS, DPKG.as_bytes()), (&below, br#"{"name":"a"}"#)]);
        let inventory = read(&root);
        assert_eq!(
            (inventory.is_complete(), inventory.components.len()),
            (complete, if complete { 2 } else { 1 })
        );
    }
}

#[test]
fn the_homes_of_accounts_are_looked_into_wherever_they_lie() {
    let metadata =
        |name: &str| format!("Metadata-Version: 2.1\nName: {name}\nVersion: 1\n\nx\n").into_bytes();
    let package = |name: &str| format!(r#"{{"name":"{name}","version":"1.0.0"}}"#).into_bytes();
    let flatpak = b"[Application]\nname=com.example.User\n";
    let root = machine(&[
        (DPKG_STATUS, DPKG.as_bytes()),
        ("etc/passwd", b"u:x:1:1::/srv/homes/u:/bin/sh\nservice:x:2:2::/var/lib/service:/bin/false\n"),
        (
            "srv/homes/u/.pyenv/versions/3.12.1/lib/python3.12/site-packages/a-1.dist-info/METADATA",
            &metadata("a"),
        ),
        ("srv/homes/u/project/.venv/lib/python3.12/site-packages/b-1.dist-info/METADATA", &metadata("b")),
        ("var/lib/service/env/lib/python3.12/site-packages/c-1.dist-info/METADATA", &metadata("c")),
        ("srv/homes/u/.nvm/versions/node/v22/lib/node_modules/d/package.json", &package("d")),
        ("srv/homes/u/project/web/node_modules/e/package.json", &package("e")),
        ("srv/homes/u/.local/share/flatpak/app/com.example.User/x86_64/1/active/metadata", flatpak),
        (
            "srv/homes/u/.config/chromium/Default/Extensions/ahkjpbeeocnddjkakilopmfdlnjdpcdm/1_0/manifest.json",
            br#"{"name":"F"}"#,
        ),
        ("srv/nobody/.pyenv/versions/3/lib/python3/site-packages/no-1.dist-info/METADATA", &metadata("no")),
    ]);
    let inventory = read(&root);
    assert!(inventory.is_complete(), "{:?}", inventory.coverage);
    assert_eq!(
        purls(&inventory),
        [
            "pkg:deb/kesl@1",
            "com.example.User",
            "pkg:pypi/b@1",
            "pkg:pypi/a@1",
            "pkg:pypi/c@1",
            "pkg:npm/d@1.0.0",
            "pkg:npm/e@1.0.0",
            "pkg:chrome-extension/ahkjpbeeocnddjkakilopmfdlnjdpcdm",
        ]
    );
    let reference = inventory.components[3].source.reference.as_deref();
    assert_eq!(
        reference,
        Some("srv/homes/u/.pyenv/versions/3.12.1/lib/python3.12/site-packages/a-1.dist-info/METADATA")
    );
}

/// As a check by an ordinary user meets it; the superuser is let in everywhere.
#[test]
fn a_home_that_is_closed_is_said_once_and_makes_the_machine_one_that_was_not_wholly_read() {
    let root = machine(&[(DPKG_STATUS, DPKG.as_bytes()), ("home/a/x", b""), ("home/b/x", b"")]);
    let home = root.path().join("home/a");
    fs::set_permissions(&home, fs::Permissions::from_mode(0o000)).unwrap();
    let is_open = fs::read_dir(&home).is_ok();
    let inventory = read(&root);
    fs::set_permissions(&home, fs::Permissions::from_mode(0o700)).unwrap();
    let path = home.display().to_string();
    let closed = ("home/a".to_owned(), Problem::Disk { path, kind: io::ErrorKind::PermissionDenied });
    assert_eq!(unread(&root, &inventory), if is_open { vec![] } else { vec![closed] });
    assert_eq!(inventory.is_complete(), is_open);
}

#[test]
fn flatpaks_are_read_where_an_administrator_lets_them_be_installed() {
    let metadata = b"[Application]\nname=com.example.Extra\n";
    let root = machine(&[
        (DPKG_STATUS, DPKG.as_bytes()),
        ("etc/flatpak/installations.d/extra.conf", b"[Installation \"extra\"]\nPath=/srv/flatpak\n"),
        ("srv/flatpak/app/com.example.Extra/x86_64/1/active/metadata", metadata),
        ("etc/flatpak/installations.d/note.txt", b"Path=/srv/other\n"),
    ]);
    assert_eq!(purls(&read(&root)), ["pkg:deb/kesl@1", "com.example.Extra"]);
    // One that is named and cannot be read is not passed over.
    fs::create_dir(root.path().join("etc/flatpak/installations.d/more.conf")).unwrap();
    let inventory = read(&root);
    assert!(!inventory.is_complete());
    assert_eq!(purls(&inventory), ["pkg:deb/kesl@1", "com.example.Extra"]);
}

#[test]
fn packages_that_links_lead_to_are_read_once_and_those_behind_them_too() {
    let package = |name: &str| format!(r#"{{"name":"{name}","version":"1.0.0"}}"#).into_bytes();
    let root = machine(&[
        (DPKG_STATUS, DPKG.as_bytes()),
        ("app/node_modules/.pnpm/a@1.0.0/node_modules/a/package.json", &package("a")),
        ("app/node_modules/.pnpm/b@1.0.0/node_modules/b/package.json", &package("b")),
        ("app/node_modules/.bin/x", b""),
    ]);
    let modules = root.path().join("app/node_modules");
    symlink(".pnpm/a@1.0.0/node_modules/a", modules.join("a")).unwrap();
    symlink("../../b@1.0.0/node_modules/b", modules.join(".pnpm/a@1.0.0/node_modules/b")).unwrap();
    symlink("../../../../node_modules", modules.join(".pnpm/b@1.0.0/node_modules/round")).unwrap();
    let inventory = read(&root);
    assert!(inventory.is_complete(), "{:?}", inventory.coverage);
    let mut found = purls(&inventory);
    found.sort_unstable();
    assert_eq!(found, ["pkg:deb/kesl@1", "pkg:npm/a@1.0.0", "pkg:npm/b@1.0.0"]);
}
