//! The packages of a machine, or of a mounted image: every package database below a root directory.
//!
//! Each line of [`SOURCES`] is a place and how it is read. A database that is there and cannot be read is *unknown*, with the
//! reason; a machine without any database of a system's packages is unknown too, never clean. Nothing outside the root is
//! read, wherever links lead ([`super::rooted`]). Packages of Python and Node are looked for in the places that the coverage
//! names, and nowhere else.
//! Not here: what the formats mean, which their readers know.

use std::path::Path;

use super::component::Inventory;
use super::coverage::{Coverage, Problem};
use super::format::Format;
use super::limits::Limits;
use super::rooted::{Folder, Identity, is_absent, is_nothing};

mod desktop;
mod modules;
mod system;

/// dpkg's database, below the root.
pub const DPKG_STATUS: &str = "var/lib/dpkg/status";

/// Where something is kept, and how it is read.
struct Source {
    /// Below the root. A place that another leads to by a link is read once.
    place: &'static str,
    /// What is named where it cannot be read.
    format: Format,
    /// Reads what is there. No coverage: it says nothing.
    read: fn(&Machine<'_>, &'static str) -> Inventory,
}

/// The databases of a system's packages: one at least is on every machine.
const SYSTEM: [Source; 8] = [
    Source { place: DPKG_STATUS, format: Format::Dpkg, read: system::dpkg },
    Source { place: "var/lib/dpkg/status.d", format: Format::Dpkg, read: system::dpkg_parts },
    Source { place: "var/lib/rpm", format: Format::RpmSqlite, read: system::rpm },
    Source { place: "usr/lib/sysimage/rpm", format: Format::RpmSqlite, read: system::rpm },
    // Where an image of rpm-ostree has it.
    Source { place: "usr/share/rpm", format: Format::RpmSqlite, read: system::rpm },
    Source { place: "lib/apk/db/installed", format: Format::Apk, read: system::apk },
    Source { place: "usr/lib/apk/db/installed", format: Format::Apk, read: system::apk },
    Source { place: "var/lib/pacman/local", format: Format::Alpm, read: system::alpm },
];

/// What may be there besides.
const BESIDES: [fn(&Machine<'_>) -> Inventory; 4] =
    [desktop::flatpak, desktop::snap, modules::python, modules::npm];

/// The names of the databases of a system's packages, for messages.
const SYSTEMS: &str = "dpkg, rpm, apk or pacman";

/// A machine that is being read.
struct Machine<'a> {
    root: Folder,
    /// The `ID` of its os-release.
    distribution: Option<String>,
    limits: &'a Limits,
    rpm: &'a Path,
}

/// Reads the packages of the machine whose file system begins at `root`.
pub fn read(root: &Path, limits: &Limits) -> Inventory {
    read_with(root, limits, Path::new(super::rpm::command::PROGRAM))
}

fn read_with(path: &Path, limits: &Limits, rpm: &Path) -> Inventory {
    let label = path.display().to_string();
    let root = match Folder::root(path) {
        Ok(root) => root,
        Err(error) => {
            let problem = Problem::Disk { path: label.clone(), kind: error.kind() };
            return Inventory {
                coverage: vec![Coverage::unread(&label, None, problem)],
                ..Inventory::default()
            };
        }
    };
    let distribution = system::distribution(&root, limits);
    let machine = Machine { root, distribution, limits, rpm };
    let mut inventory = machine.system();
    if inventory.coverage.is_empty() {
        let problem = Problem::NoDatabase { database: SYSTEMS, path: label.clone() };
        inventory.coverage.push(Coverage::unread(&label, None, problem));
    }
    for read in BESIDES {
        inventory.append(read(&machine));
    }
    inventory
}

impl Machine<'_> {
    fn system(&self) -> Inventory {
        let mut inventory = Inventory::default();
        let mut seen: Vec<Identity> = Vec::new();
        for source in &SYSTEM {
            let identity = match self.root.find(source.place) {
                Ok(found) => found.identity().ok(),
                Err(error) if is_absent(&error) => continue,
                Err(error) => {
                    let problem = self.root.disk(source.place, &error);
                    inventory.append(self.unread(source.place, source.format, problem));
                    continue;
                }
            };
            if identity.is_some_and(|identity| seen.contains(&identity)) {
                continue;
            }
            seen.extend(identity);
            inventory.append((source.read)(self, source.place));
        }
        inventory
    }

    fn unread(&self, place: &str, format: Format, problem: Problem) -> Inventory {
        let coverage = Coverage::unread(&self.root.label(place), Some(format), problem);
        Inventory { coverage: vec![coverage], ..Inventory::default() }
    }

    /// The bytes of a place; else what is to be said of it, which is nothing where nothing is there.
    fn bytes(&self, place: &str, format: Format) -> Result<Vec<u8>, Inventory> {
        self.root.read(place, self.limits).map_err(|problem| {
            if is_nothing(&problem) { Inventory::default() } else { self.unread(place, format, problem) }
        })
    }
}

#[cfg(test)]
mod tests;
