//! What both browsers have around them: a machine of their own on which `interdict` is used as people use it, and a server that
//! knows every name.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use interdict_client::enforce::{Mode, Rendered, Seen, Target};
use interdict_tests::obeying::write;
use interdict_tests::round_trip::picture::Picture;
use interdict_tests::round_trip::{self, Ran};
use serde_json::json;

use crate::bans::{made_up, options};

/// A port of a machine's loopback at which every request is answered with a page.
pub fn web(machine: &Machine) -> u16 {
    let listener = machine.of_its_own.in_network(|| TcpListener::bind("127.0.0.1:0").unwrap());
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

/// A machine of a test's own, on which one browser is told what to do.
pub struct Machine {
    pub of_its_own: round_trip::Machine,
    target: &'static dyn Target,
    profiles: AtomicU32,
}

impl Machine {
    /// A machine with these files of its administrator's; `None` where it cannot be had, or not with this browser.
    pub fn new(target: &'static dyn Target, browser: &str, files: &[(&str, &str)]) -> Option<Self> {
        let of_its_own = round_trip::Machine::new(&[browser])?;
        for (path, text) in files {
            of_its_own.write(path, text);
        }
        Some(Self { of_its_own, target, profiles: AtomicU32::new(0) })
    }

    /// Where a file of it lies for us.
    pub fn path(&self, inside: &str) -> PathBuf {
        self.of_its_own.path(inside)
    }

    /// Everything that has changed on it.
    pub fn picture(&self) -> Picture {
        self.of_its_own.picture()
    }

    /// A new folder there for a browser's profile, with these settings.
    pub fn profile(&self, settings: &str) -> String {
        let profile = format!("/tmp/profile-{}", self.profiles.fetch_add(1, Ordering::Relaxed));
        self.of_its_own.write(&format!("{profile}/user.js"), settings);
        profile
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
        self.of_its_own.order(&[directive.to_string().into_bytes()]);
    }

    /// Plans and applies, and applies once more, which finds nothing to do; says what the plan says.
    pub fn apply(&self, mode: &str) -> String {
        let (plan, _) = self.of_its_own.apply(self.target.name(), mode);
        plan.said()
    }

    /// `interdict`, as root.
    pub fn interdict(&self, arguments: &[&str]) -> Ran {
        self.of_its_own.interdict(arguments)
    }

    pub fn undo(&self) {
        self.of_its_own.undo().ended(0);
    }

    /// Writes what the target makes of the made-up bans.
    pub fn obey_made_up(&self) -> Rendered {
        let (settings, seen) = (BTreeMap::new(), Seen::default());
        let options = options(self.target, Mode::Enforce, &settings, &seen);
        let rendered = self.target.render(&made_up(), &options).unwrap();
        let _ = write(&rendered, &self.path("/"));
        rendered
    }

    /// A browser's program there; it ends with whoever started it, and after two minutes in any case.
    pub fn program(&self, words: &str) -> Command {
        let mut command = self.of_its_own.command("setpriv");
        let script = format!("exec timeout 120 {words}");
        command.args(["--pdeathsig", "KILL", "--", "sh", "-c", &script]);
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
