//! Three versions in every scheme: whether they stand in one total order, and their keys in the same. The same texts as
//! native ranges.
#![no_main]

use interdict_schema::product::version::{Scheme, native};
use libfuzzer_sys::fuzz_target;

const SCHEMES: [&str; 19] = [
    "alpm",
    "apk",
    "cargo",
    "conan",
    "datetime",
    "deb",
    "gem",
    "gentoo",
    "golang",
    "intdot",
    "lexicographic",
    "maven",
    "nginx",
    "npm",
    "nuget",
    "openssl",
    "pypi",
    "rpm",
    "semver",
];

fuzz_target!(|text: &str| {
    let mut lines = text.splitn(3, '\n');
    let versions = [lines.next().unwrap_or(""), lines.next().unwrap_or(""), lines.next().unwrap_or("")];
    for scheme in SCHEMES.map(|name| Scheme::parse(name).expect("a scheme of that name")) {
        let mut readable = Vec::new();
        for version in versions {
            match scheme.key(version) {
                Ok(key) => readable.push((version, key)),
                Err(error) => assert!(error.at <= version.len(), "{scheme} {version}: {error}"),
            }
            if let Err(error) = native::read(scheme, version) {
                assert!(error.at <= version.len(), "{scheme} {version}: {error}");
            }
        }
        for (a, key_of_a) in &readable {
            for (b, key_of_b) in &readable {
                // Keys are compared byte by byte, which is a total order: agreeing with it is being one.
                assert_eq!(scheme.compare(a, b), Ok(key_of_a.cmp(key_of_b)), "{scheme} {a} {b}");
            }
        }
    }
});
