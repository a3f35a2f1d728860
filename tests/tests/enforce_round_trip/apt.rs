//! Packages, with the apt of the machine, all of its own configuration and a repository beside its others.

use interdict_tests::round_trip::Machine;
use interdict_tests::round_trip::picture::Picture;
use serde_json::{Value, json};

pub const TOOLS: [&str; 6] = ["apt-get", "apt-cache", "apt-config", "apt-ftparchive", "dpkg", "dpkg-deb"];

const PACKAGES: [(&str, &str, &str); 8] = [
    ("madeup-banned", "1.0", ""),
    ("madeup-partly", "1.0", ""),
    ("madeup-partly", "2.0", ""),
    ("madeup-other", "1.0", ""),
    ("madeup-another", "1.0", ""),
    ("madeup-third", "1.0", ""),
    ("madeup-needs-banned", "1.0", "Depends: madeup-banned\n"),
    ("madeup-left-out", "1.0", ""),
];

/// What orders these blocked and gone from the day of its issue on, but for one package that it leaves out.
pub fn order(identifiers: &Value) -> Vec<u8> {
    let due = json!({ "edge": "begin", "offset": { "n": 0, "unit": "day", "anchor": "issued" } });
    let directive = json!({
        "format": "interdict-directive/1", "id": "BOD-17-01", "revision": 1, "status": "in-force", "title": "Remove it",
        "issuer": "dhs", "zone": "America/New_York", "issued": "2017-09-13",
        "subjects": [{
            "id": "it", "name": "It", "disposition": "prohibited", "identifiers": identifiers,
            "excludes": [{
                "id": "rest", "reason": "what of it stays",
                "identifiers": [{ "kind": "package", "value": "deb:madeup-left-out" }],
            }],
        }],
        "actions": [
            { "id": "block", "modality": "must", "kind": "block", "due": due },
            { "id": "begin", "modality": "must", "kind": "begin-removal", "due": due },
        ],
    });
    serde_json::to_vec(&directive).unwrap()
}

fn of_packages() -> Vec<u8> {
    order(&json!([
        { "kind": "package", "value": "deb:madeup-banned" },
        { "kind": "package", "value": "deb:madeup-partly", "versions": "vers:deb/>=1.0|<2.0" },
        { "kind": "package", "value": "deb:madeup-left-out" },
    ]))
}

/// Everything but what dpkg and apt keep, which installing changes and no undo is about.
pub fn but_for_dpkg(machine: &Machine) -> Picture {
    let mut picture = machine.picture();
    picture.retain(|path, _| !["/var/lib/dpkg", "/var/lib/apt"].iter().any(|kept| path.starts_with(kept)));
    picture
}

