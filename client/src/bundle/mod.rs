//! Bundles: one file with everything that a client at any older state needs, for machines without a network
//! (`trust.md`, rule 14).
//!
//! A bundle is a tar archive (GNU headers) of a repository as a server lays it out: `metadata/` and `targets/`, and in them
//! plain files alone. [`Bundle`] is one more source of bytes, which the ordinary sync verifies; [`files`] is what goes
//! into one. Nothing is believed here.
//!
//! There is one spelling: every header is byte for byte the one that [`archive`] writes, the padding is zero, and after the
//! two zero blocks at the end there is nothing. So links, owners, extensions, odd names and hidden text have no place.

pub mod archive;
mod export;
mod import;

pub use export::{Incomplete, files};
pub use import::{Bundle, NotABundle};

/// A file of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its folder and name: `metadata/timestamp.json`.
    pub name: String,
    /// Its bytes.
    pub bytes: std::sync::Arc<[u8]>,
}

#[cfg(test)]
mod tests;
