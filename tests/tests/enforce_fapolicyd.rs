//! Banned programs, with the real fapolicyd over a file system of our own in a mount namespace: run before and in audit, denied and
//! logged when enforced while everything else still runs, and run again after the undo.
//!
//! The daemon watches `ramfs` alone, and marks mounts of its own namespace alone, so that nothing else on the machine waits for it.
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
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use bans::{With as _, audited, hostile, options, part};
use interdict_client::enforce::fapolicyd::Fapolicyd;
use interdict_client::enforce::{Bans, Expects, Fidelity, Mode, Rendered, Seen, Stage, Target as _};
use interdict_schema::Sha256;
use interdict_tests::obeying::{absent, compiled, without_root, write};

/// A namespace in which `/etc/fapolicyd` and all that the daemon writes are below `$1`, and `$1/mnt` is watched.
const SPACE: &str = r#"
set -e
cd "$1"
mkdir -p etc/fapolicyd/rules.d etc/fapolicyd/trust.d run var mnt /var/lib/fapolicyd
mount --make-rprivate /
mount --bind etc/fapolicyd /etc/fapolicyd
mount --bind var /var/lib/fapolicyd
mount --bind run /run
mkdir -p /run/fapolicyd
mount -t ramfs none mnt
chmod 755 mnt
cat >/etc/fapolicyd/fapolicyd.conf <<END
permissive = 0
nice_val = 0
q_size = 640
uid = root
gid = root
do_stat_report = 0
detailed_report = 0
db_max_size = 10
subj_cache_size = 1549
obj_cache_size = 8191
watch_fs = ramfs
trust = file
integrity = none
syslog_format = rule,dec,perm,auid,pid,exe,:,path,ftype,trust
allow_filesystem_mark = 0
END
: >/etc/fapolicyd/fapolicyd.trust
# The administrator's own, which come behind.
echo 'allow perm=any all : all' >/etc/fapolicyd/rules.d/90-administrator.rules
cd mnt
mkdir -p opt/evil/sub opt/evilish opt/partly/keep
for name in banned freed other opt/evil/program opt/evil/sub/program opt/evilish/program opt/single opt/partly/program; do
  cp /usr/bin/true "$name"
done
printf banned >>banned
printf freed >>freed
printf '#!/bin/sh\nexit 0\n' >opt/evil/script
chmod 755 opt/evil/script
echo ready
exec cat
"#;

const PROGRAMS: [&str; 9] = [
    "banned",
    "opt/evil/program",
    "opt/evil/sub/program",
    "opt/evil/script",
    "opt/single",
    "opt/evilish/program",
    "opt/partly/program",
    "freed",
    "other",
];

struct Space {
    folder: tempfile::TempDir,
    holds: Child,
    daemon: Option<(Child, BufReader<std::process::ChildStderr>)>,
}

impl Drop for Space {
    fn drop(&mut self) {
        self.stop();
        let _ = self.holds.kill();
        let _ = self.holds.wait();
    }
}

impl Space {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("unshare");
        command.args(["--mount", "bash", "-c", SPACE, "bash"]).arg(folder.path());
        let mut holds = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(holds.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n");
        Self { folder, holds, daemon: None }
    }

    fn inside(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env_remove("LD_LIBRARY_PATH");
        command.args(["--mount", "--target", &self.holds.id().to_string(), "--", program]);
        command
    }

    /// What `systemctl restart fapolicyd.service` does: rules compiled, and the daemon started anew. What it said until it
    /// listened; an error where it did not.
    fn restart(&mut self) -> Result<String, String> {
        self.stop();
        let compiled = self.inside("fagenrules").output().unwrap();
        assert!(compiled.status.success());
        // It ends with this process, whatever becomes of that.
        let mut command = self.inside("setpriv");
        command.args(["--pdeathsig", "KILL", "fapolicyd", "--debug-deny"]);
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        let mut reader = BufReader::new(child.stderr.take().unwrap());
        while !said.ends_with("Starting to listen for events\n") {
            if reader.read_line(&mut said).unwrap() == 0 {
                child.wait().unwrap();
                return Err(said);
            }
        }
        self.daemon = Some((child, reader));
        Ok(said)
    }

