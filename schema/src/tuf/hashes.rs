//! Lengths and digests that metadata states of files (TUF 1.0.34, 4.4 and 4.5).

use core::fmt;

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use sha2::Digest as _;

use crate::Sha256;
use crate::digest::Sha512;

/// Digests of one file. Every known one that is stated must agree; unknown algorithms are kept and agree with nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Hashes {
    /// SHA-256.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256>,
    /// SHA-512.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha512: Option<Sha512>,
    /// Digests by algorithms that are not computed here, as they were read.
    #[serde(flatten)]
    pub others: BTreeMap<String, String>,
}

/// Text that borrows from the document where it can: there are two of these for every target.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for Hashes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Reading)
    }
}

struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = Hashes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("digests by algorithm")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Hashes, A::Error> {
        let mut hashes = Hashes::default();
        while let Some((Text(algorithm), Text(digest))) = map.next_entry()? {
            let malformed = |error| A::Error::custom(core::format_args!("{algorithm}: {error}"));
            match algorithm.as_ref() {
                "sha256" => hashes.sha256 = Some(digest.parse().map_err(malformed)?),
                "sha512" => hashes.sha512 = Some(digest.parse().map_err(malformed)?),
                _ => {
                    hashes.others.insert(algorithm.into_owned(), digest.into_owned());
                }
            }
        }
        if hashes == Hashes::default() {
            return Err(A::Error::custom("found no digest, wanted at least one"));
        }
        Ok(hashes)
    }
}

/// Bytes that are not those of which a length and digests were stated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// Longer or shorter.
    #[error("found {found} bytes, wanted {wanted}")]
    Length {
        /// The length of the bytes.
        found: u64,
        /// The length stated.
        wanted: u64,
    },
    /// Another SHA-256.
    #[error("found sha256 {found}, wanted {wanted}")]
    Sha256 {
        /// The digest of the bytes.
        found: Sha256,
        /// The digest stated.
        wanted: Sha256,
    },
    /// Another SHA-512.
    #[error("found sha512 {found}, wanted {wanted}")]
    Sha512 {
        /// The digest of the bytes.
        found: Box<Sha512>,
        /// The digest stated.
        wanted: Box<Sha512>,
    },
    /// Nothing that can be compared.
    #[error("found no sha256 and no sha512 digest, wanted one of them")]
    NoKnownDigest,
}

impl Hashes {
    /// The SHA-256 of some bytes alone: what we write.
    pub fn sha256_of(bytes: &[u8]) -> Self {
        Self { sha256: Some(Sha256::of(bytes)), ..Self::default() }
    }

    /// Whether every digest that can be computed agrees.
    ///
    /// # Errors
    /// The first [`Mismatch`], or that there is none to compare.
    pub fn verify(&self, bytes: &[u8]) -> Result<(), Mismatch> {
        let mut hashing = self.hashing();
        hashing.update(bytes);
        hashing.finish()
    }

    /// Compares bytes that come in parts.
    pub(super) fn hashing(&self) -> Hashing<'_> {
        let sha256 = self.sha256.map(|_| sha2::Sha256::new());
        let sha512 = self.sha512.map(|_| sha2::Sha512::new());
        Hashing { wanted: self, sha256, sha512 }
    }

    /// The digest that stands in front of a target's name where snapshots are consistent; SHA-256 where there is one.
    pub fn prefix(&self) -> Option<String> {
        self.sha256
            .map(|digest| digest.to_string())
            .or_else(|| self.sha512.map(|digest| digest.to_string()))
            .or_else(|| self.others.values().next().cloned())
    }
}

/// Digests that are being computed, to be compared with those stated.
#[derive(Debug, Clone)]
pub(super) struct Hashing<'h> {
    wanted: &'h Hashes,
    sha256: Option<sha2::Sha256>,
    sha512: Option<sha2::Sha512>,
}

impl Hashing<'_> {
    /// Takes the next part.
    pub fn update(&mut self, part: &[u8]) {
        if let Some(hasher) = &mut self.sha256 {
            hasher.update(part);
        }
        if let Some(hasher) = &mut self.sha512 {
            hasher.update(part);
        }
    }

    /// Compares what came with what is stated.
    pub fn finish(self) -> Result<(), Mismatch> {
        let found = (self.sha256.map(Sha256::from), self.sha512.map(Sha512::from));
        if found == (None, None) {
            return Err(Mismatch::NoKnownDigest);
        }
        if let (Some(found), Some(wanted)) = (found.0, self.wanted.sha256)
            && found != wanted
        {
            return Err(Mismatch::Sha256 { found, wanted });
        }
        if let (Some(found), Some(wanted)) = (found.1, self.wanted.sha512)
            && found != wanted
        {
            return Err(Mismatch::Sha512 { found: Box::new(found), wanted: Box::new(wanted) });
        }
        Ok(())
    }
}

/// The length of some bytes.
pub(super) fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stated_digest_that_can_be_computed_must_agree() {
        let both = Hashes { sha512: Some(Sha512::of(b"a")), ..Hashes::sha256_of(b"a") };
        assert_eq!(both.verify(b"a"), Ok(()));
        let (found, wanted) = (Sha256::of(b"b"), Sha256::of(b"a"));
        assert_eq!(both.verify(b"b"), Err(Mismatch::Sha256 { found, wanted }));
        let mixed = Hashes { sha512: Some(Sha512::of(b"b")), ..Hashes::sha256_of(b"a") };
        let (found, wanted) = (Sha512::of(b"a"), Sha512::of(b"b"));
        assert_eq!(
            mixed.verify(b"a"),
            Err(Mismatch::Sha512 { found: Box::new(found), wanted: Box::new(wanted) })
        );
    }

    #[test]
    fn an_unknown_algorithm_is_kept_and_vouches_for_nothing() {
        let text = r#"{"blake3":"00ff"}"#;
        let hashes: Hashes = serde_json::from_str(text).unwrap();
        assert_eq!(hashes.verify(b""), Err(Mismatch::NoKnownDigest));
        assert_eq!(hashes.prefix().as_deref(), Some("00ff"));
        assert_eq!(serde_json::to_string(&hashes).unwrap(), text);
    }

    #[test]
    fn refuses_no_digest_and_malformed_digests() {
        for (text, words) in [
            ("{}", "found no digest, wanted at least one"),
            (r#"{"sha256":"00"}"#, "sha256: found 2 characters, wanted 64 lower-case hexadecimal digits"),
        ] {
            let error = serde_json::from_str::<Hashes>(text).unwrap_err();
            assert!(error.to_string().starts_with(words), "{error}");
        }
    }
}
