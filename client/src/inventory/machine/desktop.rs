//! Applications beside the system's packages: flatpak and snap, of the system and of all users.

use std::ffi::OsStr;

use super::super::component::Inventory;
use super::super::coverage::Problem;
use super::super::format::Format;
use super::super::rooted::{Folder, Found, is_absent, is_nothing, joined};
use super::super::rows::Rows;
use super::super::{flatpak, snap};
use super::Machine;

/// Where flatpak installs for the system.
const FLATPAK: &str = "var/lib/flatpak";

/// Where it installs for a user, below the home.
const FLATPAK_OF_USERS: &str = ".local/share/flatpak";

/// Where an administrator names further installations for the system (flatpak-installation(5)).
const FLATPAK_INSTALLATIONS: [&str; 2] = ["etc/flatpak/installations.d", "usr/share/flatpak/installations.d"];

/// What snapd knows of its packages; for root alone.
const SNAP_STATE: &str = "var/lib/snapd/state.json";

/// Where snapd mounts them, by distribution.
const SNAP_FOLDERS: [&str; 2] = ["snap", "var/lib/snapd/snap"];

/// What is deployed: `app/ID/ARCHITECTURE/BRANCH/active`, and runtimes likewise.
pub(super) fn flatpak(machine: &Machine<'_>) -> Inventory {
    let label = machine.label("flatpaks", &[FLATPAK], &[FLATPAK_OF_USERS]);
    let mut rows = Rows::new(&label, Format::Flatpak, machine.limits);
    let below = |installation: &str| ["app", "runtime"].map(|kind| format!("{installation}/{kind}/*/*/*"));
    let mut of_system: Vec<String> = below(FLATPAK).into();
    for installation in installations(machine, &mut rows) {
        of_system.extend(below(&installation));
    }
    let of_users = below(FLATPAK_OF_USERS);
    let of_system: Vec<&str> = of_system.iter().map(String::as_str).collect();
    let places = machine.folders(&of_system, &of_users.each_ref().map(String::as_str));
    for (below, problem) in places.unseen {
        rows.unread_at(&below, problem);
    }
    for (below, branch) in places.found {
        deployed(machine, &below, &branch, &mut rows);
    }
    let found = rows.finish();
    if found.components.is_empty() && found.is_complete() { Inventory::default() } else { found }
}

/// The folders of further installations, below the root.
fn installations(machine: &Machine<'_>, rows: &mut Rows<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for place in FLATPAK_INSTALLATIONS {
        let folder = match machine.root.folder(place) {
            Ok(folder) => folder,
            Err(error) if is_absent(&error) => continue,
            Err(error) => {
                rows.unread_at(place, machine.root.disk(place, &error));
                continue;
            }
        };
        let names = folder.names().unwrap_or_else(|problem| {
            rows.unread_at(place, problem);
            Vec::new()
        });
        for name in names.iter().filter(|name| name.as_encoded_bytes().ends_with(b".conf")) {
            match folder.read(name, machine.limits) {
                Ok(bytes) => found.extend(flatpak::installations(&bytes)),
                Err(problem) => rows.unread_at(&joined(place, name), problem),
            }
        }
    }
    found
}

fn deployed(machine: &Machine<'_>, below: &str, branch: &Folder, rows: &mut Rows<'_>) {
    // A branch that is not deployed has no active commit.
    match branch.find("active") {
        Err(error) if is_absent(&error) => return,
        Err(error) => return rows.unread_at(below, branch.disk("active", &error)),
        Ok(Found::Folder(_) | Found::File(_) | Found::Other) => {}
    }
    let label = format!("{below}/active/metadata");
    match branch.read("active/metadata", machine.limits) {
        Ok(bytes) => {
            rows.enter(&label);
            flatpak::read(&bytes, rows);
        }
        Err(problem) => rows.unread_at(&label, problem),
    }
}

/// What snapd's state lists, with the versions that the mounted packages say; or these alone.
pub(super) fn snap(machine: &Machine<'_>) -> Inventory {
    let mut found = match machine.bytes(SNAP_STATE, Format::Snap) {
        Ok(bytes) => {
            let mut rows = Rows::new(&machine.root.label(SNAP_STATE), Format::Snap, machine.limits);
            snap::read_state(&bytes, &mut rows, &mut |name, revision| version(machine, name, revision));
            return rows.finish();
        }
        Err(unread) => unread,
    };
    for place in SNAP_FOLDERS {
        let Ok(folder) = machine.root.folder(place) else { continue };
        let label = machine.root.label(place);
        let mut rows = Rows::new(&label, Format::Snap, machine.limits);
        match folder.names() {
            Ok(names) => names.iter().for_each(|name| mounted(machine, &folder, name, &mut rows)),
            Err(problem) => rows.unread_at(place, problem),
        }
        let part = rows.finish();
        if !part.components.is_empty() || !part.is_complete() {
            found.append(part);
            break;
        }
    }
    found
}

/// The version of a revision, where it is mounted.
fn version(machine: &Machine<'_>, name: &str, revision: &str) -> Option<String> {
    let plain = |text: &str| !text.is_empty() && !text.contains('/') && !text.starts_with('.');
    if !plain(name) || !plain(revision) {
        return None;
    }
    let yaml = SNAP_FOLDERS.iter().find_map(|folder| {
        machine.root.read(format!("{folder}/{name}/{revision}/meta/snap.yaml"), machine.limits).ok()
    })?;
    snap::yaml_value(&yaml, b"version:")
}

fn mounted(machine: &Machine<'_>, folder: &Folder, name: &OsStr, rows: &mut Rows<'_>) {
    if name == "bin" || name == "README" {
        return;
    }
    let below = std::path::Path::new(name).join("current/meta/snap.yaml");
    let label = joined("", below.as_os_str());
    match folder.read(&below, machine.limits) {
        Ok(bytes) => {
            rows.enter(&label);
            snap::read_yaml(&bytes, rows);
        }
        // Its folder is there, and what it holds is not mounted.
        Err(problem) if is_nothing(&problem) => rows.unread_at(&label, Problem::NoFile),
        Err(problem) => rows.unread_at(&label, problem),
    }
}
