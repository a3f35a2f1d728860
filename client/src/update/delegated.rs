//! Fetches delegated roles: those that one search needs, or all that there are (TUF 1.0.34, 5.6.7).
//!
//! What a role's word is worth is the set's to say. A role that does not verify ends the refresh: going on without it would
//! let whoever breaks one file hide what it lists.

use std::collections::BTreeSet;

use interdict_schema::tuf::{Enumeration, Lookup, Request, RoleName, Source, TargetPath, TrustedSet, Update};

use super::{Distrust, Refresh, UpdateError};
use crate::fetch::Folder;

impl<'v> Refresh<'_, 'v> {
    /// Brings every role into the set that the search for a target visits, one after another: nothing that is not needed is
    /// asked for.
    ///
    /// # Errors
    /// [`UpdateError`] where a role is not to be had, or refused.
    pub fn supply(&self, set: &mut TrustedSet<'v>, path: &TargetPath) -> Result<(), UpdateError> {
        loop {
            let (role, delegator) = match set.find(path) {
                Ok(Lookup::Needs { role, delegator }) => (role, delegator),
                Ok(_) => return Ok(()),
                Err(refusal) => {
                    return Err(UpdateError::refused(Folder::Targets, path.as_str(), refusal, Vec::new()));
                }
            };
            self.delegated(set, &role, &delegator)?;
        }
    }

    /// Brings every role into the set that somebody delegates to, and gives the target paths that any role lists. They are
    /// names and no more: which role may list which, the search says (`trust.md`, rule 6).
    ///
    /// # Errors
    /// [`UpdateError`] where a role is not to be had, or refused, or there are too many.
    pub fn supply_all(&self, set: &mut TrustedSet<'v>) -> Result<BTreeSet<String>, UpdateError> {
        loop {
            let (role, delegator) = match set.enumerate() {
                Enumeration::All(names) => return Ok(names.into_iter().map(str::to_owned).collect()),
                Enumeration::Needs { role, delegator } => (role, delegator),
                Enumeration::TooManyRoles { limit } => {
                    let why = Distrust::TooManyRoles { limit };
                    return Err(UpdateError::refused(Folder::Metadata, "targets.json", why, Vec::new()));
                }
            };
            self.delegated(set, &role, &delegator)?;
        }
    }

    /// Brings one role into the set on one delegator's word: the bytes that are held under another delegator, or the stored
    /// file, where they are still what the snapshot names; else the remote file.
    fn delegated(
        &self,
        set: &mut TrustedSet<'v>,
        role: &RoleName,
        delegator: &RoleName,
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
        let refused = |path: &str, refusal: interdict_schema::tuf::Refusal, bytes| {
            UpdateError::refused(Folder::Metadata, path, refusal, bytes)
        };
        let Request { path, max_bytes } =
            set.delegated_request(role).map_err(|refusal| refused(&role.file_name(), refusal, Vec::new()))?;
        let bytes = self.fetch.fetch(Folder::Metadata, &path, max_bytes)?;
        match set.update_delegated(role, delegator, &bytes, Source::Remote) {
            Ok(Update::Accepted(file)) => {
                tracing::info!(role = role.as_str(), version = file.version(), "trusted");
                Ok(self.storage.admitted(&file)?)
            }
            Ok(Update::Same | Update::Floor) => Ok(()),
            Err(refusal) => Err(refused(&path, refusal, bytes)),
        }
    }
}
