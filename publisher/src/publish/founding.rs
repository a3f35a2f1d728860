//! A new repository: its root, whose keys may do what, and its list of issuers.

use std::collections::BTreeMap;

use interdict_host::example_keys::ExampleKeys;
use interdict_host::signer::{SignError, Signer};
use interdict_schema::DateTime;
use interdict_schema::dsse::Envelope;
use interdict_schema::issuers::{self, Issuers, TARGET_PATH};
use interdict_schema::key::PublicKey;
use interdict_schema::payload_type;
use interdict_schema::tuf::{Key, RoleKeys, RoleType, Roles, Root, TargetFile, Targets};
use thiserror::Error;

use super::listing::file_name;
use crate::keyring::{NotDistinct, distinct};
use crate::officer;
use crate::repository::Lifetimes;
use crate::repository::client_view::repository_keys;

/// Whose keys may do what in a new repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Founding {
    /// The keys of the root role, and how many must sign.
    pub root: (Vec<PublicKey>, u32),
    /// The keys of the targets role, and how many must sign.
    pub targets: (Vec<PublicKey>, u32),
    /// The one key of the snapshot role.
    pub snapshot: PublicKey,
    /// The one key of the timestamp role.
    pub timestamp: PublicKey,
    /// Who may issue.
    pub issuers: Issuers,
}

/// A repository that must not be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FoundingRefusal {
    /// A threshold that cannot be met, or that nobody has to meet.
    #[error("a threshold of {threshold} for the {role} role with {keys} keys, wanted 1 to {keys}")]
    Threshold {
        /// The role.
        role: RoleType,
        /// The threshold.
        threshold: u32,
        /// How many keys there are.
        keys: usize,
    },
    /// A key that was given for two roles, or twice for one, or that is also an officer's.
    #[error(transparent)]
    Keys(#[from] NotDistinct),
    /// An issuer whose threshold its active keys cannot meet.
    #[error("issuer {id:?} has {active} active keys and a threshold of {threshold}")]
    IssuerThreshold {
        /// The issuer.
        id: String,
        /// Active keys that can be used.
        active: usize,
        /// Its threshold.
        threshold: u32,
    },
    /// A list of issuers that breaks a rule.
    #[error("the list of issuers")]
    Issuers(#[from] issuers::Refusal),
}

impl Founding {
    /// Version 1 of the root.
    ///
    /// # Errors
    ///
    /// [`FoundingRefusal`].
    pub fn root(&self, now: DateTime, lifetimes: &Lifetimes) -> Result<Root, FoundingRefusal> {
        let roles = [
            (RoleType::Root, self.root.0.as_slice(), self.root.1),
            (RoleType::Targets, self.targets.0.as_slice(), self.targets.1),
            (RoleType::Snapshot, std::slice::from_ref(&self.snapshot), 1),
            (RoleType::Timestamp, std::slice::from_ref(&self.timestamp), 1),
        ];
        for (role, keys, threshold) in roles {
            if threshold == 0 || usize::try_from(threshold).unwrap_or(usize::MAX) > keys.len() {
                return Err(FoundingRefusal::Threshold { role, threshold, keys: keys.len() });
            }
        }
        let all = roles.iter().flat_map(|(_, keys, _)| *keys).map(Key::of);
        let role = |(keys, threshold): (&[PublicKey], u32)| RoleKeys {
            keyids: keys.iter().map(|key| Key::of(key).keyid()).collect(),
            threshold,
        };
        let root = Root {
            version: 1,
            expires: lifetimes.root.after(now),
            consistent_snapshot: true,
            keys: all.map(|key| (key.keyid(), key)).collect(),
            roles: Roles {
                root: role((&self.root.0, self.root.1)),
                timestamp: role((std::slice::from_ref(&self.timestamp), 1)),
                snapshot: role((std::slice::from_ref(&self.snapshot), 1)),
                targets: role((&self.targets.0, self.targets.1)),
            },
        };
        // Whoever took the keys in has refused example keys, or was told not to.
        distinct(&root, Some(&self.issuers), ExampleKeys::Allow)?;
        self.check_issuers(&root)?;
        Ok(root)
    }

    fn check_issuers(&self, root: &Root) -> Result<(), FoundingRefusal> {
        self.issuers.check(&repository_keys(root))?;
        for issuer in &self.issuers.issuers {
            let active: std::collections::BTreeSet<PublicKey> = issuer
                .keys
                .iter()
                .filter(|key| key.state == issuers::KeyState::Active)
                .filter_map(issuers::IssuerKey::public_key)
                .collect();
            if usize::try_from(issuer.threshold).unwrap_or(usize::MAX) > active.len() {
                return Err(FoundingRefusal::IssuerThreshold {
                    id: issuer.id.clone(),
                    active: active.len(),
                    threshold: issuer.threshold,
                });
            }
        }
        Ok(())
    }
}

/// The envelope of a list of issuers, signed by these keys of the root role.
///
/// # Errors
///
/// [`SignError`].
pub fn issuers_envelope<'s>(
    payload: Vec<u8>,
    signers: impl IntoIterator<Item = &'s dyn Signer>,
) -> Result<Envelope, SignError> {
    let mut envelope =
        Envelope { payload_type: payload_type::ISSUERS.to_owned(), payload, signatures: Vec::new() };
    for signer in signers {
        officer::add_signature(&mut envelope, signer)?;
    }
    Ok(envelope)
}

/// Version 1 of the targets, which list the list of issuers alone, and the files that go with them.
pub fn first_targets(
    issuers: &Envelope,
    now: DateTime,
    lifetimes: &Lifetimes,
) -> (Targets, BTreeMap<String, Vec<u8>>) {
    let bytes = issuers.to_bytes();
    let entry = TargetFile::of(&bytes, None);
    let files = BTreeMap::from([(file_name(TARGET_PATH, &entry), bytes)]);
    let targets = Targets {
        version: 1,
        expires: lifetimes.targets.after(now),
        targets: BTreeMap::from([(TARGET_PATH.to_owned(), entry)]),
        delegations: None,
    };
    (targets, files)
}
