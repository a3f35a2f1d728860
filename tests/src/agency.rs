//! A client with folders of its own, run in process.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use interdict_host::exit::{Exit, Outcome};
use interdict_host::testing::TestWorld;
use interdict_host::write::Disk;
use interdict_schema::DateTime;
use tempfile::TempDir;

use crate::simulator::{Simulator, beginning};

/// An agency's machine.
#[derive(Debug)]
pub struct Agency {
    folder: TempDir,
    /// The machine's clock.
    pub now: DateTime,
    /// The machine's disk.
    pub disk: Disk,
}

/// What a run of the client left behind.
#[derive(Debug)]
pub struct Run {
    /// The exits that hold; the first by precedence is the exit code.
    pub outcome: Outcome,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Run {
    /// The exit that is given.
    pub fn exit(&self) -> Exit {
        self.outcome.exit()
    }
}

impl Default for Agency {
    fn default() -> Self {
        Self::new()
    }
}

impl Agency {
    /// A machine on which nothing is set up, at the simulator's beginning.
    pub fn new() -> Self {
        // In memory where the machine has such a folder: thousands of runs, each of which waits for the disk.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        Self { folder, now: beginning(), disk: Disk::default() }
    }

    /// A machine that trusts the simulator's first root and has synced once.
    pub fn following(simulator: &Simulator) -> Self {
        let agency = Self::trusting(simulator);
        let run = agency.sync(simulator);
        assert_eq!(run.exit(), Exit::Done, "{}{}", run.stdout, run.stderr);
        agency
    }

    /// A machine that trusts the simulator's first root and has not synced.
    pub fn trusting(simulator: &Simulator) -> Self {
        let agency = Self::new();
        let mirror = agency.mirror();
        assert_eq!(agency.run(&["setup", mirror.to_str().unwrap()]).exit(), Exit::Done);
        let root = agency.path("root.json");
        fs::write(&root, simulator.pin()).unwrap();
        let run = agency.trust(&root);
        assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
        agency
    }

    /// Pins a root, comparing the fingerprint that the client itself shows.
    pub fn trust(&self, root: &Path) -> Run {
        let bytes = fs::read(root).unwrap();
        let role = interdict_schema::tuf::RoleType::Root.into();
        let metadata =
            interdict_schema::tuf::Metadata::<interdict_schema::tuf::Root>::parse(&bytes, &role, 1_000_000)
                .unwrap();
        let fingerprint = format!("sha256:{}", metadata.fingerprint());
        self.run(&["trust", root.to_str().unwrap(), "--fingerprint", &fingerprint])
    }

    /// A path in the machine's folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The folder from which it syncs.
    pub fn mirror(&self) -> PathBuf {
        self.path("mirror")
    }

    /// Its state.
    pub fn state(&self) -> PathBuf {
        self.path("state")
    }

    /// Lays out what the simulator serves, and syncs.
    pub fn sync(&self, simulator: &Simulator) -> Run {
        simulator.serve_from(&self.mirror());
        self.run(&["sync"])
    }

    /// Runs the client, to which the example keys are good enough.
    pub fn run(&self, arguments: &[&str]) -> Run {
        self.run_without_example_keys(&[&["--allow-example-keys"], arguments].concat())
    }

    /// Runs the client, which is told to end after it has waited so many times, by the clock alone.
    pub fn run_waiting(&self, arguments: &[&str], times: usize) -> Run {
        self.run_in(|test| test.waits(times), &[&["--allow-example-keys"], arguments].concat())
    }

    /// Runs the client as it is.
    pub fn run_without_example_keys(&self, arguments: &[&str]) -> Run {
        self.run_in(|test| test, arguments)
    }

    /// Runs the client, to which the example keys are good enough, in a world that is arranged first.
    pub fn run_arranged(&self, arrange: impl FnOnce(TestWorld) -> TestWorld, arguments: &[&str]) -> Run {
        self.run_in(arrange, &[&["--allow-example-keys"], arguments].concat())
    }

    fn run_in(&self, arrange: impl FnOnce(TestWorld) -> TestWorld, arguments: &[&str]) -> Run {
        let test = TestWorld::new().at(self.now).in_dir(self.folder.path()).disk(self.disk.clone());
        let mut test = arrange(test);
        let (config, state) = (self.path("config.toml"), self.state());
        let places = ["--config".as_ref(), config.as_os_str(), "--state".as_ref(), state.as_os_str()];
        let all =
            std::iter::once("interdict".as_ref()).chain(places).chain(arguments.iter().map(AsRef::as_ref));
        let all: Vec<OsString> = all.map(OsString::from).collect();
        let outcome = interdict_client::run(all, &mut test.world);
        Run { outcome, stdout: test.stdout.text(), stderr: test.stderr.text() }
    }

    /// The policy that scripts read; empty before the first generation.
    pub fn policy(&self) -> String {
        fs::read_to_string(self.state().join("current/policy.json")).unwrap_or_default()
    }

    /// What is trusted and in force, byte for byte: everything in the state but evidence, the lock, what was found whole, when to ask
    /// next, and the memory of when the last refresh began.
    pub fn held(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect(&self.state(), &mut files);
        files.retain(|path, _| {
            let text = path.to_string_lossy();
            !text.contains("/evidence/")
                && !text.ends_with("/schedule.json")
                && !text.ends_with("/inspection.json")
                && !text.ends_with("/lock")
                && !text.contains("/memory/")
        });
        files
    }
}

fn collect(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            collect(&entry.path(), files);
        } else if kind.is_symlink() {
            files.insert(
                entry.path(),
                fs::read_link(entry.path()).unwrap().into_os_string().into_encoded_bytes(),
            );
        } else {
            files.insert(entry.path(), fs::read(entry.path()).unwrap());
        }
    }
}
