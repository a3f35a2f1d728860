//! Ed25519 keys as other programs keep them: PKCS #8 (RFC 5958, with RFC 8410 for Ed25519) in PEM (RFC 7468), in the clear or
//! encrypted by PBES2 (RFC 8018) under PBKDF2 or scrypt and AES, which is what `openssl` writes.
//!
//! What is written is encrypted by AES-256-CBC under PBKDF2 with HMAC-SHA-256: every `openssl` of the last decade reads it. That
//! protects a weak passphrase less well than the program's own form ([`super::KeyFile`]), and does not show that a file was changed.

use std::fmt;

use ed25519_dalek::SigningKey;
use pkcs8::der::pem::{LineEnding, PemLabel};
use pkcs8::der::{Decode, SecretDocument};
use pkcs8::pkcs5::EncryptionScheme;
use pkcs8::pkcs5::pbes2::{Kdf, Parameters};
use pkcs8::{EncryptedPrivateKeyInfoRef, ObjectIdentifier, PrivateKeyInfoRef};
use zeroize::Zeroizing;

use super::KeyFileError;
use crate::passphrase::{PassphraseError, Secret};
use crate::randomness::Randomness;

/// RFC 8410, section 3.
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// Rounds of PBKDF2 in what is written; `openssl` writes 2048.
const ITERATIONS: u32 = 600_000;

/// The most rounds that a file may ask for: some ten seconds of work.
const MAX_ITERATIONS: u32 = 10_000_000;

/// The most memory that a file may ask for, in KiB: 1 GiB.
const MAX_MEMORY_KIB: u32 = 1024 * 1024;

/// The most lanes of scrypt that a file may ask for.
const MAX_LANES: u32 = 16;

/// Everything of a key in the clear but its seed (RFC 8410, section 7).
const PREFIX: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

/// A key in PEM.
#[derive(Clone)]
pub enum Pem {
    /// In the clear.
    Clear(Zeroizing<[u8; 32]>),
    /// The DER of an `EncryptedPrivateKeyInfo`. Nobody knows its public half before it is decrypted.
    Encrypted(Vec<u8>),
}

impl Pem {
    /// Whether bytes begin as PEM does.
    pub(super) fn begins(bytes: &[u8]) -> bool {
        bytes.trim_ascii_start().starts_with(b"-----BEGIN ")
    }

    /// Reads a PEM file. Nothing is decrypted.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::PemKind`], [`KeyFileError::Pkcs8`], [`KeyFileError::Algorithm`]; [`KeyFileError::Cost`] where decrypting would
    /// be more work than it should be.
    pub fn parse(bytes: &[u8]) -> Result<Self, KeyFileError> {
        let unreadable = |error: pkcs8::der::Error| KeyFileError::Pkcs8(error.into());
        let text = std::str::from_utf8(bytes)
            .map_err(|_| unreadable(pkcs8::der::ErrorKind::Pem(pkcs8::der::pem::Error::Preamble).into()))?;
        let (kind, document) = SecretDocument::from_pem(text.trim_start()).map_err(unreadable)?;
        if kind == PrivateKeyInfoRef::PEM_LABEL {
            return Ok(Self::Clear(seed_of(document.as_bytes())?));
        }
        if kind != EncryptedPrivateKeyInfoRef::PEM_LABEL {
            return Err(KeyFileError::PemKind { found: kind.to_owned() });
        }
        check_cost(&encrypted(document.as_bytes())?.encryption_algorithm)?;
        Ok(Self::Encrypted(document.as_bytes().to_vec()))
    }

    /// Whether a passphrase is needed.
    pub const fn is_encrypted(&self) -> bool {
        matches!(self, Self::Encrypted(_))
    }

    /// The seed (RFC 8032, 5.1.5). `passphrase` is called only where one is needed.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::WrongPassphrase`]; [`KeyFileError::Algorithm`] for what turns out to be another key.
    pub fn seed(
        &self,
        passphrase: impl FnOnce() -> Result<Secret, PassphraseError>,
    ) -> Result<Zeroizing<[u8; 32]>, KeyFileError> {
        let der = match self {
            Self::Clear(seed) => return Ok(seed.clone()),
            Self::Encrypted(der) => der,
        };
        let passphrase = passphrase()?;
        let document = encrypted(der)?.decrypt(passphrase.expose()).map_err(|error| match error {
            pkcs8::Error::EncryptedPrivateKey(pkcs8::pkcs5::Error::UnsupportedAlgorithm { .. }) => {
                KeyFileError::Pkcs8(error)
            }
            // A wrong passphrase gives rubbish, which is padded wrongly or is no DER.
            _ => KeyFileError::WrongPassphrase,
        })?;
        match seed_of(document.as_bytes()) {
            Err(KeyFileError::Pkcs8(_)) => Err(KeyFileError::WrongPassphrase),
            other => other,
        }
    }

