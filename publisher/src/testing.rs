//! An authority for tests: a temporary folder with the example keys, in which the program is run in process.
//!
//! It is compiled into the crate, not only into its tests, because the tests across crates need a published repository; no
//! program refers to this module. The keys' secrets are published: nothing made here may be used elsewhere.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use interdict_host::exit::{Exit, Outcome};
use interdict_host::key_file::{KeyFile, Protection};
use interdict_host::testing::{CountedRandomness, TestWorld};
use interdict_host::write::{Disk, Mode};
use interdict_keys_example::{Name, seed};
use interdict_schema::{DateTime, Sha256};
use tempfile::TempDir;

/// The authority's folder and the time that its clock shows.
///
/// `keys/NAME.key` holds each example key unencrypted; `repo` is where [`founded`](Self::founded) makes the repository.
#[derive(Debug)]
pub struct Authority {
    folder: TempDir,
    now: DateTime,
}

/// What became of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// How it ended.
    pub outcome: Outcome,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
}

impl Ran {
    /// The exit that wins.
    pub fn exit(&self) -> Exit {
        self.outcome.exit()
    }

    /// Insists that nothing is outstanding.
    ///
    /// # Panics
    ///
    /// With both streams, where it ended otherwise.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "what it insists on is what it is called for")]
    pub fn done(self) -> Self {
        assert_eq!(self.exit(), Exit::Done, "{}{}", self.stdout, self.stderr);
        self
    }

    /// Insists that it ended like this, and that standard error has this text in it.
    ///
    /// # Panics
    ///
    /// With both streams, where it did not.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "what it insists on is what it is called for")]
    pub fn ended(self, exit: Exit, text: &str) -> Self {
        assert_eq!(self.exit(), exit, "{}{}", self.stdout, self.stderr);
        assert!(self.stderr.contains(text), "wanted {text:?} in:\n{}{}", self.stdout, self.stderr);
        self
    }
}

impl Authority {
    /// A folder with the example keys, at 2017-09-13T12:00:00Z, the day of BOD 17-01.
    ///
    /// # Panics
    ///
    /// Where the disk does not do what a test needs.
    pub fn new() -> Self {
        // In memory where the machine has such a folder: every step of a test waits for the disk.
        let folder =
            tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a temporary folder");
        let disk = Disk::default();
        let keys = folder.path().join("keys");
        disk.create_dir_all_synced(&keys, Mode::Private).expect("a folder for keys");
        let created = DateTime::EPOCH;
        for name in Name::ALL {
            let file = KeyFile::of_seed(
                &seed(name),
                &mut CountedRandomness::default(),
                &format!("example {name}"),
                created,
                Protection::Unencrypted,
            )
            .expect("an example key has a label");
            disk.write_new_unsynced(&keys.join(format!("{name}.key")), &file.to_bytes(), Mode::Private)
                .expect("a key file");
        }
        Self { folder, now: DateTime::from_unix_seconds(1_505_304_000).expect("a moment of 2017") }
    }

    /// An authority whose repository has two of three root keys, two of two targets keys, and the issuer `dhs` with the
    /// prefixes `BOD`, `ED` and `KEV` and two of three officers.
    ///
    /// # Panics
    ///
    /// Where the repository is not made.
    pub fn founded() -> Self {
        Self::founded_at(Self::new().now)
    }

    /// As [`founded`](Self::founded), at another time.
    ///
    /// # Panics
    ///
    /// Where the repository is not made.
    pub fn founded_at(now: DateTime) -> Self {
        let mut authority = Self::new();
        authority.now = now;
        authority.run(&Self::init_arguments()).done();
        authority
    }

