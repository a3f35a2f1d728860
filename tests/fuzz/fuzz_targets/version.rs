//! Three versions in every scheme: whether they stand in one total order, and their keys in the same. The same texts as
//! native ranges, and as the constraints of a range: whether each holds what its own constraints say.
#![no_main]

use interdict_schema::product::Answer;
use interdict_schema::product::version::{
    Comparator, Constraints, NpmRange, RangeRule, Scheme, VersionRange,
};
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
            match Constraints::from_native(scheme, version) {
                Ok(constraints) => _ = constraints.range(),
                Err(error) => assert!(error.at <= version.len(), "{scheme} {version}: {error}"),
            }
            range(&format!("vers:{scheme}/{version}"), scheme, &versions);
        }
        for (a, key_of_a) in &readable {
            for (b, key_of_b) in &readable {
                // Keys are compared byte by byte, which is a total order: agreeing with it is being one.
                assert_eq!(scheme.compare(a, b), Ok(key_of_a.cmp(key_of_b)), "{scheme} {a} {b}");
            }
        }
    }
    for version in versions {
        if let Ok(range) = NpmRange::parse(version) {
            for version in versions {
                let _ = range.is_satisfied_by(version);
            }
        }
    }
});

/// A range prints itself, an error lies inside it, and what one constraint says alone the range says too.
fn range(text: &str, scheme: Scheme, versions: &[&str; 3]) {
    let range = match VersionRange::parse(text) {
        Ok(range) => range,
        Err(error) => {
            assert!(error.at <= text.len(), "{text}: {error}");
            assert_ne!(error.rule, RangeRule::SchemeUnknown, "{text}");
            return;
        }
    };
    assert_eq!(range.to_string(), text);
    let constraints = Constraints::sorted(text).expect("what is canonical is readable");
    assert_eq!(constraints.range().expect("the same range").intervals(), range.intervals(), "{text}");
    for version in versions {
        let answer = range.contains(version);
        if constraints.is_star() {
            assert_eq!(answer, Answer::Match, "{text}");
            continue;
        }
        assert_eq!(matches!(answer, Answer::Unknown(_)), scheme.key(version).is_err(), "{text} {version}");
        // A bound without a release holds versions of which the next constraint may say something else.
        let overlapping = matches!(scheme, Scheme::Alpm | Scheme::Rpm) && constraints.as_slice().len() > 1;
        for constraint in constraints.as_slice().iter().filter(|_| !overlapping) {
            let Ok(order) = scheme.compare(version, &constraint.version) else { continue };
            if order.is_eq() {
                let inside = !matches!(
                    constraint.comparator,
                    Comparator::Unequal | Comparator::Less | Comparator::Greater
                );
                assert_eq!(answer, Answer::when(inside), "{text} {version}");
            }
        }
    }
}
