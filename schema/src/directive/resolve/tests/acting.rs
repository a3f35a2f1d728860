//! Relations that do not act, and why.

use super::*;

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
