use alloc::format;
use alloc::string::ToString;

use super::*;
use crate::limits::CPE_LENGTH;

fn cpe(text: &str) -> Cpe {
    Cpe::parse(text).unwrap()
}

#[test]
fn a_list_of_vendor_and_product_may_stop_there() {
    let short = cpe("cpe:2.3:a:kaspersky:anti-virus");
    assert!(short.is_short());
    assert_eq!(short.to_string(), "cpe:2.3:a:kaspersky:anti-virus:*:*:*:*:*:*:*:*");
    assert!(!cpe(&short.to_string()).is_short());
}

#[test]
fn the_rule_recognises_what_it_is_wider_than_and_not_the_reverse() {
    let rule = cpe("cpe:2.3:a:kaspersky:endpoint_security");
    let found = cpe("cpe:2.3:a:Kaspersky:Endpoint_Security:11.4.0:*:*:*:*:windows:*:*");
    assert_eq!(rule.matches(&found), Answer::Match);
    assert_eq!(found.matches(&rule), Answer::Unknown(Reason::CpeReleaseAbsent));
}

#[test]
fn a_vendor_that_only_begins_alike_is_another_vendor() {
    let rule = cpe("cpe:2.3:a:kaspersky:*");
    for other in
        ["cpe:2.3:a:kasper_skarhoj:accessible_is_browse_results", "cpe:2.3:a:kaspersky_lab:online_scanner"]
    {
        assert_eq!(rule.matches(&cpe(other)), Answer::NoMatch, "{other}");
    }
}

#[test]
fn quoting_is_kept_apart_from_wildcards() {
    let rule = cpe(r"cpe:2.3:a:v:p\*");
    assert_eq!(rule.matches(&cpe(r"cpe:2.3:a:v:p\*")), Answer::Match);
    assert_eq!(rule.matches(&cpe("cpe:2.3:a:v:pq")), Answer::NoMatch);
    assert_eq!(cpe("cpe:2.3:a:v:p*").matches(&cpe("cpe:2.3:a:v:pq")), Answer::Match);
    assert_eq!(cpe("cpe:2.3:a:v:p??").matches(&cpe("cpe:2.3:a:v:pq")), Answer::Match);
    assert_eq!(cpe("cpe:2.3:a:v:p?").matches(&cpe("cpe:2.3:a:v:pqr")), Answer::NoMatch);
    assert_eq!(cpe(r"cpe:2.3:a:v:a\:b\\").to_string(), r"cpe:2.3:a:v:a\:b\\:*:*:*:*:*:*:*:*");
    assert_eq!(cpe(r"cpe:2.3:a:v:\-").product().literal().as_deref(), Some("-"));
}

#[test]
fn the_uri_binding_says_the_same() {
    for (uri, name) in [
        ("cpe:/a:kaspersky:anti-virus", "cpe:2.3:a:kaspersky:anti-virus:*:*:*:*:*:*:*:*"),
        (
            "cpe:/a:hp:insight:7.4.0.1570:-:~~online~win2003~x64~",
            "cpe:2.3:a:hp:insight:7.4.0.1570:-:*:*:online:win2003:x64:*",
        ),
        ("cpe:/a:v:p%21:8%02", r"cpe:2.3:a:v:p\!:8*:*:*:*:*:*:*:*"),
        ("cpe:/o", "cpe:2.3:o:*:*:*:*:*:*:*:*:*:*"),
    ] {
        assert_eq!(cpe(uri).to_string(), name);
        assert_eq!(cpe(uri), cpe(name));
    }
}

// Names of NISTIR 7695, 6.1.2.4 and 6.2.2.3 in our own words: the values are made up, the forms are the standard's.
#[test]
fn a_name_is_bound_to_every_form_and_read_back() {
    for (name, wfn, uri) in [
        (
            "cpe:2.3:a:v:p:8.0.6001:beta:*:*:*:*:*:*",
            r#"wfn:[part="a",vendor="v",product="p",version="8\.0\.6001",update="beta"]"#,
            "cpe:/a:v:p:8.0.6001:beta",
        ),
        (
            r"cpe:2.3:a:v:p\:q:1.*:-:*:en:online:win2003:x64:*",
            r#"wfn:[part="a",vendor="v",product="p\:q",version="1\.*",update=NA,language="en",sw_edition="online",target_sw="win2003",target_hw="x64"]"#,
            "cpe:/a:v:p%3aq:1.%02:-:~~online~win2003~x64~:en",
        ),
        (
            r"cpe:2.3:o:*:a?:*:*:\~:*:*:*:*:*",
            r#"wfn:[part="o",product="a?",edition="\~"]"#,
            "cpe:/o::a%01:::%7e",
        ),
        ("cpe:2.3:*:*:*:*:*:*:*:*:*:*:*", "wfn:[]", "cpe:/"),
    ] {
        let read = cpe(name);
        assert_eq!(read.to_string(), name);
        assert_eq!(read.well_formed_name().to_string(), wfn);
        assert_eq!(read.uri().to_string(), uri);
        assert_eq!(cpe(uri), read, "{uri}");
    }
}

