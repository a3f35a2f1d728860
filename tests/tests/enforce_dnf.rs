//! Banned packages, with the real dnf over a repository of our own and a private root: installed before, installed in audit, not
//! found when enforced while everything else is installed, not by its path either, and as before after the undo.
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
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use bans::{With as _, audited, hostile, options, part};
use interdict_client::enforce::dnf::Dnf;
use interdict_client::enforce::target::Now;
use interdict_client::enforce::{Bans, Fidelity, Mode, Rendered, Seen, Stage, Target as _};
use interdict_tests::obeying::{absent, compiled, run, write};

const CONFIGURATION: &str = "/etc/dnf/dnf.conf";
/// The administrator excludes something, with one of the two keys, and has a section of their own behind.
const THEIRS: &str = "# theirs\n[main]\ngpgcheck=0\nexcludepkgs = theirs\nbest=True\n\n[nowhere]\nname=x\nenabled=0\nbaseurl=file:///nonexistent\n";
const PACKAGES: &[(&str, &str)] = &[
    ("banned", "1.0"),
    ("banned", "2.0"),
    ("banned-tools", "1.0"),
    ("partly", "1.0"),
    ("partly", "2.0"),
    ("evil", "2.0"),
    ("java-1.8.0-vm", "1.8.0"),
    ("theirs", "1.0"),
    ("other", "1.0~rc1"),
];

struct Machine {
    folder: tempfile::TempDir,
}

impl Machine {
    fn new() -> Self {
        let machine = Self { folder: tempfile::tempdir().unwrap() };
        let top = machine.path("rpm");
        for (name, version) in PACKAGES {
            let spec = machine.path(&format!("{name}.spec"));
            let text = format!(
                "Name: {name}\nVersion: {version}\nRelease: 1\nSummary: x\nLicense: x\nBuildArch: noarch\n\
                 %description\nx\n%files\n"
            );
            std::fs::write(&spec, text).unwrap();
            let define = format!("_topdir {}", top.display());
            run("rpmbuild", ["-bb", "--quiet", "--define", &define, spec.to_str().unwrap()]);
        }
        run("createrepo_c", ["--quiet", machine.repository().to_str().unwrap()]);
        for below in ["etc/dnf", "log"] {
            std::fs::create_dir_all(machine.path(below)).unwrap();
        }
        std::fs::write(machine.configuration(), THEIRS).unwrap();
        machine
    }

    fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    fn repository(&self) -> PathBuf {
        self.path("rpm/RPMS/noarch")
    }

    fn configuration(&self) -> PathBuf {
        self.path("etc/dnf/dnf.conf")
    }

    fn dnf(&self, arguments: &[&str]) -> Output {
        let repository = format!("--repofrompath=ours,file://{}", self.repository().display());
        let cache = format!("--setopt=cachedir={}", self.path("cache").display());
        let state = format!("--setopt=logdir={}", self.path("log").display());
        let root = format!("--installroot={}", self.path("root").display());
        let configuration = format!("--config={}", self.configuration().display());
        let mut command = Command::new("/usr/bin/dnf");
        command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").current_dir(self.folder.path());
        command.args(["--quiet", "--assumeyes", "--releasever=1", "--setopt=reposdir=/nonexistent"]);
        command.args([&configuration, &root, &repository, &cache, &state]).args(arguments);
        command.output().unwrap()
    }

