//! The units that are shipped: systemd takes them without a word, they are as closed as is written down, and what they create belongs
//! to whom it must.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, says what it leaves out, and works on real folders"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The exposure that `systemd-analyze security` may give a unit, in tenths: what it gave with systemd 252, and a little for versions that
/// look at more. 100 is a unit without any of it.
const THRESHOLDS: [(&str, u32); 3] =
    [("interdict-sync.service", 15), ("interdict-apply.service", 30), ("interdict-resume.service", 27)];

/// The same with the drop-in for machines where no target is told over the network stack.
const WITH_PRIVATE_NETWORK: u32 = 22;

/// The same for the units of the authority: the one with its online keys, and the server, which has none.
const PUBLISHER_THRESHOLDS: [(&str, u32); 2] =
    [("interdict-refresh.service", 10), ("interdict-serve.service", 20)];

fn folder() -> PathBuf {
    folder_of("client")
}

fn folder_of(program: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(program).join("systemd")
}

fn shipped(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

fn is_there(program: &str) -> bool {
    let there = Command::new(program).arg("--version").output().is_ok_and(|ran| ran.status.success());
    if !there {
        eprintln!("skipped: no {program}");
    }
    there
}

/// The units in a folder of their own, started from a program that is there on every machine.
fn laid_out(folder: &Path) -> tempfile::TempDir {
    let to = tempfile::tempdir().unwrap();
    for name in shipped(folder) {
        let text = fs::read_to_string(folder.join(&name)).unwrap();
        let text = text.replace("ExecStart=/usr/bin/interdict ", "ExecStart=/bin/true ");
        let text = text.replace("ExecStart=/usr/bin/interdict-publisher ", "ExecStart=/bin/true ");
        fs::write(to.path().join(&name), text).unwrap();
    }
    to
}

fn analyze(units: &Path, arguments: &[&str]) -> (bool, String) {
    let ran = Command::new("systemd-analyze")
        .args(arguments)
        .current_dir(units)
        .env("SYSTEMD_UNIT_PATH", format!("{}:", units.display()))
        .output()
        .unwrap();
    (
        ran.status.success(),
        format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr)),
    )
}

#[test]
fn systemd_takes_every_unit_without_a_word() {
    if !is_there("systemd-analyze") {
        return;
    }
    let is_unit =
        |name: &String| [".service", ".timer", ".path", ".socket"].iter().any(|end| name.ends_with(end));
    for (program, wanted) in [("client", 7), ("publisher", 4)] {
        let folder = folder_of(program);
        let units = laid_out(&folder);
        let names: Vec<String> =
            shipped(&folder).into_iter().filter(is_unit).map(|name| format!("./{name}")).collect();
        assert_eq!(names.len(), wanted, "{names:?}");
        let mut arguments = vec!["verify", "--man=no"];
        arguments.extend(names.iter().map(String::as_str));
        let (clean, said) = analyze(units.path(), &arguments);
        assert!(clean && said.is_empty(), "{said}");
    }
}

/// trust.md rule 17
#[test]
fn every_service_is_as_closed_as_is_written_down() {
    if !is_there("systemd-analyze") {
        return;
    }
    let exposure = |units: &Path, unit: &str, most: u32| {
        let threshold = format!("--threshold={most}");
        let (within, said) = analyze(units, &["security", "--offline=true", "--no-pager", &threshold, unit]);
        assert!(within, "{}", said.lines().last().unwrap_or_default());
    };
    let publisher = laid_out(&folder_of("publisher"));
    for (unit, most) in PUBLISHER_THRESHOLDS {
        exposure(publisher.path(), unit, most);
    }
    let units = laid_out(&folder());
    for (unit, most) in THRESHOLDS {
        exposure(units.path(), unit, most);
    }
    let drop_ins = units.path().join("interdict-apply.service.d");
    fs::create_dir(&drop_ins).unwrap();
    fs::copy(units.path().join("private-network.conf"), drop_ins.join("private-network.conf")).unwrap();
    exposure(units.path(), "interdict-apply.service", WITH_PRIVATE_NETWORK);
}

