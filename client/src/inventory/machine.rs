//! The packages of a machine: its dpkg database, under a root directory.
//!
//! A machine without that database is *unknown*, never clean; a database of another kind is named as not read. Not
//! here: running package managers, files outside the databases.

use std::fs::File;
use std::io;
use std::path::Path;

use super::component::Inventory;
use super::coverage::{Coverage, Problem};
use super::dpkg;
use super::format::Format;
use super::limits::Limits;
use super::unpack;

/// dpkg's database, below the root.
pub const DPKG_STATUS: &str = "var/lib/dpkg/status";

/// Databases that this version does not read, below the root.
const UNREAD: [(&str, &str); 6] = [
    ("rpm", "var/lib/rpm/rpmdb.sqlite"),
    ("rpm", "var/lib/rpm/Packages"),
    ("rpm", "usr/lib/sysimage/rpm/rpmdb.sqlite"),
    ("rpm", "usr/lib/sysimage/rpm/Packages.db"),
    ("apk", "lib/apk/db/installed"),
    ("alpm", "var/lib/pacman/local/ALPM_DB_VERSION"),
];

/// Reads the packages of the machine whose file system begins at `root`.
pub fn read(root: &Path, limits: &Limits) -> Inventory {
    let mut inventory = Inventory::default();
    let path = root.join(DPKG_STATUS);
    let label = path.display().to_string();
    match file(&path, limits) {
        Ok(bytes) if bytes.is_empty() => {
            // A dpkg that has no packages does not run: the file is there and says nothing.
            let problem = Problem::NoDatabase { database: "dpkg", path: label.clone() };
            inventory.coverage.push(Coverage::unread(&label, Some(Format::Dpkg), problem));
        }
        Ok(bytes) => {
            let distribution = distribution(root, limits);
            inventory.append(dpkg::read(&bytes, &label, distribution.as_deref(), limits));
        }
        Err(Problem::Disk { kind: io::ErrorKind::NotFound, .. }) => {
            let problem = Problem::NoDatabase { database: "dpkg", path: label.clone() };
            inventory.coverage.push(Coverage::unread(&label, Some(Format::Dpkg), problem));
        }
        Err(problem) => inventory.coverage.push(Coverage::unread(&label, Some(Format::Dpkg), problem)),
    }
    for (database, below) in UNREAD {
        let path = root.join(below);
        if path.symlink_metadata().is_ok() {
            let label = path.display().to_string();
            let problem = Problem::NoReader { database, path: label.clone() };
            inventory.coverage.push(Coverage::unread(&label, None, problem));
        }
    }
    inventory
}

pub(super) fn file(path: &Path, limits: &Limits) -> Result<Vec<u8>, Problem> {
    let label = path.display().to_string();
    let file = File::open(path).map_err(|error| Problem::Disk { path: label.clone(), kind: error.kind() })?;
    unpack::bounded(file, &label, limits)
}

/// `ID` of os-release (os-release(5)): lower case, letters, digits, `.`, `_` and `-`.
fn distribution(root: &Path, limits: &Limits) -> Option<String> {
    let bytes = ["etc/os-release", "usr/lib/os-release"]
        .iter()
        .find_map(|below| file(&root.join(below), limits).ok())?;
    os_release_id(&String::from_utf8_lossy(&bytes))
}

fn os_release_id(text: &str) -> Option<String> {
    let id = text.lines().rev().find_map(|line| line.trim().strip_prefix("ID="))?.trim();
    let id = id.trim_matches(['"', '\'']);
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    (!id.is_empty() && id.chars().all(allowed)).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        clippy::disallowed_methods,
        reason = "a test that cannot go on fails"
    )]

    use std::fs;

    use super::super::coverage::Reading;
    use super::*;

    fn write(root: &Path, below: &str, text: &str) {
        let path = root.join(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn reads_dpkg_with_the_distribution_of_the_machine() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "etc/os-release", "NAME=x\nID=\"debian\"\nID_LIKE=y\n");
        write(root.path(), DPKG_STATUS, "Package: kesl\nStatus: install ok installed\nVersion: 1\n");
        let inventory = read(root.path(), &Limits::STANDARD);
        assert!(inventory.is_complete());
        assert_eq!(inventory.components[0].purl.as_ref().unwrap().to_string(), "pkg:deb/debian/kesl@1");
    }

    #[test]
    fn a_machine_without_the_database_is_unknown_and_not_clean() {
        let root = tempfile::tempdir().unwrap();
        for there in [false, true] {
            if there {
                write(root.path(), DPKG_STATUS, "");
            }
            let inventory = read(root.path(), &Limits::STANDARD);
            assert!(inventory.components.is_empty() && !inventory.is_complete());
            let path = root.path().join(DPKG_STATUS).display().to_string();
            let reason = Problem::NoDatabase { database: "dpkg", path };
            assert_eq!(inventory.coverage[0].read, Reading::Unread { reason });
        }
    }

    #[test]
    fn a_database_of_another_kind_is_named_as_not_read() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), DPKG_STATUS, "Package: a\nStatus: install ok installed\nVersion: 1\n");
        write(root.path(), "var/lib/rpm/rpmdb.sqlite", "x");
        let inventory = read(root.path(), &Limits::STANDARD);
        assert_eq!((inventory.components.len(), inventory.coverage.len()), (1, 2));
        assert!(!inventory.is_complete());
    }

    #[test]
    fn the_distribution_is_a_plain_word_or_nothing() {
        for (text, id) in [
            ("ID=debian\n", Some("debian")),
            ("ID='ubuntu'", Some("ubuntu")),
            ("VERSION_ID=12\n", None),
            ("ID=\n", None),
            ("ID=a/b\n", None),
        ] {
            assert_eq!(os_release_id(text).as_deref(), id, "{text}");
        }
    }
}
