//! What supplements and amendments make of a text.

use super::*;

#[test]
fn a_supplement_replaces_exactly_one_action_and_its_clock_runs_from_its_own_issue() {
    let parts = r#""subjects":[],"actions":[{"id":"four","modality":"must","kind":"update","subjects":["orion"],"after":["first"],
        "due":{"edge":"complete","offset":{"n":5,"unit":"day","anchor":"issued"}}},
        {"id":"first","modality":"must","kind":"hunt"},{"id":"tell","modality":"must","kind":"notify"}]"#;
    let third =
        with("ED-1-v3", 1, "2021-01-06", parts, &relation("supplements", "ED-1", r#","part":"four""#));
    let set = Set::of(&[text("ED-1", 1, "2020-12-13", ""), third]);
    let before = set.at("2021-01-05");
    assert_eq!(one(&before, "ED-1").text.action("four").unwrap().kind.as_str(), "disconnect");
    assert!(matches!(one(&before, "ED-1").text, Cow::Borrowed(_)));
    let after = set.at("2021-01-06");
    let directive = one(&after, "ED-1");
    let four = directive.text.action("four").unwrap();
    assert_eq!(four.kind.as_str(), "update");
    let anchor = &four.due.as_ref().unwrap().offset.as_ref().unwrap().anchor;
    assert_eq!(anchor.to_string(), "2021-01-06");
    let ids: Vec<&str> = directive.text.actions.iter().map(|action| action.id.as_str()).collect();
    assert_eq!(ids, ["report", "four", "first"]);
    let chain: Vec<String> = directive.chain("four").iter().map(ToString::to_string).collect();
    assert_eq!(chain, ["ED-1 revision 1", "ED-1-v3 revision 1"]);
    assert_eq!(directive.chain("report").len(), 1);
    // What stands there does not stand in the supplement a second time; the rest of it does.
    let third = one(&after, "ED-1-v3");
    let ids: Vec<&str> = third.text.actions.iter().map(|action| action.id.as_str()).collect();
    assert_eq!((ids, third.moved_parts.len()), (alloc::vec!["tell"], 2));
}

#[test]
fn a_supplement_narrows_a_range_of_versions_and_a_later_one_widens_it_again() {
    let subject = |id: &str, versions: &str| {
        alloc::format!(
            r#""subjects":[{{"id":"{id}","name":"Orion","disposition":"prohibited","identifiers":[{{"kind":"purl","value":"pkg:generic/orion","versions":"{versions}"}}]}}],"actions":[]"#
        )
    };
    let by = r#","relations":[{"kind":"amends","target":{"id":"ED-1","part":"orion"},"by":"affected"}]"#;
    let set = Set::of(&[
        with("ED-1", 1, "2020-12-13", &subject("orion", "vers:generic/*"), ""),
        with("ED-1-v1", 1, "2020-12-18", &subject("affected", "vers:generic/>=2019|<2020"), by),
        with("ED-1-v2", 1, "2020-12-30", &subject("affected", "vers:generic/>=2018|<2021"), by),
    ]);
    let versions =
        |day: &str| one(&set.at(day), "ED-1").text.subjects[0].identifiers[0].versions.clone().unwrap();
    assert_eq!(versions("2020-12-17"), "vers:generic/*");
    assert_eq!(versions("2020-12-18"), "vers:generic/>=2019|<2020");
    assert_eq!(versions("2020-12-30"), "vers:generic/>=2018|<2021");
    let after = set.at("2020-12-30");
    assert_eq!(one(&after, "ED-1").chain("orion").len(), 3);
    assert!(one(&after, "ED-1-v1").text.subjects.is_empty());
}

#[test]
fn an_amendment_counts_while_its_directive_is_in_force_and_changes_nothing_that_has_ended() {
    let amends = relation("amends", "D-1", r#","part":"four""#);
    let replaced = text("D-2", 1, "2020-02-01", &amends).replace("disconnect", "update");
    let kind = |set: &Set, day: &str| one(&set.at(day), "D-1").text.action("four").unwrap().kind.to_string();
    let set = Set::of(&[
        text("D-1", 1, "2020-01-01", ""),
        replaced.clone(),
        text("D-3", 1, "2020-03-01", &relation("revokes", "D-2", "")),
    ]);
    assert_eq!((kind(&set, "2020-02-01"), kind(&set, "2020-03-01")), ("update".into(), "disconnect".into()));
    let closed = Set::of(&[
        text("D-1", 1, "2020-01-01", ""),
        replaced,
        text("D-3", 1, "2020-03-01", &relation("closes", "D-1", "")),
    ]);
    let after = closed.at("2020-03-01");
    assert!(ending(&after, "D-1").is_some());
    assert!(one(&after, "D-2").text.action("four").is_some(), "it stays in its own directive");
    assert_eq!(
        reasons(&after),
        ["D-2 revision 1 amends D-1 without effect: the target had ended by 2020-03-01T00:00:00Z"]
    );
}

#[test]
fn an_amendment_that_was_amended_carries_the_whole_chain() {
    let first = text("D-2", 1, "2020-02-01", &relation("amends", "D-1", r#","part":"four""#))
        .replace("disconnect", "update");
    let second = text("D-3", 1, "2020-03-01", &relation("amends", "D-2", r#","part":"four""#))
        .replace("disconnect", "block");
    let set = Set::of(&[text("D-1", 1, "2020-01-01", ""), first, second]);
    let after = set.at("2020-03-01");
    let directive = one(&after, "D-1");
    assert_eq!(directive.text.action("four").unwrap().kind.as_str(), "block");
    let chain: Vec<&str> = directive.chain("four").iter().map(|document| document.id.as_str()).collect();
    assert_eq!(chain, ["D-1", "D-3", "D-2"]);
}

#[test]
fn findings_are_carried_over_to_what_governs_now() {
    let both = r#","relations":[{"kind":"revokes","target":{"id":"BOD-1"}},{"kind":"carries-over","target":{"id":"BOD-1"}}]"#;
    let set = Set::of(&[text("BOD-1", 1, "2016-01-01", ""), text("BOD-2", 1, "2018-05-07", both)]);
    let after = set.at("2018-05-07");
    let first = one(&after, "BOD-1");
    assert_eq!(ending(&after, "BOD-1").unwrap().now.as_ref().map(DirectiveId::as_str), Some("BOD-2"));
    assert_eq!(
        (first.beside[0].kind.clone(), first.beside[0].document.id.as_str()),
        (RelationKind::CarriesOver, "BOD-2")
    );
}

#[test]
fn a_part_brings_the_calendar_that_it_counts_by() {
    let calendar = |day: &str| {
        alloc::format!(r#","calendars":[{{"id":"own","holidays":[{{"name":"h","day":"{day}"}}]}}]"#)
    };
    let parts = r#""actions":[{"id":"four","modality":"must","kind":"update","due":{"edge":"complete","offset":{"n":2,"unit":"business-day","anchor":"issued","calendar":"own"}}}]"#;
    let third = |day: &str| {
        with(
            "D-2",
            1,
            "2020-02-01",
            parts,
            &alloc::format!("{}{}", relation("amends", "D-1", r#","part":"four""#), calendar(day)),
        )
    };
    for (own, wanted) in
        [("", "own"), (calendar("2020-02-03").as_str(), "own"), (calendar("2020-05-05").as_str(), "D-2.own")]
    {
        let set = Set::of(&[text("D-1", 1, "2020-01-01", own), third("2020-02-03")]);
        let after = set.at("2020-03-01");
        let directive = one(&after, "D-1");
        let offset = directive.text.action("four").unwrap().due.as_ref().unwrap().offset.as_ref().unwrap();
        assert_eq!(offset.calendar.as_deref(), Some(wanted), "{own}");
        assert!(directive.text.calendars.iter().any(|calendar| calendar.id == wanted));
    }
}
