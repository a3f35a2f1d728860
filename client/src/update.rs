//! Drives the trusted set: fetch, let it accept or refuse, then persist (TUF 1.0.34, 5).
//!
//! What is trusted afterwards lies in the [`Storage`] as the bytes that were received. What is not is returned with the
//! bytes, so that the caller can keep them as evidence. No directive is looked at here.
//!
//! `sync` and `interdict tuf` differ in their storage and in [`SameVersion`], and in nothing else.

mod delegated;
mod error;
mod storage;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use delegated::{OnRefusedRole, RefusedRole};
pub use error::{Distrust, UpdateError};
use interdict_schema::DateTime;
use interdict_schema::key::Verifier;
use interdict_schema::limits::ROOT_ROTATIONS;
use interdict_schema::tuf::{
    self, Accepted, Recovery, Request, RoleName, RoleType, Source, TrustedSet, Update, Version,
};
pub use storage::{MetadataFolder, Storage, Store};

use crate::fetch::{Fetch, FetchError, Folder};
use crate::store::memory::Memory;
use crate::store::roots;

/// What a refresh works with.
pub struct Refresh<'a, 'v> {
    /// Where what is trusted lies.
    pub storage: &'a dyn Storage,
    /// Where the bytes come from.
    pub fetch: &'a dyn Fetch,
    /// The update start time, one and the same throughout.
    pub now: DateTime,
    /// The moment as of which metadata must not have expired: `now`, but for stale bundles (`trust.md`, rule 14).
    pub as_of: DateTime,
    /// Checks signatures of algorithms other than Ed25519.
    pub verifier: &'v dyn Verifier,
    /// What a second timestamp of the version that is held means.
    pub same_version: SameVersion,
}

/// What a timestamp of the version that is held, with another content, means. Ours stays in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameVersion {
    /// Equivocation, which is refused (`trust.md`, rule 13).
    Refused,
    /// No news, with a warning: TUF 1.0.34, 5.4.3.1, asks for no error.
    NoNews,
}

/// The files of a chain of roots: the pinned one first, the newest last.
pub type Chain = Vec<Arc<[u8]>>;

/// A set that is trusted now, and stored.
pub struct Refreshed<'v> {
    /// The set.
    pub set: TrustedSet<'v>,
    /// The chain of roots: the pinned one first, the newest last.
    pub roots: Chain,
    /// Files of the store that were damaged and have been replaced, in words.
    pub damage: Vec<String>,
}

/// A refresh that has come as far as the timestamp: what it names was not looked at.
pub struct Begun<'v> {
    set: TrustedSet<'v>,
    chain: Chain,
    damage: Vec<String>,
    news: News,
    remembered: BTreeMap<String, Version>,
    roots: Roots,
}

/// Whether the newest root is another than the one that the store was filled under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Roots {
    AsStored,
    New,
}

/// What a source has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// Its timestamp is, byte for byte, the one that lies here, which has not expired.
    None,
    /// Anything else.
    Some,
}

impl<'v> Begun<'v> {
    /// The set: roots and timestamp.
    pub fn set(&self) -> &TrustedSet<'v> {
        &self.set
    }

    /// Whether what was read of the store so far was as it was left.
    pub fn is_whole(&self) -> bool {
        self.damage.is_empty()
    }

    /// Whether the timestamp is another than the one that lay here.
    pub fn news(&self) -> News {
        self.news
    }
}

