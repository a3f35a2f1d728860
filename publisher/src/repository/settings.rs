//! `publisher.toml`: which key file serves which role, and how long each role's metadata lives.
//!
//! It holds no secret. Paths are relative to the repository's folder, so that folder and keys may move together.

use std::path::{Component, Path, PathBuf};

use interdict_host::read::{ReadError, read_bounded};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Lifetime, Repository};

/// The longest settings that are read, in bytes.
pub const MAX_SETTINGS_BYTES: u64 = 1 << 20;

const PREAMBLE: &str = "\
# How this repository is published. Nothing here is secret, and nothing here is served: only public/ is.
# Paths start from this file's folder. Keep the root and targets keys offline: leave their entries, and carry the
# files here (or give them with --key) when something is published.
# Lifetimes are a number and a unit: 365d, 12h, 30m, 90s.

";

/// The settings of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where the key files are.
    pub keys: KeyFiles,
    /// How long metadata lives.
    #[serde(default)]
    pub lifetimes: Lifetimes,
}

/// The key files of each role. A file that is not there is an offline key, not an error.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeyFiles {
    /// Of the root role: for the list of issuers.
    pub root: Vec<PathBuf>,
    /// Of the targets role.
    pub targets: Vec<PathBuf>,
    /// Of the snapshot role.
    pub snapshot: Vec<PathBuf>,
    /// Of the timestamp role.
    pub timestamp: Vec<PathBuf>,
}

/// How long the metadata of each role lives. The defaults are those of `docs/formats.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lifetimes {
    /// 1 year.
    pub root: Lifetime,
    /// 1 year.
    pub targets: Lifetime,
    /// 14 days.
    pub snapshot: Lifetime,
    /// 7 days.
    pub timestamp: Lifetime,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            root: Lifetime::days(365),
            targets: Lifetime::days(365),
            snapshot: Lifetime::days(14),
            timestamp: Lifetime::days(7),
        }
    }
}

/// Settings that cannot be used.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// The file was not read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The file is not UTF-8.
    #[error("{} is not UTF-8", path.display())]
    NotUtf8 {
        /// Which file.
        path: PathBuf,
    },
    /// A key file whose path cannot be written down.
    #[error("the path of the key file {} is not UTF-8", path.display())]
    KeyPath {
        /// Which key file.
        path: PathBuf,
    },
    /// The file is not what is expected; the source says where.
    #[error("{} is not settings of a repository", path.display())]
    Shape {
        /// Which file.
        path: PathBuf,
        /// The place, and what is wrong there.
        source: Box<toml::de::Error>,
    },
}

impl Settings {
    /// Reads the settings of a repository; the paths of key files come back absolute.
    ///
    /// # Errors
    ///
    /// [`SettingsError`].
    pub fn read(repository: &Repository) -> Result<Self, SettingsError> {
        let path = repository.settings_path();
        let bytes = read_bounded(&path, MAX_SETTINGS_BYTES)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| SettingsError::NotUtf8 { path: path.clone() })?;
        let mut settings: Self =
            toml::from_str(text).map_err(|source| SettingsError::Shape { path, source: Box::new(source) })?;
        let keys = &mut settings.keys;
        for file in
            [&mut keys.root, &mut keys.targets, &mut keys.snapshot, &mut keys.timestamp].into_iter().flatten()
        {
            *file = repository.dir().join(&*file);
        }
        Ok(settings)
    }

    /// The settings as a file. Paths are written as they are: make them relative first ([`relative_to`]).
    ///
    /// # Errors
    ///
    /// [`SettingsError::KeyPath`]: TOML is UTF-8, and a path need not be.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SettingsError> {
        let keys = &self.keys;
        let mut paths = [&keys.root, &keys.targets, &keys.snapshot, &keys.timestamp].into_iter().flatten();
        if let Some(path) = paths.find(|path| path.to_str().is_none()) {
            return Err(SettingsError::KeyPath { path: path.clone() });
        }
        let toml = toml::to_string(self).expect("paths that are UTF-8 and texts are TOML");
        Ok((PREAMBLE.to_owned() + &toml).into_bytes())
    }
}

/// The way from a folder to a file, both absolute and without links: `../keys/root-1.key`.
pub fn relative_to(dir: &Path, file: &Path) -> PathBuf {
    let shared = dir.components().zip(file.components()).take_while(|(one, other)| one == other).count();
    let up = dir.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(file.components().skip(shared)).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail by panicking")]

    use super::*;

    #[test]
    fn the_way_from_a_folder_to_a_file_goes_up_and_down() {
        for (dir, file, way) in [
            ("/a/b", "/a/b/keys/k", "keys/k"),
            ("/a/b", "/a/keys/k", "../keys/k"),
            ("/a/b/c", "/k", "../../../k"),
        ] {
            assert_eq!(relative_to(Path::new(dir), Path::new(file)), Path::new(way));
        }
    }

    #[test]
    fn settings_are_read_back_with_absolute_paths_and_unknown_members_refused() {
        let folder = tempfile::tempdir().unwrap();
        let repository = Repository::new(folder.path());
        let settings = Settings {
            keys: KeyFiles { targets: vec!["../keys/one.key".into()], ..KeyFiles::default() },
            lifetimes: Lifetimes::default(),
        };
        std::fs::write(repository.settings_path(), settings.to_bytes().unwrap()).unwrap();
        let read = Settings::read(&repository).unwrap();
        assert_eq!(read.lifetimes, settings.lifetimes);
        assert_eq!(read.keys.targets, [folder.path().join("../keys/one.key")]);
        std::fs::write(repository.settings_path(), "[keys]\nsnapshots = []\n").unwrap();
        assert!(matches!(Settings::read(&repository), Err(SettingsError::Shape { .. })));
    }
}
