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
