#![allow(clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod business_days;
mod properties;
mod steps;
mod tables;

use alloc::string::ToString;

use super::*;

fn directive(dues: &str) -> Directive {
    let text = alloc::format!(
        r#"{{"format":"interdict-directive/1","id":"T-1","revision":1,"status":"in-force","title":"t","issuer":"i",
        "zone":"America/New_York","issued":"2017-09-13","actions":[{dues}]}}"#
    );
    Directive::parse(text.as_bytes()).unwrap().value
}

fn of(due: &str, as_of: &str) -> Deadline {
    let directive = directive(&alloc::format!(
        r#"{{"id":"a","modality":"must","kind":"remove","due":{due}}},
        {{"id":"begin","modality":"must","kind":"begin-removal","due":{{"offset":{{"n":90,"unit":"day","anchor":"issued"}}}}}},
        {{"id":"loop","modality":"must","kind":"report","due":{{"offset":{{"n":1,"unit":"day","anchor":"due:loop"}}}}}}"#
    ));
    deadline(&directive, directive.action("a").unwrap(), None, &Events::default(), as_of.parse().unwrap())
        .unwrap()
}

fn end(due: &str) -> String {
    match of(due, "2017-09-13T00:00:00Z") {
        Deadline::Once { end, .. } => end.to_string(),
        other => alloc::format!("{other:?}"),
    }
}

#[test]
fn within_30_days_ends_with_the_last_second_of_that_day_in_the_issuers_zone() {
    assert_eq!(end(r#"{"offset":{"n":30,"unit":"day","anchor":"issued"}}"#), "2017-10-14T03:59:59Z");
    // Daylight saving has ended by then: five hours from UTC and not four.
    assert_eq!(end(r#"{"offset":{"n":60,"unit":"day","anchor":"issued"}}"#), "2017-11-13T04:59:59Z");
}

#[test]
fn hours_run_from_the_moment_and_calendar_units_keep_to_the_calendar() {
    assert_eq!(
        end(r#"{"offset":{"n":48,"unit":"hour","anchor":"2021-03-03T17:00:00Z"}}"#),
        "2021-03-05T17:00:00Z"
    );
    assert_eq!(end(r#"{"offset":{"n":1,"unit":"month","anchor":"2024-01-31"}}"#), "2024-03-01T04:59:59Z");
    assert_eq!(end(r#"{"offset":{"n":2,"unit":"week","anchor":"issued"}}"#), "2017-09-28T03:59:59Z");
    assert_eq!(end(r#"{"offset":{"n":1,"unit":"year","anchor":"2024-02-29"}}"#), "2025-03-01T04:59:59Z");
}

#[test]
fn a_report_every_30_days_after_day_90_is_first_due_on_11_january_2018() {
    let every = r#"{"edge":"report","every":{"n":30,"unit":"day","from":"due:begin","until":"action:a"}}"#;
    let at = |as_of: &str| match of(every, as_of) {
        Deadline::Recurring { first, next, until } => (first.to_string(), next.to_string(), until),
        other => (alloc::format!("{other:?}"), String::new(), None),
    };
    let until = Some(Anchor::Action("a".into()));
    let first = "2018-01-12T04:59:59Z";
    assert_eq!(at("2017-09-13T00:00:00Z"), (first.into(), first.into(), until.clone()));
    assert_eq!(at(first), (first.into(), first.into(), until.clone()));
    assert_eq!(at("2018-01-12T05:00:00Z"), (first.into(), "2018-02-11T04:59:59Z".into(), until.clone()));
    assert_eq!(at("2026-11-24T00:00:00Z").1, "2026-11-26T04:59:59Z");
}

#[test]
fn a_recurrence_goes_on_over_a_day_that_the_zone_leaves_out() {
    // Samoa went over the date line: 30 December 2011 was not there, and ends where the 29th does.
    let next = |as_of: &str| {
        let mut directive = directive(
            r#"{"id":"a","modality":"must","kind":"report","due":{"every":{"n":1,"unit":"day","from":"2011-12-27"}}}"#,
        );
        directive.zone = "Pacific/Apia".into();
        let as_of = as_of.parse().unwrap();
        match deadline(&directive, directive.action("a").unwrap(), None, &Events::default(), as_of).unwrap() {
            Deadline::Recurring { next, .. } => next.to_string(),
            other => alloc::format!("{other:?}"),
        }
    };
    assert_eq!(next("2011-12-29T10:00:00Z"), "2011-12-30T09:59:59Z");
    assert_eq!(next("2011-12-30T09:59:59Z"), "2011-12-30T09:59:59Z");
    assert_eq!(next("2011-12-30T10:00:00Z"), "2011-12-31T09:59:59Z");
    assert_eq!(next("2012-01-01T00:00:00Z"), "2012-01-01T09:59:59Z");
}

#[test]
fn a_clock_that_has_not_started_is_a_state() {
    let due = r#"{"offset":{"n":15,"unit":"day","anchor":"detected"}}"#;
    assert_eq!(of(due, "2017-09-13T00:00:00Z"), Deadline::RunsFrom(Anchor::Detected));
    let either = r#"{"offset":{"n":1,"unit":"day","anchor":"earliest-of:issued,detected"}}"#;
    assert_eq!(end(either), "2017-09-15T03:59:59Z");
}

#[test]
fn what_cannot_be_computed_is_said_and_not_guessed() {
    for (due, reason) in [
        (
            r#"{"offset":{"n":10,"unit":"business-day","anchor":"issued","calendar":"moon"}}"#,
            Unsupported::Calendar { calendar: "moon".into() },
        ),
        (
            r#"{"offset":{"n":10,"unit":"fortnight","anchor":"issued"}}"#,
            Unsupported::Unit { unit: "fortnight".into() },
        ),
        (
            r#"{"offset":{"n":10,"unit":"day","anchor":"issued","roll":"forth"}}"#,
            Unsupported::Roll { roll: "forth".into() },
        ),
        (
            r#"{"offset":{"n":1,"unit":"day","anchor":"moonrise"}}"#,
            Unsupported::Anchor { anchor: "moonrise".into() },
        ),
        (
            r#"{"offset":{"n":1,"unit":"day","anchor":"due:loop"}}"#,
            Unsupported::Dangling { target: "loop".into() },
        ),
        (
            r#"{"offset":{"n":1,"unit":"day","anchor":"due:nowhere"}}"#,
            Unsupported::Dangling { target: "nowhere".into() },
        ),
        (r#"{"offset":{"n":4294967295,"unit":"year","anchor":"issued"}}"#, Unsupported::NoDate),
        (r#"{"offset":{"n":4294967295,"unit":"day","anchor":"issued"}}"#, Unsupported::NoDate),
        (
            r#"{"at":{"time":"2020-01-01","zone":"Mars/Olympus"}}"#,
            Unsupported::Zone { zone: "Mars/Olympus".into() },
        ),
        (r#"{"table":"t"}"#, Unsupported::Table { table: "t".into() }),
        (r#"{"every":{"n":0,"unit":"day","from":"issued"}}"#, Unsupported::NoDate),
        ("{}", Unsupported::NoDate),
    ] {
        assert_eq!(of(due, "2026-11-24T00:00:00Z"), Deadline::Unsupported(reason), "{due}");
    }
}
