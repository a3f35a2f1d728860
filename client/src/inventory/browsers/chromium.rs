//! Profiles of Chromium and the browsers made from it.
//!
//! A folder of profiles holds `Default`, `Profile 1`, …; Opera's is a profile itself. A profile has its extensions in
//! `Extensions/<id>/<version>/`, and says in `Preferences` and `Secure Preferences` which of them are switched off and which
//! lie elsewhere: unpacked ones, and those that came with the browser. One that is switched off is there all the same; the
//! reference says that it is off.

use std::collections::{BTreeMap, BTreeSet};

use interdict_schema::product::ExtensionId;
use serde::Deserialize;
use serde_json::Value;

use super::manifest::{Manifest, json};
use super::{Coverage, Inventory, Problem, Reading, is_absolute};
use crate::inventory::component::{Component, Description, SourceRow};
use crate::inventory::coverage::Place;
use crate::inventory::rooted::{Folder, Found, is_absent, is_nothing};
use crate::inventory::text::{Identifiers, count};

/// Where a profile says what it has.
const PREFERENCES: [&str; 2] = ["Preferences", "Secure Preferences"];

/// Settings that are none.
const SETTINGS: Problem = Problem::Row { wanted: "an object in extensions.settings" };

/// What `extensions.settings` says of one extension.
#[derive(Debug, Default, Deserialize)]
struct Setting {
    #[serde(default)]
    path: Option<String>,
    /// 0 for off, in versions that have it.
    #[serde(default)]
    state: Value,
    /// A number of flags, or a list of numbers.
    #[serde(default)]
    disable_reasons: Value,
    #[serde(default)]
    manifest: Option<Manifest>,
}

impl Setting {
    fn is_off(&self) -> bool {
        let reasons = match &self.disable_reasons {
            Value::Number(flags) => flags.as_i64() != Some(0),
            Value::Array(reasons) => !reasons.is_empty(),
            _ => false,
        };
        reasons || self.state.as_i64() == Some(0)
    }
}

