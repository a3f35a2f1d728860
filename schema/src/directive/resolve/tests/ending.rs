//! What ends a directive or a part, when, and what governs then.

use super::*;

#[test]
fn a_directive_ends_when_the_relation_takes_effect_and_not_a_moment_before() {
    for (kind, how) in [("supersedes", How::Superseded), ("revokes", How::Revoked), ("closes", How::Closed)] {
        let relation = alloc::format!(
            r#","relations":[{{"kind":"{kind}","target":{{"id":"D-1"}},"effective":"2020-06-01","reason":"done"}}]"#
        );
        let set = Set::of(&[text("D-1", 1, "2019-01-01", ""), text("D-2", 1, "2020-01-01", &relation)]);
        assert_eq!(ending(&set.at("2020-05-31"), "D-1"), None);
        let after = set.at("2020-06-01");
        let ending = ending(&after, "D-1").unwrap();
        assert_eq!((ending.how, ending.since), (how, "2020-06-01T00:00:00Z".parse().unwrap()));
        assert_eq!((ending.by.id.as_str(), ending.reason.as_deref()), ("D-2", Some("done")));
    }
}

#[test]
fn a_relation_that_a_later_revision_adds_acts_from_that_revision_on() {
    let added = alloc::format!(r#","revised":"2020-06-01"{}"#, relation("revokes", "D-1", ""));
    let set = Set::of(&[
        text("D-1", 1, "2019-01-01", ""),
        text("D-2", 1, "2020-01-01", ""),
        text("D-2", 2, "2020-01-01", &added),
    ]);
    assert_eq!(ending(&set.at("2020-05-31"), "D-1"), None);
    assert_eq!(ending(&set.at("2020-07-01"), "D-1").unwrap().since, "2020-06-01T00:00:00Z".parse().unwrap());
}

#[test]
fn what_was_ended_stays_ended_when_its_superseder_is_revoked_and_the_chain_is_followed() {
    let set = Set::of(&[
        text("ED-1", 1, "2018-01-01", ""),
        text("BOD-1", 1, "2020-01-01", &relation("closes", "ED-1", "")),
        text("BOD-2", 1, "2026-06-01", &relation("supersedes", "BOD-1", "")),
    ]);
    let now = |day: &str| ending(&set.at(day), "ED-1").unwrap().now.as_ref().map(ToString::to_string);
    assert_eq!(now("2021-01-01").as_deref(), Some("BOD-1"));
    assert_eq!(now("2026-06-01").as_deref(), Some("BOD-2"));
    let after = set.at("2026-06-01");
    assert_eq!(ending(&after, "BOD-1").unwrap().how, How::Superseded);
    // One that ends itself leaves nothing in its place, and still revives nothing.
    let over = r#","revised":"2022-01-01""#;
    let revoked = text("BOD-1", 2, "2020-01-01", &alloc::format!("{over}{}", relation("closes", "ED-1", "")))
        .replace("in-force", "revoked");
    let set = Set::of(&[
        text("ED-1", 1, "2018-01-01", ""),
        text("BOD-1", 1, "2020-01-01", &relation("closes", "ED-1", "")),
        revoked,
    ]);
    let after = set.at("2023-01-01");
    assert_eq!(ending(&after, "ED-1").unwrap().now, None);
    assert_eq!(ending(&after, "ED-1").unwrap().since, "2020-01-01T00:00:00Z".parse().unwrap());
}

#[test]
fn one_that_had_ended_before_its_relation_takes_effect_ends_nothing() {
    let later = r#","relations":[{"kind":"revokes","target":{"id":"D-1"},"effective":"2020-06-01"}]"#;
    for (day, ends) in [("2020-05-31", false), ("2020-06-01", false), ("2020-06-02", true)] {
        let set = Set::of(&[
            text("D-1", 1, "2019-01-01", ""),
            text("D-2", 1, "2020-01-01", later),
            text("D-3", 1, day, &relation("revokes", "D-2", "")),
        ]);
        let after = set.at("2020-07-01");
        assert_eq!(ending(&after, "D-1").is_some(), ends, "{day}");
        assert_eq!(after.without_effect.len(), usize::from(!ends));
    }
}

#[test]
fn one_part_can_end_alone() {
    let set = Set::of(&[
        text("D-1", 1, "2020-01-01", ""),
        text("D-2", 1, "2020-02-01", &relation("revokes", "D-1", r#","part":"four""#)),
    ]);
    let after = set.at("2020-02-01");
    let first = one(&after, "D-1");
    assert!(
        !first.is_ended() && first.text.action("four").is_none() && first.text.action("report").is_some()
    );
    assert_eq!(first.ended_parts["four"].by.id.as_str(), "D-2");
}

#[test]
fn what_a_closed_directive_points_to_governs_in_the_place_of_its_supplements_too() {
    // D-1 closes its supplement and itself on the day on which D-2 takes its place; D-3 later takes that of D-2.
    let closing = alloc::format!(
        r#","revised":"2020-06-01"{}"#,
        relation("closes", "D-0-S", r#"},"effective":"2020-06-01","x":{"#)
    );
    let takes = |target: &str, day: &str| {
        relation("supersedes", target, &alloc::format!(r#"}},"effective":"{day}","x":{{"#))
    };
    let set = Set::of(&[
        text("D-0-S", 1, "2020-02-01", ""),
        text("D-1", 1, "2020-01-01", ""),
        text("D-1", 2, "2020-01-01", &closing).replace("in-force", "closed"),
        text("D-2", 1, "2020-05-01", &takes("D-1", "2020-06-01")),
        text("D-3", 1, "2020-05-01", &takes("D-2", "2020-07-01")),
    ]);
    let now = |day: &str, id: &str| {
        ending(&set.at(day), id).and_then(|ending| ending.now.as_ref().map(ToString::to_string))
    };
    assert_eq!(now("2020-06-15", "D-0-S").as_deref(), Some("D-2"));
    assert_eq!(now("2020-07-15", "D-0-S").as_deref(), Some("D-3"));
}

#[test]
fn a_supplement_that_has_ended_no_longer_stands_beside_the_text_and_findings_that_were_taken_over_stay() {
    for (kind, stays) in [("supplements", false), ("implements", false), ("carries-over", true)] {
        let set = Set::of(&[
            text("D-1", 1, "2020-01-01", ""),
            text("D-2", 1, "2020-02-01", &relation(kind, "D-1", "")),
            text("D-3", 1, "2020-03-01", &relation("supersedes", "D-2", "")),
        ]);
        assert_eq!(one(&set.at("2020-02-15"), "D-1").beside.len(), 1, "{kind}");
        assert_eq!(one(&set.at("2020-03-15"), "D-1").beside.len(), usize::from(stays), "{kind}");
    }
}

#[test]
fn a_chain_of_closures_leads_through_revoked_superseders_to_what_governs_today() {
    let texts = [
        text("E-1", 1, "2019-01-01", ""),
        text("E-2", 1, "2019-01-01", ""),
        // Both are closed because B-1 covers them, in two ways; B-1 is superseded, its superseder revoked.
        text("B-1", 1, "2020-01-01", &relation("closes", "E-1", "")),
        text("E-2", 2, "2019-01-01", r#","revised":"2020-01-01""#).replace("in-force", "closed"),
        text("B-0", 1, "2020-01-02", &relation("carries-over", "E-2", "")),
        text(
            "B-2",
            1,
            "2021-01-01",
            r#","relations":[{"kind":"supersedes","target":{"id":"B-1"}},{"kind":"supersedes","target":{"id":"B-0"}}]"#,
        ),
        text("B-3", 1, "2022-01-01", &relation("revokes", "B-2", "")),
        text(
            "B-3",
            2,
            "2022-01-01",
            &alloc::format!(r#","revised":"2023-01-01"{}"#, relation("revokes", "B-2", "")),
        )
        .replace("in-force", "closed"),
    ];
    let set = Set::of(&texts);
    let now = |day: &str, id: &str| ending(&set.at(day), id).unwrap().now.as_ref().map(ToString::to_string);
    for (day, governs) in
        [("2020-06-01", ["B-1", "B-0"]), ("2021-06-01", ["B-2", "B-2"]), ("2022-06-01", ["B-3", "B-3"])]
    {
        assert_eq!([now(day, "E-1"), now(day, "E-2")], governs.map(|id| Some(String::from(id))), "{day}");
    }
    // Once the last is closed without a successor, nothing governs; none of them is revived.
    assert_eq!(
        [now("2023-06-01", "E-1"), now("2023-06-01", "B-1"), now("2023-06-01", "B-2")],
        [None, None, None]
    );
    assert!(set.at("2023-06-01").directives.iter().all(|directive| directive.is_ended()));
}
