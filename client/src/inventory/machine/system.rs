//! The databases of a system's packages: dpkg, rpm, apk, pacman; and which distribution the system is.

use std::ffi::OsStr;
use std::io;
use std::path::PathBuf;

use super::super::component::Inventory;
use super::super::coverage::{Place, Problem};
use super::super::format::Format;
use super::super::limits::Limits;
use super::super::rooted::{Folder, is_nothing, joined};
use super::super::rows::Rows;
use super::super::rpm::command::{self, PATIENCE};
use super::super::sqlite::{JOURNAL, SqliteError};
use super::super::{alpm, apk, dpkg, rpm};
use super::Machine;

/// Databases that only rpm reads, and what it calls their kind.
const OTHERS: [(&str, &str); 2] = [("Packages.db", "ndb"), ("Packages", "bdb_ro")];

/// How often a database that changes while it is read is read again.
const TRIES: usize = 3;

pub(super) fn dpkg(machine: &Machine<'_>, place: &'static str) -> Inventory {
    let label = machine.root.label(place);
    match machine.bytes(place, Format::Dpkg) {
        // A dpkg that has no packages does not run: the file is there and says nothing.
        Ok(bytes) if bytes.is_empty() => Inventory::default(),
        Ok(bytes) => dpkg::read(&bytes, &label, machine.distribution.as_deref(), machine.limits),
        Err(unread) => unread,
    }
}

/// `status.d` of images without a dpkg: a file a package, and beside some of them their files' digests.
pub(super) fn dpkg_parts(machine: &Machine<'_>, place: &'static str) -> Inventory {
    let digests = |name: &OsStr| name.as_encoded_bytes().ends_with(b".md5sums");
    each(machine, place, Format::Dpkg, |folder, name, rows| {
        if digests(name) {
            return;
        }
        read_one(folder, name, "", machine.limits, rows, |bytes, rows| {
            dpkg::read_part(bytes, machine.distribution.as_deref(), rows);
        });
    })
}

pub(super) fn apk(machine: &Machine<'_>, place: &'static str) -> Inventory {
    match machine.bytes(place, Format::Apk) {
        Ok(bytes) => {
            let mut rows = Rows::new(&machine.root.label(place), Format::Apk, machine.limits);
            apk::read(&bytes, machine.distribution.as_deref(), &mut rows);
            rows.finish()
        }
        Err(unread) => unread,
    }
}

/// A folder a package, with its description in it; and a file that says which version the database is of.
pub(super) fn alpm(machine: &Machine<'_>, place: &'static str) -> Inventory {
    each(machine, place, Format::Alpm, |folder, name, rows| {
        if name == "ALPM_DB_VERSION" {
            return;
        }
        read_one(folder, name, "desc", machine.limits, rows, |bytes, rows| {
            alpm::read(bytes, machine.distribution.as_deref(), rows);
        });
    })
}

