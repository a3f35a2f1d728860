//! Banned domains, with a real unbound on loopback in front of a server that knows every name: resolved before, resolved and
//! logged in audit, NXDOMAIN when enforced while everything else still resolves, and as before after the undo.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and write files"
)]

#[path = "../../client/tests/enforce/bans.rs"]
mod bans;

use std::collections::BTreeMap;
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use bans::{With as _, audited, options, part};
use interdict_client::enforce::rpz::DnsRpz;
use interdict_client::enforce::target::Now;
use interdict_client::enforce::{Bans, Mode, Rendered, Seen, Stage, Target as _};
use interdict_tests::obeying::{absent, compiled, run, write};

/// A port of loopback that is free for both protocols.
fn free_port() -> u16 {
    let both = || {
        let udp = UdpSocket::bind("127.0.0.1:0").ok()?;
        let port = udp.local_addr().ok()?.port();
        TcpListener::bind(("127.0.0.1", port)).ok().map(|_| port)
    };
    std::iter::repeat_with(both).take(100).flatten().next().unwrap()
}

fn started(configuration: &Path) -> Child {
    let mut command = Command::new("/usr/sbin/unbound");
    command.arg("-d").arg("-c").arg(configuration).stderr(Stdio::null()).spawn().unwrap()
}

struct Unbound {
    child: Child,
    configuration: PathBuf,
    port: u16,
}

impl Drop for Unbound {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Unbound {
    fn new(folder: &Path, lines: &str) -> Self {
        let port = free_port();
        std::fs::create_dir_all(folder.join("conf.d")).unwrap();
        let at = folder.display();
        let text = format!(
            "server:\n interface: 127.0.0.1\n port: {port}\n username: \"\"\n chroot: \"\"\n directory: \"{at}\"\n \
             pidfile: \"{at}/pid\"\n logfile: \"{at}/log\"\n use-syslog: no\n do-daemonize: no\n \
             do-not-query-localhost: no\n domain-insecure: \"example\"\n local-zone: \"example.\" nodefault\n\
             remote-control:\n control-enable: yes\n control-interface: \"{at}/control\"\n control-use-cert: no\n\
             {lines}include-toplevel: \"{at}/conf.d/*.conf\"\n"
        );
        let configuration = folder.join("unbound.conf");
        std::fs::write(&configuration, text).unwrap();
        run("unbound-checkconf", [&configuration]);
        let child = started(&configuration);
        let server = Self { child, configuration, port };
        server.answers();
        server
    }

    /// Waits until it does.
    fn answers(&self) {
        assert!((0..2000).any(|_| self.control(&["status"]).status.success()), "unbound does not answer");
    }

    /// Stands in for systemd, which no test may talk to.
    fn restart(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.child = started(&self.configuration);
        self.answers();
    }

    fn control(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("/usr/sbin/unbound-control");
        command.arg("-c").arg(&self.configuration).args(arguments).output().unwrap()
    }

    /// Runs a command of the target; those to unbound itself are told which one.
    fn obey(&mut self, command: &interdict_client::enforce::Command, files: &[PathBuf]) -> Output {
        if command.program == "systemctl" {
            self.restart();
            return run("true", [""]);
        }
        let command = compiled(command, files);
        let mut told = Command::new(command.get_program());
        told.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        match command.get_program().to_str().unwrap() {
            "unbound-control" => told.arg("-c").arg(&self.configuration),
            "unbound-checkconf" => told.arg(&self.configuration),
            _ => &mut told,
        };
        told.args(command.get_args()).output().unwrap()
    }

    /// What it says of a name: `NOERROR`, `NXDOMAIN`.
    fn says(&self, name: &str) -> String {
        let port = self.port.to_string();
        let output = run("dig", ["@127.0.0.1", "-p", &port, name, "A", "+noall", "+comments", "+tries=3"]);
        let text = String::from_utf8(output.stdout).unwrap();
        let (_, rest) = text.split_once("status: ").unwrap_or_else(|| panic!("{name}: {text}"));
        rest.split(',').next().unwrap().to_owned()
    }
}

struct Machine {
    folder: tempfile::TempDir,
    resolver: Unbound,
    _authority: Unbound,
    settings: BTreeMap<String, String>,
    seen: Seen,
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let lines = "server:\n local-zone: \"example.\" redirect\n local-data: \"example. A 192.0.2.7\"\n";
        let authority = Unbound::new(&folder.path().join("authority"), lines);
        let lines = format!("forward-zone:\n name: \".\"\n forward-addr: 127.0.0.1@{}\n", authority.port);
        let resolver = Unbound::new(&folder.path().join("resolver"), &lines);
        let path = |name: &str| folder.path().join("resolver").join(name).to_str().unwrap().to_owned();
        let settings = BTreeMap::from([
            ("folder".to_owned(), path("interdict")),
            ("configuration".to_owned(), path("conf.d/interdict.conf")),
            ("port".to_owned(), resolver.port.to_string()),
        ]);
        Self { folder, resolver, _authority: authority, settings, seen: Seen::default() }
    }

    fn render(&self, bans: &Bans, mode: Mode) -> Rendered {
        DnsRpz.render(bans, &options(&DnsRpz, mode, &self.settings, &self.seen)).unwrap()
    }

