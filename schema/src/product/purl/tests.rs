use alloc::format;
use alloc::string::ToString;

use super::*;
use crate::limits::PURL_LENGTH;

fn purl(text: &str) -> Purl {
    Purl::parse(text).unwrap()
}

#[test]
fn writes_the_canonical_text() {
    for (text, canonical) in [
        ("pkg:deb/debian/kesl@11.4.0-1135?arch=amd64", "pkg:deb/debian/kesl@11.4.0-1135?arch=amd64"),
        ("pkg:DEB/Debian/Kesl", "pkg:deb/debian/kesl"),
        ("pkg:PyPI/Zope_Interface@5", "pkg:pypi/zope-interface@5"),
        ("pkg:npm/@scope/Name", "pkg:npm/%40scope/Name"),
        ("pkg://golang/example.org/m@v1#/a/../b/", "pkg:golang/example.org/m@v1#a/b"),
        ("pkg:rpm/fedora/x@1?b=2&a=1&c=", "pkg:rpm/fedora/x@1?a=1&b=2"),
        ("pkg:generic/a%20b@1%2B2", "pkg:generic/a%20b@1%2B2"),
    ] {
        assert_eq!(purl(text).to_string(), canonical);
        assert_eq!(purl(canonical).to_string(), canonical);
    }
}

#[test]
fn says_at_which_byte_which_rule_is_broken() {
    for (text, at, rule) in [
        ("", 0, PurlRule::Scheme),
        ("deb/kesl", 0, PurlRule::Scheme),
        ("npm:deb/kesl", 0, PurlRule::Scheme),
        ("pkg:", 4, PurlRule::TypeMissing),
        ("pkg:3d/kesl", 4, PurlRule::TypeCharacter),
        ("pkg:d+b/kesl", 5, PurlRule::TypeCharacter),
        ("pkg:deb/debian/@1", 15, PurlRule::NameMissing),
        ("pkg:deb/debian/ke%2sl", 17, PurlRule::Percent),
        ("pkg:deb/debian/ke%", 17, PurlRule::Percent),
        ("pkg:deb/%ff/kesl", 8, PurlRule::Utf8),
        ("pkg:deb/a%2Fb/kesl", 8, PurlRule::SlashInSegment),
        ("pkg:deb/debian/k%00", 15, PurlRule::Control),
        ("pkg:deb/debian/k\u{7f}", 16, PurlRule::Control),
        ("pkg:deb/debian/\u{e9}\u{85}", 17, PurlRule::Control),
        ("pkg:deb/debian/k#\n", 17, PurlRule::Control),
        ("pkg:deb/debian/kesl?arch", 20, PurlRule::QualifierValue),
        ("pkg:deb/debian/kesl?a=1&Arch=x", 24, PurlRule::QualifierKey),
        ("pkg:deb/debian/kesl?a=1&a=2", 24, PurlRule::QualifierTwice),
        ("pkg:pypi/a/b", 11, PurlRule::NamespaceProhibited),
        ("pkg:github/b", 11, PurlRule::NamespaceMissing),
        ("pkg:swid/b", 9, PurlRule::QualifierMissing { key: "tag_id" }),
        ("pkg:cpan/A::B", 9, PurlRule::Name),
    ] {
        assert_eq!(Purl::parse(text), Err(PurlError { at, rule }), "{text}");
    }
    let longest = format!("pkg:deb/{}", "a".repeat(PURL_LENGTH - 8));
    assert!(Purl::parse(&longest).is_ok());
    assert_eq!(Purl::parse(&(longest + "a")).unwrap_err().rule, PurlRule::TooLong { limit: PURL_LENGTH });
}

#[test]
fn an_inventory_may_write_keys_and_namespaces_its_own_way() {
    assert_eq!(
        Purl::parse_lenient("pkg:Rpm/fedora/curl@1?Arch=i386").unwrap().to_string(),
        "pkg:rpm/fedora/curl@1?arch=i386"
    );
    assert!(Purl::parse_lenient("pkg:pypi/a/b").is_ok());
}

