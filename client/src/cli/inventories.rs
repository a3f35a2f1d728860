//! Which inventories a verb looks at, as `check` and `explain` are told: this machine, a mounted one, files of packages, files
//! that are hashed; and what their asset is called.

use std::path::{Component, Path, PathBuf};

use clap::Args;
use interdict_host::world::World;

use super::assessing::Sought;
use super::gathering::STANDARD_INPUT;
use super::{Failure, gathering};
use crate::inventory::files::Under;
use crate::inventory::{Format, Inventory, Limits, machine, machine_name, processes};

/// How they are read. Their paths are an argument of the verb itself.
#[derive(Debug, Args)]
pub(super) struct How {
    /// The files under a path, by path and SHA-256, instead of this machine's packages; several times for several paths. Links
    /// are not followed. With --root the path is one below it
    #[arg(long, value_name = "PATH")]
    files: Vec<PathBuf>,

    /// The format of the inventories, where their content does not tell it: dpkg, rpm-qa, cyclonedx, csv, and more in formats.md
    #[arg(long = "type", value_name = "TYPE")]
    format_in: Option<Format>,

    /// What the asset is called where the inventory names no host: findings, exceptions and clocks that run from detection go by
    /// it [default: the absolute path of the file; "standard input"; for this machine its name]
    #[arg(long, value_name = "NAME")]
    asset: Option<Asset>,

    /// The machine whose file system begins here, instead of this one
    #[arg(long, value_name = "DIR", conflicts_with = "inventories")]
    root: Option<PathBuf>,
}

/// The name of an asset: 1 to [`MAX_ASSET`] bytes, all of them visible.
#[derive(Debug, Clone)]
struct Asset(String);

/// The longest name of an asset, in bytes.
const MAX_ASSET: usize = 256;

/// A text that names no asset.
#[derive(Debug, thiserror::Error)]
#[error(
    "found {length} bytes, wanted 1 to {MAX_ASSET} of which all are visible and none at an end is a blank"
)]
struct NotAnAsset {
    length: usize,
}

impl std::str::FromStr for Asset {
    type Err = NotAnAsset;

    fn from_str(text: &str) -> Result<Self, NotAnAsset> {
        let visible = !text.chars().any(interdict_host::terminal::is_invisible);
        let fits = (1..=MAX_ASSET).contains(&text.len()) && text.trim() == text;
        if visible && fits { Ok(Self(text.to_owned())) } else { Err(NotAnAsset { length: text.len() }) }
    }
}

/// What is looked at, and how.
#[derive(Debug)]
pub(super) struct Inventories {
    /// The paths; none for this machine.
    pub paths: Vec<PathBuf>,
    /// How they are read.
    pub how: How,
}

impl Inventories {
    /// The one asset that everything is which names no host: as it was given, or else the machine that is read.
    pub fn asset(&self, world: &World) -> Option<String> {
        if let Some(Asset(name)) = &self.how.asset {
            return Some(name.clone());
        }
        if self.paths.is_empty() { machine_name::name_of(&self.root(world)) } else { None }
    }

    /// What each source is called as an asset, by its number: its path from the root, so that a file is the same however it is
    /// given. None for this machine, whose sources have their own names.
    pub fn names(&self, inventory: &Inventory, world: &World) -> Vec<String> {
        if self.paths.is_empty() {
            return Vec::new();
        }
        inventory.coverage.iter().map(|coverage| name(&world.resolve(""), &coverage.source)).collect()
    }

    /// Reads them.
    pub fn read(&self, world: &mut World, sought: &Sought<'_>) -> Result<Inventory, Failure> {
        let limits = Limits::STANDARD;
        let how = &self.how;
        if self.paths.is_empty() && how.files.is_empty() {
            let processes = if how.root.is_none() { Processes::Read } else { Processes::None };
            return Ok(of_machine(&self.root(world), processes));
        }
        let mut inventory = gathering::read(&self.paths, how.format_in, world, &limits, sought.recognises)?;
        let root = how.root.as_deref().map(|root| world.resolve(root));
        for path in &how.files {
            let under = match &root {
                Some(root) => Under::root(root, path),
                None => Under::here(path, &world.resolve(path)),
            };
            inventory.append(gathering::files(
                &under,
                sought.digests,
                world,
                &limits,
                sought.recognises_file,
            ));
        }
        Ok(inventory)
    }

