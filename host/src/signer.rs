//! Something that can sign, wherever its key lives.
//!
//! | room | what is in it |
//! |---|---|
//! | [`KeyUri`] | where a key is: `file:`, `pkcs11:`, `ssh-agent:`, `env:`, `fd:`; a bare path means `file:` |
//! | [`Credentials`] | what may be needed to get at it: passphrases, PINs, the environment |
//! | [`find`], [`open`] | from the one to a [`Signer`], by way of the other |
//!
//! A signer signs the bytes it is given. What those bytes are (a DSSE pre-authentication encoding, a canonical
//! `signed`), whether they deserve it, and which keys may serve for what, is the caller's business.

mod agent;
mod credentials;
mod found;
#[cfg(feature = "pkcs11")]
mod token;
mod uri;

use std::fmt;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use thiserror::Error;

pub use agent::{AgentError, AgentKey, Rubbish, agent_keys};
pub use credentials::{Credentials, SecretSources};
pub use found::{FoundKey, OpenError, PublicPart, find, open};
#[cfg(feature = "pkcs11")]
pub use token::{Listed, TokenError, Tries, Unfit, generate, token_keys};
pub use uri::{Fingerprint, KeyUri, KeyUriError, MAX_KEY_URI_BYTES, TokenUri};

/// What keeps a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Backend {
    /// A file on disk.
    File,
    /// A token that is spoken to through PKCS #11. The secret never leaves it.
    Token,
    /// An agent that holds the secret and signs whatever it is asked to.
    Agent,
    /// An environment variable: for machines that run by themselves.
    Environment,
    /// A file descriptor that this process was given: for machines that run by themselves.
    Descriptor,
}

impl Backend {
    /// Whether it is fit for nothing but keys of online roles: nobody has to be there for them to sign.
    pub const fn is_online_only(self) -> bool {
        matches!(self, Self::Environment | Self::Descriptor)
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::File => "file",
            Self::Token => "PKCS #11 token",
            Self::Agent => "agent",
            Self::Environment => "environment variable",
            Self::Descriptor => "file descriptor",
        })
    }
}

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

    /// What keeps the key.
    fn backend(&self) -> Backend;
}

/// There is no signature.
#[derive(Debug, Error)]
pub enum SignError {
    /// The signature does not verify: a fault in memory or hardware. It is withheld, because a faulty Ed25519
    /// signature can give the secret away.
    #[error("the signature just made does not verify")]
    Faulty,
    /// An agent did not sign.
    #[error(transparent)]
    Agent(#[from] AgentError),
    /// A token did not sign.
    #[cfg(feature = "pkcs11")]
    #[error(transparent)]
    Token(#[from] TokenError),
}

/// A signer whose secret is in this process's memory, wiped when it is dropped.
pub struct MemorySigner {
    key: SigningKey,
    public: [u8; 32],
    label: String,
    backend: Backend,
}

impl MemorySigner {
    /// Takes a key that came out of a file.
    pub fn new(key: SigningKey, label: impl Into<String>) -> Self {
        Self::of(Backend::File, key, label)
    }

    /// Takes a key that came from elsewhere.
    pub fn of(backend: Backend, key: SigningKey, label: impl Into<String>) -> Self {
        let public = key.verifying_key().to_bytes();
        Self { key, public, label: label.into(), backend }
    }
}

impl Signer for MemorySigner {
    fn public(&self) -> &[u8; 32] {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        verified(&self.public, message, self.key.sign(message).to_bytes())
    }

    fn label(&self) -> &str {
        &self.label
    }

    fn backend(&self) -> Backend {
        self.backend
    }
}

impl fmt::Debug for MemorySigner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("MemorySigner").field("label", &self.label).finish_non_exhaustive()
    }
}

/// A signature that its key verifies, wherever it was made; another is withheld.
fn verified(public: &[u8; 32], message: &[u8], signature: [u8; 64]) -> Result<[u8; 64], SignError> {
    let key = VerifyingKey::from_bytes(public).map_err(|_| SignError::Faulty)?;
    match key.verify_strict(message, &Signature::from_bytes(&signature)) {
        Ok(()) => Ok(signature),
        Err(_) => Err(SignError::Faulty),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

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
