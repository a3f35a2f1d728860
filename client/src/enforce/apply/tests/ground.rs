//! A machine in a folder, tools that answer as a test says, and a picture of the tree.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use interdict_host::write::Disk;
use interdict_schema::{DateTime, Sha256};
use tempfile::TempDir;

use super::super::super::command::{Argument, Command};
use super::super::super::fidelity::Verdicts;
use super::super::super::record::{Call, Record, SuspendedBy, Suspension};
use super::super::super::rendered::{File, Marker, Rendered};
use super::super::super::stage::Mode;
use super::super::{Answer, Applied, ApplyError, Machine, Order, Ordered, Runner, Session, Settings, Tools};
use crate::places::Places;

/// Tools that answer as a test says: a small shell of their own.
#[derive(Debug, Default)]
pub struct Tool {
    /// Programs that are not there.
    pub absent: BTreeSet<String>,
    /// Programs that end with 1.
    pub failing: Mutex<BTreeSet<String>>,
    /// Programs that end with 1 until something is taken up.
    pub forgetful: Mutex<BTreeSet<String>>,
    /// Every command, and what the first file among its arguments held.
    pub calls: Mutex<Vec<(Call, Option<String>)>>,
}

impl Runner for Tool {
    fn is_there(&self, program: &str) -> bool {
        !self.absent.contains(program)
    }

    fn run(&self, call: &Call) -> io::Result<Answer> {
        let held = call.arguments.iter().find_map(|argument| fs::read_to_string(argument).ok());
        self.calls.lock().unwrap().push((call.clone(), held));
        let mut forgetful = self.forgetful.lock().unwrap();
        if call.program.ends_with("-take-up") {
            forgetful.clear();
        }
        let failing = self.failing.lock().unwrap();
        let status = i32::from(failing.contains(&call.program) || forgetful.contains(&call.program));
        Ok(Answer { status: Some(status), stdout: b"as said".to_vec(), stderr: Vec::new(), too_long: false })
    }
}

impl Tool {
    pub fn programs(&self) -> Vec<String> {
        self.calls.lock().unwrap().iter().map(|(call, _)| call.program.clone()).collect()
    }

    pub fn forgets(&self, program: &str) {
        self.forgetful.lock().unwrap().insert(program.into());
    }

    pub fn fails(&self, program: &str) {
        self.failing.lock().unwrap().insert(program.into());
    }
}

/// A machine: its tree, its state, its tools.
#[derive(Debug)]
pub struct Ground {
    folder: TempDir,
    pub places: Places,
    pub root: PathBuf,
    pub tool: Tool,
    pub disk: Disk,
    pub now: DateTime,
    pub tools: Tools,
}

impl Ground {
    pub fn new() -> Self {
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let root = folder.path().join("root");
        for made in ["etc/apt/preferences.d", "etc/fire/policies", "var/lib"] {
            fs::create_dir_all(root.join(made)).unwrap();
        }
        let base = root.join("etc/fire/policies/policies.json");
        fs::write(&base, "{\"own\":1}").unwrap();
        fs::set_permissions(&base, fs::Permissions::from_mode(0o640)).unwrap();
        let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_nanos(1_234_567_890_123_456_789);
        let theirs = root.join("etc/apt/preferences.d/theirs");
        fs::write(&theirs, "theirs").unwrap();
        for file in [&base, &theirs] {
            fs::File::options().write(true).open(file).unwrap().set_modified(long_ago).unwrap();
        }
        let places = Places { config: folder.path().join("c.toml"), state: folder.path().join("state") };
        let now = at("2018-01-01T00:00:00Z");
        let (tool, disk) = (Tool::default(), Disk::default());
        Self { folder, places, root, tool, disk, now, tools: Tools::Obey }
    }

