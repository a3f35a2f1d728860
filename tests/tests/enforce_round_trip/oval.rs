//! Definitions, with the scanner of the machine and its own package database.

use interdict_tests::round_trip::Machine;
use serde_json::json;

use super::apt::{TOOLS, but_for_dpkg, order};

const FILE: &str = "/etc/interdict/oval/interdict.oval.xml";

/// What the scanner says of the definition of a title.
fn answer(machine: &Machine, title: &str) -> String {
    let document = machine.read(FILE);
    let between = |text: &str, from: &str, to: &str| {
        text.split(from).nth(1).unwrap().split(to).next().unwrap().trim().to_owned()
    };
    let is_it = |one: &&str| between(one, "<title>", "</title>") == title;
    let definition =
        document.split("<definition ").skip(1).find(is_it).unwrap_or_else(|| panic!("{document}"));
    let id = between(definition, " id=\"", "\"");
    let said = machine.run("oscap", &["oval", "eval", FILE]).ended(0).stdout;
    let line = said
        .lines()
        .find_map(|line| line.strip_prefix("Definition ")?.strip_prefix(&*id)?.strip_prefix(": "));
    line.unwrap().to_owned()
}

#[test]
fn a_banned_package_is_found_in_audit_and_when_enforced_and_is_never_blocked() {
    let Some(mut machine) = Machine::new(&[&TOOLS[..], &["oscap"]].concat()) else { return };
    machine.packages(&[("madeup-banned", "1.0", ""), ("madeup-other", "1.0", "")]);
    machine.order(&[order(&json!([{ "kind": "package", "value": "deb:madeup-banned" }]))]);
    let before = but_for_dpkg(&machine);
    assert!(!machine.path(FILE).exists());
    machine.apt_install("madeup-banned").ended(0);
    machine.purge(&["madeup-banned"]);

    let title = "Banned: It";
    for mode in ["--audit", "--enforce"] {
        let (plan, _) = machine.apply("oval", mode);
        let told = plan.stdout.contains("NOT enforced")
            && plan.stdout.contains("a scanner finds it, and blocks nothing");
        assert_eq!(told, mode == "--enforce", "{mode}: {}", plan.said());
        assert_eq!(answer(&machine, "dpkg has a database that can be read"), "true");
        assert_eq!(answer(&machine, title), "false", "{mode}");
        machine.apt_install("madeup-other").ended(0);
        assert_eq!(answer(&machine, title), "false", "{mode}");
        let ran = machine.apt_install("madeup-banned").ended(0);
        assert!(!ran.said().contains("interdict"), "nothing is blocked: {}", ran.said());
        assert_eq!(answer(&machine, title), "true", "{mode}");
        machine.purge(&["madeup-banned", "madeup-other"]);
        assert_eq!(answer(&machine, title), "false", "{mode}");
    }

    machine.undo().ended(0);
    assert!(!machine.path(FILE).exists());
    assert_eq!(but_for_dpkg(&machine), before);
}