impl<'v> Refresh<'_, 'v> {
    /// Refreshes the metadata of a repository, and stores what is trusted: roots as they come, the rest at the end.
    ///
    /// # Errors
    /// [`UpdateError`]; roots that were accepted by then are kept.
    pub fn run(&self, pin: &roots::StoredRoots, memory: &mut Memory) -> Result<Refreshed<'v>, UpdateError> {
        self.finish(self.begin(pin, memory)?, memory)
    }

    /// The first half: roots and timestamp.
    ///
    /// # Errors
    /// [`UpdateError`]; roots that were accepted by then are kept.
    pub fn begin(&self, pin: &roots::StoredRoots, memory: &mut Memory) -> Result<Begun<'v>, UpdateError> {
        // A clock that runs behind would let everything that has expired since come back (`trust.md`, rule 9).
        if let Some(last) = memory.refreshed_at.filter(|last| self.now < *last) {
            return Err(UpdateError::ClockBehind { now: self.now, last });
        }
        let mut damage = Vec::new();
        let remembered = memory.versions.clone();
        let (mut set, mut chain) = self.stored_roots(pin, &mut damage)?;
        let stored = chain.len();
        self.walk_roots(&mut set, &mut chain, memory)?;
        let roots = if chain.len() > stored { Roots::New } else { Roots::AsStored };
        // What is remembered holds even where the files that would show it are gone (`trust.md`, rule 8).
        for (role, version) in &memory.versions {
            set.remember(RoleName::from_text(role), *version);
        }
        let news = self.timestamp(&mut set, &mut damage)?;
        Ok(Begun { set, chain, damage, news, remembered, roots })
    }

    /// The second half: snapshot and targets. What is trusted then is stored.
    ///
    /// # Errors
    /// [`UpdateError`].
    pub fn finish(&self, begun: Begun<'v>, memory: &mut Memory) -> Result<Refreshed<'v>, UpdateError> {
        let Begun { mut set, chain, mut damage, remembered, roots, .. } = begun;
        self.role(&mut set, RoleType::Snapshot, roots, &mut damage)?;
        self.role(&mut set, RoleType::Targets, roots, &mut damage)?;
        let accepted = set.accepted();
        memory.versions =
            set.versions().into_iter().map(|(role, version)| (role.as_str().to_owned(), version)).collect();
        self.remember_moment(&set, memory);
        if memory.versions == remembered {
            self.storage.remember_moment(memory)?;
        } else {
            self.storage.remember(memory)?;
        }
        for file in &accepted {
            tracing::info!(role = file.role().as_str(), version = file.version(), "trusted");
        }
        let stored: Vec<Accepted> =
            accepted.into_iter().filter(|file| *file.role() != RoleType::Root.into()).collect();
        self.storage.refreshed(&stored)?;
        Ok(Refreshed { set, roots: chain, damage })
    }

    /// Ends a refresh of which the caller knows that nothing of what its timestamp names has changed since it was verified:
    /// the other half.
    ///
    /// # Errors
    /// [`UpdateError::Disk`].
    pub fn nothing_new(&self, begun: &Begun<'v>, memory: &mut Memory) -> Result<(), UpdateError> {
        self.remember_moment(&begun.set, memory);
        Ok(self.storage.remember_moment(memory)?)
    }

    fn remember_moment(&self, set: &TrustedSet<'v>, memory: &mut Memory) {
        if let Some(timestamp) = set.timestamp() {
            memory.refreshed(self.now, timestamp.signed().expires);
        }
    }

    /// The chain as it is stored, from the pin, as far as it verifies.
    fn stored_roots(
        &self,
        stored: &roots::StoredRoots,
        damage: &mut Vec<String>,
    ) -> Result<(TrustedSet<'v>, Chain), UpdateError> {
        let mut set = TrustedSet::new(&stored.pin, self.as_of, self.verifier)
            .map_err(|refusal| UpdateError::Pin { source: Box::new(refusal) })?;
        let mut chain: Chain = vec![stored.pin.as_slice().into()];
        for root in &stored.later {
            match set.update_root(root) {
                // What recovery asks for was done when this root first came.
                Ok(_) => chain.push(root.as_slice().into()),
                Err(refusal) => {
                    damage.push(format!("a stored root: {refusal}"));
                    break;
                }
            }
        }
        Ok((set, chain))
    }

    fn walk_roots(
        &self,
        set: &mut TrustedSet<'v>,
        chain: &mut Chain,
        memory: &mut Memory,
    ) -> Result<(), UpdateError> {
        let mut walked = 0;
        loop {
            let Request { path, max_bytes } = set.root_request();
            let bytes = match self.fetch.fetch(Folder::Metadata, &path, max_bytes) {
                Ok(bytes) => bytes,
                Err(FetchError::NotFound { .. }) => break,
                Err(error) => return Err(error.into()),
            };
            if walked == ROOT_ROTATIONS {
                return Err(UpdateError::TooManyRoots { limit: ROOT_ROTATIONS });
            }
            walked = walked.saturating_add(1);
            let refuse =
                |refusal: tuf::Refusal| UpdateError::refused(Folder::Metadata, &path, refusal, bytes.clone());
            let new = set.update_root(&bytes).map_err(refuse)?;
            if new.recovery == Recovery::DropTimestampAndSnapshot {
                // Before the root is stored: a crash in between costs a floor that a verified root has lifted anyway.
                memory.forget_timestamp_and_snapshot();
                self.storage.remember(memory)?;
                self.storage.drop_timestamp_and_snapshot()?;
            }
            self.storage.keep_root(&new.accepted)?;
            tracing::info!(version = new.accepted.version(), "a new root was accepted");
            chain.push(new.accepted.bytes().into());
        }
        let version = set.root().signed().version;
        let bytes = set.root().bytes().to_vec();
        let path = RoleName::from(RoleType::Root).versioned_file_name(version);
        if let Some(remembered) = memory.versions.get(RoleType::Root.as_str()) {
            set.remember(RoleType::Root.into(), *remembered);
        }
        set.finish_root().map_err(|refusal| UpdateError::refused(Folder::Metadata, &path, refusal, bytes))
    }

    fn timestamp(&self, set: &mut TrustedSet<'v>, damage: &mut Vec<String>) -> Result<News, UpdateError> {
        if let Some(local) = self.storage.read(&RoleType::Timestamp.into())? {
            note(set.update_timestamp(&local, Source::Local), RoleType::Timestamp, damage);
        }
        let held = set.timestamp().map(|held| Arc::<[u8]>::from(held.bytes()));
        let Request { path, max_bytes } = set.timestamp_request();
        let bytes = self.fetch.fetch(Folder::Metadata, &path, max_bytes)?;
        match set.update_timestamp(&bytes, Source::Remote) {
            Ok(Update::Accepted(file)) => {
                self.storage.admitted(&file)?;
                Ok(News::Some)
            }
            Ok(_) if held.as_deref() == Some(&*bytes) => Ok(News::None),
            Ok(_) => Ok(News::Some),
            Err(tuf::Refusal::Equivocation { version, .. }) if self.same_version == SameVersion::NoNews => {
                tracing::warn!(
                    version,
                    "the repository signed a second timestamp of this version; ours is kept"
                );
                Ok(News::Some)
            }
            Err(refusal) => Err(UpdateError::refused(Folder::Metadata, &path, refusal, bytes)),
        }
    }

    /// The snapshot or the top-level targets: the local file where it is still the one that is named, else the remote one.
    fn role(
        &self,
        set: &mut TrustedSet<'v>,
        role: RoleType,
        roots: Roots,
        damage: &mut Vec<String>,
    ) -> Result<(), UpdateError> {
        let update = |set: &mut TrustedSet<'v>, bytes: &[u8], source| match role {
            RoleType::Snapshot => set.update_snapshot(bytes, source),
            _ => set.update_targets(bytes, source),
        };
        if let Some(local) = self.storage.read(&role.into())? {
            match update(set, &local, Source::Local) {
                // The new root names other keys: what they have signed takes its place, and nothing was damaged.
                Err(tuf::Refusal::Threshold { .. }) if roots == Roots::New => {}
                updated => {
                    if let Some(Update::Accepted(_)) = note(updated, role, damage) {
                        return Ok(());
                    }
                }
            }
        }
        // Compared with the timestamp of this source before it is looked at any further, as if it had come from there.
        if let Some(salvaged) = self.storage.salvaged(role)
            && let Ok(Update::Accepted(_)) = update(set, &salvaged, Source::Remote)
        {
            return Ok(());
        }
        let timestamp = || metadata_bytes(set, RoleType::Timestamp);
        let request = match role {
            RoleType::Snapshot => set.snapshot_request(),
            _ => set.targets_request(),
        };
        let Request { path, max_bytes } = request
            .map_err(|refusal| UpdateError::refused(Folder::Metadata, role.as_str(), refusal, timestamp()))?;
        let bytes = self.fetch.fetch(Folder::Metadata, &path, max_bytes)?;
        let update = update(set, &bytes, Source::Remote);
        match update.map_err(|refusal| UpdateError::refused(Folder::Metadata, &path, refusal, bytes))? {
            Update::Accepted(file) => Ok(self.storage.admitted(&file)?),
            Update::Same | Update::Floor => Ok(()),
        }
    }
}

/// A local file that is refused is damaged: the remote one takes its place, and the operator is told.
fn note(update: Result<Update, tuf::Refusal>, role: RoleType, damage: &mut Vec<String>) -> Option<Update> {
    match update {
        Ok(update) => Some(update),
        Err(refusal) => {
            tracing::info!(role = role.as_str(), %refusal, "a stored file does not verify");
            damage.push(format!("{}.json: {refusal}", role.as_str()));
            None
        }
    }
}

fn metadata_bytes(set: &TrustedSet<'_>, role: RoleType) -> Vec<u8> {
    set.accepted()
        .iter()
        .find(|file| *file.role() == role.into())
        .map(|file| file.bytes().to_vec())
        .unwrap_or_default()
}