    /// A seed in the clear.
    pub fn clear(seed: &[u8; 32]) -> Zeroizing<String> {
        written(PrivateKeyInfoRef::PEM_LABEL, &document(seed))
    }

    /// A seed, encrypted under a passphrase.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::Randomness`] without a source of it.
    pub fn encrypt(
        seed: &[u8; 32],
        passphrase: &Secret,
        randomness: &mut dyn Randomness,
    ) -> Result<Zeroizing<String>, KeyFileError> {
        let (mut salt, mut iv) = ([0; 16], [0; 16]);
        randomness.fill(&mut salt)?;
        randomness.fill(&mut iv)?;
        let clear = document(seed);
        let sealed = Parameters::generate_pbkdf2_sha256_aes256cbc(ITERATIONS, &salt, iv)
            .map_err(pkcs8::Error::from)
            .and_then(|parameters| {
                PrivateKeyInfoRef::try_from(clear.as_slice())?
                    .encrypt_with_params(parameters, passphrase.expose())
            })
            .map_err(KeyFileError::Pkcs8)?;
        Ok(written(EncryptedPrivateKeyInfoRef::PEM_LABEL, sealed.as_bytes()))
    }
}

impl fmt::Debug for Pem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Pem").field("encrypted", &self.is_encrypted()).finish_non_exhaustive()
    }
}

fn document(seed: &[u8; 32]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new([&PREFIX[..], &seed[..]].concat())
}

fn written(label: &'static str, der: &[u8]) -> Zeroizing<String> {
    let document = SecretDocument::try_from(der).expect("DER that was just made is DER");
    document.to_pem(label, LineEnding::LF).expect("DER of some hundred bytes becomes PEM")
}

fn encrypted(der: &[u8]) -> Result<EncryptedPrivateKeyInfoRef<'_>, KeyFileError> {
    EncryptedPrivateKeyInfoRef::try_from(der).map_err(KeyFileError::Pkcs8)
}

/// The seed in a `OneAsymmetricKey`; its public half, where there is one, must be that of the seed.
fn seed_of(der: &[u8]) -> Result<Zeroizing<[u8; 32]>, KeyFileError> {
    let info = PrivateKeyInfoRef::try_from(der).map_err(KeyFileError::Pkcs8)?;
    if info.algorithm.oid != ED25519 || info.algorithm.parameters.is_some() {
        return Err(KeyFileError::Algorithm { oid: info.algorithm.oid.to_string() });
    }
    // CurvePrivateKey ::= OCTET STRING, within the octet string that every algorithm has (RFC 8410, section 7).
    let inner = <&pkcs8::der::asn1::OctetStringRef>::from_der(info.private_key.as_bytes())
        .map_err(|error| KeyFileError::Pkcs8(error.into()))?;
    let found = inner.as_bytes().len();
    let seed: [u8; 32] = inner.as_bytes().try_into().map_err(|_| KeyFileError::Length {
        field: "private key",
        found,
        expected: 32,
    })?;
    let seed = Zeroizing::new(seed);
    let public = SigningKey::from_bytes(&seed).verifying_key().to_bytes();
    if info.public_key.is_some_and(|found| found.as_bytes() != Some(&public[..])) {
        return Err(KeyFileError::PublicMismatch);
    }
    Ok(seed)
}

/// Refuses a file that asks for more work than a key file should be.
fn check_cost(scheme: &EncryptionScheme) -> Result<(), KeyFileError> {
    let within = |parameter, found: u64, max| {
        let found = u32::try_from(found).unwrap_or(u32::MAX);
        if found <= max { Ok(()) } else { Err(KeyFileError::Cost { parameter, found, min: 1, max }) }
    };
    match scheme.pbes2().map(|parameters| &parameters.kdf) {
        Some(Kdf::Pbkdf2(pbkdf2)) => within("iterations", pbkdf2.iteration_count.into(), MAX_ITERATIONS),
        Some(Kdf::Scrypt(scrypt)) => {
            // RFC 7914, section 2: 128 * N * r bytes.
            let kib = scrypt.cost_parameter.saturating_mul(scrypt.block_size.into()) / 8;
            within("memory_kib", kib, MAX_MEMORY_KIB)?;
            within("lanes", scrypt.parallelization.into(), MAX_LANES)
        }
        // PBES1 and whatever else there is is not decrypted here, and says so then.
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
