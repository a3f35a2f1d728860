//! Waivers of their own, and the texts on which they act.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use super::*;
use crate::believe::{Attested, Believed};
use crate::directive::Directive;
use crate::directive::resolve::{Acts, Rights, Standing, standing, waived};
use crate::directive::scope::Profile;
use crate::in_force::{Held, InForce, in_force};
use crate::issuers::{Issuer, Issuers};
use crate::policy::Mark;
use crate::threshold::Count;
use crate::{DateTime, Verified};

fn attested<D>(document: Decoded<D>, text: &str) -> Verified<Believed<D>> {
    let signed_by = Count { keys: Vec::new(), required: 1 };
    Verified::attest(Believed {
        document,
        payload: Attested { digest: Sha256::of(text.as_bytes()), signed_by },
    })
}

fn directive(id: &str, revision: u32, more: &str) -> Verified<Believed> {
    let text = alloc::format!(
        r#"{{"format":"interdict-directive/1","id":"{id}","revision":{revision},"status":"in-force","title":"t","issuer":"dhs",
        "zone":"America/New_York","issued":"2018-01-01"{more}}}"#
    );
    attested(Directive::parse(text.as_bytes()).unwrap(), &text)
}

/// A part of each kind.
fn parts(words: &str) -> String {
    alloc::format!(
        r#","subjects":[{{"id":"s","name":"S","disposition":"prohibited"}}],
        "actions":[{{"id":"a","modality":"must","kind":"remove","description":"{words}"}},{{"id":"b","modality":"must","kind":"report"}}]"#
    )
}

fn waiver(
    revision: u32,
    of: &Verified<Believed>,
    part: Option<&str>,
    more: &str,
) -> Verified<Believed<WaiverDocument>> {
    let (id, digest) = (&of.document.value.id, of.payload.digest);
    let part = part.map(|part| alloc::format!(r#","part":"{part}""#)).unwrap_or_default();
    let text = alloc::format!(
        r#"{{"format":"interdict-waiver/1","id":"BOD-W","revision":{revision},"status":"in-force","title":"t","issuer":"dhs",
        "issued":"2018-02-01","target":{{"id":"{id}","digest":"{digest}"{part}}},"beneficiaries":["One"],
        "from":"2018-02-01","until":"2018-12-31","granted_by":"g"}}"#
    );
    let text = more.split('|').filter_map(|change| change.split_once("=>")).fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    attested(WaiverDocument::parse(text.as_bytes()).unwrap(), &text)
}

const NOW: &str = "2018-06-01T00:00:00Z";

fn granted(
    directives: &[Verified<Believed>],
    waivers: &[Verified<Believed<WaiverDocument>>],
    (marks, rights, now): (&[Mark], &Rights, &str),
) -> InForce {
    let held = || directives.iter().map(|believed| Held { believed, acts: Acts::Fully });
    let now: DateTime = now.parse().unwrap();
    let mut found = in_force(held(), rights, now);
    let waivers = waivers.iter().map(|believed| HeldWaiver { believed, marks });
    grant(&mut found, held(), waivers, rights, &|_| now);
    found
}

/// What the one waiver acts on, or why on nothing.
fn effect(directives: &[Verified<Believed>], waivers: &[Verified<Believed<WaiverDocument>>]) -> Vec<String> {
    said(&granted(directives, waivers, (&[], &Rights::none(), NOW)))
}

fn said(found: &InForce) -> Vec<String> {
    let [judged] = &found.waivers[..] else { panic!("{:?}", found.waivers) };
    match &judged.effect {
        Err(why) => vec![why.to_string()],
        Ok(effect) => {
            let part = |(id, part): &(DirectiveId, Option<String>)| {
                alloc::format!("{id} {}", part.as_deref().unwrap_or("whole"))
            };
            effect.parts.iter().map(part).collect()
        }
    }
}

/// From which parts of a directive the agency is free.
fn free_of(found: &InForce, id: &str, at: &str) -> Vec<&'static str> {
    let current = found.directives.iter().find(|it| it.situation.document.id.as_str() == id).unwrap();
    let Some(text) = &current.changed else { return Vec::new() };
    let profile = Profile { names: vec!["one".into()], ..Profile::default() };
    let at = at.parse().unwrap();
    ["a", "b", "s"]
        .into_iter()
        .filter(|part| waived(&text.document.value, Some(part), &profile, at).is_some())
        .collect()
}

#[test]
fn it_acts_on_the_part_that_it_names_and_its_document_is_cited() {
    let first = directive("BOD-1", 1, &parts("x"));
    let document = waiver(1, &first, Some("s"), "");
    let digest = document.payload.digest;
    let found = granted(&[first], &[document], (&[], &Rights::none(), NOW));
    assert_eq!(said(&found), ["BOD-1 s"]);
    assert_eq!(free_of(&found, "BOD-1", NOW), ["s"]);
    let [current] = &found.directives[..] else { panic!("one directive") };
    let cited: Vec<_> = current.granted.iter().map(|it| (it.to_string(), it.digest)).collect();
    assert_eq!(cited, [("BOD-W revision 1".to_string(), digest)]);
}

