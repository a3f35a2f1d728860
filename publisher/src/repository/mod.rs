//! A repository's folder: what lies where.
//!
//! ```text
//! DIR/publisher.toml      where the keys of each role are, and how long each role's metadata lives
//! DIR/memory/             what need not be worked out again at every publication; may be deleted at any time
//!     relations.json      which directives end or change which
//! DIR/journal.jsonl       what was done, when and by whom
//! DIR/publisher.lock      held by whoever changes the folder
//! DIR/public/             what is served, all of it, and nothing else
//!     metadata/           N.root.json, N.targets.json, N.snapshot.json, timestamp.json
//!     targets/            <sha256>.<target path>
//! ```
//!
//! | file | what is in it |
//! |---|---|
//! | `settings`, `lifetime` | `publisher.toml` |
//! | `files` | reading by name, on disk and staged over it |
//! | `client_view` | the repository as a client reads it |
//! | `current` | the repository as the next publication starts from it |
//! | `relations` | which directives end or change which |
//! | `examine` | every problem of a repository |
//! | `write` | what is written in which order |

pub mod client_view;
pub mod current;
pub mod documents;
pub mod examine;
pub mod files;
mod forms;
mod lifetime;
pub mod relations;
mod settings;
pub mod write;

use std::path::{Path, PathBuf};

use interdict_host::lock::{Lock, LockError};

pub use forms::Compressed;
pub use lifetime::{Lifetime, NotALifetime};
pub use settings::{KeyUris, Lifetimes, Settings, SettingsError, relative_to};

/// A repository's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    dir: PathBuf,
}

impl Repository {
    /// The repository in this folder.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// `publisher.toml`.
    pub fn settings_path(&self) -> PathBuf {
        self.dir.join("publisher.toml")
    }

    /// What need not be worked out again at every publication.
    pub fn memory(&self) -> PathBuf {
        self.dir.join("memory")
    }

    /// Which directives end or change which.
    pub fn relations_path(&self) -> PathBuf {
        self.memory().join("relations.json")
    }

    /// What a rotation keeps until all of it is in place.
    pub fn rotation_path(&self) -> PathBuf {
        self.memory().join("rotation.json")
    }

    /// What was done, when and by whom.
    pub fn journal_path(&self) -> PathBuf {
        self.dir.join("journal.jsonl")
    }

    /// What is served.
    pub fn public(&self) -> PathBuf {
        self.dir.join("public")
    }

    /// The metadata that is served.
    pub fn metadata(&self) -> PathBuf {
        self.public().join("metadata")
    }

    /// The targets that are served.
    pub fn targets(&self) -> PathBuf {
        self.public().join("targets")
    }

    /// Keeps every other publisher out, for as long as the lock lives.
    ///
    /// # Errors
    ///
    /// [`LockError`]: another publisher has it, or the folder cannot be written.
    pub fn lock(&self) -> Result<Lock, LockError> {
        Lock::acquire(&self.dir.join("publisher.lock"))
    }
}
