//! Machines below a root, made here file by file, end to end through the command line: what is read of each, how many components,
//! and how it ends. What cannot be read is said, ends with 3, and is never clean.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails"
)]

use std::fs;
use std::path::Path;

use interdict_host::exit::Exit;
use interdict_tests::agency::{Agency, Run};
use interdict_tests::simulator::{Simulator, payload};
use serde_json::Value;
use tempfile::TempDir;

type Files<'a> = &'a [(&'a str, &'a str)];

/// The package that is banned is called `forbidden`, in whatever distribution.
fn agency() -> Agency {
    let mut simulator = Simulator::new();
    simulator.directive(&payload("BOD-1", 1, None));
    simulator.publish();
    Agency::following(&simulator)
}

fn put(root: &Path, below: &str, text: &[u8]) {
    let path = root.join(below);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn root(files: Files<'_>) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for (below, text) in files {
        put(root.path(), below, text.as_bytes());
    }
    root
}

fn check(agency: &Agency, root: &TempDir) -> (Run, Value) {
    let run = agency.run(&["check", "--format=json", "--root", root.path().to_str().unwrap()]);
    let result = serde_json::from_str(&run.stdout).unwrap();
    (run, result)
}

/// What was read, by its format, or by its path below the root where it has none; with the number of components.
fn sources(root: &TempDir, result: &Value) -> Vec<(String, u64)> {
    let prefix = format!("{}/", root.path().display());
    let told = |source: &Value| {
        let path = source["source"].as_str().unwrap();
        let name = source["format"].as_str().unwrap_or_else(|| path.strip_prefix(&prefix).unwrap_or("none"));
        (name.to_owned(), source["components"].as_u64().unwrap())
    };
    result["coverage"]["sources"].as_array().unwrap().iter().map(told).collect()
}

/// Those of the packages that are banned, with their package URLs.
fn found(result: &Value) -> Vec<String> {
    let purl = |finding: &Value| {
        let component = &finding["component"];
        component["purl"].as_str().or_else(|| component["name"].as_str()).unwrap().to_owned()
    };
    result["findings"].as_array().unwrap().iter().map(purl).collect()
}

fn told(pairs: &[(&str, u64)]) -> Vec<(String, u64)> {
    pairs.iter().map(|(name, components)| ((*name).to_owned(), *components)).collect()
}

