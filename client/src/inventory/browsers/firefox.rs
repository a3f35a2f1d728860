//! Profiles of Firefox.
//!
//! `profiles.ini` names the profiles, wherever they lie; folders beside it that hold `extensions.json` are read too, as a
//! profile may have been taken out of the list. `extensions.json` has every add-on that Firefox knows, those that came with it
//! among them; a file in `extensions/` that is not in it was put there by others and is listed by its id. No package-URL type
//! is registered for add-ons: their ecosystem is called `mozilla-extension` here, so that no package is taken for one.

use std::collections::BTreeSet;

use interdict_schema::product::{ExtensionId, FilePath};
use serde::Deserialize;

use super::manifest::json;
use super::{Coverage, Inventory, Problem, Reading, is_absolute};
use crate::inventory::component::{Component, Description, SourceRow};
use crate::inventory::coverage::Place;
use crate::inventory::rooted::{Folder, Found, is_absent, is_nothing};
use crate::inventory::text::count;
use crate::inventory::trace::Trace;

/// What kind of thing an add-on is, in the terms of package URLs.
const ECOSYSTEM: &str = "mozilla-extension";

#[derive(Debug, Deserialize)]
struct Addons {
    addons: Vec<Addon>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Addon {
    id: String,
    #[serde(default)]
    version: Option<String>,
    /// `extension`, `theme`, `locale`, `dictionary`.
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    active: Option<bool>,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    default_locale: Option<Locale>,
}

#[derive(Debug, Deserialize)]
struct Locale {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    creator: Option<String>,
}

/// Reads every profile that a folder names or holds.
pub(super) fn read(folder: &Folder, reading: &mut Reading<'_>) {
    match folder.read("profiles.ini", reading.limits) {
        Ok(bytes) => {
            for path in paths(&String::from_utf8_lossy(&bytes)) {
                named(&path, folder, reading);
            }
        }
        Err(problem) if is_nothing(&problem) => {}
        Err(problem) => reading.unread(&folder.label("profiles.ini"), problem),
    }
    let profiles = match folder.folder("Profiles") {
        Ok(inside) => Some(inside),
        Err(error) if is_absent(&error) => None,
        Err(error) => return reading.unread(&folder.label("Profiles"), folder.disk("Profiles", &error)),
    };
    for folder in std::iter::once(folder).chain(&profiles) {
        let names = match folder.names() {
            Ok(names) => names,
            Err(problem) => {
                reading.unread(&folder.label(""), problem);
                continue;
            }
        };
        for name in names {
            match folder.find(&name) {
                Ok(Found::Folder(inside)) if is_profile(&inside) && reading.is_new(&inside) => {
                    profile(&inside, reading);
                }
                Ok(_) => {}
                Err(error) if is_absent(&error) => {}
                Err(error) => reading.unread(&folder.label(&name), folder.disk(&name, &error)),
            }
        }
    }
}

/// A profile that `profiles.ini` names; one that is not there was removed.
fn named(path: &str, folder: &Folder, reading: &mut Reading<'_>) {
    let found = if is_absolute(path) { reading.absolute(path) } else { folder.folder(path) };
    match found {
        Ok(inside) if reading.is_new(&inside) => profile(&inside, reading),
        Ok(_) => {}
        // On another drive, or on a disk that is not in its place.
        Err(error) if is_absent(&error) && is_absolute(path) => {
            reading.unread(&folder.label("profiles.ini"), Problem::Elsewhere { path: path.to_owned() });
        }
        Err(error) if is_absent(&error) => {}
        Err(error) => reading.unread(&folder.label(path), folder.disk(path, &error)),
    }
}

/// The paths of the profiles in `profiles.ini`, each once.
fn paths(ini: &str) -> BTreeSet<String> {
    let path = |line: &str| line.trim().strip_prefix("Path=").map(|path| path.trim().to_owned());
    ini.lines().filter_map(path).filter(|path| !path.is_empty()).collect()
}

fn is_profile(folder: &Folder) -> bool {
    let there = |part: &str| folder.find(part).map_or_else(|error| !is_absent(&error), |_| true);
    there("extensions.json") || there("prefs.js")
}

fn profile(folder: &Folder, reading: &mut Reading<'_>) {
    let label = folder.label("");
    let mut coverage = Coverage::new(label.trim_end_matches('/'), None);
    let mut components = Vec::new();
    match folder.read("extensions.json", reading.limits).and_then(|bytes| json::<Addons>(&bytes)) {
        Ok(read) => components.extend((1..).zip(read.addons).map(|(row, addon)| component(row, addon))),
        // One that was never used has none.
        Err(problem) if is_nothing(&problem) => {}
        Err(problem) => coverage.stop(Place::default(), problem),
    }
    match folder.folder("extensions").map_err(|error| folder.disk("extensions", &error)) {
        Ok(inside) => match inside.names() {
            Ok(names) => {
                for name in names {
                    let name = name.to_string_lossy();
                    let id = name.strip_suffix(".xpi").unwrap_or(&name);
                    let Ok(found) = ExtensionId::parse(id) else { continue };
                    let found = Trace::ExtensionId(found);
                    if !components.iter().any(|known: &Component| known.traces.contains(&found)) {
                        components.push(loose(count(components.len()) + 1, id, found, &name));
                    }
                }
            }
            Err(problem) => coverage.stop(Place::default(), problem),
        },
        Err(problem) if is_nothing(&problem) => {}
        Err(problem) => coverage.stop(Place::default(), problem),
    }
    coverage.components = count(components.len());
    reading.inventory.append(Inventory { components, findings: Vec::new(), coverage: vec![coverage] });
}

fn component(row: u64, addon: Addon) -> Component {
    let locale = addon.default_locale;
    let (name, creator) = locale.map_or((None, None), |locale| (locale.name, locale.creator));
    let name = name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    let mut description = Description::named(name.unwrap_or_else(|| addon.id.clone()));
    description.ecosystem = Some(ECOSYSTEM.to_owned());
    description.version = addon.version;
    if let Some(creator) = creator {
        description.add_vendor(&creator);
    }
    // What is no id for a rule is none that a rule could mean.
    if let Ok(id) = ExtensionId::parse(&addon.id) {
        description.add_trace(Trace::ExtensionId(id));
    }
    if let Some(path) = addon.path.and_then(|path| FilePath::parse(&path).ok()) {
        description.add_trace(Trace::Path(path));
    }
    let mut reference = addon.id;
    if let Some(kind) = addon.kind.filter(|kind| kind != "extension") {
        reference = format!("{reference}, {kind}");
    }
    if addon.active == Some(false) {
        reference.push_str(", switched off");
    }
    at(description, row, reference)
}

/// One that lies in the folder and not in the list.
fn loose(row: u64, id: &str, found: Trace, file: &str) -> Component {
    let mut description = Description::named(id);
    description.ecosystem = Some(ECOSYSTEM.to_owned());
    description.add_trace(found);
    at(description, row, format!("extensions/{file}, not in extensions.json"))
}

fn at(description: Description, row: u64, reference: String) -> Component {
    let source = SourceRow { source: 0, row, byte: None, reference: Some(reference) };
    Component::described(description.into(), source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_of_the_list_is_found_once() {
        let ini = "[Install4F96]\nDefault=Profiles/a\n\n[Profile0]\nName=x\nIsRelative=1\nPath=Profiles/a\n\
                   [Profile1]\r\nIsRelative=0\r\nPath=D:\\moved\r\n[Profile2]\nPath=\n[Profile3]\nPath=Profiles/a\n";
        assert_eq!(paths(ini), BTreeSet::from(["D:\\moved".to_owned(), "Profiles/a".to_owned()]));
    }
}