    /// What dnf knows of, without release and architecture.
    fn known(&self) -> Vec<String> {
        let output = self.dnf(&["repoquery", "--queryformat=%{name} %{version}"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    }

    fn installs(&self, what: &str) -> bool {
        let _ = std::fs::remove_dir_all(self.path("root"));
        self.dnf(&["install", what]).status.success()
    }

    fn render(&self, bans: &Bans, mode: Mode) -> Rendered {
        let mut seen = Seen::default();
        let bytes = std::fs::read(self.configuration()).unwrap();
        seen.add(CONFIGURATION.into(), Now { bytes, base: None, ours: false });
        seen.add(
            "/usr/lib/os-release".into(),
            Now { bytes: b"ID=fedora\n".to_vec(), base: None, ours: false },
        );
        Dnf.render(bans, &options(&Dnf, mode, &BTreeMap::new(), &seen)).unwrap()
    }

    fn apply(&self, bans: &Bans, mode: Mode) -> Rendered {
        let rendered = self.render(bans, mode);
        let files = write(&rendered, self.folder.path());
        assert!(rendered.activate.is_empty());
        for command in &rendered.validate {
            let output = compiled(command, &files).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        for question in &rendered.questions {
            let output = compiled(&question.command, &files).output().unwrap();
            assert!(question.expects.is_met(output.status.code(), &output.stdout), "{}", question.about);
        }
        rendered
    }

    /// What dnf itself reads as excluded.
    fn excluded(&self) -> Vec<String> {
        const READ: &str =
            "import dnf, sys; c = dnf.conf.Conf(); c.read(sys.argv[1]); print(*c.excludepkgs, sep='\\n')";
        let output = run("/usr/bin/python3", ["-I", "-c", READ, self.configuration().to_str().unwrap()]);
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    }
}

fn left_out() -> bool {
    absent(&["dnf", "rpmbuild", "createrepo_c", "python3"])
}

fn ordered() -> Bans {
    let gone = part("BOD-17-01", "kaspersky", Stage::Enforce)
        .with("package", "rpm:banned")
        .with("purl", "pkg:rpm/fedora/java-1.8.0-vm")
        .with("purl", "pkg:rpm/suse/other")
        // A name, and not version 2.0 of another package.
        .with("package", "rpm:evil-2.0")
        .with_versions("package", "rpm:partly", "1.0")
        .with_versions("package", "rpm:other", "vers:rpm/<3");
    let waived = part("BOD-18-01", "waived", Stage::Freed).with("package", "rpm:other");
    bans::bans(vec![gone, waived])
}

fn file_of(root: &Path, name: &str) -> String {
    root.join(format!("rpm/RPMS/noarch/{name}-1.noarch.rpm")).to_str().unwrap().to_owned()
}

#[test]
fn a_banned_package_is_installed_before_and_in_audit_and_not_found_once_it_is_enforced() {
    if left_out() {
        return;
    }
    let machine = Machine::new();
    let all = machine.known();
    let names = ["banned", "banned-1.0", "banned-tools", "partly-1.0", "evil", "java-1.8.0-vm", "other"];
    assert_eq!(names.map(|name| machine.installs(name)), [true; 7]);

    // In audit nothing is written: dnf cannot log without hiding.
    let rendered = machine.apply(&audited(ordered()), Mode::Audit);
    assert_eq!((rendered.files.len(), machine.known()), (0, all.clone()));
    assert_eq!(rendered.verdicts.of(0), Fidelity::NoAudit);
    assert_eq!(names.map(|name| machine.installs(name)), [true; 7]);

    let rendered = machine.apply(&ordered(), Mode::Enforce);
    let gone = ["banned 1.0", "banned 2.0", "partly 1.0", "java-1.8.0-vm 1.8.0"];
    let kept: Vec<_> = all.iter().filter(|known| !gone.contains(&known.as_str())).cloned().collect();
    assert_eq!(machine.known(), kept);
    assert_eq!(
        names.map(|name| machine.installs(name)),
        [false, false, true, false, true, false, true],
        "{names:?}"
    );
    assert!(machine.installs("partly"));
    let root = machine.folder.path();
    let files = ["banned-1.0", "partly-1.0", "partly-2.0", "banned-tools-1.0"];
    assert_eq!(files.map(|name| machine.installs(&file_of(root, name))), [false, false, true, true]);
    let by_hand = ["--disableexcludes=all", "install", "banned"];
    assert!(machine.dnf(&by_hand).status.success(), "what the documentation says of --disableexcludes");
    let verdicts = (0..7).map(|number| rendered.verdicts.of(number).told().unwrap().0);
    let words = ["exact", "exact", "not-expressible", "exact", "exact", "not-expressible", "freed"];
    assert!(verdicts.eq(words), "{:?}", rendered.verdicts);
    // The second time there is nothing to do.
    let again = machine.render(&ordered(), Mode::Enforce);
    assert_eq!(again.files[0].bytes, std::fs::read(machine.configuration()).unwrap());

    // Without a ban there is no file, so that what was there before comes back.
    assert_eq!(machine.render(&Bans::default(), Mode::Enforce).files, []);
    std::fs::write(machine.configuration(), THEIRS).unwrap();
    assert_eq!(machine.known(), all);
    assert!(machine.installs("banned"));
}

#[test]
fn what_means_something_to_dnf_excludes_nothing_but_itself() {
    if left_out() {
        return;
    }
    let machine = Machine::new();
    let all = machine.known();
    machine.apply(&bans::bans(vec![hostile()]), Mode::Enforce);
    assert_eq!((machine.excluded(), machine.known()), (vec!["theirs".to_owned()], all.clone()));

    // Every character there is, in every place of a name and of a version.
    let mut every = part("BOD-99-01", "every", Stage::Enforce);
    let mut wanted = Vec::new();
    for character in (0..=0x17f_u32).chain([0x2028, 0xfeff, 0x1f600]).filter_map(char::from_u32) {
        for name in [format!("x{character}y"), format!("{character}y"), format!("x{character}")] {
            every.entries.push(bans::entry("package", &format!("rpm:{name}")));
            every = every.with_versions("package", "rpm:v", &name);
        }
    }
    let bans = bans::bans(vec![every]);
    let rendered = machine.apply(&bans, Mode::Enforce);
    for ban in bans.iter().filter(|ban| rendered.verdicts.of(ban.number).acts()) {
        let value = ban.entry.value.strip_prefix("rpm:").unwrap();
        let Some(versions) = &ban.entry.versions else {
            wanted.extend(["?", "??"].map(|epoch| format!("{value}-{epoch}:*-*.*")));
            continue;
        };
        wanted.extend(versions.split('|').map(|version| match version.split_once('-') {
            None => format!("v-0:{version}-*.*"),
            Some((version, release)) => format!("v-0:{version}-{release}.*"),
        }));
    }
    wanted.push("theirs".to_owned());
    wanted.sort();
    wanted.dedup();
    let mut excluded = machine.excluded();
    excluded.sort();
    assert!(wanted.len() > 150, "{}", wanted.len());
    assert_eq!((excluded, machine.known()), (wanted, all));
}
