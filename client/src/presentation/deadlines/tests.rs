//! Deadlines as rows.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::collections::BTreeMap;

use interdict_host::terminal::Terminal;
use interdict_schema::directive::Directive;
use interdict_schema::directive::scope::Profile;

use super::super::due::{Columns, table};
use super::*;
use crate::store::detections::{Detection, Detections, Seen};

fn directive(zone: &str) -> Directive {
    let text = r#"{"format":"interdict-directive/1","id":"T-1","revision":1,"status":"in-force","title":"t","issuer":"i",
        "zone":"ZONE","issued":"2017-09-13",
        "subjects":[{"id":"a","name":"A","disposition":"remediate","due":"2017-10-01"},
            {"id":"b","name":"B","disposition":"remediate","due":"2017-10-01"},
            {"id":"c","name":"C","disposition":"remediate","due":"2017-11-01"},
            {"id":"d","name":"D","disposition":"remediate"}],
        "actions":[
            {"id":"hour","modality":"must","kind":"notify","due":{"offset":{"n":24,"unit":"hour","anchor":"detected"}}},
            {"id":"plan","modality":"should","kind":"plan","subjects":["a"],"due":{"edge":"complete","at":{"time":"2017-09-13"}}},
            {"id":"report","modality":"must","kind":"report","due":{"edge":"report","every":{"n":30,"unit":"day","from":"issued","until":"action:plan"}}},
            {"id":"work","modality":"must","kind":"attest","due":{"offset":{"n":1,"unit":"moon","anchor":"issued"}}},
            {"id":"always","modality":"must","kind":"block","due":{"ongoing":true}},
            {"id":"none","modality":"must","kind":"hunt"},
            {"id":"fix","modality":"must","kind":"update","due":{"edge":"complete","by_subject":true}}]}"#
        .replace("ZONE", zone);
    Directive::parse(text.as_bytes()).unwrap().value
}

fn rows_of(of: &Directive, detections: &Detections, as_of: &str, grouping: Grouping) -> Vec<Row> {
    let (profile, floors) = (Profile::default(), BTreeMap::new());
    let as_of = as_of.parse().unwrap();
    let asked = Asked { profile: &profile, detections, as_of, floors: &floors, grouping };
    of_directive(Text { repository: "main", directive: of, situation: None }, &asked)
}

fn shown(zone: &str, local: &str, as_of: &str, grouping: Grouping) -> String {
    let rows = rows_of(&directive(zone), &Detections::default(), as_of, grouping);
    let local = TimeZone::get(local).unwrap();
    table(&rows, &local, Columns::OfOneDirective).render(&Terminal::none())
}

#[test]
fn dates_come_in_order_and_what_has_none_comes_last() {
    assert_eq!(
        shown("America/New_York", "America/New_York", "2017-09-14", Grouping::ByDate),
        "due                                                           left           action  kind         edge      subjects\n\
         Wed 13 Sep 2017, 23:59 EDT                                    1 day overdue  plan    should plan  complete  1\n\
         Sun 1 Oct 2017, 23:59 EDT                                     in 17 days     fix     update       complete  2\n\
         Fri 13 Oct 2017, 23:59 EDT, every 30 days until action:plan   in 29 days     report  report       report    4\n\
         Wed 1 Nov 2017, 23:59 EDT                                     in 48 days     fix     update       complete  1\n\
         ongoing from Wed 13 Sep 2017, 00:00 EDT                                      always  block                  4\n\
         unsupported: the deadline refers to \"d\", which leads nowhere                 fix     update       complete  1\n\
         unsupported: unknown unit \"moon\"                                             work    attest                 4\n\
         runs from detected                                                           hour    notify                 4\n"
    );
}

#[test]
fn a_clock_that_runs_from_detection_runs_for_the_subjects_that_were_found() {
    let of = directive("UTC");
    let mut detections = Detections::default();
    let mut see = |subject, asset, at: &str| {
        let found = Detection { repository: "main", directive: &of.id, subject, asset, component: "c" };
        assert_eq!(detections.see(&found, at.parse().unwrap()), Seen::New);
    };
    see("b", "h1", "2017-09-20T10:00:00Z");
    see("b", "h2", "2017-09-15T10:00:00Z");
    let hour = |detections: &Detections| {
        let rows = rows_of(&of, detections, "2017-09-14", Grouping::ByDate);
        let rows = rows.into_iter().filter(|row| row.action == "hour");
        rows.map(|row| (row.due(), row.subjects)).collect::<Vec<_>>()
    };
    assert_eq!(
        hour(&detections),
        [
            ("Sat 16 Sep 2017, 10:00 UTC".into(), Subjects::Count(1)),
            ("runs from detected".into(), Subjects::Count(3))
        ]
    );
    assert_eq!(hour(&Detections::default()), [("runs from detected".into(), Subjects::Count(4))]);
}

#[test]
fn each_subject_has_its_row_when_all_are_asked_for() {
    let rows = rows_of(&directive("UTC"), &Detections::default(), "2017-09-14", Grouping::BySubject);
    let of: Vec<(&str, &Subjects)> = rows
        .iter()
        .filter(|row| row.action == "fix")
        .map(|row| (row.action.as_str(), &row.subjects))
        .collect();
    let one = |id: &str| Subjects::One(id.to_owned());
    assert_eq!(
        of.iter().map(|(_, subject)| (*subject).clone()).collect::<Vec<_>>(),
        ["a", "b", "c", "d"].map(one)
    );
}

#[test]
fn local_time_is_shown_where_it_is_another() {
    let text = shown("America/New_York", "UTC", "2017-09-14", Grouping::ByDate);
    assert!(text.lines().next().unwrap().contains("local time"), "{text}");
    assert!(text.contains("Thu 14 Sep 2017, 03:59 UTC"), "{text}");
    assert!(!shown("UTC", "UTC", "2017-09-14", Grouping::ByDate).contains("local time"));
}

#[test]
fn the_next_deadline_is_the_first_to_come_or_the_last_that_passed() {
    let at = |as_of: &str| {
        let mut rows = rows_of(&directive("UTC"), &Detections::default(), as_of, Grouping::ByDate);
        rows.retain(|row| row.action != "report");
        next(&rows).map(|row| (row.due(), row.left())).unwrap()
    };
    assert_eq!(at("2017-09-14"), ("Sun 1 Oct 2017, 23:59 UTC".into(), "in 17 days".into()));
    assert_eq!(at("2017-11-02"), ("Wed 1 Nov 2017, 23:59 UTC".into(), "1 day overdue".into()));
    assert_eq!(next(&[]), None);
}

#[test]
fn a_zone_that_is_unknown_is_said_and_not_guessed() {
    let text = shown("Mars/Olympus", "UTC", "2017-09-14", Grouping::ByDate);
    assert!(text.contains("unsupported: unknown zone \"Mars/Olympus\""), "{text}");
}
