//! Key files: an Ed25519 key on disk, its secret encrypted under a passphrase.
//!
//! `interdict-key` version 1 is a JSON object. All of it but the secret can be read without the passphrase, and all
//! of it is bound to the secret: whoever changes the label or the public half of an encrypted file makes it
//! unreadable.
//!
//! | field | what it holds |
//! |---|---|
//! | `format`, `version` | `"interdict-key"`, `1` |
//! | `algorithm` | `"ed25519"` |
//! | `keyid` | the TUF keyid, for finding the key in a root; checked against `public` |
//! | `public` | the public half, 32 bytes, base64 (RFC 4648 section 4) |
//! | `label` | what people call it: 1 to 128 characters, none of them invisible |
//! | `created` | when, RFC 3339 |
//! | `encryption` | `"none"`, or the parameters of the encryption (below) |
//! | `secret` | the seed (RFC 8032 section 5.1.5), encrypted or not, base64 |
//!
//! Encryption is XChaCha20-Poly1305 under Argon2id (RFC 9106) of the passphrase: `{kdf: "argon2id", memory_kib,
//! passes, lanes, salt, cipher: "xchacha20-poly1305", nonce}`. The associated data is everything but `secret`. A file
//! that asks for more work than [`Cost::MAX`] is refused before any is done.
//!
//! A PKCS #8 PEM file, as `openssl genpkey -algorithm ed25519` makes it, serves as well ([`Pem`]); [`Stored`] is either.
//!
//! Not here: asking for the passphrase ([`crate::passphrase`]) and signing ([`crate::signer`]).

mod error;
mod format;
mod pem;
mod seal;
mod stored;

use std::fmt;
use std::path::Path;

use ed25519_dalek::SigningKey;
use interdict_schema::DateTime;
use interdict_schema::key::PublicKey;
use interdict_schema::tuf::Key;
use zeroize::Zeroizing;

pub use error::KeyFileError;
use format::{Document, Encryption, MAX_LABEL_CHARACTERS, NotEncrypted};
pub use pem::Pem;
pub use seal::Cost;
pub use stored::Stored;

use crate::example_keys::ExampleKeys;
use crate::passphrase::{PassphraseError, Secret};
use crate::randomness::Randomness;
use crate::signer::MemorySigner;
use crate::terminal::is_invisible;
use crate::write::{Disk, DiskError, Mode};

/// The longest key file that is read, in bytes.
pub const MAX_KEY_FILE_BYTES: u64 = 16 * 1024;

/// How a new key file keeps its secret.
#[derive(Debug, Clone, Copy)]
pub enum Protection<'a> {
    /// Encrypted under a passphrase, at this cost.
    Passphrase(&'a Secret, Cost),
    /// Not at all: whoever reads the file has the key.
    Unencrypted,
}

/// A key file as it is on disk: the public part in the open, the secret as it is kept.
#[derive(Clone)]
pub struct KeyFile {
    /// Everything but the secret.
    header: Document,
    public: [u8; 32],
    secret: Zeroizing<Vec<u8>>,
    mode: Option<u32>,
}

impl KeyFile {
    /// Makes a new key.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::Randomness`] without a source of it; [`KeyFileError::Label`] for a label outside the format.
    pub fn generate(
        randomness: &mut dyn Randomness,
        label: &str,
        created: DateTime,
        protection: Protection<'_>,
    ) -> Result<Self, KeyFileError> {
        let mut seed = Zeroizing::new([0; 32]);
        randomness.fill(&mut *seed)?;
        Self::of_seed(&seed, randomness, label, created, protection)
    }

    /// Makes the file of a key that exists already: a changed passphrase, an example key.
    ///
    /// # Errors
    ///
    /// As [`generate`](Self::generate).
    pub fn of_seed(
        seed: &[u8; 32],
        randomness: &mut dyn Randomness,
        label: &str,
        created: DateTime,
        protection: Protection<'_>,
    ) -> Result<Self, KeyFileError> {
        check_label(label)?;
        let public = SigningKey::from_bytes(seed).verifying_key().to_bytes();
        let encryption = match protection {
            Protection::Passphrase(_, cost) => seal::parameters(randomness, cost)?,
            Protection::Unencrypted => Encryption::None(NotEncrypted::None),
        };
        let header = Document::new(&PublicKey::ed25519(&public)?, &public, label, created, encryption);
        let secret = match (&header.encryption, protection) {
            (Encryption::Passphrase(parameters), Protection::Passphrase(passphrase, _)) => {
                seal::encrypt(seed, passphrase, parameters, &header.associated_data())?
            }
            _ => seed.to_vec(),
        };
        Ok(Self { header, public, secret: Zeroizing::new(secret), mode: None })
    }