// What NIST's reference implementation (CPENameMatcher, isEvenWildcards) answers, found by running it on 10,000 pairs.
#[test]
fn a_quoted_wildcard_after_an_odd_number_of_places_covers_what_the_reference_says_and_is_no_match() {
    let of = |version: &str| cpe(&format!("cpe:2.3:a:v:p:{version}:*:*:*:*:*:*:*"));
    for (rule, found, relation, answer) in [
        (r"9.\*", r"9.\?.2", Relation::Superset, Answer::Unknown(Reason::CpeQuotedWildcard)),
        (r"x\?", r"x\*", Relation::Superset, Answer::Unknown(Reason::CpeQuotedWildcard)),
        (r"x\?", r"x\*y", Relation::Disjoint, Answer::NoMatch),
        (r"9.\*", "9.2", Relation::Disjoint, Answer::NoMatch),
        (r"9.\*", r"9.\*", Relation::Equal, Answer::Match),
        (r"*ab.\*", r"xab.\?c", Relation::Superset, Answer::Unknown(Reason::CpeQuotedWildcard)),
        (r"9.\*", r"19.\?.2", Relation::Disjoint, Answer::NoMatch),
        // Two places before it: the reference, too, reads a character.
        (r"ab\*", r"ab\?.2", Relation::Disjoint, Answer::NoMatch),
        ("9.*", r"9.\?.2", Relation::Superset, Answer::Match),
    ] {
        let (rule, found) = (of(rule), of(found));
        assert_eq!(rule.relations(&found)[3], relation, "{rule} {found}");
        assert_eq!(rule.matches(&found), answer, "{rule} {found}");
    }
}

#[test]
fn says_at_which_byte_which_rule_is_broken() {
    for (text, at, rule) in [
        ("", 0, CpeRule::Prefix),
        ("cpe:2.2:a:v:p", 0, CpeRule::Prefix),
        ("cpe:2.3:a:v", 11, CpeRule::TooFew { found: 2 }),
        ("cpe:2.3:x:v:p", 8, CpeRule::Part),
        ("cpe:2.3:-:v:p", 8, CpeRule::Part),
        ("cpe:2.3:a::p", 10, CpeRule::Empty),
        ("cpe:2.3:a:v:p*q", 13, CpeRule::Wildcard),
        ("cpe:2.3:a:v:**", 12, CpeRule::Wildcard),
        ("cpe:2.3:a:v:p!", 13, CpeRule::Character),
        ("cpe:2.3:a:v:é", 12, CpeRule::Character),
        (r"cpe:2.3:a:v:p\", 13, CpeRule::Quote),
        (r"cpe:2.3:a:v:\q", 12, CpeRule::Quote),
        ("cpe:2.3:a:v:p:*:*:*:*:*:*:*:*:*", 29, CpeRule::TooMany { wanted: 11 }),
        ("cpe:/a:v:p%zz", 10, CpeRule::Percent),
        ("cpe:/a:v:p:1:e:%02", 15, CpeRule::WildcardAlone),
        ("cpe:/a:v:p:1::~%02~~~~", 15, CpeRule::WildcardAlone),
        ("cpe:/a:v:p:1:2:~a~b", 15, CpeRule::Packed { found: 2 }),
        ("cpe:/a:1:2:3:4:5:6:7", 18, CpeRule::TooMany { wanted: 7 }),
    ] {
        assert_eq!(Cpe::parse(text), Err(CpeError { at, rule }), "{text}");
    }
    let longest = format!("cpe:2.3:a:v:{}", "p".repeat(CPE_LENGTH - 12));
    assert!(Cpe::parse(&longest).is_ok());
    assert_eq!(Cpe::parse(&(longest + "p")).unwrap_err().rule, CpeRule::TooLong { limit: CPE_LENGTH });
}
