//! Reading identifiers alone: package URLs, CPE names, and the keys of versions of every scheme, 1,000 different texts each.
//!
//! `tests/benches/parsing.sh` runs it beside what people use for the same texts; `parsing_peers.py` makes them by the same
//! rules. The floor is copying the text.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use interdict_schema::product::version::{Scheme, VersionRange};
use interdict_schema::product::{Cpe, Name, Purl};

const TEXTS: usize = 1_000;

/// A version of each scheme, different for each number.
fn version(scheme: Scheme, number: usize) -> String {
    let (major, minor, patch) = (number % 17, number % 31, number % 101);
    match scheme {
        Scheme::Deb => format!("{}:{major}.{minor}~rc1+dfsg-{patch}+deb12u1", number % 3),
        Scheme::Rpm => format!("{}:{major}.{minor}.{patch}-{}.el9", number % 3, number % 7),
        Scheme::Apk | Scheme::Gentoo => format!("{major}.{minor}.{patch}_rc1-r{}", number % 7),
        Scheme::Alpm => format!("{}:{major}.{minor}.{patch}-{}", number % 3, number % 7 + 1),
        Scheme::Pypi => format!("{major}.{minor}.{patch}rc1.post2"),
        Scheme::Gem => format!("{major}.{minor}.{patch}.pre1"),
        Scheme::Maven => format!("{major}.{minor}.{patch}-beta-2"),
        Scheme::Openssl => format!("1.0.{}{}", number % 3, ["a", "b", "k", "zd"].get(number % 4).unwrap()),
        Scheme::Datetime => {
            format!("20{:02}-0{}-1{}T1{}:00:00Z", number % 90 + 10, major % 9 + 1, minor % 9, patch % 9)
        }
        Scheme::Golang => format!("v{major}.{minor}.{patch}-rc.1"),
        Scheme::Intdot | Scheme::Nginx | Scheme::Lexicographic => format!("{major}.{minor}.{patch}"),
        Scheme::Nuget | Scheme::Cargo | Scheme::Conan | Scheme::Npm | Scheme::Semver => {
            format!("{major}.{minor}.{patch}-rc.1")
        }
    }
}

const SCHEMES: [Scheme; 19] = [
    Scheme::Alpm,
    Scheme::Apk,
    Scheme::Cargo,
    Scheme::Conan,
    Scheme::Datetime,
    Scheme::Deb,
    Scheme::Gem,
    Scheme::Gentoo,
    Scheme::Golang,
    Scheme::Intdot,
    Scheme::Lexicographic,
    Scheme::Maven,
    Scheme::Nginx,
    Scheme::Npm,
    Scheme::Nuget,
    Scheme::Openssl,
    Scheme::Pypi,
    Scheme::Rpm,
    Scheme::Semver,
];

fn texts(make: impl FnMut(usize) -> String) -> Vec<String> {
    (0..TEXTS).map(make).collect()
}

fn reading(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("read");
    group.throughput(Throughput::Elements(u64::try_from(TEXTS).unwrap()));
    let mut bench = |name: &str, texts: &[String], read: &dyn Fn(&str) -> bool| {
        assert!(texts.iter().all(|text| read(text)), "{name} reads its texts");
        group.bench_function(name, |bencher| {
            bencher.iter(|| texts.iter().filter(|text| read(black_box(text))).count());
        });
    };
    let purls = texts(|number| {
        format!(
            "pkg:deb/debian/package-{number}@{}.{}-1?arch=amd64&distro=bookworm",
            number % 17,
            number % 31
        )
    });
    bench("floor: copy a package URL", &purls, &|text| !black_box(text.to_owned()).is_empty());
    bench("purl", &purls, &|text| Purl::parse(text).is_ok());
    let cpes = texts(|number| {
        format!(
            "cpe:2.3:a:vendor_{number}:product\\-{number}:{}.{}:*:*:*:*:linux:*:*",
            number % 17,
            number % 31
        )
    });
    bench("cpe", &cpes, &|text| Cpe::parse(text).is_ok());
    let ranges = texts(|number| format!("vers:deb/>={0}.{1}-1|<{0}.{1}-9", number % 17, number % 31));
    bench("range of deb", &ranges, &|text| VersionRange::parse(text).is_ok());
    let makers = texts(|number| format!("Maker {number}, Inc."));
    bench("name", &makers, &|text| Name::of(text).is_some());
    for scheme in SCHEMES {
        let versions = texts(|number| version(scheme, number));
        bench(&format!("version of {scheme}"), &versions, &|text| scheme.key(text).is_ok());
    }
}

criterion_group!(benches, reading);
criterion_main!(benches);
