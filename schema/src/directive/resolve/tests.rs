#![allow(clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::*;
use crate::directive::scope::Profile;

/// A directive with an action and a subject; `extra` are further members, with a comma in front.
fn text(id: &str, revision: u32, issued: &str, extra: &str) -> String {
    let parts = r#""subjects":[{"id":"orion","name":"Orion","disposition":"prohibited"}],
        "actions":[{"id":"report","modality":"must","kind":"report"},
            {"id":"four","modality":"must","kind":"disconnect","subjects":["orion"],
             "due":{"edge":"complete","offset":{"n":2,"unit":"day","anchor":"issued"}}}]"#;
    with(id, revision, issued, parts, extra)
}

fn with(id: &str, revision: u32, issued: &str, parts: &str, extra: &str) -> String {
    alloc::format!(
        r#"{{"format":"interdict-directive/1","id":"{id}","revision":{revision},"status":"in-force","title":"{id}",
        "issuer":"dhs","zone":"UTC","issued":"{issued}",{parts}{extra}}}"#
    )
}

fn relation(kind: &str, target: &str, more: &str) -> String {
    alloc::format!(r#","relations":[{{"kind":"{kind}","target":{{"id":"{target}"{more}}}}}]"#)
}

struct Set(Vec<(Directive, Sha256, Acts)>);

impl Set {
    fn of(texts: &[String]) -> Self {
        let read = |text: &String| {
            (Directive::parse(text.as_bytes()).unwrap().value, Sha256::of(text.as_bytes()), Acts::Fully)
        };
        Self(texts.iter().map(read).collect())
    }

    fn documents(&self) -> Vec<Document<'_>> {
        self.0
            .iter()
            .map(|(directive, digest, acts)| Document { directive, digest: *digest, acts: *acts })
            .collect()
    }

    fn at(&self, day: &str) -> InForce<'_> {
        resolve(self.documents(), &Rights::none(), moment(day))
    }
}

fn moment(day: &str) -> DateTime {
    alloc::format!("{day}T12:00:00Z").parse().unwrap()
}

fn one<'i>(in_force: &'i InForce<'_>, id: &str) -> &'i Resolved<'i> {
    in_force.get(&id.parse().unwrap()).unwrap()
}

fn ending<'i>(in_force: &'i InForce<'_>, id: &str) -> Option<&'i Ending> {
    match &one(in_force, id).state {
        State::Ended(ending) => Some(ending),
        _ => None,
    }
}

