//! A machine of a test's own, with the tools' real programs, on which `interdict` is used as people use it: one user syncs, root
//! plans, applies and undoes beneath `/`.
//!
//! | file | what it is |
//! |---|---|
//! | `layers.sh` | a layer in memory over this machine's file system, and namespaces for mounts, network and processes |
//! | `first.py` | the first process there, which keeps the system's log |
//! | `systemctl.py` | stands in for systemd: starts a service by the lines of its own unit file |
//! | [`debian`] | packages of Debian, and a repository of them |
//! | [`picture`] | everything that has changed there, for comparing |
//! | [`orders`] | signed orders |
//!
//! **What is replaced**: `systemctl`, by `systemctl.py`; the system's log, by `first.py`. Everything else is what Debian has.
//! Nothing of it reaches this machine: what is written lies in memory and goes with the test, and so does every process.

pub mod debian;
pub mod orders;
pub mod picture;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::fd::AsFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use interdict_host::world::World;
use interdict_schema::tuf::{Metadata, RoleType, Root};
use tempfile::TempDir;

use crate::obeying::absent;
use crate::programs;
use crate::simulator::Simulator;

const LAYERS: &str = include_str!("layers.sh");
const FIRST: &str = include_str!("first.py");
const SYSTEMCTL: &str = include_str!("systemctl.py");
const PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin";

/// What every machine needs.
const TOOLS: [&str; 6] = ["unshare", "nsenter", "ip", "python3", "setpriv", "pivot_root"];

/// The user that syncs.
const SYNCING: &str = "12345";

/// What `apply` says first where all is in place; when it next changes by itself may stand below.
pub const NOTHING_TO_DO: &str = "Everything is in place: nothing to do.";

/// A machine.
#[derive(Debug)]
pub struct Machine {
    _folder: TempDir,
    holds: Child,
    started: Vec<Child>,
    first: u32,
    authority: Simulator,
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// Its status; `None` for a signal.
    pub status: Option<i32>,
    /// What it said.
    pub stdout: String,
    /// What it complained of.
    pub stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { status: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }
}

