//! The encryption of a seed: Argon2id (RFC 9106), then XChaCha20-Poly1305.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::KeyFileError;
use super::format::{Encryption, Parameters};
use crate::passphrase::Secret;
use crate::randomness::Randomness;

/// How much work one try of a passphrase is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Cost {
    /// What new files use: the second recommended option of RFC 9106 section 4, 64 MiB, three passes, four lanes.
    pub const RECOMMENDED: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 4 };

    /// Next to no work, for tests that make many keys. A passphrase does not protect such a file.
    pub const INSECURE_FOR_TESTS: Self = Self { memory_kib: 64, passes: 1, lanes: 1 };

    /// The most that a file may ask for: 1 GiB, sixteen passes, sixteen lanes.
    pub const MAX: Self = Self { memory_kib: 1024 * 1024, passes: 16, lanes: 16 };

    /// Whether a file may ask for this.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::Cost`] for the first parameter that is outside its range.
    pub(super) fn check(self) -> Result<(), KeyFileError> {
        let within = |parameter, found, min, max| {
            if (min..=max).contains(&found) {
                Ok(())
            } else {
                Err(KeyFileError::Cost { parameter, found, min, max })
            }
        };
        within("lanes", self.lanes, 1, Self::MAX.lanes)?;
        within("passes", self.passes, 1, Self::MAX.passes)?;
        // RFC 9106 section 3.1: eight blocks of 1 KiB a lane at least.
        within("memory_kib", self.memory_kib, 8 * self.lanes, Self::MAX.memory_kib)
    }
}

/// Draws salt and nonce.
pub(super) fn parameters(randomness: &mut dyn Randomness, cost: Cost) -> Result<Encryption, KeyFileError> {
    cost.check()?;
    let (mut salt, mut nonce) = ([0; 16], [0; 24]);
    randomness.fill(&mut salt)?;
    randomness.fill(&mut nonce)?;
    Ok(Encryption::Passphrase(Parameters::new(cost, salt, nonce)))
}

pub(super) fn encrypt(
    seed: &[u8; 32],
    passphrase: &Secret,
    parameters: &Parameters,
    associated_data: &[u8],
) -> Result<Vec<u8>, KeyFileError> {
    let (cipher, nonce) = cipher(passphrase, parameters)?;
    let sealed = cipher.encrypt(&nonce, Payload { msg: seed, aad: associated_data });
    Ok(sealed.expect("32 bytes are within what the cipher takes"))
}

pub(super) fn decrypt(
    sealed: &[u8],
    passphrase: &Secret,
    parameters: &Parameters,
    associated_data: &[u8],
) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let (cipher, nonce) = cipher(passphrase, parameters)?;
    cipher
        .decrypt(&nonce, Payload { msg: sealed, aad: associated_data })
        .map(Zeroizing::new)
        .map_err(|_| KeyFileError::WrongPassphrase)
}

fn cipher(passphrase: &Secret, parameters: &Parameters) -> Result<(XChaCha20Poly1305, XNonce), KeyFileError> {
    let cost = parameters.cost();
    cost.check()?;
    let out_of_memory = KeyFileError::Memory { memory_kib: cost.memory_kib };
    let mut key = Zeroizing::new([0; 32]);
    let derivation = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32))
        .expect("the ranges checked above are within those of RFC 9106");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, derivation)
        .hash_password_into(passphrase.expose().as_bytes(), &parameters.salt()?, &mut *key)
        .map_err(|_| out_of_memory)?;
    let cipher = XChaCha20Poly1305::new_from_slice(&*key).expect("the cipher takes 32 bytes");
    Ok((cipher, XNonce::from(parameters.nonce()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_holds_at_its_edge_and_not_one_beyond() {
        let max = Cost::MAX;
        assert!(max.check().is_ok());
        assert!(Cost { memory_kib: 8, passes: 1, lanes: 1 }.check().is_ok());
        for (cost, wanted) in [
            (Cost { memory_kib: max.memory_kib + 1, ..max }, "memory_kib"),
            (Cost { memory_kib: 7, passes: 1, lanes: 1 }, "memory_kib"),
            (Cost { memory_kib: 15, passes: 1, lanes: 2 }, "memory_kib"),
            (Cost { passes: max.passes + 1, ..max }, "passes"),
            (Cost { passes: 0, ..max }, "passes"),
            (Cost { lanes: max.lanes + 1, ..max }, "lanes"),
            (Cost { lanes: 0, ..max }, "lanes"),
        ] {
            assert!(
                matches!(cost.check(), Err(KeyFileError::Cost { parameter, .. }) if parameter == wanted),
                "{cost:?}"
            );
        }
    }
}
