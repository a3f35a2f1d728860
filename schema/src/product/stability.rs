//! What every reader of identifiers owes: no input panics, and what was read is written so that it reads the same.

use alloc::string::{String, ToString as _};

use super::version::VersionRange;
use super::{
    Asn, Authenticode, BundleId, CdHash, Cidr, Cpe, CveId, Domain, ExtensionId, FilePath, Identifier, Image,
    Name, PackageName, PathPattern, ProcessName, Purl, PurlNamespace, RegistryKey, Versions, identifier,
    signer,
};

const SEEDS: [&str; 24] = [
    "pkg:deb/debian/kesl@11.4.0-1135?arch=amd64&distro=debian-12#usr/lib",
    "pkg:git/github.com/a/b@1#x/y",
    "pkg:npm/%40scope/name@1.0%2B1?a=%25",
    "pkg:golang/example.org/m@v1",
    "pkg:npm/%40kaspersky",
    "pkg:maven/com.kaspersky",
    "a.xn--clb.0ale",
    "cpe:2.3:a:kaspersky:anti-virus:1.0\\:2:*:-:??x*:*:*:*:*",
    "cpe:/a:hp:insight:7.4.0:-:~~online~win2003~x64~:en%02",
    "CVE-2017-0144",
    "vers:deb/>=1.0|<2.0",
    "Kaspersky Lab, Inc. Straße",
    "deb:kesl",
    "HKLM\\SOFTWARE\\KasperskyLab",
    "%ProgramFiles%\\Kaspersky Lab\\*",
    "2001:db8::/32",
    "light_plugin_D772@kaspersky.com",
    "www.xn--bcher-kva.example.co.uk",
    "CN=\"Kaspersky Lab, Inc.\", O=AO Kaspersky Lab",
    "ghcr.io:443/kaspersky/kesl:11",
    "C:\\Program Files\\**\\kl?.exe",
    "~/a*/b",
    "HKU\\S-1-5-21\\Software\\Wow6432Node\\Kl*",
    "AS64496",
];

const CHARACTERS: [char; 22] = [
    '\0',
    ' ',
    '%',
    ':',
    '/',
    '\\',
    '@',
    '?',
    '#',
    '&',
    '=',
    '*',
    '~',
    '.',
    '-',
    '_',
    'A',
    '0',
    'ß',
    'İ',
    '\u{301}',
    '\u{10ffff}',
];

fn check(text: &str) {
    for purl in [Purl::parse(text), Purl::parse_lenient(text)].into_iter().flatten() {
        assert_eq!(Purl::parse_lenient(&purl.to_string()), Ok(purl), "{text:?}");
    }
    if let Ok(namespace) = PurlNamespace::parse(text) {
        assert_eq!(PurlNamespace::parse(&namespace.to_string()), Ok(namespace), "{text:?}");
    }
    if let Ok(cpe) = Cpe::parse(text) {
        assert_eq!(Cpe::parse(&cpe.uri().to_string()).as_ref(), Ok(&cpe), "{text:?}");
        assert_eq!(Cpe::parse(&cpe.to_string()), Ok(cpe.clone()), "{text:?}");
        assert!(cpe.is_equal_to(&cpe) || cpe.attributes().iter().any(super::cpe::Attribute::has_wildcards));
    }
    if let Some(name) = Name::of(text) {
        assert_eq!(Name::of(name.as_str()), Some(name), "{text:?}");
    }
    if let Ok(cve) = text.parse::<CveId>() {
        assert_eq!(cve.to_string().parse(), Ok(cve), "{text:?}");
    }
    if let Ok(package) = PackageName::parse(text) {
        assert_eq!(PackageName::parse(&package.to_string()), Ok(package), "{text:?}");
    }
    if let Ok(Versions::Range(range)) = Versions::parse(text) {
        assert_eq!(VersionRange::parse(&range.to_string()).as_ref(), Ok(&range), "{text:?}");
    }
    recognises_itself(text);
    for kind in identifier::KINDS {
        if let Err(error) = Identifier::parse(kind, text, Some(text)) {
            assert!(error.at() <= text.len(), "{kind} {text:?}");
        }
    }
}

/// A rule recognises what it names where a source says the same, and tables by beginnings leave out nothing of it.
fn recognises_itself(text: &str) {
    if let Ok(rule) = Domain::parse(text) {
        assert_eq!(Domain::parse(rule.as_str()).as_ref(), Ok(&rule), "{text:?}");
        assert!(rule.matches(&Domain::seen(text).unwrap()), "{text:?}");
    }
    if let Ok(seen) = Domain::seen(text) {
        assert_eq!(Domain::seen(seen.as_str()).as_ref(), Ok(&seen), "{text:?}");
    }
    if let Ok(rule) = Cidr::parse(text) {
        assert_eq!(Cidr::parse(&rule.to_string()), Ok(rule), "{text:?}");
        assert!(rule.contains(rule.address()), "{text:?}");
    }
    if let Ok(asn) = Asn::parse(text) {
        assert_eq!(Asn::parse(&asn.to_string()), Ok(asn), "{text:?}");
    }
    if let Ok(digest) = Authenticode::parse(text) {
        assert_eq!(Authenticode::parse(&digest.to_string()), Ok(digest), "{text:?}");
    }
    if let Ok(digest) = CdHash::parse(text) {
        assert_eq!(CdHash::parse(&digest.to_string()), Ok(digest), "{text:?}");
    }
    if let Ok(id) = BundleId::parse(text) {
        assert_eq!(BundleId::parse(id.as_str()).as_ref(), Ok(&id), "{text:?}");
    }
    if let Ok(id) = ExtensionId::parse(text) {
        assert_eq!(ExtensionId::parse(id.as_str()).as_ref(), Ok(&id), "{text:?}");
    }
    if let Ok(rule) = ProcessName::parse(text) {
        assert!(rule.matches(&ProcessName::seen(text).unwrap()), "{text:?}");
    }
    if let Ok(image) = Image::parse(text) {
        assert_eq!(Image::parse(&image.to_string()).as_ref(), Ok(&image), "{text:?}");
    }
    if let Ok(rule) = RegistryKey::parse(text) {
        let seen = RegistryKey::seen(text).unwrap();
        assert!(rule.matches(&seen), "{text:?}");
        assert!(seen.beginnings().any(|beginning| beginning == rule.beginning()), "{text:?}");
        assert_eq!(RegistryKey::seen(&rule.to_string()).as_ref(), Ok(&rule), "{text:?}");
    }
    if let (Ok(rule), Ok(seen)) = (PathPattern::parse(text), FilePath::parse(text)) {
        assert!(rule.matches(&seen) || text.starts_with('~'), "{text:?}");
        let beginnings: alloc::vec::Vec<String> = seen.beginnings().collect();
        let found = rule.beginnings().any(|beginning| beginnings.contains(&beginning));
        assert!(found || !rule.matches(&seen), "{text:?}");
    }
    assert_eq!(signer::name(text).is_ok(), signer::name(text.trim()).is_ok() && !text.trim().is_empty());
    let _ = signer::names(text);
}

#[test]
fn whatever_is_read_is_written_so_that_it_reads_the_same() {
    for seed in SEEDS {
        check(seed);
        for (at, old) in seed.char_indices() {
            let (before, after) = (seed.get(..at).unwrap(), seed.get(at + old.len_utf8()..).unwrap());
            check(before);
            check(after);
            for new in CHARACTERS {
                for middle in
                    [String::from(new), String::from_iter([new, old]), String::from_iter([new, new])]
                {
                    check(&[before, &middle, after].concat());
                }
            }
        }
    }
}
