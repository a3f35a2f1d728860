//! Definitions in OVAL, with the real `oscap`: judged by its schemas, and evaluated against databases of dpkg and rpm that are
//! made here. Before, a scanner that has no definitions finds nothing; with them it finds the banned packages and files,
//! in their versions and no others, and blocks nothing.
//!
//! The databases are mounted over those of the machine, in a mount namespace of the scanner's own.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and write files"
)]

#[path = "../../client/tests/enforce/bans.rs"]
mod bans;

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use bans::{With as _, audited, made_up, options, part};
use interdict_client::enforce::oval::Oval;
use interdict_client::enforce::{Bans, Fidelity, Mode, Part, Rendered, Seen, Stage, Target as _};
use interdict_host::exit::Exit;
use interdict_tests::agency::Agency;
use interdict_tests::obeying::{absent, compiled, run, without_root, write};
use interdict_tests::simulator::Simulator;

fn rendered(bans: &Bans) -> Rendered {
    Oval.render(bans, &options(&Oval, Mode::Enforce, &BTreeMap::new(), &Seen::default())).unwrap()
}

/// A package database of dpkg with these names and versions.
fn dpkg(folder: &Path, packages: &[(&str, &str)]) {
    let mut status = String::new();
    for (name, version) in packages {
        write!(
            status,
            "Package: {name}\nStatus: install ok installed\nMaintainer: x <x@example.org>\nArchitecture: all\n\
             Version: {version}\nDescription: made up\n\n"
        )
        .unwrap();
    }
    for below in ["dpkg", "lists/partial", "cache", "home"] {
        std::fs::create_dir_all(folder.join(below)).unwrap();
    }
    std::fs::write(folder.join("dpkg/status"), status).unwrap();
}

/// What a scanner says of each definition: its title, and the answer.
fn evaluated(definitions: &Path, machine: &Path) -> HashMap<String, String> {
    let script = "mount --bind \"$1/dpkg\" /var/lib/dpkg && mount --bind \"$1/lists\" /var/lib/apt/lists && \
                  mount --bind \"$1/cache\" /var/cache/apt && HOME=\"$1/home\" exec oscap oval eval \"$2\"";
    let arguments = ["--mount", "sh", "-c", script, "sh"].map(Into::into);
    let arguments = arguments.into_iter().chain([machine.into(), definitions.into()]);
    let output = run("unshare", arguments.collect::<Vec<PathBuf>>());
    let text = String::from_utf8(output.stdout).unwrap();
    let answers: HashMap<&str, &str> =
        text.lines().filter_map(|line| line.strip_prefix("Definition ")?.rsplit_once(": ")).collect();
    let document = std::fs::read_to_string(definitions).unwrap();
    let mut titled: HashMap<String, String> = HashMap::new();
    for definition in document.split("<definition ").skip(1) {
        let between = |from: &str, to: &str| definition.split(from).nth(1).unwrap().split(to).next().unwrap();
        let title = between("<title>", "</title>").trim_start_matches("Banned: The products of ");
        let answer = answers[between(" id=\"", "\"")];
        assert!(titled.insert(title.to_owned(), answer.to_owned()).is_none(), "{title}");
    }
    titled
}

/// The parts that were found, of those that are named.
fn true_of(parts: Vec<Part>, packages: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    dpkg(folder.path(), packages);
    let rendered = rendered(&bans::bans(parts));
    let files = write(&rendered, folder.path());
    for command in &rendered.validate {
        assert!(compiled(command, &files).status().unwrap().success());
    }
    let mut found: Vec<String> = evaluated(&files[0], folder.path())
        .into_iter()
        .filter_map(|(title, answer)| (answer == "true").then_some(title))
        .filter(|title| !title.ends_with("can be read"))
        .collect();
    found.sort();
    found
}

