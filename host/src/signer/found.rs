//! From where a key is to what signs with it: first its public half, which needs no secret, then the signer.

use std::fmt;
use std::path::PathBuf;

use ed25519_dalek::SigningKey;
use interdict_schema::key::{KeyRefusal, PublicKey};
use interdict_schema::tuf::Key;
use thiserror::Error;
use zeroize::Zeroizing;

#[cfg(feature = "pkcs11")]
use super::TokenUri;
use super::agent::{self, AgentError, AgentSigner};
#[cfg(feature = "pkcs11")]
use super::token::{self, TokenError, TokenKey};
use super::{Backend, Credentials, KeyUri, MemorySigner, Signer};
use crate::example_keys::{ExampleKeyError, ExampleKeys};
use crate::key_file::{KeyFile, KeyFileError, MAX_KEY_FILE_BYTES, Stored};
use crate::passphrase::PassphraseError;
use crate::read::{ReadError, read_bounded};
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
pub struct FoundKey {
    uri: KeyUri,
    part: PublicPart,
    held: Held,
    exposed_mode: Option<u32>,
}

enum Held {
    /// The public part of the file is in the clear.
    Closed(Box<KeyFile>),
    /// There is no public part without the secret: a PEM file, the environment, a descriptor.
    Open(Box<dyn Signer>),
    /// An agent signs whatever it is asked to, which is worth a word before it is.
    Agent(AgentSigner),
    /// A token that has not been logged in to.
    #[cfg(feature = "pkcs11")]
    Token(Box<TokenUri>, Box<TokenKey>),
}

/// A key that was not found, or not opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// A key file.
    #[error(transparent)]
    File(#[from] KeyFileError),
    /// An agent.
    #[error(transparent)]
    Agent(#[from] AgentError),
    /// A token.
    #[cfg(feature = "pkcs11")]
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The secret of this key is published.
    #[error(transparent)]
    Example(ExampleKeyError),
    /// There is no such environment variable, or it is empty. One that was read is gone as well.
    #[error("there is no such environment variable")]
    NoVariable,
    /// A key for a machine that runs by itself, with a passphrase that nobody is there to give.
    #[error("the key in the {backend} is encrypted, wanted one in the clear")]
    Encrypted {
        /// What keeps the key.
        backend: Backend,
    },
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
        match self {
            Self::File(KeyFileError::Read(ReadError::Disk(error))) => error.kind() == DiskErrorKind::NotFound,
            Self::NoVariable
            | Self::Agent(AgentError::NoSocket | AgentError::Gone { .. } | AgentError::NoKey { .. }) => true,
            #[cfg(feature = "pkcs11")]
            Self::Token(error) => error.is_absent(),
            _ => false,
        }
    }
}

/// Finds a key. Paths in the URI are absolute ([`KeyUri::beneath`]). Nobody is asked for anything, but for the passphrase of an
/// encrypted PEM file: its public half is encrypted too.
///
/// # Errors
///
/// [`OpenError`]; [`OpenError::is_absent`] tells a key that is not there from one that is not right.
pub fn find(uri: &KeyUri, credentials: &mut Credentials<'_>) -> Result<FoundKey, OpenError> {
    let mut exposed_mode = None;
    let (part, held) = match uri {
        KeyUri::File(path) => match Stored::read(path, credentials.examples)? {
            Stored::Own(file) => {
                exposed_mode = file.exposed_mode();
                (PublicPart::new(*file.public(), file.label())?, Held::Closed(file))
            }
            stored @ Stored::Pem(_, mode) => {
                exposed_mode = mode;
                let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
                let seed = stored.seed(credentials.examples, || credentials.passphrase(&name))?;
                opened(MemorySigner::new(SigningKey::from_bytes(&seed), name))?
            }
        },
        KeyUri::Environment(name) => {
            let bytes = credentials.variable(name).ok_or(OpenError::NoVariable)?;
            opened(in_the_clear(uri, bytes.as_bytes(), credentials.examples)?)?
        }
        KeyUri::Descriptor(number) => {
            let path = PathBuf::from(format!("/dev/fd/{number}"));
            let bytes = read_bounded(&path, MAX_KEY_FILE_BYTES).map_err(KeyFileError::from)?;
            opened(in_the_clear(uri, &Zeroizing::new(bytes), credentials.examples)?)?
        }
        KeyUri::Agent(fingerprint) => {
            let (part, signer) = agent::find(*fingerprint, credentials)?;
            (part, Held::Agent(signer))
        }
        #[cfg(feature = "pkcs11")]
        KeyUri::Token(token) => {
            let (part, key) = token::find(token, credentials)?;
            (part, Held::Token(token.clone(), Box::new(key)))
        }
        #[cfg(not(feature = "pkcs11"))]
        KeyUri::Token(_) => return Err(OpenError::NotBuilt { backend: uri.backend() }),
    };
    Ok(FoundKey { uri: uri.clone(), part, held, exposed_mode })
}

fn opened(signer: MemorySigner) -> Result<(PublicPart, Held), OpenError> {
    Ok((PublicPart::new(*signer.public(), signer.label())?, Held::Open(Box::new(signer))))
}

/// A key for a machine that runs by itself: a key file or PKCS #8 PEM, neither of them encrypted.
fn in_the_clear(uri: &KeyUri, bytes: &[u8], examples: ExampleKeys) -> Result<MemorySigner, OpenError> {
    let (backend, stored) = (uri.backend(), Stored::parse(bytes, examples)?);
    if stored.is_encrypted() {
        return Err(OpenError::Encrypted { backend });
    }
    let label = match &stored {
        Stored::Own(file) => file.label().to_owned(),
        Stored::Pem(..) => uri.to_string(),
    };
    let seed = stored.seed(examples, || Err(PassphraseError::NoTerminal))?;
    Ok(MemorySigner::of(backend, SigningKey::from_bytes(&seed), label))
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
            Held::Closed(file) => Some(file),
            _ => None,
        }
    }

    /// The permission bits of the file that it is in, where others than its owner may touch it: worth a warning.
    pub fn exposed_mode(&self) -> Option<u32> {
        self.exposed_mode
    }

    /// Makes it ready to sign: this is where passphrases and PINs are asked for.
    ///
    /// # Errors
    ///
    /// [`OpenError`].
    pub fn open(self, credentials: &mut Credentials<'_>) -> Result<Box<dyn Signer>, OpenError> {
        match self.held {
            Held::Closed(file) => Ok(Box::new(file.unlock(|| credentials.passphrase(file.label()))?)),
            Held::Open(signer) => Ok(signer),
            Held::Agent(signer) => {
                credentials.warn_of_agent();
                Ok(Box::new(signer))
            }
            #[cfg(feature = "pkcs11")]
            Held::Token(uri, key) => Ok(Box::new(key.open(&uri, credentials)?)),
        }
    }
}

impl fmt::Debug for FoundKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("FoundKey")
            .field("uri", &self.uri)
            .field("part", &self.part)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
