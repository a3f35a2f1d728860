//! Other people's TUF repositories: a trusted root, a folder of metadata, and files by name. What `interdict tuf` does.
//!
//! The workflow is that of `sync` ([`crate::update`]), with another storage. Not here, because TUF has none of it: issuers,
//! directives, generations, the memory beside the metadata, and the floor under the clock.
//!
//! Differs from `sync`, as TUF 1.0.34, 5.4.3.1, wants it: a second timestamp of the version that is held is no news and no
//! error. It is said in a warning, and ours is kept.

use std::path::{Path, PathBuf};

use interdict_host::lock::Lock;
use interdict_host::read::{ReadError, read_parts_nofollow};
use interdict_host::write::{DiskError, Mode};
use interdict_schema::DateTime;
use interdict_schema::key::Verifier;
use interdict_schema::tuf::{self, Lookup, TargetPath, TrustedSet};
use thiserror::Error;

use crate::fetch::{Fetch, FetchError, Folder};
use crate::store::memory::Memory;
use crate::update::{MetadataFolder, Refresh, Refreshed, SameVersion, Storage, UpdateError};

/// The longest target that is fetched, in bytes: an image of a disk, and not a disk full of anything.
pub const MAX_TARGET_BYTES: u64 = 68_719_476_736;

/// A repository and the folder of what is trusted of it.
pub struct Foreign<'a, 'v> {
    /// The trusted metadata.
    pub storage: &'a MetadataFolder,
    /// Where the bytes come from.
    pub fetch: &'a dyn Fetch,
    /// The update start time.
    pub now: DateTime,
    /// Checks signatures of algorithms other than Ed25519.
    pub verifier: &'v dyn Verifier,
}

/// What became of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Download {
    /// It was fetched and written.
    Fetched,
    /// The file was there already, with the right length and digests; nothing was asked for.
    Held,
}