    pub fn outside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn machine(&self) -> Machine<'_> {
        let Self { disk, tool, places, root, tools, .. } = self;
        Machine { disk, runner: tool, places, root, tools: *tools }
    }

    pub fn session(&self) -> Result<Session<'_>, ApplyError> {
        Session::open(self.machine(), self.now)
    }

    /// Applies what was rendered, each beneath its name.
    pub fn apply(&self, rendered: &[(&str, &Rendered)], settings: &Settings) -> Result<Applied, ApplyError> {
        self.session()?.apply(&order(rendered), settings)
    }

    pub fn suspend(&self, until: &str) -> Result<(), ApplyError> {
        self.session()?.suspend(suspension(until), super::super::Adopt::No).map(drop)
    }

    pub fn record(&self) -> Record {
        Record::read(&self.places, &self.root).unwrap().unwrap()
    }

    pub fn text(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.root.join(path.trim_start_matches('/'))).ok()
    }

    pub fn write(&self, path: &str, text: &str) {
        fs::write(self.root.join(path.trim_start_matches('/')), text).unwrap();
    }

    /// The whole tree: names, kinds, modes, owners, times of files, bytes.
    pub fn tree(&self) -> String {
        let mut text = String::new();
        picture(&self.root, &self.root, &mut text, true);
        text
    }

    /// The same without the times, for files that were written anew.
    pub fn tree_without_times(&self) -> String {
        let mut text = String::new();
        picture(&self.root, &self.root, &mut text, false);
        text
    }
}

fn picture(root: &Path, folder: &Path, text: &mut String, times: bool) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let metadata = fs::symlink_metadata(&path).unwrap();
        let (mode, owner, group) = (metadata.mode(), metadata.uid(), metadata.gid());
        let name = path.strip_prefix(root).unwrap().display();
        write!(text, "{name} {mode:o} {owner}:{group}").unwrap();
        if metadata.is_dir() {
            text.push('\n');
            picture(root, &path, text, times);
        } else if metadata.is_symlink() {
            writeln!(text, " -> {}", fs::read_link(&path).unwrap().display()).unwrap();
        } else {
            if times {
                write!(text, " {}.{}", metadata.mtime(), metadata.mtime_nsec()).unwrap();
            }
            writeln!(text, " {:?}", String::from_utf8_lossy(&fs::read(&path).unwrap())).unwrap();
        }
    }
}

pub fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}

pub fn suspension(until: &str) -> Suspension {
    let (reason, since) = ("incident 7".into(), DateTime::EPOCH);
    Suspension { by: SuspendedBy::Suspend, reason, since, until: at(until) }
}

pub fn order<'o>(rendered: &[(&'o str, &'o Rendered)]) -> Order<'o> {
    Order {
        generation: 12,
        mode: Mode::Enforce,
        plan: Sha256::of(b"plan"),
        not_enforced: Vec::new(),
        targets: rendered.iter().map(|(name, rendered)| Ordered { name, rendered, release: &[] }).collect(),
    }
}

/// What a target makes: these files, judged by `<name>-judge` and taken up by `<name>-take-up`.
pub fn rendered(files: Vec<File>, judge: &'static str, take_up: &'static str) -> Rendered {
    let first = if files.is_empty() { Vec::new() } else { vec![Argument::TextAndFile("", 0)] };
    Rendered {
        files,
        needs: &[],
        validate: vec![Command::new(judge, first)],
        activate: vec![Command::of_texts(take_up, &["reload"])],
        questions: Vec::new(),
        verdicts: Verdicts::new(0),
        warnings: Vec::new(),
    }
}

pub const PINS: &str = "/etc/apt/preferences.d/50-interdict";
pub const ZONE: &str = "/var/lib/unbound/zones/interdict.zone";
pub const POLICIES: &str = "/etc/fire/policies/policies.json";

pub fn pins(body: &str) -> Rendered {
    let file = File::drop_in(PINS.into(), body.into(), Marker::First("#"));
    rendered(vec![file], "apt-judge", "apt-take-up")
}

pub fn zone(body: &str) -> Rendered {
    let file = File::drop_in(ZONE.into(), body.into(), Marker::First(";"));
    rendered(vec![file], "dns-judge", "dns-take-up")
}

pub fn policies(body: &str) -> Rendered {
    use super::super::super::rendered::Ownership;
    let file = File {
        path: POLICIES.into(),
        bytes: body.into(),
        permissions: 0o644,
        marker: Marker::None,
        ownership: Ownership::Merged,
    };
    rendered(vec![file], "fire-judge", "fire-take-up")
}

/// Files and what their bytes are to be, all at once.
pub fn texts(ground: &Ground) -> BTreeMap<&'static str, Option<String>> {
    [PINS, ZONE, POLICIES].into_iter().map(|path| (path, ground.text(path))).collect()
}
