//! A client with its folders.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use interdict_host::testing::TestWorld;
use interdict_host::write::Disk;
use interdict_schema::DateTime;
use interdict_tests::simulator::{Simulator, beginning};
use serde_json::Value;
use tempfile::TempDir;

use super::site::Site;

/// A folder, in memory where the machine has such a place.
pub fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// A client of somebody's repository.
pub struct Client {
    folder: TempDir,
    /// The machine's clock.
    pub now: DateTime,
    /// The machine's disk.
    pub disk: Disk,
    said: RefCell<String>,
}

impl Client {
    /// A client that trusts nothing, at the simulator's beginning.
    pub fn new() -> Self {
        Self { folder: folder(), now: beginning(), disk: Disk::default(), said: RefCell::default() }
    }

    /// A client that trusts a repository's first root.
    pub fn trusting(repository: &Simulator) -> Self {
        let client = Self::new();
        assert_eq!(client.init(repository.pin()), 0, "{}", client.said());
        client
    }

    /// Runs `interdict tuf --metadata-dir D …` and gives the exit code.
    pub fn run(&self, arguments: &[&str]) -> u8 {
        let mut test = TestWorld::new().at(self.now).in_dir(self.folder.path()).disk(self.disk.clone());
        let all = [&["interdict", "tuf", "--metadata-dir", "metadata"], arguments].concat();
        let outcome = interdict_client::run(all.into_iter().map(OsString::from), &mut test.world);
        *self.said.borrow_mut() = test.stderr.text();
        outcome.exit().code()
    }

    /// What the last run said on standard error.
    pub fn said(&self) -> String {
        self.said.borrow().clone()
    }

    /// `init`.
    pub fn init(&self, root: &[u8]) -> u8 {
        fs::write(self.folder.path().join("initial.json"), root).unwrap();
        self.run(&["init", "initial.json"])
    }

    /// `refresh`.
    pub fn refresh(&self, metadata: &str) -> u8 {
        self.run(&["--metadata-url", metadata, "refresh"])
    }

    /// `download` from a site.
    pub fn download(&self, site: &Site, targets: &[&str]) -> u8 {
        self.download_from(&site.metadata(), &site.targets(), targets)
    }

    /// `download`.
    pub fn download_from(&self, metadata: &str, base: &str, targets: &[&str]) -> u8 {
        let mut arguments = vec!["--metadata-url", metadata];
        for target in targets {
            arguments.extend(["--target-name", target]);
        }
        arguments.extend(["--target-base-url", base, "--target-dir", "targets", "download"]);
        self.run(&arguments)
    }

    /// The folder of metadata.
    pub fn metadata_dir(&self) -> PathBuf {
        self.folder.path().join("metadata")
    }

    /// The folder of targets.
    pub fn target_dir(&self) -> PathBuf {
        self.folder.path().join("targets")
    }

    /// The names of the JSON files in the folder of metadata, sorted.
    pub fn json_files(&self) -> Vec<String> {
        let is_json =
            |name: &String| Path::new(name).extension().is_some_and(|extension| extension == "json");
        files(&self.metadata_dir()).into_keys().filter(is_json).collect()
    }

    /// The roles that are trusted, in which versions: `root 2, timestamp 3`.
    pub fn versions(&self) -> String {
        let version = |name: &String| {
            let file: Value = serde_json::from_slice(&self.kept(name)).unwrap();
            format!("{} {}", name.trim_end_matches(".json"), file["signed"]["version"])
        };
        self.json_files().iter().map(version).collect::<Vec<_>>().join(", ")
    }

    /// The bytes of a file of the folder of metadata.
    pub fn kept(&self, name: &str) -> Vec<u8> {
        fs::read(self.metadata_dir().join(name)).unwrap()
    }

    /// Every file of the folder of metadata but the lock.
    pub fn everything(&self) -> BTreeMap<String, Vec<u8>> {
        let mut all = files(&self.metadata_dir());
        all.remove("lock");
        all
    }

    /// The targets, by name.
    pub fn targets(&self) -> Vec<(String, Vec<u8>)> {
        files(&self.target_dir()).into_iter().filter(|(name, _)| !name.starts_with(".tmp-")).collect()
    }
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())).collect()
}
