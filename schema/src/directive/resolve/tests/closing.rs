//! Revisions that close their own directive.

use super::*;

/// D-1 with two supplements, the second of which is about the first as well; `closing` is a second revision of D-1.
fn supplemented(closing: &str) -> Set {
    Set::of(&[
        text("D-1", 1, "2020-01-01", ""),
        text("D-2", 1, "2020-02-01", &relation("supplements", "D-1", r#","part":"four""#)),
        text("D-3", 1, "2020-03-01", &relation("supplements", "D-1", "")),
        text("D-1", 2, "2020-01-01", closing).replace("in-force", "closed"),
    ])
}

#[test]
fn a_closing_revision_closes_its_supplements_together_with_itself() {
    let closes = |effective: &str| {
        let one = |id: &str| {
            alloc::format!(r#"{{"kind":"closes","target":{{"id":"{id}"}},"reason":"done"{effective}}}"#)
        };
        alloc::format!(r#","revised":"2020-06-01","relations":[{},{}]"#, one("D-2"), one("D-3"))
    };
    let set = supplemented(&closes(""));
    let before = set.at("2020-05-31");
    assert!(["D-1", "D-2", "D-3"].iter().all(|id| !one(&before, id).is_ended()));
    let after = set.at("2020-06-01");
    assert_eq!(
        reasons(&after),
        [
            "D-2 revision 1 supplements D-1 without effect: its own directive had ended by 2020-06-01T00:00:00Z"
        ]
    );
    for id in ["D-2", "D-3"] {
        let ending = ending(&after, id).unwrap();
        assert_eq!((ending.how, ending.by.id.as_str(), ending.by.revision.number()), (How::Closed, "D-1", 2));
        // It was closed with its work done: nothing governs in its place.
        assert_eq!((ending.now.clone(), ending.reason.as_deref()), (None, Some("done")));
    }
    // What would take effect after its end does not.
    let late = supplemented(&closes(r#","effective":"2020-06-02""#));
    let late = late.at("2020-07-01");
    assert!(!one(&late, "D-2").is_ended() && one(&late, "D-1").is_ended());
    let over =
        "D-1 revision 2 closes D-2 without effect: its own directive had ended by 2020-06-01T00:00:00Z";
    assert!(reasons(&late).iter().any(|reason| reason == over), "{:?}", reasons(&late));
    // A directive that is closed without a word of its supplements leaves them in force, beside nothing.
    let silent = supplemented(r#","revised":"2020-06-01""#);
    let silent = silent.at("2020-06-01");
    assert!(!one(&silent, "D-2").is_ended() && !one(&silent, "D-3").is_ended());
    assert!(one(&silent, "D-2").text.action("four").is_some(), "its own part stands in its own text again");
}

#[test]
fn what_an_earlier_revision_says_takes_effect_no_more_at_the_moment_of_its_end() {
    let supersedes = relation("supersedes", "D-1", "").replace("}]", r#","effective":"2020-06-01"}]"#);
    let set = Set::of(&[
        text("D-1", 1, "2020-01-01", ""),
        text("D-2", 1, "2020-02-01", &supersedes),
        text("D-2", 2, "2020-02-01", &alloc::format!(r#","revised":"2020-06-01"{supersedes}"#))
            .replace("in-force", "revoked"),
    ]);
    assert!(!one(&set.at("2020-06-01"), "D-1").is_ended());
}

#[test]
fn what_was_closed_together_stays_so_when_a_revision_of_a_lower_number_begins_later() {
    let revokes = relation("revokes", "D-1", "").replace("}]", r#","effective":"2020-01-01"}]"#);
    let set = Set::of(&[
        text("D-1", 1, "2020-01-01", ""),
        text("D-2", 1, "2020-01-01", r#","revised":"2020-06-04""#).replace("in-force", "revoked"),
        text("D-2", 2, "2020-01-01", &alloc::format!(r#","revised":"2020-06-01"{revokes}"#))
            .replace("in-force", "revoked"),
    ]);
    assert!(!one(&set.at("2020-05-31"), "D-1").is_ended());
    for day in ["2020-06-01", "2020-06-04", "2020-07-01"] {
        assert!(one(&set.at(day), "D-1").is_ended(), "{day}");
    }
}
