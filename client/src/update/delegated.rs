//! Fetches delegated roles: those that one search needs, or all that there are (TUF 1.0.34, 5.6.7).
//!
//! What a role's word is worth is the set's to say. A role that is not served, or not the file that the snapshot names, ends
//! the refresh: whoever keeps a file back does not choose what the rest is. A role that *is* the file that the snapshot
//! names, and is refused, is another matter ([`RefusedRole`]): so it will be wherever it is fetched, and the caller decides.

use std::collections::BTreeSet;

use interdict_schema::tuf::{
    Enumeration, Lookup, MetaFile, Refusal, Request, RoleName, Source, TargetPath, TrustedSet, Update,
};

use super::{Distrust, Refresh, UpdateError};
use crate::fetch::Folder;

/// A delegated role that is what the trusted snapshot says it is, and that is refused all the same: it has expired, its keys
/// did not sign it, it is no metadata, it names keys that nobody may name; or a delegator names it and the snapshot does not
/// list it.
#[derive(Debug)]
pub struct RefusedRole {
    /// The role.
    pub role: RoleName,
    /// The file: `2.team.json`.
    pub file: String,
    /// Why.
    pub why: Distrust,
    /// What was fetched; empty where nothing was.
    pub bytes: Vec<u8>,
}

impl From<RefusedRole> for UpdateError {
    fn from(refused: RefusedRole) -> Self {
        Self::refused(Folder::Metadata, &refused.file, refused.why, refused.bytes)
    }
}

/// Told of a role that was refused: goes on without it, or ends the refresh.
pub type OnRefusedRole<'c> = &'c mut dyn FnMut(RefusedRole) -> Result<(), UpdateError>;

impl<'v> Refresh<'_, 'v> {
    /// Brings every role into the set that the search for a target visits, one after another: nothing that is not needed is
    /// asked for.
    ///
    /// # Errors
    /// [`UpdateError`] where a role is not to be had, or refused and not set aside.
    pub fn supply(
        &self,
        set: &mut TrustedSet<'v>,
        path: &TargetPath,
        refused: OnRefusedRole<'_>,
    ) -> Result<(), UpdateError> {
        loop {
            let (role, delegator) = match set.find(path) {
                Ok(Lookup::Needs { role, delegator }) => (role, delegator),
                Ok(_) => return Ok(()),
                // The search says so before it asks for the role.
                Err(why @ Refusal::Unlisted { .. }) => {
                    let Refusal::Unlisted { role } = &why else { return Ok(()) };
                    let (role, file) = (role.clone(), role.file_name());
                    refused(RefusedRole { role: role.clone(), file, why: why.into(), bytes: Vec::new() })?;
                    set.set_aside(role);
                    continue;
                }
                Err(refusal) => {
                    return Err(UpdateError::refused(Folder::Targets, path.as_str(), refusal, Vec::new()));
                }
            };
            self.delegated(set, &role, &delegator, refused)?;
        }
    }

    /// Brings every role into the set that somebody delegates to, and gives the target paths that any role lists. They are
    /// names and no more: which role may list which, the search says (`trust.md`, rule 6).
    ///
    /// # Errors
    /// [`UpdateError`] where a role is not to be had, or refused and not set aside, or there are too many.
    pub fn supply_all(
        &self,
        set: &mut TrustedSet<'v>,
        refused: OnRefusedRole<'_>,
    ) -> Result<BTreeSet<String>, UpdateError> {
        loop {
            let (role, delegator) = match set.enumerate() {
                Enumeration::All(names) => return Ok(names.into_iter().map(str::to_owned).collect()),
                Enumeration::Needs { role, delegator } => (role, delegator),
                Enumeration::TooManyRoles { limit } => {
                    let why = Distrust::TooManyRoles { limit };
                    return Err(UpdateError::refused(Folder::Metadata, "targets.json", why, Vec::new()));
                }
            };
            self.delegated(set, &role, &delegator, refused)?;
        }
    }

    /// Brings one role into the set on one delegator's word: the bytes that are held under another delegator, or the stored
    /// file, where they are still what the snapshot names; else the remote file. A role that is refused for what it is, is
    /// set aside where `refused` allows it.
    fn delegated(
        &self,
        set: &mut TrustedSet<'v>,
        role: &RoleName,
        delegator: &RoleName,
        refused: OnRefusedRole<'_>,
    ) -> Result<(), UpdateError> {
        let held = set.delegated(role).map(|metadata| metadata.bytes().to_vec());
        let local = match held {
            Some(bytes) => Some(bytes),
            None => self.storage.read(role)?,
        };
        if let Some(local) = local {
            match set.update_delegated(role, delegator, &local, Source::Local) {
                Ok(Update::Accepted(_)) => return Ok(()),
                Ok(_) => {}
                // The delegator may have changed the keys since, so this is not damage.
                Err(refusal) => {
                    tracing::info!(role = role.as_str(), %refusal, "a stored file does not verify");
                }
            }
        }
        let mut set_aside = |set: &mut TrustedSet<'v>, file: &str, why: Distrust, bytes: Vec<u8>| {
            refused(RefusedRole { role: role.clone(), file: file.into(), why, bytes })?;
            tracing::info!(role = role.as_str(), "set aside");
            set.set_aside(role.clone());
            Ok(())
        };
        let Request { path, max_bytes } = match set.delegated_request(role) {
            Ok(request) => request,
            Err(why @ Refusal::Unlisted { .. }) => {
                return set_aside(set, &role.file_name(), why.into(), Vec::new());
            }
            Err(why) => {
                return Err(UpdateError::refused(Folder::Metadata, &role.file_name(), why, Vec::new()));
            }
        };
        if self.fetch.lacks(Folder::Metadata, &path) {
            return set_aside(set, &path, Distrust::LeftOut, Vec::new());
        }
        let bytes = self.fetch.fetch(Folder::Metadata, &path, max_bytes)?;
        match set.update_delegated(role, delegator, &bytes, Source::Remote) {
            Ok(Update::Accepted(file)) => {
                tracing::info!(role = role.as_str(), version = file.version(), "trusted");
                Ok(self.storage.admitted(&file)?)
            }
            Ok(Update::Same | Update::Floor) => Ok(()),
            Err(why) if is_its_own(set, role, &why) => set_aside(set, &path, why.into(), bytes),
            Err(why) => Err(UpdateError::refused(Folder::Metadata, &path, why, bytes)),
        }
    }
}

/// Whether a role is refused for what it is, and not for what was served in its place.
fn is_its_own(set: &TrustedSet<'_>, role: &RoleName, why: &Refusal) -> bool {
    let stated = set.snapshot().and_then(|snapshot| snapshot.signed().file(role));
    stated.is_some_and(MetaFile::names_one_file) && !matches!(why, Refusal::File { .. })
}
