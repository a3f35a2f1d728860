//! The official suite of version ranges (package-url/vers-spec, `tests/`): every case, whatever its kind. The cases of
//! comparison and of equality are run twice, by comparing and by keys.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and says what it counted"
)]

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fs;

use interdict_schema::product::Answer;
use interdict_schema::product::version::{Constraints, RangeRule, Scheme, VersionRange};
use interdict_tests::official;
use serde_json::Value;

/// How many cases of each kind there are at least; a suite that shrinks is a mistake.
const CASES: [(&str, usize); 6] = [
    ("comparison and equality", 1_922),
    ("containment", 11),
    ("from_native", 737),
    ("parse", 12),
    ("validate", 19),
    ("all", 2_701),
];

/// Which rule each message of the suite stands for.
const MESSAGES: [(&str, RangeRule); 9] = [
    ("whitespace is not permitted", RangeRule::Blank),
    ("leading pipe is not permitted", RangeRule::LeadingPipe),
    ("trailing pipe is not permitted", RangeRule::TrailingPipe),
    ("consecutive pipes are not permitted", RangeRule::ConsecutivePipes),
    ("constraints are not sorted by version", RangeRule::NotSorted),
    ("invalid percent-encoding in version", RangeRule::PercentEncoding),
    ("datetime must use uppercase T and Z", RangeRule::DatetimeCase),
    ("datetime time colons must be unencoded", RangeRule::DatetimeColons),
    ("percent-encoding in version is not canonical", RangeRule::PercentCanonical),
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

fn scheme(name: &Value) -> Result<Scheme, String> {
    let name = name.as_str().unwrap();
    Scheme::parse(name).ok_or(format!("no scheme {name}"))
}

/// Whether versions stand in the order wanted. The suite may write an expected version in its canonical form.
fn ordered(case: &Value) -> Result<bool, String> {
    let scheme = scheme(&case["input"]["input_scheme"])?;
    let versions = texts(&case["input"]["versions"]);
    let expected = &case["expected_output"];
    if case["test_type"] == "equality" {
        return Ok(order(scheme, versions[0], versions[1])?.is_eq() == expected.as_bool().unwrap());
    }
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
    Ok(sorted.len() == expected.len()
        && sorted
            .iter()
            .zip(expected)
            .all(|(found, wanted)| order(scheme, found, wanted) == Ok(Ordering::Equal)))
}

fn parsed(case: &Value) -> Result<bool, String> {
    let found = Constraints::parse(case["input"].as_str().unwrap());
    if case["expected_failure"] == true {
        let message = case["expected_message"].as_str().unwrap();
        let (_, rule) = MESSAGES.iter().find(|(text, _)| message.ends_with(text)).unwrap();
        return Ok(found.map_err(|error| error.rule) == Err(*rule));
    }
    let found = found.map_err(|error| error.to_string())?;
    let expected = case["expected_output"]["version_constraints"].as_array().unwrap();
    let same = |(constraint, expected): (&interdict_schema::product::version::Constraint, &Value)| {
        let comparator = Some(constraint.comparator.as_str()).filter(|text| !text.is_empty()).unwrap_or("=");
        texts(expected) == [comparator, &constraint.version]
    };
    Ok(found.scheme_name() == case["expected_output"]["scheme"]
        && found.as_slice().len() == expected.len()
        && found.as_slice().iter().zip(expected).all(same))
}

fn contains(case: &Value) -> Result<bool, String> {
    let range = Constraints::sorted(case["input"]["vers"].as_str().unwrap());
    let range: VersionRange = range.and_then(|list| list.range()).map_err(|error| error.to_string())?;
    let wanted = Answer::when(case["expected_output"].as_bool().unwrap());
    Ok(range.contains(case["input"]["version"].as_str().unwrap()) == wanted)
}

fn prints(found: Result<Constraints, String>, case: &Value) -> Result<bool, String> {
    let found = found?.to_string();
    if case["expected_output"] == found.as_str() { Ok(true) } else { Err(format!("found {found}: {case}")) }
}

fn run(case: &Value) -> Result<bool, String> {
    match case["test_type"].as_str().unwrap() {
        "comparison" | "equality" => ordered(case),
        "parse" => parsed(case),
        "containment" => contains(case),
        "validate" => {
            let sorted = Constraints::sorted(case["input"].as_str().unwrap());
            prints(sorted.map_err(|error| error.to_string()), case)
        }
        "from_native" => {
            let native = case["input"]["native_range"].as_str().unwrap();
            let made = Constraints::from_native(scheme(&case["input"]["scheme"])?, native);
            prints(made.map_err(|error| format!("{error}: {case}")), case)
        }
        other => Err(format!("a kind of case that is not known: {other}")),
    }
}

#[test]
fn passes_the_official_suite_of_version_ranges() {
    let Some(folder) = official::folder("vers-spec/tests") else { return };
    let (mut passed, mut wrong) = (BTreeMap::from([("all", 0)]), Vec::new());
    for entry in fs::read_dir(&folder).unwrap() {
        let suite: Value = serde_json::from_slice(&fs::read(entry.unwrap().path()).unwrap()).unwrap();
        for case in suite["tests"].as_array().unwrap() {
            let kind = match case["test_type"].as_str().unwrap() {
                "comparison" | "equality" => "comparison and equality",
                other => CASES.iter().find(|(kind, _)| *kind == other).map_or("other", |(kind, _)| kind),
            };
            match run(case) {
                Ok(true) => {
                    *passed.entry(kind).or_insert(0) += 1;
                    *passed.entry("all").or_insert(0) += 1;
                }
                Ok(false) => wrong.push(case.to_string()),
                Err(reason) => wrong.push(reason),
            }
        }
    }
    println!("version ranges: {} of {}: {passed:?}", passed["all"], passed["all"] + wrong.len());
    assert!(wrong.is_empty(), "{} of {}\n{}", passed["all"], passed["all"] + wrong.len(), wrong.join("\n"));
    for (kind, least) in CASES {
        assert!(passed.get(kind) >= Some(&least), "{kind}: {passed:?}");
    }
}
