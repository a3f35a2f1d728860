//! Hostile identifiers of packages, read back by apt: exactly what was meant has no candidate, and everything else has one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use interdict_client::enforce::apt::Apt;
use interdict_client::enforce::apt::meant::is_name;
use interdict_client::enforce::{Mode, Part, Rendered, Seen, Stage, Target};
use interdict_schema::product::PackageName;
use proptest::prelude::*;

use crate::bans::{HOSTILE, bans, entry, options, part};

fn rendered(values: &[String]) -> Rendered {
    let mut of: Part = part("BOD-05-01", "hostile\",\"x\":\"\n{", Stage::Enforce);
    of.entries.extend(values.iter().map(|value| entry("package", value)));
    Apt.render(&bans(vec![of]), &options(&Apt, Mode::Enforce, &BTreeMap::new(), &Seen::default())).unwrap()
}

/// The names that these values mean as packages of Debian.
fn meant(values: &[String]) -> BTreeSet<String> {
    let read = values.iter().filter_map(|value| PackageName::parse(value).ok());
    let of_debian = read.filter(|name| name.ecosystem().is_none_or(|ecosystem| ecosystem == "deb"));
    of_debian.map(|name| name.name().to_owned()).filter(|name| is_name(name)).collect()
}

fn apt(folder: &Path, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .env_clear()
        .envs([("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"), ("LC_ALL", "C")])
        .env("APT_CONFIG", folder.join("apt.conf"))
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// An apt whose repository has a package of each of these names.
fn repository(folder: &Path, names: &BTreeSet<String>) {
    for below in ["etc/preferences.d", "lists/partial", "archives/partial", "repository"] {
        std::fs::create_dir_all(folder.join(below)).unwrap();
    }
    let mut listed = String::new();
    for name in names {
        write!(
            listed,
            "Package: {name}\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.org>\nFilename: ./{name}.deb\nSize: 1\n\
             SHA256: {}\nDescription: x\n\n",
            "0".repeat(64)
        )
        .unwrap();
    }
    let at = folder.display();
    let configuration = format!(
        "Dir::Etc \"{at}/etc\";\nDir::State::lists \"{at}/lists\";\nDir::State::status \"{at}/status\";\nDir::Cache \"{at}\";\n\
         Dir::Cache::archives \"{at}/archives\";\nAPT::Sandbox::User \"root\";\nAPT::Architecture \"amd64\";\nDir::Log \"{at}\";\n"
    );
    for (file, text) in [
        ("status", String::new()),
        ("repository/Packages", listed),
        ("etc/sources.list", format!("deb [trusted=yes] file:{at}/repository ./\n")),
        ("apt.conf", configuration),
    ] {
        std::fs::write(folder.join(file), text).unwrap();
    }
    apt(folder, "apt-get", &["update"]);
}

/// The names of which apt has no candidate.
fn refused(folder: &Path, names: &BTreeSet<String>) -> BTreeSet<String> {
    let arguments: Vec<&str> = std::iter::once("policy").chain(names.iter().map(String::as_str)).collect();
    let said = apt(folder, "apt-cache", &arguments);
    let mut refused = BTreeSet::new();
    let mut known = BTreeSet::new();
    let mut name = "";
    for line in said.lines() {
        if let Some(found) = line.strip_suffix(':').filter(|line| !line.starts_with(' ')) {
            name = found;
            known.insert(name.to_owned());
        } else if line == "  Candidate: (none)" {
            refused.insert(name.to_owned());
        }
    }
    assert_eq!(&known, names, "{said}");
    refused
}

fn values() -> impl Strategy<Value = Vec<String>> {
    let hostile = HOSTILE.iter().filter(|(kind, _)| *kind == "package");
    let known: Vec<String> =
        hostile.flat_map(|(_, texts)| texts.iter().map(|text| (*text).to_owned())).collect();
    let one = prop_oneof![
        prop::sample::select(known),
        "(deb:|rpm:|)[a-c0-1][a-c0-1+.-]{0,6}",
        "(deb:|DEB:|)[A-Ca-c0-1+.:/*?\\[\\]~-]{1,8}",
        "deb:\\PC{0,20}",
        "[ -~\\n\\t\u{80}]{0,30}",
    ];
    prop::collection::vec(one, 0..30)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn apt_has_no_candidate_of_exactly_what_is_banned(values in values()) {
        if !Path::new("/usr/bin/apt-cache").is_file() {
            println!("skipped: no apt on this machine");
            return Ok(());
        }
        let folder = tempfile::tempdir().unwrap();
        let meant = meant(&values);
        let mut names = meant.clone();
        // apt itself keeps to names of two characters.
        names.extend(["evil", "glibc", "aa", "a0", "ab+", "b.c", "apt", "libc6"].map(str::to_owned));
        repository(folder.path(), &names);
        prop_assert_eq!(refused(folder.path(), &names), BTreeSet::new());
        let rendered = rendered(&values);
        std::fs::write(folder.path().join("etc/preferences.d/interdict.pref"), &rendered.files[0].bytes).unwrap();
        prop_assert_eq!(refused(folder.path(), &names), meant);
    }

    #[test]
    fn preferences_and_list_have_a_line_for_each_name_and_no_other(values in values()) {
        let rendered = rendered(&values);
        let meant = meant(&values);
        let pins = std::str::from_utf8(&rendered.files[0].bytes).unwrap();
        let mut stanzas = pins.split("\n\n");
        prop_assert!(stanzas.next().unwrap().starts_with("# "));
        let mut named = BTreeSet::new();
        for stanza in stanzas {
            let lines: Vec<&str> = stanza.trim_end().split('\n').collect();
            let [explanation, package, pin, priority] = lines[..] else { panic!("{stanza:?}") };
            prop_assert_eq!(explanation, "Explanation: banned by BOD-05-01");
            prop_assert_eq!((pin, priority), ("Pin: version *", "Pin-Priority: -1"));
            named.insert(package.strip_prefix("Package: ").unwrap().strip_suffix(":any").unwrap().to_owned());
        }
        prop_assert_eq!(&named, &meant);
        let list = std::str::from_utf8(&rendered.files[2].bytes).unwrap();
        let mut listed = BTreeSet::new();
        for line in list.lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            listed.extend(line["package"].as_str().map(str::to_owned));
        }
        prop_assert_eq!(&listed, &meant);
    }
}