/// What of the machine that all of it lies over could have changed: names and times of files, and whatever is called as our packages
/// are.
fn below() -> Vec<String> {
    let mut found = Vec::new();
    for (folder, all) in [
        ("/etc/apt/preferences.d", true),
        ("/etc/apt/apt.conf.d", true),
        ("/opt", false),
        ("/var/lib/dpkg/info", false),
    ] {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
            let name = entry.file_name().to_string_lossy().into_owned();
            if all || name.starts_with("madeup-") {
                found.push(format!("{folder}/{name} {:?}", entry.metadata().unwrap().modified().unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_banned_package_installs_before_and_in_audit_and_not_when_enforced_and_again_after_the_undo() {
    let Some(mut machine) = Machine::new(&TOOLS) else { return };
    machine.packages(&PACKAGES);
    machine.order(&[of_packages()]);
    let file = Machine::package("madeup-banned", "1.0");
    let outside = below();
    let before = but_for_dpkg(&machine);
    let installs = |what: &str, name: &str| {
        let ran = machine.apt_install(what);
        assert_eq!((ran.status, machine.installed(name).is_some()), (Some(0), true), "{}", ran.said());
        machine.purge(&[name]);
        ran.said()
    };
    let works = || {
        for (what, name) in [
            ("madeup-banned", "madeup-banned"),
            (file.as_str(), "madeup-banned"),
            ("madeup-partly=1.0", "madeup-partly"),
            ("madeup-other", "madeup-other"),
        ] {
            let said = installs(what, name);
            assert!(!said.contains("interdict"), "{what}: {said}");
        }
        assert_eq!(but_for_dpkg(&machine), before);
    };
    works();

    let (plan, _) = machine.apply("apt", "--audit");
    assert!(!plan.stdout.contains("NOT enforced"), "{}", plan.said());
    for (what, name) in
        [("madeup-banned", "madeup-banned"), (&file, "madeup-banned"), ("madeup-partly=1.0", "madeup-partly")]
    {
        let said = installs(what, name);
        let line = format!("banned, let through (audit): {name} 1.0 (all): BOD-17-01 revision 1 of");
        assert!(said.contains(&line), "{what}: {said}");
        assert!(machine.log().contains(&line), "{}", machine.log());
    }

    machine.apply("apt", "--enforce");
    machine.apt_install("madeup-banned").refused("'madeup-banned' has no installation candidate");
    machine.apt_install("madeup-needs-banned").refused("madeup-banned but it is not installable");
    machine.apt_install(&file).refused("interdict: vetoed: madeup-banned 1.0 (all): BOD-17-01 revision 1 of");
    machine.apt_install("madeup-partly=1.0").refused("interdict: vetoed: madeup-partly 1.0 (all)");
    assert!(machine.log().contains("vetoed: madeup-partly 1.0"), "{}", machine.log());
    for name in ["madeup-banned", "madeup-partly", "madeup-needs-banned"] {
        assert_eq!(machine.installed(name), None, "{name}");
    }
    let third = Machine::package("madeup-third", "1.0");
    for (what, name) in [
        ("madeup-partly", "madeup-partly"),
        ("madeup-other", "madeup-other"),
        ("madeup-another", "madeup-another"),
        ("madeup-left-out", "madeup-left-out"),
        (&third, "madeup-third"),
    ] {
        let said = installs(what, name);
        assert!(!said.contains("interdict"), "{what}: {said}");
    }
    // What is there may be removed; dpkg that is called without apt is seen by nobody here.
    machine.run("dpkg", &["-i", &file]).ended(0);
    machine.purge(&["madeup-banned"]);

    let undone = machine.undo().ended(0);
    let removed = "removed  /etc/apt/preferences.d/interdict.pref (apt)";
    assert!(undone.stdout.contains(removed), "{}", undone.said());
    works();
    assert_eq!(below(), outside, "nothing of all that reaches the machine below");
}

#[test]
fn what_is_ordered_gone_is_removed_by_apt_once_somebody_agrees_and_no_more_than_they_agree_to() {
    let Some(mut machine) = Machine::new(&TOOLS) else { return };
    machine.packages(&PACKAGES);
    machine.order(&[of_packages()]);
    for name in ["madeup-needs-banned", "madeup-partly=1.0", "madeup-other", "madeup-left-out"] {
        machine.apt_install(name).ended(0);
    }
    let plan = machine.plan("apt", "--enforce");
    assert!(plan.stdout.contains("madeup-banned"), "what is there is named: {}", plan.said());
    machine.interdict(&["apply", "/root/plan.json"]).ended(0);

    let there = || {
        let names =
            ["madeup-banned", "madeup-needs-banned", "madeup-partly", "madeup-other", "madeup-left-out"];
        names.map(|name| machine.installed(name).is_some())
    };
    let uninstall = |more: &[&str]| machine.interdict(&[&["uninstall-banned", "BOD-17-01"], more].concat());
    let refused = uninstall(&["--yes"]).ended(1);
    refused.refused("1 other packages would go (madeup-needs-banned), wanted 0 at most");
    assert_eq!(there(), [true; 5]);
    let asked = uninstall(&["--max-impact", "1"]).ended(1);
    asked.refused("nobody agreed");
    assert!(asked.stdout.contains("Remv madeup-banned [1.0]"), "what it would do is shown: {}", asked.said());
    assert_eq!(there(), [true; 5]);

    let removed = uninstall(&["--max-impact", "1", "--yes"]).ended(0);
    assert!(removed.stdout.contains("removed madeup-banned\nremoved madeup-partly\n"), "{}", removed.said());
    assert_eq!(there(), [false, false, false, true, true]);
    let again = uninstall(&["--yes"]).ended(0);
    assert!(again.stdout.contains("No installed package is ordered gone now."), "{}", again.said());
    let journal = machine.read("/var/lib/interdict-apply/journal/journal.jsonl");
    let last: Value = serde_json::from_str(journal.lines().last().unwrap()).unwrap();
    assert_eq!(last["what"]["verb"], "uninstall-banned");
    assert_eq!(last["what"]["packages"], json!(["madeup-banned", "madeup-partly"]));
    machine.interdict(&["journal", "verify"]).ended(0);
}

#[test]
fn a_ban_of_some_versions_of_what_a_machine_needs_is_refused_where_the_database_cannot_be_read() {
    let Some(mut machine) = Machine::new(&TOOLS) else { return };
    machine.order(&[order(&json!([
        // Older than any that is installed: where the database is read it hits nothing.
        { "kind": "package", "value": "deb:coreutils", "versions": "vers:deb/<0.0.1" },
        { "kind": "package", "value": "deb:madeup-partly", "versions": "vers:deb/<2.0" },
    ]))]);
    let refused = |machine: &Machine| -> Vec<String> {
        let plan = machine.planned();
        let hits = plan["planned"]["protected"].as_array().cloned().unwrap_or_default();
        hits.iter().map(|hit| hit["protects"].as_str().unwrap().to_owned()).collect()
    };
    machine.plan("apt", "--enforce");
    assert_eq!(refused(&machine), [""; 0]);

    machine.shell("mv /var/lib/dpkg/status /srv/status && mkdir /var/lib/dpkg/status");
    let plan = machine.plan("apt", "--enforce");
    let wanted = "how an administrator gets in: coreutils, of which the installed version is not known, because the package \
                  database cannot be read";
    assert_eq!(refused(&machine), [wanted]);
    assert!(plan.stdout.contains("coreutils") && plan.status != Some(0), "{}", plan.said());
}
