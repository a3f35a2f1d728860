//! Every date in every example is explained, and the explanation comes to the date that is reckoned.

use interdict_schema::directive::deadline::{Deadline, Events, Step, deadline, explain};
use interdict_schema::directive::{Anchor, Directive, Due};

use serde_json::Value;

use crate::answer::noon;
use crate::fixtures::ALL;
use crate::published::done;

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

/// The same, for the command line.
fn suppose(events: &Events) -> Vec<String> {
    let single = [("detected", events.detected), ("notified", events.notified)];
    let single = single.into_iter().filter_map(|(name, at)| Some((name.to_owned(), at?)));
    let completed = events.completed.iter().map(|(id, at)| (format!("action:{id}"), *at));
    let outside = events.outside.iter().map(|(name, at)| (format!("event:{name}"), *at));
    single.chain(completed).chain(outside).map(|(name, at)| format!("--suppose={name}={at}")).collect()
}

/// On the first day of each revision: before anything has happened as a page, and after everything has as JSON.
#[test]
fn explain_tells_every_date_of_every_example_step_by_step() {
    let (_authority, agency) = crate::published::following();
    let mut told = 0;
    for fixture in ALL.iter() {
        let directive = &fixture.directive;
        let day = directive.revised.unwrap_or(*directive.effective());
        let as_of = day.begin(&interdict_schema::directive::deadline::zone(&directive.zone).unwrap());
        let day = day.to_string();
        let happened = all_happened(directive);
        for action in &directive.actions {
            let name = format!("{} {}", fixture.name, action.id);
            let asked = ["explain", directive.id.as_str(), &action.id, "--as-of", &day];
            let page = done(agency.run(&asked));
            let title = format!("{} revision {}, {}\n", directive.id, directive.revision, action.id);
            assert!(page.starts_with(&title), "{name}\n{page}");
            let Some(explanation) = explain(directive, action, None, &Events::default(), as_of) else {
                assert!(page.contains("no date: the order sets none"), "{name}\n{page}");
                continue;
            };
            for (number, step) in explanation.steps.iter().enumerate() {
                assert!(page.contains(&format!("{:>3}. {step}\n", number + 1)), "{name}\n{page}");
            }
            let supposed = suppose(&happened);
            let supposed = supposed.iter().map(String::as_str).chain(["--json"]);
            let json = done(agency.run(&asked.into_iter().chain(supposed).collect::<Vec<_>>()));
            let json: Value = serde_json::from_str(&json).unwrap();
            let explanation = explain(directive, action, None, &happened, as_of).unwrap();
            let steps: Vec<&str> =
                json["steps"].as_array().unwrap().iter().map(|it| it["words"].as_str().unwrap()).collect();
            let wanted: Vec<String> = explanation.steps.iter().map(ToString::to_string).collect();
            assert_eq!(steps, wanted, "{name}");
            if let Deadline::Once { end: at, .. } | Deadline::Recurring { next: at, .. } =
                explanation.deadline
            {
                assert_eq!(json["at"], at.to_string(), "{name}");
                told += 1;
            }
        }
    }
    assert!(told > 100, "{told}");
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
