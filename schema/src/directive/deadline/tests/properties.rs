//! What holds for every clock.

use alloc::format;
use alloc::string::{String, ToString};

use proptest::prelude::*;

use super::super::*;

fn directive(zone: &str, due: &str) -> Directive {
    let text = format!(
        r#"{{"format":"interdict-directive/1","id":"T-1","revision":1,"status":"in-force","title":"t","issuer":"i",
        "zone":"{zone}","issued":"2017-09-13",
        "actions":[{{"id":"a","modality":"must","kind":"remove","due":{due}}}]}}"#
    );
    Directive::parse(text.as_bytes()).unwrap().value
}

fn of(directive: &Directive, events: &Events, as_of: DateTime) -> Deadline {
    deadline(directive, directive.action("a").unwrap(), None, events, as_of).unwrap()
}

fn moment() -> impl Strategy<Value = DateTime> {
    // 1980 to 2100.
    (315_532_800_i64..4_102_444_800).prop_map(|seconds| DateTime::from_unix_seconds(seconds).unwrap())
}

fn unit() -> impl Strategy<Value = &'static str> {
    prop::sample::select(alloc::vec!["hour", "day", "business-day", "week", "month", "year"])
}

fn zone() -> impl Strategy<Value = &'static str> {
    prop::sample::select(alloc::vec![
        "America/New_York",
        "America/Sao_Paulo",
        "America/Havana",
        "America/St_Johns",
        "Pacific/Apia",
        "Europe/Dublin",
        "Asia/Kathmandu",
        "UTC",
    ])
}

fn roll() -> impl Strategy<Value = &'static str> {
    prop::sample::select(alloc::vec!["", r#","roll":"next-business-day","calendar":"us-federal""#])
}

fn offset(n: u32, unit: &str, roll: &str) -> String {
    format!(r#"{{"offset":{{"n":{n},"unit":"{unit}","anchor":"detected"{roll}}}}}"#)
}

proptest! {
    #[test]
    fn a_later_event_never_gives_an_earlier_deadline(
        one in moment(), other in moment(), n in 0_u32..400, unit in unit(), zone in zone(), roll in roll(),
    ) {
        let directive = directive(zone, &offset(n, unit, roll));
        let end = |detected| {
            let events = Events { detected: Some(detected), ..Events::default() };
            match of(&directive, &events, DateTime::EPOCH) {
                Deadline::Once { end, .. } => end,
                other => panic!("{other:?}"),
            }
        };
        prop_assert!(end(one.min(other)) <= end(one.max(other)));
        prop_assert!(end(one) >= one);
    }

    #[test]
    fn more_units_never_end_earlier(
        detected in moment(), n in 0_u32..400, unit in unit(), zone in zone(), roll in roll(),
    ) {
        let end = |n| {
            let events = Events { detected: Some(detected), ..Events::default() };
            match of(&directive(zone, &offset(n, unit, roll)), &events, DateTime::EPOCH) {
                Deadline::Once { end, .. } => end,
                other => panic!("{other:?}"),
            }
        };
        prop_assert!(end(n) <= end(n + 1));
    }

    #[test]
    fn the_next_of_a_recurrence_is_the_first_that_has_not_passed(
        as_of in moment(), n in 1_u32..60, unit in unit(), zone in zone(), roll in roll(),
    ) {
        let every = format!(r#"{{"every":{{"n":{n},"unit":"{unit}","from":"2010-01-31"{roll}}}}}"#);
        let directive = directive(zone, &every);
        let next = |as_of| match of(&directive, &Events::default(), as_of) {
            Deadline::Recurring { first, next, .. } => (first, next),
            other => panic!("{other:?}"),
        };
        let (first, found) = next(as_of);
        prop_assert!(found >= as_of && found >= first);
        // Asked at any moment up to it, the answer is the same or an earlier one.
        prop_assert_eq!(next(found).1, found);
        prop_assert!(next(as_of.saturating_add_seconds(-86_400)).1 <= found);
        prop_assert_eq!(next(DateTime::EPOCH).1, first);
    }

    #[test]
    fn an_explanation_gives_the_deadline_itself_and_ends_with_it(
        detected in moment(), n in 0_u32..400, unit in unit(), zone in zone(), roll in roll(),
    ) {
        let directive = directive(zone, &offset(n, unit, roll));
        let events = Events { detected: Some(detected), ..Events::default() };
        let found = explain(&directive, directive.action("a").unwrap(), None, &events, DateTime::EPOCH).unwrap();
        prop_assert_eq!(&found.deadline, &of(&directive, &events, DateTime::EPOCH));
        let Deadline::Once { end, .. } = found.deadline else { panic!("no date") };
        let last = found.steps.last().unwrap().to_string();
        prop_assert!(last.contains(&end.to_string()), "{} {}", last, end);
    }

    #[test]
    fn a_day_begins_with_the_second_after_the_one_before_ends_or_earlier(
        day in -20_000_i32..50_000, zone in zone(),
    ) {
        let zone = super::super::zone(zone).unwrap();
        let day = jiff::civil::date(2000, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap();
        let next = DayOrTime::Day(day.tomorrow().unwrap());
        let day = DayOrTime::Day(day);
        prop_assert!(next.begin(&zone) <= day.end(&zone).saturating_add_seconds(1));
        prop_assert!(day.end(&zone) <= next.end(&zone));
        prop_assert!(day.begin(&zone) <= next.begin(&zone));
    }
}
