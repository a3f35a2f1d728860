//! Whose keys must be whose alone.
//!
//! Every key of the repository serves one role, once: so a machine that holds an online key (snapshot, timestamp) holds no offline one
//! (root, targets), a threshold of two is two keys, and no officer's key signs metadata. Nobody can find two roles for a key that
//! was weak, or whose secret is published, as both are refused.

use std::collections::BTreeMap;
use std::fmt;

use interdict_host::example_keys::{ExampleKeyError, ExampleKeys};
use interdict_schema::issuers::{Issuers, KeyState};
use interdict_schema::key::PublicKey;
use interdict_schema::tuf::{Key, RoleType, Root};
use thiserror::Error;

/// Whose key something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// A role of the repository.
    Role(RoleType),
    /// An issuer of directives.
    Issuer(String),
}

impl fmt::Display for Holder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role(role) => write!(formatter, "the {role} role"),
            Self::Issuer(id) => write!(formatter, "the issuer {id:?}"),
        }
    }
}

/// A key that must not serve as it is meant to.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotDistinct {
    /// One key that serves twice.
    #[error("one key for {one} and {other}, wanted a key of its own for each: {keyid}")]
    Shared {
        /// Whom it serves.
        one: Holder,
        /// Whom else, or the same again.
        other: Holder,
        /// The key.
        keyid: String,
    },
    /// A key that nobody would verify with: a weak one, one that is no Ed25519 key, or a keyid without a key.
    #[error("a key of {holder} cannot be used, wanted an Ed25519 key that is not weak: {keyid:?}")]
    Unusable {
        /// Whom it serves.
        holder: Holder,
        /// The key, as the document names it.
        keyid: String,
    },
    /// The secret of the key is published.
    #[error("a key of {holder}")]
    Example {
        /// Whom it serves.
        holder: Holder,
        /// Which it is.
        source: ExampleKeyError,
    },
}

/// Whether every key of a root and of a list of issuers is fit for use and serves one role or issuer, once. Keys of issuers that are
/// retired or compromised count as well: neither may come back in another place.
///
/// # Errors
///
/// [`NotDistinct`] for the first key that does not, in the order root, targets, snapshot, timestamp, issuers.
pub fn distinct(root: &Root, issuers: Option<&Issuers>, examples: ExampleKeys) -> Result<(), NotDistinct> {
    let mut holders: BTreeMap<PublicKey, Holder> = BTreeMap::new();
    let mut add = |key: Option<&PublicKey>, holder: Holder, keyid: &str| {
        let Some(key @ PublicKey::Ed25519(bytes)) = key else {
            return Err(NotDistinct::Unusable { holder, keyid: keyid.to_owned() });
        };
        if let Err(source) = examples.check(bytes) {
            return Err(NotDistinct::Example { holder, source });
        }
        match holders.insert(key.clone(), holder.clone()) {
            None => Ok(()),
            Some(one) => Err(NotDistinct::Shared { one, other: holder, keyid: Key::of(key).keyid() }),
        }
    };
    for role in [RoleType::Root, RoleType::Targets, RoleType::Snapshot, RoleType::Timestamp] {
        for keyid in &root.role(role).keyids {
            add(root.keys.get(keyid).and_then(Key::public), Holder::Role(role), keyid)?;
        }
    }
    for issuer in issuers.iter().flat_map(|issuers| &issuers.issuers) {
        for key in &issuer.keys {
            let public = key.public_key();
            // A key of another scheme counts for nothing, and so does one that could not be used and is no longer: neither makes a
            // list unfit.
            let counts = key.scheme == "ed25519" && key.state == KeyState::Active;
            if public.is_some() || counts {
                add(public.as_ref(), Holder::Issuer(issuer.id.clone()), &key.public)?;
            }
        }
    }
    Ok(())
}
