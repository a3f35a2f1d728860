//! The JSON of a key file, field by field, in the order in which it is written.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use interdict_schema::DateTime;
use interdict_schema::key::PublicKey;
use interdict_schema::tuf::Key;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::KeyFileError;
use super::seal::Cost;

pub(super) const VERSION: u32 = 1;
pub(super) const MAX_LABEL_CHARACTERS: usize = 128;
pub(super) const SALT_BYTES: usize = 16;
pub(super) const NONCE_BYTES: usize = 24;

/// A whole file.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    format: Format,
    version: u32,
    algorithm: Algorithm,
    pub keyid: String,
    public: String,
    pub label: String,
    pub created: DateTime,
    pub encryption: Encryption,
    /// Left out of what is bound to the secret, which is everything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<Zeroizing<String>>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum Format {
    #[serde(rename = "interdict-key")]
    InterdictKey,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Algorithm {
    Ed25519,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Encryption {
    None(NotEncrypted),
    Passphrase(Parameters),
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum NotEncrypted {
    None,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    kdf: Kdf,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    cipher: Cipher,
    nonce: String,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kdf {
    Argon2id,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum Cipher {
    #[serde(rename = "xchacha20-poly1305")]
    XChaCha20Poly1305,
}

impl Document {
    pub(super) fn new(
        key: &PublicKey,
        public: &[u8; 32],
        label: &str,
        created: DateTime,
        encryption: Encryption,
    ) -> Self {
        Self {
            format: Format::InterdictKey,
            version: VERSION,
            algorithm: Algorithm::Ed25519,
            keyid: Key::of(key).keyid(),
            public: STANDARD.encode(public),
            label: label.to_owned(),
            created,
            encryption,
            secret: None,
        }
    }

    pub(super) fn check_version(&self) -> Result<(), KeyFileError> {
        if self.version == VERSION {
            Ok(())
        } else {
            Err(KeyFileError::Version { found: self.version, expected: VERSION })
        }
    }

    pub(super) fn take_secret(&mut self) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
        let text = self.secret.take().unwrap_or_default();
        decode("secret", &text).map(Zeroizing::new)
    }

    /// The bytes of the file, with this secret.
    pub(super) fn to_bytes(&self, secret: &[u8]) -> Zeroizing<Vec<u8>> {
        let mut whole = self.clone();
        whole.secret = Some(Zeroizing::new(STANDARD.encode(secret)));
        let mut bytes = serde_json::to_vec_pretty(&whole).expect("strings and numbers become JSON");
        bytes.push(b'\n');
        Zeroizing::new(bytes)
    }

    pub(super) fn public_bytes(&self) -> Result<[u8; 32], KeyFileError> {
        exactly("public", &self.public)
    }

    /// What the encryption binds: everything but the secret, as this program writes it, whatever the white space of
    /// the file.
    pub(super) fn associated_data(&self) -> Vec<u8> {
        debug_assert!(self.secret.is_none(), "the secret has been taken");
        serde_json::to_vec(self).expect("strings and numbers become JSON")
    }
}

impl Parameters {
    pub(super) fn new(cost: Cost, salt: [u8; SALT_BYTES], nonce: [u8; NONCE_BYTES]) -> Self {
        Self {
            kdf: Kdf::Argon2id,
            memory_kib: cost.memory_kib,
            passes: cost.passes,
            lanes: cost.lanes,
            salt: STANDARD.encode(salt),
            cipher: Cipher::XChaCha20Poly1305,
            nonce: STANDARD.encode(nonce),
        }
    }

    pub(super) const fn cost(&self) -> Cost {
        Cost { memory_kib: self.memory_kib, passes: self.passes, lanes: self.lanes }
    }

    pub(super) fn salt(&self) -> Result<[u8; SALT_BYTES], KeyFileError> {
        exactly("salt", &self.salt)
    }

    pub(super) fn nonce(&self) -> Result<[u8; NONCE_BYTES], KeyFileError> {
        exactly("nonce", &self.nonce)
    }
}

fn decode(field: &'static str, text: &str) -> Result<Vec<u8>, KeyFileError> {
    STANDARD.decode(text).map_err(|source| KeyFileError::Base64 { field, source })
}

fn exactly<const N: usize>(field: &'static str, text: &str) -> Result<[u8; N], KeyFileError> {
    let bytes = decode(field, text)?;
    let found = bytes.len();
    bytes.try_into().map_err(|_| KeyFileError::Length { field, found, expected: N })
}