    /// Ends the daemon; what it has said since it listened.
    fn stop(&mut self) -> String {
        let Some((mut child, mut reader)) = self.daemon.take() else { return String::new() };
        let _ = child.kill();
        let _ = child.wait();
        let mut said = String::new();
        let _ = reader.read_to_string(&mut said);
        said
    }

    fn runs(&self, name: &str) -> bool {
        let program = self.folder.path().join("mnt").join(name);
        self.inside("timeout").args(["--signal=KILL", "20"]).arg(program).output().unwrap().status.success()
    }

    fn all_run(&self) -> Vec<&'static str> {
        PROGRAMS.into_iter().filter(|name| self.runs(name)).collect()
    }

    fn path(&self, below: &str) -> String {
        self.folder.path().join("mnt").join(below).to_str().unwrap().to_owned()
    }

    fn ordered(&self) -> Bans {
        let digest = |more: &[u8]| {
            Sha256::of(&[std::fs::read("/usr/bin/true").unwrap().as_slice(), more].concat()).to_string()
        };
        let gone = part("BOD-17-01", "kaspersky", Stage::Enforce)
            .with("sha256", &digest(b"banned"))
            // Digits alone, which the daemon would take for a number in a set.
            .with("sha256", &"12".repeat(32))
            .with("path", &self.path("opt/evil/"))
            .with("path", &self.path("opt/single"));
        let partly = part("BOD-17-02", "partly", Stage::Enforce)
            .with("path", &self.path("opt/partly"))
            .without("path", &self.path("opt/partly/keep"));
        let freed = part("BOD-18-01", "freed", Stage::Freed).with("sha256", &digest(b"freed"));
        bans::bans(vec![gone, partly, freed])
    }

    fn apply(&mut self, bans: &Bans, mode: Mode) -> (Rendered, Vec<PathBuf>, String) {
        let rendered = render(bans, mode);
        let files = write(&rendered, self.folder.path());
        let commands: Vec<_> = rendered.activate.iter().map(|command| command.program).collect();
        assert_eq!((rendered.validate.len(), commands), (0, vec!["systemctl"]));
        let said = self.restart().unwrap();
        for question in rendered.questions.iter().filter(|question| question.command.program != "systemctl") {
            let asked = compiled(&question.command, &files);
            let output = self.inside(asked.get_program().to_str().unwrap()).args(asked.get_args()).output();
            let output = output.unwrap();
            assert!(question.expects.is_met(output.status.code(), &output.stdout), "{}", question.about);
        }
        (rendered, files, said)
    }

    /// All files below `/etc/fapolicyd` that people write, with their bytes.
    fn tree(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        fn walk(folder: &Path, all: &mut BTreeMap<PathBuf, Vec<u8>>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, all);
                } else if !path.to_str().unwrap().contains("compiled.rules") {
                    all.insert(path.clone(), std::fs::read(path).unwrap());
                }
            }
        }
        let mut all = BTreeMap::new();
        walk(&self.folder.path().join("etc"), &mut all);
        all
    }
}

fn render(bans: &Bans, mode: Mode) -> Rendered {
    Fapolicyd.render(bans, &options(&Fapolicyd, mode, &BTreeMap::new(), &Seen::default())).unwrap()
}

/// A namespace with a daemon in it, where this machine can have one; says why not.
fn space() -> Option<Space> {
    if absent(&["fapolicyd", "fagenrules", "fapolicyd-cli", "setpriv", "nsenter"]) || without_root() {
        return None;
    }
    let mut space = Space::new();
    match space.restart() {
        Ok(_) => Some(space),
        Err(said) => {
            let why = said.lines().rev().find(|line| line.contains("anotify")).unwrap_or(&said).to_owned();
            println!("skipped: fapolicyd cannot watch anything here: {why}");
            None
        }
    }
}

