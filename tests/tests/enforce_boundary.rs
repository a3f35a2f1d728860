//! A ban begins and ends at the very second that the order says: the next moment at which something changes is known, shown, and left
//! to whoever applies again then.
//!
//! The target is `chromium` without a program, which needs no tool of this machine.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, and works on real folders"
)]

use std::fs;

use interdict_host::exit::Exit;
use interdict_schema::DateTime;
use interdict_tests::agency::{Agency, Run};
use interdict_tests::simulator::Simulator;

const BLOCKED: &str = "root/etc/chromium/policies/managed/zz-interdict.json";

fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}

/// Blocked from the seventh day on; everybody is freed of it for the two days that begin on the tenth.
const PAYLOAD: &str = r#"{"format":"interdict-directive/1","id":"BOD-1","revision":1,"status":"in-force","title":"Block it",
  "issuer":"dhs","zone":"America/New_York","issued":"2017-09-13",
  "subjects":[{"id":"it","name":"It","disposition":"prohibited","identifiers":[{"kind":"domain","value":"banned.example"}]}],
  "actions":[{"id":"block","modality":"must","kind":"block","due":{"edge":"begin","offset":{"n":7,"unit":"day","anchor":"issued"}}}],
  "waivers":[{"id":"pilot","part":"it","from":"2017-09-23","until":"2017-09-24","granted_by":"the Secretary"}]}"#;

struct Machine(Agency);

impl Machine {
    /// A machine that has synced once, before anything is blocked, with these lines of `[enforce]`.
    fn new(enforce: &str) -> Self {
        let mut simulator = Simulator::new();
        simulator.directive(PAYLOAD.as_bytes());
        simulator.publish();
        let agency = Agency::following(&simulator);
        let path = agency.path("config.toml");
        let text = fs::read_to_string(&path).unwrap();
        let settings = "[enforce.chromium]\nprogram = \"none\"\n";
        fs::write(&path, format!("{text}\n[enforce]\ntargets = [\"chromium\"]\n{enforce}\n{settings}"))
            .unwrap();
        fs::create_dir_all(agency.path("root/var/lib/dpkg")).unwrap();
        let bash = "Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.2\n";
        fs::write(agency.path("root/var/lib/dpkg/status"), bash).unwrap();
        Self(agency)
    }

    /// Runs the client at a moment.
    fn at(&mut self, now: &str, arguments: &[&str]) -> Run {
        self.0.now = at(now);
        let root = self.0.path("root");
        self.0.run(&[arguments, &["--root", root.to_str().unwrap()]].concat())
    }

    fn blocks(&self) -> bool {
        self.0.path(BLOCKED).exists()
    }
}

/// trust.md rule 15
#[test]
fn a_ban_begins_is_waived_and_binds_again_at_the_very_second() {
    let mut machine = Machine::new("mode = \"enforce\"");
    for (now, blocks, next) in [
        ("2017-09-20T03:59:59Z", false, Some(("2017-09-20T04:00:00Z", "block-begins"))),
        ("2017-09-20T04:00:00Z", true, Some(("2017-09-23T04:00:00Z", "waiver-begins"))),
        ("2017-09-23T03:59:59Z", true, Some(("2017-09-23T04:00:00Z", "waiver-begins"))),
        // Nothing was synced meanwhile: the waiver was in what is held.
        ("2017-09-23T04:00:00Z", false, Some(("2017-09-25T04:00:00Z", "waiver-ends"))),
        ("2017-09-25T03:59:59Z", false, Some(("2017-09-25T04:00:00Z", "waiver-ends"))),
        ("2017-09-25T04:00:00Z", true, None),
    ] {
        let run = machine.at(now, &["apply", "--unattended", "--json"]);
        assert_eq!(run.exit(), Exit::Done, "{now}: {}{}", run.stdout, run.stderr);
        let said: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let found = said["next_boundary"]["at"].as_str().zip(said["next_boundary"]["what"].as_str());
        assert_eq!((machine.blocks(), found), (blocks, next), "{now}");
        let planned: serde_json::Value =
            serde_json::from_str(&machine.at(now, &["plan", "--json"]).stdout).unwrap();
        assert_eq!(planned["next_boundary"], said["next_boundary"], "{now}");
    }
}

#[test]
fn the_next_change_is_told_to_who_has_to_apply_again_then() {
    let mut machine = Machine::new("mode = \"enforce\"");
    let run = machine.at("2017-09-20T03:59:59Z", &["apply", "--unattended"]);
    assert_eq!(
        run.stdout,
        "Everything is in place: nothing to do.\n\
         Next change by itself, apply again then: Wed 20 Sep 2017, 04:00 UTC, BOD-1 it: it may be blocked from then on.\n"
    );
    let run = machine.at("2017-09-20T03:59:59Z", &["plan"]);
    let line = "next change by itself: 2017-09-20T04:00:00Z, BOD-1 it: it may be blocked from then on";
    assert!(run.stdout.lines().any(|found| found.trim() == line), "{}", run.stdout);
}

#[test]
fn a_closed_window_and_a_suspension_are_boundaries_too() {
    let mut machine = Machine::new(
        "mode = \"enforce\"\nwindow = { days = [\"sat\"], from = \"02:00\", to = \"04:00\", zone = \"UTC\" }",
    );
    // A Wednesday, from which on it is to be blocked.
    let run = machine.at("2017-09-20T04:00:00Z", &["apply", "--unattended", "--json"]);
    let said: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(said["held"], "the maintenance window Sat from 02:00 to 04:00 UTC is closed");
    assert_eq!(said["next_boundary"]["what"], "window-opens");
    assert_eq!(said["next_boundary"]["at"], "2017-09-23T02:00:00Z");
    assert!(!machine.blocks());
    machine.at("2017-09-23T02:00:00Z", &["apply", "--unattended"]);
    assert!(machine.blocks());

    let run = machine.at("2017-09-23T02:30:00Z", &["suspend", "--reason", "incident 7", "--until", "1h"]);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    let run = machine.at("2017-09-23T02:31:00Z", &["apply", "--unattended", "--json"]);
    let said: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(said["next_boundary"]["what"], "suspension-ends");
    assert_eq!(said["next_boundary"]["at"], "2017-09-23T03:30:00Z");
}
