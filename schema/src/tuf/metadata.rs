//! A metadata file: what is signed, by which signatures, and the canonical bytes that these are over (TUF 1.0.34, 4.2).
//!
//! Always true of a [`Metadata`]: its canonical bytes were made from the value that was read, never from the typed
//! document, so a member that this version does not know is covered by the signatures all the same; its `_type` is the
//! one asked for; no keyid occurs twice among its signatures.
//!
//! What it takes to be *believed* is in [`super::trusted_set`]; how signatures are counted, in [`crate::threshold`].

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use serde::{Deserialize, Deserializer, Serialize, de};

use super::hashes::length;
use super::key::Keys;
use super::refusal::Refusal;
use super::role::{RoleName, RoleType};
use super::root::RoleKeys;
use crate::json::{self, Pointer, Value};
use crate::key::Verifier;
use crate::limits::METADATA_SIGNATURES;
use crate::threshold::{self, Count, Shortfall};
use crate::{DateTime, Sha256, Verified};

/// The version of a metadata file, at least 1.
pub type Version = u64;

/// The version of the specification that we write.
pub(super) const SPEC_VERSION: &str = "1.0.34";

/// The typed document of a role.
pub trait Role: for<'de> Deserialize<'de> + Serialize {
    /// Its `_type`.
    const TYPE: RoleType;

    /// Its version.
    fn version(&self) -> Version;

    /// The moment from which it is no longer valid.
    fn expires(&self) -> DateTime;
}

/// A signature as metadata holds it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signature {
    /// Which key it is said to be by.
    pub keyid: String,
    /// The signature's bytes; none where they were not hexadecimal, which counts for nothing.
    pub sig: Vec<u8>,
}

/// A metadata file that was read, and in which nothing has been believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata<T> {
    signed: T,
    signatures: Vec<Signature>,
    canonical: Vec<u8>,
    bytes: Arc<[u8]>,
    unknown: Vec<Pointer>,
}

#[derive(Deserialize)]
struct Wire<'a, T> {
    #[serde(borrow)]
    signatures: Vec<WireSignature<'a>>,
    signed: T,
}

#[derive(Deserialize)]
struct WireSignature<'a> {
    #[serde(borrow)]
    keyid: Cow<'a, str>,
    #[serde(borrow)]
    sig: Cow<'a, str>,
}

impl<T: Role> Metadata<T> {
    /// Reads the metadata of a role, of at most `max_bytes` bytes.
    ///
    /// # Errors
    /// [`Refusal`] where the bytes are not metadata of this role in a version 1 of the specification.
    pub fn parse(bytes: &[u8], role: &RoleName, max_bytes: u64) -> Result<Self, Refusal> {
        let found = length(bytes);
        if found > max_bytes {
            return Err(Refusal::TooLong { role: role.clone(), found, limit: max_bytes });
        }
        let value = json::parse(bytes).map_err(|source| Refusal::Read { role: role.clone(), source })?;
        header(&value, T::TYPE, role)?;
        let decoded = json::decode::<Wire<'_, T>>(&value)
            .map_err(|source| Refusal::Shape { role: role.clone(), source })?;
        let signatures = signatures(decoded.value.signatures, role)?;
        let canonical = value.get("signed").map(json::canonical).unwrap_or_default();
        let mut unknown = decoded.unknown;
        unknown.retain(|place| !matches!(place.as_str(), "/signed/_type" | "/signed/spec_version"));
        Ok(Self { signed: decoded.value.signed, signatures, canonical, bytes: bytes.into(), unknown })
    }
}

impl<T> Metadata<T> {
    /// The typed document.
    pub const fn signed(&self) -> &T {
        &self.signed
    }

    /// The signatures, in the order of the file; no keyid twice.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// The canonical bytes of `signed`: what the signatures are over.
    pub fn canonical(&self) -> &[u8] {
        &self.canonical
    }

