//! Every date in every example is explained, and the explanation comes to the date that is reckoned.

use interdict_schema::directive::deadline::{Deadline, Events, Step, deadline, explain};
use interdict_schema::directive::{Anchor, Directive, Due};

use crate::answer::noon;
use crate::fixtures::ALL;

/// Everything has happened and is known: no clock waits.
fn all_happened(directive: &Directive) -> Events {
    let mut events = Events {
        detected: Some(noon("2026-03-02")),
        notified: Some(noon("2026-03-02")),
        ..Events::default()
    };
    let dues = directive.actions.iter().filter_map(|action| action.due.as_ref());
    let rows = directive.tables.iter().flat_map(|table| &table.rows).filter_map(|row| row.due.as_ref());
    for anchor in dues.chain(rows).filter_map(anchor) {
        match anchor {
            Anchor::Action(id) => drop(events.completed.insert(id.clone(), noon("2026-03-02"))),
            Anchor::Event(name) => drop(events.outside.insert(name.clone(), noon("2026-03-02"))),
            _ => {}
        }
    }
    events
}

fn anchor(due: &Due) -> Option<&Anchor> {
    let offset = due.offset.as_ref().map(|offset| &offset.anchor);
    offset.or(due.every.as_ref().map(|every| &every.from))
}

#[test]
fn every_date_in_every_example_is_explained() {
    let as_of = noon("2026-11-24");
    let mut explained = 0;
    for fixture in ALL.iter() {
        let directive = &fixture.directive;
        for events in [Events::default(), all_happened(directive)] {
            for action in &directive.actions {
                let Some(explanation) = explain(directive, action, None, &events, as_of) else {
                    assert!(action.due.is_none());
                    continue;
                };
                let name = format!("{} {}", fixture.name, action.id);
                let reckoned = deadline(directive, action, None, &events, as_of).unwrap();
                assert_eq!(explanation.deadline, reckoned, "{name}");
                assert!(
                    !matches!(reckoned, Deadline::Unsupported(_) | Deadline::BySubject),
                    "{name}: {reckoned:?}"
                );
                let dated = matches!(reckoned, Deadline::Once { .. } | Deadline::Recurring { .. });
                if dated {
                    explained += 1;
                    let source = explanation.steps.iter().any(|step| {
                        matches!(step, Step::Fixed { .. } | Step::Anchor { .. } | Step::Subject { .. })
                    });
                    assert!(source, "{name}: {:?}", explanation.steps);
                    assert!(explanation.steps.iter().all(|step| !step.to_string().is_empty()), "{name}");
                }
            }
        }
    }
    assert!(explained > 150, "{explained}");
}

#[test]
fn the_business_days_of_ed_19_01_pass_two_weekends_and_come_to_the_5th_of_february() {
    let directive = &crate::fixtures::fixture("ed-19-01.1").directive;
    let action = directive.action("audit-dns").unwrap();
    let explanation = explain(directive, action, None, &Events::default(), noon("2019-01-22")).unwrap();
    let steps: Vec<String> = explanation.steps.iter().map(ToString::to_string).collect();
    assert_eq!(
        steps,
        [
            "counted from issued, which is 2019-01-22",
            "business days by the calendar us-federal",
            "10 business-days after 2019-01-22 is 2019-02-05",
            "not counted: 4 days of weekends",
            "2019-02-05 ends in America/New_York (EST) with 2019-02-06T04:59:59Z",
        ]
    );
}

#[test]
fn day_270_of_bod_20_01_is_a_sunday_before_a_holiday_and_rolls_to_the_tuesday() {
    let directive = &crate::fixtures::fixture("bod-20-01").directive;
    let action = directive.action("widen-scope").unwrap();
    let explanation = explain(directive, action, None, &Events::default(), noon("2021-03-02")).unwrap();
    let Deadline::Recurring { first, .. } = explanation.deadline else {
        panic!("{:?}", explanation.deadline)
    };
    assert_eq!(first.to_string(), "2021-06-02T03:59:59Z");
    let rolled = explanation.steps.iter().find(|step| matches!(step, Step::Rolled { .. })).unwrap();
    assert!(
        rolled.to_string().contains("2021-05-30") && rolled.to_string().contains("2021-06-01"),
        "{rolled}"
    );
}

#[test]
fn the_business_days_and_the_time_of_day_of_ed_20_02_are_the_same_day() {
    let directive = &crate::fixtures::fixture("ed-20-02").directive;
    let words = |n: u32| {
        let text = format!(
            r#"{{"offset":{{"n":{n},"unit":"business-day","anchor":"issued","calendar":"us-federal"}}}}"#
        );
        let due: Due = serde_json::from_str(&text).unwrap();
        interdict_schema::directive::deadline::deadline_of(
            directive,
            &due,
            None,
            &Events::default(),
            noon("2020-01-14"),
        )
    };
    let day = |deadline: Deadline| match deadline {
        Deadline::Once { on, .. } => on.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!((day(words(3)), day(words(10))), ("2020-01-17".into(), "2020-01-29".into()));
}
