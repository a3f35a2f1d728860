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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail by panicking")]

    use interdict_keys_example::{Name, key};
    use interdict_schema::DateTime;
    use interdict_schema::issuers::{FORMAT, Issuer, IssuerKey};
    use interdict_schema::tuf::{RoleKeys, Roles};
    use serde_json::json;

    use super::*;

    fn public(name: Name) -> PublicKey {
        PublicKey::ed25519(key(name).verifying_key().as_bytes()).unwrap()
    }

    /// A root of example keys, as `init` makes it.
    fn root() -> Root {
        let all = [Name::Root1, Name::Targets1, Name::Snapshot, Name::Timestamp].map(public);
        let [root, targets, snapshot, timestamp] =
            all.each_ref().map(|key| RoleKeys { keyids: vec![Key::of(key).keyid()], threshold: 1 });
        Root {
            version: 1,
            expires: DateTime::EPOCH,
            consistent_snapshot: true,
            keys: all.iter().map(Key::of).map(|key| (key.keyid(), key)).collect(),
            roles: Roles { root, timestamp, snapshot, targets },
        }
    }

    fn base16(bytes: &[u8]) -> String {
        let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
    }

    fn issuer(id: &str, keys: &[(Name, KeyState)]) -> Issuer {
        let keys = keys.iter().map(|(name, state)| IssuerKey {
            scheme: "ed25519".into(),
            public: base16(key(*name).verifying_key().as_bytes()),
            state: *state,
            vouches: Vec::new(),
            holder: None,
        });
        Issuer {
            id: id.into(),
            name: id.into(),
            threshold: 1,
            prefixes: vec![id.into()],
            may_amend: Vec::new(),
            keys: keys.collect(),
        }
    }

    fn issuers(issuers: Vec<Issuer>) -> Issuers {
        Issuers { format: FORMAT.into(), version: 1, issuers, repudiated: Vec::new() }
    }

    fn check(root: &Root, list: &[Issuer]) -> Result<(), NotDistinct> {
        distinct(root, Some(&issuers(list.to_vec())), ExampleKeys::Allow)
    }

    #[test]
    fn keys_of_their_own_are_distinct_and_example_keys_are_refused_first() {
        let list = [issuer("A", &[(Name::Officer1, KeyState::Active)])];
        assert_eq!(check(&root(), &list), Ok(()));
        assert_eq!(distinct(&root(), None, ExampleKeys::Allow), Ok(()));
        let source = ExampleKeyError { name: Name::Root1 };
        assert_eq!(
            distinct(&root(), None, ExampleKeys::Refuse),
            Err(NotDistinct::Example { holder: Holder::Role(RoleType::Root), source })
        );
    }

    #[test]
    fn a_keyid_twice_and_one_key_under_two_keyids_are_one_key() {
        let shared = |one, other| {
            let keyid = Key::of(&public(Name::Root1)).keyid();
            Err(NotDistinct::Shared { one: Holder::Role(one), other: Holder::Role(other), keyid })
        };
        let mut twice = root();
        let keyid = twice.roles.root.keyids[0].clone();
        twice.roles.root.keyids.push(keyid);
        assert_eq!(check(&twice, &[]), shared(RoleType::Root, RoleType::Root));
        let mut renamed = root();
        renamed.keys.insert("another".into(), Key::of(&public(Name::Root1)));
        renamed.roles.timestamp.keyids = vec!["another".into()];
        assert_eq!(check(&renamed, &[]), shared(RoleType::Root, RoleType::Timestamp));
    }

    #[test]
    fn a_weak_key_a_foreign_one_and_a_keyid_without_a_key_cannot_be_used() {
        // The point of order 1, which every signature of a kind fits.
        let weak = format!("01{}", "00".repeat(31));
        for object in [
            Some(json!({ "keytype": "ed25519", "scheme": "ed25519", "keyval": { "public": weak } })),
            Some(json!({ "keytype": "x", "scheme": "x", "keyval": { "public": "" } })),
            None,
        ] {
            let mut root = root();
            root.roles.snapshot.keyids = vec!["odd".into()];
            if let Some(object) = object {
                root.keys.insert("odd".into(), object.into());
            }
            assert_eq!(
                check(&root, &[]),
                Err(NotDistinct::Unusable { holder: Holder::Role(RoleType::Snapshot), keyid: "odd".into() })
            );
        }
        let mut unusable = issuer("A", &[(Name::Officer1, KeyState::Active)]);
        unusable.keys[0].public.clone_from(&weak);
        assert_eq!(
            check(&root(), &[unusable.clone()]),
            Err(NotDistinct::Unusable { holder: Holder::Issuer("A".into()), keyid: weak })
        );
        // One that counts for nothing makes no list unfit.
        unusable.keys[0].state = KeyState::Compromised;
        assert_eq!(check(&root(), &[unusable.clone()]), Ok(()));
        unusable.keys[0] =
            IssuerKey { scheme: "later".into(), state: KeyState::Active, ..unusable.keys[0].clone() };
        assert_eq!(check(&root(), &[unusable]), Ok(()));
    }

    #[test]
    fn a_retired_or_compromised_key_does_not_come_back_in_another_place() {
        for state in [KeyState::Retired, KeyState::Compromised] {
            let gone = issuer("A", &[(Name::Officer1, state)]);
            let back = issuer("B", &[(Name::Officer1, KeyState::Active)]);
            assert_eq!(
                check(&root(), &[gone, back]).unwrap_err().to_string(),
                format!(
                    "one key for the issuer \"A\" and the issuer \"B\", wanted a key of its own for each: {}",
                    Key::of(&public(Name::Officer1)).keyid()
                )
            );
            let online = issuer("A", &[(Name::Timestamp, state)]);
            assert!(matches!(
                check(&root(), &[online]),
                Err(NotDistinct::Shared { one: Holder::Role(RoleType::Timestamp), .. })
            ));
        }
    }
}
