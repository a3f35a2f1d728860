//! The next root: other keys, another threshold, a later expiry.
//!
//! Nothing that would lock everyone out is made: a role always keeps as many keys as its threshold, and no key serves two roles.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use interdict_schema::DateTime;
use interdict_schema::key::PublicKey;
use interdict_schema::tuf::{Key, RoleType, Root};
use thiserror::Error;

use crate::repository::Lifetime;

/// A keyid, or how one begins: 8 to 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyId(String);

/// A text that is not a [`KeyId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a keyid, wanted its 64 hexadecimal digits or the first 8 or more of them")]
pub struct NotAKeyId;

impl FromStr for KeyId {
    type Err = NotAKeyId;

    fn from_str(text: &str) -> Result<Self, NotAKeyId> {
        let digits = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if digits && (8..=64).contains(&text.len()) { Ok(Self(text.to_owned())) } else { Err(NotAKeyId) }
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What becomes of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// Whose keys change.
    pub role: RoleType,
    /// Keys that it gets.
    pub add: Vec<PublicKey>,
    /// Keys that it loses.
    pub remove: Vec<KeyId>,
    /// Keys that another takes the place of.
    pub replace: Vec<(KeyId, PublicKey)>,
    /// How many must sign, where that changes.
    pub threshold: Option<u32>,
}

/// A rotation that is not made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RotationRefusal {
    /// A key that the role does not have.
    #[error("the {role} role has no key {keyid}")]
    NotAKey {
        /// The role.
        role: RoleType,
        /// The keyid that was given.
        keyid: KeyId,
    },
    /// A beginning that several keys have.
    #[error("several keys of the {role} role begin with {keyid}")]
    Ambiguous {
        /// The role.
        role: RoleType,
        /// The keyid that was given.
        keyid: KeyId,
    },
    /// A key that serves already, in this role or in another.
    #[error("the key {keyid} serves the {other} role already, wanted a key of its own for the {role} role")]
    SharedKey {
        /// The role that was to get it.
        role: RoleType,
        /// The role that has it.
        other: RoleType,
        /// The key.
        keyid: String,
    },
    /// A threshold that the keys that are left cannot meet: nobody could ever sign again.
    #[error("a threshold of {threshold} for the {role} role with {keys} keys would lock everyone out")]
    Lockout {
        /// The role.
        role: RoleType,
        /// The threshold.
        threshold: u32,
        /// The keys that are left.
        keys: usize,
    },
    /// A threshold of none: anybody could sign.
    #[error("a threshold of 0 for the {role} role, wanted 1 or more")]
    NoThreshold {
        /// The role.
        role: RoleType,
    },
    /// A root that is no longer valid once everyone has signed it.
    #[error("the root would expire at {root}, before the ceremony does at {ceremony}")]
    Expiry {
        /// When the root would expire.
        root: DateTime,
        /// When the ceremony does.
        ceremony: DateTime,
    },
}

impl Rotation {
    /// Of a role whose keys stay as they are.
    pub const fn renewal(role: RoleType) -> Self {
        Self { role, add: Vec::new(), remove: Vec::new(), replace: Vec::new(), threshold: None }
    }

    /// Whether keys or threshold are others afterwards.
    pub fn changes_keys(&self) -> bool {
        *self != Self::renewal(self.role)
    }

    /// The root after this one. It has to outlive the ceremony.
    ///
    /// # Errors
    ///
    /// [`RotationRefusal`].
    pub fn next(
        &self,
        before: &Root,
        now: DateTime,
        lifetime: Lifetime,
        ceremony: DateTime,
    ) -> Result<Root, RotationRefusal> {
        let role = self.role;
        let mut root = before.clone();
        root.version = before.version.saturating_add(1);
        root.expires = lifetime.after(now);
        if root.expires <= ceremony {
            return Err(RotationRefusal::Expiry { root: root.expires, ceremony });
        }
        let mut keyids = before.role(role).keyids.clone();
        for (old, new) in &self.replace {
            let old = self.find(old, before)?;
            let new = self.admit(new, &mut root)?;
            keyids.iter_mut().filter(|keyid| **keyid == old).for_each(|keyid| keyid.clone_from(&new));
        }
        for old in &self.remove {
            let old = self.find(old, before)?;
            keyids.retain(|keyid| *keyid != old);
        }
        for new in &self.add {
            keyids.push(self.admit(new, &mut root)?);
        }
        let keys = match role {
            RoleType::Root => &mut root.roles.root,
            RoleType::Timestamp => &mut root.roles.timestamp,
            RoleType::Snapshot => &mut root.roles.snapshot,
            RoleType::Targets => &mut root.roles.targets,
        };
        keys.keyids = keyids;
        keys.threshold = self.threshold.unwrap_or(keys.threshold);
        let threshold = keys.threshold;
        let usable = keys.public_keys(&root.keys).len();
        if threshold == 0 {
            return Err(RotationRefusal::NoThreshold { role });
        }
        if usize::try_from(threshold).unwrap_or(usize::MAX) > usable {
            return Err(RotationRefusal::Lockout { role, threshold, keys: usable });
        }
        let roles = &root.roles;
        let used: BTreeSet<&String> = [&roles.root, &roles.targets, &roles.snapshot, &roles.timestamp]
            .into_iter()
            .flat_map(|role| &role.keyids)
            .collect();
        root.keys = root.keys.iter().filter(|(keyid, _)| used.contains(keyid)).map(clone).collect();
        Ok(root)
    }

