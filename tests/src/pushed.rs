//! A publication that is pushed somewhere, and clients that read there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use interdict_host::exit::Exit;
use interdict_host::testing::TestWorld;

use crate::agency::Agency;
use crate::authority::{Authority, Ran, draft};

/// An authority that has published BOD-17-01 with an attachment, and after that ED-21-01 and the next revision of BOD-17-01.
#[derive(Debug)]
pub struct Publications {
    /// The authority; its repository is the new publication.
    pub authority: Authority,
    /// The public folder as it was before, `before` in the authority's folder.
    pub before: PathBuf,
}

/// Which publication a client holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Seen {
    /// The one before.
    Before,
    /// The new one.
    After,
}

impl Publications {
    /// Publishes both, on the day of BOD 17-01.
    pub fn new() -> Self {
        Self::of(Authority::founded())
    }

    /// Publishes both.
    pub fn of(authority: Authority) -> Self {
        authority.write("notes.txt", "What the order says.\n");
        authority.run(&["publish", "--repo", "repo", "--attach", "notes.txt"]).done();
        let first = authority.issue(&draft("BOD-17-01", 1, None));
        let before = authority.folder().join("before");
        copy(&authority.public(), &before);
        authority.issue(&draft("ED-21-01", 1, None));
        authority.issue(&draft("BOD-17-01", 2, Some(first)));
        Self { authority, before }
    }

    /// Pushes the publication before.
    pub fn push_before(&self, world: TestWorld, to: &str) -> Ran {
        self.authority.run_in(world, &["push", to, "--repo", "before"])
    }

    /// Pushes the new publication.
    pub fn push(&self, world: TestWorld, to: &str) -> Ran {
        self.authority.run_in(world, &["push", to, "--repo", "repo"])
    }

    /// A client that trusts the first root and reads at this location; it has not synced.
    pub fn client(&self, location: &str) -> Agency {
        let mut agency = Agency::new();
        agency.now = self.authority.now();
        let run = agency.run(&["setup", location]);
        assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
        assert_eq!(agency.trust(&self.authority.root()).exit(), Exit::Done);
        agency
    }
}

impl Default for Publications {
    fn default() -> Self {
        Self::new()
    }
}

impl Seen {
    /// Syncs a client, and says which publication it then holds: `None` where there is none yet.
    ///
    /// # Panics
    ///
    /// Where it gets anything else.
    pub fn by(agency: &Agency) -> Option<Self> {
        let run = agency.run(&["sync"]);
        if run.exit() == Exit::NoAnswer && agency.policy().is_empty() {
            return None;
        }
        assert_eq!(run.exit(), Exit::Done, "{}{}", run.stdout, run.stderr);
        let policy: serde_json::Value = serde_json::from_str(&agency.policy()).unwrap();
        let directives = policy["directives"].as_array().unwrap();
        let has = |id: &str, revision: u32| {
            directives.iter().any(|directive| directive["id"] == id && directive["revision"] == revision)
        };
        match (has("BOD-17-01", 1), has("BOD-17-01", 2), has("ED-21-01", 1)) {
            (true, false, false) => Some(Self::Before),
            (false, true, true) => Some(Self::After),
            _ => panic!("a mix: {policy}"),
        }
    }
}

/// Copies a folder and all in it, but for times.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// Every file below a folder that is served, by its name there, but for temporary ones.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for below in ["metadata", "targets"] {
        for entry in fs::read_dir(folder.join(below)).into_iter().flatten().flatten() {
            let name = entry.file_name().into_string().unwrap();
            files.insert(format!("{below}/{name}"), fs::read(entry.path()).unwrap_or_default());
        }
    }
    files.retain(|name, _| !name.contains("/.tmp-"));
    files
}
