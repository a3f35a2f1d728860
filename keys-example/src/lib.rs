//! Ed25519 keys whose secrets everyone knows: for tests and the demonstration, refused everywhere else.
//!
//! The seed of a key is SHA-256 of [`PHRASE`] followed by the key's name; the README beside this crate does the same
//! in a shell. Both programs refuse these keys, in a key file and in a root, unless `--allow-example-keys` is given.
//!
//! Not here: key files, and the refusal itself (`interdict-host`, `example_keys`). Nothing here touches a disk.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use ed25519_dalek::SigningKey;
use sha2::{Digest, Sha256};

/// What every seed is the digest of, once the key's name is put behind it.
pub const PHRASE: &str = "interdict example key, its secret is published: ";

/// The keys there are.
///
/// A whole authority (the TUF roles, and three officers of its issuer) and two officers of another issuer, who must
/// not be able to speak for the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Name {
    Root1,
    Root2,
    Root3,
    Targets1,
    Targets2,
    Targets3,
    Snapshot,
    Timestamp,
    Officer1,
    Officer2,
    Officer3,
    OtherOfficer1,
    OtherOfficer2,
}

impl Name {
    /// Every key.
    pub const ALL: [Self; 13] = [
        Self::Root1,
        Self::Root2,
        Self::Root3,
        Self::Targets1,
        Self::Targets2,
        Self::Targets3,
        Self::Snapshot,
        Self::Timestamp,
        Self::Officer1,
        Self::Officer2,
        Self::Officer3,
        Self::OtherOfficer1,
        Self::OtherOfficer2,
    ];

    /// The name as it goes into the seed: `root-1`, `officer-2`, `other-officer-1`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Root1 => "root-1",
            Self::Root2 => "root-2",
            Self::Root3 => "root-3",
            Self::Targets1 => "targets-1",
            Self::Targets2 => "targets-2",
            Self::Targets3 => "targets-3",
            Self::Snapshot => "snapshot",
            Self::Timestamp => "timestamp",
            Self::Officer1 => "officer-1",
            Self::Officer2 => "officer-2",
            Self::Officer3 => "officer-3",
            Self::OtherOfficer1 => "other-officer-1",
            Self::OtherOfficer2 => "other-officer-2",
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// No example key has that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownName;

impl fmt::Display for UnknownName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("no example key has that name")
    }
}

impl std::error::Error for UnknownName {}

impl FromStr for Name {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL.into_iter().find(|name| name.as_str() == text).ok_or(UnknownName)
    }
}

/// The 32 bytes that RFC 8032 section 5.1.5 starts from.
pub fn seed(name: Name) -> [u8; 32] {
    Sha256::new().chain_update(PHRASE).chain_update(name.as_str()).finalize().into()
}

/// The key of that name.
pub fn key(name: Name) -> SigningKey {
    SigningKey::from_bytes(&seed(name))
}

/// Which example key has this public half, if any has.
pub fn named(public: &[u8; 32]) -> Option<Name> {
    static PUBLIC: LazyLock<[([u8; 32], Name); 13]> =
        LazyLock::new(|| Name::ALL.map(|name| (key(name).verifying_key().to_bytes(), name)));
    PUBLIC.iter().find(|(known, _)| known == public).map(|(_, name)| *name)
}

/// Whether this is the public half of an example key.
pub fn is_example(public: &[u8; 32]) -> bool {
    named(public).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_derives_the_same_seed_in_a_shell() {
        let readme = include_str!("../README.md");
        assert!(readme.contains(&format!("'{PHRASE}officer-1' | sha256sum")));
        let printed: Vec<u8> = readme
            .lines()
            .find_map(|line| line.strip_suffix("  -"))
            .into_iter()
            .flat_map(|line| (0..32).filter_map(|place| line.get(place * 2..place * 2 + 2)))
            .filter_map(|digits| u8::from_str_radix(digits, 16).ok())
            .collect();
        assert_eq!(printed, seed(Name::Officer1));
    }

    #[test]
    fn every_name_is_read_back_and_has_a_key_of_its_own() {
        for name in Name::ALL {
            assert_eq!(name.as_str().parse(), Ok(name));
            assert_eq!(named(&key(name).verifying_key().to_bytes()), Some(name));
            assert!(include_str!("../README.md").contains(&format!("`{name}`")), "{name}");
        }
        assert_eq!("officer-4".parse::<Name>(), Err(UnknownName));
    }

    #[test]
    fn another_key_is_no_example() {
        assert!(!is_example(&SigningKey::from_bytes(&[7; 32]).verifying_key().to_bytes()));
    }
}
