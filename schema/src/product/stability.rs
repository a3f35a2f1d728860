//! What every reader of identifiers owes: no input panics, and what was read is written so that it reads the same.

use alloc::string::{String, ToString as _};

use super::{Cpe, CveId, Identifier, Name, PackageName, Purl, Versions, identifier};

const SEEDS: [&str; 14] = [
    "pkg:deb/debian/kesl@11.4.0-1135?arch=amd64&distro=debian-12#usr/lib",
    "pkg:git/github.com/a/b@1#x/y",
    "pkg:npm/%40scope/name@1.0%2B1?a=%25",
    "pkg:golang/example.org/m@v1",
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
    if let Ok(cpe) = Cpe::parse(text) {
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
    let _ = Versions::parse(text);
    for kind in identifier::KINDS {
        if let Err(error) = Identifier::parse(kind, text, Some(text)) {
            assert!(error.at() <= text.len(), "{kind} {text:?}");
        }
    }
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
