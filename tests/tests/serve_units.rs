//! The units of the server: systemd takes them without a word, and they are as closed as is written down.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, says what it leaves out, and works on real folders"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The exposure that `systemd-analyze security` may give the service, in tenths: what it gave with systemd 252, and a little for
/// versions that look at more.
const THRESHOLD: u32 = 20;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../publisher/systemd")
}

/// The units in a folder of their own, started from a program that is there on every machine.
fn laid_out() -> tempfile::TempDir {
    let to = tempfile::tempdir().unwrap();
    for name in ["interdict-serve.service", "interdict-serve.socket"] {
        let text = fs::read_to_string(folder().join(name)).unwrap();
        let text = text.replace("ExecStart=/usr/bin/interdict-publisher ", "ExecStart=/bin/true ");
        fs::write(to.path().join(name), text).unwrap();
    }
    to
}

/// Nothing where there is no systemd.
fn analyze(arguments: &[&str]) -> Option<(bool, String)> {
    let units = laid_out();
    let ran = Command::new("systemd-analyze")
        .args(arguments)
        .current_dir(units.path())
        .env("SYSTEMD_UNIT_PATH", format!("{}:", units.path().display()))
        .output();
    let Ok(ran) = ran else {
        eprintln!("skipped: no systemd-analyze");
        return None;
    };
    let said = [ran.stdout, ran.stderr].concat();
    Some((ran.status.success(), String::from_utf8_lossy(&said).into_owned()))
}

#[test]
fn systemd_takes_the_units_of_the_server_without_a_word() {
    let verify = ["verify", "--man=no", "./interdict-serve.service", "./interdict-serve.socket"];
    if let Some((clean, said)) = analyze(&verify) {
        assert!(clean && said.is_empty(), "{said}");
    }
}

#[test]
fn the_server_is_as_closed_as_is_written_down() {
    let threshold = format!("--threshold={THRESHOLD}");
    let security = ["security", "--offline=true", "--no-pager", &threshold, "interdict-serve.service"];
    if let Some((within, said)) = analyze(&security) {
        assert!(within, "{}", said.lines().last().unwrap_or_default());
    }
}

#[test]
fn the_server_has_a_user_that_owns_nothing_and_no_capability() {
    let service = fs::read_to_string(folder().join("interdict-serve.service")).unwrap();
    for line in ["DynamicUser=yes", "CapabilityBoundingSet=", "NoNewPrivileges=yes", "ProtectSystem=strict"] {
        assert!(service.lines().any(|found| found == line), "{line}");
    }
    assert!(!service.contains("ReadWritePaths") && !service.contains("--dangerously"));
}
