//! What is on a machine, or on a mounted image: every package database below a root directory, and what is in the homes of its
//! users, their browsers' extensions among it.
//!
//! Each line of the list below is a place and how it is read. A database that is there and cannot be read is *unknown*, with the
//! reason; a machine without any database of a system's packages, or with empty ones alone, is unknown too, never clean. Nothing outside the root is
//! read, wherever links lead. Packages of Python and Node are looked for in the places that the documentation
//! lists, and nowhere else. A home that is closed to whoever asks is a source that was not read, said once.
//! Not here: what the formats mean, which their readers know; processes, which an image has none of.

use std::collections::BTreeSet;
use std::path::Path;

use super::browsers;
use super::component::Inventory;
use super::coverage::{Coverage, Problem};
use super::format::Format;
use super::homes::Homes;
use super::limits::Limits;
use super::rooted::{Folder, Identity, is_absent, is_nothing, joined};

mod desktop;
mod modules;
mod system;

pub(crate) use system::os_release_id;

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
const BESIDES: [fn(&Machine<'_>) -> Inventory; 5] =
    [desktop::flatpak, desktop::snap, modules::python, modules::npm, extensions];

/// The names of the databases of a system's packages, for messages.
const SYSTEMS: &str = "dpkg, rpm, apk or pacman";

/// A machine that is being read.
struct Machine<'a> {
    root: Folder,
    /// The `ID` of its os-release.
    distribution: Option<String>,
    limits: &'a Limits,
    rpm: &'a Path,
    homes: Homes,
}

/// Reads the packages and the browsers' extensions of the machine whose file system begins at `root`.
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
    let homes = Homes::of(&root, limits);
    let machine = Machine { root, distribution, limits, rpm, homes };
    let mut inventory = machine.system();
    // Nor does one without a package say what is on a machine: another may lie where nobody looked.
    if inventory.components.is_empty() && inventory.coverage.iter().all(Coverage::is_complete) {
        let problem = Problem::NoDatabase { database: SYSTEMS, path: label.clone() };
        inventory.coverage.push(Coverage::unread(&label, None, problem));
    }
    inventory.append(machine.homes.unread());
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

    /// The folders that patterns mean, below the root and below each home, sorted by pattern and each once; and what of them
    /// cannot be looked into.
    fn folders(&self, below_root: &[&str], below_homes: &[&str]) -> Places {
        let mut places = Places::default();
        for pattern in below_root {
            places.add(&self.root, "", pattern);
        }
        for home in &self.homes.open {
            for pattern in below_homes {
                places.add(&home.folder, &home.below, pattern);
            }
        }
        places
    }

    /// The name of a source that is many places, by how many there are.
    fn label(&self, what: &str, below_root: &[&str], below_homes: &[&str]) -> String {
        let (root, homes) = (self.root.label(""), self.homes.open.len());
        let (of_root, of_homes) = (below_root.len(), below_homes.len());
        format!("{root} ({what}; places of the system: {of_root}, of each home: {of_homes}, homes: {homes})")
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

/// The extensions of browsers.
fn extensions(machine: &Machine<'_>) -> Inventory {
    browsers::of_homes(&machine.root, &machine.homes, machine.limits)
}

/// Folders that patterns mean.
#[derive(Debug, Default)]
struct Places {
    /// The folders, by their paths below the root.
    found: Vec<(String, Folder)>,
    /// What cannot be looked into, by its path below the root, each once.
    unseen: Vec<(String, Problem)>,
    seen: BTreeSet<Identity>,
}

impl Places {
    fn add(&mut self, base: &Folder, below: &str, pattern: &str) {
        let path = |inside: &str| {
            if inside.is_empty() { below.to_owned() } else { joined(below, inside.as_ref()) }
        };
        let unseen = &mut self.unseen;
        let found = base.matching(pattern, &mut |inside, problem| {
            let path = path(&inside);
            if !unseen.iter().any(|(known, _)| *known == path) {
                unseen.push((path, problem));
            }
        });
        for (inside, folder) in found {
            if folder.identity().is_ok_and(|identity| !self.seen.insert(identity)) {
                continue;
            }
            self.found.push((path(&inside), folder));
        }
    }
}

#[cfg(test)]
mod tests;