#[test]
fn everything_that_is_written_is_what_the_schemas_of_oval_want() {
    if absent(&["oscap"]) {
        return;
    }
    let class = BTreeMap::from([("class".to_owned(), "vulnerability".to_owned())]);
    let seen = Seen::default();
    let of_class = Oval.render(&made_up(), &options(&Oval, Mode::Enforce, &class, &seen)).unwrap();
    let nothing = rendered(&Bans::default());
    for rendered in [rendered(&made_up()), rendered(&audited(made_up())), of_class, nothing] {
        let folder = tempfile::tempdir().unwrap();
        let files = write(&rendered, folder.path());
        for command in &rendered.validate {
            let output = compiled(command, &files).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        }
        for question in &rendered.questions {
            let output = compiled(&question.command, &files).output().unwrap();
            let met = question.expects.is_met(output.status.code(), &output.stdout);
            assert!(met, "{}: {}", question.about, String::from_utf8_lossy(&output.stdout));
        }
    }
    // A check that cannot fail would say nothing.
    let folder = tempfile::tempdir().unwrap();
    let mut broken = rendered(&made_up());
    let bytes = String::from_utf8(broken.files[0].bytes.clone()).unwrap();
    broken.files[0].bytes = bytes.replace("check=\"at least one\"", "check=\"perhaps\"").into_bytes();
    let files = write(&broken, folder.path());
    assert!(!compiled(&broken.validate[0], &files).output().unwrap().status.success());
}

#[test]
fn what_is_installed_is_found_and_what_is_not_is_not_and_nothing_is_blocked() {
    if absent(&["oscap", "dpkg"]) || without_root() {
        return;
    }
    let parts = || {
        vec![
            part("X-1", "present", Stage::Enforce).with("package", "deb:bannedd"),
            part("X-1", "absent", Stage::Enforce)
                .with("package", "deb:not-there")
                .with("package", "rpm:bannedd"),
            part("X-1", "freed", Stage::Freed).with("package", "deb:bannedd"),
            part("X-1", "one of two", Stage::Audit)
                .with("package", "deb:not-there")
                .with("package", "bannedd"),
            part("X-1", "by url", Stage::Audit).with("purl", "pkg:deb/bannedd"),
            part("X-1", "of another distribution", Stage::Audit).with("purl", "pkg:deb/of-nobody/bannedd"),
            part("X-1", "of another architecture", Stage::Audit).with("purl", "pkg:deb/bannedd?arch=s390x"),
            part("X-1", "a part of a name", Stage::Audit).with("package", "deb:banned"),
            part("X-1", "a key", Stage::Audit).with("registry-key", r"HKLM\SOFTWARE\Banned"),
        ]
    };
    let machine = [("bannedd", "1.0-1"), ("harmless", "2")];
    assert_eq!(true_of(parts(), &machine), ["by url", "one of two", "present"]);
    assert_eq!(true_of(parts(), &[("harmless", "2")]), [""; 0]);
    // In audit it is as when it is enforced.
    assert_eq!(true_of(audited(bans::bans(parts())).parts, &machine), ["by url", "one of two", "present"]);
    let rendered = rendered(&bans::bans(parts()));
    assert_eq!(rendered.verdicts.of(0), Fidelity::FindsOnly("a scanner finds it, and blocks nothing"));
}

#[test]
fn a_database_that_cannot_be_read_is_told_from_one_without_the_package() {
    if absent(&["oscap"]) || without_root() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let files = write(&rendered(&Bans::default()), folder.path());
    let readable = |packages: &[(&str, &str)]| {
        dpkg(folder.path(), packages);
        let said = evaluated(&files[0], folder.path());
        (
            said["dpkg has a database that can be read"].clone(),
            said["rpm has a database that can be read"].clone(),
        )
    };
    assert_eq!(readable(&[("dpkg", "1.21.22")]), ("true".to_owned(), "false".to_owned()));
    assert_eq!(readable(&[]), ("false".to_owned(), "false".to_owned()));
}

#[test]
fn versions_at_the_borders_are_those_of_dpkg() {
    if absent(&["oscap", "dpkg"]) || without_root() {
        return;
    }
    let versions = [
        "1.0", "1.0-0", "1.00", "1.0-1", "1.0-1+b1", "1.0~rc1", "1.0~~", "1.0+dfsg", "1.0a", "1.0.1", "0.9",
        "0:1.0", "1:0.1", "2:1.0", "1.10", "1.9", "10", "8x", "8x00",
    ];
    // dpkg's words for the comparators.
    let comparators = [("<", "lt"), ("<=", "le"), (">", "gt"), (">=", "ge"), ("=", "eq"), ("!=", "ne")];
    let mut parts = Vec::new();
    let mut wanted = Vec::new();
    for (number, installed) in versions.iter().enumerate() {
        for bound in versions {
            for (comparator, word) in comparators {
                let title = format!("{installed} {word} {bound}");
                let package = format!("deb:p{number}");
                let range = if comparator == "=" { bound.to_owned() } else { format!("{comparator}{bound}") };
                parts.push(part("X-1", &title, Stage::Audit).with_versions("package", &package, &range));
                let holds =
                    Command::new("dpkg").args(["--compare-versions", installed, word, bound]).status();
                if holds.unwrap().success() {
                    wanted.push(title);
                }
            }
        }
    }
    wanted.sort();
    let names: Vec<String> = (0..versions.len()).map(|number| format!("p{number}")).collect();
    let machine: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(versions).collect();
    assert_eq!(true_of(parts, &machine), wanted);
}

