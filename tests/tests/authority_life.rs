//! The life of an authority, with the real programs: officers who never meet found a repository with keys in tokens, issue
//! directives, lose keys and have one stolen; a client follows along, and nobody there does anything but sync.
//!
//! Where `INTERDICT_LIFE` names a folder, what is published after each step is kept there as `life-01`, `life-02`, …:
//! `tests/interop/run.sh` has TUF clients by others follow the same life.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, says what it leaves out, and runs programs on real folders"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use interdict_tests::authority::draft;
use interdict_tests::programs::{self, Programs};
use serde_json::Value;
use tempfile::TempDir;

const PIN: &str = "2468";

/// Everybody's folder, each with what only they have.
struct World {
    folder: TempDir,
    programs: Programs,
    module: PathBuf,
}

impl World {
    /// `None`, and why, where there is no `SoftHSM`.
    fn new() -> Option<Self> {
        let folders = ["/usr/lib/softhsm", "/usr/lib64/softhsm", "/usr/lib64/pkcs11"];
        let module =
            folders.map(|folder| Path::new(folder).join("libsofthsm2.so")).into_iter().find(|it| it.exists());
        let (Some(module), Ok(_)) = (module, Command::new("softhsm2-util").arg("--help").output()) else {
            eprintln!("skipped: no softhsm2-util or no libsofthsm2.so");
            return None;
        };
        Some(Self { folder: tempfile::tempdir().unwrap(), programs: programs::build().unwrap(), module })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A program at somebody's desk: with their tokens, and nobody else's.
    fn at(&self, who: &str, program: &Path, arguments: &[&str]) -> Output {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.folder.path()).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("SOFTHSM2_CONF", self.path(&format!("{who}/softhsm2.conf"))).env("HOME", self.path(who));
        // For root these two would lie in the folders of the system.
        command.env("INTERDICT_CONFIG", self.path(&format!("{who}/config.toml")));
        command.env("INTERDICT_STATE", self.path(&format!("{who}/state")));
        command.output().unwrap()
    }

    /// The publisher; how it has to end, and what it says on standard output.
    #[track_caller]
    fn publisher(&self, who: &str, status: i32, arguments: &[&str]) -> String {
        ended(&self.at(who, &self.programs.publisher, arguments), status, arguments)
    }

    /// An officer with a token, and a key in it for each purpose.
    fn officer(&self, who: &str, purposes: &[&str]) {
        let tokens = self.path(&format!("{who}/tokens"));
        fs::create_dir_all(&tokens).unwrap();
        let conf = format!("directories.tokendir = {}\n", tokens.display());
        fs::write(self.path(&format!("{who}/softhsm2.conf")), conf).unwrap();
        fs::write(self.path(&format!("{who}/pin")), format!("{PIN}\n")).unwrap();
        let arguments = ["--init-token", "--free", "--label", who, "--pin", PIN, "--so-pin", "13579"];
        ended(&self.at(who, Path::new("softhsm2-util"), &arguments), 0, &arguments);
        for purpose in purposes {
            let (uri, pin) = (self.uri(who, purpose), format!("{who}/pin"));
            self.publisher(who, 0, &["key", "new", "--uri", &uri, "--pin-file", &pin]);
            self.public(who, purpose, &uri);
        }
    }

    /// What travels of a key: `WHO/PURPOSE.pub.json`.
    fn public(&self, who: &str, purpose: &str, key: &str) {
        self.publisher(who, 0, &["key", "public", key, "-o", &format!("{who}/{purpose}.pub.json")]);
    }

    fn uri(&self, who: &str, purpose: &str) -> String {
        format!("pkcs11:token={who};object={who}%20{purpose}?module-path={}", self.module.display())
    }

    fn keyid(&self, who: &str, purpose: &str) -> String {
        let shown: Value =
            serde_json::from_slice(&fs::read(self.path(&format!("{who}/{purpose}.pub.json"))).unwrap())
                .unwrap();
        shown.get("keyid").and_then(Value::as_str).unwrap().to_owned()
    }

