//! Applications beside the system's packages: flatpak and snap, of the system and of all users.

use std::ffi::OsStr;

use super::super::component::Inventory;
use super::super::coverage::Problem;
use super::super::format::Format;
use super::super::rooted::{Folder, Found, is_absent, is_nothing, joined};
use super::super::rows::Rows;
use super::super::{flatpak, snap};
use super::Machine;

/// Where flatpak installs: for the system, and for each user.
const FLATPAK: [&str; 3] = ["var/lib/flatpak", "home/*/.local/share/flatpak", "root/.local/share/flatpak"];

/// What snapd knows of its packages; for root alone.
const SNAP_STATE: &str = "var/lib/snapd/state.json";

/// Where snapd mounts them, by distribution.
const SNAP_FOLDERS: [&str; 2] = ["snap", "var/lib/snapd/snap"];

/// What is deployed: `app/ID/ARCHITECTURE/BRANCH/active`, and runtimes likewise.
pub(super) fn flatpak(machine: &Machine<'_>) -> Inventory {
    let mut rows = Rows::new(
        &format!("{} ({})", machine.root.label(""), FLATPAK.join(", ")),
        Format::Flatpak,
        machine.limits,
    );
    let mut any = false;
    for installation in FLATPAK {
        for kind in ["app", "runtime"] {
            let pattern = format!("{installation}/{kind}/*/*/*");
            let mut unseen = Vec::new();
            let found = machine.root.matching(&pattern, &mut |below, problem| unseen.push((below, problem)));
            any |= !found.is_empty() || !unseen.is_empty();
            for (below, problem) in unseen {
                rows.unread_at(&below, problem);
            }
            for (below, branch) in found {
                deployed(machine, &below, &branch, &mut rows);
            }
        }
    }
    if any { rows.finish() } else { Inventory::default() }
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
