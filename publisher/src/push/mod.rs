//! A published repository carried elsewhere: into a folder, a bucket, or onto a web server over rsync.
//!
//! Always true of a push, whatever becomes of it:
//! 1. what goes out was read as a client reads it, and nothing of it would be refused;
//! 2. `timestamp.json` is the last file that changes, and nothing that a client asks for by name changes before; so a
//!    client that comes at any moment, or after an interruption, reads the publication before or the new one;
//! 3. nothing is deleted, and no older or other repository takes the place of what is there;
//! 4. only what is missing goes out, and what is damaged there; doing it again does the rest.
//!
//! What goes out is the publication as it stands: what `timestamp.json` leads to, and every root. What an interrupted
//! publication left, and metadata that nothing leads to any longer, stays here.
//!
//! | file | what is in it |
//! |---|---|
//! | `published` | what goes out, and how it is to be served |
//! | `plan` | from what is there to what is put, in which order (pure) |
//! | `guard` | whether what is there may be replaced (pure) |
//! | `place` | where to, as it stands on the command line |
//! | `destination` | what a destination can do, and how it fails |
//! | `directory`, `bucket`, `rsync` | the three kinds; `bucket` only with the feature `s3` |
//!
//! Not here: serving ([`crate::serve`]), and deciding what is published ([`crate::publish`]).

#[cfg(feature = "s3")]
mod bucket;
mod destination;
mod directory;
mod guard;
mod place;
mod plan;
mod published;
mod rsync;

use thiserror::Error;

#[cfg(feature = "s3")]
pub use bucket::{Bucket, BucketError};
pub use destination::{Destination, DestinationError};
pub use directory::Directory;
pub use guard::GuardRefusal;
pub use place::{NotAPlace, Place};
pub use plan::{Found, Plan, Put, Why};
pub use published::{Kind, Object, Published, Unpublishable};
pub use rsync::{Rsync, RsyncError};

/// Whether anything is to be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The destination is changed.
    Put,
    /// It is looked at only.
    DryRun,
}

/// A push that did not come to its end. Until the last file is replaced, clients read what was there before.
#[derive(Debug, Error)]
pub enum PushError {
    /// What is there must not be replaced by this.
    #[error(transparent)]
    Guard(#[from] GuardRefusal),
    /// The destination did not do what was asked.
    #[error(transparent)]
    Destination(#[from] DestinationError),
}

/// Looks at the destination, decides, and, unless this is a dry run, puts what is missing. `begin` is called with what was
/// decided, and `done` for each file that was put.
///
/// # Errors
///
/// [`PushError`]; what was put by then stays, and is found there the next time.
pub fn push(
    published: &Published,
    destination: &mut dyn Destination,
    mode: Mode,
    begin: &mut dyn FnMut(&Plan),
    done: &mut dyn FnMut(&Object),
) -> Result<Plan, PushError> {
    let root = destination.read(published::FIRST_ROOT, guard::ROOT_BYTES)?;
    let timestamp = destination.read(published::TIMESTAMP, guard::TIMESTAMP_BYTES)?;
    let of_timestamp = guard::check(published, root.as_deref(), timestamp.as_deref())?;
    let mut found = destination.compare(published)?;
    for (object, found) in published.objects().iter().zip(&mut found) {
        if object.kind() == Kind::Timestamp {
            *found = of_timestamp;
        } else if *found == Found::Different
            && object.kind() != Kind::Target
            && let Some(there) = destination.read(object.name(), guard::METADATA_BYTES)?
        {
            guard::check_metadata(object, &there)?;
        }
    }
    let plan = plan::plan(published.objects(), &found);
    begin(&plan);
    if mode == Mode::Put {
        for batch in plan.batches() {
            destination.put(published, batch, done)?;
        }
    }
    Ok(plan)
}
