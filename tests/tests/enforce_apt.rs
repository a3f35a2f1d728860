//! Banned packages, with the real apt and dpkg, over a private root and a repository made here: they install before, install and
//! are logged in audit, are no candidates or are vetoed when enforced while everything else still installs, and all is as before after
//! the undo.
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
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use bans::{With as _, audited, hostile, options, part};
use interdict_client::enforce::apt::Apt;
use interdict_client::enforce::{Bans, Mode, Rendered, Seen, Stage, Target as _};
use interdict_host::exit::Exit;
use interdict_host::identity::Identity;
use interdict_host::journal::syslog::Syslog;
use interdict_host::testing::TestWorld;
use interdict_tests::obeying::{absent, compiled, run};
use tempfile::TempDir;

const TOOLS: [&str; 6] = ["apt-get", "apt-cache", "apt-config", "apt-ftparchive", "dpkg", "dpkg-deb"];

/// Name, version and what else its control file says.
const PACKAGES: [(&str, &str, &str); 12] = [
    ("banned", "1.0", ""),
    ("partly", "1.0", ""),
    ("partly", "2.0~rc1", ""),
    ("partly", "2.0", ""),
    ("other", "1.0", ""),
    ("another", "1.0", ""),
    ("third", "1.0", ""),
    ("needs-banned", "1.0", "Depends: banned\n"),
    ("needs-virtual", "1.0", "Depends: virtual\n"),
    ("provides-virtual", "1.0", "Provides: virtual\n"),
    ("evil", "1.0", ""),
    ("leftout", "1.0", ""),
];

/// A root with a dpkg and an apt of its own, and a repository beside it.
struct Machine {
    folder: TempDir,
}

impl Machine {
    fn new() -> Self {
        let machine = Self { folder: tempfile::tempdir().unwrap() };
        let root = machine.root();
        for folder in [
            "etc/apt/preferences.d",
            "etc/apt/apt.conf.d",
            "etc/interdict",
            "var/lib/dpkg/info",
            "var/lib/dpkg/updates",
            "var/lib/dpkg/triggers",
            "var/lib/apt/lists/partial",
            "var/cache/apt/archives/partial",
            "var/log/apt",
        ] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        fs::write(root.join("var/lib/dpkg/status"), "").unwrap();
        let repository = machine.folder.path().join("repository");
        fs::create_dir(&repository).unwrap();
        for (name, version, more) in PACKAGES {
            let made = machine.folder.path().join("made");
            fs::create_dir_all(made.join("DEBIAN")).unwrap();
            fs::create_dir_all(made.join("opt").join(name)).unwrap();
            fs::write(made.join("opt").join(name).join("version"), version).unwrap();
            let control = format!(
                "Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: Somebody <somebody@example.org>\n\
                 {more}Description: made for a test\n"
            );
            fs::write(made.join("DEBIAN/control"), control).unwrap();
            let file = machine.file(name, version);
            run(
                "dpkg-deb",
                ["--root-owner-group", "--build", made.to_str().unwrap(), file.to_str().unwrap()],
            );
            fs::remove_dir_all(made).unwrap();
        }
        let listed = Command::new("apt-ftparchive").args(["packages", "."]).current_dir(&repository).output();
        fs::write(repository.join("Packages"), listed.unwrap().stdout).unwrap();
        let list = format!("deb [trusted=yes] file:{} ./\n", repository.display());
        fs::write(root.join("etc/apt/sources.list"), list).unwrap();
        let root = root.display();
        let configuration = format!(
            "Dir \"{root}\";\nDir::State::status \"{root}/var/lib/dpkg/status\";\nDir::Bin::methods \"/usr/lib/apt/methods\";\n\
             Dir::Bin::dpkg \"/usr/bin/dpkg\";\nAPT::Sandbox::User \"root\";\nDPkg::Options:: \"--root={root}\";\n\
             DPkg::Options:: \"--force-not-root\";\nDPkg::Options:: \"--force-script-chrootless\";\n"
        );
        fs::write(machine.configuration(), configuration).unwrap();
        assert!(machine.apt(&["update"]).0);
        machine
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    fn configuration(&self) -> PathBuf {
        self.folder.path().join("apt.conf")
    }

    fn file(&self, name: &str, version: &str) -> PathBuf {
        self.folder.path().join(format!("repository/{name}_{version}_all.deb"))
    }

    fn tool(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs([("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"), ("LC_ALL", "C")]);
        command.envs([("DEBIAN_FRONTEND", "noninteractive"), ("HOME", "/nonexistent")]);
        command.env("APT_CONFIG", self.configuration()).current_dir("/");
        command
    }

    /// Whether apt-get succeeds, and all that was said.
    fn apt(&self, arguments: &[&str]) -> (bool, String) {
        let output = self.tool("apt-get").args(arguments).output().unwrap();
        (output.status.success(), said(&output))
    }

    fn installs(&self, what: &str) -> (bool, String) {
        self.apt(&["install", "-y", "--no-install-recommends", "--allow-downgrades", what])
    }

    /// The version of a package that is unpacked.
    fn installed(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.root().join("opt").join(name).join("version")).ok()
    }

