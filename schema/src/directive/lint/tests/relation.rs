//! Relations to what is published.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::*;
use crate::directive::resolve::Acts;

/// `code pointer` of every problem that these relations have beside a published T-2.
fn related(relations: &str) -> Vec<String> {
    let texts = [
        draft(r#""id":"T-2","#, "", ""),
        draft(&format!(r#""id":"T-2","revision":2,"previous":"{}","#, Sha256::of(b"1")), "", ""),
        draft(r#""id":"T-3","#, "", ""),
        draft(r#""id":"T-4","relations":[{"kind":"revokes","target":{"id":"T-3"}}],"#, "", ""),
    ];
    let texts: Vec<Directive> =
        texts.iter().map(|text| Directive::parse(text.as_bytes()).unwrap().value).collect();
    let documents: Vec<_> = texts
        .iter()
        .zip([b"1", b"2", b"3", b"4"])
        .map(|(directive, payload)| Document { directive, digest: Sha256::of(payload), acts: Acts::Fully })
        .collect();
    let context = Context { published: Some(&documents), ..Context::default() };
    with(&draft(&format!(r#""relations":[{relations}],"#), "", ""), &context)
}

#[test]
fn relations_are_compared_with_what_is_published() {
    let relation = |kind: &str, target: &str, payload: &[u8]| {
        related(&format!(r#"{{"kind":"{kind}","target":{{{target},"digest":"{}"}}}}"#, Sha256::of(payload)))
    };
    assert_eq!(relation("supersedes", r#""id":"T-2","revision":2"#, b"2"), NOTHING);
    assert_eq!(relation("supersedes", r#""id":"T-2""#, b"1"), NOTHING);
    assert_eq!(relation("supersedes", r#""id":"T-9""#, b"1"), ["target-absent /relations/0/target/id"]);
    assert_eq!(
        relation("supersedes", r#""id":"T-2","revision":3"#, b"2"),
        ["target-revision /relations/0/target/revision"]
    );
    assert_eq!(
        relation("supersedes", r#""id":"T-2","revision":1"#, b"1"),
        ["target-outdated /relations/0/target/revision"]
    );
    for target in [r#""id":"T-2","revision":2"#, r#""id":"T-2""#] {
        assert_eq!(relation("supersedes", target, b"9"), ["target-digest /relations/0/target/digest"]);
    }
    for part in ["a", "s"] {
        assert_eq!(relation("supersedes", &format!(r#""id":"T-2","part":"{part}""#), b"2"), NOTHING);
    }
    assert_eq!(
        relation("supersedes", r#""id":"T-2","part":"b""#, b"2"),
        ["target-part /relations/0/target/part"]
    );
    assert_eq!(relation("supplements", r#""id":"T-3""#, b"3"), ["target-ended /relations/0/target/id"]);
    assert_eq!(relation("supplements", r#""id":"T-2""#, b"2"), NOTHING);
    // Without a repository nothing is known of the target.
    let digest = Sha256::of(b"1");
    let alone =
        format!(r#""relations":[{{"kind":"supersedes","target":{{"id":"T-9","digest":"{digest}"}}}}],"#);
    assert_eq!(members(&alone), NOTHING);
}

#[test]
fn a_revision_is_told_of_the_relations_that_it_silences() {
    let texts = |relation: &str| {
        [draft(r#""id":"T-2","#, "", ""), draft(&format!(r#""id":"T-3","relations":[{relation}],"#), "", "")]
    };
    let next = |relation: &str, status: &str| {
        let texts = texts(relation).map(|text| Directive::parse(text.as_bytes()).unwrap().value);
        let documents: Vec<_> = texts
            .iter()
            .zip([b"2", b"3"])
            .map(|(directive, payload)| Document {
                directive,
                digest: Sha256::of(payload),
                acts: Acts::Fully,
            })
            .collect();
        let context = Context {
            published: Some(&documents),
            previous: Some(Previous { directive: &texts[0], digest: Sha256::of(b"2") }),
            ..Context::default()
        };
        let previous = Sha256::of(b"2");
        let members = format!(
            r#""id":"T-2","revision":2,"previous":"{previous}",{status}"revised":"2018-01-01","summary":"x","#
        );
        with(&draft(&members, "", ""), &context)
    };
    let digest = Sha256::of(b"2");
    let relation = |kind: &str, target: &str| {
        format!(r#"{{"kind":"{kind}","target":{{"id":"T-2",{target}"digest":"{digest}"}}}}"#)
    };
    for kind in ["supplements", "supersedes", "amends"] {
        let named = relation(kind, r#""revision":1,"part":"a","#);
        assert_eq!(next(&named, ""), ["silences-relation /revision"], "{kind}");
        assert_eq!(next(&relation(kind, r#""part":"a","#), ""), NOTHING, "{kind}");
    }
    let named = relation("supplements", r#""revision":1,"part":"a","#);
    assert_eq!(next(&relation("implements", r#""revision":1,"#), ""), NOTHING);
    assert_eq!(next(&named, r#""status":"closed","#), NOTHING);
}

#[test]
fn a_revision_that_no_longer_says_what_it_ended_is_told_so() {
    let digest = Sha256::of(b"before");
    let relation = |kind: &str| {
        format!(r#""relations":[{{"kind":"{kind}","target":{{"id":"T-2","digest":"{digest}"}}}}],"#)
    };
    let next = |before: &str, members: &str| {
        let before = Directive::parse(draft(before, "", "").as_bytes()).unwrap().value;
        let context =
            Context { previous: Some(Previous { directive: &before, digest }), ..Context::default() };
        with(
            &draft(&format!(r#""revision":2,"previous":"{digest}","title":"new",{members}"#), "", ""),
            &context,
        )
    };
    assert_eq!(next(&relation("revokes"), ""), ["relation-dropped /relations"]);
    assert_eq!(next(&relation("revokes"), &relation("supplements")), ["relation-dropped /relations"]);
    assert_eq!(next(&relation("revokes"), &relation("closes")), NOTHING);
    assert_eq!(next(&relation("supplements"), ""), NOTHING);
}
