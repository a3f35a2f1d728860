//! Package URLs, CPE names, versions and every other identifier: two of them, as a directive and as an inventory name
//! them, judged against each other.
#![no_main]

use interdict_schema::product::identifier::KINDS;
use interdict_schema::product::network::address;
use interdict_schema::product::{
    Cidr, Cpe, CveId, Domain, FilePath, Identifier, Image, Name, PackageName, PathPattern, ProcessName, Purl,
    RegistryKey, Versions, signer,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut parts = text.splitn(3, '\n');
    let (one, other, versions) =
        (parts.next().unwrap_or(""), parts.next().unwrap_or(""), parts.next().unwrap_or("*"));
    for kind in KINDS.into_iter().chain(["unknown"]) {
        let _ = Identifier::parse(kind, one, Some(versions)).map(|identifier| identifier.certainty());
        if let Err(error) = Identifier::parse(kind, one, None) {
            assert!(error.at() <= one.len(), "{kind}: {error} at {}", error.at());
        }
    }
    let range = Versions::parse(versions);
    if let Ok(range) = &range {
        let _ = range.contain(Some(one));
        let _ = range.contain(None);
    }
    if let Ok(purl) = Purl::parse(one) {
        let written = purl.to_string();
        let again = Purl::parse(&written).expect("the canonical form can be read");
        assert_eq!(again, purl, "{written}");
        assert_eq!(again.to_string(), written);
        if let (Ok(other), Ok(range)) = (Purl::parse_lenient(other), &range) {
            let _ = purl.matches(range, &other);
        }
        assert!(
            purl.matches(&Versions::Any, &purl.clone()) != interdict_schema::product::Answer::NoMatch,
            "{purl} is itself"
        );
    }
    let _ = Purl::parse_lenient(one);
    if let Ok(cpe) = Cpe::parse(one) {
        let again = Cpe::parse(&cpe.to_string()).expect("the formatted string can be read");
        assert_eq!(again, cpe);
        if let Ok(other) = Cpe::parse(other) {
            let _ = (cpe.is_superset_of(&other), cpe.is_disjoint_from(&other), cpe.matches(&other));
            // Not the mirror image of a subset: where the target has wildcards, NISTIR 7696 leaves it undefined.
            assert!(!(cpe.is_superset_of(&other) && cpe.is_disjoint_from(&other)));
        }
    }
    if let Ok(package) = PackageName::parse(one) {
        let _ = package.matches(package.ecosystem(), other);
    }
    let _ = one.parse::<CveId>().map(|cve| cve.to_string());
    let _ = Name::of(one).map(|name| name.words().count());
    seen(one, other);
});

/// Rules against what a source saw; and tables by beginnings leave out nothing that a rule means.
fn seen(one: &str, other: &str) {
    if let Ok(rule) = Domain::parse(one) {
        assert!(rule.matches(&Domain::seen(one).expect("a rule's domain can be seen")) && !rule.is_public_suffix());
        if let Ok(other) = Domain::seen(other) {
            assert_eq!(rule.matches(&other), other.and_above().any(|above| above == rule.as_str()));
        }
    }
    if let (Ok(rule), Ok(other)) = (Cidr::parse(one), address(other)) {
        assert_eq!(rule.contains(other), Cidr::around(other, rule.prefix()) == Some(rule));
    }
    if let (Ok(rule), Ok(other)) = (PathPattern::parse(one), FilePath::parse(other)) {
        let beginnings: Vec<String> = other.beginnings().collect();
        let led = rule.beginnings().any(|beginning| beginnings.contains(&beginning));
        assert!(led || !rule.matches(&other), "{rule} means {other}");
        let _ = other.name();
    }
    if let (Ok(rule), Ok(other)) = (RegistryKey::parse(one), RegistryKey::seen(other)) {
        let led = other.beginnings().any(|beginning| beginning == rule.beginning());
        assert!(led || !rule.matches(&other), "{rule} means {other}");
    }
    if let (Ok(rule), Ok(other)) = (ProcessName::parse(one), ProcessName::seen(other)) {
        let _ = rule.matches(&other);
    }
    if let Ok(image) = Image::parse(one) {
        assert_eq!(Image::parse(&image.to_string()).as_ref(), Ok(&image));
        let _ = Image::parse(other).map(|other| image.matches(&other));
    }
    if let Ok(cpe) = Cpe::parse(one) {
        let _ = cpe.well_formed_name().to_string();
        assert_eq!(Cpe::parse(&cpe.uri().to_string()).as_ref(), Ok(&cpe), "{}", cpe.uri());
    }
    let _ = (signer::name(one), signer::names(one));
}
