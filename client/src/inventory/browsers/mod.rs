//! The extensions in the browsers of all users of a machine, or of a mounted image.
//!
//! Every home is looked into at each of the `PLACES` where a browser keeps its profiles on Linux (as a package,
//! a snap or a flatpak), macOS and Windows. A profile is a source of its own: what of it could not be read is in its
//! coverage. Not here: which homes there are, and that one is closed to whoever asks; extensions that a policy or the
//! system would install and no profile has; browsers whose profiles lie elsewhere by a variable or an argument.
//!
//! | file | what |
//! |---|---|
//! | `chromium` | profiles of Chrome, Chromium, Edge, Brave, Vivaldi and Opera |
//! | `manifest` | what such an extension says of itself |
//! | `firefox` | profiles of Firefox |

mod chromium;
mod firefox;
mod manifest;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use interdict_schema::product::FilePath;

use super::component::Inventory;
use super::coverage::{Coverage, Problem};
use super::homes::{Home, Homes};
use super::limits::Limits;
use super::rooted::{Folder, is_absent};
use super::trace::Trace;

/// How a browser keeps its extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Chromium,
    Firefox,
}

/// Where browsers keep the profiles of a user, below the home.
const PLACES: [(Family, &str); 39] = [
    // Linux.
    (Family::Chromium, ".config/google-chrome"),
    (Family::Chromium, ".config/google-chrome-beta"),
    (Family::Chromium, ".config/google-chrome-unstable"),
    (Family::Chromium, ".config/chromium"),
    (Family::Chromium, ".config/microsoft-edge"),
    (Family::Chromium, ".config/microsoft-edge-beta"),
    (Family::Chromium, ".config/microsoft-edge-dev"),
    (Family::Chromium, ".config/BraveSoftware/Brave-Browser"),
    (Family::Chromium, ".config/vivaldi"),
    (Family::Chromium, ".config/opera"),
    (Family::Firefox, ".mozilla/firefox"),
    (Family::Firefox, ".config/mozilla/firefox"),
    // Snaps.
    (Family::Chromium, "snap/chromium/common/chromium"),
    (Family::Chromium, "snap/brave/current/.config/BraveSoftware/Brave-Browser"),
    (Family::Chromium, "snap/opera/current/.config/opera"),
    (Family::Firefox, "snap/firefox/common/.mozilla/firefox"),
    // Flatpaks.
    (Family::Chromium, ".var/app/com.google.Chrome/config/google-chrome"),
    (Family::Chromium, ".var/app/org.chromium.Chromium/config/chromium"),
    (Family::Chromium, ".var/app/com.microsoft.Edge/config/microsoft-edge"),
    (Family::Chromium, ".var/app/com.brave.Browser/config/BraveSoftware/Brave-Browser"),
    (Family::Chromium, ".var/app/com.vivaldi.Vivaldi/config/vivaldi"),
    (Family::Chromium, ".var/app/com.opera.Opera/config/opera"),
    (Family::Firefox, ".var/app/org.mozilla.firefox/.mozilla/firefox"),
    (Family::Firefox, ".var/app/org.mozilla.firefox/config/mozilla/firefox"),
    // macOS.
    (Family::Chromium, "Library/Application Support/Google/Chrome"),
    (Family::Chromium, "Library/Application Support/Google/Chrome Beta"),
    (Family::Chromium, "Library/Application Support/Chromium"),
    (Family::Chromium, "Library/Application Support/Microsoft Edge"),
    (Family::Chromium, "Library/Application Support/BraveSoftware/Brave-Browser"),
    (Family::Chromium, "Library/Application Support/Vivaldi"),
    (Family::Chromium, "Library/Application Support/com.operasoftware.Opera"),
    (Family::Firefox, "Library/Application Support/Firefox"),
    // Windows.
    (Family::Chromium, "AppData/Local/Google/Chrome/User Data"),
    (Family::Chromium, "AppData/Local/Chromium/User Data"),
    (Family::Chromium, "AppData/Local/Microsoft/Edge/User Data"),
    (Family::Chromium, "AppData/Local/BraveSoftware/Brave-Browser/User Data"),
    (Family::Chromium, "AppData/Local/Vivaldi/User Data"),
    (Family::Chromium, "AppData/Roaming/Opera Software/Opera Stable"),
    (Family::Firefox, "AppData/Roaming/Mozilla/Firefox"),
];