/// trust.md rule 17
#[test]
fn the_sync_has_no_privilege_and_root_no_network_and_no_folder_of_the_other() {
    let read = |name: &str| fs::read_to_string(folder().join(name)).unwrap();
    let has = |text: &str, line: &str| text.lines().any(|found| found == line);
    let sync = read("interdict-sync.service");
    for line in
        ["User=interdict", "CapabilityBoundingSet=", "NoNewPrivileges=yes", "StateDirectory=interdict"]
    {
        assert!(has(&sync, line), "{line}");
    }
    assert!(!sync.contains("interdict-apply") && !sync.contains("ReadWritePaths"));
    for name in ["interdict-apply.service", "interdict-resume.service"] {
        let apply = read(name);
        for line in [
            "IPAddressDeny=any",
            "IPAddressAllow=localhost",
            "ProtectSystem=strict",
            "StateDirectory=interdict-apply",
        ] {
            assert!(has(&apply, line), "{name}: {line}");
        }
        // The state of the sync is read and never written; what the service manager would name as state is root's own.
        let writable = apply.lines().find(|line| line.starts_with("ReadWritePaths=")).unwrap();
        assert!(!writable.contains("/var/lib/interdict"), "{writable}");
        assert!(
            apply.contains("--config /etc/interdict/config.toml --state /var/lib/interdict apply"),
            "{name}"
        );
    }
}

#[test]
fn the_refresh_has_the_repository_and_no_network_and_no_privilege() {
    let service = fs::read_to_string(folder_of("publisher").join("interdict-refresh.service")).unwrap();
    for line in [
        "User=interdict-publisher",
        "CapabilityBoundingSet=",
        "PrivateNetwork=yes",
        "ReadWritePaths=/srv/interdict",
        "ExecStart=/usr/bin/interdict-publisher refresh --repo /srv/interdict",
    ] {
        assert!(service.lines().any(|found| found == line), "{line}");
    }
    // An exit code that asks for a person is a unit that failed.
    assert!(!service.contains("SuccessExitStatus"));
}

#[test]
fn the_user_and_the_folders_are_made_and_belong_to_whom_they_must() {
    use std::os::unix::fs::MetadataExt;
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: only root makes users");
        return;
    }
    if !(is_there("systemd-sysusers") && is_there("systemd-tmpfiles")) {
        return;
    }
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("etc")).unwrap();
    let run = |program: &str, arguments: &[&str], of: &str, file: &str| {
        let ran = Command::new(program)
            .arg(format!("--root={}", root.path().display()))
            .args(arguments)
            .arg(folder_of(of).canonicalize().unwrap().join(file))
            .output()
            .unwrap();
        assert!(ran.status.success(), "{program}: {}", String::from_utf8_lossy(&ran.stderr));
    };
    let uid = |name: &str| -> u32 {
        let passwd = fs::read_to_string(root.path().join("etc/passwd")).unwrap();
        let user = passwd.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{passwd}"));
        let uid: u32 = user.split(':').nth(2).unwrap().parse().unwrap();
        assert!(user.ends_with("/usr/sbin/nologin") && uid != 0, "{user}");
        uid
    };
    for (of, name) in [("client", "interdict"), ("publisher", "interdict-publisher")] {
        run("systemd-sysusers", &[], of, &format!("{name}.sysusers.conf"));
        run("systemd-tmpfiles", &["--create"], of, &format!("{name}.tmpfiles.conf"));
    }
    let (client, publisher) = (uid("interdict:"), uid("interdict-publisher:"));
    for (path, owner) in [
        ("etc/interdict", 0),
        ("etc/interdict/trust", 0),
        ("etc/interdict/hooks.d", 0),
        ("var/lib/interdict", client),
        ("srv/interdict", publisher),
        ("var/lib/interdict-apply", 0),
    ] {
        let found = fs::metadata(root.path().join(path)).unwrap();
        assert_eq!((found.uid(), found.mode() & 0o7777), (owner, 0o755), "{path}");
    }
}

#[test]
fn the_server_has_a_user_that_owns_nothing_and_no_capability() {
    let service = fs::read_to_string(folder_of("publisher").join("interdict-serve.service")).unwrap();
    for line in ["DynamicUser=yes", "CapabilityBoundingSet=", "NoNewPrivileges=yes", "ProtectSystem=strict"] {
        assert!(service.lines().any(|found| found == line), "{line}");
    }
    assert!(!service.contains("ReadWritePaths") && !service.contains("--dangerously"));
}
