//! Whose key it is.

use interdict_schema::issuers::{IssuerKey, KeyState};
use interdict_schema::tuf::{Key, RoleType};
use thiserror::Error;

use crate::ceremony::KeyId;
use crate::repository::current::Current;

/// A key, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owned {
    /// Its keyid.
    pub keyid: String,
    /// Whose it is.
    pub owner: Owner,
}

/// Whose a key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// A role's.
    Role(RoleType),
    /// An officer's of an issuer.
    Officer {
        /// The issuer's id.
        issuer: String,
        /// The key as the list has it.
        public: String,
        /// Whether its signatures count.
        state: KeyState,
    },
}

/// Nobody's key, or several.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NoOwner {
    /// No role and no issuer has it.
    #[error("no role and no issuer has a key {keyid}")]
    Unknown {
        /// What was looked for.
        keyid: KeyId,
    },
    /// A beginning that several keys have.
    #[error("several keys begin with {keyid}")]
    Ambiguous {
        /// What was looked for.
        keyid: KeyId,
    },
}

/// Finds whose key it is, by its keyid or how that begins.
///
/// # Errors
///
/// [`NoOwner`].
pub fn owner(current: &Current, keyid: &KeyId) -> Result<Owned, NoOwner> {
    let root = current.root().signed();
    let mut found: Vec<Owned> = Vec::new();
    for role in [RoleType::Root, RoleType::Targets, RoleType::Snapshot, RoleType::Timestamp] {
        let keys = root.role(role).keyids.iter();
        found.extend(keys.map(|keyid| Owned { keyid: keyid.clone(), owner: Owner::Role(role) }));
    }
    for issuer in &current.issuers().issuers {
        found.extend(issuer.keys.iter().filter_map(|key| {
            let (issuer, public, state) = (issuer.id.clone(), key.public.clone(), key.state);
            Some(Owned { keyid: keyid_of(key)?, owner: Owner::Officer { issuer, public, state } })
        }));
    }
    let begin = keyid.to_string();
    found.retain(|owned| owned.keyid.starts_with(&begin));
    match found.len() {
        0 => Err(NoOwner::Unknown { keyid: keyid.clone() }),
        1 => Ok(found.remove(0)),
        _ => Err(NoOwner::Ambiguous { keyid: keyid.clone() }),
    }
}

/// The keyid of an officer's key that can be used.
pub(super) fn keyid_of(key: &IssuerKey) -> Option<String> {
    key.public_key().map(|public| Key::of(&public).keyid())
}