    /// The keys of the role that are others afterwards, by keyid: those that it loses.
    ///
    /// # Errors
    ///
    /// [`RotationRefusal`] where it does not have one.
    pub fn lost(&self, before: &Root) -> Result<Vec<String>, RotationRefusal> {
        self.remove
            .iter()
            .chain(self.replace.iter().map(|(old, _)| old))
            .map(|old| self.find(old, before))
            .collect()
    }

    fn find(&self, keyid: &KeyId, before: &Root) -> Result<String, RotationRefusal> {
        let role = self.role;
        let mut found = before.role(role).keyids.iter().filter(|known| known.starts_with(&keyid.0));
        match (found.next(), found.next()) {
            (Some(one), None) => Ok(one.clone()),
            (Some(_), Some(_)) => Err(RotationRefusal::Ambiguous { role, keyid: keyid.clone() }),
            (None, _) => Err(RotationRefusal::NotAKey { role, keyid: keyid.clone() }),
        }
    }

    /// Takes a key in, which may serve nowhere yet.
    fn admit(&self, key: &PublicKey, root: &mut Root) -> Result<String, RotationRefusal> {
        let role = self.role;
        let object = Key::of(key);
        let keyid = object.keyid();
        let all = [RoleType::Root, RoleType::Targets, RoleType::Snapshot, RoleType::Timestamp];
        let holder = all.into_iter().find(|other| root.public_keys(*other).contains(key));
        if let Some(other) = holder {
            return Err(RotationRefusal::SharedKey { role, other, keyid });
        }
        if root.keys.insert(keyid.clone(), object).is_some_and(|there| there.public() == Some(key)) {
            return Err(RotationRefusal::SharedKey { role, other: role, keyid });
        }
        Ok(keyid)
    }
}

