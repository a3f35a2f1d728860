//! Packages of Python and Node that no system's package manager knows: in the places below, and nowhere else.
//!
//! The whole disk is not searched: that would take minutes, and what lies about is not what runs. The coverage names the
//! places, whether or not something is there. Not here: archives, zipped applications, single files.

use std::ffi::{OsStr, OsString};

use super::super::component::Inventory;
use super::super::coverage::Problem;
use super::super::format::Format;
use super::super::rooted::{Folder, Found, is_absent, joined};
use super::super::rows::Rows;
use super::super::{npm, python};
use super::Machine;
use super::system::read_one;

/// Where Python's packages are installed.
const PYTHON: [&str; 14] = [
    "usr/lib/python*/dist-packages",
    "usr/lib/python*/site-packages",
    "usr/lib64/python*/site-packages",
    "usr/local/lib/python*/dist-packages",
    "usr/local/lib/python*/site-packages",
    "usr/local/lib64/python*/site-packages",
    "opt/*/lib/python*/site-packages",
    "opt/*/*/lib/python*/site-packages",
    "srv/*/*/lib/python*/site-packages",
    "home/*/.local/lib/python*/site-packages",
    "home/*/.local/share/pipx/venvs/*/lib/python*/site-packages",
    "home/*/*/lib/python*/site-packages",
    "root/.local/lib/python*/site-packages",
    "root/.local/share/pipx/venvs/*/lib/python*/site-packages",
];

/// Where Node's packages are installed.
const NPM: [&str; 15] = [
    "usr/lib/node_modules",
    "usr/local/lib/node_modules",
    "usr/share/nodejs",
    "usr/share/node_modules",
    "node_modules",
    "app/node_modules",
    "usr/src/app/node_modules",
    "opt/*/node_modules",
    "opt/*/lib/node_modules",
    "srv/*/node_modules",
    "var/www/*/node_modules",
    "home/*/.npm-global/lib/node_modules",
    "home/*/.nvm/versions/node/*/lib/node_modules",
    "root/.npm-global/lib/node_modules",
    "root/.nvm/versions/node/*/lib/node_modules",
];

/// Folders of packages within packages.
const DEPTH: usize = 32;

fn label(machine: &Machine<'_>, places: &[&str]) -> String {
    format!("{} ({})", machine.root.label(""), places.join(", "))
}

/// The folders that the patterns mean, each once; what cannot be looked into is in the rows.
fn folders(machine: &Machine<'_>, patterns: &[&str], rows: &mut Rows<'_>) -> Vec<(String, Folder)> {
    let mut found: Vec<(String, Folder)> = Vec::new();
    let mut seen = Vec::new();
    let mut unseen = Vec::new();
    for pattern in patterns {
        for (below, folder) in
            machine.root.matching(pattern, &mut |below, problem| unseen.push((below, problem)))
        {
            let identity = folder.identity().ok();
            if identity.is_none_or(|identity| !seen.contains(&identity)) {
                seen.extend(identity);
                found.push((below, folder));
            }
        }
    }
    // Several patterns begin with the same folder.
    unseen.dedup();
    let mut said = Vec::new();
    for (below, problem) in unseen {
        if !said.contains(&below) {
            rows.unread_at(&below, problem);
            said.push(below);
        }
    }
    found
}

/// `NAME-VERSION.dist-info/METADATA`, and of older tools `….egg-info`, a folder or a file.
pub(super) fn python(machine: &Machine<'_>) -> Inventory {
    let mut rows = Rows::new(&label(machine, &PYTHON), Format::Python, machine.limits);
    for (below, folder) in folders(machine, &PYTHON, &mut rows) {
        for name in names(&folder, &below, &mut rows) {
            let bytes = name.as_encoded_bytes();
            let inside = if bytes.ends_with(b".dist-info") {
                "METADATA"
            } else if bytes.ends_with(b".egg-info") {
                match folder.find(&name) {
                    Ok(Found::Folder(_)) => "PKG-INFO",
                    _ => "",
                }
            } else {
                continue;
            };
            rows.within(&below);
            read_one(&folder, &name, inside, machine.limits, &mut rows, python::read);
            if rows.is_full() {
                break;
            }
        }
    }
    rows.finish()
}

fn names(folder: &Folder, below: &str, rows: &mut Rows<'_>) -> Vec<OsString> {
    folder.names().unwrap_or_else(|problem| {
        rows.unread_at(below, problem);
        Vec::new()
    })
}

/// `NAME/package.json`, `@SCOPE/NAME/package.json`, and the packages within them.
pub(super) fn npm(machine: &Machine<'_>) -> Inventory {
    let mut rows = Rows::new(&label(machine, &NPM), Format::Npm, machine.limits);
    let mut ahead = folders(machine, &NPM, &mut rows);
    ahead.reverse();
    while let Some((below, folder)) = ahead.pop() {
        if rows.is_full() {
            break;
        }
        for name in names(&folder, &below, &mut rows) {
            let named = joined(&below, &name);
            if name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let package = match folder.find(&name) {
                Ok(Found::Folder(package)) => package,
                Ok(Found::File(_) | Found::Other) => continue,
                Err(error) if is_absent(&error) => continue,
                Err(error) => {
                    rows.unread_at(&named, folder.disk(&name, &error));
                    continue;
                }
            };
            let scope = name.as_encoded_bytes().starts_with(b"@");
            if named.matches("/node_modules").count() + named.matches("/@").count() > DEPTH {
                rows.unread_at(&named, Problem::TooDeep { limit: DEPTH });
            } else if scope {
                ahead.push((named, package));
            } else {
                module(machine, &named, &package, &mut rows, &mut ahead);
            }
        }
    }
    rows.finish()
}

fn module(
    machine: &Machine<'_>,
    named: &str,
    package: &Folder,
    rows: &mut Rows<'_>,
    ahead: &mut Vec<(String, Folder)>,
) {
    match package.find("package.json") {
        // A folder without one is none of Node's packages.
        Err(error) if is_absent(&error) => {}
        _ => {
            rows.within(named);
            read_one(package, OsStr::new("package.json"), "", machine.limits, rows, npm::read_package);
        }
    }
    match package.find("node_modules") {
        Ok(Found::Folder(inside)) => ahead.push((format!("{named}/node_modules"), inside)),
        Ok(Found::File(_) | Found::Other) => {}
        Err(error) if is_absent(&error) => {}
        Err(error) => rows.unread_at(named, package.disk("node_modules", &error)),
    }
}
