//! Business days, rolls and calendars, checked against dates that real orders state.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::super::*;
use crate::limits::{BUSINESS_DAY_WALK, CALENDAR_BASES};

fn directive(issued: &str, calendars: &str, due: &str) -> Directive {
    let text = format!(
        r#"{{"format":"interdict-directive/1","id":"T-1","revision":1,"status":"in-force","title":"t","issuer":"i",
        "zone":"America/New_York","issued":"{issued}","calendars":[{calendars}],
        "actions":[{{"id":"a","modality":"must","kind":"remove","due":{due}}}]}}"#
    );
    Directive::parse(text.as_bytes()).unwrap().value
}

fn of(directive: &Directive, as_of: &str) -> Deadline {
    let action = directive.action("a").unwrap();
    deadline(directive, action, None, &Events::default(), as_of.parse().unwrap()).unwrap()
}

fn on(issued: &str, calendars: &str, offset: &str) -> String {
    let due = format!(r#"{{"offset":{{"anchor":"issued",{offset}}}}}"#);
    match of(&directive(issued, calendars, &due), "1970-01-01T00:00:00Z") {
        Deadline::Once { on, .. } => on.to_string(),
        other => format!("{other:?}"),
    }
}

fn business(issued: &str, n: u32, calendar: &str) -> String {
    on(issued, "", &format!(r#""n":{n},"unit":"business-day","calendar":"{calendar}""#))
}

#[test]
fn the_business_days_of_emergency_directive_20_02_are_those_that_it_states() {
    // Issued on 14 January 2020; the 20th was Martin Luther King Day. The text itself says 17 and 29 January.
    assert_eq!(business("2020-01-14", 3, US_FEDERAL), "2020-01-17");
    assert_eq!(business("2020-01-14", 10, US_FEDERAL), "2020-01-29");
    assert_eq!(on("2020-01-14", "", r#""n":10,"unit":"business-day""#), "2020-01-28");
}

#[test]
fn counting_begins_with_the_day_after_also_on_a_weekend() {
    assert_eq!(business("2026-11-20", 1, US_FEDERAL), "2026-11-23");
    assert_eq!(business("2026-11-21", 1, US_FEDERAL), "2026-11-23");
    assert_eq!(business("2026-11-25", 1, US_FEDERAL), "2026-11-27");
    assert_eq!(business("2026-11-21", 0, US_FEDERAL), "2026-11-21");
}

#[test]
fn new_years_day_is_observed_in_the_year_before_and_inauguration_day_around_the_capital() {
    assert_eq!(business("2021-12-30", 1, US_FEDERAL), "2022-01-03");
    assert_eq!(business("2021-01-19", 1, US_FEDERAL), "2021-01-20");
    assert_eq!(business("2021-01-19", 1, US_FEDERAL_DC), "2021-01-21");
}

#[test]
fn a_roll_moves_a_day_that_is_no_business_day_and_no_other() {
    let day = |n: u32, roll: &str| {
        on("2017-09-13", "", &format!(r#""n":{n},"unit":"day","roll":"{roll}","calendar":"us-federal""#))
    };
    // Day 60 is a Sunday, the day after Veterans Day on a Saturday, which was observed on the Friday before.
    assert_eq!(day(60, "next-business-day"), "2017-11-13");
    assert_eq!(day(60, "none"), "2017-11-12");
    assert_eq!(day(58, "next-business-day"), "2017-11-13");
    assert_eq!(day(57, "next-business-day"), "2017-11-09");
}

#[test]
fn hours_that_end_on_a_weekend_end_with_the_first_second_of_the_next_business_day() {
    let offset = r#""n":24,"unit":"hour","roll":"next-business-day","calendar":"us-federal""#;
    assert_eq!(on("2024-03-08T17:00:00Z", "", offset), "2024-03-11T04:00:00Z");
    assert_eq!(on("2024-03-07T17:00:00Z", "", offset), "2024-03-08T17:00:00Z");
}

#[test]
fn a_directive_carries_a_calendar_of_its_own() {
    let own = r#"{"id":"own","base":"us-federal","holidays":[{"day":"2024-12-24","name":"Executive Order 14129"}]}"#;
    let next = |calendars: &str, calendar: &str| {
        on("2024-12-23", calendars, &format!(r#""n":1,"unit":"business-day","calendar":"{calendar}""#))
    };
    assert_eq!(next(own, "own"), "2024-12-26");
    assert_eq!(next(own, US_FEDERAL), "2024-12-24");
    let week = r#"{"id":"week","weekend":["friday","saturday"]}"#;
    assert_eq!(on("2024-12-26", week, r#""n":1,"unit":"business-day","calendar":"week""#), "2024-12-29");
    let every = r#"{"id":"every","base":"week","weekend":[]},{"id":"week","weekend":["friday","saturday"]}"#;
    assert_eq!(on("2024-12-26", every, r#""n":1,"unit":"business-day","calendar":"every""#), "2024-12-27");
    let none =
        r#"{"id":"none","weekend":["monday","tuesday","wednesday","thursday","friday","saturday","sunday"]}"#;
    for roll in ["", r#","roll":"next-business-day""#] {
        let offset = format!(r#""n":1,"unit":"business-day","calendar":"none"{roll}"#);
        assert_eq!(on("2024-12-26", none, &offset), "Unsupported(NoDate)");
    }
}

#[test]
fn a_calendar_that_leads_nowhere_or_to_itself_is_unsupported() {
    let offset = r#""n":1,"unit":"day","calendar":"c0""#;
    let unknown = r#"Unsupported(Calendar { calendar: "c0" })"#;
    assert_eq!(on("2024-12-26", r#"{"id":"c0","base":"c0"}"#, offset), unknown);
    assert_eq!(on("2024-12-26", r#"{"id":"c0","base":"moon"}"#, offset), unknown);
    let chain = |length: u8| {
        let one = |n: u8| format!(r#"{{"id":"c{n}","base":"c{}"}}"#, n + 1);
        let last = format!(r#"{{"id":"c{length}"}}"#);
        (0..length).map(one).chain([last]).collect::<Vec<_>>().join(",")
    };
    assert_eq!(on("2024-12-26", &chain(CALENDAR_BASES - 1), offset), "2024-12-27");
    assert_eq!(on("2024-12-26", &chain(CALENDAR_BASES), offset), unknown);
    let word = r#"{"id":"c0","weekend":["caturday"]}"#;
    assert_eq!(on("2024-12-26", word, offset), r#"Unsupported(Weekday { weekday: "caturday" })"#);
}

#[test]
fn business_days_are_counted_up_to_a_hundred_years() {
    let week = r#"{"id":"c","weekend":[]}"#;
    let n = |n: u32| on("2000-01-01", week, &format!(r#""n":{n},"unit":"business-day","calendar":"c""#));
    assert_eq!(n(BUSINESS_DAY_WALK), "2100-01-01");
    assert_eq!(n(BUSINESS_DAY_WALK + 1), "Unsupported(NoDate)");
}

fn recurring(every: &str, as_of: &str) -> String {
    let due = format!(r#"{{"every":{{{every}}}}}"#);
    match of(&directive("2026-11-20", "", &due), as_of) {
        Deadline::Recurring { first, next, .. } => format!("{first} {next}"),
        other => format!("{other:?}"),
    }
}

#[test]
fn a_recurrence_counts_business_days() {
    let every = r#""n":2,"unit":"business-day","from":"issued","calendar":"us-federal""#;
    let first = "2026-11-25T04:59:59Z";
    assert_eq!(recurring(every, "2026-11-20T00:00:00Z"), format!("{first} {first}"));
    assert_eq!(recurring(every, first), format!("{first} {first}"));
    // Thanksgiving Day is passed, and so is the weekend.
    assert_eq!(recurring(every, "2026-11-25T05:00:00Z"), format!("{first} 2026-11-28T04:59:59Z"));
    assert_eq!(recurring(every, "2026-11-28T05:00:00Z"), format!("{first} 2026-12-02T04:59:59Z"));
}

#[test]
fn a_recurrence_rolls_each_date_and_counts_on_from_the_day_before_the_roll() {
    let every =
        r#""n":1,"unit":"month","from":"2026-01-31","roll":"next-business-day","calendar":"us-federal""#;
    let at = |as_of: &str| recurring(every, as_of).split(' ').nth(1).unwrap().to_owned();
    // 28 February and 31 May are weekend days, 31 March is not.
    assert_eq!(at("2026-02-01T00:00:00Z"), "2026-03-03T04:59:59Z");
    assert_eq!(at("2026-03-03T05:00:00Z"), "2026-04-01T03:59:59Z");
    assert_eq!(at("2026-05-20T00:00:00Z"), "2026-06-02T03:59:59Z");
    assert_eq!(at("2031-05-20T00:00:00Z"), "2031-06-03T03:59:59Z");
}

#[test]
fn days_that_roll_onto_one_another_go_on() {
    let every = r#""n":1,"unit":"day","from":"issued","roll":"next-business-day""#;
    assert_eq!(recurring(every, "2026-11-24T05:00:00Z"), "2026-11-24T04:59:59Z 2026-11-25T04:59:59Z");
}

#[test]
fn a_recurrence_is_over_after_the_event_that_ends_it() {
    let due = r#"{"every":{"n":30,"unit":"day","from":"issued","until":"action:done"}}"#;
    let directive = directive("2026-01-01", "", due);
    let of = |done: Option<&str>, as_of: &str| {
        let completed = done.map(|done| ("done".to_owned(), done.parse().unwrap()));
        let events = Events { completed: completed.into_iter().collect(), ..Events::default() };
        deadline(&directive, directive.action("a").unwrap(), None, &events, as_of.parse().unwrap()).unwrap()
    };
    let until = Some(Anchor::Action("done".into()));
    let first: DateTime = "2026-02-01T04:59:59Z".parse().unwrap();
    let before = "2026-01-02T00:00:00Z";
    let recurs = Deadline::Recurring { first, next: first, until };
    assert_eq!(of(None, before), recurs);
    assert_eq!(of(Some("2026-02-01T04:59:59Z"), before), recurs);
    let over = |at: &str| Deadline::Over { until: Anchor::Action("done".into()), at: at.parse().unwrap() };
    assert_eq!(of(Some("2026-02-01T04:59:58Z"), before), over("2026-02-01T04:59:58Z"));
    assert_eq!(of(Some("2026-02-15T00:00:00Z"), "2026-02-10T00:00:00Z"), over("2026-02-15T00:00:00Z"));
}
