//! Signing the metadata of a role with as many keys as its threshold asks for.

use interdict_host::signer::{SignError, Signer};
use interdict_schema::key::{KeyRefusal, PublicKey};
use interdict_schema::tuf::{Key, RoleKeys, RoleType, Signature, Unsigned};
use thiserror::Error;
use tracing::info;

use super::{KeyError, Keyring, Passphrases};

/// Metadata that was not signed.
#[derive(Debug, Error)]
pub enum SignRoleError {
    /// A key file cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Too few of the role's keys are at hand.
    #[error("{found} of the keys of the {role} role at hand, wanted {required}")]
    TooFew {
        /// The role.
        role: RoleType,
        /// Keys at hand.
        found: usize,
        /// The role's threshold.
        required: u32,
    },
    /// A key did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// A key that nobody would verify with.
    #[error("a key of the {role} role cannot be used")]
    Public {
        /// The role.
        role: RoleType,
        /// Why.
        source: KeyRefusal,
    },
}

/// Signs a document with the first keys at hand that count for the role, as many as its threshold asks for.
///
/// # Errors
///
/// [`SignRoleError`].
pub fn sign(
    unsigned: &Unsigned,
    role: RoleType,
    keys: &RoleKeys,
    keyring: &mut Keyring,
    passphrases: &mut dyn Passphrases,
) -> Result<Vec<u8>, SignRoleError> {
    let signers = keyring.signers(&keys.keyids, keys.threshold, passphrases)?;
    let found = signers.len();
    if u32::try_from(found).unwrap_or(u32::MAX) < keys.threshold {
        return Err(SignRoleError::TooFew { role, found, required: keys.threshold });
    }
    let mut signatures = Vec::new();
    for signer in signers {
        let public =
            PublicKey::ed25519(signer.public()).map_err(|source| SignRoleError::Public { role, source })?;
        let sig = signer.sign(unsigned.message())?.to_vec();
        let keyid = Key::of(&public).keyid();
        info!(%role, %keyid, "sign metadata");
        signatures.push(Signature { keyid, sig });
    }
    Ok(unsigned.with_signatures(signatures))
}