/// A machine with something in every place, so that one of them can be spoilt.
const FULL: Files<'static> = &[
    ("etc/os-release", "ID=debian\n"),
    ("etc/passwd", "root:x:0:0::/root:/bin/sh\na:x:1:1::/srv/homes/a:/bin/sh\n"),
    (
        "var/lib/dpkg/status",
        "Package: bash\nStatus: install ok installed\nVersion: 5.2\n\nPackage: libforbidden-doc\nStatus: install ok installed\nVersion: 1\n",
    ),
    ("var/lib/dpkg/status.d/tzdata", "Package: tzdata\nVersion: 2024a\n"),
    ("lib/apk/db/installed", "P:busybox\nV:1.36-r0\nA:x86_64\n\n"),
    ("var/lib/pacman/local/zlib-1-1/desc", "%NAME%\nzlib\n\n%VERSION%\n1-1\n\n"),
    (
        "var/lib/flatpak/app/org.example.App/x86_64/stable/active/metadata",
        "[Application]\nname=org.example.App\n",
    ),
    ("var/lib/snapd/state.json", r#"{"data":{"snaps":{"core":{"current":"1"}}}}"#),
    (
        "usr/lib/python3/dist-packages/six-1.dist-info/METADATA",
        "Metadata-Version: 2.1\nName: six\nVersion: 1.16\n",
    ),
    ("usr/lib/node_modules/semver/package.json", r#"{"name":"semver","version":"7.0.0"}"#),
    (
        "srv/homes/a/.config/chromium/Default/Extensions/bhkjpbeeocnddjkakilopmfdlnjdpcdm/1_0/manifest.json",
        r#"{"name":"Viewer","version":"1"}"#,
    ),
    ("srv/homes/a/.config/chromium/Default/Preferences", "{}"),
    ("srv/homes/a/.mozilla/firefox/profiles.ini", "[Profile0]\nIsRelative=1\nPath=x.default\n"),
    (
        "srv/homes/a/.mozilla/firefox/x.default/extensions.json",
        r#"{"addons":[{"id":"notes@example.org","version":"1","defaultLocale":{"name":"Notes"}}]}"#,
    ),
];

#[test]
fn a_machine_with_everything_on_it_is_read_and_clean() {
    let agency = agency();
    let root = root(FULL);
    let (run, result) = check(&agency, &root);
    assert_eq!(run.outcome.all(), [Exit::Done], "{}", run.stdout);
    assert_eq!(
        sources(&root, &result),
        told(&[
            ("dpkg", 2),
            ("dpkg", 1),
            ("apk", 1),
            ("alpm", 1),
            ("flatpak", 1),
            ("snap", 1),
            ("python-metadata", 1),
            ("npm", 1),
            ("srv/homes/a/.config/chromium/Default", 1),
            ("srv/homes/a/.mozilla/firefox/x.default", 1),
        ])
    );
    assert_eq!(result["coverage"]["components"], 11);
}

#[test]
fn whatever_of_a_machine_is_spoilt_it_is_never_clean() {
    let agency = agency();
    for (below, text) in [
        ("etc/passwd", None),
        ("var/lib/dpkg/status", None),
        ("var/lib/dpkg/status", Some("no field\n")),
        ("var/lib/dpkg/status", Some("Package: half\nStatus: install ok")),
        ("var/lib/dpkg/status.d/tzdata", None),
        ("var/lib/dpkg/status.d/tzdata", Some("Version: 1\n")),
        ("lib/apk/db/installed", None),
        ("lib/apk/db/installed", Some("V:1\n\n")),
        ("var/lib/pacman/local/zlib-1-1/desc", None),
        ("var/lib/pacman/local/zlib-1-1/desc", Some("%VERSION%\n1\n")),
        ("var/lib/rpm/rpmdb.sqlite", None),
        ("var/lib/rpm/rpmdb.sqlite", Some("")),
        ("var/lib/rpm/rpmdb.sqlite", Some("SQLite format 3\0 and no more")),
        ("var/lib/rpm/Packages", Some("Berkeley, cut off")),
        ("usr/lib/sysimage/rpm/Packages.db", Some("RpmP, cut off")),
        ("var/lib/flatpak/app/org.example.App/x86_64/stable/active/metadata", None),
        ("var/lib/flatpak/app/org.example.App/x86_64/stable/active/metadata", Some("[Context]\n")),
        ("var/lib/snapd/state.json", None),
        ("var/lib/snapd/state.json", Some("{\"data\":")),
        ("usr/lib/python3/dist-packages/six-1.dist-info/METADATA", None),
        ("usr/lib/python3/dist-packages/six-1.dist-info/METADATA", Some("Version: 1\n")),
        ("usr/lib/node_modules/semver/package.json", None),
        ("usr/lib/node_modules/semver/package.json", Some("{")),
        (
            "srv/homes/a/.config/chromium/Default/Extensions/bhkjpbeeocnddjkakilopmfdlnjdpcdm/1_0/manifest.json",
            None,
        ),
        ("srv/homes/a/.config/chromium/Default/Preferences", None),
        ("srv/homes/a/.config/chromium/Default/Preferences", Some("{")),
        ("srv/homes/a/.mozilla/firefox/profiles.ini", None),
        ("srv/homes/a/.mozilla/firefox/x.default/extensions.json", None),
        ("srv/homes/a/.mozilla/firefox/x.default/extensions.json", Some("{}")),
    ] {
        let root = root(FULL);
        if let Some(text) = text {
            put(root.path(), below, text.as_bytes());
        } else {
            // A folder in its place, which nobody can read as a file, whoever asks.
            let path = root.path().join(below);
            let _ = fs::remove_file(&path);
            fs::create_dir_all(&path).unwrap();
        }
        let (run, result) = check(&agency, &root);
        assert_eq!(run.outcome.all(), [Exit::NoAnswer], "{below} {text:?}: {}", run.stdout);
        assert_eq!(result["coverage"]["complete"], false, "{below} {text:?}");
        let incomplete = |source: &&Value| source["complete"] == false;
        let sources = result["coverage"]["sources"].as_array().unwrap();
        assert_eq!(sources.iter().filter(incomplete).count(), 1, "{below} {text:?}: {sources:?}");
    }
}

#[test]
fn a_debian_root_is_read_with_its_python_and_node() {
    let agency = agency();
    let root = root(&[
        ("usr/lib/os-release", "ID=debian\n"),
        ("etc/passwd", "a:x:1:1::/home/a:/bin/sh\n"),
        (
            "var/lib/dpkg/status",
            "Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.2.15-2\n\n\
             Package: forbidden\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:2.0-1\n\n\
             Package: libforbidden-doc\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n",
        ),
        ("var/lib/dpkg/status.d/forbidden", "Package: forbidden\nArchitecture: amd64\nVersion: 3\n"),
        ("var/lib/dpkg/status.d/forbidden.md5sums", "0123  usr/bin/forbidden\n"),
        (
            "usr/lib/python3/dist-packages/forbidden-1.egg-info",
            "Metadata-Version: 1.0\nName: forbidden\nVersion: 1\n",
        ),
        (
            "usr/local/lib/python3.12/dist-packages/forbidden_doc-1.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: forbidden-doc\nVersion: 1\n",
        ),
        (
            "home/a/.local/share/pipx/venvs/t/lib/python3.12/site-packages/forbidden-2.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: Forbidden\nVersion: 2\n",
        ),
        ("usr/local/lib/node_modules/forbidden/package.json", r#"{"name":"forbidden","version":"1.0.0"}"#),
        (
            "home/a/.nvm/versions/node/v22.1.0/lib/node_modules/x/node_modules/forbidden/package.json",
            r#"{"name":"forbidden","version":"2.0.0"}"#,
        ),
        (
            "home/a/.nvm/versions/node/v22.1.0/lib/node_modules/x/package.json",
            r#"{"name":"@forbidden/x","version":"1.0.0"}"#,
        ),
        (
            "home/a/project/package-lock.json",
            r#"{"lockfileVersion":3,"packages":{"node_modules/forbidden":{"version":"9.0.0"}}}"#,
        ),
    ]);
    let (run, result) = check(&agency, &root);
    assert_eq!(run.outcome.all(), [Exit::Findings], "{}", run.stdout);
    assert_eq!(
        sources(&root, &result),
        told(&[("dpkg", 3), ("dpkg", 1), ("python-metadata", 3), ("npm", 3), ("none", 0)])
    );
    let mut found = found(&result);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "pkg:deb/debian/forbidden@1:2.0-1?arch=amd64",
            "pkg:deb/debian/forbidden@3?arch=amd64",
            "pkg:npm/forbidden@1.0.0",
            "pkg:npm/forbidden@2.0.0",
            "pkg:pypi/forbidden@1",
            "pkg:pypi/forbidden@2",
        ]
    );
}