#[test]
fn a_banned_program_runs_before_and_in_audit_and_is_denied_once_it_is_enforced() {
    let Some(mut space) = space() else { return };
    let before = space.tree();
    assert_eq!(space.all_run(), PROGRAMS);

    // In audit nothing is written: what fapolicyd logs it also decides.
    let ordered = space.ordered();
    let (rendered, ..) = space.apply(&audited(ordered.clone()), Mode::Audit);
    assert_eq!((rendered.files.len(), rendered.verdicts.of(0)), (0, Fidelity::NoAudit));
    assert_eq!(space.all_run(), PROGRAMS);

    let (rendered, files, _) = space.apply(&ordered, Mode::Enforce);
    assert_eq!(space.all_run(), PROGRAMS[5..]);
    let words = (0..6).map(|number| rendered.verdicts.of(number).told().unwrap().0);
    let under = "under-blocks";
    assert!(words.eq([under, under, under, under, "not-expressible", "freed"]), "{:?}", rendered.verdicts);
    let said = space.stop();
    for name in &PROGRAMS[..5] {
        let (path, denied) = (space.path(name), "dec=deny_audit perm=execute");
        assert!(said.lines().any(|line| line.contains(denied) && line.contains(&path)), "{name}: {said}");
    }
    // The script is denied to the system and not to a shell that reads it, as the plan says.
    space.restart().unwrap();
    let script = space.path("opt/evil/script");
    let read = |space: &Space| space.inside("sh").arg(&script).output().unwrap().status.success();
    assert!(read(&space));
    let settings = BTreeMap::from([("permission".to_owned(), "any".to_owned())]);
    let seen = Seen::default();
    let stricter = Fapolicyd.render(&ordered, &options(&Fapolicyd, Mode::Enforce, &settings, &seen)).unwrap();
    assert_eq!(stricter.verdicts.of(0), Fidelity::Exact);
    write(&stricter, space.folder.path());
    space.restart().unwrap();
    assert!(!read(&space));
    assert_eq!(space.all_run(), PROGRAMS[5..]);

    std::fs::remove_file(&files[0]).unwrap();
    space.restart().unwrap();
    assert_eq!(space.all_run(), PROGRAMS);
    assert_eq!(space.tree(), before);
}

#[test]
fn what_means_something_to_fapolicyd_denies_nothing_but_itself() {
    let Some(mut space) = space() else { return };
    let mut every = part("BOD-99-01", "every", Stage::Enforce);
    for character in (1..=0x17f_u32).chain([0x2028, 0xfeff, 0x1f600]).filter_map(char::from_u32) {
        for path in
            [format!("/opt/x{character}y"), format!("/opt/{character}y"), format!("/opt/x{character}")]
        {
            every = every.with("path", &path);
        }
    }
    let bans = bans::bans(vec![hostile(), every]);
    let (rendered, _, said) = space.apply(&bans, Mode::Enforce);
    let text = std::str::from_utf8(&rendered.files[0].bytes).unwrap();
    let rule = |line: &str| {
        line.strip_prefix("deny_audit perm=execute all : path=/opt/")
            .or_else(|| line.strip_prefix("deny_audit perm=execute all : dir=/opt/"))
            .is_some_and(|rest| {
                rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._+@~-".contains(&byte))
            })
    };
    assert!(text.lines().all(rule), "{text}");
    // As many as were written, and the administrator's.
    assert!(text.lines().count() > 200, "{text}");
    let loaded = format!("Loaded {} rules\n", text.lines().count() + 1);
    assert!(said.contains(&loaded), "{loaded}{said}");
    assert_eq!(space.all_run(), PROGRAMS);
}

#[test]
fn a_daemon_that_is_not_given_the_rules_is_found_out() {
    let Some(mut space) = space() else { return };
    let rendered = render(&space.ordered(), Mode::Enforce);
    let question =
        rendered.questions.iter().find(|question| question.command.program == "fapolicyd-cli").unwrap();
    assert!(matches!(question.expects, Expects::Contains(_)));
    let output = space.inside("fapolicyd-cli").arg("--list").output().unwrap();
    assert!(!question.expects.is_met(output.status.code(), &output.stdout));
    // And with rules that it cannot read it does not start, which is what its activation asks.
    std::fs::write(space.folder.path().join("etc/fapolicyd/rules.d/05-interdict.rules"), "deny all : path\n")
        .unwrap();
    assert!(space.restart().unwrap_err().contains("line"));
}
