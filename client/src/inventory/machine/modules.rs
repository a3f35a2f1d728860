//! Packages of Python and Node that no system's package manager knows: in the places below, and nowhere else.
//!
//! The whole disk is not searched: that would take minutes, and what lies about is not what runs. The coverage says how
//! many places there were, whether or not something is there, and `docs/formats.md` lists them. Not here: archives, zipped applications, single files; lock files, which say
//! what would be installed.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};

use super::super::component::Inventory;
use super::super::coverage::Problem;
use super::super::format::Format;
use super::super::rooted::{Folder, Found, Identity, is_absent, joined};
use super::super::rows::Rows;
use super::super::{npm, python};
use super::Machine;
use super::system::read_one;

/// Where Python's packages are installed: by distributions, by pip as root, in environments where servers and containers have
/// theirs.
const PYTHON: [&str; 16] = [
    "usr/lib/python*/dist-packages",
    "usr/lib/python*/site-packages",
    "usr/lib64/python*/site-packages",
    "usr/local/lib/python*/dist-packages",
    "usr/local/lib/python*/site-packages",
    "usr/local/lib64/python*/site-packages",
    "opt/*/lib/python*/site-packages",
    "opt/*/*/lib/python*/site-packages",
    "opt/*/*/*/lib/python*/site-packages",
    "srv/*/lib/python*/site-packages",
    "srv/*/*/lib/python*/site-packages",
    "app/*/lib/python*/site-packages",
    "app/.venv/lib/python*/site-packages",
    "venv/lib/python*/site-packages",
    ".venv/lib/python*/site-packages",
    "env/lib/python*/site-packages",
];

/// The same below a home: `pip install --user`, environments of one's own, pipx, uv, pyenv, conda, poetry.
const PYTHON_OF_USERS: [&str; 15] = [
    ".local/lib/python*/site-packages",
    "*/lib/python*/site-packages",
    "*/*/lib/python*/site-packages",
    ".venv/lib/python*/site-packages",
    "*/.venv/lib/python*/site-packages",
    ".virtualenvs/*/lib/python*/site-packages",
    ".local/share/virtualenvs/*/lib/python*/site-packages",
    ".local/share/pipx/venvs/*/lib/python*/site-packages",
    ".local/pipx/venvs/*/lib/python*/site-packages",
    ".local/share/uv/tools/*/lib/python*/site-packages",
    ".local/share/uv/python/*/lib/python*/site-packages",
    ".pyenv/versions/*/lib/python*/site-packages",
    ".cache/pypoetry/virtualenvs/*/lib/python*/site-packages",
    ".conda/envs/*/lib/python*/site-packages",
    "*/envs/*/lib/python*/site-packages",
];

/// Where Node's packages are installed: by distributions, by npm as root, of applications where servers and containers have theirs.
const NPM: [&str; 19] = [
    "usr/lib/node_modules",
    "usr/local/lib/node_modules",
    "usr/share/nodejs",
    "usr/share/node_modules",
    "usr/lib/nodejs",
    "usr/local/lib/nodejs/*/lib/node_modules",
    "usr/local/nvm/versions/node/*/lib/node_modules",
    "usr/local/share/nvm/versions/node/*/lib/node_modules",
    "node_modules",
    "app/node_modules",
    "usr/src/app/node_modules",
    "opt/*/node_modules",
    "opt/*/*/node_modules",
    "opt/*/lib/node_modules",
    "opt/nvm/versions/node/*/lib/node_modules",
    "srv/*/node_modules",
    "srv/*/*/node_modules",
    "var/www/node_modules",
    "var/www/*/node_modules",
];

/// The same below a home: globally by each of the programs that install Node, and of projects.
const NPM_OF_USERS: [&str; 15] = [
    ".npm-global/lib/node_modules",
    ".local/lib/node_modules",
    ".nvm/versions/node/*/lib/node_modules",
    ".volta/tools/image/node/*/lib/node_modules",
    ".volta/tools/image/packages/*/lib/node_modules",
    ".local/share/fnm/node-versions/*/installation/lib/node_modules",
    ".fnm/node-versions/*/installation/lib/node_modules",
    ".asdf/installs/nodejs/*/lib/node_modules",
    ".nodenv/versions/*/lib/node_modules",
    ".config/yarn/global/node_modules",
    ".local/share/pnpm/global/*/node_modules",
    ".bun/install/global/node_modules",
    "node_modules",
    "*/node_modules",
    "*/*/node_modules",
];

