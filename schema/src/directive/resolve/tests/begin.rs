//! When a text begins to be in force.

use super::*;

#[test]
fn a_directive_binds_from_its_effective_day_and_each_revision_from_its_own() {
    let second = r#","revised":"2020-03-01","effective":"2020-01-10""#;
    let set = Set::of(&[
        text("D-1", 1, "2020-01-01", r#","effective":"2020-01-10""#),
        text("D-1", 2, "2020-01-01", second),
    ]);
    let before = set.at("2020-01-09");
    let from = "2020-01-10T00:00:00Z".parse().unwrap();
    assert_eq!(one(&before, "D-1").state, State::NotYet { from });
    assert_eq!(before.next_change, Some(from));
    let first = set.at("2020-02-01");
    assert_eq!(
        (one(&first, "D-1").document.revision.number(), &one(&first, "D-1").state),
        (1, &State::InForce { since: from })
    );
    let later = set.at("2020-03-01");
    assert_eq!(
        (one(&later, "D-1").document.revision.number(), &one(&later, "D-1").state),
        (2, &State::InForce { since: from })
    );
    assert_eq!(later.next_change, None);
}

#[test]
fn what_is_effective_before_it_is_public_binds_and_says_until_when_it_is_restricted() {
    let set = Set::of(&[text("D-1", 1, "2020-01-01", r#","public_from":"2020-03-10""#)]);
    let in_force = set.at("2020-02-01");
    let restricted = one(&in_force, "D-1");
    assert!(matches!(restricted.state, State::InForce { .. }));
    assert_eq!(restricted.restricted_until, Some("2020-03-10T00:00:00Z".parse().unwrap()));
    assert_eq!(one(&set.at("2020-03-10"), "D-1").restricted_until, None);
}

#[test]
fn what_begins_later_is_not_told_of_before_and_what_it_is_about_neither() {
    let later = r#","relations":[{"kind":"revokes","target":{"id":"D-9"},"effective":"2020-05-01"}]"#;
    let set = Set::of(&[
        text("D-1", 1, "2020-01-01", &relation("revokes", "D-3", r#","part":"nine""#)),
        text("D-2", 1, "2020-01-01", later),
        text("D-3", 1, "2020-04-01", &relation("revokes", "D-9", "")),
    ]);
    let absent = "D-1 revision 1 revokes D-3 without effect: no such directive has taken effect";
    assert_eq!(reasons(&set.at("2020-03-01")), [absent]);
    let nine = "D-1 revision 1 revokes D-3 without effect: the target has no part \"nine\"";
    let third = "D-3 revision 1 revokes D-9 without effect: no such directive has taken effect";
    assert_eq!(reasons(&set.at("2020-04-01")), [nine, third]);
    let second = "D-2 revision 1 revokes D-9 without effect: no such directive has taken effect";
    assert_eq!(reasons(&set.at("2020-05-01")), [nine, second, third]);
}
