//! Plan, apply, undo, suspend, confirm: a whole machine in a folder, from a signed ban to files and back again.
//!
//! The target is `dns-rpz` without a server, whose zones `named-checkzone` judges: skipped where that is absent.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test may fail by panicking, work on real folders, and say that it was skipped"
)]

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::time::Duration;

use interdict_host::exit::Exit;
use interdict_host::testing::TestWorld;
use interdict_host::wait::{Told, Wait, Waited};
use interdict_host::write::Disk;
use interdict_schema::DateTime;
use interdict_tests::agency::{Agency, Run};
use interdict_tests::simulator::Simulator;

const ZONE: &str = "etc/rpz/zones/rpz.interdict.invalid.zone";

fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}

/// A directive against a domain, from the day on which it was issued.
fn payload(domain: &str) -> Vec<u8> {
    payload_of("BOD-1", domain)
}

fn payload_of(id: &str, domain: &str) -> Vec<u8> {
    format!(
        r#"{{"format":"interdict-directive/1","id":"{id}","revision":1,"status":"in-force","title":"Block it","issuer":"dhs","zone":"America/New_York","issued":"2017-09-13","subjects":[{{"id":"it","name":"It","disposition":"prohibited","identifiers":[{{"kind":"domain","value":"{domain}"}}]}}],"actions":[{{"id":"block","modality":"must","kind":"block","due":{{"edge":"begin","offset":{{"n":0,"unit":"day","anchor":"issued"}}}}}}]}}"#
    )
    .into_bytes()
}

struct Machine {
    agency: Agency,
    simulator: Simulator,
}

impl Machine {
    /// A machine that has synced, with a tree of its own in `root`. `None` where the tool is absent.
    fn new(more: &str) -> Option<Self> {
        if !Path::new("/usr/bin/named-checkzone").exists() && !Path::new("/usr/sbin/named-checkzone").exists()
        {
            eprintln!("skipped: named-checkzone is absent");
            return None;
        }
        let mut simulator = Simulator::new();
        simulator.directive(&payload("banned.example"));
        simulator.publish();
        let agency = Agency::following(&simulator);
        let machine = Self { agency, simulator };
        machine.configure(more);
        for folder in ["etc/rpz", "etc/other"] {
            fs::create_dir_all(machine.root().join(folder)).unwrap();
        }
        fs::write(machine.root().join("etc/other/file"), "theirs").unwrap();
        fs::set_permissions(machine.root().join("etc/other/file"), fs::Permissions::from_mode(0o604))
            .unwrap();
        Some(machine)
    }

    /// Adds to the configuration, within `[enforce]` and its tables.
    fn configure(&self, more: &str) {
        let path = self.agency.path("config.toml");
        let text = fs::read_to_string(&path).unwrap();
        let text = text.split("\n[enforce]").next().unwrap();
        let enforce = format!(
            "{text}\n[enforce]\ntargets = [\"dns-rpz\"]\n{more}\n[enforce.dns-rpz]\nserver = \"none\"\nfolder = \"/etc/rpz/zones\"\n"
        );
        fs::write(path, enforce).unwrap();
    }

    fn root(&self) -> std::path::PathBuf {
        self.agency.path("root")
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let root = self.root();
        let given = ["--root", root.to_str().unwrap()];
        self.agency.run(&[arguments, &given].concat())
    }

    fn plan(&self, mode: &str) -> Run {
        self.run(&["plan", "--target", "dns-rpz", mode, "--out", "plan.json"])
    }

    /// A plan, applied.
    fn enforced(&self) {
        self.plan("--enforce");
        let run = self.run(&["apply", "plan.json"]);
        assert_eq!(run.exit(), Exit::Done, "{}{}", run.stdout, run.stderr);
    }

    fn zone(&self) -> String {
        fs::read_to_string(self.root().join(ZONE)).unwrap_or_default()
    }

    fn tree(&self) -> String {
        let mut text = String::new();
        picture(&self.root(), &mut text);
        text.replace(self.agency.path("").to_str().unwrap(), "")
    }

