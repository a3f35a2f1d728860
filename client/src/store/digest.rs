//! `STATE/digest.json`: what the last digest had told. It decides nothing but what the next one tells.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use interdict_host::read::ReadError;
use interdict_host::write::{Disk, DiskError, Mode};
use interdict_schema::directive::{DirectiveId, Revision};
use interdict_schema::{DateTime, Sha256};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::generation::Generation;
use super::roots::read_if_there;

/// The only value of `format` so far.
const FORMAT: &str = "interdict-digest/1";

/// The longest file that is read, in bytes: room for 100,000 directives.
const MAX_BYTES: u64 = 32_000_000;

/// What the last digest had told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remembered {
    format: String,
    /// When it was made.
    pub made_at: DateTime,
    /// By repository and id.
    directives: BTreeMap<String, BTreeMap<DirectiveId, Known>>,
    /// Lists of identifiers, by repository and id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    lists: BTreeMap<String, BTreeMap<DirectiveId, Known>>,
    /// Waivers that are documents of their own, by repository and id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    waivers: BTreeMap<String, BTreeMap<DirectiveId, Known>>,
}

/// What it had told of a directive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// The revision.
    pub revision: Revision,
    /// SHA-256 of its payload.
    pub digest: Sha256,
}

/// A file that cannot be used.
#[derive(Debug, Error)]
pub enum RememberedError {
    /// It could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It is there, but not as it was written.
    #[error("{}: what the last digest told is damaged", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
}

impl Remembered {
    /// What is known once a generation has been told of.
    pub fn of(generation: &Generation, now: DateTime) -> Self {
        let mut directives: BTreeMap<String, BTreeMap<DirectiveId, Known>> = BTreeMap::new();
        for (repository, held) in generation.directives() {
            let known = Known {
                revision: held.newest().believed.document.value.revision,
                digest: held.newest().believed.payload.digest,
            };
            directives.entry(repository.name.to_string()).or_default().insert(held.id().clone(), known);
        }
        let mut lists: BTreeMap<String, BTreeMap<DirectiveId, Known>> = BTreeMap::new();
        for repository in &generation.repositories {
            for held in &repository.lists {
                let known =
                    Known { revision: held.text().revision, digest: held.newest().believed.payload.digest };
                lists.entry(repository.name.to_string()).or_default().insert(held.id().clone(), known);
            }
        }
        let mut waivers: BTreeMap<String, BTreeMap<DirectiveId, Known>> = BTreeMap::new();
        for repository in &generation.repositories {
            for held in &repository.waivers {
                let known =
                    Known { revision: held.text().revision, digest: held.newest().believed.payload.digest };
                waivers.entry(repository.name.to_string()).or_default().insert(held.id().clone(), known);
            }
        }
        Self { format: FORMAT.into(), made_at: now, directives, lists, waivers }
    }

    /// What was told of a directive.
    pub fn directive(&self, repository: &str, id: &DirectiveId) -> Option<&Known> {
        self.directives.get(repository)?.get(id)
    }

    /// What was told of a list of identifiers.
    pub fn list(&self, repository: &str, id: &DirectiveId) -> Option<&Known> {
        self.lists.get(repository)?.get(id)
    }

    /// What was told of a waiver.
    pub fn waiver(&self, repository: &str, id: &DirectiveId) -> Option<&Known> {
        self.waivers.get(repository)?.get(id)
    }

    /// Every directive, with its repository.
    pub fn all(&self) -> impl Iterator<Item = (&str, &DirectiveId)> {
        self.directives
            .iter()
            .flat_map(|(name, directives)| directives.keys().map(move |id| (name.as_str(), id)))
    }

    /// Reads the file; `None` before the first digest.
    ///
    /// # Errors
    /// [`RememberedError`].
    pub fn read(path: &Path) -> Result<Option<Self>, RememberedError> {
        let Some(bytes) = read_if_there(path, MAX_BYTES)? else { return Ok(None) };
        let remembered = serde_json::from_slice(&bytes).ok().filter(|found: &Self| found.format == FORMAT);
        remembered.map(Some).ok_or_else(|| RememberedError::Damaged { path: path.to_path_buf() })
    }

    /// Writes the file. Needs the lock.
    ///
    /// # Errors
    /// [`DiskError`]; the old file is then untouched.
    pub fn write(&self, disk: &Disk, path: &Path) -> Result<(), DiskError> {
        let mut bytes = serde_json::to_vec(self).expect("names, numbers and digests are always JSON");
        bytes.push(b'\n');
        disk.replace(path, &bytes, Mode::Public)
    }
}
