//! Signing the metadata of a role with as many keys as its threshold asks for.

use interdict_host::signer::{Credentials, KeyUri, SignError};
use interdict_schema::key::{KeyRefusal, PublicKey};
use interdict_schema::tuf::{Key, RoleKeys, RoleType, Signature, Unsigned};
use thiserror::Error;
use tracing::info;

use super::{KeyError, Keyring};

/// Metadata that was not signed.
#[derive(Debug, Error)]
pub enum SignRoleError {
    /// A key cannot be used.
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
        /// Keys of the settings that are not there.
        absent: Vec<KeyUri>,
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
    credentials: &mut Credentials<'_>,
) -> Result<Vec<u8>, SignRoleError> {
    let required = keys.threshold;
    let found = keyring.signers(role, &keys.keyids, required, credentials)?.len();
    if u32::try_from(found).unwrap_or(u32::MAX) < required {
        let absent = keyring.absent(role).cloned().collect();
        return Err(SignRoleError::TooFew { role, found, required, absent });
    }
    let signers = keyring.signers(role, &keys.keyids, required, credentials)?;
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