    fn journal(&self) -> Vec<serde_json::Value> {
        let run = self.agency.run(&["journal", "--json"]);
        let document: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        document["entries"].as_array().unwrap().iter().map(|entry| entry["what"].clone()).collect()
    }
}

fn picture(folder: &Path, text: &mut String) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let metadata = fs::symlink_metadata(&path).unwrap();
        write!(text, "{} {:o} {}:{}", path.display(), metadata.mode(), metadata.uid(), metadata.gid())
            .unwrap();
        if metadata.is_dir() {
            text.push('\n');
            picture(&path, text);
        } else {
            writeln!(text, " {}.{} {:?}", metadata.mtime(), metadata.mtime_nsec(), fs::read(&path).unwrap())
                .unwrap();
        }
    }
}

#[test]
fn from_a_plan_to_files_in_audit_then_enforced_and_back_to_the_byte() {
    let Some(machine) = Machine::new("") else { return };
    let before = machine.tree();
    let planned = machine.plan("--audit");
    assert_eq!(machine.tree(), before, "a plan changes nothing: {}", planned.stderr);
    let run = machine.run(&["apply", "plan.json"]);
    assert_eq!(run.exit(), Exit::Done, "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains("note: no tool was told"), "{}", run.stderr);
    assert!(machine.zone().starts_with("; interdict: generation 1 sha256 "), "{}", machine.zone());
    assert!(!machine.zone().contains("banned"), "audit blocks nothing: {}", machine.zone());
    let audit =
        fs::read_to_string(machine.root().join("etc/rpz/zones/rpz-audit.interdict.invalid.zone")).unwrap();
    assert!(audit.contains("banned.example"), "{audit}");

    machine.enforced();
    assert!(machine.zone().contains("banned.example"), "{}", machine.zone());
    let enforced = machine.tree();
    // The same plan again, and a new one: nothing to do.
    for _ in 0..2 {
        let run = machine.run(&["apply", "plan.json"]);
        assert_eq!(
            (run.exit(), run.stdout.as_str()),
            (Exit::Done, "Everything is in place: nothing to do.\n")
        );
        machine.plan("--enforce");
    }
    assert_eq!(machine.tree(), enforced);

    let run = machine.run(&["undo", "--reason", "the resolver is not up", "--until", "24h"]);
    assert_eq!(run.exit(), Exit::Done, "{}{}", run.stdout, run.stderr);
    assert_eq!(machine.tree(), before);
    let verbs: Vec<_> =
        machine.journal().iter().map(|what| what["verb"].as_str().unwrap().to_owned()).collect();
    let changes: Vec<_> = verbs.iter().filter(|verb| *verb != "plan").collect();
    assert_eq!(changes, ["apply", "apply", "undo"]);
}

/// trust.md rule 18
#[test]
fn a_plan_that_is_not_what_would_be_done_now_is_refused_and_what_changed_is_named() {
    let Some(mut machine) = Machine::new("") else { return };
    let before = machine.tree();
    machine.plan("--enforce");
    // A plan says what it is about; a hand that changes it changes the digest.
    let approved = fs::read_to_string(machine.agency.path("plan.json")).unwrap();
    fs::write(machine.agency.path("plan.json"), approved.replace("\"enforce\"", "\"audit\"")).unwrap();
    let run = machine.run(&["apply", "plan.json"]);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert!(run.stderr.contains("it was changed since it was made"), "{}", run.stderr);
    fs::write(machine.agency.path("plan.json"), &approved).unwrap();
    machine.simulator.directive(&payload_of("BOD-2", "more.example"));
    machine.simulator.publish();
    assert_eq!(machine.agency.sync(&machine.simulator).exit(), Exit::Done);
    let run = machine.run(&["apply", "plan.json"]);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert!(
        run.stderr.contains("the files of dns-rpz, what is banned, and how far changed"),
        "{}",
        run.stderr
    );
    assert_eq!(machine.tree(), before);
}

/// trust.md rule 18
#[test]
fn a_generation_that_changes_nothing_of_what_is_done_keeps_the_plan() {
    let Some(mut machine) = Machine::new("") else { return };
    machine.enforced();
    machine.simulator.directive(&payload_of("BOD-2", "banned.example"));
    machine.simulator.publish();
    assert_eq!(machine.agency.sync(&machine.simulator).exit(), Exit::Done);
    let run = machine.run(&["apply", "plan.json"]);
    let wanted = (Exit::Done, "Everything is in place: nothing to do.\n");
    assert_eq!((run.exit(), run.stdout.as_str()), wanted, "{}", run.stderr);
}

/// trust.md rule 19
#[test]
fn break_glass_is_shown_by_every_command_lapses_by_itself_and_frees_no_verdict() {
    let Some(mut machine) = Machine::new("") else { return };
    let before = machine.tree();
    machine.enforced();
    let enforced = machine.zone();
    let verdict =
        |machine: &Machine| machine.run(&["plan", "--target", "dns-rpz", "--enforce", "--json"]).exit();
    let was = verdict(&machine);
    for (until, exit) in [("73h", Exit::Usage), ("0h", Exit::Usage), ("72h", Exit::Done), ("2h", Exit::Done)]
    {
        let run = machine.run(&["suspend", "--reason", "incident 7", "--until", until]);
        assert_eq!(run.exit(), exit, "{until}: {}", run.stderr);
    }
    assert_eq!(machine.run(&["suspend", "--reason", " ", "--until", "2h"]).exit(), Exit::Usage);
    assert_eq!(machine.tree(), before);
    assert_eq!(verdict(&machine), was);
    machine.plan("--enforce");
    let run = machine.run(&["apply", "plan.json"]);
    assert_eq!(run.exit(), Exit::Findings, "{}", run.stderr);
    assert!(run.stderr.contains("enforcement is suspended until"), "{}", run.stderr);
    let run = machine.run(&["apply", "--unattended"]);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert!(run.stderr.contains("suspended"), "{}", run.stderr);
    assert_eq!(machine.tree(), before);

    machine.agency.now = machine.agency.now.saturating_add_seconds(2 * 3600 - 1);
    assert_eq!(machine.run(&["apply", "--resume"]).stdout, "Nothing is due.\n");
    machine.agency.now = machine.agency.now.saturating_add_seconds(1);
    let run = machine.run(&["apply", "--resume"]);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert!(run.stderr.contains("is over: enforcement is in place again"), "{}", run.stderr);
    assert_eq!(machine.zone(), enforced);
    assert_eq!(machine.journal().last().unwrap()["verb"], "restore");
}

#[test]
fn what_nobody_confirms_in_time_is_taken_back_and_what_is_confirmed_stays() {
    let Some(mut machine) = Machine::new("") else { return };
    let before = machine.tree();
    machine.plan("--enforce");
    let root = machine.root();
    let apply = ["apply", "plan.json", "--confirm-within", "5m", "--root", root.to_str().unwrap()];
    let run = machine.agency.run_waiting(&apply, 1000);
    assert_eq!(run.exit(), Exit::Findings, "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains("nobody confirmed"), "{}", run.stderr);
    assert_eq!(machine.tree(), before);
    // Told to end: whoever ends the wait has not confirmed.
    let run = machine.agency.run_waiting(&apply, 3);
    assert_eq!(run.exit(), Exit::Findings, "{}{}", run.stdout, run.stderr);
    assert_eq!(machine.tree(), before);
    assert_eq!(machine.run(&["confirm"]).exit(), Exit::Usage);

    // Its disk stops before it can take anything back: the record alone is left, and the timer takes it back.
    fs::remove_dir_all(machine.agency.path("state/enforcement")).unwrap();
    let recording = Disk::recording();
    let plain = ["apply", "plan.json", "--root", root.to_str().unwrap()];
    machine.agency.run_arranged(|test| test.disk(recording.clone()), &plain);
    fs::remove_dir_all(machine.root().join("etc/rpz/zones")).unwrap();
    fs::remove_dir_all(machine.agency.path("state/enforcement")).unwrap();
    let stopping = Disk::stopping_after(recording.steps().len());
    let run = machine.agency.run_arranged(|test| test.disk(stopping).waits(0), &apply);
    assert_eq!(run.exit(), Exit::NoAnswer, "{}{}", run.stdout, run.stderr);
    assert!(machine.zone().contains("banned.example"));
    assert_eq!(machine.run(&["apply", "--resume"]).stdout, "Nothing is due.\n");
    machine.agency.now = machine.agency.now.saturating_add_seconds(300);
    let run = machine.run(&["apply", "--resume"]);
    assert!(run.stderr.contains("nobody confirmed"), "{}", run.stderr);
    assert_eq!(machine.tree(), before);
    assert_eq!(machine.journal().last().unwrap()["verb"], "revert");
}

/// Waits by having somebody confirm.
struct Confirming {
    arguments: Vec<OsString>,
    now: DateTime,
}

impl Wait for Confirming {
    fn wait(&mut self, _: Duration) -> std::io::Result<Waited> {
        let mut other = TestWorld::new().at(self.now);
        let outcome = interdict_client::run(self.arguments.clone(), &mut other.world);
        assert_eq!(outcome.exit(), Exit::Done, "{}", other.stderr.text());
        Ok(Waited::Elapsed)
    }

    fn told(&self) -> Told {
        Told::default()
    }
}

#[test]
fn what_is_confirmed_meanwhile_stays() {
    let Some(mut machine) = Machine::new("") else { return };
    machine.plan("--enforce");
    let root = machine.root();
    let within = |time| ["apply", "plan.json", "--confirm-within", time, "--root", root.to_str().unwrap()];
    for (time, exit) in [("25h", Exit::Usage), ("0s", Exit::Usage)] {
        assert_eq!(machine.agency.run(&within(time)).exit(), exit, "{time}");
    }
    let (config, state) = (machine.agency.path("config.toml"), machine.agency.state());
    let other = [
        "interdict".as_ref(),
        "--config".as_ref(),
        config.as_os_str(),
        "--state".as_ref(),
        state.as_os_str(),
    ];
    let verb = ["confirm".as_ref(), "--root".as_ref(), root.as_os_str()];
    let arguments = other.into_iter().chain(verb).map(std::ffi::OsStr::to_owned).collect();
    let confirming = Confirming { arguments, now: machine.agency.now };
    let run = machine.agency.run_arranged(
        |mut test| {
            test.world.wait = Box::new(confirming);
            test
        },
        &within("5m"),
    );
    assert_eq!(run.exit(), Exit::Done, "{}{}", run.stdout, run.stderr);
    machine.agency.now = machine.agency.now.saturating_add_seconds(86_400);
    assert_eq!(machine.run(&["apply", "--resume"]).stdout, "Nothing is due.\n");
    assert!(machine.zone().contains("banned.example"));
    let verbs: Vec<_> = machine.journal().iter().map(|what| what["verb"].clone()).collect();
    assert_eq!(verbs[verbs.len() - 2..], ["apply", "confirm"]);
}

#[test]
fn a_file_of_somebody_else_is_named_and_stays_until_it_is_adopted() {
    let Some(machine) = Machine::new("") else { return };
    fs::create_dir_all(machine.root().join("etc/rpz/zones")).unwrap();
    fs::write(machine.root().join(ZONE), "by hand").unwrap();
    let before = machine.tree();
    machine.plan("--enforce");
    let run = machine.run(&["apply", "plan.json"]);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert!(run.stderr.contains("was not written by this program"), "{}", run.stderr);
    assert_eq!(machine.tree(), before);
    machine.run(&["plan", "--target", "dns-rpz", "--enforce", "--adopt", "--out", "plan.json"]);
    let run = machine.run(&["apply", "plan.json"]);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    machine.run(&["undo", "--reason", "a test", "--until", "1h"]);
    assert_eq!(machine.tree(), before);
}

#[test]
fn the_window_and_the_health_check_hold_it_back() {
    // The machine's clock stands on a Wednesday.
    let Some(machine) =
        Machine::new(r#"window = { days = ["sat"], from = "02:00", to = "04:00", zone = "UTC" }"#)
    else {
        return;
    };
    let before = machine.tree();
    machine.plan("--enforce");
    let run = machine.run(&["apply", "plan.json"]);
    assert_eq!(run.exit(), Exit::Findings, "{}", run.stderr);
    assert!(run.stderr.contains("is closed"), "{}", run.stderr);
    let run = machine.run(&["apply", "--unattended"]);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert_eq!(machine.tree(), before);

    machine.configure("health-check = [\"/bin/false\"]");
    machine.plan("--enforce");
    let run = machine.run(&["apply", "plan.json"]);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert!(run.stderr.contains("the health check of the operator did not succeed"), "{}", run.stderr);
    assert_eq!(machine.tree(), before);
    let entry = machine.journal().pop().unwrap();
    assert_eq!((&entry["verb"], &entry["ended"]["ended"]), (&"apply".into(), &"rolled-back".into()));
}

#[test]
fn an_unattended_run_follows_the_configuration_and_audits_unless_it_says_otherwise() {
    let Some(machine) = Machine::new("") else { return };
    let run = machine.run(&["apply", "--unattended"]);
    assert_eq!(run.exit(), Exit::Done, "{}{}", run.stdout, run.stderr);
    assert!(!machine.zone().contains("banned.example"));
    machine.configure("mode = \"enforce\"");
    let run = machine.run(&["apply", "--unattended"]);
    // Not all of an empty folder can be read as a machine, so that what would be hit is not known.
    assert_eq!(run.exit(), Exit::Findings, "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains("not all of this machine could be read"), "{}", run.stderr);
    assert!(!machine.zone().contains("banned.example"));
}

/// A crash after any change of an apply from the command line: the next run goes on.
#[test]
fn a_crash_after_any_change_is_completed_by_the_next_run() {
    let Some(machine) = Machine::new("") else { return };
    let before = machine.tree();
    let root = machine.root();
    let arguments = ["apply", "plan.json", "--root", root.to_str().unwrap()];
    machine.plan("--enforce");
    let recording = Disk::recording();
    machine.agency.run_arranged(|test| test.disk(recording.clone()), &arguments);
    let steps = recording.steps().len();
    assert!(steps > 40, "{steps}");
    machine.run(&["undo", "--reason", "a test", "--until", "1h"]);
    machine.run(&["apply", "--resume", "--now"]);
    machine.run(&["undo", "--reason", "a test", "--until", "1h"]);
    assert_eq!(machine.tree(), before);
    for crash in (0..steps).step_by(3) {
        fs::remove_dir_all(machine.agency.path("state/enforcement")).unwrap();
        machine.plan("--enforce");
        machine.agency.run_arranged(|test| test.disk(Disk::stopping_after(crash)), &arguments);
        let run = machine.run(&["apply", "plan.json"]);
        assert_eq!(run.exit(), Exit::Done, "after {crash} of {steps}: {}", run.stderr);
        assert!(machine.zone().contains("banned.example"), "after {crash}");
        let run = machine.run(&["undo", "--reason", "a test", "--until", "1h"]);
        assert_eq!(run.exit(), Exit::Done, "after {crash} of {steps}: {}", run.stderr);
        assert_eq!(machine.tree(), before, "after {crash} of {steps} changes");
    }
}

#[test]
fn where_nothing_was_applied_there_is_nothing_to_undo_or_to_confirm() {
    let Some(machine) = Machine::new("") else { return };
    for arguments in [
        &["undo", "--reason", "a test", "--until", "1h"][..],
        &["suspend", "--reason", "a test", "--until", "2017-09-14T00:00:00Z"],
        &["confirm"],
    ] {
        let run = machine.run(arguments);
        assert_eq!(run.exit(), Exit::Usage, "{arguments:?}: {}", run.stderr);
    }
    assert_eq!(machine.agency.now, at("2017-09-13T12:00:00Z"));
}
