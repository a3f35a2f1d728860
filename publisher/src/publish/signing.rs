//! The metadata of a stage, signed in its order: targets, snapshot, timestamp. Each states the digest of the one before.
//!
//! Nothing is signed that some client in use does not read ([`portable`]).

use std::collections::BTreeMap;

use interdict_host::signer::Credentials;
use interdict_schema::DateTime;
use interdict_schema::tuf::portable::{self, Unportable};
use interdict_schema::tuf::{
    MetaFile, Role, RoleName, RoleType, Root, Signature, Snapshot, Targets, Timestamp, TimestampMeta,
    Unsigned,
};
use thiserror::Error;
use tracing::info;

use super::{StageRefusal, Staged};
use crate::ceremony::bytes_of;
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
    /// The root that clients hold until they have read this one.
    before: Option<&'a Root>,
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
        let bytes = self.for_both(&unsigned, bytes, T::TYPE);
        read_by_all(T::TYPE, portable::length(T::TYPE, &bytes).err())?;
        Ok(bytes)
    }

    /// Adds the signatures of the keys that counted until now, where they are at hand: what both roots believe can go live
    /// before the root does, so that nobody ever reads a mix. Where they are not, what was signed stays as it is.
    fn for_both(&mut self, unsigned: &Unsigned, bytes: Vec<u8>, role: RoleType) -> Vec<u8> {
        let Some(before) = self.before else { return bytes };
        let keys = before.role(role);
        if keys.public_keys(&before.keys) == self.root.role(role).public_keys(&self.root.keys) {
            return bytes;
        }
        match keyring::sign(unsigned, role, keys, self.keyring, self.credentials) {
            Ok(old) => {
                let all = [bytes.as_slice(), &old].into_iter().flat_map(signatures);
                unsigned.with_signatures(all)
            }
            Err(error) => {
                info!(%role, %error, "the keys that counted until now do not sign");
                bytes
            }
        }
    }
}

/// The signatures of a metadata file that was just made.
fn signatures(bytes: &[u8]) -> Vec<Signature> {
    #[derive(serde::Deserialize)]
    struct Made {
        signatures: Vec<OneMade>,
    }
    #[derive(serde::Deserialize)]
    struct OneMade {
        keyid: String,
        sig: String,
    }
    let made = serde_json::from_slice::<Made>(bytes).map(|made| made.signatures).unwrap_or_default();
    made.into_iter().map(|one| Signature { keyid: one.keyid, sig: bytes_of(&one.sig) }).collect()
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
    sign_all(staged, None, Signing { root, before: None, keyring, credentials })
}

/// Signs a stage with the keys that the next root names, and with those of the root before where they are at hand.
/// `signed_targets` is the file of the staged targets, where officers have signed them elsewhere.
///
/// # Errors
///
/// [`SignStagedError`].
pub fn sign_succession(
    staged: &Staged,
    (before, root): (&Root, &Root),
    signed_targets: Option<Vec<u8>>,
    keyring: &mut Keyring,
    credentials: &mut Credentials<'_>,
) -> Result<NewFiles, SignStagedError> {
    sign_all(staged, signed_targets, Signing { root, before: Some(before), keyring, credentials })
}

fn sign_all(
    staged: &Staged,
    signed_targets: Option<Vec<u8>>,
    mut signing: Signing<'_, '_>,
) -> Result<NewFiles, SignStagedError> {
    let mut metadata = Vec::new();
    let targets = match (&staged.targets, signed_targets) {
        (Some(typed), Some(bytes)) => {
            read_by_all(RoleType::Targets, portable::targets(typed))?;
            read_by_all(RoleType::Targets, portable::length(RoleType::Targets, &bytes).err())?;
            Some(bytes)
        }
        (typed, _) => typed.as_ref().map(|targets| signing.targets(targets)).transpose()?,
    };
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

/// Metadata that officers have signed elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignedElsewhere {
    /// The file of the root.
    pub root: Option<Vec<u8>>,
    /// The file of the targets.
    pub targets: Option<Vec<u8>>,
}

/// Signs version 1 of all four roles round these targets, but for what was signed elsewhere.
///
/// # Errors
///
/// [`SignStagedError`].
#[expect(clippy::too_many_arguments, reason = "everything that a repository begins with")]
pub fn first_metadata(
    root: &Root,
    targets: &Targets,
    files: BTreeMap<String, Vec<u8>>,
    elsewhere: SignedElsewhere,
    now: DateTime,
    lifetimes: &Lifetimes,
    keyring: &mut Keyring,
    credentials: &mut Credentials<'_>,
) -> Result<NewFiles, SignStagedError> {
    let mut signing = Signing { root, before: None, keyring, credentials };
    let signed_root = elsewhere.root.map_or_else(|| signing.root(root), Ok)?;
    let signed_targets = elsewhere.targets.map_or_else(|| signing.targets(targets), Ok)?;
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
        let mut signing =
            Signing { root: &root, before: None, keyring: &mut keyring, credentials: &mut credentials };
        assert!(matches!(
            signing.root(&root).unwrap_err(),
            SignStagedError::Refused(StageRefusal::Unportable {
                role: RoleType::Root,
                source: Unportable { fact: portable::Fact::NotConsistent, .. }
            })
        ));
    }
}