#[test]
fn ranges_of_several_intervals_and_what_is_left_out_are_honoured() {
    if absent(&["oscap"]) || without_root() {
        return;
    }
    let part = |subject: &str| part("X-1", subject, Stage::Enforce);
    let mut without = part("left out").with("package", "deb:a");
    without.excluded = part("").with_versions("package", "deb:a", ">=1.5|<2").entries;
    let parts = |version: &str| {
        let found = true_of(
            vec![
                part("intervals").with_versions("package", "deb:a", "vers:deb/>=1.0|<1.2|3|>=5"),
                without.clone(),
                part("all left out").with("package", "deb:a").without("package", "deb:a"),
            ],
            &[("a", version)],
        );
        found.join(", ")
    };
    for (version, wanted) in [
        ("0.9", "left out"),
        ("1.0", "intervals, left out"),
        ("1.2~rc1", "intervals, left out"),
        ("1.2", "left out"),
        ("1.5", ""),
        ("1.9", ""),
        ("2", "left out"),
        ("3", "intervals, left out"),
        ("5", "intervals, left out"),
    ] {
        assert_eq!(parts(version), wanted, "{version}");
    }
}

#[test]
fn files_and_folders_are_found_unless_only_what_is_left_out_is_there() {
    if absent(&["oscap"]) || without_root() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for file in [
        "opt/banned/bin/agent",
        "opt/banned/uninstall/x",
        "opt/remains/uninstall/x",
        "opt/a.b/c",
        "opt/aXb/c",
    ] {
        std::fs::create_dir_all(at.join(file).parent().unwrap()).unwrap();
        std::fs::write(at.join(file), "").unwrap();
    }
    let path = |below: &str| format!("{}/opt/{below}", at.display());
    let part = |subject: &str| part("X-1", subject, Stage::Enforce);
    let parts = vec![
        part("a folder").with("path", &path("banned")),
        part("a file").with("path", &path("banned/bin/agent")),
        part("wildcards").with("path", &path("b*ed/**/agen?")),
        part("nothing").with("path", &path("bann")).with("path", &path("a?c")).with("path", &path("*/agent")),
        part("a dot is a dot").with("path", &path("a.b/d")),
        part("with something left out")
            .with("path", &path("banned"))
            .without("path", &path("banned/uninstall")),
        part("only what is left out")
            .with("path", &path("remains"))
            .without("path", &path("remains/uninstall")),
    ];
    assert_eq!(true_of(parts, &[]), ["a file", "a folder", "wildcards", "with something left out"]);
}

#[test]
fn packages_of_rpm_are_found_in_their_versions() {
    if absent(&["oscap", "rpm", "rpmbuild"]) || without_root() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    dpkg(at, &[]);
    let spec = "Name: bannedr\nVersion: 1.0\nRelease: 5\nSummary: x\nLicense: x\nBuildArch: noarch\n%description\nx\n%files\n";
    std::fs::write(at.join("x.spec"), spec).unwrap();
    let define = |name: &str| format!("{name} {}", at.display());
    let built = Command::new("rpmbuild")
        .args(["-bb", "--quiet", "--define", &define("_topdir"), "--define", &define("_rpmdir")])
        .arg(at.join("x.spec"))
        .env("HOME", at.join("home"))
        .status();
    assert!(built.unwrap().success());
    let package = at.join("noarch/bannedr-1.0-5.noarch.rpm");
    let installed = Command::new("rpm")
        .args(["-i", "--nodeps", "--justdb"])
        .arg(package)
        .env("HOME", at.join("home"))
        .status();
    assert!(installed.unwrap().success());
    let cases = [
        ("*", true),
        ("1.0", true),
        ("1.0-5", true),
        ("1.00-5", true),
        ("1.0-4", false),
        ("<1.0", false),
        ("<=1.0", true),
        (">1.0", false),
        (">=1.0", true),
        ("<1.0-5", false),
        (">=1.0-5", true),
        ("<1.0.1", true),
        (">1.0~rc1", true),
        ("<1:0", true),
        (">=1:0", false),
    ];
    let part = |(range, _): &(&str, bool)| {
        part("X-1", range, Stage::Audit).with_versions("package", "rpm:bannedr", range)
    };
    let rendered = rendered(&bans::bans(cases.iter().map(part).collect()));
    let files = write(&rendered, at);
    let said = evaluated(&files[0], at);
    for (range, wanted) in cases {
        let title = quick(range);
        assert_eq!(said[&title], wanted.to_string(), "{range}");
    }
}

