//! What a destination can do, and how it fails.

use interdict_host::read::ReadError;
use interdict_host::write::DiskError;
use thiserror::Error;

use super::plan::{Found, Put};
use super::published::{Object, Published, Unpublishable};
use super::rsync::RsyncError;

/// Somewhere to put files under names like `metadata/timestamp.json`.
pub trait Destination {
    /// Reads a file; `None` where it is not there. One of more than `max_bytes` is damaged, and may come cut off.
    ///
    /// # Errors
    ///
    /// [`DestinationError`] where there is no answer.
    fn read(&mut self, name: &str, max_bytes: u64) -> Result<Option<Vec<u8>>, DestinationError>;

    /// Says of each object, in order, how it is there, without changing anything.
    ///
    /// # Errors
    ///
    /// [`DestinationError`].
    fn compare(&mut self, published: &Published) -> Result<Vec<Found>, DestinationError>;

    /// Puts files of one kind, in any order, in place of what is there, and calls `done` for each. When this returns, each
    /// is there whole; while it runs, each is there as it was before, or whole, or, where nothing leads to it, in part.
    ///
    /// # Errors
    ///
    /// [`DestinationError`]; some may be there by then.
    fn put(
        &mut self,
        published: &Published,
        batch: &[Put],
        done: &mut dyn FnMut(&Object),
    ) -> Result<(), DestinationError>;
}

/// A destination did not do what was asked.
#[derive(Debug, Error)]
pub enum DestinationError {
    /// A folder's disk.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// A file of a folder.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// rsync.
    #[error(transparent)]
    Rsync(#[from] RsyncError),
    /// A bucket.
    #[cfg(feature = "s3")]
    #[error(transparent)]
    Bucket(#[from] super::bucket::BucketError),
    /// What was to be put could not be read.
    #[error(transparent)]
    Unpublishable(#[from] Unpublishable),
}
