//! What people do by hand to files, plans, links and the journal while a policy is applied.
//!
//! The target is `chromium` without a program, which needs no tool of this machine.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, and works on real folders"
)]

use std::fs;
use std::path::PathBuf;

use interdict_host::exit::Exit;
use interdict_host::terminal::Terminal;
use interdict_schema::Sha256;
use interdict_tests::agency::{Agency, Run};
use interdict_tests::simulator::Simulator;

/// Blocked from the day on which it was issued.
const PAYLOAD: &str = r#"{"format":"interdict-directive/1","id":"BOD-1","revision":1,"status":"in-force","title":"Block it",
  "issuer":"dhs","zone":"UTC","issued":"2017-09-13",
  "subjects":[{"id":"it","name":"It","disposition":"prohibited","identifiers":[{"kind":"domain","value":"banned.example"},
  {"kind":"sha256","value":"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"}]}],
  "actions":[{"id":"block","modality":"must","kind":"block","due":{"edge":"begin","offset":{"n":0,"unit":"day","anchor":"issued"}}}]}"#;

struct Machine(Agency);

impl Machine {
    fn new() -> Self {
        let mut simulator = Simulator::new();
        simulator.directive(PAYLOAD.as_bytes());
        simulator.publish();
        let agency = Agency::following(&simulator);
        let path = agency.path("config.toml");
        let text = fs::read_to_string(&path).unwrap();
        let enforce = "\n[enforce]\nmode = \"enforce\"\ntargets = [\"chromium\"]\n[enforce.chromium]\nprogram = \"none\"\n";
        fs::write(&path, text + enforce).unwrap();
        fs::create_dir_all(agency.path("root/etc")).unwrap();
        Self(agency)
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let root = self.0.path("root");
        self.0.run(&[arguments, &["--root", root.to_str().unwrap()]].concat())
    }

    fn file(&self) -> PathBuf {
        self.0.path("root/etc/chromium/policies/managed/zz-interdict.json")
    }

    fn applied(&self) {
        self.run(&["plan", "--out", "plan.json"]);
        let run = self.run(&["apply", "plan.json"]);
        assert_eq!(run.exit(), Exit::Done, "{}{}", run.stdout, run.stderr);
        assert!(self.file().exists());
    }

    /// Ends a suspension, of which one file was lost, and applies anew: the machine obeys again.
    fn resumes_and_applies_again(&self) {
        let run = self.run(&["apply", "--resume", "--now"]);
        assert_eq!(run.exit(), Exit::Refused, "{}{}", run.stdout, run.stderr);
        assert!(run.stderr.contains("zz-interdict.json: not as this program left it"), "{}", run.stderr);
        assert!(run.stderr.contains("enforcement is NOT in place again in"), "{}", run.stderr);
        assert_eq!(self.run(&["apply", "--resume"]).stdout, "Nothing is due.\n");
        fs::remove_file(self.file()).unwrap_or_default();
        self.applied();
    }
}

/// trust.md rule 19
#[test]
fn a_suspension_ends_although_a_file_was_edited_by_hand_and_given_up() {
    let machine = Machine::new();
    machine.applied();
    fs::write(machine.file(), "{}").unwrap();
    let refused = machine.run(&["undo", "--reason", "a test", "--until", "1h"]);
    assert_eq!(refused.exit(), Exit::Refused, "{}", refused.stderr);
    let run = machine.run(&["undo", "--reason", "a test", "--until", "1h", "--adopt"]);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert!(!machine.file().exists());
    machine.resumes_and_applies_again();
}

/// trust.md rule 19
#[test]
fn a_suspension_ends_although_a_file_was_removed_by_hand_before_it() {
    let machine = Machine::new();
    machine.applied();
    fs::remove_file(machine.file()).unwrap();
    let run = machine.run(&["suspend", "--reason", "a test", "--until", "1h"]);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    machine.resumes_and_applies_again();
}

