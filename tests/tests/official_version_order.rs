//! The official suite of version orders (package-url/vers-spec, `tests/`): its cases of comparison and of equality.
//!
//! Each case is run twice, by comparing and by keys.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and says what it counted"
)]

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fs;

use interdict_schema::product::version::Scheme;
use interdict_tests::official;
use serde_json::Value;

/// How many cases of each scheme there are at least; a suite that shrinks is a mistake.
const CASES: [(&str, usize); 9] = [
    ("alpm", 42),
    ("apk", 716),
    ("conan", 47),
    ("datetime", 7),
    ("gentoo", 48),
    ("lexicographic", 8),
    ("maven", 977),
    ("nuget", 33),
    ("openssl", 44),
];

/// The order of two versions, if comparing and the keys agree on one.
fn order(scheme: Scheme, a: &str, b: &str) -> Result<Ordering, String> {
    let by_comparing = scheme.compare(a, b).map_err(|error| format!("{scheme} {a} {b}: {error}"))?;
    let by_keys = scheme.key(a).unwrap().cmp(&scheme.key(b).unwrap());
    if by_comparing == by_keys {
        Ok(by_comparing)
    } else {
        Err(format!("{scheme} {a} {b}: {by_comparing:?}, keys {by_keys:?}"))
    }
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

/// What went wrong, or nothing. The suite may write an expected version in its canonical form.
fn run(scheme: Scheme, case: &Value) -> Result<(), String> {
    let versions = texts(&case["input"]["versions"]);
    let expected = &case["expected_output"];
    let found = if case["test_type"] == "equality" {
        order(scheme, versions[0], versions[1])?.is_eq() == expected.as_bool().unwrap()
    } else {
        let mut sorted = versions.clone();
        let mut wrong = Ok(());
        sorted.sort_by(|a, b| {
            order(scheme, a, b).unwrap_or_else(|reason| {
                wrong = Err(reason);
                Ordering::Equal
            })
        });
        wrong?;
        let expected = texts(expected);
        sorted.len() == expected.len()
            && sorted
                .iter()
                .zip(expected)
                .all(|(found, wanted)| order(scheme, found, wanted) == Ok(Ordering::Equal))
    };
    if found { Ok(()) } else { Err(format!("{scheme} {versions:?}: wanted {expected}")) }
}

#[test]
fn passes_the_official_suite_of_version_orders() {
    let Some(folder) = official::folder("vers-spec/tests") else { return };
    let (mut passed, mut wrong) = (BTreeMap::new(), Vec::new());
    for entry in fs::read_dir(&folder).unwrap() {
        let suite: Value = serde_json::from_slice(&fs::read(entry.unwrap().path()).unwrap()).unwrap();
        for case in suite["tests"].as_array().unwrap() {
            if !matches!(case["test_type"].as_str().unwrap(), "comparison" | "equality") {
                continue;
            }
            let name = case["input"]["input_scheme"].as_str().unwrap();
            match Scheme::parse(name).ok_or(format!("no scheme {name}")).and_then(|scheme| run(scheme, case))
            {
                Ok(()) => *passed.entry(name.to_owned()).or_insert(0) += 1,
                Err(reason) => wrong.push(reason),
            }
        }
    }
    let sum: usize = passed.values().sum();
    println!("version orders: {sum} of {}: {passed:?}", sum + wrong.len());
    assert!(wrong.is_empty(), "{sum} of {}\n{}", sum + wrong.len(), wrong.join("\n"));
    for (scheme, least) in CASES {
        assert!(passed.get(scheme) >= Some(&least), "{scheme}: {passed:?}");
    }
}