#[test]
fn its_days_are_those_of_the_directives_zone() {
    let first = directive("BOD-1", 1, &parts("x"));
    let document = [waiver(1, &first, Some("s"), "")];
    let found = granted(&[first], &document, (&[], &Rights::none(), NOW));
    assert_eq!(free_of(&found, "BOD-1", "2018-02-01T04:59:59Z"), Vec::<&str>::new());
    assert_eq!(free_of(&found, "BOD-1", "2018-02-01T05:00:00Z"), ["s"]);
    assert_eq!(free_of(&found, "BOD-1", "2019-01-01T04:59:59Z"), ["s"]);
    assert_eq!(free_of(&found, "BOD-1", "2019-01-01T05:00:00Z"), Vec::<&str>::new());
    let text = &found.directives.first().unwrap().changed.as_ref().unwrap().document.value;
    let waiver = text.waivers.first().unwrap();
    let profile = Profile { names: vec!["one".into()], ..Profile::default() };
    let expired = standing(text, waiver, &profile, "2019-01-01T05:00:00Z".parse().unwrap());
    assert_eq!(expired, Standing::Expired { until: "2019-01-01T04:59:59Z".parse().unwrap() });
}

#[test]
fn it_frees_from_the_words_that_it_names_and_from_no_others() {
    let first = directive("BOD-1", 1, &parts("x"));
    let previous = alloc::format!(r#","previous":"{}""#, first.payload.digest);
    let reworded = directive("BOD-1", 2, &(previous.clone() + &parts("y")));
    let titled = directive("BOD-1", 2, &(previous + r#","summary":"more""# + &parts("x")));
    let from = |part| [waiver(1, &first, part, "")];
    let other = "BOD-1 revision 2 says something else there than the text that it is from";
    assert_eq!(effect(&[first.clone(), reworded.clone()], &from(Some("a"))), [other]);
    assert_eq!(effect(&[first.clone(), reworded.clone()], &from(Some("b"))), ["BOD-1 b"]);
    assert_eq!(effect(&[first.clone(), titled], &from(Some("a"))), ["BOD-1 a"]);
    assert_eq!(effect(core::slice::from_ref(&first), &from(None)), ["BOD-1 whole"]);
    // What the revision says in another way is not waived, and everything else is.
    let texts = [first.clone(), reworded];
    assert_eq!(effect(&texts, &from(None)), ["BOD-1 b", "BOD-1 s"]);
    let found = granted(&texts, &from(None), (&[], &Rights::none(), NOW));
    assert_eq!(free_of(&found, "BOD-1", NOW), ["b", "s"]);
}

#[test]
fn what_is_in_doubt_frees_nobody_and_says_why() {
    let first = directive("BOD-1", 1, &parts("x"));
    let all = core::slice::from_ref(&first);
    let none = Sha256::of(b"none");
    let digest = first.payload.digest;
    for (change, wanted) in [
        (alloc::format!("{digest}=>{none}"), alloc::format!("no revision of it has the digest {none}")),
        (
            alloc::format!(r#","digest":"{digest}"=>"#),
            "it names no digest, so that nobody knows which words it is from".into(),
        ),
        (
            r#""id":"BOD-1"=>"id":"BOD-1","revision":2"#.into(),
            alloc::format!("no revision of it has the digest {digest}"),
        ),
        (r#""id":"BOD-1"=>"id":"BOD-9""#.into(), "that directive is not in the repository".into()),
        (r#""part":"s"=>"part":"z""#.into(), "that text has no part \"z\"".into()),
        (r#""in-force"=>"revoked""#.into(), "it is revoked since 2018-02-01".into()),
        (r#""in-force"=>"paused""#.into(), "it has 1 places that this version does not understand".into()),
        (
            r#""granted_by"=>"only_mail":true,"granted_by""#.into(),
            "it has 1 places that this version does not understand".into(),
        ),
        (r#""issuer":"dhs"=>"issuer":"x""#.into(), "\"x\" may not act on directives of \"dhs\"".into()),
        (
            r#""issued":"2018-02-01"=>"issued":"2018-06-02""#.into(),
            "it is issued on 2018-06-02T04:00:00Z".into(),
        ),
    ] {
        assert_eq!(effect(all, &[waiver(1, &first, Some("s"), &change)]), [wanted], "{change}");
    }
    let document = [waiver(1, &first, Some("s"), "")];
    for mark in [Mark::Vanished, Mark::SignatureWithdrawn, Mark::Quarantined] {
        let found = granted(all, &document, (&[mark], &Rights::none(), NOW));
        let wanted = alloc::format!("it is marked {}, and what is in doubt frees nobody", mark.as_str());
        assert_eq!(said(&found), [wanted]);
        assert_eq!(free_of(&found, "BOD-1", NOW), Vec::<&str>::new());
    }
    let closed = directive("BOD-1", 1, &parts("x"));
    let previous = alloc::format!(r#","previous":"{}","revised":"2018-05-01""#, closed.payload.digest);
    let mut end = directive("BOD-1", 2, &(previous + &parts("x"))).into_inner();
    end.document.value.status = Status::Closed;
    let texts = [closed, Verified::attest(end)];
    assert_eq!(effect(&texts, &document), ["what it is from had ended by 2018-05-01T04:00:00Z"]);
    let own = r#","waivers":[{"id":"BOD-W","beneficiaries":["Two"],"from":"2018-01-01","granted_by":"g"}]"#;
    let named = [directive("BOD-1", 1, &(parts("x") + own))];
    let document = [waiver(1, named.first().unwrap(), Some("s"), "")];
    assert_eq!(effect(&named, &document), ["the text of BOD-1 has a waiver of this name"]);
}

#[test]
fn another_issuers_waiver_acts_where_the_list_of_issuers_lets_it() {
    let first = directive("BOD-1", 1, &parts("x"));
    let theirs = [waiver(1, &first, Some("s"), r#""issuer":"dhs"=>"issuer":"x""#)];
    let issuer = |may_amend: &[&str]| Issuers {
        format: crate::issuers::FORMAT.into(),
        version: 1,
        issuers: vec![Issuer {
            id: "x".into(),
            name: "x".into(),
            threshold: 1,
            prefixes: vec!["X".into()],
            may_amend: may_amend.iter().map(|prefix| (*prefix).into()).collect(),
            keys: Vec::new(),
        }],
        repudiated: Vec::new(),
    };
    let with = |may_amend: &[&str]| {
        said(&granted(core::slice::from_ref(&first), &theirs, (&[], &Rights::of(&issuer(may_amend)), NOW)))
    };
    assert_eq!(with(&["BOD"]), ["BOD-1 s"]);
    assert_eq!(with(&["BO"]), ["\"x\" may not act on directives of \"dhs\""]);
}

#[test]
fn the_revision_that_counts_is_the_newest_that_was_issued_by_then() {
    let first = directive("BOD-1", 1, &parts("x"));
    let granting = waiver(1, &first, Some("s"), "");
    let revoking =
        waiver(2, &first, Some("s"), r#""issued":"2018-02-01"=>"issued":"2018-05-01"|"in-force"=>"revoked""#);
    let waivers = [revoking, granting];
    let on = |now| granted(core::slice::from_ref(&first), &waivers, (&[], &Rights::none(), now));
    let before = on("2018-04-30T00:00:00Z");
    assert_eq!(said(&before), ["BOD-1 s"]);
    assert_eq!(before.next_change, Some("2018-05-01T04:00:00Z".parse().unwrap()));
    let after = on(NOW);
    assert_eq!((said(&after), after.next_change), (vec!["it is revoked since 2018-05-01".to_string()], None));
    let early = on("2018-01-15T00:00:00Z");
    assert_eq!(said(&early), ["it is issued on 2018-02-01T05:00:00Z"]);
}

#[test]
fn a_part_that_was_replaced_is_not_waived_and_one_that_was_moved_still_is() {
    let first = directive("BOD-1", 1, &parts("x"));
    let amends = r#","relations":[{"kind":"amends","target":{"id":"BOD-1","part":"a"},"by":"n"}],
        "actions":[{"id":"n","modality":"must","kind":"remove","description":"new"},{"id":"b","modality":"must","kind":"report"}]"#;
    let second = directive("BOD-2", 1, amends);
    let texts = [first.clone(), second.clone()];
    let old = [waiver(1, &first, Some("a"), "")];
    let other = "BOD-2 revision 1 says something else there than the text that it is from";
    assert_eq!(effect(&texts, &old), [other]);
    // The whole of the old text, but for what was replaced.
    assert_eq!(effect(&texts, &[waiver(1, &first, None, "")]), ["BOD-1 b", "BOD-1 s"]);
    // From the new words, where they stand now.
    let new = [waiver(1, &second, Some("n"), "")];
    assert_eq!(effect(&texts, &new), ["BOD-1 a"]);
    let found = granted(&texts, &new, (&[], &Rights::none(), NOW));
    assert_eq!(free_of(&found, "BOD-1", NOW), ["a"]);
    assert_eq!(free_of(&found, "BOD-2", NOW), Vec::<&str>::new());
}

#[test]
fn neither_the_order_of_documents_nor_one_that_has_nothing_to_do_with_it_changes_an_answer() {
    let (first, other) = (directive("BOD-1", 1, &parts("x")), directive("BOD-2", 1, &parts("x")));
    let document = [waiver(1, &first, None, "")];
    let alone = granted(core::slice::from_ref(&first), &document, (&[], &Rights::none(), NOW));
    for texts in [[first.clone(), other.clone()], [other, first]] {
        let found = granted(&texts, &document, (&[], &Rights::none(), NOW));
        assert_eq!(found.waivers, alone.waivers);
        assert_eq!(found.directives.first(), alone.directives.first());
        assert_eq!(free_of(&found, "BOD-2", NOW), Vec::<&str>::new());
    }
}
