//! The metadata of a stage, signed in its order: targets, snapshot, timestamp. Each states the digest of the one before.

use std::collections::BTreeMap;

use interdict_schema::limits::{ROOT_LENGTH, SNAPSHOT_LENGTH, TARGETS_LENGTH, TIMESTAMP_LENGTH};
use interdict_schema::tuf::{
    MetaFile, Role, RoleName, RoleType, Root, Snapshot, Targets, Timestamp, TimestampMeta, Unsigned,
};
use thiserror::Error;

use super::{StageRefusal, Staged};
use crate::keyring::{self, Keyring, Passphrases, SignRoleError};
use crate::repository::Lifetimes;
use crate::repository::files::NewFiles;
use crate::repository::write::TIMESTAMP;
use interdict_schema::DateTime;

/// A stage that was not signed.
#[derive(Debug, Error)]
pub enum SignStagedError {
    /// What was to be signed must not be published.
    #[error(transparent)]
    Refused(#[from] StageRefusal),
    /// A role's keys did not sign.
    #[error(transparent)]
    Role(#[from] SignRoleError),
}

struct Signing<'a> {
    root: &'a Root,
    keyring: &'a mut Keyring,
    passphrases: &'a mut dyn Passphrases,
}

impl Signing<'_> {
    fn sign<T: Role>(&mut self, signed: &T, limit: u64) -> Result<Vec<u8>, SignStagedError> {
        let unsigned = Unsigned::new(signed).map_err(StageRefusal::from)?;
        let keys = self.root.role(T::TYPE);
        let bytes = keyring::sign(&unsigned, T::TYPE, keys, self.keyring, self.passphrases)?;
        let found = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if found > limit {
            return Err(StageRefusal::TooLong { role: T::TYPE, found, limit }.into());
        }
        Ok(bytes)
    }
}

/// Signs a stage with the keys that a root names.
///
/// # Errors
///
/// [`SignStagedError`].
pub fn sign_staged(
    staged: &Staged,
    root: &Root,
    keyring: &mut Keyring,
    passphrases: &mut dyn Passphrases,
) -> Result<NewFiles, SignStagedError> {
    let mut signing = Signing { root, keyring, passphrases };
    let mut metadata = Vec::new();
    let targets = staged.targets.as_ref().map(|targets| signing.sign(targets, TARGETS_LENGTH)).transpose()?;
    let snapshot = staged.snapshot(targets.as_deref());
    let signed_snapshot =
        snapshot.as_ref().map(|snapshot| signing.sign(snapshot, SNAPSHOT_LENGTH)).transpose()?;
    let timestamp = signing.sign(&staged.timestamp(signed_snapshot.as_deref()), TIMESTAMP_LENGTH)?;
    if let (Some(typed), Some(bytes)) = (&staged.targets, targets) {
        metadata.push((RoleName::from(RoleType::Targets).versioned_file_name(typed.version), bytes));
    }
    if let (Some(typed), Some(bytes)) = (&snapshot, signed_snapshot) {
        metadata.push((RoleName::from(RoleType::Snapshot).versioned_file_name(typed.version), bytes));
    }
    metadata.push((TIMESTAMP.to_owned(), timestamp));
    Ok(NewFiles { targets: staged.files.clone(), metadata })
}

/// Signs version 1 of all four roles round these targets.
///
/// # Errors
///
/// [`SignStagedError`].
pub fn first_metadata(
    root: &Root,
    targets: &Targets,
    files: BTreeMap<String, Vec<u8>>,
    now: DateTime,
    lifetimes: &Lifetimes,
    keyring: &mut Keyring,
    passphrases: &mut dyn Passphrases,
) -> Result<NewFiles, SignStagedError> {
    let mut signing = Signing { root, keyring, passphrases };
    let signed_root = signing.sign(root, ROOT_LENGTH)?;
    let signed_targets = signing.sign(targets, TARGETS_LENGTH)?;
    let name = RoleName::from(RoleType::Targets).meta_name();
    let snapshot = Snapshot {
        version: 1,
        expires: lifetimes.snapshot.after(now),
        meta: BTreeMap::from([(name, MetaFile::of(targets.version, &signed_targets))]),
    };
    let signed_snapshot = signing.sign(&snapshot, SNAPSHOT_LENGTH)?;
    let timestamp = Timestamp {
        version: 1,
        expires: lifetimes.timestamp.after(now),
        meta: TimestampMeta { snapshot: MetaFile::of(1, &signed_snapshot) },
    };
    let signed_timestamp = signing.sign(&timestamp, TIMESTAMP_LENGTH)?;
    let versioned = |role: RoleType| RoleName::from(role).versioned_file_name(1);
    Ok(NewFiles {
        targets: files,
        metadata: vec![
            (versioned(RoleType::Targets), signed_targets),
            (versioned(RoleType::Snapshot), signed_snapshot),
            (versioned(RoleType::Root), signed_root),
            (TIMESTAMP.to_owned(), signed_timestamp),
        ],
    })
}
