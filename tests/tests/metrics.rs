//! The file for Prometheus' textfile collector: its grammar, and that it tells of what happened.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and work on real folders"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use interdict_host::exit::Exit;
use interdict_tests::agency::Agency;
use interdict_tests::simulator::{Simulator, days_after, payload};

/// The samples of a file in the text exposition format 0.0.4; whatever that format, or the linter of Prometheus' own
/// tools, does not allow is a failure.
fn samples(text: &str) -> BTreeMap<String, u64> {
    let (mut found, mut declared) = (BTreeMap::new(), BTreeSet::new());
    let (mut helped, mut current): (Option<String>, Option<String>) = (None, None);
    assert!(text.ends_with('\n'));
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, help) = help.split_once(' ').unwrap();
            assert!(!help.is_empty(), "{line}");
            helped = Some(name.to_owned());
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            assert_eq!(helped.as_deref(), Some(name), "{line}: its help comes first");
            assert!(is_name(name), "{line}");
            assert!(matches!(kind, "gauge" | "counter"), "{line}");
            assert_eq!(name.ends_with("_total"), kind == "counter", "{line}");
            assert!(declared.insert(name.to_owned()), "{line}: one group for each metric");
            current = Some(name.to_owned());
        } else {
            let (series, value) = line.rsplit_once(' ').unwrap();
            let (name, labels) = series.split_once('{').map_or((series, None), |(name, labels)| {
                (name, Some(labels.strip_suffix('}').unwrap_or_else(|| panic!("{line}"))))
            });
            assert_eq!(current.as_deref(), Some(name), "{line}: below its type");
            for label in labels.into_iter().flat_map(|labels| labels.split(',')) {
                let (label, value) = label.split_once('=').unwrap();
                assert!(is_name(label) && !label.contains(':') && !label.starts_with("__"), "{line}");
                let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap();
                assert!(!value.contains(['"', '\\', '\n']), "{line}");
            }
            assert!(found.insert(series.to_owned(), value.parse().unwrap()).is_none(), "{line}: twice");
        }
    }
    found
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':'))
}

fn metrics(agency: &Agency, arguments: &[&str], exit: Exit) -> BTreeMap<String, u64> {
    let run = agency.run(&[arguments, &["--metrics", "metrics.prom"]].concat());
    assert_eq!(run.exit(), exit, "{}", run.stderr);
    samples(&fs::read_to_string(agency.path("metrics.prom")).unwrap())
}

fn one_directive() -> Simulator {
    let mut authority = Simulator::new();
    authority.directive(&payload("BOD-1", 1, None));
    authority.publish();
    authority
}

#[test]
fn the_file_is_well_formed_and_tells_of_what_is_held() {
    let authority = one_directive();
    let agency = Agency::following(&authority);
    let found = metrics(&agency, &["status"], Exit::Done);
    let now = u64::try_from(agency.now.unix_seconds()).unwrap();
    for (series, value) in [
        ("interdict_policy", 1),
        ("interdict_generation", 1),
        ("interdict_last_verification_timestamp_seconds", now),
        ("interdict_last_activation_timestamp_seconds", now),
        ("interdict_last_refresh_timestamp_seconds{repository=\"main\"}", now),
        ("interdict_fresh_until_timestamp_seconds{repository=\"main\"}", now + 7 * 86_400),
        ("interdict_stale{repository=\"main\"}", 0),
        ("interdict_directives{repository=\"main\"}", 1),
        ("interdict_role_version{repository=\"main\",role=\"root\"}", 1),
        ("interdict_role_version{repository=\"main\",role=\"timestamp\"}", 2),
        (
            "interdict_role_expires_timestamp_seconds{repository=\"main\",role=\"snapshot\"}",
            now + 14 * 86_400,
        ),
        (
            "interdict_role_expires_timestamp_seconds{repository=\"main\",role=\"targets\"}",
            now + 365 * 86_400,
        ),
        ("interdict_alarms{repository=\"main\",kind=\"vanished\"}", 0),
        ("interdict_refusals_total{repository=\"main\",reason=\"rollback\"}", 0),
    ] {
        assert_eq!(found.get(series), Some(&value), "{series}: {found:#?}");
    }
}

#[test]
fn refusals_failures_and_staleness_are_counted_also_where_the_sync_fails() {
    let mut authority = one_directive();
    let old = authority.clone();
    authority.publish();
    let mut agency = Agency::following(&authority);
    old.serve_from(&agency.mirror());
    metrics(&agency, &["sync"], Exit::Refused);
    agency.now = agency.now.saturating_add_seconds(60);
    let found = metrics(&agency, &["sync"], Exit::Refused);
    for (series, value) in [
        ("interdict_refusals_total{repository=\"main\",reason=\"rollback\"}", 2),
        ("interdict_failures_in_a_row{repository=\"main\"}", 2),
        ("interdict_mirrors_behind{repository=\"main\"}", 1),
        ("interdict_stale{repository=\"main\"}", 0),
    ] {
        assert_eq!(found.get(series), Some(&value), "{series}: {found:#?}");
    }
    agency.now = days_after(agency.now, 8);
    let found = metrics(&agency, &["status"], Exit::Stale);
    assert_eq!(found.get("interdict_stale{repository=\"main\"}"), Some(&1));
}

#[test]
fn series_are_the_same_before_and_after_anything_was_refused() {
    let authority = one_directive();
    let agency = Agency::following(&authority);
    let before: Vec<String> = metrics(&agency, &["status"], Exit::Done).into_keys().collect();
    fs::write(agency.mirror().join("metadata/timestamp.json"), "<html>").unwrap();
    let after: Vec<String> = metrics(&agency, &["sync"], Exit::Refused).into_keys().collect();
    assert_eq!(before, after);
}

#[test]
fn without_a_policy_the_file_is_written_all_the_same() {
    let agency = Agency::trusting(&one_directive());
    let run = agency.run(&["status", "--metrics", "metrics.prom"]);
    assert_eq!(run.exit(), Exit::NoAnswer, "{}", run.stderr);
    let found = samples(&fs::read_to_string(agency.path("metrics.prom")).unwrap());
    assert_eq!(found.get("interdict_policy"), Some(&0));
    assert_eq!(found.get("interdict_stale{repository=\"main\"}"), Some(&1));
}

#[test]
fn a_file_that_cannot_be_written_is_said_and_the_sync_stands() {
    let authority = one_directive();
    let agency = Agency::trusting(&authority);
    authority.serve_from(&agency.mirror());
    let run = agency.run(&["sync", "--metrics", "no/such/folder/metrics.prom"]);
    assert_eq!(run.exit(), Exit::NoAnswer, "{}", run.stderr);
    assert!(agency.policy().contains("BOD-1"));
}
