//! `push` over rsync, to another side that refuses a connection or a file, while clients read there.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, says why it is skipped, and works on real folders"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use interdict_host::exit::Exit;
use interdict_host::testing::TestWorld;
use interdict_tests::pushed::{Publications, Seen, files};

/// A remote shell that is none: it runs the other side on this machine. It refuses the connection whose number stands in
/// `refuse`.
const SHELL: &str = r#"#!/usr/bin/env bash
here=$(dirname "$0")
while [ "$1" != example.gov ]; do shift; done
shift
echo x >>"$here/connections"
number=$(wc -l <"$here/connections")
if [ -s "$here/refuse" ] && [ "$(cat "$here/refuse")" = "$number" ]; then
    echo "Permission denied (publickey)." >&2
    exit 255
fi
exec "$@"
"#;

struct Remote {
    folder: PathBuf,
    publications: Publications,
}

impl Remote {
    /// `None` where rsync is not installed.
    fn new() -> Option<Self> {
        if std::process::Command::new("rsync").arg("--version").output().is_err() {
            eprintln!("skipped: no rsync");
            return None;
        }
        let publications = Publications::new();
        let folder = publications.authority.folder().join("remote");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("shell"), SHELL).unwrap();
        fs::set_permissions(folder.join("shell"), fs::Permissions::from_mode(0o755)).unwrap();
        Some(Self { folder, publications })
    }

    fn www(&self) -> PathBuf {
        self.folder.join("www")
    }

    fn world(&self) -> TestWorld {
        for name in ["connections", "refuse"] {
            fs::write(self.folder.join(name), "").unwrap();
        }
        TestWorld::new()
            .variable("RSYNC_RSH", self.folder.join("shell").to_str().unwrap())
            .variable("PATH", "/usr/local/bin:/usr/bin:/bin")
    }

    fn place(&self) -> String {
        format!("web@example.gov:{}", self.www().display())
    }

    fn connections(&self) -> usize {
        fs::read_to_string(self.folder.join("connections")).unwrap().lines().count()
    }

    fn begin_with_before(&self) {
        if self.www().exists() {
            fs::remove_dir_all(self.www()).unwrap();
        }
        self.publications.push_before(self.world(), &self.place()).done();
    }
}

#[test]
fn a_push_over_rsync_that_is_refused_anywhere_shows_the_old_publication_or_the_new() {
    let Some(remote) = Remote::new() else { return };
    let (publications, place) = (&remote.publications, remote.place());
    remote.begin_with_before();
    publications.push(remote.world(), &place).done();
    let (complete, connections) = (files(&remote.www()), remote.connections());
    publications.push_before(TestWorld::new(), "local").done();
    publications.push(TestWorld::new(), "local").done();
    assert_eq!(complete, files(&publications.authority.folder().join("local")));
    let mode = |name: &str| fs::metadata(remote.www().join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("metadata/timestamp.json"), mode("targets")), (0o644, 0o755));
    // Looking, comparing, targets, metadata, timestamp: each is refused.
    assert_eq!(connections, 5);
    for number in 1..=connections {
        remote.begin_with_before();
        let client = publications.client(remote.www().to_str().unwrap());
        let world = remote.world();
        fs::write(remote.folder.join("refuse"), number.to_string()).unwrap();
        let ran = publications.push(world, &place).ended(Exit::NoAnswer, "Permission denied (publickey).");
        assert!(ran.stderr.contains("hint: clients read what was there before"), "{}", ran.stderr);
        assert_eq!(Seen::by(&client), Some(Seen::Before), "connection {number}");
        publications.push(remote.world(), &place).done();
        assert_eq!(files(&remote.www()), complete, "connection {number}");
        assert_eq!(Seen::by(&client), Some(Seen::After));
    }
    // Each file that is missing cannot be written, while others of the same connection are.
    remote.begin_with_before();
    let before = files(&remote.www());
    let missing = complete.keys().filter(|name| !before.contains_key(*name));
    for name in missing {
        remote.begin_with_before();
        let client = publications.client(remote.www().to_str().unwrap());
        let in_the_way = remote.www().join(name).join("in/the/way");
        fs::create_dir_all(&in_the_way).unwrap();
        publications.push(remote.world(), &place).ended(Exit::NoAnswer, "rsync ended with");
        assert_eq!(Seen::by(&client), Some(Seen::Before), "{name}");
        fs::remove_dir_all(remote.www().join(name)).unwrap();
        publications.push(remote.world(), &place).done();
        assert_eq!(files(&remote.www()), complete, "{name}");
        assert_eq!(Seen::by(&client), Some(Seen::After));
    }
}

#[test]
fn over_rsync_damage_is_replaced_and_an_older_repository_refused() {
    let Some(remote) = Remote::new() else { return };
    let (publications, place) = (&remote.publications, remote.place());
    // Into a folder that is not there, first without making it.
    let arguments = ["push", &place, "--repo", "repo", "--dry-run"];
    let ran = publications.authority.run_in(remote.world(), &arguments).done();
    assert!(ran.stderr.contains("nothing was put") && !remote.www().exists(), "{}", ran.stderr);
    publications.push(remote.world(), &place).done();
    let complete = files(&remote.www());
    let again = publications.push(remote.world(), &place).done();
    assert!(again.stderr.contains("all of it is there already"), "{}", again.stderr);
    for name in ["metadata/5.snapshot.json", "metadata/timestamp.json"] {
        let path = remote.www().join(name);
        let (whole, time) = (fs::read(&path).unwrap(), fs::metadata(&path).unwrap().modified().unwrap());
        // As long as it was, and as old: only its content tells.
        let damaged: Vec<u8> = whole.iter().map(|byte| if *byte == b'{' { b'[' } else { *byte }).collect();
        fs::write(&path, damaged).unwrap();
        fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
        publications.push(remote.world(), &place).done();
        assert_eq!(files(&remote.www()), complete, "{name}");
    }
    let older = publications.push_before(remote.world(), &place);
    older.ended(Exit::Refused, "the destination holds timestamp version 5, and this one is 3");
    assert_eq!(files(&remote.www()), complete);
}