fn clone((keyid, key): (&String, &Key)) -> (String, Key) {
    (keyid.clone(), key.clone())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use std::collections::BTreeMap;

    use interdict_keys_example::{Name, key};
    use interdict_schema::tuf::{RoleKeys, Roles};

    use super::*;

    fn public(name: Name) -> PublicKey {
        PublicKey::ed25519(key(name).verifying_key().as_bytes()).unwrap()
    }

    fn id(name: Name) -> KeyId {
        KeyId(Key::of(&public(name)).keyid())
    }

    fn role(names: &[Name], threshold: u32) -> RoleKeys {
        RoleKeys { keyids: names.iter().map(|name| id(*name).0).collect(), threshold }
    }

    fn root() -> Root {
        let all = [Name::Root1, Name::Root2, Name::Root3, Name::Targets1, Name::Snapshot, Name::Timestamp];
        let keys: BTreeMap<String, Key> =
            all.into_iter().map(|name| (id(name).0, Key::of(&public(name)))).collect();
        Root {
            version: 7,
            expires: DateTime::EPOCH,
            consistent_snapshot: true,
            keys,
            roles: Roles {
                root: role(&[Name::Root1, Name::Root2, Name::Root3], 2),
                timestamp: role(&[Name::Timestamp], 1),
                snapshot: role(&[Name::Snapshot], 1),
                targets: role(&[Name::Targets1], 1),
            },
        }
    }

    fn next(rotation: &Rotation) -> Result<Root, RotationRefusal> {
        rotation.next(
            &root(),
            DateTime::EPOCH,
            Lifetime::days(365),
            Lifetime::days(30).after(DateTime::EPOCH),
        )
    }

    #[test]
    fn a_renewal_changes_version_and_expiry_alone() {
        let found = next(&Rotation::renewal(RoleType::Root)).unwrap();
        let expires = Lifetime::days(365).after(DateTime::EPOCH);
        assert_eq!(found, Root { version: 8, expires, ..root() });
    }

    #[test]
    fn keys_are_replaced_in_their_place_added_at_the_end_and_those_of_no_role_dropped() {
        let mut rotation = Rotation::renewal(RoleType::Root);
        rotation.replace = vec![(id(Name::Root1), public(Name::OtherOfficer1))];
        rotation.add = vec![public(Name::OtherOfficer2)];
        rotation.remove = vec![KeyId(id(Name::Root3).0.get(..8).unwrap().to_owned())];
        rotation.threshold = Some(3);
        let found = next(&rotation).unwrap();
        assert_eq!(found.roles.root, role(&[Name::OtherOfficer1, Name::Root2, Name::OtherOfficer2], 3));
        assert_eq!(found.keys.len(), 6);
        assert!(!found.keys.contains_key(&id(Name::Root1).0));
    }

    #[test]
    fn nothing_that_locks_everyone_out_is_made() {
        let root = RoleType::Root;
        let with = |change: &dyn Fn(&mut Rotation)| {
            let mut rotation = Rotation::renewal(root);
            change(&mut rotation);
            next(&rotation)
        };
        let lockout = |threshold, keys| Err(RotationRefusal::Lockout { role: root, threshold, keys });
        assert_eq!(with(&|it| it.threshold = Some(4)), lockout(4, 3));
        assert!(with(&|it| it.threshold = Some(3)).is_ok());
        assert_eq!(with(&|it| it.threshold = Some(0)), Err(RotationRefusal::NoThreshold { role: root }));
        assert_eq!(with(&|it| it.remove = vec![id(Name::Root1), id(Name::Root2)]), lockout(2, 1));
        let mut last = Rotation::renewal(RoleType::Timestamp);
        last.remove = vec![id(Name::Timestamp)];
        let refused = RotationRefusal::Lockout { role: RoleType::Timestamp, threshold: 1, keys: 0 };
        assert_eq!(next(&last), Err(refused));
    }

    #[test]
    fn a_key_serves_one_role_once() {
        for (name, other) in [(Name::Targets1, RoleType::Targets), (Name::Root2, RoleType::Root)] {
            let mut rotation = Rotation::renewal(RoleType::Root);
            rotation.add = vec![public(name)];
            let refused = RotationRefusal::SharedKey { role: RoleType::Root, other, keyid: id(name).0 };
            assert_eq!(next(&rotation), Err(refused));
        }
        let mut twice = Rotation::renewal(RoleType::Root);
        twice.add = vec![public(Name::OtherOfficer1), public(Name::OtherOfficer1)];
        assert!(matches!(next(&twice), Err(RotationRefusal::SharedKey { .. })));
    }

    #[test]
    fn a_key_that_the_role_does_not_have_is_named() {
        let mut rotation = Rotation::renewal(RoleType::Targets);
        rotation.remove = vec![id(Name::Root1)];
        let refused = RotationRefusal::NotAKey { role: RoleType::Targets, keyid: id(Name::Root1) };
        assert_eq!(next(&rotation), Err(refused));
    }

    #[test]
    fn a_root_outlives_the_ceremony_by_a_second_at_least() {
        let ceremony = Lifetime::days(30).after(DateTime::EPOCH);
        let at = |lifetime: &str| {
            let renewal = Rotation::renewal(RoleType::Root);
            renewal.next(&root(), DateTime::EPOCH, lifetime.parse().unwrap(), ceremony)
        };
        assert_eq!(at("30d"), Err(RotationRefusal::Expiry { root: ceremony, ceremony }));
        assert!(at("2592001s").is_ok());
    }

    #[test]
    fn a_keyid_is_given_by_eight_digits_or_more() {
        assert_eq!("0123456".parse::<KeyId>(), Err(NotAKeyId));
        assert!("01234567".parse::<KeyId>().is_ok());
        assert_eq!("0123456G".parse::<KeyId>(), Err(NotAKeyId));
        assert!("a".repeat(64).parse::<KeyId>().is_ok());
        assert_eq!("a".repeat(65).parse::<KeyId>(), Err(NotAKeyId));
    }
}