#[test]
fn a_rule_recognises_its_package_and_no_other() {
    let any = Versions::Any;
    let rule = purl("pkg:deb/debian/kesl");
    assert_eq!(
        rule.matches(&any, &purl("pkg:deb/debian/kesl@11.4?arch=amd64&distro=debian-12")),
        Answer::Match
    );
    for other in [
        "pkg:deb/debian/kesl-gui@11",
        "pkg:deb/debian/libkesl-doc",
        "pkg:rpm/debian/kesl",
        "pkg:deb/ubuntu/kesl",
    ] {
        assert_eq!(rule.matches(&any, &purl(other)), Answer::NoMatch, "{other}");
    }
    assert_eq!(rule.matches(&any, &purl("pkg:deb/kesl")), Answer::Unknown(Reason::NamespaceAbsent));
    assert_eq!(purl("pkg:deb/kesl").matches(&any, &purl("pkg:deb/ubuntu/kesl@1")), Answer::Match);
    // Only a distribution may be left open: an npm name without a scope is another package.
    assert_eq!(purl("pkg:npm/core").matches(&any, &purl("pkg:npm/%40babel/core")), Answer::NoMatch);
}

#[test]
fn versions_and_qualifiers_count_where_the_rule_has_them() {
    let any = Versions::Any;
    let rule = purl("pkg:deb/debian/kesl@11?arch=amd64");
    assert_eq!(rule.matches(&any, &purl("pkg:deb/debian/kesl@11?arch=amd64")), Answer::Match);
    assert_eq!(rule.matches(&any, &purl("pkg:deb/debian/kesl@12?arch=amd64")), Answer::NoMatch);
    assert_eq!(rule.matches(&any, &purl("pkg:deb/debian/kesl@11?arch=i386")), Answer::NoMatch);
    let unsaid = rule.matches(&any, &purl("pkg:deb/debian/kesl@11"));
    assert_eq!(unsaid, Answer::Unknown(Reason::QualifierAbsent));
    let range = Versions::parse("vers:deb/<12").unwrap();
    let answer = purl("pkg:deb/debian/kesl").matches(&range, &purl("pkg:deb/debian/kesl@11"));
    assert_eq!(answer, Answer::Match);
    let answer = purl("pkg:deb/debian/kesl").matches(&range, &purl("pkg:deb/debian/kesl@12"));
    assert_eq!(answer, Answer::NoMatch);
}

#[test]
fn an_epoch_among_the_qualifiers_belongs_to_the_version() {
    let range = Versions::parse("vers:rpm/<1:2.0").unwrap();
    let rule = purl("pkg:rpm/fedora/kesl");
    let inside = |component: &str| rule.matches(&range, &purl(component));
    assert_eq!(inside("pkg:rpm/fedora/kesl@3.0-1"), Answer::Match);
    assert_eq!(inside("pkg:rpm/fedora/kesl@3.0-1?epoch=1"), Answer::NoMatch);
    assert_eq!(inside("pkg:rpm/fedora/kesl@1:1.0-1"), Answer::Match);
    let exactly = purl("pkg:rpm/fedora/kesl@1:3.0-1");
    assert_eq!(exactly.matches(&Versions::Any, &purl("pkg:rpm/fedora/kesl@3.0-1?epoch=1")), Answer::Match);
    assert_eq!(exactly.matches(&Versions::Any, &purl("pkg:rpm/fedora/kesl@3.0-1")), Answer::NoMatch);
}

#[test]
fn parts_are_checked_as_a_text_is() {
    let deb = |namespace, name, version, subpath| {
        Purl::build("deb", namespace, name, version, BTreeMap::new(), subpath)
    };
    let built = deb(Some("/debian//x/"), "Kesl", Some(""), Some("a/../b")).unwrap();
    assert_eq!(built.to_string(), "pkg:deb/debian/x/kesl#a/b");
    let rule = |built: Result<Purl, PurlError>| built.unwrap_err().rule;
    assert_eq!(rule(deb(None, "", None, None)), PurlRule::NameMissing);
    assert_eq!(rule(deb(None, "a\nb", None, None)), PurlRule::Control);
    let longest = "a".repeat(PURL_LENGTH);
    assert!(deb(None, &longest, None, None).is_ok());
    assert_eq!(rule(deb(None, &longest, Some("1"), None)), PurlRule::TooLong { limit: PURL_LENGTH });
}