    fn apply(&mut self, bans: &Bans, mode: Mode) -> Rendered {
        let rendered = self.render(bans, mode);
        let files = write(&rendered, Path::new("/"));
        for command in rendered.validate.iter().chain(&rendered.activate) {
            let output = self.resolver.obey(command, &files);
            assert!(output.status.success(), "{command:?}: {output:?}");
        }
        for question in &rendered.questions {
            let output = self.resolver.obey(&question.command, &files);
            let met = question.expects.is_met(output.status.code(), &output.stdout);
            assert!(met, "{}: {output:?}", question.about);
        }
        for file in &rendered.files {
            self.seen.add(file.path.clone(), Now { bytes: file.bytes.clone(), base: None, ours: true });
        }
        rendered
    }

    fn undo(&mut self, rendered: &Rendered) {
        for file in &rendered.files {
            std::fs::remove_file(&file.path).unwrap();
        }
        for command in &rendered.activate {
            assert!(self.resolver.obey(command, &[]).status.success(), "{command:?}");
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("resolver/log")).unwrap()
    }

    fn says(&self, names: &[&str]) -> Vec<String> {
        names.iter().map(|name| self.resolver.says(name)).collect()
    }
}

fn ordered() -> Bans {
    bans::bans(vec![
        part("BOD-01-01", "s", Stage::Enforce)
            .with("domain", "banned.example")
            .with("domain", "xn--bcher-kva.example")
            .without("domain", "removal.tools.banned.example"),
        part("BOD-02-01", "waived", Stage::Freed)
            .with("domain", "waived.example")
            .with("domain", "update.banned.example"),
        part("BOD-03-01", "later", Stage::Audit).with("domain", "later.example"),
    ])
}

const BANNED: [&str; 7] = [
    "banned.example",
    "www.banned.example",
    "a.b.c.banned.example",
    // Waived by one directive, banned by another.
    "update.banned.example",
    // Above and beside what is left out: an empty name in the zone, past which no wildcard reaches.
    "tools.banned.example",
    "zz.tools.banned.example",
    "www.xn--bcher-kva.example",
];

const OTHERS: [&str; 8] = [
    "notbanned.example",
    "fine.example",
    "removal.tools.banned.example",
    "www.removal.tools.banned.example",
    "waived.example",
    "www.waived.example",
    "later.example",
    "www.later.example",
];

#[test]
fn banned_domains_are_logged_in_audit_not_found_when_enforced_and_found_again_after_the_undo() {
    if absent(&["unbound", "unbound-checkconf", "unbound-control", "named-checkzone", "dig"]) {
        return;
    }
    let mut machine = Machine::new();
    assert_eq!(machine.says(&BANNED), ["NOERROR"; 7]);
    assert_eq!(machine.says(&OTHERS), ["NOERROR"; 8]);

    machine.apply(&audited(ordered()), Mode::Audit);
    assert_eq!(machine.says(&BANNED), ["NOERROR"; 7]);
    assert_eq!(machine.says(&OTHERS), ["NOERROR"; 8]);
    for name in BANNED.iter().chain(&["later.example", "www.later.example"]) {
        let line = format!(" {name}. A IN");
        let logged = |text: &str| text.contains("[interdict-audit]") && text.ends_with(&line);
        assert!(machine.log().lines().any(logged), "{name} is not in the log");
    }
    for name in ["fine.example", "waived.example", "notbanned.example"] {
        assert!(!machine.log().contains(&format!(" {name}. A IN")), "{name} is in the log");
    }

    let rendered = machine.apply(&ordered(), Mode::Enforce);
    assert_eq!(machine.says(&BANNED), ["NXDOMAIN"; 7]);
    assert_eq!(machine.says(&OTHERS), ["NOERROR"; 8]);
    let logged = |text: &str| text.contains("[interdict] *.banned.example. rpz-nxdomain");
    assert!(machine.log().lines().any(logged));
    // Rendered once more over what is there now, nothing moves.
    assert_eq!(machine.render(&ordered(), Mode::Enforce).files, rendered.files);

    machine.undo(&rendered);
    assert_eq!(machine.says(&BANNED), ["NOERROR"; 7]);
    assert_eq!(machine.says(&OTHERS), ["NOERROR"; 8]);
}

#[test]
fn bind_takes_the_files_that_are_written_for_it() {
    if absent(&["named-checkzone", "named-checkconf"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let zones = folder.path().join("interdict");
    let settings = BTreeMap::from([
        ("server".to_owned(), "bind".to_owned()),
        ("folder".to_owned(), zones.to_str().unwrap().to_owned()),
    ]);
    let seen = Seen::default();
    let rendered = DnsRpz.render(&ordered(), &options(&DnsRpz, Mode::Enforce, &settings, &seen)).unwrap();
    let files = write(&rendered, Path::new("/"));
    for command in &rendered.validate {
        assert!(compiled(command, &files).status().unwrap().success(), "{command:?}");
    }
    // As the documentation has an administrator include them.
    let whole = format!(
        "options {{ directory \"{}\"; include \"{}\"; }};\ninclude \"{}\";\n",
        folder.path().display(),
        files[3].display(),
        files[2].display()
    );
    let named = folder.path().join("named.conf");
    std::fs::write(&named, whole).unwrap();
    run("named-checkconf", [Path::new("-z"), &named]);
}
