//! The text in force, part by part, with the documents that made it so.

use interdict_schema::directive::resolve::{InForce, Resolved, State};

use crate::answer::{in_force, known_by, noon};

fn resolved<'a>(all: &'a InForce<'static>, id: &str) -> &'a Resolved<'static> {
    all.directives.iter().find(|resolved| resolved.document.id.as_str() == id).unwrap()
}

fn chain(resolved: &Resolved<'_>, part: &str) -> Vec<String> {
    resolved.chain(part).iter().map(ToString::to_string).collect()
}

#[test]
fn supplement_3_ends_action_4_of_ed_21_01_and_no_other() {
    let (before, after) = (in_force(noon("2021-01-05")), in_force(noon("2021-01-08")));
    let (before, after) = (resolved(&before, "ED-21-01"), resolved(&after, "ED-21-01"));
    let ids = |resolved: &Resolved<'_>| -> Vec<String> {
        resolved.text.actions.iter().map(|action| action.id.clone()).collect()
    };
    let mut without = ids(before);
    without.retain(|id| id != "action-4");
    assert_eq!(ids(after), without);
    assert!(ids(before).contains(&"action-4".to_owned()));
    assert_eq!(after.ended_parts["action-4"].by.to_string(), "ED-21-01-S3 revision 1");
}

#[test]
fn supplements_narrow_the_versions_that_ed_21_01_prohibits() {
    let identifiers = |day: &str| {
        let all = in_force(noon(day));
        let directive = resolved(&all, "ED-21-01");
        let orion = directive.text.subjects.iter().find(|subject| subject.id == "orion").unwrap();
        (orion.identifiers.len(), chain(directive, "orion"))
    };
    assert_eq!(identifiers("2020-12-15"), (1, vec!["ED-21-01 revision 1".to_owned()]));
    let from = |supplement: &str| vec!["ED-21-01 revision 1".to_owned(), format!("{supplement} revision 1")];
    assert_eq!(identifiers("2020-12-20"), (5, from("ED-21-01-S1")));
    assert_eq!(identifiers("2021-01-08"), (5, from("ED-21-01-S3")));
}

#[test]
fn supplement_4_binds_before_it_is_public() {
    let all = in_force(noon("2021-05-01"));
    let supplement = resolved(&all, "ED-21-01-S4");
    assert!(matches!(supplement.state, State::InForce { .. }));
    assert_eq!(supplement.restricted_until.unwrap().to_string(), "2021-05-14T04:00:00Z");
    let all = in_force(noon("2021-05-14"));
    assert_eq!(resolved(&all, "ED-21-01-S4").restricted_until, None);
}

#[test]
fn the_waiver_for_3des_is_in_the_text_from_its_day_on() {
    let waivers = |day: &str| {
        let all = in_force(noon(day));
        let waivers: Vec<String> =
            resolved(&all, "BOD-18-01").text.waivers.iter().map(|waiver| waiver.id.clone()).collect();
        waivers
    };
    assert_eq!(waivers("2018-09-19"), Vec::<String>::new());
    assert_eq!(waivers("2018-09-20"), ["mail-3des-vendor"]);
}

#[test]
fn open_findings_of_bod_16_01_go_to_bod_18_02() {
    let all = in_force(noon("2018-05-08"));
    let old = resolved(&all, "BOD-16-01");
    assert!(old.is_ended());
    let beside: Vec<String> =
        old.beside.iter().map(|beside| format!("{} {}", beside.document, beside.kind)).collect();
    assert_eq!(beside, ["BOD-18-02 revision 1 carries-over"]);
}

#[test]
fn what_was_closed_for_bod_22_01_points_to_bod_26_04_once_that_has_taken_its_place() {
    let now = |day: &str, id: &str| {
        let all = in_force(noon(day));
        match &resolved(&all, id).state {
            State::Ended(ending) => ending.now.as_ref().map(ToString::to_string),
            other => panic!("{id}: {other:?}"),
        }
    };
    assert_eq!(now("2026-01-09", "ED-21-02").as_deref(), Some("BOD-22-01"));
    assert_eq!(now("2026-11-24", "ED-21-02").as_deref(), Some("BOD-26-04"));
    assert_eq!(now("2026-11-24", "BOD-15-01").as_deref(), Some("BOD-26-04"));
}

#[test]
fn what_a_closed_directive_had_ended_does_not_come_back() {
    let all = in_force(noon("2026-01-09"));
    for supplement in ["ED-21-01-S1", "ED-21-01-S2"] {
        assert!(resolved(&all, supplement).is_ended(), "{supplement}");
    }
}

#[test]
fn every_relation_acts_on_the_days_after_it_takes_effect() {
    for day in ["2018-05-08", "2019-04-30", "2020-12-19", "2021-01-07", "2026-01-09", "2026-06-11"] {
        let all = in_force(noon(day));
        let counts = |id: &str| !resolved(&all, id).is_ended();
        let silent = all.without_effect.iter().filter(|silent| counts(silent.document.id.as_str()));
        let silent: Vec<String> = silent.map(ToString::to_string).collect();
        assert_eq!(silent, Vec::<String>::new(), "{day}");
    }
}

/// What an authority publishes later leaves what it has said of a day as it was.
#[test]
fn on_every_day_the_answer_is_the_one_that_was_given_on_that_day() {
    for day in crate::golden::DAYS {
        let (all, then) = (in_force(noon(day)), known_by(noon(day)));
        let said = |in_force: &InForce<'static>| -> Vec<String> {
            let begun = in_force.directives.iter().filter(|it| !matches!(it.state, State::NotYet { .. }));
            begun.map(|it| format!("{:?} {:?}", &*it.text, it.situation)).collect()
        };
        assert_eq!(said(&all), said(&then), "{day}");
        assert_eq!(all.conflicts, then.conflicts, "{day}");
        assert_eq!(all.without_effect, then.without_effect, "{day}");
    }
}
