//! `docs/threat-model.md` names a test for every attack, `docs/trust.md` for every rule: each name exists, and every attack
//! that is tested is named.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking and reads the source"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The files of which every test must be named on the page.
const ATTACKS: [&str; 1] = ["tests/tests/attacks.rs"];

#[test]
fn every_test_that_the_page_names_exists() {
    let mut named = named();
    assert!(named.len() > 50, "the page names {} tests", named.len());
    named.extend(named_on("docs/trust.md"));
    let absent: Vec<&String> = named
        .iter()
        .filter(|test| {
            let (file, name) = test.split_once("::").unwrap();
            !tests_of(file).contains(name)
        })
        .collect();
    assert!(absent.is_empty(), "{absent:#?}");
}

#[test]
fn the_page_names_every_attack_that_is_tested() {
    let named = named();
    for file in ATTACKS {
        let tests = tests_of(file);
        assert!(!tests.is_empty(), "{file}");
        let missing: Vec<String> =
            tests.iter().map(|name| format!("{file}::{name}")).filter(|test| !named.contains(test)).collect();
        assert!(missing.is_empty(), "{missing:#?}");
    }
}

/// Everything on the page in back-ticks that looks like `path/file.rs::name`.
fn named() -> BTreeSet<String> {
    named_on("docs/threat-model.md")
}

fn named_on(page: &str) -> BTreeSet<String> {
    let page = std::fs::read_to_string(at(page)).unwrap();
    let code = page.split('`').skip(1).step_by(2);
    code.filter(|text| text.contains(".rs::")).map(str::to_owned).collect()
}

/// The names of the functions of a file that have `#[test]` above them.
fn tests_of(file: &str) -> BTreeSet<String> {
    let source = std::fs::read_to_string(at(file)).unwrap_or_default();
    let after_the_attribute = source.split("#[test]").skip(1);
    after_the_attribute
        .filter_map(|rest| rest.split_once("fn ")?.1.split_once('('))
        .map(|(name, _)| name.to_owned())
        .collect()
}

fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}