    /// Reads a key file from disk.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::Permissions`] when it is not encrypted and others than its owner may read it; otherwise as
    /// [`parse`](Self::parse), and [`KeyFileError::Read`].
    pub fn read(path: &Path, examples: ExampleKeys) -> Result<Self, KeyFileError> {
        let (bytes, mode) = stored::bytes(path)?;
        Self::parse(&bytes, examples)?.with_mode(path, mode)
    }

    /// Refuses what others may read in the clear, and remembers the permission bits.
    fn with_mode(mut self, path: &Path, mode: u32) -> Result<Self, KeyFileError> {
        if !self.is_encrypted() {
            stored::check_private(path, mode)?;
        }
        self.mode = Some(mode);
        Ok(self)
    }

    /// Reads a key file from its bytes. No secret is decrypted.
    ///
    /// # Errors
    ///
    /// [`KeyFileError`]: the field that is outside the format, or [`KeyFileError::ExampleKey`].
    pub fn parse(bytes: &[u8], examples: ExampleKeys) -> Result<Self, KeyFileError> {
        let mut header: Document = serde_json::from_slice(bytes)?;
        header.check_version()?;
        let secret = header.take_secret()?;
        let public = header.public_bytes()?;
        let key = PublicKey::ed25519(&public)?;
        check_label(&header.label)?;
        if header.keyid != Key::of(&key).keyid() {
            return Err(KeyFileError::KeyId);
        }
        if let Encryption::Passphrase(parameters) = &header.encryption {
            parameters.cost().check()?;
        }
        examples.check(&public)?;
        Ok(Self { header, public, secret, mode: None })
    }

    /// The key, ready to sign. `passphrase` is called only when the file is encrypted.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::WrongPassphrase`] when the passphrase does not open the file (or somebody changed the file, which
    /// cannot be told apart); [`KeyFileError::PublicMismatch`] when the secret is not that of the public half.
    pub fn unlock(
        &self,
        passphrase: impl FnOnce() -> Result<Secret, PassphraseError>,
    ) -> Result<MemorySigner, KeyFileError> {
        let seed = self.seed(passphrase)?;
        Ok(MemorySigner::new(SigningKey::from_bytes(&seed), self.label()))
    }

    /// The secret itself (RFC 8032, 5.1.5), to be kept in another form. Otherwise as [`unlock`](Self::unlock).
    ///
    /// # Errors
    ///
    /// As [`unlock`](Self::unlock).
    pub fn seed(
        &self,
        passphrase: impl FnOnce() -> Result<Secret, PassphraseError>,
    ) -> Result<Zeroizing<[u8; 32]>, KeyFileError> {
        let seed = match &self.header.encryption {
            Encryption::None(_) => self.secret.clone(),
            Encryption::Passphrase(parameters) => {
                seal::decrypt(&self.secret, &passphrase()?, parameters, &self.header.associated_data())?
            }
        };
        let found = seed.len();
        let seed: Zeroizing<[u8; 32]> =
            Zeroizing::new(seed.as_slice().try_into().map_err(|_| KeyFileError::Length {
                field: "secret",
                found,
                expected: 32,
            })?);
        if SigningKey::from_bytes(&seed).verifying_key().to_bytes() != self.public {
            return Err(KeyFileError::PublicMismatch);
        }
        Ok(seed)
    }

    /// Writes the file, mode 0600. Nothing is ever overwritten.
    ///
    /// # Errors
    ///
    /// [`AlreadyExists`](crate::write::DiskErrorKind::AlreadyExists) when something has that name.
    pub fn write(&self, disk: &Disk, path: &Path) -> Result<(), DiskError> {
        disk.write_new(path, &self.to_bytes(), Mode::Private)
    }

    /// The file's bytes.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        self.header.to_bytes(&self.secret)
    }

    /// The public half.
    pub fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// The TUF keyid, 64 hexadecimal digits.
    pub fn keyid(&self) -> &str {
        &self.header.keyid
    }

    /// What people call the key.
    pub fn label(&self) -> &str {
        &self.header.label
    }

    /// When the key was made.
    pub fn created(&self) -> DateTime {
        self.header.created
    }

    /// Whether a passphrase is needed.
    pub fn is_encrypted(&self) -> bool {
        matches!(self.header.encryption, Encryption::Passphrase(_))
    }

    /// The file's permission bits, when it came from a disk and others than its owner may touch it: worth a warning.
    pub fn exposed_mode(&self) -> Option<u32> {
        self.mode.filter(|mode| mode & 0o077 != 0)
    }
}

impl fmt::Debug for KeyFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("KeyFile")
            .field("keyid", &self.header.keyid)
            .field("label", &self.header.label)
            .field("encrypted", &self.is_encrypted())
            .finish_non_exhaustive()
    }
}

fn check_label(label: &str) -> Result<(), KeyFileError> {
    let characters = label.chars().count();
    if characters == 0 || characters > MAX_LABEL_CHARACTERS || label.chars().any(is_invisible) {
        return Err(KeyFileError::Label { characters, max_characters: MAX_LABEL_CHARACTERS });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
