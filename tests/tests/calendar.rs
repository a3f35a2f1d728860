//! The calendar of `due --ics`, read by a library by others. `tests/interop/calendar.sh` gets the library and says which Python has
//! it; elsewhere this test says that it is skipped.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, says why it is skipped, and writes files"
)]

use std::path::Path;
use std::process::Command;

use interdict_host::exit::Exit;
use interdict_tests::agency::Agency;
use interdict_tests::simulator::Simulator;

/// Days, moments, recurrences, dates of subjects, a waiver, and a title that is longer than a line and hostile.
const TEXT: &str = r#"{"format":"interdict-directive/1","id":"BOD-1","revision":1,"status":"in-force",
  "title":"Entfernung; \\ Größe, 📅📅📅📅📅📅📅📅📅📅📅📅📅📅📅📅 und mehr\r\nBEGIN:VALARM \u001b[2J","issuer":"dhs",
  "zone":"America/New_York","issued":"2017-09-13","marking":"TLP:AMBER",
  "subjects":[{"id":"a","name":"A","disposition":"remediate","due":"2017-11-05"},
    {"id":"b","name":"B","disposition":"remediate","due":"2017-11-05"},{"id":"c","name":"C","disposition":"remediate","due":"2018-03-11"}],
  "actions":[
    {"id":"plan","modality":"must","kind":"plan","description":"Write, then send; both.","due":{"edge":"complete","offset":{"n":60,"unit":"day","anchor":"issued"}}},
    {"id":"call","modality":"should","kind":"notify","due":{"at":{"time":"2020-07-17T18:00:00Z","zone":"America/New_York"}}},
    {"id":"hours","modality":"must","kind":"attest","due":{"offset":{"n":48,"unit":"hour","anchor":"issued"}}},
    {"id":"month","modality":"must","kind":"report","due":{"edge":"report","every":{"n":1,"unit":"month","from":"2017-08-31"}}},
    {"id":"fortnight","modality":"must","kind":"report","due":{"edge":"report","every":{"n":10,"unit":"business-day","from":"issued","calendar":"us-federal"}}},
    {"id":"fix","modality":"must","kind":"update","due":{"edge":"complete","by_subject":true}},
    {"id":"always","modality":"must","kind":"block","due":{"ongoing":true}}],
  "waivers":[{"id":"w","part":"plan","from":"2017-09-13","until":"2017-12-31","granted_by":"the Secretary"}]}"#;

#[test]
fn a_library_by_others_reads_the_same_dates() {
    let Some(python) = std::env::var_os("INTERDICT_ICALENDAR_PYTHON") else {
        eprintln!("skipped: INTERDICT_ICALENDAR_PYTHON names no Python with the library");
        return;
    };
    let mut authority = Simulator::new();
    authority.directive(TEXT.as_bytes());
    authority.publish();
    let agency = Agency::following(&authority);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("interop/icalendar_reads_ours.py");
    for more in [&[][..], &["--all"]] {
        let due = |arguments: &[&str]| {
            let run = agency.run(&[&["due"], more, arguments, &["--as-of", "2017-10-31"]].concat());
            assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
            run.stdout
        };
        let (calendar, json) = (agency.path("dates.ics"), agency.path("due.json"));
        due(&["--ics", "dates.ics"]);
        std::fs::write(&json, due(&["--json"])).unwrap();
        let read = Command::new(&python).arg(&script).args([&calendar, &json]).output().unwrap();
        let (said, objected) = (String::from_utf8_lossy(&read.stdout), String::from_utf8_lossy(&read.stderr));
        assert!(read.status.success(), "{said}{objected}");
        eprintln!("{}", said.trim_end());
    }
}
