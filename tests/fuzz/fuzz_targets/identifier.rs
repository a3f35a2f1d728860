//! Package URLs, CPE names, versions and every other identifier: two of them, as a directive and as an inventory name
//! them, judged against each other.
#![no_main]

use interdict_schema::product::{Cpe, CveId, Identifier, Name, PackageName, Purl, Versions};
use libfuzzer_sys::fuzz_target;

const KINDS: [&str; 19] = [
    "purl",
    "package",
    "cpe",
    "vendor",
    "product",
    "signer",
    "cve",
    "sha256",
    "path",
    "process",
    "team-id",
    "bundle-id",
    "app-id",
    "extension-id",
    "registry-key",
    "domain",
    "cidr",
    "asn",
    "unknown",
];

fuzz_target!(|text: &str| {
    let mut parts = text.splitn(3, '\n');
    let (one, other, versions) =
        (parts.next().unwrap_or(""), parts.next().unwrap_or(""), parts.next().unwrap_or("*"));
    for kind in KINDS {
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
});