    /// The arguments with which [`founded`](Self::founded) makes its repository.
    pub fn init_arguments() -> Vec<&'static str> {
        "init repo --root-key keys/root-1.key --root-key keys/root-2.key --root-key keys/root-3.key \
         --targets-key keys/targets-1.key --targets-key keys/targets-2.key --snapshot-key keys/snapshot.key \
         --timestamp-key keys/timestamp.key --issuer dhs --prefix BOD --prefix ED --prefix KEV \
         --officer keys/officer-1.key --officer keys/officer-2.key --officer keys/officer-3.key"
            .split_whitespace()
            .collect()
    }

    /// The time that its clock shows.
    pub fn now(&self) -> DateTime {
        self.now
    }

    /// Sets the clock.
    pub fn set_now(&mut self, now: DateTime) {
        self.now = now;
    }

    /// The folder: relative arguments start here.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The repository's folder, `repo`.
    pub fn repository(&self) -> PathBuf {
        self.folder.path().join("repo")
    }

    /// The folder that is served: `repo/public`.
    pub fn public(&self) -> PathBuf {
        self.repository().join("public")
    }

    /// The root to be pinned: `repo/public/metadata/1.root.json`.
    pub fn root(&self) -> PathBuf {
        self.public().join("metadata/1.root.json")
    }

    /// Writes a file into the folder, in place of what is there.
    ///
    /// # Panics
    ///
    /// Where the disk does not do it.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        Disk::default().replace(&path, bytes.as_ref(), Mode::Public).expect("a test's file");
        path
    }

    /// Runs the program with these arguments, with `--allow-example-keys`, and nobody at the terminal.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_in(TestWorld::new(), arguments)
    }

    /// As [`run`](Self::run), in a world that the test has prepared (its disk, terminal, standard input).
    pub fn run_in(&self, world: TestWorld, arguments: &[&str]) -> Ran {
        let mut test = world.in_dir(self.folder.path()).at(self.now);
        let arguments = ["interdict-publisher"]
            .iter()
            .chain(arguments)
            .chain(&["--allow-example-keys"])
            .map(OsString::from);
        let outcome = crate::run(arguments, &mut test.world);
        Ran { outcome, stdout: test.stdout.text(), stderr: test.stderr.text() }
    }

    /// Has officers sign a draft (or envelope) in the folder, one after the other, and gives the envelope's path.
    ///
    /// # Panics
    ///
    /// Where one of them does not sign.
    pub fn sign(&self, draft: &str, officers: &[Name]) -> String {
        let mut file = draft.to_owned();
        for officer in officers {
            let key = format!("keys/{officer}.key");
            let ran = self.run(&["sign", &file, "--key", &key, "--yes"]).done();
            ran.stdout.trim_end().clone_into(&mut file);
        }
        file
    }

    /// Publishes envelopes.
    pub fn publish(&self, envelopes: &[&str]) -> Ran {
        let mut arguments = vec!["publish", "--repo", "repo"];
        arguments.extend(envelopes);
        self.run(&arguments)
    }

    /// Writes a draft, has officers 1 and 2 sign it, publishes it, and gives the digest of its payload.
    ///
    /// # Panics
    ///
    /// Where any of it is refused.
    pub fn issue(&self, draft: &str) -> Sha256 {
        let path = self.write("issue.jsonc", draft);
        let envelope = self.sign(&path.display().to_string(), &[Name::Officer1, Name::Officer2]);
        self.publish(&[&envelope]).done();
        let payload = interdict_schema::directive::draft::payload_of(draft.as_bytes()).expect("a draft");
        Sha256::of(&payload)
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

/// A small draft that lint has nothing to say about: one prohibited package, to be removed within 30 days.
pub fn draft(id: &str, revision: u32, previous: Option<Sha256>) -> String {
    let previous = previous.map_or_else(String::new, |digest| format!("\"previous\": \"{digest}\","));
    format!(
        r#"{{
  // Made for a test.
  "$schema": "directive.schema.json",
  "format": "interdict-directive/1", "id": "{id}", "revision": {revision}, {previous}
  "status": "in-force", "title": "Remove the example package", "issuer": "dhs", "zone": "America/New_York",
  "issued": "2017-09-13",
  "subjects": [{{
    "id": "example", "name": "Example package", "disposition": "prohibited",
    "identifiers": [{{ "kind": "package", "value": "example" }}]
  }}],
  "actions": [{{
    "id": "remove", "modality": "must", "kind": "remove",
    "due": {{ "edge": "complete", "at": {{ "time": "2017-12-12" }} }}
  }}]
}}
"#
    )
}
