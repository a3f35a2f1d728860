//! Payloads: whatever can be read can be linted, asked for what this version cannot judge, and for every deadline.
#![no_main]

use interdict_schema::DateTime;
use interdict_schema::directive::Directive;
use interdict_schema::directive::deadline::{Events, deadline, explain};
use interdict_schema::directive::lint::{Context, lint, lint_directive};
use interdict_schema::directive::unsupported::unsupported;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let report = lint(bytes, &Context::default());
    for problem in &report.problems {
        let _ = problem.to_string();
    }
    let Ok(decoded) = Directive::parse(bytes) else { return };
    let directive = &decoded.value;
    let _ = lint_directive(directive, &Context::default());
    for found in unsupported(&decoded) {
        let _ = format!("{found:?}");
    }
    let events = Events::default();
    for moment in ["0001-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "9999-12-31T23:59:59Z"] {
        let Ok(as_of) = moment.parse::<DateTime>() else { continue };
        for action in &directive.actions {
            let found = deadline(directive, action, None, &events, as_of);
            let explained = explain(directive, action, None, &events, as_of);
            assert_eq!(explained.as_ref().map(|explained| &explained.deadline), found.as_ref());
            for step in explained.iter().flat_map(|explained| &explained.steps) {
                let _ = step.to_string();
            }
            for subject in directive.subjects_of(action).take(20) {
                let _ = deadline(directive, action, Some(subject), &events, as_of);
            }
        }
    }
    let written = serde_json::to_vec(directive).unwrap();
    let again = Directive::parse(&written).expect("what was written can be read");
    assert_eq!(again.value, *directive);
});
