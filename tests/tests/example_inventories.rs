//! The inventories that the documentation ships are read to their end, and hold what the documentation says of them: all that
//! their makers put there is found, and nothing that only looks like it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::format_push_string,
    reason = "a test that cannot go on fails"
)]

use std::fs;
use std::path::{Path, PathBuf};

use interdict_client::inventory::{Component, Format, Inventory, Limits, Presence, detect, machine};
use interdict_host::exit::Exit;
use interdict_schema::directive::draft::payload_of;
use interdict_schema::product::{Answer, Cpe, Identifier, Name, PackageName, Purl, Versions};
use interdict_tests::agency::{Agency, Run};
use interdict_tests::simulator::Simulator;
use serde_json::Value;

const BOD: &[u8] = include_bytes!("../../docs/examples/directives/bod-17-01.draft.jsonc");

/// Every finding in every example, as a person has checked it.
const FINDINGS: &str = include_str!("example_inventories/findings.txt");

/// What looks like something that is banned, by the inventory it is in.
const TRAPS: [(&str, &[&str]); 9] = [
    ("browser-profile", &["libkesl-doc", "kesl", "Kaspersky wallpapers", "Kaspersky green"]),
    ("clean-host.csv", &["libkesl-doc"]),
    ("container-image.spdx.json", &["libkesl-doc", "kasper_skarhoj", "/srv/notes/kaspersky.txt"]),
    (
        "fleet.csv",
        &["Camera controller", "References", "Translations", "Antivirus", "libkesl-doc", "kesl-exporter"],
    ),
    ("linux-server-dpkg-status", &["libkesl-doc", "kesl-exporter", "klnagent-checks", "python3-kasperl"]),
    ("macos-laptop.json", &["Example Notes"]),
    ("procurement.csv", &["Kasperska Translation Services", "Camera Controller"]),
    ("windows-desktop-programs.json", &["Skarhoj Updater for Kasper Devices"]),
    ("workstation.cdx.json", &["Accessible IS Browse Results"]),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/examples/inventories")
}

/// The examples, by name.
fn examples() -> Vec<String> {
    let entries = fs::read_dir(folder()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name != "README.md").collect();
    names.sort();
    names
}

/// An agency to which BOD 17-01 applies.
fn agency() -> Agency {
    let mut simulator = Simulator::new();
    simulator.directive(&payload_of(BOD).unwrap());
    simulator.publish();
    Agency::following(&simulator)
}

/// A check as the README of the examples has it: a folder is the root of a machine, a file is an inventory.
fn check(agency: &Agency, example: &str) -> (Run, Value) {
    let path = folder().join(example);
    let path = path.to_str().unwrap();
    let mut arguments = vec!["check", "--format=json", "--as-of=2017-10-02"];
    if Path::new(path).is_dir() {
        arguments.push("--root");
    }
    arguments.push(path);
    let run = agency.run(&arguments);
    let result = serde_json::from_str(&run.stdout).unwrap();
    (run, result)
}

/// A finding in a line: verdict, directive, subject, component, host, identifiers.
fn line(finding: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let host = finding["component"]["host"].as_str().map(|host| format!("@{host}")).unwrap_or_default();
    let identifier = |hit: &Value| format!("{} {}", text(&hit["kind"]), text(&hit["value"]));
    let identifiers: Vec<String> = finding["evidence"].as_array().unwrap().iter().map(identifier).collect();
    format!(
        "{} {} {}: {}{host}: {}",
        text(&finding["verdict"]),
        text(&finding["directive"]),
        text(&finding["subject"]),
        text(&finding["component"]["name"]),
        identifiers.join("; ")
    )
}

#[test]
fn every_example_is_recognised_completely_and_nothing_else_is() {
    let agency = agency();
    let mut told = String::new();
    for example in examples() {
        let (run, result) = check(&agency, &example);
        assert_eq!(result["coverage"]["complete"], true, "{example}: {}", result["coverage"]);
        let code = &result["code"];
        assert_eq!(u64::from(run.exit().code()), code.as_u64().unwrap(), "{example}");
        told.push_str(&format!(
            "\n[{example}: exit {code}, {} components]\n",
            result["coverage"]["components"]
        ));
        for finding in result["findings"].as_array().unwrap() {
            told.push_str(&line(finding));
            told.push('\n');
        }
    }
    let wanted = FINDINGS.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>();
    assert_eq!(told.lines().collect::<Vec<_>>(), wanted);
}

#[test]
fn every_example_holds_its_traps_and_none_of_them_is_found() {
    assert_eq!(examples(), TRAPS.map(|(example, _)| example.to_owned()));
    for (example, traps) in TRAPS {
        let path = folder().join(example);
        let inventory = if path.is_dir() {
            machine::read(&path, &Limits::STANDARD)
        } else {
            detect::read(&fs::read(&path).unwrap(), example, None, &Limits::STANDARD).unwrap()
        };
        for trap in traps {
            assert!(inventory.components.iter().any(|found| found.name == *trap), "{example}: {trap}");
            let section = FINDINGS.split("\n[").find(|section| section.starts_with(example)).unwrap();
            for behind in [':', '@'] {
                assert!(!section.contains(&format!(": {trap}{behind}")), "{example}: {trap}");
            }
        }
    }
    assert!(!FINDINGS.contains("@friends"), "the false friends of fleet.csv");
}

#[test]
fn a_file_is_not_found_by_what_it_is_called() {
    let agency = agency();
    let root = folder().join("browser-profile");
    let arguments = ["check", "--root", root.to_str().unwrap(), "--files", "/home/alex/Downloads"];
    assert!(root.join("home/alex/Downloads/kaspersky.txt").exists());
    let run = agency.run(&arguments);
    assert_eq!(run.outcome.all(), [Exit::Done], "{}", run.stdout);
    assert!(run.stdout.contains("read      1 component of 1 source, wholly"), "{}", run.stdout);
}

#[test]
fn the_readme_of_the_examples_says_what_each_of_them_is() {
    let readme = fs::read_to_string(folder().join("README.md")).unwrap();
    for (example, traps) in TRAPS {
        let row = readme.lines().find(|line| line.starts_with(&format!("| [`{example}`]")));
        let row = row.unwrap_or_else(|| unreachable!("{example} is not in the README"));
        for trap in traps {
            assert!(row.contains(&format!("`{trap}`")), "{example}: {trap}");
        }
    }
}

fn read(file: &str, format: Format) -> Inventory {
    let bytes = fs::read(folder().join(file)).unwrap();
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
