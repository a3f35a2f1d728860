//! Suspensions and confirmations: their ends, and what is there afterwards.

use super::super::{Adopt, ApplyError, Back, Settings};
use super::ground::*;

fn applied() -> Ground {
    let ground = Ground::new();
    let (apt, fire) = (pins("new\n"), policies("{\"merged\":2}"));
    ground.apply(&[("apt", &apt), ("fire", &fire)], &Settings::default()).unwrap();
    ground
}

/// trust.md rule 19
#[test]
fn a_suspension_ends_by_itself_at_its_last_second_and_what_was_withheld_is_there_again() {
    let untouched = Ground::new().tree();
    let mut ground = applied();
    let enforced = texts(&ground);
    ground.suspend("2018-01-02T00:00:00Z").unwrap();
    assert_eq!(ground.tree(), untouched);
    ground.now = at("2018-01-01T23:59:59Z");
    assert_eq!(ground.session().unwrap().lapse().unwrap(), Back::Nothing);
    let apt = pins("newer\n");
    let error = ground.apply(&[("apt", &apt)], &Settings::default()).unwrap_err();
    assert!(matches!(error, ApplyError::Suspended { until } if until == at("2018-01-02T00:00:00Z")));
    assert_eq!(ground.tree(), untouched);
    ground.now = at("2018-01-02T00:00:00Z");
    let back = ground.session().unwrap().lapse().unwrap();
    assert!(matches!(&back, Back::Resumed { changed, .. } if changed.len() == 2), "{back:?}");
    assert_eq!(texts(&ground), enforced);
    assert_eq!(ground.record().suspended, None);
}

/// trust.md rule 19
#[test]
fn a_suspension_lasts_72_hours_at_most_and_ends_later_than_now() {
    let ground = applied();
    for until in ["2018-01-01T00:00:00Z", "2017-12-31T00:00:00Z", "2018-01-04T00:00:01Z"] {
        let error = ground.suspend(until).unwrap_err();
        assert!(matches!(error, ApplyError::End { hours: 72, .. }), "{error}");
    }
    ground.suspend("2018-01-04T00:00:00Z").unwrap();
}

/// trust.md rule 19
#[test]
fn a_clock_that_was_set_back_lengthens_no_suspension() {
    let mut ground = applied();
    ground.now = at("2018-01-03T00:00:00Z");
    ground.suspend("2018-01-04T00:00:00Z").unwrap();
    ground.now = at("2018-01-01T00:00:00Z");
    let error = ground.suspend("2018-01-02T00:00:00Z").unwrap_err();
    assert!(matches!(error, ApplyError::End { now, .. } if now == at("2018-01-03T00:00:00Z")), "{error}");
}

#[test]
fn a_second_suspension_changes_the_end_and_resuming_ends_it_now() {
    let ground = applied();
    let enforced = texts(&ground);
    ground.suspend("2018-01-02T00:00:00Z").unwrap();
    ground.suspend("2018-01-03T00:00:00Z").unwrap();
    assert_eq!(ground.record().suspended.unwrap().until, at("2018-01-03T00:00:00Z"));
    ground.session().unwrap().end_now().unwrap();
    assert_eq!(texts(&ground), enforced);
}

#[test]
fn a_file_that_was_put_in_the_way_meanwhile_stays_and_the_rest_is_there_again() {
    let mut ground = applied();
    let enforced = texts(&ground);
    ground.suspend("2018-01-02T00:00:00Z").unwrap();
    ground.write(PINS, "by hand");
    ground.now = at("2018-01-02T00:00:00Z");
    let mut session = ground.session().unwrap();
    session.lapse().unwrap();
    assert_eq!(session.left, [std::path::PathBuf::from(PINS)]);
    drop(session);
    assert_eq!(ground.text(PINS).as_deref(), Some("by hand"));
    assert_eq!(ground.text(POLICIES), enforced[POLICIES]);
}