/// A step that did not come to its end.
#[derive(Debug, Error)]
pub enum ForeignError {
    /// The first root is not a root that is signed by its own threshold.
    #[error("not a root that is signed by its own threshold")]
    Root(#[source] tuf::Refusal),
    /// There is no root to begin from.
    #[error("{}: there is no trusted root", folder.display())]
    NoRoot {
        /// The folder.
        folder: PathBuf,
    },
    /// The refresh, or a delegated role that a search needs.
    #[error(transparent)]
    Update(#[from] UpdateError),
    /// No role that may list the target does.
    #[error("no role that may list {path} does")]
    NotListed {
        /// The target.
        path: TargetPath,
    },
    /// The search visited the most roles that one search visits, and there are more.
    #[error("{path} is not listed by the first {limit} delegated roles, wanted no more of them")]
    TooManyRoles {
        /// The target.
        path: TargetPath,
        /// The most that are visited.
        limit: usize,
    },
    /// The target is longer than is fetched.
    #[error("found a length of {found} bytes listed, wanted at most {limit}")]
    TooLong {
        /// The length.
        found: u64,
        /// The most that is fetched.
        limit: u64,
    },
    /// The target was not fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The target is not the file that the metadata names.
    #[error("the target was refused")]
    Target(#[source] tuf::Refusal),
    /// A file of the folder cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The disk does not take what was accepted.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// Begins to trust a repository by its root. Only the root is written; what else lies there is verified when it is read.
///
/// # Errors
/// [`ForeignError::Root`] where it is not signed by its own threshold, and then nothing is written. It may have expired.
pub fn begin(
    storage: &MetadataFolder,
    root: &[u8],
    now: DateTime,
    verifier: &dyn Verifier,
) -> Result<(), ForeignError> {
    let set = TrustedSet::new(root, now, verifier).map_err(ForeignError::Root)?;
    for root in set.accepted() {
        storage.keep_root(&root)?;
    }
    Ok(())
}

impl<'v> Foreign<'_, 'v> {
    /// Brings the top-level metadata up to date.
    ///
    /// # Errors
    /// [`ForeignError`]; what was admitted before it stays in the folder. Without a root that verifies nothing is asked for.
    pub fn refresh(&self) -> Result<TrustedSet<'v>, ForeignError> {
        let folder = || self.storage.folder().to_path_buf();
        let root = self.storage.root()?.ok_or_else(|| ForeignError::NoRoot { folder: folder() })?;
        // Nothing is remembered but what the folder shows.
        let refreshed = self.workflow().run(&root, &mut Memory::new(0));
        // What was admitted before a failure stays, and a later refresh may not fall behind it.
        let settled = self.storage.settle();
        let Refreshed { set, .. } = refreshed?;
        settled?;
        Ok(set)
    }

    /// Makes the folder for targets, and takes a share of it for as long as targets are downloaded. What a download that was
    /// killed left in it goes, unless another one is going on there.
    ///
    /// # Errors
    /// [`DiskError`] where it cannot be made. That it cannot be shared or tidied keeps nobody from downloading.
    pub fn enter(&self, folder: &Path) -> Result<Option<Lock>, DiskError> {
        let disk = self.storage.disk();
        disk.create_dir_all_synced(folder, Mode::Public)?;
        let tidy = || match disk.sweep_temporary_files(folder) {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "removed what downloads left that did not end"),
            Err(error) => tracing::warn!(%error, "what downloads left cannot be removed"),
        };
        let shared = Lock::share_folder(folder, tidy);
        Ok(shared.inspect_err(|error| tracing::info!(%error, "the folder cannot be shared")).ok())
    }

    /// Searches a target and makes a file of it in a folder, under its target path percent-encoded into one name. It goes to
    /// a temporary file as it comes, and gets its name when its length and digests are right.
    ///
    /// # Errors
    /// [`ForeignError`]; whatever file was there is then untouched.
    pub fn download(
        &self,
        set: &mut TrustedSet<'v>,
        path: &TargetPath,
        folder: &Path,
    ) -> Result<Download, ForeignError> {
        let supplied = self.workflow().supply(set, path, &mut |refused| Err(refused.into()));
        let settled = self.storage.settle();
        supplied?;
        settled?;
        let found = set
            .find(path)
            .map_err(|refusal| UpdateError::refused(Folder::Targets, path.as_str(), refusal, Vec::new()))?;
        let file = match found {
            Lookup::Found { file, .. } => file,
            Lookup::TooManyRoles { limit } => {
                return Err(ForeignError::TooManyRoles { path: path.clone(), limit });
            }
            Lookup::NotFound | Lookup::Needs { .. } | Lookup::SetAside { .. } => {
                return Err(ForeignError::NotListed { path: path.clone() });
            }
        };
        if file.length > MAX_TARGET_BYTES {
            return Err(ForeignError::TooLong { found: file.length, limit: MAX_TARGET_BYTES });
        }
        let place = folder.join(path.file_name());
        // What cannot be read is not the file that is wanted; writing it says why.
        let mut held = file.comparison();
        if read_parts_nofollow(&place, file.length, &mut |part| held.update(part)).is_ok()
            && held.finish().is_ok()
        {
            return Ok(Download::Held);
        }
        let disk = self.storage.disk();
        disk.create_dir_all_synced(folder, Mode::Public)?;
        let mut staged = disk.stage(&place, Mode::Public)?;
        let request = set.target_request(path, file);
        let mut fetched = file.comparison();
        self.fetch.fetch_in_parts(Folder::Targets, &request.path, request.max_bytes, &mut |part| {
            fetched.update(part);
            staged.write(part)
        })?;
        let refuse = |source| tuf::Refusal::Target { path: path.as_str().into(), source };
        fetched.finish().map_err(|mismatch| ForeignError::Target(refuse(mismatch)))?;
        staged.replace()?;
        Ok(Download::Fetched)
    }

    fn workflow(&self) -> Refresh<'_, 'v> {
        Refresh {
            storage: self.storage,
            fetch: self.fetch,
            now: self.now,
            as_of: self.now,
            verifier: self.verifier,
            same_version: SameVersion::NoNews,
        }
    }
}