    /// Two officers sign a file, each where they are; the desk finishes it, and where the targets were added, they come round again.
    fn round(&self, file: &str, purpose: &str, more: &[&str]) {
        let sign = |who: &str, purpose: &str| {
            let (uri, pin) = (self.uri(who, purpose), format!("{who}/pin"));
            self.publisher(who, 0, &["ceremony", "sign", file, "--key", &uri, "--pin-file", &pin, "--yes"]);
        };
        for who in ["alice", "bob"] {
            sign(who, purpose);
        }
        let finish = [&["ceremony", "finish", file, "--repo", "desk/repo"], more].concat();
        let first = self.at("desk", &self.programs.publisher, &finish);
        if first.status.code() == Some(1) {
            for who in ["alice", "bob"] {
                sign(who, "targets");
            }
            self.publisher("desk", 0, &finish);
        } else {
            ended(&first, 0, &finish);
        }
        self.publisher("desk", 0, &["verify", "--repo", "desk/repo"]);
        self.publisher("desk", 0, &["journal", "verify", "--repo", "desk/repo"]);
    }

    #[track_caller]
    fn client(&self, arguments: &[&str]) -> String {
        ended(&self.at("agency", &self.programs.client, arguments), 0, arguments)
    }

    /// The client's scheduled sync, and what its operator would look at.
    fn follows(&self, directives: usize, after: &str) {
        let said = self.client(&["sync"]);
        assert!(said.contains(&format!(", {directives} directives, fresh until ")), "after {after}: {said}");
        self.client(&["status"]);
        self.keep();
    }

    /// Keeps what is published now for clients by others, where they asked for it.
    fn keep(&self) {
        let Some(folder) = std::env::var_os("INTERDICT_LIFE").map(PathBuf::from) else { return };
        let step =
            (1..100).map(|number| folder.join(format!("life-{number:02}"))).find(|step| !step.exists());
        let (step, published) = (step.unwrap(), self.path("desk/repo/public"));
        for part in ["metadata", "targets"] {
            fs::create_dir_all(step.join("public").join(part)).unwrap();
            for file in fs::read_dir(published.join(part)).unwrap().map(Result::unwrap) {
                fs::copy(file.path(), step.join("public").join(part).join(file.file_name())).unwrap();
            }
        }
    }

    /// Officers issue a directive.
    fn issue(&self, id: &str) {
        let (path, file) = (format!("desk/{id}.jsonc"), format!("desk/{id}.ceremony.json"));
        fs::write(self.path(&path), draft(id, 1, None)).unwrap();
        self.publisher(
            "desk",
            0,
            &["ceremony", "start", "directive", &path, "--repo", "desk/repo", "-o", &file],
        );
        self.round(&file, "officer", &[]);
    }
}

#[track_caller]
fn ended(output: &Output, status: i32, arguments: &[&str]) -> String {
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(status), "{arguments:?}\n{stdout}{stderr}");
    stdout.into_owned()
}

