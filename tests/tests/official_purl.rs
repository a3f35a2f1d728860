//! The official suite of package URLs (package-url/purl-spec, `tests/`): 586 cases.
//!
//! Its group `recommended` lets a reader repair the letter case of keys; that is the lenient reader.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and says what it counted"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use interdict_schema::product::Purl;
use interdict_schema::product::purl::PurlError;
use interdict_tests::official;
use serde_json::Value;

fn text(value: &Value) -> Option<&str> {
    value.as_str()
}

fn build(parts: &Value) -> Result<Purl, PurlError> {
    let qualifiers: BTreeMap<String, String> = parts["qualifiers"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect();
    let part = |name: &str| text(&parts[name]);
    Purl::build(
        part("type").unwrap_or(""),
        part("namespace"),
        part("name").unwrap_or(""),
        part("version"),
        qualifiers,
        part("subpath"),
    )
}

fn same_parts(purl: &Purl, parts: &Value) -> bool {
    let qualifiers: BTreeMap<String, String> = parts["qualifiers"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect();
    Some(purl.package_type()) == text(&parts["type"])
        && purl.namespace() == text(&parts["namespace"])
        && Some(purl.name()) == text(&parts["name"])
        && purl.version() == text(&parts["version"])
        && *purl.qualifiers() == qualifiers
        && purl.subpath() == text(&parts["subpath"])
}

/// What went wrong, or nothing.
fn run(case: &Value) -> Result<(), String> {
    let lenient = case["test_group"] == "recommended";
    let input = &case["input"];
    let read = |text: &str| if lenient { Purl::parse_lenient(text) } else { Purl::parse(text) };
    let made = match input.as_str() {
        Some(text) => read(text),
        None => build(input),
    };
    match (made, case["expected_failure"].as_bool()) {
        (Err(_), Some(true)) => Ok(()),
        (Err(error), _) => Err(format!("{input}: {error}")),
        (Ok(purl), Some(true)) => Err(format!("{input}: read as {purl}, wanted a refusal")),
        (Ok(purl), _) => {
            let expected = &case["expected_output"];
            let agrees = match expected.as_str() {
                Some(canonical) => purl.to_string() == canonical,
                None => same_parts(&purl, expected),
            };
            if agrees { Ok(()) } else { Err(format!("{input}: read as {purl}, wanted {expected}")) }
        }
    }
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files
}

#[test]
fn passes_the_official_package_url_suite() {
    let Some(folder) = official::folder("purl-spec/tests") else { return };
    let (mut passed, mut wrong) = (0, Vec::new());
    for file in files(&folder) {
        let suite: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        for case in suite["tests"].as_array().unwrap() {
            match run(case) {
                Ok(()) => passed += 1,
                Err(reason) => wrong.push(reason),
            }
        }
    }
    let all = passed + wrong.len();
    println!("package URLs: {passed} of {all}");
    assert!(wrong.is_empty() && all >= 586, "{passed} of {all}\n{}", wrong.join("\n"));
}
