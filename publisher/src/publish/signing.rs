//! The metadata of a stage, signed in its order: targets, snapshot, timestamp. Each states the digest of the one before.
//!
//! Nothing is signed that some client in use does not read ([`portable`]).

use std::collections::BTreeMap;

use interdict_host::signer::Credentials;
use interdict_schema::DateTime;
use interdict_schema::tuf::portable::{self, Unportable};
use interdict_schema::tuf::{
    MetaFile, Role, RoleName, RoleType, Root, Snapshot, Targets, Timestamp, TimestampMeta, Unsigned,
};
use thiserror::Error;

use super::{StageRefusal, Staged};
use crate::keyring::{self, Keyring, SignRoleError};
use crate::repository::Lifetimes;
use crate::repository::files::NewFiles;
use crate::repository::write::TIMESTAMP;

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

struct Signing<'a, 'w> {
    root: &'a Root,
    keyring: &'a mut Keyring,
    credentials: &'a mut Credentials<'w>,
}

impl Signing<'_, '_> {
    fn root(&mut self, root: &Root) -> Result<Vec<u8>, SignStagedError> {
        read_by_all(RoleType::Root, portable::root(root))?;
        self.sign(root)
    }

    fn targets(&mut self, targets: &Targets) -> Result<Vec<u8>, SignStagedError> {
        read_by_all(RoleType::Targets, portable::targets(targets))?;
        self.sign(targets)
    }

    fn sign<T: Role>(&mut self, signed: &T) -> Result<Vec<u8>, SignStagedError> {
        let unsigned = Unsigned::new(signed).map_err(StageRefusal::from)?;
        let keys = self.root.role(T::TYPE);
        let bytes = keyring::sign(&unsigned, T::TYPE, keys, self.keyring, self.credentials)?;
        read_by_all(T::TYPE, portable::length(T::TYPE, &bytes).err())?;
        Ok(bytes)
    }
}

/// Refuses with the first thing that some client does not read.
fn read_by_all(role: RoleType, found: impl IntoIterator<Item = Unportable>) -> Result<(), StageRefusal> {
    match found.into_iter().next() {
        None => Ok(()),
        Some(source) => Err(StageRefusal::Unportable { role, source }),
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
    credentials: &mut Credentials<'_>,
) -> Result<NewFiles, SignStagedError> {
    let mut signing = Signing { root, keyring, credentials };
    let mut metadata = Vec::new();
    let targets = staged.targets.as_ref().map(|targets| signing.targets(targets)).transpose()?;
    let snapshot = staged.snapshot(targets.as_deref());
    let signed_snapshot = snapshot.as_ref().map(|snapshot| signing.sign(snapshot)).transpose()?;
    let timestamp = signing.sign(&staged.timestamp(signed_snapshot.as_deref()))?;
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
    credentials: &mut Credentials<'_>,
) -> Result<NewFiles, SignStagedError> {
    let mut signing = Signing { root, keyring, credentials };
    let signed_root = signing.root(root)?;
    let signed_targets = signing.targets(targets)?;
    let name = RoleName::from(RoleType::Targets).meta_name();
    let snapshot = Snapshot {
        version: 1,
        expires: lifetimes.snapshot.after(now),
        meta: BTreeMap::from([(name, MetaFile::of(targets.version, &signed_targets))]),
    };
    let signed_snapshot = signing.sign(&snapshot)?;
    let timestamp = Timestamp {
        version: 1,
        expires: lifetimes.timestamp.after(now),
        meta: TimestampMeta { snapshot: MetaFile::of(1, &signed_snapshot) },
    };
    let signed_timestamp = signing.sign(&timestamp)?;
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail by panicking")]

    use interdict_host::example_keys::ExampleKeys;
    use interdict_host::signer::SecretSources;
    use interdict_host::testing::TestWorld;
    use interdict_schema::tuf::TargetFile;

    use super::*;
    use crate::publish::{Resign, resign};
    use crate::repository::current::{Current, used_versions};
    use crate::repository::files::Folder;
    use crate::repository::{KeyUris, Repository};
    use crate::testing::Authority;

    #[test]
    fn nothing_is_signed_that_some_client_in_use_does_not_read() {
        let authority = Authority::founded();
        let repository = Repository::new(authority.repository());
        let used = used_versions(&repository.metadata()).unwrap();
        let current = Current::read(&Folder::new(repository.public()), used).unwrap();
        let key = |name: &str| authority.folder().join(format!("keys/{name}.key")).into();
        let keys = ["targets-1", "targets-2", "snapshot", "timestamp"].map(key);
        let mut test = TestWorld::new();
        let mut credentials = Credentials::of(&mut test.world, ExampleKeys::Allow, SecretSources::default());
        let mut keyring = Keyring::read(&keys, &KeyUris::default(), &mut credentials).unwrap();
        let what = Resign { targets: true, snapshot: true };
        let staged = resign(&current, what, authority.now(), &Lifetimes::default());
        sign_staged(&staged, current.root().signed(), &mut keyring, &mut credentials).unwrap();

        let mut nested = staged.clone();
        nested.targets.as_mut().unwrap().targets.insert("folder/name".into(), TargetFile::of(b"x", None));
        let error =
            sign_staged(&nested, current.root().signed(), &mut keyring, &mut credentials).unwrap_err();
        let SignStagedError::Refused(StageRefusal::Unportable { role, source }) = error else {
            panic!("{error}")
        };
        assert_eq!(role, RoleType::Targets);
        assert_eq!(
            source.to_string(),
            "at /targets/folder~1name: found a target path that is not of letters, digits, dot, underscore \
             and hyphen"
        );

        let mut root = current.root().signed().clone();
        root.consistent_snapshot = false;
        let mut signing = Signing { root: &root, keyring: &mut keyring, credentials: &mut credentials };
        assert!(matches!(
            signing.root(&root).unwrap_err(),
            SignStagedError::Refused(StageRefusal::Unportable {
                role: RoleType::Root,
                source: Unportable { fact: portable::Fact::NotConsistent, .. }
            })
        ));
    }
}