    /// What the target makes of bans, where this machine's tools find it.
    fn render(&self, bans: &Bans, program: &str) -> Rendered {
        let at = |path: &str| self.root().join(path).display().to_string();
        let settings = BTreeMap::from([
            ("preferences".to_owned(), at("etc/apt/preferences.d/interdict.pref")),
            ("configuration".to_owned(), at("etc/apt/apt.conf.d/60interdict")),
            ("bans".to_owned(), at("etc/interdict/apt-bans.jsonl")),
            ("program".to_owned(), program.to_owned()),
        ]);
        let seen = Seen::default();
        Apt.render(bans, &options(&Apt, Mode::Enforce, &settings, &seen)).unwrap()
    }

    /// Judges the files as apt would, puts them in place and asks apt whether it obeys.
    fn obey(&self, rendered: &Rendered) {
        let files: Vec<PathBuf> = rendered.files.iter().map(|file| file.path.clone()).collect();
        for file in &rendered.files {
            fs::write(&file.path, file.marked(12)).unwrap();
        }
        for command in &rendered.validate {
            let output = self.ask(command, &files);
            assert!(output.status.success(), "{command:?}: {}", said(&output));
        }
        for question in &rendered.questions {
            let output = self.ask(&question.command, &files);
            let met = question.expects.is_met(output.status.code(), &output.stdout);
            assert!(met, "{}: {}", question.about, said(&output));
        }
    }

    fn ask(&self, command: &interdict_client::enforce::Command, files: &[PathBuf]) -> Output {
        let command = compiled(command, files);
        self.tool(command.get_program().to_str().unwrap()).args(command.get_args()).output().unwrap()
    }

    fn undo(rendered: &Rendered) {
        for file in &rendered.files {
            fs::remove_file(&file.path).unwrap();
        }
    }

    /// Every file of the configuration.
    fn tree(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        fn walk(folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, found);
                } else {
                    found.insert(path.clone(), fs::read(path).unwrap());
                }
            }
        }
        let mut found = BTreeMap::new();
        walk(&self.root().join("etc"), &mut found);
        found
    }
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

fn policy() -> Bans {
    let ordered = part("BOD-01-01", "everywhere", Stage::Enforce)
        .with("package", "deb:banned")
        .with_versions("package", "deb:partly", "vers:deb/>=1.0|<2.0")
        .with("package", "deb:virtual")
        .with("package", "leftout")
        .without("package", "deb:leftout");
    bans::bans(vec![ordered, hostile()])
}

const CLIENT: &str = env!("CARGO_BIN_EXE_client");

#[test]
fn a_banned_package_installs_before_and_in_audit_and_not_when_enforced_and_others_always_do() {
    if absent(&TOOLS) {
        return;
    }
    let machine = Machine::new();
    let before = machine.tree();
    let (done, text) = machine.installs("banned");
    assert!(done, "{text}");
    assert!(machine.apt(&["purge", "-y", "banned"]).0);

    let audit = machine.render(&audited(policy()), CLIENT);
    machine.obey(&audit);
    for what in ["banned", "partly=1.0"] {
        let (done, text) = machine.installs(what);
        assert!(done, "{text}");
        assert!(text.contains("interdict: banned, let through (audit): "), "{what}: {text}");
    }
    assert_eq!(machine.installed("banned").as_deref(), Some("1.0"));
    assert!(machine.apt(&["purge", "-y", "banned", "partly"]).0);

    let enforced = machine.render(&policy(), CLIENT);
    machine.obey(&enforced);
    let (done, text) = machine.installs("banned");
    assert!(!done && text.contains("'banned' has no installation candidate"), "{text}");
    let (done, text) = machine.installs("needs-banned");
    assert!(!done && text.contains("banned but it is not installable"), "{text}");
    for (what, version) in [("partly=1.0", "1.0"), ("partly=2.0~rc1", "2.0~rc1")] {
        let (done, text) = machine.installs(what);
        let line = format!(
            "interdict: vetoed: partly {version} (all): BOD-01-01 revision 1 of cisa, everywhere (The products of everywhere)"
        );
        assert!(!done && text.contains(&line), "{what}: {text}");
        assert_eq!(machine.installed("partly"), None);
    }
    let file = machine.file("banned", "1.0");
    let (done, text) = machine.installs(file.to_str().unwrap());
    assert!(!done && text.contains("interdict: vetoed: banned 1.0 (all)"), "{text}");
    assert_eq!(machine.installed("banned"), None);
    for (what, version) in [
        ("partly", "2.0"),
        ("other", "1.0"),
        ("evil", "1.0"),
        ("needs-virtual", "1.0"),
        ("leftout", "1.0"),
        (machine.file("another", "1.0").to_str().unwrap(), "1.0"),
    ] {
        let (done, text) = machine.installs(what);
        assert!(done && !text.contains("interdict: "), "{what}: {text}");
        let name = what.rsplit('/').next().unwrap().split('_').next().unwrap();
        assert_eq!(machine.installed(name).as_deref(), Some(version), "{what}");
    }

    Machine::undo(&enforced);
    assert_eq!(machine.tree(), before);
    let (done, text) = machine.installs("banned");
    assert!(done && !text.contains("interdict"), "{text}");
}

