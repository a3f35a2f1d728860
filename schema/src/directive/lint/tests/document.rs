//! The document as a whole, its limits, and the chain of revisions.

use alloc::{format, vec};

use super::*;
use crate::directive::Revision;

#[test]
fn the_document_as_a_whole_is_looked_at() {
    for (given, wanted) in [
        (r#""format":"interdict-directive/2","#, "format /format"),
        (r#""status":"paused","#, "status /status"),
        (r#""status":"revoked","#, "ended-at-first /status"),
        (r#""title":" ","#, "empty /title"),
        (r#""zone":"EST5","#, "unknown-zone /zone"),
        (r#""effective":"2017-09-12","#, "effective-before-issued /effective"),
        (r#""public_from":"2017-09-12","#, "public-before-issued /public_from"),
        (r#""public_from":"2017-11-21","#, "effective-before-public /public_from"),
        (r#""public_from":"2017-09-13","marking":"TLP:RED","#, "marked-and-public /public_from"),
        (r#""marking":"TLP:MAUVE","#, "unknown-word /marking"),
        (r#""titel":"t","#, "unknown-member /titel"),
        (r#""scope":{"addressees":[{"reason":"?"}]},"#, "addressee /scope/addressees/0"),
        (
            r#""scope":{"addressees":[{"class":"c"},{"agency":"a"}],"except":[{"agency":"b"},{"agency":"a"}]},"#,
            "excepts-addressee /scope/except/1",
        ),
        (
            r#""text":{"path":"a/b.pdf","digest":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","media_type":"application/pdf"},"#,
            "attachment-path /text/path",
        ),
        (r#""scope":{"systems":[{"predicate":""}]},"#, "empty /scope/systems/0/predicate"),
    ] {
        assert_eq!(members(given), [wanted], "{given}");
    }
    assert_eq!(members(r#""subjects":[],"actions":[],"#), ["orders-nothing /actions"]);
}

#[test]
fn limits_hold_at_their_number_and_not_one_beyond() {
    let title = |length: usize| members(&format!("\"title\":\"{}\",", "t".repeat(length)));
    assert_eq!(title(crate::limits::DIRECTIVE_LINE_LENGTH), NOTHING);
    assert_eq!(title(crate::limits::DIRECTIVE_LINE_LENGTH + 1), ["too-long /title"]);
    let summary = |length: usize| members(&format!("\"summary\":\"{}\",", "t".repeat(length)));
    assert_eq!(summary(crate::limits::DIRECTIVE_TEXT_LENGTH), NOTHING);
    assert_eq!(summary(crate::limits::DIRECTIVE_TEXT_LENGTH + 1), ["too-long /summary"]);
    let citations = |count: usize| members(&format!("\"legal_basis\":[{}],", vec!["\"c\""; count].join(",")));
    assert_eq!(citations(crate::limits::DIRECTIVE_LIST), NOTHING);
    assert_eq!(citations(crate::limits::DIRECTIVE_LIST + 1), ["too-many /legal_basis"]);
    let id = |length: usize| {
        actions(&format!(r#"{{"id":"{}","modality":"must","kind":"block"}}"#, "a".repeat(length)))
    };
    assert_eq!(id(crate::limits::PART_ID_LENGTH), NOTHING);
    assert_eq!(id(crate::limits::PART_ID_LENGTH + 1), ["too-long /actions/0/id"]);
}

#[test]
fn a_revision_that_reaches_back_is_told_so() {
    let digest = Sha256::of(b"before");
    let next = |before: &str, members: &str| {
        let before = Directive::parse(draft(before, "", "").as_bytes()).unwrap().value;
        let context =
            Context { previous: Some(Previous { directive: &before, digest }), ..Context::default() };
        let revision = before.revision.next();
        let text = format!(r#""revision":{revision},"previous":"{digest}","title":"new",{members}"#);
        with(&draft(&text, "", ""), &context)
    };
    let first = "";
    let second = format!(r#""revision":2,"previous":"{digest}","revised":"2018-03-01","#);
    assert_eq!(next(first, ""), NOTHING, "a correction counts from the beginning");
    assert_eq!(next(first, r#""revised":"2018-03-01","#), NOTHING);
    assert_eq!(next(&second, r#""revised":"2018-03-01","#), NOTHING);
    for revised in ["", r#""revised":"2018-02-28","#] {
        assert_eq!(next(&second, revised), ["revised-earlier /revised"], "{revised}");
    }
    let closed = |revised: &str| next(first, &format!(r#""status":"closed",{revised}"#));
    assert_eq!(closed(r#""revised":"2018-03-01","#), NOTHING);
    for revised in ["", r#""revised":"2000-01-01","#] {
        assert_eq!(closed(revised), ["ended-from-the-beginning /revised"], "{revised}");
    }
}

#[test]
fn the_chain_of_revisions_is_checked_against_the_revision_before() {
    let digest = Sha256::of(b"before");
    let named = format!(r#""previous":"{digest}","#);
    assert_eq!(members(r#""revision":2,"#), ["previous-missing /previous"]);
    assert_eq!(members(&named), ["previous-at-first /previous"]);
    let before = Directive::parse(draft(r#""status":"closed","#, "", "").as_bytes()).unwrap().value;
    assert_eq!(before.revision, Revision::FIRST);
    let context = Context { previous: Some(Previous { directive: &before, digest }), ..Context::default() };
    let next = |members: &str| with(&draft(&(named.clone() + members), "", ""), &context);
    assert_eq!(next(r#""revision":2,"status":"closed","title":"new","#), NOTHING);
    assert_eq!(next(r#""revision":2,"status":"closed","#), ["same-content /"]);
    assert_eq!(next(r#""revision":2,"#), ["revived /status"]);
    assert_eq!(next(r#""revision":3,"status":"closed","title":"new","#), ["revision-step /revision"]);
    assert_eq!(
        next(r#""revision":2,"status":"closed","id":"T-2","issuer":"j","#),
        ["renamed /id", "renamed /issuer"]
    );
    let other = Context {
        previous: Some(Previous { directive: &before, digest: Sha256::of(b"") }),
        ..Context::default()
    };
    assert_eq!(
        with(&draft(&format!(r#"{named}"revision":2,"status":"closed","title":"new","#), "", ""), &other),
        ["previous-digest /previous"]
    );
}

#[test]
fn a_list_of_addressees_with_nobody_in_it_binds_everyone_and_is_told_of() {
    assert_eq!(
        message(&draft(r#""scope":{"addressees":[]},"#, "", "")),
        "warning at /scope/addressees: found a list of addressees with nobody in it, which binds everyone: name them, or leave the \
         list out [addressees-empty]"
    );
    for scope in ["{}", r#"{"except":[]}"#, r#"{"addressees":[{"agency":"One"}]}"#] {
        assert_eq!(members(&format!(r#""scope":{scope},"#)), NOTHING, "{scope}");
    }
}
