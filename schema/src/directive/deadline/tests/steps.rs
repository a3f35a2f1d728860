//! Explanations: every step in words, and never another answer than the deadline itself.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::super::*;

fn explained(members: &str, due: &str, events: &Events, as_of: &str) -> Vec<String> {
    let text = format!(
        r#"{{"format":"interdict-directive/1","id":"T-1","revision":1,"status":"in-force","title":"t","issuer":"i",
        "zone":"America/New_York","issued":"2020-01-14",{members}
        "actions":[{{"id":"a","modality":"must","kind":"remove","due":{due}}},
        {{"id":"plan","modality":"must","kind":"plan","due":{{"at":{{"time":"2020-03-01T17:00:00Z","words":"noon"}}}}}}]}}"#
    );
    let directive = Directive::parse(text.as_bytes()).unwrap().value;
    let action = directive.action("a").unwrap();
    let as_of = as_of.parse().unwrap();
    let explanation = explain(&directive, action, None, events, as_of).unwrap();
    assert_eq!(Some(explanation.deadline), deadline(&directive, action, None, events, as_of));
    explanation.steps.iter().map(ToString::to_string).collect()
}

fn steps(due: &str) -> Vec<String> {
    explained("", due, &Events::default(), "2020-01-14T12:00:00Z")
}

#[test]
fn business_days_name_the_holidays_that_they_pass() {
    assert_eq!(
        steps(
            r#"{"offset":{"n":10,"unit":"business-day","anchor":"issued","calendar":"us-federal"},"unless_directed_otherwise":true}"#
        ),
        [
            "counted from issued, which is 2020-01-14",
            "business days by the calendar us-federal",
            "10 business-days after 2020-01-14 is 2020-01-29",
            "not counted: 4 days of weekends; 2020-01-20, Birthday of Martin Luther King, Jr.",
            "2020-01-29 ends in America/New_York (EST) with 2020-01-30T04:59:59Z",
            "unless the authority directs otherwise",
        ]
    );
}

#[test]
fn a_month_that_is_too_short_and_a_roll_are_told() {
    assert_eq!(
        steps(r#"{"offset":{"n":1,"unit":"month","anchor":"2020-01-31","roll":"next-business-day"}}"#),
        [
            "counted from 2020-01-31",
            "no calendar is named, so every day but Saturday and Sunday is a business day",
            "1 month after 2020-01-31 is 2020-02-29",
            "that month has no day 31, so its last, 2020-02-29, counts",
            "2020-02-29 is no business day (Saturday) and moves to 2020-03-02",
            "2020-03-02 ends in America/New_York (EST) with 2020-03-03T04:59:59Z",
        ]
    );
}

#[test]
fn a_deadline_that_is_counted_from_another_tells_that_one_first() {
    assert_eq!(
        steps(r#"{"offset":{"n":7,"unit":"day","anchor":"due:plan"}}"#),
        [
            "the order says 2020-03-01T17:00:00Z, in its words \"noon\"",
            "counted from due:plan, which is 2020-03-01T17:00:00Z",
            "2020-03-01T17:00:00Z is on 2020-03-01 in America/New_York",
            "7 days after 2020-03-01 is 2020-03-08",
            "2020-03-08 is no business day (Sunday), and no rule moves it",
            "2020-03-08 ends in America/New_York (EDT) with 2020-03-09T03:59:59Z",
        ]
    );
}

#[test]
fn a_recurrence_tells_which_one_is_next_and_what_ends_it() {
    let due = r#"{"every":{"n":30,"unit":"day","from":"issued","until":"action:plan"}}"#;
    assert_eq!(
        explained("", due, &Events::default(), "2020-03-01T00:00:00Z"),
        [
            "counted from issued, which is 2020-01-14",
            "60 days after 2020-01-14 is 2020-03-14",
            "2020-03-14 ends in America/New_York (EDT) with 2020-03-15T03:59:59Z",
            "first due 2020-02-14T04:59:59Z; number 2 is next, due 2020-03-15T03:59:59Z",
            "until action:plan, which has not happened",
        ]
    );
}

#[test]
fn a_clock_that_waits_tells_how_far_it_came() {
    assert_eq!(steps(r#"{"offset":{"n":7,"unit":"day","anchor":"detected"}}"#), [""; 0]);
    assert_eq!(
        steps(r#"{"offset":{"n":2,"unit":"hour","anchor":"earliest-of:detected,2020-02-01T00:00:00Z"}}"#),
        [
            "counted from 2020-02-01T00:00:00Z",
            "not happened yet, and able to move the date forward: detected",
            "2 hours after 2020-02-01T00:00:00Z is 2020-02-01T02:00:00Z",
        ]
    );
}

#[test]
fn a_decision_tells_its_inputs_and_its_row() {
    let tables = r#""tables":[{"id":"t","inputs":[{"id":"x","values":["a","b"],"default":"b"},{"id":"y","values":["a"]},
        {"id":"z","values":["a"]}],"rows":[{"when":{"x":"b","y":"a"},"outcome":"now","due":{"ongoing":true}}]}],"#;
    let inputs = [("y".to_owned(), "a".to_owned())].into_iter().collect();
    let events = Events { inputs, ..Events::default() };
    assert_eq!(
        explained(tables, r#"{"table":"t"}"#, &events, "2020-01-14T12:00:00Z"),
        [
            "table t: x is not known, so the default counts: b",
            "table t: y is a",
            "table t: z is not known and has no default",
            "table t: row 1 fits first: now",
            "at all times from 2020-01-14T05:00:00Z",
        ]
    );
}

#[test]
fn steps_are_objects_for_machines() {
    let step = Step::Skipped(Skipped {
        weekend_days: 2,
        holidays: alloc::vec![crate::directive::Holiday {
            day: "2020-01-20".parse().unwrap(),
            name: "h".into()
        }],
    });
    assert_eq!(
        serde_json::to_string(&step).unwrap(),
        r#"{"step":"skipped","weekend_days":2,"holidays":[{"day":"2020-01-20","name":"h"}]}"#
    );
}
