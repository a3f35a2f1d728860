//! From where a key is to what signs with it: first its public half, which needs no secret, then the signer.

use interdict_schema::key::{KeyRefusal, PublicKey};
use interdict_schema::tuf::Key;
use thiserror::Error;

use super::{Backend, Credentials, KeyUri, Signer};
use crate::key_file::{KeyFile, KeyFileError};
use crate::read::ReadError;
use crate::write::DiskErrorKind;

/// What everybody may know of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicPart {
    /// The public half.
    pub public: [u8; 32],
    /// The same as a key that signatures are verified with.
    pub key: PublicKey,
    /// The TUF keyid, 64 hexadecimal digits.
    pub keyid: String,
    /// What people call it.
    pub label: String,
}

impl PublicPart {
    /// Of these 32 bytes.
    ///
    /// # Errors
    ///
    /// [`KeyRefusal`] for a key that nobody would verify with: a weak one.
    pub fn new(public: [u8; 32], label: impl Into<String>) -> Result<Self, KeyRefusal> {
        let key = PublicKey::ed25519(&public)?;
        Ok(Self { public, keyid: Key::of(&key).keyid(), key, label: label.into() })
    }
}

/// A key that is where it was said to be. Its secret is still closed, where it can be.
#[derive(Debug)]
pub struct FoundKey {
    uri: KeyUri,
    part: PublicPart,
    held: Held,
}

#[derive(Debug)]
enum Held {
    File(Box<KeyFile>),
}

/// A key that was not found, or not opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// A key file.
    #[error(transparent)]
    File(#[from] KeyFileError),
    /// A key that nobody would verify with.
    #[error("the public half cannot be used")]
    Public(#[from] KeyRefusal),
    /// This build of the program does not know where such keys live.
    #[error("this build of the program cannot use a key in a {backend}")]
    NotBuilt {
        /// What keeps the key.
        backend: Backend,
    },
}

impl OpenError {
    /// Whether the key is not there: an offline key, perhaps. Everything else is something wrong with one that is.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::File(KeyFileError::Read(ReadError::Disk(error))) if error.kind() == DiskErrorKind::NotFound)
    }
}

/// Finds a key. Paths in the URI are absolute ([`KeyUri::beneath`]). Nobody is asked for anything.
///
/// # Errors
///
/// [`OpenError`]; [`OpenError::is_absent`] tells a key that is not there from one that is not right.
pub fn find(uri: &KeyUri, credentials: &mut Credentials<'_>) -> Result<FoundKey, OpenError> {
    let (part, held) = match uri {
        KeyUri::File(path) => {
            let file = KeyFile::read(path, credentials.examples)?;
            (PublicPart::new(*file.public(), file.label())?, Held::File(Box::new(file)))
        }
        other => return Err(OpenError::NotBuilt { backend: other.backend() }),
    };
    Ok(FoundKey { uri: uri.clone(), part, held })
}

/// Finds a key and opens it.
///
/// # Errors
///
/// As [`find`] and [`FoundKey::open`].
pub fn open(uri: &KeyUri, credentials: &mut Credentials<'_>) -> Result<Box<dyn Signer>, OpenError> {
    find(uri, credentials)?.open(credentials)
}

impl FoundKey {
    /// Where it is.
    pub fn uri(&self) -> &KeyUri {
        &self.uri
    }

    /// What everybody may know of it.
    pub fn part(&self) -> &PublicPart {
        &self.part
    }

    /// The key file, where it is one.
    pub fn key_file(&self) -> Option<&KeyFile> {
        match &self.held {
            Held::File(file) => Some(file),
        }
    }

    /// Makes it ready to sign: this is where passphrases and PINs are asked for.
    ///
    /// # Errors
    ///
    /// [`OpenError`].
    pub fn open(self, credentials: &mut Credentials<'_>) -> Result<Box<dyn Signer>, OpenError> {
        match self.held {
            Held::File(file) => Ok(Box::new(file.unlock(|| credentials.passphrase(file.label()))?)),
        }
    }
}
