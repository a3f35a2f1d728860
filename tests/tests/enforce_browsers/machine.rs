//! What both browsers have around them: a tree that is laid over `/etc`, a client that plans, applies and undoes beneath it, and a
//! server that knows every name.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use interdict_client::enforce::{Mode, Rendered, Seen, Target};
use interdict_host::exit::Exit;
use interdict_tests::agency::Agency;
use interdict_tests::obeying::{run, write};
use interdict_tests::simulator::Simulator;
use serde_json::json;

use crate::bans::{made_up, options};

/// A port of loopback at which every request is answered with a page.
pub fn web() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            std::thread::spawn(move || {
                let mut request = BufReader::new(stream.try_clone().unwrap());
                let mut line = String::new();
                while request.read_line(&mut line).is_ok_and(|length| length > 2) {
                    line.clear();
                }
                let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
                let _ = Write::write_all(&mut stream, page.as_bytes());
            });
        }
    });
    port
}

/// A machine: a tree, and a client that enforces beneath it.
pub struct Machine {
    agency: Agency,
    target: &'static dyn Target,
}

impl Machine {
    /// A machine with these files of its administrator's.
    pub fn new(target: &'static dyn Target, files: &[(&str, &str)]) -> Self {
        let machine = Self { agency: Agency::new(), target };
        for (path, text) in files {
            let path = machine.root().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        machine
    }

    pub fn root(&self) -> PathBuf {
        self.agency.path("root")
    }

    /// A folder for the browser itself.
    pub fn place(&self, name: &str) -> PathBuf {
        let place = self.agency.path(name);
        std::fs::create_dir_all(&place).unwrap();
        place
    }

    /// Every file of the tree with its bytes.
    pub fn tree(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        fn gather(folder: &Path, tree: &mut BTreeMap<PathBuf, Vec<u8>>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    gather(&path, tree);
                } else {
                    tree.insert(path.clone(), std::fs::read(&path).unwrap());
                }
            }
        }
        let mut tree = BTreeMap::new();
        gather(&self.root(), &mut tree);
        tree
    }

    /// Has a directive fetched that bans a domain, with something left out below it, and extensions.
    pub fn ban(&mut self, extensions: &[&str]) {
        let mut identifiers = vec![json!({ "kind": "domain", "value": "banned.example" })];
        identifiers.extend(extensions.iter().map(|id| json!({ "kind": "extension-id", "value": id })));
        let directive = json!({
            "format": "interdict-directive/1", "id": "BOD-17-01", "revision": 1, "status": "in-force",
            "title": "Block it", "issuer": "dhs", "zone": "America/New_York", "issued": "2017-09-13",
            "subjects": [{
                "id": "it", "name": "It", "disposition": "prohibited", "identifiers": identifiers,
                "excludes": [{
                    "id": "answers", "reason": "their answers to incidents",
                    "identifiers": [{ "kind": "domain", "value": "cert.banned.example" }],
                }],
            }],
            "actions": [{
                "id": "block", "modality": "must", "kind": "block",
                "due": { "edge": "begin", "offset": { "n": 0, "unit": "day", "anchor": "issued" } },
            }],
        });
        let mut simulator = Simulator::new();
        simulator.directive(directive.to_string().as_bytes());
        simulator.publish();
        let root = self.root();
        let agency = Agency::following(&simulator);
        let config = agency.path("config.toml");
        let mut text = std::fs::read_to_string(&config).unwrap();
        let name = self.target.name();
        write!(text, "\n[enforce]\ntargets = [\"{name}\"]\n[enforce.{name}]\nprogram = \"none\"\n").unwrap();
        std::fs::write(config, text).unwrap();
        let to = agency.path("root");
        std::fs::create_dir_all(&to).unwrap();
        run("cp", ["-a", root.join(".").to_str().unwrap(), to.to_str().unwrap()]);
        self.agency = agency;
    }

    fn verb(&self, arguments: &[&str]) -> String {
        let root = self.root();
        let run = self.agency.run(&[arguments, &["--root", root.to_str().unwrap()]].concat());
        if arguments[0] != "plan" {
            assert_eq!(run.exit(), Exit::Done, "{arguments:?}: {}{}", run.stdout, run.stderr);
        }
        run.stdout + &run.stderr
    }

    /// Plans and applies; says what the plan says.
    pub fn apply(&self, mode: &str) -> String {
        let said = self.verb(&["plan", "--target", self.target.name(), mode, "--out", "plan.json"]);
        self.verb(&["apply", "plan.json"]);
        said
    }

    pub fn undo(&self) {
        self.verb(&["undo", "--reason", "a test", "--until", "24h"]);
    }

    /// Writes what the target makes of the made-up bans.
    pub fn obey_made_up(&self) -> Rendered {
        let (settings, seen) = (BTreeMap::new(), Seen::default());
        let options = options(self.target, Mode::Enforce, &settings, &seen);
        let rendered = self.target.render(&made_up(), &options).unwrap();
        let _ = write(&rendered, &self.root());
        rendered
    }

    /// A browser's program, with the tree laid over `/etc`; it ends with whoever started it, and after two minutes in any case.
    pub fn program(&self, words: &str) -> Command {
        const LAID_OVER: &str = "mount -t tmpfs interdict /mnt && mkdir /mnt/upper /mnt/work && cp -a \"$1/etc/.\" /mnt/upper \
             && mount -t overlay interdict -o lowerdir=/etc,upperdir=/mnt/upper,workdir=/mnt/work /etc \
             && shift && eval \"exec timeout 120 $1\"";
        let mut command = Command::new("unshare");
        command.args(["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]);
        command.args(["sh", "-c", LAID_OVER, "sh"]).arg(self.root()).arg(words);
        command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("HOME", self.place("home"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        command
    }
}

/// A browser that runs, and ends with this.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
