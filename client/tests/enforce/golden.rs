//! Every target of `target::ALL`, rendered from the made-up bans as they are and where the operator asks for audit:
//! `golden/<target>/<mode>/rendered.txt` with verdicts, commands and questions, and beside it the files under their paths.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use interdict_client::enforce::target::{self, Now};
use interdict_client::enforce::{Bans, Mode, Rendered, Seen, Target};

use crate::bans::{audited, made_up, options};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/enforce/golden")
}

fn render(target: &dyn Target, bans: &Bans, mode: Mode) -> Rendered {
    render_over(target, bans, mode, &machine(target))
}

/// The files that a target asks to see, on a Debian where something banned is installed.
fn machine(target: &dyn Target) -> Seen {
    const STATUS: &str = "Package: bannedd\nStatus: install ok installed\nVersion: 1.0\nArchitecture: amd64\n\n\
                          Package: partlybanned\nStatus: install ok installed\nVersion: 2.0-3\nArchitecture: all\n";
    let mut seen = Seen::default();
    let (settings, nothing) = (BTreeMap::new(), Seen::default());
    for path in target.reads(&options(target, Mode::Enforce, &settings, &nothing)) {
        let bytes = match path.to_str() {
            Some("/etc/os-release") => "ID=debian\n",
            Some("/var/lib/dpkg/status") => STATUS,
            _ => continue,
        };
        seen.add(path, Now { bytes: bytes.into(), base: None, ours: false });
    }
    seen
}

fn render_over(target: &dyn Target, bans: &Bans, mode: Mode, seen: &Seen) -> Rendered {
    target.render(bans, &options(target, mode, &BTreeMap::new(), seen)).unwrap()
}

/// Everything but the bytes of the files.
fn described(rendered: &Rendered, bans: &Bans) -> String {
    let mut text = String::new();
    for file in &rendered.files {
        let (path, permissions) = (file.path.display(), file.permissions);
        writeln!(text, "file {path} {permissions:o} {:?} {:?}", file.marker, file.ownership).unwrap();
    }
    writeln!(text, "needs {:?}", rendered.needs).unwrap();
    for command in &rendered.validate {
        writeln!(text, "validate {}", serde_json::to_string(command).unwrap()).unwrap();
    }
    for command in &rendered.activate {
        writeln!(text, "activate {}", serde_json::to_string(command).unwrap()).unwrap();
    }
    for question in &rendered.questions {
        writeln!(text, "question {}", serde_json::to_string(question).unwrap()).unwrap();
    }
    for warning in &rendered.warnings {
        writeln!(text, "warning {}", warning.0).unwrap();
    }
    for ban in bans.iter() {
        let verdict = rendered.verdicts.of(ban.number);
        let (kind, value) = (ban.entry.kind.as_str(), &ban.entry.value);
        let versions =
            ban.entry.versions.as_deref().map(|versions| format!(" {versions}")).unwrap_or_default();
        writeln!(text, "{:?} {kind} {value:?}{versions}: {verdict:?}", ban.stage()).unwrap();
    }
    text
}

/// The golden files of a target by their path below its folder.
fn wanted(target: &dyn Target) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for (name, mode, bans) in
        [("enforce", Mode::Enforce, made_up()), ("audit", Mode::Audit, audited(made_up()))]
    {
        let rendered = render(target, &bans, mode);
        files.insert(Path::new(name).join("rendered.txt"), described(&rendered, &bans).into_bytes());
        for file in rendered.files {
            files.insert(Path::new(name).join(file.path.strip_prefix("/").unwrap()), file.bytes);
        }
    }
    files
}

fn present(folder: &Path, below: &Path, found: &mut BTreeSet<PathBuf>) {
    for entry in std::fs::read_dir(folder.join(below)).into_iter().flatten() {
        let entry = entry.unwrap();
        let path = below.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            present(folder, &path, found);
        } else {
            assert!(found.insert(path));
        }
    }
}

#[test]
fn every_target_writes_what_was_read_and_approved() {
    for target in target::ALL {
        let folder = folder().join(target.name());
        let wanted = wanted(*target);
        if std::env::var_os("UPDATE").is_some() {
            let _ = std::fs::remove_dir_all(&folder);
            for (path, bytes) in &wanted {
                std::fs::create_dir_all(folder.join(path).parent().unwrap()).unwrap();
                std::fs::write(folder.join(path), bytes).unwrap();
            }
        }
        let mut found = BTreeSet::new();
        present(&folder, Path::new(""), &mut found);
        assert_eq!(found, wanted.keys().cloned().collect(), "the files of {}", target.name());
        for (path, bytes) in &wanted {
            let golden = std::fs::read(folder.join(path)).unwrap();
            let [golden, now] = [&golden, bytes].map(|bytes| String::from_utf8_lossy(bytes));
            assert_eq!(golden, now, "{}/{}", target.name(), path.display());
        }
    }
}

#[test]
fn equal_bans_give_equal_bytes_in_whatever_order_they_come() {
    for target in target::ALL {
        let mut turned = made_up();
        turned.parts.reverse();
        for part in &mut turned.parts {
            part.entries.reverse();
        }
        let first = render(*target, &made_up(), Mode::Enforce).files;
        assert_eq!(first, render(*target, &turned, Mode::Enforce).files, "{}", target.name());
        // Nor does another generation with the same bans change anything.
        let mut seen = machine(*target);
        for file in &first {
            let now = Now { bytes: file.bytes.clone(), base: None, ours: true };
            seen.add(file.path.clone(), now);
        }
        turned.generation = 13;
        assert_eq!(first, render_over(*target, &turned, Mode::Enforce, &seen).files, "{}", target.name());
    }
}

#[test]
fn every_ban_has_a_verdict_and_nothing_freed_is_acted_on() {
    use interdict_client::enforce::{Fidelity, Stage};
    for target in target::ALL {
        let bans = made_up();
        let rendered = render(*target, &bans, Mode::Enforce);
        assert_eq!(rendered.verdicts.counts().values().sum::<usize>(), bans.count(), "{}", target.name());
        for ban in bans.iter().filter(|ban| ban.stage() == Stage::Freed) {
            let verdict = rendered.verdicts.of(ban.number);
            let (name, value) = (target.name(), &ban.entry.value);
            assert!(matches!(verdict, Fidelity::OtherKind | Fidelity::Freed), "{name} {value}: {verdict:?}");
        }
    }
}
