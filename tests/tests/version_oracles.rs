//! Pairs of versions with the order that each ecosystem's own library gives them (apt, rpm, Python's packaging, npm's
//! semver), and versions with the npm ranges that they satisfy.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and says what it counted"
)]

use std::cmp::Ordering;
use std::fs;

use interdict_schema::product::version::{NpmRange, Scheme};
use interdict_tests::official;

/// The files with the least number of pairs in each; a file that shrinks is a mistake.
const PAIRS: [(&str, Scheme, usize); 4] = [
    ("deb.tsv", Scheme::Deb, 28_172),
    ("rpm.tsv", Scheme::Rpm, 31_064),
    ("pypi.tsv", Scheme::Pypi, 20_000),
    ("npm.tsv", Scheme::Npm, 20_000),
];

/// The three columns of each line.
fn rows(text: &str) -> impl Iterator<Item = [&str; 3]> {
    text.lines().map(|line| line.split('\t').collect::<Vec<_>>().try_into().unwrap())
}

/// Whether comparing and the keys both give the order wanted.
fn agrees(scheme: Scheme, a: &str, b: &str, wanted: Ordering) -> bool {
    let by_keys = || Some(scheme.key(a).ok()?.cmp(&scheme.key(b).ok()?));
    scheme.compare(a, b) == Ok(wanted) && by_keys() == Some(wanted)
}

#[test]
fn orders_every_pair_as_its_own_ecosystem_does() {
    let Some(folder) = official::folder("oracles") else { return };
    let mut wrong = Vec::new();
    for (file, scheme, least) in PAIRS {
        let text = fs::read_to_string(folder.join(file)).unwrap();
        let (mut agreed, mut all) = (0, 0);
        for [a, b, order] in rows(&text) {
            let wanted = order.parse::<i8>().unwrap().cmp(&0);
            all += 1;
            if agrees(scheme, a, b, wanted) && agrees(scheme, b, a, wanted.reverse()) {
                agreed += 1;
            } else {
                wrong.push(format!("{scheme} {a} {b}: wanted {wanted:?}, found {:?}", scheme.compare(a, b)));
            }
        }
        println!("{file}: {agreed} of {all}");
        assert!(all >= least, "{file}: {all} pairs, wanted {least}");
    }
    let some: Vec<_> = wrong.iter().take(20).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), some.join("\n"));
}

#[test]
fn takes_what_npm_takes() {
    let Some(folder) = official::folder("oracles") else { return };
    let text = fs::read_to_string(folder.join("npmrange.tsv")).unwrap();
    let (mut agreed, mut wrong) = (0, Vec::new());
    for [version, range, satisfied] in rows(&text) {
        let found = NpmRange::parse(range).unwrap().is_satisfied_by(version).unwrap();
        if found == satisfied.parse::<bool>().unwrap() {
            agreed += 1;
        } else {
            wrong.push(format!("{version} {range}: wanted {satisfied}"));
        }
    }
    println!("npmrange.tsv: {agreed} of {}", agreed + wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(agreed >= 10_000, "{agreed} rows");
}
