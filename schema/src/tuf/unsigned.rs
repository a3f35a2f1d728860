//! Writing metadata: the canonical bytes to sign, and the file once others have signed them.
//!
//! Secret keys are not here: whoever holds one signs [`Unsigned::message`].

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::metadata::{Metadata, Role, SPEC_VERSION, Signature};
use super::role::RoleType;
use crate::json;

/// A document that is ready to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsigned {
    canonical: Vec<u8>,
}

/// A document that must not be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    /// Canonical JSON has control characters raw, so the file would not be JSON.
    #[error("found the control character {found:?} in {role} metadata")]
    ControlCharacter {
        /// The first such character.
        found: char,
        /// Whose metadata.
        role: RoleType,
    },
    /// JSON that this crate itself would not read.
    #[error("{role} metadata that cannot be read back")]
    Unreadable {
        /// Whose metadata.
        role: RoleType,
        /// What is wrong, and where.
        source: json::ReadError,
    },
}

#[derive(Serialize)]
struct Wire<'a, T> {
    #[serde(rename = "_type")]
    role: RoleType,
    spec_version: &'static str,
    #[serde(flatten)]
    signed: &'a T,
}

#[derive(Serialize)]
struct WireSignature<'a> {
    keyid: &'a str,
    sig: String,
}

impl Unsigned {
    /// A document of our own.
    ///
    /// # Errors
    /// [`Unwritable`] where a name or a `custom` contains what canonical JSON cannot carry.
    pub fn new<T: Role>(signed: &T) -> Result<Self, Unwritable> {
        let wire = Wire { role: T::TYPE, spec_version: SPEC_VERSION, signed };
        let bytes = serde_json::to_vec(&wire).expect("maps with string keys are always JSON");
        let value = json::parse(&bytes).map_err(|source| Unwritable::Unreadable { role: T::TYPE, source })?;
        let canonical = json::canonical(&value);
        Self::without_control_characters(canonical, T::TYPE)
    }

    /// A document that others signed before, exactly as they signed it, to which a signature is to be added.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn of<T: Role>(metadata: &Metadata<T>) -> Result<Self, Unwritable> {
        Self::without_control_characters(metadata.canonical().into(), T::TYPE)
    }

    fn without_control_characters(canonical: Vec<u8>, role: RoleType) -> Result<Self, Unwritable> {
        match canonical.iter().find(|byte| **byte < b' ') {
            Some(found) => Err(Unwritable::ControlCharacter { found: char::from(*found), role }),
            None => Ok(Self { canonical }),
        }
    }

    /// The bytes that a signature is over.
    pub fn message(&self) -> &[u8] {
        &self.canonical
    }

    /// The metadata file: canonical JSON, signatures by ascending keyid, the last of a keyid winning. Equal documents and
    /// signatures make equal bytes.
    pub fn with_signatures(&self, signatures: impl IntoIterator<Item = Signature>) -> Vec<u8> {
        let by_keyid: alloc::collections::BTreeMap<String, Vec<u8>> =
            signatures.into_iter().map(|signature| (signature.keyid, signature.sig)).collect();
        let wire: Vec<WireSignature<'_>> = by_keyid
            .iter()
            .map(|(keyid, sig)| WireSignature { keyid, sig: base16ct::lower::encode_string(sig) })
            .collect();
        let mut out = br#"{"signatures":"#.to_vec();
        out.extend(serde_json::to_vec(&wire).expect("strings are always JSON"));
        out.extend_from_slice(br#","signed":"#);
        out.extend_from_slice(&self.canonical);
        out.push(b'}');
        out
    }
}