/// Folders of packages within packages.
const DEPTH: usize = 32;

/// Where pnpm has the packages that others lead to by links.
const PNPM: &str = ".pnpm";

/// The folders that the patterns mean; what cannot be looked into is in the rows.
fn folders(
    machine: &Machine<'_>,
    below_root: &[&str],
    below_homes: &[&str],
    rows: &mut Rows<'_>,
) -> Vec<(String, Folder)> {
    let places = machine.folders(below_root, below_homes);
    for (below, problem) in places.unseen {
        rows.unread_at(&below, problem);
    }
    places.found
}

/// `NAME-VERSION.dist-info/METADATA`, and of older tools `….egg-info` and `….egg`, a folder or a file.
pub(super) fn python(machine: &Machine<'_>) -> Inventory {
    let label = machine.label("packages of Python", &PYTHON, &PYTHON_OF_USERS);
    let mut rows = Rows::new(&label, Format::Python, machine.limits);
    for (below, folder) in folders(machine, &PYTHON, &PYTHON_OF_USERS, &mut rows) {
        for name in names(&folder, &below, &mut rows) {
            let bytes = name.as_encoded_bytes();
            let inside = if bytes.ends_with(b".dist-info") {
                "METADATA"
            } else if bytes.ends_with(b".egg-info") {
                match folder.find(&name) {
                    Ok(Found::Folder(_)) => "PKG-INFO",
                    _ => "",
                }
            } else if bytes.ends_with(b".egg") {
                match folder.find(&name) {
                    Ok(Found::File(_)) => {
                        let file = name.to_string_lossy();
                        rows.within(&below);
                        rows.enter(&file);
                        python::read_egg(&file, &mut rows);
                        continue;
                    }
                    _ => "EGG-INFO/PKG-INFO",
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

/// `NAME/package.json`, `@SCOPE/NAME/package.json`, and the packages within them; each folder once, whatever leads to it.
pub(super) fn npm(machine: &Machine<'_>) -> Inventory {
    let mut rows =
        Rows::new(&machine.label("packages of Node", &NPM, &NPM_OF_USERS), Format::Npm, machine.limits);
    let mut ahead = folders(machine, &NPM, &NPM_OF_USERS, &mut rows);
    ahead.reverse();
    let mut seen = BTreeSet::new();
    while let Some((below, folder)) = ahead.pop() {
        if rows.is_full() {
            break;
        }
        for name in names(&folder, &below, &mut rows) {
            let named = joined(&below, &name);
            let hidden = name.as_encoded_bytes().starts_with(b".");
            if hidden && name != PNPM {
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
            if !is_new(&package, &mut seen) {
                continue;
            }
            let scope = name.as_encoded_bytes().starts_with(b"@");
            if named.matches("/node_modules").count() + named.matches("/@").count() > DEPTH {
                rows.unread_at(&named, Problem::TooDeep { limit: DEPTH });
            } else if hidden {
                ahead.extend(of_pnpm(&named, &package, &mut rows));
            } else if scope {
                ahead.push((named, package));
            } else {
                module(machine, &named, &package, &mut rows, &mut ahead);
            }
        }
    }
    rows.finish()
}

fn is_new(folder: &Folder, seen: &mut BTreeSet<Identity>) -> bool {
    folder.identity().map_or(true, |identity| seen.insert(identity))
}

/// `.pnpm/NAME@VERSION/node_modules`: the packages that nothing else of a project holds.
fn of_pnpm(below: &str, folder: &Folder, rows: &mut Rows<'_>) -> Vec<(String, Folder)> {
    let mut unseen = Vec::new();
    let found = folder.matching("*/node_modules", &mut |inside, problem| unseen.push((inside, problem)));
    for (inside, problem) in unseen {
        let place = if inside.is_empty() { below.to_owned() } else { joined(below, inside.as_ref()) };
        rows.unread_at(&place, problem);
    }
    found.into_iter().map(|(inside, folder)| (joined(below, inside.as_ref()), folder)).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_lists_every_place() {
        let formats = include_str!("../../../../docs/formats.md");
        let places = PYTHON.iter().chain(&PYTHON_OF_USERS).chain(&NPM).chain(&NPM_OF_USERS);
        let missing: Vec<&&str> = places.filter(|place| !formats.contains(&format!("`{place}`"))).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
