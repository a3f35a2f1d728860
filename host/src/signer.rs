//! Something that can sign: a key file today, a token or an agent later.
//!
//! A signer signs the bytes it is given. What those bytes are (a DSSE pre-authentication encoding, a canonical
//! `signed`) and whether they deserve it is the caller's business.

use std::fmt;

use ed25519_dalek::{Signer as _, SigningKey};
use thiserror::Error;

/// An Ed25519 key that signs (RFC 8032, section 5.1.6).
pub trait Signer {
    /// The public half.
    fn public(&self) -> &[u8; 32];

    /// Signs a message.
    ///
    /// # Errors
    ///
    /// [`SignError`] when there is no signature that the public half verifies.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError>;

    /// What the key is called, for people.
    fn label(&self) -> &str;
}

/// There is no signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignError {
    /// The signature does not verify: a fault in memory or hardware. It is withheld, because a faulty Ed25519
    /// signature can give the secret away.
    #[error("the signature just made does not verify")]
    Faulty,
}

/// A signer whose secret is in this process's memory, wiped when it is dropped.
pub struct MemorySigner {
    key: SigningKey,
    public: [u8; 32],
    label: String,
}

impl MemorySigner {
    /// Takes a key.
    pub fn new(key: SigningKey, label: impl Into<String>) -> Self {
        let public = key.verifying_key().to_bytes();
        Self { key, public, label: label.into() }
    }
}

impl Signer for MemorySigner {
    fn public(&self) -> &[u8; 32] {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        let signature = self.key.sign(message);
        match self.key.verifying_key().verify_strict(message, &signature) {
            Ok(()) => Ok(signature.to_bytes()),
            Err(_) => Err(SignError::Faulty),
        }
    }

    fn label(&self) -> &str {
        &self.label
    }
}

impl fmt::Debug for MemorySigner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("MemorySigner").field("label", &self.label).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use ed25519_dalek::{Signature, VerifyingKey};

    use super::*;

    #[test]
    fn a_signature_verifies_with_the_public_half_alone() {
        let signer = MemorySigner::new(SigningKey::from_bytes(&[3; 32]), "officer");
        let signature = Signature::from_bytes(&signer.sign(b"message").unwrap());
        let public = VerifyingKey::from_bytes(signer.public()).unwrap();
        public.verify_strict(b"message", &signature).unwrap();
        assert!(public.verify_strict(b"massage", &signature).is_err());
    }

    #[test]
    fn debug_shows_the_label_and_no_key() {
        let signer = MemorySigner::new(SigningKey::from_bytes(&[3; 32]), "officer");
        assert_eq!(format!("{signer:?}"), "MemorySigner { label: \"officer\", .. }");
    }
}
