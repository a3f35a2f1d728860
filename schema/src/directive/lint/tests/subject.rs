//! The ban list: subjects, identifiers, exclusions.

use alloc::format;
use alloc::vec::Vec;

use super::*;

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
fn identifiers_that_mean_the_same_are_one_however_they_are_spelled() {
    let again = "duplicate-identifier /subjects/0/identifiers/1";
    for (kind, one, other) in [
        ("vendor", "AO Kaspersky-Lab", "ao  kaspersky lab"),
        ("domain", "EXAMPLE.com", "example.com"),
        ("purl", "pkg:npm/@a/b", "pkg:npm/%40a/b"),
        ("cve", "cve-2020-1472", "CVE-2020-1472"),
        // What cannot be read is compared as it is written.
        ("smell", "x", "x"),
    ] {
        let two = format!(r#"{{"kind":"{kind}","value":"{one}"}},{{"kind":"{kind}","value":"{other}"}}"#);
        let found = identifiers(&two);
        assert!(found.iter().any(|problem| problem == again), "{kind}: {found:?}");
    }
    for two in [
        r#"{"kind":"smell","value":"x"},{"kind":"smell","value":"X"}"#,
        r#"{"kind":"vendor","value":"a b","confidence":"high"},{"kind":"signer","value":"a b"}"#,
        r#"{"kind":"package","value":"p","versions":"vers:deb/<1"},{"kind":"package","value":"p","versions":"vers:deb/<2"}"#,
    ] {
        let found = identifiers(two);
        assert!(!found.iter().any(|problem| problem.starts_with("duplicate")), "{found:?}");
    }
}

#[test]
fn a_scope_of_npm_is_no_package() {
    assert_eq!(
        identifiers(r#"{"kind":"purl","value":"pkg:npm/%40scope"}"#),
        ["scope-as-name /subjects/0/identifiers/0/value"]
    );
    assert_eq!(
        identifiers(
            r#"{"kind":"purl-namespace","value":"pkg:npm/%40scope"},{"kind":"purl","value":"pkg:npm/%40scope/p"},{"kind":"purl","value":"pkg:generic/%40scope"}"#
        ),
        NOTHING
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
    // The same, spelled otherwise.
    assert_eq!(subject(&narrow, &id("cpe", "cpe:/a:V")), [format!("swallows-subject {place}")]);
    assert_eq!(
        subject(&id("purl", "pkg:pypi/A_b@1"), &id("purl", "pkg:pypi/a-b")),
        [format!("swallows-subject {place}")]
    );
    assert_eq!(subject(&format!("{narrow},{package}"), &wide), [format!("excludes-identifier {place}")]);
    assert_eq!(
        subject(&id("domain", "a.example.org"), &id("domain", "example.org")),
        [format!("swallows-subject {place}")]
    );
    let nothing = [format!("excludes-nothing {place}")];
    assert_eq!(subject(&id("domain", "badexample.org"), &id("domain", "example.org")), nothing);
    assert_eq!(subject(&id("purl-namespace", "pkg:npm/%40a"), &id("purl", "pkg:npm/%40b/c")), nothing);
    assert_eq!(subject(&id("purl-namespace", "pkg:npm/%40a"), &id("purl", "pkg:npm/%40a/c")), NOTHING);
    assert_eq!(
        subject(&id("purl", "pkg:deb/p@1"), &id("purl", "pkg:deb/p")),
        [format!("swallows-subject {place}")]
    );
    assert_eq!(subject(&id("purl", "pkg:deb/pq"), &id("purl", "pkg:deb/p")), nothing);
    // What another kind of identifier recognises may well be what is excluded.
    let both = format!("{},{package}", id("purl", "pkg:deb/pq"));
    assert_eq!(subject(&both, &id("purl", "pkg:deb/p")), NOTHING);
    let ranges = |own: &str, excluded: &str| {
        let of = |versions: &str| format!(r#"{{"kind":"package","value":"deb:p","versions":"{versions}"}}"#);
        subject(&of(own), &of(excluded))
    };
    assert_eq!(ranges("<5", ">=5"), nothing);
    assert_eq!(ranges("<5", ">=4"), NOTHING);
    assert_eq!(ranges("<5", "<=5"), [format!("swallows-subject {place}")]);
}
