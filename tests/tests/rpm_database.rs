//! rpm databases made by rpm itself, read without it, against what `rpm -qa` says of them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and says what it skipped"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use interdict_client::inventory::rpm::list::QUERY;
use interdict_client::inventory::{Format, Inventory, Limits, detect, machine};
use interdict_host::exit::Exit;
use interdict_tests::agency::Agency;
use interdict_tests::simulator::{Simulator, payload};
use serde_json::Value;
use tempfile::TempDir;

/// Packages: name, epoch, version, release.
const PACKAGES: [(&str, &str, &str, &str); 4] = [
    ("kesl", "2", "11.4.0", "1135"),
    ("kesl-gui", "0", "11.4.0", "1135"),
    ("libkesl-doc", "0", "1.0~rc1", "1.el9"),
    ("zlib", "0", "1.2.13", "7.fc40"),
];

fn run(program: &str, arguments: &[&str]) -> Option<Output> {
    let output = Command::new(program).args(arguments).env("LC_ALL", "C").output().ok()?;
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Some(output)
}

/// A root with a database of the packages, where Fedora has it; `None` where rpm is not installed.
fn root() -> Option<TempDir> {
    let root = tempfile::tempdir().unwrap();
    let database = root.path().join("usr/lib/sysimage/rpm");
    fs::create_dir_all(&database).unwrap();
    let top = root.path().join("build");
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    let initialised =
        run("rpm", &["--dbpath", &path(&database), "--define", "_db_backend sqlite", "--initdb"]);
    if initialised.is_none() || Command::new("rpmbuild").arg("--version").output().is_err() {
        eprintln!("skipped: rpm and rpmbuild are not installed");
        return None;
    }
    for (name, epoch, version, release) in PACKAGES {
        let spec = root.path().join(format!("{name}.spec"));
        let epoch = if epoch == "0" { String::new() } else { format!("Epoch: {epoch}\n") };
        // Long enough for overflow pages, whatever the page size.
        let description = format!("{name} ").repeat(3_000);
        let text = format!(
            "Name: {name}\n{epoch}Version: {version}\nRelease: {release}\nSummary: x\nLicense: x\nVendor: AO Kaspersky Lab\n\
             Packager: Builder <b@example.org>\nBuildArch: noarch\n%description\n{description}\n%files\n"
        );
        fs::File::create_new(&spec)
            .and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()))
            .unwrap();
        run("rpmbuild", &["-bb", "--quiet", "--define", &format!("_topdir {}", path(&top)), &path(&spec)]);
    }
    for package in fs::read_dir(top.join("RPMS/noarch")).unwrap() {
        let package = path(&package.unwrap().path());
        run(
            "rpm",
            &[
                "--dbpath",
                &path(&database),
                "--define",
                "_db_backend sqlite",
                "-i",
                "--justdb",
                "--nodeps",
                &package,
            ],
        );
    }
    Some(root)
}

fn listed(root: &TempDir) -> Vec<u8> {
    let database = root.path().join("usr/lib/sysimage/rpm");
    let arguments = ["--dbpath", database.to_str().unwrap(), "-qa", "--queryformat", QUERY];
    run("rpm", &arguments).unwrap().stdout
}

fn told(inventory: &Inventory) -> BTreeSet<String> {
    let text = |found: &interdict_client::inventory::Component| {
        let purl = found.purl.as_ref().unwrap();
        // The list does not say of which distribution it is.
        let purl = purl.to_string().replace("pkg:rpm/fedora/", "pkg:rpm/");
        format!(
            "{purl} {:?} {:?} {:?} {:?}",
            found.version, found.vendors, found.vendor_hints, found.source_package
        )
    };
    let is_rpm = |found: &&interdict_client::inventory::Component| found.ecosystem.as_deref() == Some("rpm");
    inventory.components.iter().filter(is_rpm).map(text).collect()
}

#[test]
fn a_database_is_read_as_rpm_reads_it() {
    let Some(root) = root() else { return };
    let by_rpm = detect::read(&listed(&root), "list", None, &Limits::STANDARD).unwrap();
    let by_us = machine::read(root.path(), &Limits::STANDARD);
    assert!(by_us.is_complete(), "{:?}", by_us.coverage);
    assert_eq!(told(&by_us).len(), PACKAGES.len());
    assert_eq!(told(&by_us), told(&by_rpm));
    assert!(
        told(&by_us).iter().any(|text| text.starts_with("pkg:rpm/kesl@11.4.0-1135?arch=noarch&epoch=2 "))
    );

    // The file alone may lack what stands in its log, and says so.
    let bytes = fs::read(root.path().join("usr/lib/sysimage/rpm/rpmdb.sqlite")).unwrap();
    assert_eq!(Format::of(&bytes), Ok(Format::RpmSqlite));
    let alone = detect::read(&bytes, "rpmdb.sqlite", None, &Limits::STANDARD).unwrap();
    assert_eq!(told(&alone), told(&by_rpm));
    assert!(!alone.is_complete());
}