    /// SHA-256 over the canonical bytes of `signed`: of a root, the fingerprint that people compare (`trust.md`, rule 7).
    pub fn fingerprint(&self) -> Sha256 {
        Sha256::of(&self.canonical)
    }

    /// The file exactly as it was read.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The file exactly as it was read, shared.
    pub(super) fn shared_bytes(&self) -> Arc<[u8]> {
        Arc::clone(&self.bytes)
    }

    /// The places of members that this version does not know, from the whole file.
    pub fn unknown(&self) -> &[Pointer] {
        &self.unknown
    }

    /// Counts the keys of a role that signed this (TUF 1.0.34, 5.3.4): stops arbitrary software attacks.
    ///
    /// # Errors
    /// [`Shortfall`] where there are fewer than the role's threshold.
    pub fn count(&self, role: &RoleKeys, keys: &Keys, verifier: &dyn Verifier) -> Result<Count, Shortfall> {
        let candidates = self.signatures.iter().filter_map(|signature| {
            let named = role.keyids.contains(&signature.keyid);
            let key = keys.get(&signature.keyid).filter(|_| named)?.public()?;
            Some((key, signature.sig.as_slice()))
        });
        threshold::meet(&self.canonical, candidates, role.threshold, verifier)
    }

    /// This metadata as believed, where enough keys of a role signed it.
    pub(super) fn verify(
        self,
        name: &RoleName,
        role: &RoleKeys,
        keys: &Keys,
        verifier: &dyn Verifier,
    ) -> Result<Verified<Self>, Refusal> {
        match self.count(role, keys, verifier) {
            Ok(_) => Ok(Verified::attest(self)),
            Err(source) => Err(Refusal::Threshold { role: name.clone(), source }),
        }
    }
}

/// Checks `_type`, then `spec_version`, before anything of the document is interpreted.
fn header(value: &Value<'_>, wanted: RoleType, role: &RoleName) -> Result<(), Refusal> {
    let word = |name| value.get("signed").and_then(|signed| signed.get(name)).and_then(Value::as_str);
    let found = word("_type").unwrap_or_default();
    if found != wanted.as_str() {
        return Err(Refusal::Type { role: role.clone(), found: json::excerpt(found), wanted });
    }
    let found = word("spec_version").unwrap_or_default();
    let numbers: Vec<&str> = found.split('.').collect();
    let number = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match numbers.as_slice() {
        ["1", rest @ ..] if matches!(rest.len(), 1 | 2) && rest.iter().all(number) => Ok(()),
        _ => Err(Refusal::SpecVersion { role: role.clone(), found: json::excerpt(found) }),
    }
}

fn signatures(wire: Vec<WireSignature<'_>>, role: &RoleName) -> Result<Vec<Signature>, Refusal> {
    if wire.len() > METADATA_SIGNATURES {
        return Err(Refusal::TooManySignatures {
            role: role.clone(),
            found: wire.len(),
            limit: METADATA_SIGNATURES,
        });
    }
    let mut seen = BTreeSet::new();
    if let Some(twice) = wire.iter().find(|signature| !seen.insert(signature.keyid.as_ref())) {
        return Err(Refusal::DuplicateKeyid { role: role.clone(), keyid: json::excerpt(&twice.keyid) });
    }
    Ok(wire
        .into_iter()
        .map(|signature| Signature {
            sig: base16ct::mixed::decode_vec(signature.sig.as_bytes()).unwrap_or_default(),
            keyid: signature.keyid.into_owned(),
        })
        .collect())
}

/// Reads a version.
pub(super) fn version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Version, D::Error> {
    let found = Version::deserialize(deserializer)?;
    if found == 0 { Err(de::Error::custom("found version 0, wanted at least 1")) } else { Ok(found) }
}

/// The canonical bytes of a value that `serde_json` holds.
pub(super) fn canonical_of(value: &serde_json::Value) -> Vec<u8> {
    let bytes = serde_json::to_vec(value).expect("a JSON value is always JSON");
    json::parse(&bytes).map(|value| json::canonical(&value)).unwrap_or_default()
}