    fn root(&self, world: &World) -> PathBuf {
        self.how.root.as_deref().map_or_else(|| PathBuf::from("/"), |root| world.resolve(root))
    }
}

/// Whether what runs belongs to a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Processes {
    /// It is this machine.
    Read,
    /// It is a file system, which has none.
    None,
}

impl Processes {
    /// Of what is enforced on: this machine's own root has processes.
    pub fn of(root: &Path) -> Self {
        if root == Path::new("/") { Self::Read } else { Self::None }
    }
}

/// What is on the machine whose file system begins here: packages, extensions, and what runs.
pub(super) fn of_machine(root: &Path, processes: Processes) -> Inventory {
    let limits = Limits::STANDARD;
    let mut inventory = machine::read(root, &limits);
    if processes == Processes::Read {
        inventory.append(processes::read(Path::new("/proc"), &limits));
    }
    inventory
}

/// A source's label from the root. `..` is taken back only as far as the working directory reaches, which has no links in it;
/// beyond that a link may lead elsewhere, and two files must never have one name.
fn name(here: &Path, label: &str) -> String {
    if label == STANDARD_INPUT {
        return label.to_owned();
    }
    let given = Path::new(label);
    let mut path = if given.is_absolute() { PathBuf::from("/") } else { here.to_path_buf() };
    let mut own = given.is_absolute();
    for part in given.components() {
        match part {
            Component::Prefix(_) | Component::RootDir | Component::CurDir => {}
            Component::ParentDir if !own => drop(path.pop()),
            Component::ParentDir => path.push(".."),
            Component::Normal(name) => {
                own = true;
                path.push(name);
            }
        }
    }
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test writes files")]
    fn nothing_of_a_machine_is_read_twice() {
        let root = tempfile::tempdir().unwrap();
        let extension =
            root.path().join("home/alex/.config/chromium/Default/Extensions").join("a".repeat(32));
        std::fs::create_dir_all(extension.join("1.0_0")).unwrap();
        std::fs::write(extension.join("1.0_0/manifest.json"), r#"{"name":"x","version":"1.0"}"#).unwrap();
        assert_eq!(of_machine(root.path(), Processes::None).components.len(), 1);
    }

    #[test]
    fn a_file_has_one_name_however_it_is_given_and_no_other_file_has_it() {
        for (label, wanted) in [
            ("status", "/srv/fleet/status"),
            ("./status", "/srv/fleet/status"),
            (".//./status", "/srv/fleet/status"),
            ("../fleet/status", "/srv/fleet/status"),
            ("/srv/fleet/status", "/srv/fleet/status"),
            ("/srv//fleet/./status", "/srv/fleet/status"),
            ("../../../../etc/x", "/etc/x"),
            // `link` may lead anywhere.
            ("link/../status", "/srv/fleet/link/../status"),
            ("/srv/link/../status", "/srv/link/../status"),
            ("standard input", "standard input"),
        ] {
            assert_eq!(name(Path::new("/srv/fleet"), label), wanted, "{label}");
        }
    }

    #[test]
    fn an_asset_has_1_to_256_visible_bytes() {
        for name in ["a", "web-1", "datacentre 1", &"a".repeat(256)] {
            assert_eq!(name.parse::<Asset>().unwrap().0, name);
        }
        for name in ["", " a", "a ", "a\nb", "a\u{1b}b", "a\u{202e}b", &"a".repeat(257)] {
            assert!(name.parse::<Asset>().is_err(), "{name}");
        }
    }
}
