//! What root enforces from: not what the user left behind that syncs, but root's own store, filled from it (`trust.md`, rule 17).
//!
//! `sync` needs a network and runs without privilege, so whoever breaks into it owns its state. Root treats the active
//! generation of that state as it would treat a mirror: a source of bytes ([`carried`]), from which it refreshes a store of its own
//! below `/var/lib/interdict-apply`, from its own pin in `/etc/interdict/trust`, against its own memory. All rules of
//! [`sync`](crate::sync) hold there once more, with the same code: versions never go down, signatures and thresholds, chains of
//! revisions, equivocation, vanished texts. What somebody gains who owns the state of the sync is what a mirror gains: they can
//! keep things back, which is said.
//!
//! ```text
//! STATE/current  --carried-->  ENFORCEMENT/admitted/generations/000003  --plan, apply-->  machine
//! (user interdict)             (root: pin, memory, metadata, generations)        |
//!                                        ENFORCEMENT/current  <----- active -----+
//! ```
//!
//! | room | what happens there |
//! |---|---|
//! | [`carried`] | a generation of somebody less trusted as a source of bytes |
//! | [`mod@admit`] | root's refresh from it, repository by repository |
//! | [`told`] | what has to be said of it |
//! | [`pin`] | root's pin, and how it gets into the store |
//! | [`active`] | the policy that scripts read once it is applied (`trust.md`, rule 16) |
//!
//! A user without root has nobody else to distrust: their own state is read as it is.

pub mod active;
pub mod admit;
pub mod carried;
pub mod pin;
pub mod told;

use interdict_host::clock::ClockError;
use interdict_host::lock::LockError;
use interdict_host::owned::NotOwned;
use interdict_host::read::ReadError;
use interdict_host::write::DiskError;
use interdict_schema::tuf;
use thiserror::Error;

pub use admit::{Admission, admit};
pub use told::Told;

use crate::config::{ConfigError, RepositoryName};
use crate::places::Places;
use crate::store::generation::GenerationError;
use crate::store::memory::MemoryError;
use crate::update::UpdateError;

/// Why nothing could be admitted, or nothing of one repository.
#[derive(Debug, Error)]
pub enum AdmissionError {
    /// Something that root reads may be somebody else's work.
    #[error(transparent)]
    NotOwned(#[from] NotOwned),
    /// No repository is configured.
    #[error("no repository is set up")]
    NotSetUp,
    /// Root has no pin of a repository.
    #[error("repository {name} is not pinned for enforcement: there is no {}", path.display())]
    NotPinned {
        /// The repository.
        name: RepositoryName,
        /// Where the pin belongs.
        path: std::path::PathBuf,
    },
    /// What lies in the pin's place is no root that is signed by its own threshold.
    #[error("{} is no root that is signed by its own threshold", path.display())]
    Pin {
        /// The file.
        path: std::path::PathBuf,
        /// Why.
        source: Box<tuf::Refusal>,
    },
    /// The state of the sync cannot be opened, or is not laid out as one.
    #[error(transparent)]
    NotOpened(#[from] carried::NotOpened),
    /// What root held of a repository cannot be read, and leaving it out would lift its bans.
    #[error("what is held of {name} cannot be read, and leaving it out would lift its bans")]
    WouldLift {
        /// The repository.
        name: RepositoryName,
        /// Why it cannot be read.
        source: Box<GenerationError>,
    },
    /// Nothing of a repository was accepted.
    #[error("{name}: nothing of what was synced is admitted for enforcement")]
    Update {
        /// The repository.
        name: RepositoryName,
        /// Why.
        source: Box<UpdateError>,
    },
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Root's memory cannot be used.
    #[error(transparent)]
    Memory(#[from] MemoryError),
    /// A file cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The disk does not take what was admitted.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// Somebody else is at it.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// Nobody knows when it is.
    #[error(transparent)]
    Clock(#[from] ClockError),
}

/// The places of root's own store, beside the places of the sync.
pub fn own(places: &Places) -> Places {
    Places { config: places.config.clone(), state: places.enforcement().join("admitted") }
}
