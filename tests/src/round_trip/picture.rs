//! Everything that has changed on a machine, as text: names, modes, owners, times, contents, and attributes with access lists.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use interdict_schema::Sha256;

use super::Machine;

/// What `interdict` itself keeps, and what programs keep for themselves beside their configuration.
const LEFT_OUT: [&str; 8] = [
    "/var/lib/interdict",
    "/var/lib/interdict-apply",
    "/var/cache",
    "/root",
    "/srv",
    // DNSSEC's root key, which unbound's own unit fetches whenever it starts.
    "/var/lib/unbound",
    // What fapolicyd trusts, built anew whenever it starts.
    "/var/lib/fapolicyd",
    "/var/lib/dnf",
];

/// A picture: every file, link and new folder, by path.
pub type Picture = BTreeMap<PathBuf, String>;

impl Machine {
    /// All that is not as on the machine that this one lies over, wherever it is. A folder counts for itself only where it is new,
    /// or of another mode or owner: its time changes with every file that is staged in it.
    pub fn picture(&self) -> Picture {
        let mut picture = Picture::new();
        walk(&self.path("/run/layer"), Path::new("/"), &mut picture);
        picture
    }
}

fn walk(layer: &Path, folder: &Path, picture: &mut Picture) {
    for entry in fs::read_dir(layer).unwrap() {
        let entry = entry.unwrap();
        let path = folder.join(entry.file_name());
        if LEFT_OUT.iter().any(|left_out| path == Path::new(left_out)) {
            continue;
        }
        let metadata = entry.metadata().unwrap();
        let owners =
            |metadata: &fs::Metadata| format!("{:o} {}:{}", metadata.mode(), metadata.uid(), metadata.gid());
        let mut told = owners(&metadata);
        if metadata.is_dir() {
            let same = fs::symlink_metadata(&path).is_ok_and(|below| owners(&below) == told);
            walk(&entry.path(), &path, picture);
            if same {
                continue;
            }
        } else {
            let content = if metadata.file_type().is_symlink() {
                fs::read_link(entry.path()).unwrap().display().to_string()
            } else if metadata.file_type().is_char_device() && metadata.rdev() == 0 {
                "gone".to_owned()
            } else if metadata.is_file() {
                Sha256::of(&fs::read(entry.path()).unwrap()).to_string()
            } else {
                String::new()
            };
            write!(told, " {}.{:09} {content}", metadata.mtime(), metadata.mtime_nsec()).unwrap();
            told.push_str(&attributes(&entry.path()));
        }
        picture.insert(path, told);
    }
}

/// The same without the time of a file that a tool makes anew.
pub fn made_anew(mut picture: Picture, path: &str) -> Picture {
    if let Some(told) = picture.get_mut(Path::new(path)) {
        let words: Vec<&str> = told.split(' ').collect();
        *told = [&words[..2], &words[3..]].concat().join(" ");
    }
    picture
}

/// The extended attributes of a file, but for those by which the layers are kept together.
fn attributes(path: &Path) -> String {
    let mut names = vec![0; 1 << 16];
    let length = rustix::fs::llistxattr(path, &mut names[..]).unwrap_or(0);
    let names = String::from_utf8_lossy(&names[..length]).into_owned();
    let mut told: Vec<String> = Vec::new();
    for name in names.split('\0').filter(|name| !name.is_empty() && !name.contains("overlay.")) {
        let mut value = vec![0; 1 << 16];
        let length = rustix::fs::lgetxattr(path, name, &mut value[..]).unwrap_or(0);
        told.push(format!(" {name}={:?}", &value[..length]));
    }
    told.sort();
    told.concat()
}
