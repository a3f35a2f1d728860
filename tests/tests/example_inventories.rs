//! The inventories that the documentation ships are read to their end, and hold what the documentation says of them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::Path;

use interdict_client::inventory::{Component, Format, Inventory, Limits, Presence, detect};
use interdict_schema::product::{Answer, Cpe, Identifier, Name, PackageName, Purl, Versions};

fn read(file: &str, format: Format) -> Inventory {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/examples/inventories").join(file);
    let bytes = fs::read(path).unwrap();
    assert_eq!(Format::of(&bytes), Ok(format), "{file}");
    let inventory = detect::read(&bytes, file, None, &Limits::STANDARD).unwrap();
    assert!(inventory.is_complete(), "{:?}", inventory.coverage);
    inventory
}

fn names(inventory: &Inventory, wanted: impl Fn(&Component) -> bool) -> Vec<&str> {
    inventory
        .components
        .iter()
        .filter(|component| wanted(component))
        .map(|found| found.name.as_str())
        .collect()
}

#[test]
fn the_linux_server_has_the_vendors_packages_and_their_false_friends() {
    let inventory = read("linux-server-dpkg-status", Format::Dpkg);
    assert_eq!(inventory.components.len(), 14);
    let banned = ["kav4fs", "kesl", "kesl-gui", "klnagent", "klnagent64"];
    let packages = banned.map(|name| PackageName::parse(&format!("deb:{name}")).unwrap());
    let by_package = |found: &Component| {
        packages.iter().any(|rule| rule.matches(found.ecosystem.as_deref(), &found.name) == Answer::Match)
    };
    assert_eq!(names(&inventory, by_package), banned);
    let purls = banned.map(|name| Purl::parse(&format!("pkg:deb/{name}")).unwrap());
    let by_purl = |found: &Component| {
        let purl = found.purl.as_ref().unwrap();
        purls.iter().any(|rule| rule.matches(&Versions::Any, purl) == Answer::Match)
    };
    assert_eq!(names(&inventory, by_purl), banned);
    assert_eq!(names(&inventory, |found| found.presence == Presence::Residual), ["klnagent"]);
}

#[test]
fn the_workstation_has_a_bundled_engine_a_trap_and_a_known_exploited_vulnerability() {
    let inventory = read("workstation.cdx.json", Format::CycloneDx);
    assert_eq!(names(&inventory, |found| found.nested), ["Kaspersky Anti-Virus Engine"]);
    assert_eq!(names(&inventory, |found| !found.cves.is_empty()), ["log4j-core"]);
    assert_eq!(names(&inventory, |found| !found.dismissed.is_empty()), ["Example Archiver"]);
    let vendors =
        ["cpe:2.3:a:kaspersky:*", "cpe:2.3:a:kaspersky_lab:*"].map(|rule| Cpe::parse(rule).unwrap());
    let by_cpe = |found: &Component| {
        found.cpe.iter().any(|name| vendors.iter().any(|rule| rule.matches(name) == Answer::Match))
    };
    let wanted =
        ["Kaspersky Endpoint Security", "Kaspersky Anti-Virus", "Kaspersky Anti-Virus Engine", "TinyCheck"];
    assert_eq!(names(&inventory, by_cpe), wanted);
}

#[test]
fn the_procurement_list_names_products_in_other_letters_and_vendors_that_look_alike() {
    let inventory = read("procurement.csv", Format::Csv);
    let network = Identifier::parse("product", "Kaspersky Private Security Network", None).unwrap();
    let by_name =
        |found: &Component| Name::of(&found.name).map(Identifier::Product).as_ref() == Some(&network);
    assert_eq!(names(&inventory, by_name), ["KASPERSKY PRIVATE SECURITY NETWORK"]);
    let vendor = Name::of("AO Kaspersky Lab");
    let by_vendor = |found: &Component| found.vendors.iter().any(|name| Name::of(name) == vendor);
    assert_eq!(names(&inventory, by_vendor).len(), 5);
    assert_eq!(inventory.coverage[0].notes.len(), 1, "the contract column is listed as not used");
}

#[test]
fn the_clean_host_has_nothing_of_the_vendor() {
    let inventory = read("clean-host.csv", Format::Csv);
    assert_eq!(inventory.components.len(), 5);
    let rule = PackageName::parse("deb:kesl").unwrap();
    for found in &inventory.components {
        assert_ne!(rule.matches(found.ecosystem.as_deref(), &found.name), Answer::Match);
    }
}

#[test]
fn the_windows_desktop_has_programs_of_the_machine_and_of_a_user() {
    let inventory = read("windows-desktop-programs.json", Format::WindowsPrograms);
    let vendor = Name::of("AO Kaspersky Lab").unwrap();
    let by_vendor =
        |found: &Component| found.vendors.iter().any(|name| Name::of(name).as_ref() == Some(&vendor));
    assert_eq!(
        names(&inventory, by_vendor),
        [
            "Kaspersky Endpoint Security for Windows",
            "Kaspersky Security Center Network Agent",
            "Kaspersky Password Manager"
        ]
    );
    assert_eq!(names(&inventory, |found| found.vendors.is_empty()), ["AddressBook"]);
}

#[test]
fn the_macos_laptop_has_a_program_of_the_team_and_what_was_there_before() {
    let inventory = read("macos-laptop.json", Format::MacOs);
    let by_team = |found: &Component| found.traces.iter().any(|trace| trace.to_string() == "2Y8XE5CQ94");
    assert_eq!(names(&inventory, by_team), ["Kaspersky Internet Security"]);
    let recorded = names(&inventory, |found| found.presence == Presence::Recorded);
    assert_eq!(recorded, ["Kaspersky Internet Security", "macOS 10.12.6"]);
}

#[test]
fn the_container_image_has_a_package_and_its_false_friends() {
    let inventory = read("container-image.spdx.json", Format::Spdx);
    assert_eq!(inventory.components.len(), 5);
    let rule = Purl::parse("pkg:deb/kesl").unwrap();
    let by_purl = |found: &Component| {
        found.purl.as_ref().is_some_and(|purl| rule.matches(&Versions::Any, purl) == Answer::Match)
    };
    assert_eq!(names(&inventory, by_purl), ["kesl"]);
    assert_eq!(names(&inventory, |found| !found.sha256.is_empty()), ["/srv/notes/kaspersky.txt"]);
}