/// Everything below a folder: names, modes and bytes.
fn picture(folder: &Path, text: &mut String) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let mode = std::fs::symlink_metadata(&path).unwrap().mode();
        writeln!(text, "{} {mode:o}", path.display()).unwrap();
        if path.is_dir() {
            picture(&path, text);
        } else {
            writeln!(text, "{:?}", std::fs::read(&path).unwrap()).unwrap();
        }
    }
}

#[test]
fn from_a_signed_directive_to_definitions_that_find_it_and_back_to_the_byte() {
    if absent(&["oscap"]) || without_root() {
        return;
    }
    let mut simulator = Simulator::new();
    simulator.directive(
        br#"{"format":"interdict-directive/1","id":"BOD-1","revision":1,"status":"in-force","title":"Block it","issuer":"dhs","zone":"America/New_York","issued":"2017-09-13","subjects":[{"id":"it","name":"The products of it","disposition":"prohibited","identifiers":[{"kind":"package","value":"deb:bannedd"}]}],"actions":[{"id":"block","modality":"must","kind":"block","due":{"edge":"begin","offset":{"n":0,"unit":"day","anchor":"issued"}}}]}"#,
    );
    simulator.publish();
    let agency = Agency::following(&simulator);
    let root = agency.path("root");
    std::fs::create_dir_all(root.join("etc/other")).unwrap();
    std::fs::write(root.join("etc/other/file"), "theirs").unwrap();
    // A machine that can be read, so that a plan's exit status is about what is enforced.
    std::fs::write(root.join("etc/os-release"), "ID=debian\n").unwrap();
    dpkg(&root.join("var/lib"), &[("harmless", "1.0")]);
    let tree = || {
        let mut text = String::new();
        picture(&root, &mut text);
        text
    };
    let run = |arguments: &[&str]| agency.run(&[arguments, &["--root", root.to_str().unwrap()]].concat());
    let before = tree();
    // A scanner blocks nothing, so that an enforced ban is said not to be.
    let planned = run(&["plan", "--target", "oval", "--enforce", "--out", "plan.json"]);
    assert_eq!(planned.exit(), Exit::Findings, "{}{}", planned.stdout, planned.stderr);
    let said = "oval: a scanner finds it, and blocks nothing";
    assert!(planned.stdout.contains("NOT enforced") && planned.stdout.contains(said), "{}", planned.stdout);
    assert_eq!(tree(), before);
    let applied = run(&["apply", "plan.json"]);
    assert_eq!(applied.exit(), Exit::Done, "{}{}", applied.stdout, applied.stderr);
    let file = root.join("etc/interdict/oval/interdict.oval.xml");
    let machine = tempfile::tempdir().unwrap();
    for (packages, wanted) in [(&[("bannedd", "1.0")][..], "true"), (&[("harmless", "1.0")][..], "false")] {
        dpkg(machine.path(), packages);
        assert_eq!(evaluated(&file, machine.path())["it"], wanted);
    }
    let enforced = tree();
    let audited = run(&["plan", "--target", "oval", "--audit", "--out", "plan.json"]);
    assert_eq!(audited.exit(), Exit::Done, "{}{}", audited.stdout, audited.stderr);
    let again = run(&["apply", "plan.json"]);
    assert_eq!(again.exit(), Exit::Done, "{}{}", again.stdout, again.stderr);
    assert_eq!(tree(), enforced, "audit and enforcement are the same bytes");
    let undone = run(&["undo", "--reason", "tried", "--until", "24h"]);
    assert_eq!(undone.exit(), Exit::Done, "{}{}", undone.stdout, undone.stderr);
    assert_eq!(tree(), before);
}

/// A title as it stands in the document.
fn quick(title: &str) -> String {
    title.replace('<', "&lt;").replace('>', "&gt;")
}