/// Reads the extensions of all users of the machine whose file system begins at `root`, and nothing else of it.
/// [`machine`](super::machine::read) reads them with its packages.
pub fn read(root: &Path, limits: &Limits) -> Inventory {
    match Folder::root(root) {
        Ok(folder) => {
            let homes = Homes::of(&folder, limits);
            let mut inventory = homes.unread();
            inventory.append(of_homes(&folder, &homes, limits));
            inventory
        }
        Err(error) => {
            let path = root.display().to_string();
            let problem = Problem::Disk { path: path.clone(), kind: error.kind() };
            let coverage = vec![Coverage::unread(&path, None, problem)];
            Inventory { coverage, ..Inventory::default() }
        }
    }
}

/// Reads the extensions in these homes. Where there is no profile, one source that is complete and empty says so; homes that are
/// closed are not said here.
pub(super) fn of_homes(root: &Folder, homes: &Homes, limits: &Limits) -> Inventory {
    let limits = &limits.of_a_profile();
    let mut reading =
        Reading { root: root.clone(), limits, seen: BTreeSet::new(), inventory: Inventory::default() };
    for Home { folder: home, .. } in &homes.open {
        for (family, below) in PLACES {
            match home.folder(below) {
                Ok(folder) if reading.is_new(&folder) => match family {
                    Family::Chromium => chromium::read(&folder, &mut reading),
                    Family::Firefox => firefox::read(&folder, &mut reading),
                },
                Ok(_) => {}
                Err(error) if is_absent(&error) => {}
                Err(error) => reading.unread(&home.label(below), home.disk(below, &error)),
            }
        }
    }
    let Reading { mut inventory, .. } = reading;
    if inventory.coverage.is_empty() {
        let label = format!("browser profiles of {} homes below {}", homes.open.len(), root.label(""));
        inventory.coverage.push(Coverage::new(&label, None));
    }
    inventory
}

/// What was read so far.
struct Reading<'l> {
    root: Folder,
    limits: &'l Limits,
    /// The folders that were looked into, without a link on the way: two paths may lead to one.
    seen: BTreeSet<PathBuf>,
    inventory: Inventory,
}

impl Reading<'_> {
    fn is_new(&mut self, folder: &Folder) -> bool {
        self.seen.insert(folder.place())
    }

    fn unread(&mut self, label: &str, problem: Problem) {
        self.inventory.coverage.push(Coverage::unread(label, None, problem));
    }

    /// A folder below the root, as the machine itself calls it.
    fn path_of(&self, folder: &Folder) -> Option<Trace> {
        let place = folder.place();
        let below = place.strip_prefix(self.root.place()).ok()?;
        // Of Windows the drive is not known.
        if below.components().any(|part| part.as_os_str() == "AppData") {
            return None;
        }
        FilePath::parse(&format!("/{}", below.display())).ok().map(Trace::Path)
    }

    /// What an absolute path leads to that was written on the machine.
    fn absolute(&self, path: &str) -> io::Result<Folder> {
        self.root.folder(below_the_drive(path).unwrap_or_else(|| path.to_owned()))
    }
}

/// A path of Windows as one below its drive: `C:\Users\a` is `Users/a`.
fn below_the_drive(path: &str) -> Option<String> {
    let (drive, rest) = path.split_once(':')?;
    let is_drive = drive.len() == 1 && drive.bytes().all(|byte| byte.is_ascii_alphabetic());
    let rest = rest.strip_prefix(['\\', '/'])?;
    is_drive.then(|| rest.replace('\\', "/"))
}

/// Whether a path is absolute on the machine that wrote it.
fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || below_the_drive(path).is_some()
}
