//! Banned programs: Debian's fapolicyd, over a file system of the machine's own, so that it watches nothing else.
//!
//! The administrator's configuration has it run as root, because a namespace lacks what it takes to become another user, and watch
//! `ramfs`. What it denies it tells the kernel's audit, of which there is one for all machines; so for a moment it is run by hand with
//! `--debug-deny`, as its manual has it.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

use interdict_schema::Sha256;
use interdict_tests::round_trip::orders::{prohibits, will_prohibit};
use interdict_tests::round_trip::picture::{Picture, made_anew};
use interdict_tests::round_trip::{Machine, NOTHING_TO_DO};

const PREPARED: &str = "
mkdir -p /opt/watched /run/fapolicyd
mount -t ramfs none /opt/watched
chmod 755 /opt/watched
cd /opt/watched
mkdir -p evil/sub evilish
for name in banned later other evil/program evil/sub/program evilish/program; do cp /usr/bin/true $name; done
printf banned >>banned
printf later >>later
sed -i 's/^uid = .*/uid = root/; s/^gid = .*/gid = root/; s/^nice_val = .*/nice_val = 0/
  s/^watch_fs = .*/watch_fs = ramfs/; s/^trust = .*/trust = file/' /etc/fapolicyd/fapolicyd.conf
rm -f /etc/fapolicyd/rules.d/* /etc/fapolicyd/compiled.rules*
: >/etc/fapolicyd/fapolicyd.trust
: >/etc/fapolicyd/trust.d/fapolicyd.trust
";

const COMPILED: &str = "/etc/fapolicyd/compiled.rules";
const THEIRS: &str = "/etc/fapolicyd/rules.d/90-administrator.rules";
const PROGRAMS: [&str; 6] =
    ["banned", "evil/program", "evil/sub/program", "later", "evilish/program", "other"];

fn prepared() -> Option<Machine> {
    let machine = Machine::new(&["fapolicyd", "fagenrules", "fapolicyd-cli"])?;
    machine.shell(PREPARED);
    Some(machine)
}

/// The same with an administrator's rule and the daemon running, where it can watch anything here.
fn watched() -> Option<Machine> {
    let machine = prepared()?;
    machine.write(THEIRS, "allow perm=any all : all\n");
    if machine.run("systemctl", &["start", "fapolicyd.service"]).status == Some(0) {
        return Some(machine);
    }
    println!("skipped: fapolicyd cannot watch anything here: {}", machine.log());
    None
}

fn ordered(machine: &mut Machine) {
    let digest = |more: &str| {
        Sha256::of(&[std::fs::read("/usr/bin/true").unwrap().as_slice(), more.as_bytes()].concat())
            .to_string()
    };
    let (banned, later) = (digest("banned"), digest("later"));
    machine.order(&[
        prohibits("BOD-1", &[("sha256", &banned), ("path", "/opt/watched/evil")]),
        will_prohibit("BOD-2", &[("sha256", &later)]),
    ]);
}

/// Which programs run.
fn run(machine: &Machine) -> Vec<&'static str> {
    let runs = |name: &&str| {
        let program = format!("/opt/watched/{name}");
        machine.run("timeout", &["--signal=KILL", "20", &program]).status == Some(0)
    };
    PROGRAMS.into_iter().filter(runs).collect()
}

fn picture(machine: &Machine) -> Picture {
    made_anew(machine.picture(), COMPILED)
}

/// What the daemon says that it denies while the programs are run.
fn denied(machine: &Machine) -> String {
    machine.shell("systemctl stop fapolicyd.service");
    let mut command = machine.command("fapolicyd");
    let command = command.arg("--debug-deny").stdin(Stdio::null()).stdout(Stdio::null());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let (mut said, mut reader) = (String::new(), BufReader::new(child.stderr.take().unwrap()));
    while !said.ends_with("Starting to listen for events\n") {
        assert_ne!(reader.read_line(&mut said).unwrap(), 0, "{said}");
    }
    run(machine);
    machine.shell("pkill -x fapolicyd");
    child.wait().unwrap();
    said.clear();
    reader.read_to_string(&mut said).unwrap();
    machine.shell("systemctl start fapolicyd.service");
    said
}

#[test]
fn a_banned_program_runs_until_it_is_enforced_and_again_after_the_undo() {
    let Some(mut machine) = watched() else { return };
    ordered(&mut machine);
    let before = picture(&machine);
    assert_eq!(run(&machine), PROGRAMS);

    // It cannot log without denying: the plan says so, and nothing is written.
    let plan = machine.plan("fapolicyd", "--audit").ended(1);
    assert!(plan.stdout.contains("3 no-audit"), "{}", plan.stdout);
    let audited = machine.interdict(&["apply", "/root/plan.json"]).ended(0);
    assert_eq!(audited.stdout.lines().next(), Some(NOTHING_TO_DO));
    assert_eq!((picture(&machine), run(&machine)), (before.clone(), PROGRAMS.to_vec()));

    let (_, applied) = machine.apply("fapolicyd", "--enforce");
    assert!(applied.stdout.contains("read back: fapolicyd was given the rules"), "{}", applied.stdout);
    assert_eq!(run(&machine), PROGRAMS[3..]);
    let said = denied(&machine);
    for (name, is) in PROGRAMS.into_iter().zip([true, true, true, false, false, false]) {
        let line = |line: &str| {
            line.contains("dec=deny_audit perm=execute")
                && line.contains(&format!("path=/opt/watched/{name} "))
        };
        assert_eq!(said.lines().any(line), is, "{name}: {said}");
    }
    assert_eq!(run(&machine), PROGRAMS[3..]);

    machine.undo().ended(0);
    assert_eq!((picture(&machine), run(&machine)), (before, PROGRAMS.to_vec()));
}

#[test]
fn a_ban_is_gone_after_the_undo_where_the_administrators_files_are_gone_too() {
    let Some(mut machine) = watched() else { return };
    ordered(&mut machine);
    machine.apply("fapolicyd", "--enforce");
    machine.shell(&format!("rm {THEIRS}"));
    // Without any rule the daemon does not start, which is said.
    let undone = machine.undo().ended(3);
    assert!(undone.stderr.contains("systemctl ended with 1"), "{}", undone.stderr);
    assert_eq!((machine.read(COMPILED), run(&machine)), (String::new(), PROGRAMS.to_vec()));
    machine.write(THEIRS, "allow perm=any all : all\n");
    machine.shell("systemctl start fapolicyd.service");
    assert_eq!(run(&machine), PROGRAMS);
}

#[test]
fn rules_that_stand_in_the_compiled_file_alone_are_not_replaced_by_ours() {
    let Some(mut machine) = prepared() else { return };
    machine.write(COMPILED, "allow perm=any all : all\n");
    if machine.run("systemctl", &["start", "fapolicyd.service"]).status != Some(0) {
        println!("skipped: fapolicyd cannot watch anything here: {}", machine.log());
        return;
    }
    ordered(&mut machine);
    let before = machine.picture();
    let plan = machine.plan("fapolicyd", "--enforce").ended(3);
    assert!(plan.stdout.contains("its rules as files in /etc/fapolicyd/rules.d"), "{}", plan.stdout);
    machine.interdict(&["apply", "/root/plan.json"]).ended(3);
    assert_eq!(machine.picture(), before);
}
