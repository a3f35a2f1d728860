#![allow(clippy::indexing_slicing, clippy::format_push_string, reason = "a test that cannot go on fails")]

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};

use super::*;
use crate::directive::Revision;
use crate::directive::resolve::Acts;

/// A directive without problems, its last members replaced or added.
fn draft(members: &str, subject: &str, action: &str) -> String {
    let base = [
        ("format", r#""interdict-directive/1""#),
        ("id", r#""T-1""#),
        ("revision", "1"),
        ("status", r#""in-force""#),
        ("title", r#""t""#),
        ("issuer", r#""i""#),
        ("zone", r#""America/New_York""#),
        ("issued", r#""2017-09-13""#),
    ];
    let mut text = String::from("{");
    for (name, value) in base.iter().filter(|(name, _)| !names(members, name)) {
        text += &format!("\"{name}\":{value},");
    }
    text += members;
    if !names(members, "subjects") {
        text += &format!(
            r#""subjects":[{{"id":"s","name":"s","disposition":"prohibited","identifiers":[{{"kind":"package","value":"kesl"}}]{subject}}}],"#
        );
    }
    if !names(members, "actions") {
        text += &format!(r#""actions":[{{"id":"a","modality":"must","kind":"block"{action}}}],"#);
    }
    text.pop();
    text + "}"
}

/// Whether a list of members has one of this name, not counting those inside them.
fn names(members: &str, name: &str) -> bool {
    let mut depth = 0;
    members.char_indices().any(|(at, character)| {
        match character {
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            _ => {}
        }
        depth == 0 && members[at..].starts_with(&format!("\"{name}\":"))
    })
}

/// `code pointer` of every problem.
fn of(text: &str) -> Vec<String> {
    with(text, &Context::default())
}

fn with(text: &str, context: &Context<'_>) -> Vec<String> {
    let report = lint(text.as_bytes(), context);
    report.problems.iter().map(|problem| format!("{} {}", problem.fact.code(), problem.pointer)).collect()
}

fn members(members: &str) -> Vec<String> {
    of(&draft(members, "", ""))
}

fn subject(members: &str) -> Vec<String> {
    of(&draft("", members, ""))
}

fn action(members: &str) -> Vec<String> {
    of(&draft("", "", members))
}

fn actions(list: &str) -> Vec<String> {
    of(&draft(&format!("\"actions\":[{list}],"), "", ""))
}

fn identifiers(list: &str) -> Vec<String> {
    members(&format!(
        r#""subjects":[{{"id":"s","name":"s","disposition":"prohibited","identifiers":[{list}]}}],"#
    ))
}

fn message(text: &str) -> String {
    lint(text.as_bytes(), &Context::default()).problems[0].to_string()
}

const NOTHING: [&str; 0] = [];

#[test]
fn a_sound_draft_has_no_problems_with_and_without_comments() {
    assert_eq!(action(""), NOTHING);
    let commented = draft("\"$schema\":\"directive.schema.json\", // for the editor\n", "", "");
    let report = lint(commented.as_bytes(), &Context::default());
    assert_eq!((report.problems.len(), report.may_be_signed()), (0, true));
    assert!(report.decoded.is_some_and(|decoded| decoded.unknown.is_empty()));
}

#[test]
fn what_cannot_be_read_is_said_with_its_place() {
    assert_eq!(
        message("{ /* "),
        "error at /: byte 2: found a comment that nothing ends, wanted */ [unterminated-comment]"
    );
    assert_eq!(
        message("{\"id\":\"a\",\"id\":\"b\"}"),
        "error at /: byte 19 (line 1, column 20): the key \"id\" occurs twice [not-json]"
    );
}

#[test]
fn every_value_of_a_wrong_shape_is_listed_in_the_order_of_the_document() {
    let text = draft(r#""revision":0,"issued":"yesterday","#, r#","notes":"one""#, r#","after":[1]"#);
    assert_eq!(
        of(&text),
        ["shape /revision", "shape /issued", "shape /subjects/0/notes", "shape /actions/0/after/0"]
    );
}

#[test]
fn every_member_that_is_missing_is_listed_beside_what_is_wrong() {
    assert_eq!(
        of(r#"{"id":"a b","revision":1,"zone":"UTC","subjects":[{"id":"s"}]}"#),
        [
            "shape /id",
            "shape /subjects/0",
            "missing /format",
            "missing /status",
            "missing /title",
            "missing /issuer",
            "missing /issued"
        ]
    );
    assert_eq!(of("[]"), ["shape /"]);
}

#[test]
fn shapes_are_listed_up_to_their_limit() {
    let wrong = |count: usize| {
        let citations = vec!["1"; count].join(",");
        of(&draft(&format!("\"legal_basis\":[{citations}],"), "", "")).len()
    };
    assert_eq!(wrong(LINT_SHAPE_ERRORS - 1), LINT_SHAPE_ERRORS - 1);
    // The last one is the remark that there may be more.
    assert_eq!(wrong(LINT_SHAPE_ERRORS + 1), LINT_SHAPE_ERRORS + 1);
}

#[test]
fn problems_stand_in_the_order_of_the_document_whatever_looked_for_them() {
    let text = draft(
        r#""title":"","zone":"Mars/Olympus","odd":1,"#,
        r#","excludes":[{"id":"x","reason":""}]"#,
        r#","after":["b"]"#,
    );
    assert_eq!(
        of(&text),
        [
            "empty /title",
            "unknown-zone /zone",
            "unknown-member /odd",
            "empty /subjects/0/excludes/0/reason",
            "dangling /actions/0/after/0"
        ]
    );
}

#[test]
fn a_directive_that_was_read_already_is_told_the_same() {
    let text = draft(r#""title":"","#, r#","due":"2017-01-01","listed":"2018-01-01""#, r#","after":["b"]"#);
    let report = lint(text.as_bytes(), &Context::default());
    let again = lint_directive(&report.decoded.as_ref().unwrap().value, &Context::default());
    assert_eq!(again, report.problems);
    assert_eq!(again.len(), 3);
}

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

#[test]
fn references_lead_somewhere() {
    for (given, wanted) in [
        (r#","subjects":["s","t"]"#, "dangling /actions/0/subjects/1"),
        (r#","after":["b"]"#, "dangling /actions/0/after/0"),
        (r#","after":["a"]"#, "self-reference /actions/0/after/0"),
        (r#","alternatives":["s"]"#, "dangling /actions/0/alternatives/0"),
        (
            r#","due":{"offset":{"n":1,"unit":"day","anchor":"due:b"}}"#,
            "dangling /actions/0/due/offset/anchor",
        ),
        (
            r#","due":{"offset":{"n":1,"unit":"day","anchor":"due:a"}}"#,
            "self-reference /actions/0/due/offset/anchor",
        ),
        (
            r#","due":{"offset":{"n":1,"unit":"day","anchor":"action:b"}}"#,
            "dangling /actions/0/due/offset/anchor",
        ),
        (
            r#","due":{"every":{"n":1,"unit":"day","from":"earliest-of:issued,due:b"}}"#,
            "dangling /actions/0/due/every/from",
        ),
        (
            r#","due":{"every":{"n":1,"unit":"day","from":"issued","until":"action:b"}}"#,
            "dangling /actions/0/due/every/until",
        ),
        (r#","due":{"table":"t"}"#, "dangling /actions/0/due/table"),
    ] {
        let found: Vec<String> =
            action(given).into_iter().filter(|found| !found.starts_with("not-computed")).collect();
        assert_eq!(found, [wanted], "{given}");
    }
    for (given, wanted) in [
        (
            r#""waivers":[{"id":"w","part":"b","beneficiaries":["x"],"from":"2018-01-01","granted_by":"g"}],"#,
            "dangling /waivers/0/part",
        ),
        (
            r#""relations":[{"kind":"amends","target":{"id":"T-1","part":"b"}}],"#,
            "dangling /relations/0/target/part",
        ),
        (
            r#""relations":[{"kind":"supplements","target":{"id":"T-2","part":"b","digest":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}],"#,
            "dangling /relations/0/target/part",
        ),
        (
            r#""relations":[{"kind":"amends","target":{"id":"T-2","part":"b","digest":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},"by":"c"}],"#,
            "dangling /relations/0/by",
        ),
        (r#""relations":[{"kind":"amends","target":{"id":"T-1"}}],"#, "relation-to-itself /relations/0"),
        (
            r#""relations":[{"kind":"revokes","target":{"id":"T-2"}}],"#,
            "relation-without-digest /relations/0/target",
        ),
        (
            r#""relations":[{"kind":"eats","target":{"id":"T-1","part":"s"}}],"#,
            "unknown-word /relations/0/kind",
        ),
    ] {
        assert_eq!(members(given), [wanted], "{given}");
    }
    assert_eq!(members(r#""relations":[{"kind":"amends","target":{"id":"T-1","part":"s"}}],"#), NOTHING);
}

#[test]
fn a_circle_of_references_is_found_once() {
    let act = |id: &str, rest: &str| format!(r#"{{"id":"{id}","modality":"must","kind":"block",{rest}}}"#);
    let after = |id, of: &str| act(id, &format!(r#""after":["{of}"]"#));
    let text = [after("x", "a"), after("a", "b"), after("b", "c"), after("c", "a")].join(",");
    assert_eq!(actions(&text), ["circle /actions/0/after"]);
    assert!(message(&draft(&format!("\"actions\":[{text}],"), "", "")).contains("a -> b -> c -> a"));
    let due =
        |id, of: &str| act(id, &format!(r#""due":{{"offset":{{"n":1,"unit":"day","anchor":"due:{of}"}}}}"#));
    assert_eq!(actions(&[due("a", "b"), due("b", "a")].join(",")), ["circle /actions/0/due"]);
}

#[test]
fn ids_are_unique_and_can_be_referred_to() {
    let two = r#"{"id":"s","modality":"must","kind":"block"},{"id":"a","modality":"must","kind":"block"},{"id":"a","modality":"must","kind":"block"}"#;
    assert_eq!(actions(two), ["duplicate-id /actions/0/id", "duplicate-id /actions/2/id"]);
    assert_eq!(actions(r#"{"id":"a b","modality":"must","kind":"block"}"#), ["id-shape /actions/0/id"]);
    assert_eq!(actions(r#"{"id":"","modality":"must","kind":"block"}"#), ["empty /actions/0/id"]);
    assert_eq!(
        subject(r#","excludes":[{"id":"x","reason":"r"},{"id":"x","reason":"r"}]"#),
        ["duplicate-id /subjects/0/excludes/1/id"]
    );
    assert_eq!(
        action(r#","requires":[{"id":"f","label":"l","type":"text"},{"id":"f","label":"","type":"hymn"}]"#),
        [
            "duplicate-id /actions/0/requires/1/id",
            "empty /actions/0/requires/1/label",
            "unknown-word /actions/0/requires/1/type"
        ]
    );
}

#[test]
fn a_subject_is_recognised_and_dealt_with() {
    assert_eq!(identifiers(""), ["no-identifiers /subjects/0"]);
    assert_eq!(
        identifiers(r#"{"kind":"product","value":"p"}"#),
        ["product-without-vendor /subjects/0/identifiers"]
    );
    assert_eq!(
        actions(r#"{"id":"a","modality":"must","kind":"configure"}"#),
        ["nothing-removes-it /subjects/0"]
    );
    assert_eq!(
        actions(r#"{"id":"a","modality":"should","kind":"remove"}"#),
        ["nothing-removes-it /subjects/0"]
    );
    let one = r#"{"id":"a","modality":"must","kind":"block","subjects":["s"]}"#;
    let two = r#"{"id":"s","name":"s","disposition":"remediate","identifiers":[{"kind":"package","value":"x"}]},{"id":"t","name":"t","disposition":"remediate","identifiers":[{"kind":"package","value":"y"}]}"#;
    assert_eq!(members(&format!(r#""subjects":[{two}],"actions":[{one}],"#)), ["no-action /subjects/1"]);
    for (given, wanted) in [
        (r#","embedded":"perhaps""#, "unknown-word /subjects/0/embedded"),
        (
            r#","valid_from":"2018-01-02","valid_until":"2018-01-01""#,
            "ends-before-it-begins /subjects/0/valid_until",
        ),
        (r#","listed":"2018-01-02","due":"2018-01-01""#, "due-before-listed /subjects/0/due"),
        (r#","products":[""]"#, "empty /subjects/0/products/0"),
    ] {
        assert_eq!(subject(given), [wanted], "{given}");
    }
    assert_eq!(
        subject(
            r#","valid_from":"2018-01-01","valid_until":"2018-01-01","listed":"2018-01-01","due":"2018-01-01""#
        ),
        NOTHING
    );
}

#[test]
fn an_identifier_parses_and_means_something_in_particular() {
    for (kind, value) in [
        ("cpe", "cpe:2.3:a:*:*:*:*:*:*:*:*:*:*"),
        ("purl", "pkg:deb/debian/*"),
        ("package", "*"),
        ("path", "/"),
        ("path", "/*"),
        ("path", "C:\\\\*"),
        ("domain", "net"),
        ("process", "*.exe"),
        ("registry-key", "HKLM\\\\SOFTWARE"),
        ("registry-key", "HKLM\\\\SOFTWARE\\\\WOW6432Node"),
        ("cidr", "0.0.0.0/0"),
        ("cidr", "::/0"),
        ("path", "%ProgramFiles%\\\\*"),
        ("path", "/usr/bin"),
        ("signer", "CN=*"),
    ] {
        assert_eq!(
            identifiers(&format!(r#"{{"kind":"{kind}","value":"{value}"}}"#)),
            ["matches-everything /subjects/0/identifiers/0/value"],
            "{kind} {value}"
        );
    }
    for (kind, value) in [
        ("cpe", "cpe:2.3:a:kaspersky:*:*:*:*:*:*:*:*:*"),
        ("purl", "pkg:deb/debian/kesl"),
        ("path", "/opt/kaspersky"),
        ("path", "C:\\\\ProgramData\\\\Kaspersky Lab"),
        ("domain", "kaspersky.com"),
        ("registry-key", "HKLM\\\\SOFTWARE\\\\KasperskyLab"),
        ("cidr", "192.0.2.0/24"),
    ] {
        assert_eq!(
            identifiers(&format!(r#"{{"kind":"{kind}","value":"{value}"}}"#)),
            NOTHING,
            "{kind} {value}"
        );
    }
    assert_eq!(
        identifiers(
            r#"{"kind":"domain","value":"co.uk"},{"kind":"image","value":"a:"},{"kind":"cdhash","value":"0A"}"#
        ),
        [
            "identifier-invalid /subjects/0/identifiers/0/value",
            "identifier-invalid /subjects/0/identifiers/1/value",
            "identifier-invalid /subjects/0/identifiers/2/value",
        ]
    );
    assert_eq!(
        identifiers(
            r#"{"kind":"sha256","value":"abc"},{"kind":"smell","value":"x"},{"kind":"package","value":" "},{"kind":"package","value":"p","confidence":"total"},{"kind":"package","value":"p"}"#
        ),
        [
            "identifier-invalid /subjects/0/identifiers/0/value",
            "unknown-word /subjects/0/identifiers/1/kind",
            "empty /subjects/0/identifiers/2/value",
            "unknown-word /subjects/0/identifiers/3/confidence",
            "duplicate-identifier /subjects/0/identifiers/4",
        ]
    );
}

#[test]
fn versions_that_mean_nothing_are_found_with_their_byte_and_rule() {
    let found = |identifier: &str| {
        let text = draft(
            &format!(
                r#""subjects":[{{"id":"s","name":"s","disposition":"prohibited","identifiers":[{identifier}]}}],"#
            ),
            "",
            "",
        );
        let report = lint(text.as_bytes(), &Context::default());
        let told =
            |problem: &Problem| format!("{} {}: {}", problem.fact.code(), problem.pointer, problem.fact);
        report.problems.iter().map(told).collect::<Vec<_>>()
    };
    let place = "/subjects/0/identifiers/0/versions";
    for (identifier, fact) in [
        (
            r#"{"kind":"purl","value":"pkg:deb/debian/kesl","versions":"vers:deb/>=2|<1"}"#,
            "byte 13: found a version smaller than the one before, wanted them sorted",
        ),
        (
            r#"{"kind":"purl","value":"pkg:deb/debian/kesl","versions":"vers:deb/>=2_1"}"#,
            "byte 12: not a version of this scheme: found a character that has no place there in this scheme",
        ),
        (
            r#"{"kind":"purl","value":"pkg:deb/debian/kesl","versions":"vers:rpm/>=2"}"#,
            "byte 5: found a range of rpm versions, wanted one of deb versions",
        ),
        (
            r#"{"kind":"package","value":"npm:left-pad","versions":"1.0"}"#,
            "byte 3: not a version of npm: found fewer or more numbers than this scheme has",
        ),
        (
            r#"{"kind":"cpe","value":"cpe:2.3:a:a:b:*:*:*:*:*:*:*:*","versions":"<2"}"#,
            "byte 0: found a comparator and no scheme, wanted `vers:<scheme>/<constraint>|…`",
        ),
    ] {
        let problems = found(identifier);
        let [problem] = &problems[..] else { panic!("{problems:?}") };
        assert!(problem.starts_with(&format!("identifier-invalid {place}: ")), "{problem}");
        assert!(problem.ends_with(fact), "{problem}");
    }
    let unknown = found(r#"{"kind":"package","value":"kesl","versions":"vers:moon/<2"}"#);
    let [problem] = &unknown[..] else { panic!("{unknown:?}") };
    assert!(problem.starts_with(&format!("unknown-word {place}: ")), "{problem}");
    let known = found(r#"{"kind":"package","value":"deb:kesl","versions":">=11.0|!=11.2|<12.0"}"#);
    assert_eq!(known, NOTHING);
}

#[test]
fn an_exclusion_that_takes_back_the_subject_is_an_error_and_of_one_identifier_a_warning() {
    let subject = |own: &str, excluded: &str| {
        members(&format!(
            r#""subjects":[{{"id":"s","name":"s","disposition":"prohibited","identifiers":[{own}],"excludes":[{{"id":"x","reason":"r","identifiers":[{excluded}]}}]}}],"#
        ))
    };
    let id = |kind: &str, value: &str| format!(r#"{{"kind":"{kind}","value":"{value}"}}"#);
    let wide = id("cpe", "cpe:2.3:a:v:*:*:*:*:*:*:*:*:*");
    let narrow = id("cpe", "cpe:2.3:a:v:p:*:*:*:*:*:*:*:*");
    let package = id("package", "p");
    let place = "/subjects/0/excludes/0";
    assert_eq!(subject(&narrow, &wide), [format!("swallows-subject {place}")]);
    assert_eq!(subject(&wide, &wide), [format!("swallows-subject {place}")]);
    assert_eq!(subject(&wide, &narrow), NOTHING);
    assert_eq!(subject(&format!("{narrow},{package}"), &wide), [format!("excludes-identifier {place}")]);
    assert_eq!(
        subject(&id("domain", "a.example.org"), &id("domain", "example.org")),
        [format!("swallows-subject {place}")]
    );
    assert_eq!(subject(&id("domain", "badexample.org"), &id("domain", "example.org")), NOTHING);
    assert_eq!(
        subject(&id("purl", "pkg:deb/p@1"), &id("purl", "pkg:deb/p")),
        [format!("swallows-subject {place}")]
    );
    assert_eq!(subject(&id("purl", "pkg:deb/pq"), &id("purl", "pkg:deb/p")), NOTHING);
}

#[test]
fn a_due_states_one_date_in_known_words() {
    for (due, wanted) in [
        ("{}", vec!["due-forms /actions/0/due"]),
        (r#"{"at":{"time":"2018-01-05"},"ongoing":true}"#, vec!["due-forms /actions/0/due"]),
        (r#"{"every":{"n":0,"unit":"day","from":"issued"}}"#, vec!["every-zero /actions/0/due/every/n"]),
        (
            r#"{"offset":{"n":1,"unit":"fortnight","anchor":"issued"}}"#,
            vec!["unknown-word /actions/0/due/offset/unit"],
        ),
        (
            r#"{"offset":{"n":1,"unit":"day","anchor":"moonrise"}}"#,
            vec!["unknown-word /actions/0/due/offset/anchor"],
        ),
        (
            r#"{"offset":{"n":1,"unit":"day","anchor":"issued","roll":"forth"}}"#,
            vec!["unknown-word /actions/0/due/offset/roll"],
        ),
        (r#"{"edge":"middle","ongoing":true}"#, vec!["unknown-word /actions/0/due/edge"]),
        (
            r#"{"at":{"time":"2018-01-05","zone":"Mars/Olympus"}}"#,
            vec!["unknown-zone /actions/0/due/at/zone"],
        ),
        (r#"{"by_subject":true}"#, vec!["subjects-without-due /actions/0/due/by_subject"]),
        (
            r#"{"offset":{"n":10,"unit":"business-day","anchor":"issued"}}"#,
            vec!["calendar-missing /actions/0/due/offset/calendar"],
        ),
        (
            r#"{"offset":{"n":4294967295,"unit":"year","anchor":"issued"}}"#,
            vec!["not-computed /actions/0/due"],
        ),
    ] {
        assert_eq!(action(&format!(",\"due\":{due}")), wanted, "{due}");
    }
}

#[test]
fn a_deadline_on_a_weekend_wants_a_roll_that_says_whether_it_stands() {
    let at = |n: u32, roll: &str| {
        format!(r#","due":{{"offset":{{"n":{n},"unit":"day","anchor":"issued"{roll}}}}}"#)
    };
    assert_eq!(
        message(&draft("", "", &at(60, ""))),
        "warning at /actions/0/due/offset: falls on Sunday, 2017-11-12, and no roll says whether that stands [falls-on-a-weekend]"
    );
    assert_eq!(action(&at(60, r#","roll":"none""#)), NOTHING);
    assert_eq!(action(&at(58, "")), NOTHING);
    assert_eq!(action(&at(59, "")), ["falls-on-a-weekend /actions/0/due/offset"]);
    assert_eq!(action(&at(61, "")), NOTHING);
}

#[test]
fn a_deadline_comes_after_the_directive() {
    let at = |day: &str| format!(r#","due":{{"at":{{"time":"{day}"}}}}"#);
    assert_eq!(action(&at("2017-09-12")), ["due-before-issued /actions/0/due"]);
    assert_eq!(action(&at("2017-09-13")), NOTHING);
    let effective = |day: &str| of(&draft(r#""effective":"2017-10-01","#, "", &at(day)));
    assert_eq!(effective("2017-09-30"), ["due-before-effective /actions/0/due"]);
    assert_eq!(effective("2017-10-01"), NOTHING);
}

#[test]
fn hours_are_counted_from_a_moment() {
    let hours = r#","due":{"offset":{"n":48,"unit":"hour","anchor":"issued"}}"#;
    assert_eq!(action(hours), ["hours-from-a-day /actions/0/due/offset"]);
    assert_eq!(of(&draft(r#""issued":"2017-09-13T16:00:00Z","#, "", hours)), NOTHING);
}

#[test]
fn an_abbreviation_that_the_clocks_contradict_is_flagged() {
    let at = |time: &str, words: &str| format!(r#","due":{{"at":{{"time":"{time}","words":"{words}"}}}}"#);
    assert_eq!(
        message(&draft("", "", &at("2020-07-17T18:00:00Z", "2:00 pm EST, July 17"))),
        "warning at /actions/0/due/at/words: found EST in the words, wanted EDT: that is what America/New_York goes by at that moment [zone-abbreviation]"
    );
    for fine in [
        at("2020-07-17T18:00:00Z", "2:00 pm EDT"),
        at("2020-01-17T19:00:00Z", "2:00 pm EST"),
        at("2020-07-17", "2 pm, BEST EFFORT"),
    ] {
        assert_eq!(action(&fine), NOTHING, "{fine}");
    }
}

#[test]
fn begin_and_complete_are_not_confused() {
    let due = r#""offset":{"n":90,"unit":"day","anchor":"issued"}"#;
    let act = |kind: &str, edge: &str| {
        actions(&format!(r#"{{"id":"a","modality":"must","kind":"{kind}","due":{{{edge}{due}}}}}"#))
    };
    assert_eq!(act("remove", ""), ["remove-without-edge /actions/0/due/edge"]);
    assert_eq!(act("remove", r#""edge":"begin","#), NOTHING);
    assert_eq!(act("remove", r#""edge":"complete","#), NOTHING);
    assert_eq!(act("begin-removal", r#""edge":"complete","#), ["begin-and-complete /actions/0/due/edge"]);
    assert_eq!(act("begin-removal", r#""edge":"begin","#), NOTHING);
    assert_eq!(actions(r#"{"id":"a","modality":"must","kind":"remove"}"#), NOTHING);
}

#[test]
fn a_reporting_duty_says_what_silence_means() {
    let act = |members: &str| {
        actions(&format!(
            r#"{{"id":"b","modality":"must","kind":"block"}},{{"id":"a","modality":"must",{members}}}"#
        ))
    };
    for kind in ["report", "identify", "attest"] {
        assert_eq!(
            act(&format!(r#""kind":"{kind}""#)),
            ["negative-report-missing /actions/1/negative_report"]
        );
        for answer in ["required", "not-required"] {
            assert_eq!(act(&format!(r#""kind":"{kind}","negative_report":"{answer}""#)), NOTHING);
        }
    }
    assert_eq!(
        act(r#""kind":"hunt","due":{"edge":"report","ongoing":true}"#),
        ["negative-report-missing /actions/1/negative_report"]
    );
    assert_eq!(
        act(r#""kind":"hunt","negative_report":"maybe""#),
        ["unknown-word /actions/1/negative_report"]
    );
}

#[test]
fn an_action_that_must_follow_one_that_is_due_later_is_flagged() {
    let act = |id: &str, n: u32, after: &str| {
        format!(
            r#"{{"id":"{id}","modality":"must","kind":"block","after":[{after}],"due":{{"offset":{{"n":{n},"unit":"day","anchor":"issued"}}}}}}"#
        )
    };
    assert_eq!(
        actions(&[act("a", 30, "\"b\""), act("b", 33, "")].join(",")),
        ["after-later /actions/0/after/0"]
    );
    assert_eq!(actions(&[act("a", 33, "\"b\""), act("b", 33, "")].join(",")), NOTHING);
}

#[test]
fn waivers_and_responses_hold_together() {
    for (given, wanted) in [
        (r#""waivers":[{"id":"w","from":"2018-01-01","granted_by":"g"}],"#, "waives-everyone /waivers/0"),
        (
            r#""waivers":[{"id":"w","beneficiaries":["x"],"from":"2018-01-02","until":"2018-01-01","granted_by":"g"}],"#,
            "ends-before-it-begins /waivers/0/until",
        ),
        (r#""responses":[{"id":"r","vendor":"v","state":"received"}],"#, "response-state /responses/0/state"),
        (r#""responses":[{"id":"r","vendor":"v","state":"lost"}],"#, "unknown-word /responses/0/state"),
        (
            r#""responses":[{"id":"r","vendor":"v","state":"invited","due":"2017-09-12"}],"#,
            "due-before-issued /responses/0/due",
        ),
    ] {
        assert_eq!(members(given), [wanted], "{given}");
    }
}

/// A table of the inputs `x` and `y`, each `a` or `b` and `a` where unknown.
fn table(rows: &str) -> Vec<String> {
    let input = |id: &str| format!(r#"{{"id":"{id}","values":["a","b"],"default":"a"}}"#);
    members(&format!(r#""tables":[{{"id":"t","inputs":[{},{}],"rows":[{rows}]}}],"#, input("x"), input("y")))
}

#[test]
fn a_table_decides_for_all_values_and_every_row_of_it_decides_something() {
    let row = |when: &str| format!(r#"{{"when":{{{when}}},"outcome":"o"}}"#);
    let (a, b, any) = (row(r#""x":"a""#), row(r#""x":"b""#), row(""));
    assert_eq!(table(&[a.as_str(), &b].join(",")), NOTHING);
    assert_eq!(table(&[a.as_str(), &any].join(",")), NOTHING);
    assert_eq!(table(&a), ["table-incomplete /tables/0/rows"]);
    assert_eq!(table(&[a.as_str(), &b, &any].join(",")), ["row-unreachable /tables/0/rows/2"]);
    assert_eq!(
        table(&[a.as_str(), &row(r#""x":"c""#), &b].join(",")),
        ["table-value /tables/0/rows/1/when/x"]
    );
    assert_eq!(table(&row(r#""z":"a""#)), ["dangling /tables/0/rows/0/when/z"]);
    let due = |due: &str| table(&format!(r#"{{"when":{{}},"outcome":"o","due":{due}}}"#));
    assert_eq!(due("{}"), ["due-forms /tables/0/rows/0/due"]);
    assert_eq!(due(r#"{"table":"t"}"#), ["not-computed /tables/0/rows/0/due"]);
    assert_eq!(due(r#"{"table":"u"}"#), ["dangling /tables/0/rows/0/due/table"]);
    assert_eq!(
        due(r#"{"offset":{"n":60,"unit":"day","anchor":"issued"}}"#),
        ["falls-on-a-weekend /tables/0/rows/0/due/offset"]
    );
    assert_eq!(
        due(r#"{"at":{"time":"2020-07-17T18:00:00Z","words":"2:00 pm EST"}}"#),
        ["zone-abbreviation /tables/0/rows/0/due/at/words"]
    );
}

#[test]
fn an_input_that_may_be_unknown_wants_a_default_that_it_can_take() {
    let one = |input: &str| {
        members(&format!(
            r#""tables":[{{"id":"t","inputs":[{input}],"rows":[{{"when":{{}},"outcome":"o"}}]}}],"#
        ))
    };
    assert_eq!(one(r#"{"id":"x","values":["a"]}"#), ["input-without-default /tables/0/inputs/0/default"]);
    assert_eq!(one(r#"{"id":"x","values":["a"],"default":"b"}"#), ["table-value /tables/0/inputs/0/default"]);
    let inputs: Vec<String> =
        (0..24).map(|n| format!(r#"{{"id":"i{n}","values":["a","b"],"default":"a"}}"#)).collect();
    let rows: Vec<String> = (0..24)
        .map(|n| format!(r#"{{"when":{{"i{n}":"a","i{}":"a"}},"outcome":"{n}"}}"#, (n + 1) % 24))
        .collect();
    let large =
        format!(r#""tables":[{{"id":"t","inputs":[{}],"rows":[{}]}}],"#, inputs.join(","), rows.join(","));
    assert_eq!(members(&large), ["table-too-large /tables/0/rows"]);
}

#[test]
fn a_calendar_has_business_days_and_holidays_and_leads_somewhere() {
    let calendars = |list: &str| members(&format!(r#""calendars":[{list}],"#));
    assert_eq!(calendars(r#"{"id":"c","base":"us-federal-dc","weekend":[]}"#), NOTHING);
    for (given, wanted) in [
        (r#"{"id":"us-federal"}"#, "calendar-built-in /calendars/0/id"),
        (r#"{"id":"c"},{"id":"c"}"#, "duplicate-id /calendars/1/id"),
        (r#"{"id":"c","base":"moon"}"#, "dangling /calendars/0/base"),
        (r#"{"id":"c","base":"c"}"#, "circle /calendars/0/base"),
        (r#"{"id":"b","base":"c"},{"id":"c","base":"d"},{"id":"d","base":"c"}"#, "circle /calendars/0/base"),
        (r#"{"id":"c","weekend":["caturday"]}"#, "unknown-word /calendars/0/weekend/0"),
        (
            r#"{"id":"c","weekend":["monday","tuesday","wednesday","thursday","friday","saturday","sunday"]}"#,
            "no-business-days /calendars/0/weekend",
        ),
        (
            r#"{"id":"c","holidays":[{"day":"2020-01-01","name":"n"},{"day":"2020-01-01","name":"m"}]}"#,
            "duplicate-holiday /calendars/0/holidays/1/day",
        ),
        (r#"{"id":"c","holidays":[{"day":"2020-01-01","name":""}]}"#, "empty /calendars/0/holidays/0/name"),
    ] {
        assert_eq!(calendars(given), [wanted], "{given}");
    }
}

#[test]
fn business_days_name_a_calendar_that_is_there() {
    let due = |form: &str| action(&format!(",\"due\":{{{form}}}"));
    assert_eq!(
        due(r#""offset":{"n":1,"unit":"day","anchor":"issued","roll":"next-business-day"}"#),
        ["calendar-missing /actions/0/due/offset/calendar"]
    );
    assert_eq!(
        due(
            r#""offset":{"n":1,"unit":"hour","anchor":"detected","roll":"next-business-day","calendar":"us-federal"}"#
        ),
        ["hours-roll /actions/0/due/offset/roll"]
    );
    assert_eq!(
        due(r#""every":{"n":1,"unit":"business-day","from":"issued"}"#),
        ["calendar-missing /actions/0/due/every/calendar"]
    );
    assert_eq!(
        due(r#""offset":{"n":1,"unit":"business-day","anchor":"issued","calendar":"moon"}"#),
        ["dangling /actions/0/due/offset/calendar"]
    );
    assert_eq!(
        due(r#""every":{"n":1,"unit":"business-day","from":"issued","calendar":"moon"}"#),
        ["dangling /actions/0/due/every/calendar"]
    );
    assert_eq!(
        due(r#""every":{"n":1,"unit":"business-day","from":"issued","calendar":"us-federal"}"#),
        NOTHING
    );
}

#[test]
fn a_deadline_on_a_holiday_wants_a_roll_that_says_whether_it_stands() {
    // 26 days: Columbus Day, 9 October 2017.
    let at = |more: &str| format!(r#","due":{{"offset":{{"n":26,"unit":"day","anchor":"issued"{more}}}}}"#);
    assert_eq!(
        message(&draft("", "", &at(r#","calendar":"us-federal""#))),
        "warning at /actions/0/due/offset: falls on Columbus Day, 2017-10-09, and no roll says whether that stands [falls-on-a-holiday]"
    );
    assert_eq!(action(&at(r#","calendar":"us-federal","roll":"none""#)), NOTHING);
    assert_eq!(action(&at("")), NOTHING);
    let own = r#""calendars":[{"id":"c","base":"us-federal"}],"#;
    assert_eq!(of(&draft(own, "", &at(""))), ["falls-on-a-holiday /actions/0/due/offset"]);
    assert_eq!(
        action(r#","due":{"every":{"n":60,"unit":"day","from":"issued"}}"#),
        ["falls-on-a-weekend /actions/0/due/every"]
    );
}

#[test]
fn a_waiver_ends_with_what_it_frees_from_or_says_what_then() {
    let waiver = |part: &str, more: &str| {
        let waiver = format!(
            r#""waivers":[{{"id":"w","part":"{part}","beneficiaries":["x"],"from":"2017-10-01","granted_by":"g"{more}}}],"#
        );
        let until = r#","valid_until":"2017-12-31""#;
        let due = r#","due":{"every":{"n":7,"unit":"day","from":"issued","until":"2017-12-31"}}"#;
        of(&draft(&waiver, until, due))
    };
    assert_eq!(waiver("s", r#","until":"2017-12-31""#), NOTHING);
    assert_eq!(waiver("s", r#","until":"2018-01-01""#), ["waiver-outlasts /waivers/0/until"]);
    assert_eq!(waiver("s", ""), ["waiver-outlasts /waivers/0"]);
    assert_eq!(waiver("a", r#","until":"2017-12-20""#), NOTHING);
    assert_eq!(waiver("a", r#","until":"2018-01-09""#), ["waiver-outlasts /waivers/0/until"]);
    let once = |until: &str, more: &str| {
        let waiver = format!(
            r#""waivers":[{{"id":"w","part":"a","beneficiaries":["x"],"from":"2017-10-01","until":"{until}","granted_by":"g"{more}}}],"#
        );
        of(&draft(&waiver, "", r#","due":{"at":{"time":"2017-11-30"}}"#))
    };
    assert_eq!(once("2017-11-30", ""), NOTHING);
    assert_eq!(once("2017-12-01", ""), ["waiver-without-conditions /waivers/0/until"]);
    assert_eq!(once("2017-12-01", r#","conditions":["c"]"#), NOTHING);
}

#[test]
fn every_code_is_kebab_case_and_occurs_once() {
    let mut codes = Fact::CODES.to_vec();
    assert!(codes.iter().all(|code| code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')));
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), Fact::CODES.len());
}

#[test]
fn a_blank_of_the_template_must_be_filled_also_in_a_draft_of_the_wrong_shape() {
    assert_eq!(members(r#""title":"FILL: title","#), ["blank /title"]);
    assert_eq!(subject(r#","notes":["a","FILL: note"]"#), ["blank /subjects/0/notes/1"]);
    assert_eq!(members(r#""title":"FILL: title","revision":0,"#), ["blank /title", "shape /revision"]);
    assert_eq!(members(r#""title":"to FILL: in","#), NOTHING);
}

#[test]
fn a_character_that_nobody_sees_is_told_of_wherever_it_stands() {
    assert_eq!(members("\"title\":\"a\u{202e}b\","), ["invisible-character /title"]);
    assert_eq!(members(r#""title":"a\u001b[2J","#), ["invisible-character /title"]);
    assert_eq!(subject(r#","notes":["a","\u200b"]"#), ["invisible-character /subjects/0/notes/1"]);
    assert_eq!(members(r#""summary":"one\r\n\ttwo","#), NOTHING);
    let report = lint(draft("\"title\":\"a\u{202e}b\",", "", "").as_bytes(), &Context::default());
    assert!(report.may_be_signed());
    assert_eq!(
        report.problems[0].to_string(),
        "warning at /title: found the character U+202E, which cannot be seen and may change how the text looks \
         [invisible-character]"
    );
}