/// Reads each name in a folder. An empty folder says nothing.
fn each(
    machine: &Machine<'_>,
    place: &'static str,
    format: Format,
    read: impl Fn(&Folder, &OsStr, &mut Rows<'_>),
) -> Inventory {
    let folder = match folder(machine, place, format) {
        Ok(folder) => folder,
        Err(unread) => return unread,
    };
    let names = match folder.names() {
        Ok(names) if names.is_empty() => return Inventory::default(),
        Ok(names) => names,
        Err(problem) => return machine.unread(place, format, problem),
    };
    let mut rows = Rows::new(&machine.root.label(place), format, machine.limits);
    for name in names {
        read(&folder, &name, &mut rows);
        if rows.is_full() {
            break;
        }
    }
    rows.finish()
}

fn folder(machine: &Machine<'_>, place: &str, format: Format) -> Result<Folder, Inventory> {
    let unread = |error: io::Error| machine.unread(place, format, machine.root.disk(place, &error));
    machine.root.folder(place).map_err(unread)
}

/// Reads one file of a source: the name itself, or `inside` it. What the source lists and has no file is not known.
pub(super) fn read_one(
    folder: &Folder,
    name: &OsStr,
    inside: &str,
    limits: &Limits,
    rows: &mut Rows<'_>,
    read: impl FnOnce(&[u8], &mut Rows<'_>),
) {
    let mut below = PathBuf::from(name);
    if !inside.is_empty() {
        below.push(inside);
    }
    let label = joined("", below.as_os_str());
    match folder.read(&below, limits) {
        Ok(bytes) => {
            rows.enter(&label);
            read(&bytes, rows);
        }
        Err(problem) => rows.unread(&label, problem),
    }
}

/// A folder with a database of rpm, of whatever kind.
pub(super) fn rpm(machine: &Machine<'_>, place: &'static str) -> Inventory {
    let folder = match folder(machine, place, Format::RpmSqlite) {
        Ok(folder) => folder,
        Err(unread) => return unread,
    };
    let mut found = rpm_sqlite(machine, &folder, place);
    for (name, backend) in OTHERS {
        let database = format!("{place}/{name}");
        match folder.file(name) {
            Ok(_) => found.append(rpm_asked(machine, &folder, &database, backend)),
            Err(problem) if is_nothing(&problem) => {}
            Err(problem) => found.append(machine.unread(&database, Format::RpmQa, problem)),
        }
    }
    found
}

fn rpm_sqlite(machine: &Machine<'_>, folder: &Folder, place: &str) -> Inventory {
    let database = format!("{place}/rpmdb.sqlite");
    match at_rest(folder, machine.limits) {
        Ok((bytes, log)) => {
            let mut rows = Rows::new(&machine.root.label(&database), Format::RpmSqlite, machine.limits);
            rpm::read(&bytes, Some(&log), machine.distribution.as_deref(), &mut rows);
            rows.finish()
        }
        Err(problem) if is_nothing(&problem) => Inventory::default(),
        Err(problem) => machine.unread(&database, Format::RpmSqlite, problem),
    }
}

/// The database and its log, between which nothing was written.
fn at_rest(folder: &Folder, limits: &Limits) -> Result<(Vec<u8>, Vec<u8>), Problem> {
    let beside = |name: &str| match folder.read(name, limits) {
        Err(problem) if is_nothing(&problem) => Ok(Vec::new()),
        other => other,
    };
    let stamp = || {
        let written = |metadata: std::fs::Metadata| (metadata.len(), metadata.modified().ok());
        folder
            .file("rpmdb.sqlite")?
            .metadata()
            .map(written)
            .map_err(|error| folder.disk("rpmdb.sqlite", &error))
    };
    for _ in 0..TRIES {
        let before = stamp()?;
        let log = beside("rpmdb.sqlite-wal")?;
        let bytes = folder.read("rpmdb.sqlite", limits)?;
        if beside("rpmdb.sqlite-journal")?.starts_with(JOURNAL) {
            return Err(Problem::Sqlite(SqliteError::Journal));
        }
        if stamp()? == before && beside("rpmdb.sqlite-wal")? == log {
            return Ok((bytes, log));
        }
    }
    Err(Problem::Changes)
}

fn rpm_asked(machine: &Machine<'_>, folder: &Folder, database: &str, backend: &str) -> Inventory {
    let (listed, error) = command::ask(machine.rpm, &folder.place(), backend, PATIENCE);
    if let (true, Some(error)) = (listed.is_empty(), &error) {
        return machine.unread(database, Format::RpmQa, Problem::RpmCommand(error.clone()));
    }
    let mut rows = Rows::new(&machine.root.label(database), Format::RpmQa, machine.limits);
    rpm::list::read(&listed, machine.distribution.as_deref(), &mut rows);
    if let Some(error) = error {
        rows.note(Place { row: 1, byte: 0 }, Problem::RpmCommand(error));
    }
    rows.finish()
}

/// `ID` of os-release (os-release(5)): lower case, letters, digits, `.`, `_` and `-`.
pub(super) fn distribution(root: &Folder, limits: &Limits) -> Option<String> {
    let bytes =
        ["etc/os-release", "usr/lib/os-release"].iter().find_map(|below| root.read(below, limits).ok())?;
    os_release_id(&String::from_utf8_lossy(&bytes))
}

pub(crate) fn os_release_id(text: &str) -> Option<String> {
    let id = text.lines().rev().find_map(|line| line.trim().strip_prefix("ID="))?.trim();
    let id = id.trim_matches(['"', '\'']);
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    (!id.is_empty() && id.chars().all(allowed)).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

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
