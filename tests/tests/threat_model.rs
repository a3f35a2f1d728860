//! `docs/threat-model.md` names a test for every attack, `docs/trust.md` for every rule: each name exists, and every attack
//! that is tested is named.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking and reads the source"
)]

use std::collections::{BTreeMap, BTreeSet};
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

/// A rule is one of 24, and a test names it in a line of its own above it: `/// trust.md rule 7`.
const RULES: std::ops::RangeInclusive<u8> = 1..=24;

#[test]
fn every_rule_of_trust_has_a_test_that_names_it_and_the_page_lists_them_all() {
    let page = std::fs::read_to_string(at("docs/trust.md")).unwrap();
    let tests = tests_by_rule();
    assert!(tests.keys().all(|rule| RULES.contains(rule)), "{:?}", tests.keys());
    for rule in RULES {
        let (_, section) =
            page.split_once(&format!("\n**{rule}.**")).unwrap_or_else(|| panic!("rule {rule}"));
        let section = section.split("\n**").next().unwrap().split("\n## ").next().unwrap();
        let listed: BTreeSet<String> = named_in(section);
        let wanted = tests.get(&rule).cloned().unwrap_or_default();
        assert_eq!(listed, wanted, "rule {rule}");
        // What nobody carries out has nothing to test, and says so; the rest has.
        assert_eq!(section.contains("Not built yet."), wanted.is_empty(), "rule {rule}");
    }
}

/// The tests of all crates that name a rule, by rule.
fn tests_by_rule() -> BTreeMap<u8, BTreeSet<String>> {
    let mut tests: BTreeMap<u8, BTreeSet<String>> = BTreeMap::new();
    for file in ["schema", "host", "client", "publisher", "tests"].into_iter().flat_map(sources) {
        let mut named = Vec::new();
        for line in std::fs::read_to_string(at(&file)).unwrap().lines().map(str::trim) {
            if let Some(rule) = line.strip_prefix("/// trust.md rule ") {
                named.push(rule.parse().unwrap_or_else(|_| panic!("{file}: {line}")));
            } else if let Some((name, _)) = line.strip_prefix("fn ").and_then(|rest| rest.split_once('(')) {
                for rule in named.drain(..) {
                    tests.entry(rule).or_default().insert(format!("{file}::{name}"));
                }
            } else if !line.starts_with("///") && !line.starts_with("#[") {
                assert!(named.is_empty(), "{file}: a rule is named above something that is no test");
            }
        }
    }
    tests
}

/// The Rust files below a folder, but for workspaces of their own.
fn sources(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(at(folder)).unwrap().map(|entry| entry.unwrap());
    let mut files = Vec::new();
    for entry in entries {
        let path = format!("{folder}/{}", entry.file_name().into_string().unwrap());
        if entry.file_type().unwrap().is_dir() {
            if !["tests/fuzz", "tests/interop"].contains(&path.as_str()) {
                files.extend(sources(&path));
            }
        } else if Path::new(&path).extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// Everything on the page in back-ticks that looks like `path/file.rs::name`.
fn named() -> BTreeSet<String> {
    named_on("docs/threat-model.md")
}

fn named_on(page: &str) -> BTreeSet<String> {
    named_in(&std::fs::read_to_string(at(page)).unwrap())
}

fn named_in(text: &str) -> BTreeSet<String> {
    let code = text.split('`').skip(1).step_by(2);
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
