//! What was ended stays ended.

use super::*;

/// D-2 supersedes D-1 from February on; what its second revision says instead, from April on.
fn left_out(relations: &str, more: &[String]) -> Set {
    let second = alloc::format!(r#","revised":"2020-04-01"{relations}"#);
    let texts = [
        text("D-1", 1, "2020-01-01", ""),
        text("D-2", 1, "2020-02-01", &relation("supersedes", "D-1", "")),
        text("D-2", 2, "2020-02-01", &second),
    ];
    Set::of(&[&texts, more].concat())
}

#[test]
fn what_a_later_revision_no_longer_says_stays_ended() {
    let since = "2020-02-01T00:00:00Z".parse().unwrap();
    let part = relation("supersedes", "D-1", r#","part":"four""#);
    let postponed = relation("supersedes", "D-1", "").replace("}]", r#","effective":"2021-01-01"}]"#);
    for relations in ["", &part, &postponed, &relation("supplements", "D-1", "")] {
        let set = left_out(relations, &[]);
        for day in ["2020-03-31", "2020-04-01", "2025-01-01"] {
            let in_force = set.at(day);
            let ending = ending(&in_force, "D-1").unwrap_or_else(|| panic!("{relations} {day}"));
            assert_eq!((ending.how, ending.since), (How::Superseded, since), "{relations} {day}");
            assert_eq!((ending.by.revision.number(), ending.now.as_ref().unwrap().as_str()), (1, "D-2"));
        }
    }
    // Nor does the end of what ended it, after it said so no longer, and what governs is followed.
    let third = text("D-3", 1, "2020-06-01", &relation("supersedes", "D-2", ""));
    let set = left_out("", &[third]);
    assert_eq!(ending(&set.at("2020-07-01"), "D-1").unwrap().now.as_ref().unwrap().as_str(), "D-3");
}

#[test]
fn a_newer_revision_of_its_own_brings_back_what_nothing_says_is_ended_any_longer() {
    let again = |revised: &str| text("D-1", 2, "2020-01-01", &alloc::format!(r#","revised":"{revised}""#));
    let set = left_out("", &[again("2020-05-01")]);
    assert!(one(&set.at("2020-04-30"), "D-1").is_ended());
    assert!(!one(&set.at("2020-05-01"), "D-1").is_ended());
    // One that was there when it was ended for the last time is what was ended.
    let set = left_out("", &[again("2020-03-01")]);
    assert!(one(&set.at("2020-05-01"), "D-1").is_ended());
    // While something says so, it is no way back.
    let set = left_out(&relation("supersedes", "D-1", ""), &[again("2020-05-01")]);
    assert!(one(&set.at("2020-06-01"), "D-1").is_ended());
}

#[test]
fn a_part_that_a_later_revision_no_longer_ends_stays_ended() {
    let part = relation("revokes", "D-1", r#","part":"four""#);
    let texts = [
        text("D-1", 1, "2020-01-01", ""),
        text("D-2", 1, "2020-02-01", &part),
        text("D-2", 2, "2020-02-01", r#","revised":"2020-04-01""#),
    ];
    let set = Set::of(&texts);
    let after = set.at("2020-05-01");
    assert!(
        one(&after, "D-1").text.action("four").is_none()
            && one(&after, "D-1").text.action("report").is_some()
    );
    assert_eq!(one(&after, "D-1").ended_parts["four"].by.revision.number(), 1);
}

#[test]
fn what_had_no_effect_while_it_was_said_ended_nothing() {
    // The keys of its author counted no longer, or its author had no right, or it was in a circle.
    let mut set = left_out("", &[]);
    set.0[1].2 = Acts::BindsOnly;
    assert!(!one(&set.at("2020-05-01"), "D-1").is_ended());
    let mut set = left_out("", &[]);
    set.0[0].0.issuer = "gsa".into();
    assert!(!one(&set.at("2020-05-01"), "D-1").is_ended());
    let circle = [
        text("D-1", 1, "2020-01-01", &relation("supersedes", "D-2", "")),
        text("D-2", 1, "2020-01-01", &relation("supersedes", "D-1", "")),
        text("D-2", 2, "2020-01-01", r#","revised":"2020-04-01""#),
    ];
    let set = Set::of(&circle);
    assert_eq!(set.at("2020-03-01").conflicts.len(), 1);
    let mended = set.at("2020-04-01");
    assert!(mended.conflicts.is_empty() && !one(&mended, "D-1").is_ended());
    assert_eq!(ending(&mended, "D-2").unwrap().now.as_ref().unwrap().as_str(), "D-1");
}