#[test]
fn what_is_not_confirmed_is_taken_back_to_what_was_there_before_it() {
    let mut ground = applied();
    let old = texts(&ground);
    let settings = Settings { confirm_until: Some(at("2018-01-01T00:05:00Z")), ..Settings::default() };
    let (apt, dns) = (pins("newer\n"), zone("z"));
    ground.apply(&[("apt", &apt), ("dns", &dns)], &settings).unwrap();
    let new = texts(&ground);
    let error = ground.apply(&[("apt", &apt)], &Settings::default()).unwrap_err();
    assert!(matches!(error, ApplyError::Unconfirmed { .. }), "{error}");
    ground.now = at("2018-01-01T00:04:59Z");
    assert_eq!(ground.session().unwrap().lapse().unwrap(), Back::Nothing);
    assert_eq!(texts(&ground), new);
    ground.now = at("2018-01-01T00:05:00Z");
    let back = ground.session().unwrap().lapse().unwrap();
    assert!(matches!(&back, Back::Reverted { changed, .. } if changed.len() == 2), "{back:?}");
    assert_eq!(texts(&ground), old);
    assert!(!ground.root.join("var/lib/unbound").exists(), "the folders that were made for it");
    let error = ground.session().unwrap().confirm().unwrap_err();
    assert!(matches!(error, ApplyError::NothingToConfirm), "{error}");
    ground.suspend("2018-01-02T00:00:00Z").unwrap();
    assert_eq!(ground.tree(), Ground::new().tree());
}

#[test]
fn the_first_that_is_not_confirmed_leaves_the_tree_as_it_was() {
    let mut ground = Ground::new();
    let untouched = ground.tree();
    let settings = Settings { confirm_until: Some(at("2018-01-01T00:05:00Z")), ..Settings::default() };
    let fire = policies("{}");
    ground.apply(&[("fire", &fire)], &settings).unwrap();
    ground.now = at("2018-01-01T00:05:00Z");
    ground.session().unwrap().lapse().unwrap();
    assert_eq!(ground.tree(), untouched);
    assert!(ground.record().files.is_empty() && ground.record().targets.is_empty());
}

#[test]
fn what_is_confirmed_stays() {
    let mut ground = applied();
    let settings = Settings { confirm_until: Some(at("2018-01-01T00:05:00Z")), ..Settings::default() };
    let apt = pins("newer\n");
    ground.apply(&[("apt", &apt)], &settings).unwrap();
    let new = texts(&ground);
    ground.now = at("2018-01-01T00:04:59Z");
    ground.session().unwrap().confirm().unwrap();
    ground.now = at("2018-02-01T00:00:00Z");
    assert_eq!(ground.session().unwrap().lapse().unwrap(), Back::Nothing);
    assert_eq!(texts(&ground), new);
    ground.suspend("2018-02-02T00:00:00Z").unwrap();
    assert_eq!(ground.tree(), Ground::new().tree());
}

#[test]
fn undoing_what_awaits_confirmation_brings_back_only_what_was_confirmed_before() {
    let mut ground = applied();
    let old = texts(&ground);
    let settings = Settings { confirm_until: Some(at("2018-01-01T00:05:00Z")), ..Settings::default() };
    let (apt, dns) = (pins("newer\n"), zone("z"));
    ground.apply(&[("apt", &apt), ("dns", &dns)], &settings).unwrap();
    ground.suspend("2018-01-02T00:00:00Z").unwrap();
    assert_eq!(ground.tree(), Ground::new().tree());
    ground.now = at("2018-01-02T00:00:00Z");
    ground.session().unwrap().lapse().unwrap();
    assert_eq!(texts(&ground), old);
}

#[test]
fn where_nothing_was_applied_there_is_nothing_to_undo() {
    let ground = Ground::new();
    let error = ground.session().unwrap().suspend(suspension("2018-01-02T00:00:00Z"), Adopt::No).unwrap_err();
    assert!(matches!(&error, ApplyError::NothingApplied { root } if *root == ground.root), "{error}");
}
