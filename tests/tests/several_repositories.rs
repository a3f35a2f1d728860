//! Several repositories side by side: none of them leaves the policy in silence (`trust.md`, rule 12).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and work on real folders"
)]

use std::fs;

use interdict_host::exit::Exit;
use interdict_tests::agency::Agency;
use interdict_tests::simulator::{Simulator, payload};

/// An agency that follows `main` and, from the same folder, `second`.
fn following_two() -> (Simulator, Agency) {
    let mut authority = Simulator::new();
    authority.directive(&payload("BOD-1", 1, None));
    authority.publish();
    let agency = Agency::following(&authority);
    let (mirror, root) = (agency.mirror(), agency.path("root.json"));
    let (mirror, root) = (mirror.to_str().unwrap(), root.to_str().unwrap());
    assert_eq!(agency.run(&["setup", mirror, "--name", "second"]).exit(), Exit::Done);
    let shown = agency.run(&["trust", root, "--name", "second"]).stderr;
    let fingerprint = shown.lines().find_map(|line| line.strip_prefix("fingerprint: ")).unwrap();
    let run = agency.run(&["trust", root, "--name", "second", "--fingerprint", fingerprint]);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert_eq!(agency.sync(&authority).exit(), Exit::Done);
    (authority, agency)
}

/// Takes `main` out of the configuration.
fn forget_main(agency: &Agency) {
    let config = format!("[[repository]]\nname = \"second\"\nurl = \"{}\"\n", agency.mirror().display());
    fs::write(agency.path("config.toml"), config).unwrap();
}

fn repositories(agency: &Agency) -> Vec<String> {
    let policy: serde_json::Value = serde_json::from_str(&agency.policy()).unwrap();
    let repositories = policy.get("repositories").unwrap().as_array().unwrap();
    repositories.iter().map(|repository| repository["name"].as_str().unwrap().to_owned()).collect()
}

/// trust.md rule 12
#[test]
fn a_repository_that_leaves_the_configuration_stays_in_force_and_is_said() {
    let (mut authority, agency) = following_two();
    forget_main(&agency);
    for _ in 0..2 {
        authority.publish();
        let run = agency.sync(&authority);
        assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
        assert!(
            run.stderr.contains("main is no longer configured; its directives stay in force"),
            "{}",
            run.stderr
        );
        assert_eq!(repositories(&agency), ["main", "second"]);
    }
}

#[test]
fn a_repository_that_is_neither_configured_nor_pinned_is_let_go() {
    let (authority, agency) = following_two();
    forget_main(&agency);
    fs::remove_dir_all(agency.state().join("repositories/main")).unwrap();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert!(run.stderr.contains("main is neither configured nor pinned any more"), "{}", run.stderr);
    assert_eq!(repositories(&agency), ["second"]);
    assert_eq!(agency.run(&["status"]).exit(), Exit::Done);
}