#[test]
fn what_nobody_confirms_is_taken_back_although_a_file_was_edited_by_hand_before_it() {
    let machine = Machine::new();
    machine.applied();
    let before = fs::read(machine.file()).unwrap();
    fs::write(machine.file(), "{}").unwrap();
    machine.run(&["plan", "--adopt", "--out", "plan.json"]);
    let root = machine.0.path("root");
    let apply = ["apply", "plan.json", "--confirm-within", "5m", "--root", root.to_str().unwrap()];
    let run = machine.0.run_waiting(&apply, 1000);
    assert_eq!(run.exit(), Exit::Findings, "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains("nobody confirmed"), "{}", run.stderr);
    // What was given up with --adopt is kept aside; what is in place is what was applied before it.
    assert_eq!(fs::read(machine.file()).unwrap(), before);
    assert_eq!(machine.run(&["apply", "--resume"]).stdout, "Nothing is due.\n");
}

#[test]
fn a_link_in_a_files_place_is_never_replaced_and_the_hint_does_not_promise_it() {
    let machine = Machine::new();
    machine.applied();
    fs::remove_file(machine.file()).unwrap();
    fs::write(machine.0.path("theirs"), "theirs").unwrap();
    std::os::unix::fs::symlink(machine.0.path("theirs"), machine.file()).unwrap();
    machine.run(&["plan", "--adopt", "--out", "plan.json"]);
    let run = machine.run(&["apply", "plan.json"]);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert!(run.stderr.contains("hint: a link, folder or device is never overwritten"), "{}", run.stderr);
    assert_eq!(fs::read_to_string(machine.0.path("theirs")).unwrap(), "theirs");
}

/// A plan with another root, and the digest that belongs to it: as whoever may write to the file makes it.
fn for_root(machine: &Machine, root: &str) -> String {
    let text = fs::read_to_string(machine.0.path("plan.json")).unwrap();
    let mut plan: interdict_schema::plan::Plan = serde_json::from_str(&text).unwrap();
    plan.planned.root = root.into();
    plan.digest = Sha256::of(serde_json::to_string(&plan.planned).unwrap().as_bytes());
    serde_json::to_string(&plan).unwrap()
}

/// trust.md rule 18
#[test]
fn a_plan_whose_root_leads_elsewhere_is_no_plan() {
    let machine = Machine::new();
    machine.run(&["plan", "--out", "plan.json"]);
    for root in ["root", "../root", "", "/etc/../srv"] {
        fs::write(machine.0.path("other.json"), for_root(&machine, root)).unwrap();
        let run = machine.0.run(&["apply", "other.json"]);
        assert_eq!(run.exit(), Exit::Refused, "{root}: {}", run.stderr);
        let said = format!("the plan is for {root:?}, wanted an absolute path without `..`");
        assert!(run.stderr.contains(&said), "{root}: {}", run.stderr);
    }
    assert!(!machine.file().exists());
}

/// trust.md rule 18
#[test]
fn a_plan_that_is_well_formed_and_not_the_approved_one_is_refused_by_its_digest() {
    let machine = Machine::new();
    let other = machine.0.path("other-root");
    fs::create_dir_all(&other).unwrap();
    machine.run(&["plan", "--out", "plan.json"]);
    let text = fs::read_to_string(machine.0.path("plan.json")).unwrap();
    let plan: interdict_schema::plan::Plan = serde_json::from_str(&text).unwrap();
    let approved = plan.digest.to_string();
    fs::write(machine.0.path("other.json"), for_root(&machine, other.to_str().unwrap())).unwrap();
    let run = machine.0.run(&["apply", "other.json", "--digest", &approved]);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert!(run.stderr.contains("which was approved"), "{}", run.stderr);
    assert_eq!(fs::read_dir(&other).unwrap().count(), 0);
    let run = machine.0.run(&["apply", "plan.json", "--digest", &approved]);
    assert_eq!(run.exit(), Exit::Done, "{}{}", run.stdout, run.stderr);
}

/// trust.md rule 23
#[test]
fn a_journal_that_was_taken_away_or_emptied_is_missed_where_something_was_applied() {
    let machine = Machine::new();
    let verify = || machine.0.run(&["journal", "verify"]);
    assert_eq!(verify().exit(), Exit::Done, "nothing was applied, and nothing is missing");
    // On this machine itself, in a folder that nobody else has.
    let config = machine.0.path("config.toml");
    let folder = machine.0.path("policies");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("{text}folder = \"{}\"\n", folder.display())).unwrap();
    machine.0.run(&["plan", "--out", "plan.json"]);
    machine.0.run(&["apply", "plan.json"]);
    assert!(folder.join("zz-interdict.json").exists());
    assert_eq!(verify().exit(), Exit::Done, "{}", verify().stderr);
    let journal = machine.0.path("state/enforcement/journal/journal.jsonl");
    for bytes in [None, Some(&b""[..]), Some(b"garbage")] {
        match bytes {
            None => fs::remove_file(&journal).unwrap(),
            Some(bytes) => fs::write(&journal, bytes).unwrap(),
        }
        let run = verify();
        assert_eq!(run.exit(), Exit::Refused, "{bytes:?} {}", run.stderr);
        assert!(run.stderr.contains("no entries, although something was applied here"), "{}", run.stderr);
    }
}

#[test]
fn a_plan_fits_a_terminal_of_eighty_columns() {
    let machine = Machine::new();
    let root = machine.0.path("root");
    let plan = ["plan", "--root", root.to_str().unwrap()];
    let narrow = |mut test: interdict_host::testing::TestWorld| {
        test.world.terminal = Terminal { stdout: true, width: Some(80), ..Terminal::none() };
        test
    };
    let run = machine.0.run_arranged(narrow, &plan);
    let wide: Vec<&str> = run.stdout.lines().filter(|line| line.chars().count() > 80).collect();
    assert!(wide.is_empty() && run.stdout.lines().count() > 20, "{wide:?} {}", run.stdout);
    assert!(machine.0.run(&plan).stdout.lines().any(|line| line.len() > 80), "in a pipe a line stays one");
}
