//! A key as it is stored, in this program's own form or as PKCS #8, told apart by how it begins.

use std::fs::File;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use ed25519_dalek::SigningKey;
use zeroize::Zeroizing;

use super::{KeyFile, KeyFileError, MAX_KEY_FILE_BYTES, Pem};
use crate::example_keys::ExampleKeys;
use crate::passphrase::{PassphraseError, Secret};
use crate::read::{ReadError, read_to_limit};
use crate::write::{DiskError, Operation};

/// A stored key, its secret closed.
#[derive(Debug)]
pub enum Stored {
    /// In this program's own form.
    Own(Box<KeyFile>),
    /// As PKCS #8 in PEM, and the permission bits where others than the owner may touch the file.
    Pem(Pem, Option<u32>),
}

impl Stored {
    /// Reads one from disk.
    ///
    /// # Errors
    ///
    /// As [`KeyFile::read`].
    pub fn read(path: &Path, examples: ExampleKeys) -> Result<Self, KeyFileError> {
        let (bytes, mode) = bytes(path)?;
        match Self::parse(&bytes, examples)? {
            Self::Own(file) => Ok(Self::Own(Box::new(file.with_mode(path, mode)?))),
            Self::Pem(pem, _) => {
                if !pem.is_encrypted() {
                    check_private(path, mode)?;
                }
                Ok(Self::Pem(pem, Some(mode).filter(|mode| mode & 0o077 != 0)))
            }
        }
    }

    /// Reads one from its bytes.
    ///
    /// # Errors
    ///
    /// [`KeyFileError`]. Whether an encrypted PEM is an example key shows when it is opened.
    pub fn parse(bytes: &[u8], examples: ExampleKeys) -> Result<Self, KeyFileError> {
        if !Pem::begins(bytes) {
            return Ok(Self::Own(Box::new(KeyFile::parse(bytes, examples)?)));
        }
        let pem = Pem::parse(bytes)?;
        if let Pem::Clear(seed) = &pem {
            examples.check(SigningKey::from_bytes(seed).verifying_key().as_bytes())?;
        }
        Ok(Self::Pem(pem, None))
    }

    /// Whether a passphrase is needed.
    pub fn is_encrypted(&self) -> bool {
        match self {
            Self::Own(file) => file.is_encrypted(),
            Self::Pem(pem, _) => pem.is_encrypted(),
        }
    }

    /// The secret itself (RFC 8032, 5.1.5). `passphrase` is called only where one is needed.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::WrongPassphrase`], and an example key where these are refused.
    pub fn seed(
        &self,
        examples: ExampleKeys,
        passphrase: impl FnOnce() -> Result<Secret, PassphraseError>,
    ) -> Result<Zeroizing<[u8; 32]>, KeyFileError> {
        match self {
            Self::Own(file) => file.seed(passphrase),
            Self::Pem(pem, _) => {
                let seed = pem.seed(passphrase)?;
                examples.check(SigningKey::from_bytes(&seed).verifying_key().as_bytes())?;
                Ok(seed)
            }
        }
    }
}

/// The bytes of a key file, and its permission bits.
pub(super) fn bytes(path: &Path) -> Result<(Zeroizing<Vec<u8>>, u32), KeyFileError> {
    let failed = |operation| move |error| ReadError::Disk(DiskError::new(operation, path, error));
    let mut file = File::open(path).map_err(failed(Operation::Open))?;
    let mode = file.metadata().map_err(failed(Operation::Open))?.permissions().mode() & 0o7777;
    let bytes = read_to_limit(&mut file, MAX_KEY_FILE_BYTES)
        .map_err(failed(Operation::Read))?
        .ok_or_else(|| ReadError::TooLong { path: path.to_path_buf(), max_bytes: MAX_KEY_FILE_BYTES })?;
    Ok((Zeroizing::new(bytes), mode))
}

/// Refuses a file that others may read.
pub(super) fn check_private(path: &Path, mode: u32) -> Result<(), KeyFileError> {
    if mode & 0o077 != 0 {
        return Err(KeyFileError::Permissions { path: path.to_path_buf(), mode });
    }
    Ok(())
}