/// Reads every profile in a folder of them.
pub(super) fn read(folder: &Folder, reading: &mut Reading<'_>) {
    if is_profile(folder) {
        profile(folder, reading);
    }
    let names = match folder.names() {
        Ok(names) => names,
        Err(problem) => return reading.unread(&folder.label(""), problem),
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

/// Whether a folder is a profile: it has what profiles have, or does not let that be seen.
fn is_profile(folder: &Folder) -> bool {
    let parts = PREFERENCES.iter().chain(&["Extensions"]);
    parts.into_iter().any(|part| folder.find(part).map_or_else(|error| !is_absent(&error), |_| true))
}

fn profile(folder: &Folder, reading: &mut Reading<'_>) {
    let label = folder.label("");
    let mut profile = Profile {
        reading,
        coverage: Coverage::new(label.trim_end_matches('/'), None),
        components: Vec::new(),
        settings: BTreeMap::new(),
    };
    profile.preferences(folder);
    let met = profile.extensions(folder);
    profile.elsewhere(&met);
    let Profile { mut coverage, components, .. } = profile;
    coverage.components = count(components.len());
    reading.inventory.append(Inventory { components, findings: Vec::new(), coverage: vec![coverage] });
}

struct Profile<'p, 'l> {
    reading: &'p Reading<'l>,
    coverage: Coverage,
    components: Vec<Component>,
    settings: BTreeMap<String, Setting>,
}

impl Profile<'_, '_> {
    /// What the profile says of its extensions. The later file has what is protected from being written by others.
    fn preferences(&mut self, folder: &Folder) {
        for file in PREFERENCES {
            let read = folder.read(file, self.reading.limits).and_then(|bytes| json::<Value>(&bytes));
            match read {
                Ok(mut preferences) => {
                    match preferences.pointer_mut("/extensions/settings").map(Value::take) {
                        Some(Value::Object(settings)) => self.settings(settings),
                        None => {}
                        Some(_) => self.coverage.stop(Place::default(), SETTINGS),
                    }
                }
                Err(problem) if is_nothing(&problem) => {}
                Err(problem) => self.coverage.stop(Place::default(), problem),
            }
        }
    }

    /// What one file says of each extension. What is none is left out, and the extension perhaps with it.
    fn settings(&mut self, settings: serde_json::Map<String, Value>) {
        for (row, (id, setting)) in (1..).zip(settings) {
            match Setting::deserialize(setting) {
                Ok(setting) => _ = self.settings.insert(id, setting),
                Err(_) if is_id(&id) => self.coverage.skip(Place { row, byte: 0 }, SETTINGS),
                Err(_) => {}
            }
        }
    }

    /// Those in the profile's own folder: their ids.
    fn extensions(&mut self, folder: &Folder) -> BTreeSet<String> {
        let mut met = BTreeSet::new();
        let mut closed = |_: String, problem| self.coverage.stop(Place::default(), problem);
        let found = folder.matching("Extensions/*/*", &mut closed);
        for (below, inside) in found {
            let Some(id) = below.split('/').nth(1).filter(|id| is_id(id)) else { continue };
            let manifest = Manifest::in_folder(&inside, self.reading.limits);
            met.insert(id.to_owned());
            self.add(id, manifest, Some(&inside), &below);
        }
        met
    }

    /// Those that lie elsewhere, or of which nothing but the settings tell.
    fn elsewhere(&mut self, met: &BTreeSet<String>) {
        let settings = std::mem::take(&mut self.settings);
        for (id, setting) in settings.iter().filter(|(id, _)| is_id(id) && !met.contains(*id)) {
            let told = setting.manifest.clone();
            match setting.path.as_deref().filter(|path| is_absolute(path)) {
                Some(path) => {
                    let folder = self.reading.absolute(path);
                    let read = match (&folder, told) {
                        (_, Some(manifest)) => Ok(manifest),
                        (Ok(folder), None) => Manifest::in_folder(folder, self.reading.limits),
                        (Err(error), None) => {
                            Err(Problem::Disk { path: path.to_owned(), kind: error.kind() })
                        }
                    };
                    self.put(id, read, folder.as_ref().ok(), path, setting.is_off());
                }
                // Of one that was removed the setting stays, without a manifest.
                None if told.is_some() => {
                    self.put(id, Ok(told.unwrap_or_default()), None, id, setting.is_off());
                }
                None => {}
            }
        }
        self.settings = settings;
    }

    fn add(&mut self, id: &str, manifest: Result<Manifest, Problem>, folder: Option<&Folder>, at: &str) {
        let setting = self.settings.get(id);
        let off = setting.is_some_and(Setting::is_off);
        // Chromium keeps the manifest beside the setting.
        let manifest = match (manifest, setting.and_then(|setting| setting.manifest.clone())) {
            (Err(_), Some(told)) if told.name().is_some() => Ok(told),
            (manifest, _) => manifest,
        };
        self.put(id, manifest, folder, at, off);
    }

    fn put(
        &mut self,
        id: &str,
        manifest: Result<Manifest, Problem>,
        folder: Option<&Folder>,
        at: &str,
        off: bool,
    ) {
        let row = count(self.components.len()) + 1;
        let place = Place { row, byte: 0 };
        let manifest = manifest.unwrap_or_else(|problem| {
            // That it is there is known, by which name it is not.
            self.coverage.stop(place, problem);
            Manifest::default()
        });
        let mut description = Description::named(manifest.name().unwrap_or(id));
        description.version = manifest.version().map(str::to_owned);
        if let Some(author) = manifest.author() {
            description.add_vendor(author);
        }
        let version = manifest.version().filter(|version| is_plain_version(version));
        let purl = version.map_or_else(
            || format!("pkg:chrome-extension/{id}"),
            |version| format!("pkg:chrome-extension/{id}@{version}"),
        );
        let limits = self.reading.limits;
        Identifiers { coverage: &mut self.coverage, limits, place }.purl(&mut description, &purl);
        if let Some(path) = folder.and_then(|folder| self.reading.path_of(folder)) {
            description.add_trace(path);
        }
        let reference = Some(if off { format!("{at}, switched off") } else { at.to_owned() });
        let source = SourceRow { source: 0, row, byte: None, reference };
        self.components.push(Component::described(description.into(), source));
    }
}

/// Whether a name is an id: 32 letters from a to p.
fn is_id(name: &str) -> bool {
    name.len() == 32 && !name.contains(['.', '@']) && ExtensionId::parse(name).is_ok()
}

/// Whether a version can stand in a package URL as it is.
fn is_plain_version(version: &str) -> bool {
    version.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}
