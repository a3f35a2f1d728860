//! The package list of the machine that runs the tests, against what dpkg itself says.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and says what it skipped"
)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use interdict_client::inventory::{Component, Limits, Presence, Reading, machine};
use interdict_host::exit::Exit;
use interdict_tests::agency::Agency;
use interdict_tests::simulator::{Simulator, payload};
use serde_json::Value;

/// What stands in dpkg's database: a Python package of it is listed once more, as one of Python's.
fn is_deb(component: &Component) -> bool {
    component.ecosystem.as_deref() == Some("deb")
}

#[test]
fn finds_exactly_the_packages_that_dpkg_lists_as_installed() {
    let inventory = machine::read(Path::new("/"), &Limits::STANDARD);
    let format = "${db:Status-Status} ${Package} ${Version} ${Architecture}\\n";
    let Ok(listed) = Command::new("dpkg-query").args(["-W", "-f", format]).output() else {
        assert!(inventory.components.iter().all(|found| !is_deb(found)), "no dpkg, yet something was read");
        eprintln!("skipped: no dpkg-query on this machine");
        return;
    };
    let listed = String::from_utf8(listed.stdout).unwrap();
    let listed: BTreeSet<String> =
        listed.lines().filter_map(|line| line.strip_prefix("installed ")).map(str::to_owned).collect();
    let found: BTreeSet<String> = inventory
        .components
        .iter()
        .filter(|component| is_deb(component) && component.presence == Presence::Installed)
        .map(|component| {
            let arch = component.purl.as_ref().and_then(|purl| purl.qualifiers().get("arch").cloned());
            let version = component.version.clone().unwrap_or_default();
            format!("{} {version} {}", component.name, arch.unwrap_or_default())
        })
        .collect();
    assert_eq!(found, listed);
    assert_eq!(inventory.coverage[0].read, Reading::Complete);
}

/// What the system's own Python says of where it looks for packages.
#[test]
fn finds_the_packages_that_the_systems_python_lists() {
    let script = "import importlib.metadata, re\n\
                  for d in importlib.metadata.distributions():\n    \
                      print(re.sub('[-_.]+', '-', d.metadata['Name']).lower(), d.version)\n";
    let Ok(listed) = Command::new("/usr/bin/python3").args(["-I", "-c", script]).output() else {
        eprintln!("skipped: no python3 of the system on this machine");
        return;
    };
    let listed = String::from_utf8(listed.stdout).unwrap();
    let inventory = machine::read(Path::new("/"), &Limits::STANDARD);
    let is_python = |component: &&Component| component.ecosystem.as_deref() == Some("pypi");
    let found: BTreeSet<String> = inventory
        .components
        .iter()
        .filter(is_python)
        .map(|found| {
            // As PyPI compares names; package URLs keep dots.
            let name = found.purl.as_ref().unwrap().name().replace('.', "-");
            format!("{name} {}", found.version.as_deref().unwrap_or_default())
        })
        .collect();
    let missing: Vec<&str> = listed.lines().filter(|line| !found.contains(*line)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_check_of_this_machine_ends_as_its_coverage_says() {
    let mut simulator = Simulator::new();
    simulator.directive(&payload("BOD-1", 1, None));
    simulator.publish();
    let agency = Agency::following(&simulator);
    for arguments in [&["check", "--format=json"][..], &["check", "--format=json", "--root", "/"]] {
        let run = agency.run(arguments);
        let result: Value = serde_json::from_str(&run.stdout).unwrap();
        // Whoever runs the tests may not see all of it.
        let complete = result["coverage"]["complete"].as_bool().unwrap();
        let wanted = if complete { Exit::Done } else { Exit::NoAnswer };
        assert_eq!(run.outcome.all(), [wanted], "{}", run.stdout);
        let sources = result["coverage"]["sources"].as_array().unwrap();
        let of_proc = sources.iter().any(|source| source["source"] == "/proc");
        assert_eq!(of_proc, arguments.len() == 2, "processes are those of this machine, not of a root");
        if complete {
            assert!(result["coverage"]["components"].as_u64().unwrap() > 0);
        }
    }
}