impl Ran {
    /// Insists on how it ended.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "what it insists on is what it is called for")]
    pub fn ended(self, status: i32) -> Self {
        assert_eq!(self.status, Some(status), "{}{}", self.stdout, self.stderr);
        self
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        for child in std::iter::once(&mut self.holds).chain(&mut self.started) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Machine {
    /// A machine on which `interdict` is installed and trusts an authority that has published nothing; `None` where this
    /// machine has not these tools or may not make namespaces, and says so.
    pub fn new(tools: &[&str]) -> Option<Self> {
        if absent(&TOOLS) || absent(tools) {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("unshare");
        command.args(["--mount", "--net", "--pid", "--fork", "--kill-child", "sh", "-c", LAYERS, "sh"]);
        command.arg(folder.path()).arg(FIRST).env("PATH", PATH).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut holds = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(holds.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        if line != "ready\n" {
            let said = Ran::from(holds.wait_with_output().unwrap()).stderr;
            println!("skipped: no machine of its own can be made here, for which root is needed: {said}");
            return None;
        }
        let children = format!("/proc/{0}/task/{0}/children", holds.id());
        let first = fs::read_to_string(children).unwrap().trim().parse().unwrap();
        let mut authority = Simulator::at(World::real().now().unwrap());
        authority.publish();
        let machine = Self { _folder: folder, holds, started: Vec::new(), first, authority };
        machine.install();
        Some(machine)
    }

    fn install(&self) {
        self.write("/usr/bin/systemctl", SYSTEMCTL);
        fs::copy(programs::build().unwrap().client, self.path("/usr/bin/interdict")).unwrap();
        for program in ["systemctl", "interdict"] {
            let path = self.path(&format!("/usr/bin/{program}"));
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        for folder in ["/etc/interdict", "/var/lib/interdict-apply", "/var/lib/interdict"] {
            let _ = fs::remove_dir_all(self.path(folder));
        }
        self.shell(&format!("install -d -o {SYNCING} -g {SYNCING} /var/lib/interdict"));
        self.authority.serve_from(&self.path("/srv/mirror"));
        self.write("/srv/root.json", self.authority.pin());
        self.interdict(&["setup", "/srv/mirror"]).ended(0);
        let role = RoleType::Root.into();
        let root = Metadata::<Root>::parse(self.authority.pin(), &role, 1_000_000).unwrap();
        let fingerprint = format!("sha256:{}", root.fingerprint());
        self.interdict(&["trust", "/srv/root.json", "--fingerprint", &fingerprint]).ended(0);
    }

    /// Where a file of it lies for us.
    pub fn path(&self, inside: &str) -> PathBuf {
        Path::new(&format!("/proc/{}/root", self.first)).join(inside.trim_start_matches('/'))
    }

    /// Writes a file there, with its folders.
    pub fn write(&self, inside: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(inside);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// A file's text; empty where it is not there.
    pub fn read(&self, inside: &str) -> String {
        fs::read_to_string(self.path(inside)).unwrap_or_default()
    }

    /// A program there, as root.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.env_clear().envs([("PATH", PATH), ("LC_ALL", "C"), ("HOME", "/root")]);
        command.args(["--mount", "--net", "--pid", "--target", &self.first.to_string(), "--", program]);
        command
    }

    /// Runs a program there, to its end.
    pub fn run(&self, program: &str, arguments: &[&str]) -> Ran {
        self.command(program).args(arguments).stdin(Stdio::null()).output().unwrap().into()
    }

    /// Runs a script there that must end with 0; what it said.
    #[track_caller]
    pub fn shell(&self, script: &str) -> String {
        self.run("sh", &["-euc", script]).ended(0).stdout
    }

    /// Starts a program there, which goes with the machine, and waits until it says `ready`.
    pub fn start(&mut self, program: &str, arguments: &[&str]) {
        let mut command = self.command("setpriv");
        command.args(["--pdeathsig", "KILL", "--", program]).args(arguments);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        self.started.push(child);
        assert_eq!(line, "ready\n", "{program} {arguments:?}");
    }

    /// Does something in its network: a socket that is made there stays there, whoever uses it.
    pub fn in_network<T: Send>(&self, what: impl FnOnce() -> T + Send) -> T {
        use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
        let network = fs::File::open(format!("/proc/{}/ns/net", self.first)).unwrap();
        // A thread of its own, which ends there: nothing else of this process leaves its network.
        let there = move || {
            move_into_link_name_space(network.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
            what()
        };
        std::thread::scope(|scope| scope.spawn(there).join().unwrap())
    }

    /// What the system's log has.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.path("/run/machine/log")).unwrap()).into_owned()
    }

    /// `interdict`, as root, with the places of the system.
    pub fn interdict(&self, arguments: &[&str]) -> Ran {
        self.run("interdict", &[&["--allow-example-keys"], arguments].concat())
    }

    /// Has the authority publish these orders too, and the user that syncs fetch them.
    pub fn order(&mut self, payloads: &[Vec<u8>]) {
        for payload in payloads {
            self.authority.directive(payload);
        }
        self.sign_and_sync();
    }

    /// Has the authority revoke an order, by a second revision.
    pub fn revoke(&mut self, payload: &[u8]) {
        self.order(&[orders::revoked(payload)]);
    }

    /// Has the authority sign what it has once more, as it does every night, and the user that syncs fetch it.
    pub fn sign_and_sync(&mut self) {
        self.authority.publish();
        self.authority.serve_from(&self.path("/srv/mirror"));
        let user = ["--reuid", SYNCING, "--regid", SYNCING, "--clear-groups", "--", "interdict"];
        let places = ["--allow-example-keys", "--config", "/etc/interdict/config.toml"];
        let sync = ["--state", "/var/lib/interdict", "sync"];
        self.run("setpriv", &[&user[..], &places[..], &sync[..]].concat()).ended(0);
    }

    /// Adds lines to the configuration of `interdict`.
    pub fn configure(&self, lines: &str) {
        let path = "/etc/interdict/config.toml";
        self.write(path, format!("{}\n{lines}", self.read(path)));
    }

    /// `interdict plan`, written down in `/root/plan.json`. Mode is `--audit` or `--enforce`.
    pub fn plan(&self, target: &str, mode: &str) -> Ran {
        self.plan_with(target, &[mode])
    }

    /// The same with these options.
    pub fn plan_with(&self, target: &str, options: &[&str]) -> Ran {
        let _ = fs::remove_file(self.path("/root/plan.json"));
        let ran =
            self.interdict(&[&["plan", "--target", target, "--out", "/root/plan.json"], options].concat());
        assert!(self.path("/root/plan.json").exists(), "{}{}", ran.stdout, ran.stderr);
        ran
    }

    /// The plan that was written down.
    pub fn planned(&self) -> serde_json::Value {
        serde_json::from_str(&self.read("/root/plan.json")).unwrap()
    }

    /// Plans, applies, and applies once more, which must find nothing to do and end with 0. What the plan and the first
    /// application said.
    #[track_caller]
    pub fn apply(&self, target: &str, mode: &str) -> (Ran, Ran) {
        let plan = self.plan(target, mode);
        let applied = self.interdict(&["apply", "/root/plan.json"]).ended(0);
        let before = self.picture();
        let again = self.interdict(&["apply", "/root/plan.json"]).ended(0);
        assert_eq!(again.stdout.lines().next(), Some(NOTHING_TO_DO), "{}{}", again.stdout, again.stderr);
        assert_eq!(self.picture(), before);
        (plan, applied)
    }

    /// `interdict undo`, for an hour.
    pub fn undo(&self) -> Ran {
        self.interdict(&["undo", "--reason", "a drill", "--until", "1h"])
    }
}