#[test]
fn a_machine_like_red_hats_is_checked_by_its_database() {
    let Some(root) = root() else { return };
    let path = root.path().to_str().unwrap();
    fs::create_dir_all(root.path().join("etc")).unwrap();
    fs::File::create_new(root.path().join("etc/os-release"))
        .and_then(|mut file| std::io::Write::write_all(&mut file, b"ID=\"rhel\"\n"))
        .unwrap();
    let mut simulator = Simulator::new();
    let directive = String::from_utf8(payload("BOD-1", 1, None)).unwrap();
    simulator.directive(directive.replace("forbidden", "kesl").as_bytes());
    simulator.publish();
    let agency = Agency::following(&simulator);
    let check = || {
        let run = agency.run(&["check", "--format=json", "--root", path]);
        let result: Value = serde_json::from_str(&run.stdout).unwrap();
        (run.outcome.all().clone(), result)
    };
    let (exits, result) = check();
    assert_eq!(exits, [Exit::Findings], "{result:#}");
    let source = &result["coverage"]["sources"][0];
    assert_eq!((source["format"].as_str(), source["components"].as_u64()), (Some("rpm-sqlite"), Some(4)));
    let purls: Vec<&str> = result["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["component"]["purl"].as_str().unwrap())
        .collect();
    assert_eq!(purls, ["pkg:rpm/redhat/kesl@11.4.0-1135?arch=noarch&epoch=2"]);

    // Cut in the middle, it is no longer known what is there.
    let database = root.path().join("usr/lib/sysimage/rpm/rpmdb.sqlite");
    let whole = fs::read(&database).unwrap();
    let file = fs::File::options().write(true).open(&database).unwrap();
    file.set_len(u64::try_from(whole.len() / 2).unwrap()).unwrap();
    let (exits, result) = check();
    assert!(exits.contains(&Exit::NoAnswer), "{exits:?}");
    assert_eq!(result["coverage"]["complete"], false);
}

#[test]
fn what_only_the_log_says_is_read() {
    let Some(root) = root() else { return };
    let database = root.path().join("usr/lib/sysimage/rpm/rpmdb.sqlite");
    // Ends without closing the database, as a machine does whose image is taken while it runs.
    let script = "import os, sqlite3, sys\n\
                  db = sqlite3.connect(sys.argv[1])\n\
                  db.execute('PRAGMA wal_autocheckpoint = 0')\n\
                  rows = db.execute('SELECT hnum, blob FROM Packages').fetchall()\n\
                  gone = [n for n, blob in rows if b'zlib\\0' in blob]\n\
                  db.execute('DELETE FROM Packages WHERE hnum = ?', gone)\n\
                  new = [blob.replace(b'kesl-gui', b'kesl-new') for n, blob in rows if b'kesl-gui\\0' in blob]\n\
                  db.execute('INSERT INTO Packages (blob) VALUES (?)', new)\n\
                  db.commit()\n\
                  os._exit(0)\n";
    if run("python3", &["-c", script, database.to_str().unwrap()]).is_none() {
        eprintln!("skipped: python3 is not installed");
        return;
    }
    assert!(fs::metadata(database.with_extension("sqlite-wal")).unwrap().len() > 0);
    let by_us = machine::read(root.path(), &Limits::STANDARD);
    assert!(by_us.is_complete(), "{:?}", by_us.coverage);
    let mut names: Vec<_> = by_us.components.iter().map(|found| found.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["kesl", "kesl-gui", "kesl-new", "libkesl-doc"]);
}

#[test]
fn a_database_of_another_kind_is_never_clean() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("var/lib/rpm")).unwrap();
    fs::File::create_new(root.path().join("var/lib/rpm/Packages")).unwrap();
    // Whether rpm is not there, cannot read that kind, or finds nothing in it.
    let inventory = machine::read(root.path(), &Limits::STANDARD);
    assert!(inventory.components.is_empty() && !inventory.is_complete());
}