#[test]
fn an_alpine_root_is_read() {
    let agency = agency();
    let root = root(&[
        ("etc/os-release", "ID=alpine\n"),
        (
            "lib/apk/db/installed",
            "P:musl\nV:1.2.4-r2\nA:x86_64\n\nP:forbidden\nV:2-r1\nA:x86_64\n\nP:forbidden-doc\nV:2-r1\nA:x86_64\n\n",
        ),
    ]);
    let (run, result) = check(&agency, &root);
    assert_eq!(run.outcome.all(), [Exit::Findings]);
    assert_eq!(sources(&root, &result)[0], ("apk".to_owned(), 3));
    assert_eq!(found(&result), ["pkg:apk/alpine/forbidden@2-r1?arch=x86_64"]);
}

#[test]
fn flatpaks_and_snaps_are_found_by_their_names() {
    let agency = agency();
    let root = root(&[
        ("var/lib/dpkg/status", "Package: bash\nStatus: install ok installed\nVersion: 5.2\n"),
        (
            "root/.local/share/flatpak/app/forbidden/x86_64/stable/active/metadata",
            "[Application]\nname=forbidden\n",
        ),
        ("snap/forbidden/current/meta/snap.yaml", "name: forbidden\nversion: '2'\n"),
        ("root/snap/forbidden/common/leftover", "what it kept for the user"),
    ]);
    let (run, result) = check(&agency, &root);
    assert_eq!(run.outcome.all(), [Exit::Findings], "{}", run.stdout);
    assert_eq!(found(&result).len(), 2);
    assert_eq!(sources(&root, &result)[1..3], told(&[("flatpak", 1), ("snap", 1)]));
}

/// Whether rpm is not there, does not know that kind any more, or finds nothing in it.
#[test]
fn an_rpm_database_that_only_rpm_reads_is_unknown_and_what_to_do_is_said() {
    let agency = agency();
    for database in ["var/lib/rpm/Packages", "var/lib/rpm/Packages.db"] {
        let root = root(&[("etc/os-release", "ID=centos\n"), (database, "not whole")]);
        let run = agency.run(&["check", "--root", root.path().to_str().unwrap()]);
        assert_eq!(run.outcome.all(), [Exit::NoAnswer], "{database}: {}", run.stdout);
        let database = root.path().join(database).display().to_string();
        let line = run.stdout.lines().find(|line| line.contains(&database)).unwrap();
        assert!(line.contains("a database of another kind than SQLite, which rpm is asked for: "), "{line}");
        assert!(line.contains("what `rpm -qa` prints on its machine can be given as an inventory"), "{line}");
        assert!(run.stdout.contains("this is no clean result"), "{}", run.stdout);
    }
}
