//! `publisher.toml`: where the keys of each role are, and how long each role's metadata lives.
//!
//! It holds no secret. Paths are relative to the repository's folder, so that folder and keys may move together.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use interdict_host::read::{ReadError, read_bounded};
use interdict_host::signer::{KeyUri, KeyUriError};
use interdict_schema::tuf::RoleType;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Compressed, Lifetime, Repository};

/// The longest settings that are read, in bytes.
pub const MAX_SETTINGS_BYTES: u64 = 1 << 20;

const PREAMBLE: &str = "\
# How this repository is published. Nothing here is secret, and nothing here is served: only public/ is.
# A key is a file, or pkcs11:..., ssh-agent:SHA256:...; for snapshot and timestamp also env:NAME or fd:N.
# Paths start from this file's folder. Keep the root and targets keys offline: leave their entries, and carry the
# files or tokens here (or give them with --key) when something is published.
# Lifetimes are a number and a unit: 365d, 12h, 30m, 90s.

";

/// The settings of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where the keys are.
    pub keys: KeyUris,
    /// How long metadata lives.
    pub lifetimes: Lifetimes,
    /// Who holds a key, by keyid: for people, nothing depends on it.
    pub holders: BTreeMap<String, String>,
    /// Whether compressed forms are written beside what is published.
    pub compressed: Compressed,
}

/// The keys of each role. A key that is not there is an offline one, not an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyUris {
    /// Of the root role: for the list of issuers.
    pub root: Vec<KeyUri>,
    /// Of the targets role.
    pub targets: Vec<KeyUri>,
    /// Of the snapshot role.
    pub snapshot: Vec<KeyUri>,
    /// Of the timestamp role.
    pub timestamp: Vec<KeyUri>,
}

/// The file. URIs are texts here, so that an error of the reader does not show the line that one is in: somebody may have written
/// a PIN there.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default, skip_serializing_if = "Compressed::is_no")]
    compressed: Compressed,
    keys: WrittenKeys,
    #[serde(default)]
    lifetimes: Lifetimes,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    holders: BTreeMap<String, String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenKeys {
    root: Vec<String>,
    targets: Vec<String>,
    snapshot: Vec<String>,
    timestamp: Vec<String>,
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
    /// A key that is no key URI.
    #[error("key {number} under keys.{role} in {}", path.display())]
    Key {
        /// Which file.
        path: PathBuf,
        /// The role whose list it is in.
        role: RoleType,
        /// Which of them, from 1 on.
        number: usize,
        /// Why.
        source: KeyUriError,
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
    /// Reads the settings of a repository; paths in URIs come back absolute.
    ///
    /// # Errors
    ///
    /// [`SettingsError`].
    pub fn read(repository: &Repository) -> Result<Self, SettingsError> {
        let path = repository.settings_path();
        let bytes = read_bounded(&path, MAX_SETTINGS_BYTES)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| SettingsError::NotUtf8 { path: path.clone() })?;
        let written: Written = toml::from_str(text)
            .map_err(|source| SettingsError::Shape { path: path.clone(), source: Box::new(source) })?;
        let read = |role, texts: &[String]| -> Result<Vec<KeyUri>, SettingsError> {
            let uris = (1..).zip(texts).map(|(number, text)| match text.parse::<KeyUri>() {
                Ok(uri) => Ok(uri.beneath(repository.dir())),
                Err(source) => Err(SettingsError::Key { path: path.clone(), role, number, source }),
            });
            uris.collect()
        };
        let keys = KeyUris {
            root: read(RoleType::Root, &written.keys.root)?,
            targets: read(RoleType::Targets, &written.keys.targets)?,
            snapshot: read(RoleType::Snapshot, &written.keys.snapshot)?,
            timestamp: read(RoleType::Timestamp, &written.keys.timestamp)?,
        };
        Ok(Self {
            keys,
            lifetimes: written.lifetimes,
            holders: written.holders,
            compressed: written.compressed,
        })
    }

    /// The settings as a file. Paths are written as they are: make them relative first ([`relative_to`]).
    ///
    /// # Errors
    ///
    /// [`SettingsError::KeyPath`]: TOML is UTF-8, and a path need not be.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SettingsError> {
        let texts = |uris: &[KeyUri]| -> Result<Vec<String>, SettingsError> {
            let texts = uris.iter().map(|uri| {
                let text = uri.to_os_string().into_string();
                text.map_err(|path| SettingsError::KeyPath { path: path.into() })
            });
            texts.collect()
        };
        let keys = WrittenKeys {
            root: texts(&self.keys.root)?,
            targets: texts(&self.keys.targets)?,
            snapshot: texts(&self.keys.snapshot)?,
            timestamp: texts(&self.keys.timestamp)?,
        };
        let written = Written {
            compressed: self.compressed,
            keys,
            lifetimes: self.lifetimes,
            holders: self.holders.clone(),
        };
        let toml = toml::to_string(&written).expect("texts and lifetimes are TOML");
        Ok((PREAMBLE.to_owned() + &toml).into_bytes())
    }
}

impl KeyUris {
    /// All of them, each with its role.
    pub fn iter(&self) -> impl Iterator<Item = (RoleType, &KeyUri)> {
        [
            (RoleType::Root, &self.root),
            (RoleType::Targets, &self.targets),
            (RoleType::Snapshot, &self.snapshot),
            (RoleType::Timestamp, &self.timestamp),
        ]
        .into_iter()
        .flat_map(|(role, uris)| uris.iter().map(move |uri| (role, uri)))
    }

    /// Those of each role, to be changed.
    pub fn by_role(&mut self) -> [(RoleType, &mut Vec<KeyUri>); 4] {
        [
            (RoleType::Root, &mut self.root),
            (RoleType::Targets, &mut self.targets),
            (RoleType::Snapshot, &mut self.snapshot),
            (RoleType::Timestamp, &mut self.timestamp),
        ]
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
            keys: KeyUris {
                targets: vec![PathBuf::from("../keys/one.key").into()],
                timestamp: vec![KeyUri::Environment("KEY".into())],
                ..KeyUris::default()
            },
            lifetimes: Lifetimes::default(),
            holders: BTreeMap::new(),
            compressed: Compressed::Yes,
        };
        std::fs::write(repository.settings_path(), settings.to_bytes().unwrap()).unwrap();
        let read = Settings::read(&repository).unwrap();
        assert_eq!((read.lifetimes, read.compressed), (settings.lifetimes, Compressed::Yes));
        assert_eq!(read.keys.targets, [folder.path().join("../keys/one.key").into()]);
        assert_eq!(read.keys.timestamp, settings.keys.timestamp);
        std::fs::write(repository.settings_path(), "[keys]\nsnapshots = []\n").unwrap();
        assert!(matches!(Settings::read(&repository), Err(SettingsError::Shape { .. })));
    }

    #[test]
    fn a_key_that_is_no_uri_is_named_by_its_place_and_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let repository = Repository::new(folder.path());
        let text = "[keys]\nroot = [\"a.key\", \"pkcs11:object=a?pin-value=1234\"]\n";
        std::fs::write(repository.settings_path(), text).unwrap();
        let error = Settings::read(&repository).unwrap_err();
        assert!(matches!(
            &error,
            SettingsError::Key { role: RoleType::Root, number: 2, source: KeyUriError::PinValue, .. }
        ));
        assert!(!format!("{error:?}").contains("1234"));
    }
}