fn reasons(in_force: &InForce<'_>) -> Vec<String> {
    in_force.without_effect.iter().map(ToString::to_string).collect()
}

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
fn a_revision_that_closes_its_directive_closes_its_supplements_on_the_same_day() {
    let closing = r#","revised":"2020-06-01","relations":[
        {"kind":"closes","target":{"id":"D-1-S1"},"effective":"2020-06-01","reason":"it ends with what it supplements"},
        {"kind":"closes","target":{"id":"D-1-S2"},"effective":"2020-06-02"}]"#;
    let set = Set::of(&[
        text("D-1", 1, "2020-01-01", ""),
        text("D-1", 2, "2020-01-01", closing).replace("in-force", "closed"),
        text("D-1-S1", 1, "2020-02-01", &relation("supplements", "D-1", "")),
        text("D-1-S2", 1, "2020-02-01", &relation("supplements", "D-1", "")),
    ]);
    assert!(["D-1", "D-1-S1", "D-1-S2"].iter().all(|id| ending(&set.at("2020-05-31"), id).is_none()));
    let after = set.at("2020-06-03");
    let first = "2020-06-01T00:00:00Z".parse().unwrap();
    assert_eq!(ending(&after, "D-1").map(|ending| ending.since), Some(first));
    let supplement = ending(&after, "D-1-S1").unwrap();
    assert_eq!((supplement.how, supplement.since), (How::Closed, first));
    assert_eq!((supplement.by.to_string().as_str(), &supplement.now), ("D-1 revision 2", &None));
    assert_eq!(supplement.reason.as_deref(), Some("it ends with what it supplements"));
    // A day later it ends nothing any more.
    assert!(ending(&after, "D-1-S2").is_none());
    assert_eq!(
        reasons(&after),
        ["D-1 revision 2 closes D-1-S2 without effect: its own directive had ended by 2020-06-01T00:00:00Z"]
    );
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
fn nothing_acts_on_what_it_does_not_name_or_may_not_touch() {
    let other = |text: String| text.replace("\"dhs\"", "\"gsa\"");
    let digest = alloc::format!(r#","digest":"{}""#, Sha256::of(b"another"));
    for (relations, foreign, wanted) in [
        (relation("revokes", "D-9", ""), false, "no such directive has taken effect"),
        (relation("revokes", "D-1", &digest), false, "no revision of it has the digest"),
        (relation("revokes", "D-1", r#","revision":2"#), false, "revision 1 is its text, wanted 2"),
        (relation("revokes", "D-1", r#","part":"nine""#), false, "the target has no part \"nine\""),
        (
            relation("amends", "D-1", r#","part":"orion"},"by":{"#)
                .replace(r#""by":{"#, r#""by":"report","x":{"#),
            false,
            "found nothing of the same kind",
        ),
        (relation("revokes", "D-2", ""), false, "it is about its own directive"),
        (relation("abolishes", "D-1", ""), false, "a kind of relation that this version does not know"),
        (relation("revokes", "D-1", ""), true, "\"gsa\" may not act on directives of \"dhs\""),
    ] {
        let acting = text("D-2", 1, "2020-02-01", &relations);
        let set = Set::of(&[text("D-1", 1, "2020-01-01", ""), if foreign { other(acting) } else { acting }]);
        let after = set.at("2020-03-01");
        assert!(one(&after, "D-1").origins.is_empty() && ending(&after, "D-1").is_none(), "{relations}");
        assert!(
            reasons(&after).iter().any(|reason| reason.contains(wanted)),
            "{wanted}: {:?}",
            reasons(&after)
        );
    }
    let mut rights = Rights::none();
    rights.may_amend.insert("gsa".into(), alloc::vec!["D".into()]);
    let set = Set::of(&[
        text("D-1", 1, "2020-01-01", ""),
        other(text("D-2", 1, "2020-02-01", &relation("revokes", "D-1", ""))),
    ]);
    assert!(one(&resolve(set.documents(), &rights, moment("2020-03-01")), "D-1").is_ended());
}

#[test]
fn a_digest_names_the_text_that_its_author_had_before_them() {
    let first = text("D-1", 1, "2020-01-01", "");
    let named = alloc::format!(r#","digest":"{}""#, Sha256::of(first.as_bytes()));
    let exactly = alloc::format!(r#","revision":1{named}"#);
    for (target, ends) in [(&named, true), (&exactly, false)] {
        let set = Set::of(&[
            first.clone(),
            text("D-1", 2, "2020-01-01", r#","revised":"2020-01-15""#),
            text("D-2", 1, "2020-02-01", &relation("revokes", "D-1", target)),
        ]);
        assert_eq!(ending(&set.at("2020-03-01"), "D-1").is_some(), ends, "{target}");
    }
}

#[test]
fn a_document_whose_signature_was_withdrawn_binds_and_lifts_nothing() {
    let waiver = r#","waivers":[{"id":"w","from":"2020-01-01","granted_by":"o"}]"#;
    let mut set = Set::of(&[
        text("D-1", 1, "2020-01-01", ""),
        text("D-2", 1, "2020-02-01", &alloc::format!("{}{waiver}", relation("revokes", "D-1", ""))),
    ]);
    set.0[1].2 = Acts::BindsOnly;
    let after = set.at("2020-03-01");
    assert!(!one(&after, "D-1").is_ended() && one(&after, "D-2").text.waivers.is_empty());
    assert_eq!(
        reasons(&after),
        ["D-2 revision 1 revokes D-1 without effect: the keys that signed it no longer count"]
    );
}

#[test]
fn a_circle_is_spelled_out_and_quarantines_the_directives_in_it_alone() {
    let set = Set::of(&[
        text("A-1", 1, "2020-01-01", &relation("supersedes", "A-2", "")),
        text("A-2", 1, "2020-01-01", &relation("supersedes", "A-3", "")),
        text("A-3", 1, "2020-01-01", ""),
        text(
            "A-3",
            2,
            "2020-01-01",
            &alloc::format!(r#","revised":"2020-05-01"{}"#, relation("revokes", "A-1", "")),
        ),
        text("B-1", 1, "2020-01-01", ""),
        text("B-2", 1, "2020-02-01", &relation("revokes", "B-1", "")),
    ]);
    let before = set.at("2020-04-01");
    assert!(before.conflicts.is_empty() && one(&before, "A-2").is_ended());
    let after = set.at("2020-05-01");
    let found: Vec<String> = after.conflicts.iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "found a circle of relations: A-1 revision 1 supersedes A-2 revision 1 supersedes A-3 revision 2 revokes A-1 revision 1"
        ]
    );
    for id in ["A-1", "A-2", "A-3"] {
        let directive = one(&after, id);
        assert!(directive.quarantined && !directive.is_ended(), "{id}");
    }
    assert_eq!(one(&after, "A-3").document.revision.number(), 1, "the last consistent text");
    assert!(!one(&after, "B-1").quarantined && one(&after, "B-1").is_ended());
    assert_eq!(conflicts(set.documents(), &Rights::none(), moment("2020-01-01")), after.conflicts);
}

#[test]
fn two_amendments_of_one_part_need_an_order() {
    let change = |id: &str, issued: &str, also: &str| {
        let relations = alloc::format!(
            r#","relations":[{{"kind":"amends","target":{{"id":"D-1","part":"four"}}}}{also}]"#
        );
        text(id, 1, issued, &relations).replace("disconnect", if id == "D-2" { "update" } else { "block" })
    };
    let kind = |set: &Set| one(&set.at("2020-03-01"), "D-1").text.action("four").unwrap().kind.to_string();
    let base = || text("D-1", 1, "2020-01-01", "");
    let same = Set::of(&[base(), change("D-2", "2020-02-01", ""), change("D-3", "2020-02-01", "")]);
    let after = same.at("2020-03-01");
    assert_eq!(
        after.conflicts.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "D-2 revision 1 and D-3 revision 1 both change \"four\" of D-1 as of 2020-02-01T00:00:00Z, and neither comes before the other"
        ]
    );
    assert_eq!(kind(&same), "disconnect");
    assert!(one(&after, "D-2").text.action("four").is_some() && !one(&after, "D-1").quarantined);
    let later = Set::of(&[base(), change("D-2", "2020-02-02", ""), change("D-3", "2020-02-01", "")]);
    assert_eq!((kind(&later), later.at("2020-03-01").conflicts.len()), ("update".into(), 0));
    let about = r#",{"kind":"amends","target":{"id":"D-3","part":"report"}}"#;
    let related = Set::of(&[base(), change("D-2", "2020-02-01", about), change("D-3", "2020-02-01", "")]);
    assert_eq!((kind(&related), related.at("2020-03-01").conflicts.len()), ("update".into(), 0));
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
fn a_waiver_frees_whom_it_names_for_its_time_and_nobody_in_doubt() {
    let waiver = |more: &str| {
        let waivers = alloc::format!(
            r#","waivers":[{{"id":"w","part":"orion","from":"2020-02-01","until":"2020-02-28","granted_by":"o"{more}}}]"#
        );
        Directive::parse(text("D-1", 1, "2020-01-01", &waivers).as_bytes()).unwrap().value
    };
    let us = Profile { names: alloc::vec!["DOE".into()], ..Profile::default() };
    let frees = |directive: &Directive, profile: &Profile, day: &str| {
        waived(directive, Some("orion"), profile, moment(day)).map(|waived| waived.until.unwrap().to_string())
    };
    let named = waiver(r#","beneficiaries":["doe"]"#);
    let end = Some("2020-02-28T23:59:59Z".to_string());
    for (day, wanted) in
        [("2020-01-31", None), ("2020-02-01", end.clone()), ("2020-02-28", end.clone()), ("2020-02-29", None)]
    {
        assert_eq!(frees(&named, &us, day), wanted, "{day}");
    }
    assert_eq!(frees(&named, &Profile::default(), "2020-02-10"), None, "it has not said who it is");
    assert_eq!(waived(&named, Some("report"), &us, moment("2020-02-10")), None);
    let test = waiver(r#","eligibility":"cannot replace it""#);
    assert_eq!(frees(&test, &us, "2020-02-10"), None);
    let claims = Profile { eligible: alloc::vec!["D-1/w".into()], ..us };
    assert_eq!(frees(&test, &claims, "2020-02-10"), end);
    let both = waiver(r#","eligibility":"cannot replace it","beneficiaries":["DOI"]"#);
    assert_eq!(frees(&both, &claims, "2020-02-10"), None);
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

/// trust.md rule 5
#[test]
fn what_a_document_ended_before_it_came_into_a_conflict_stays_ended() {
    let two = r#","relations":[{"kind":"supersedes","target":{"id":"X-1"}},{"kind":"amends","target":{"id":"A-2","part":"four"}}]"#;
    let texts = [
        text("X-1", 1, "2020-01-01", ""),
        text("A-1", 1, "2020-02-01", two),
        text("A-2", 1, "2020-02-01", ""),
        text(
            "A-2",
            2,
            "2020-02-01",
            &alloc::format!(r#","revised":"2020-05-01"{}"#, relation("amends", "A-1", r#","part":"four""#)),
        ),
    ];
    let set = Set::of(&texts);
    let after = set.at("2020-05-01");
    assert_eq!(after.conflicts.len(), 1);
    assert!(one(&after, "A-1").quarantined && !one(&after, "A-1").is_ended());
    let ending = ending(&after, "X-1").unwrap();
    assert_eq!((ending.how, ending.by.id.as_str()), (How::Superseded, "A-1"));
    // What begins together with the conflict ends nothing: in doubt nothing is lifted.
    let at_once = [
        text("X-1", 1, "2020-01-01", ""),
        text("A-1", 1, "2020-02-01", two),
        text("A-2", 1, "2020-02-01", &relation("amends", "A-1", r#","part":"four""#)),
    ];
    assert!(!one(&Set::of(&at_once).at("2020-05-01"), "X-1").is_ended());
}

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