#[test]
fn an_authority_lives_with_keys_in_tokens_and_a_client_follows_with_no_action_by_its_operator() {
    let Some(world) = World::new() else { return };
    for (who, purposes) in [
        ("alice", &["root", "targets", "officer"][..]),
        ("bob", &["root", "targets", "officer"]),
        ("carol", &["root", "officer"]),
        ("dave", &["root", "officer"]),
        ("desk", &[]),
        ("agency", &[]),
    ] {
        world.officer(who, purposes);
    }
    for online in ["snapshot", "timestamp", "timestamp-2"] {
        let key = format!("desk/{online}.key");
        world.publisher("desk", 0, &["key", "new", &key, "--label", online, "--unencrypted"]);
        world.public("desk", online, &key);
    }

    // Two of three hold the root; nobody ever has the tokens of two of them.
    let founding = "desk/founding.ceremony.json";
    let parts = |purpose: &str, whose: &[&str]| -> Vec<String> {
        whose.iter().map(|who| format!("{who}/{purpose}.pub.json")).collect()
    };
    let (roots, targets) = (parts("root", &["alice", "bob", "carol"]), parts("targets", &["alice", "bob"]));
    let officers = parts("officer", &["alice", "bob", "carol"]);
    let mut start =
        vec!["ceremony", "start", "founding", "--issuer", "dhs", "--prefix", "BOD", "--prefix", "ED"];
    start.extend(roots.iter().flat_map(|key| ["--root-key", key]));
    start.extend(targets.iter().flat_map(|key| ["--targets-key", key]));
    start.extend(officers.iter().flat_map(|key| ["--officer", key]));
    start.extend(["--snapshot-key", "desk/snapshot.pub.json", "--timestamp-key", "desk/timestamp.pub.json"]);
    start.extend(["--output", founding]);
    world.publisher("desk", 0, &start);
    world.round(founding, "root", &["--key", "desk/snapshot.key", "--key", "desk/timestamp.key"]);

    let public = world.path("desk/repo/public");
    world.client(&["setup", public.to_str().unwrap(), "--name", "dhs"]);
    let root = public.join("metadata/1.root.json");
    let role = interdict_schema::tuf::RoleType::Root.into();
    let pinned = interdict_schema::tuf::Metadata::<interdict_schema::tuf::Root>::parse(
        &fs::read(&root).unwrap(),
        &role,
        1_000_000,
    );
    let fingerprint = format!("sha256:{}", pinned.unwrap().fingerprint());
    world.client(&["trust", root.to_str().unwrap(), "--name", "dhs", "--fingerprint", &fingerprint]);

    for (number, id) in ["BOD-17-01", "BOD-18-01", "ED-21-01"].into_iter().enumerate() {
        world.issue(id);
        world.follows(number + 1, id);
    }

    // Carol hands her root key's place to Dave.
    let file = "desk/root-2.ceremony.json";
    let replace = format!("{}=dave/root.pub.json", world.keyid("carol", "root"));
    let start = ["ceremony", "start", "root", "--replace", &replace, "--repo", "desk/repo", "--output", file];
    world.publisher("desk", 0, &start);
    world.round(file, "root", &[]);
    world.follows(3, "another root key");

    // Carol's token is lost, with her officer's key in it.
    let lost = world.keyid("carol", "officer");
    let with = ["--with", "dave/officer.pub.json", "--repo", "desk/repo", "--yes"];
    world.publisher("desk", 1, &[&["key", "lost", &lost], &with[..]].concat());
    world.round("desk/repo/pending/issuers-2.ceremony.json", "root", &[]);
    world.follows(3, "the loss of an officer's key");

    // Somebody has read the desk's timestamp key.
    let stolen = world.keyid("desk", "timestamp");
    let with = ["--with", "desk/timestamp-2.key", "--repo", "desk/repo", "--yes"];
    world.publisher("desk", 1, &[&["key", "compromised", &stolen], &with[..]].concat());
    world.round("desk/repo/pending/root-3.ceremony.json", "root", &["--key", "desk/timestamp-2.key"]);
    world.follows(3, "the compromise of the timestamp key");
    fs::remove_file(world.path("desk/timestamp.key")).unwrap();
    world.publisher("desk", 0, &["refresh", "--repo", "desk/repo"]);
    world.follows(3, "a refresh by the new key alone");

    // What is in force still is, and the authority is well.
    world.issue("ED-22-03");
    world.follows(4, "another directive");
    let status: Value =
        serde_json::from_str(&world.publisher("desk", 0, &["status", "--repo", "desk/repo", "--json"]))
            .unwrap();
    assert_eq!(status.pointer("/journal/state").unwrap(), "whole");
    assert_eq!(status.pointer("/metadata/0/version").unwrap(), 3);
}