/// trust.md rule 20
#[test]
fn where_the_bans_cannot_be_read_others_install_and_it_is_said() {
    if absent(&TOOLS) {
        return;
    }
    let machine = Machine::new();
    let rendered = machine.render(&policy(), CLIENT);
    machine.obey(&rendered);
    let list = rendered.files[2].path.clone();

    fs::set_permissions(&list, fs::Permissions::from_mode(0o666)).unwrap();
    let (done, text) = machine.installs("other");
    assert!(done && text.contains("may be written to by others"), "{text}");

    fs::set_permissions(&list, fs::Permissions::from_mode(0o644)).unwrap();
    let mut edited = fs::read(&list).unwrap();
    edited.extend(b"nonsense\n");
    fs::write(&list, &edited).unwrap();
    let (done, text) = machine.installs("another");
    assert!(done && text.contains("it was edited or is not whole"), "{text}");
    // What can be read of it still counts.
    let (done, text) = machine.installs("partly=1.0");
    assert!(!done && text.contains("interdict: vetoed: partly 1.0"), "{text}");

    fs::remove_file(&list).unwrap();
    let (done, text) = machine.installs("third");
    assert!(done && text.contains("is not there"), "{text}");
    let (done, text) = machine.installs("banned");
    assert!(!done, "the pins do not need the list: {text}");
}

/// trust.md rule 20
#[test]
fn where_the_program_is_gone_apt_goes_on_and_says_so() {
    if absent(&TOOLS) {
        return;
    }
    let machine = Machine::new();
    let rendered = machine.render(&policy(), "/nowhere/interdict");
    for file in &rendered.files {
        fs::write(&file.path, file.marked(12)).unwrap();
    }
    let (done, text) = machine.installs("other");
    assert!(done && text.contains("/nowhere/interdict: not found"), "{text}");
    let question = &rendered.questions[1];
    let output = machine.ask(&question.command, &[]);
    assert!(!question.expects.is_met(output.status.code(), &output.stdout), "{}", question.about);
}

#[test]
fn the_hook_writes_to_syslog_what_it_lets_through_and_what_it_vetoes() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("log");
    let listener = UnixDatagram::bind(&socket).unwrap();
    let list = folder.path().join("bans");
    let (settings, seen) = (BTreeMap::new(), Seen::default());
    for (bans, exit, line) in [
        (audited(policy()), Exit::Done, "banned, let through (audit): banned 1.0 (all)"),
        (policy(), Exit::Findings, "vetoed: banned 1.0 (all)"),
    ] {
        let rendered = Apt.render(&bans, &options(&Apt, Mode::Enforce, &settings, &seen)).unwrap();
        fs::write(&list, rendered.files[2].marked(12)).unwrap();
        let said =
            "VERSION 3\n\nbanned - - none < 1.0 all none /a.deb\nfine\x1b - - none < 1.0 all none /b.deb\n";
        let mut test = TestWorld::new().stdin(said);
        test.world.syslog = Syslog::at(&socket);
        // Whose the list may be.
        test.world.identity = LazyLock::new(Identity::of_this_process);
        let arguments = ["interdict".into(), "apt-hook".into(), list.clone().into_os_string()];
        let outcome = interdict_client::run(arguments, &mut test.world);
        assert_eq!(outcome.exit(), exit, "{}", test.stderr.text());
        let mut bytes = [0; 2048];
        let length = listener.recv(&mut bytes).unwrap();
        let heard = String::from_utf8_lossy(&bytes[..length]).into_owned();
        assert!(heard.contains(&format!("apt: {line}: BOD-01-01")), "{heard}");
    }
}
