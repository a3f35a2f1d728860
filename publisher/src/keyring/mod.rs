//! Keys of the repository's roles: found among key files, opened when they are needed, used to sign metadata.
//!
//! Not here: officers' keys ([`crate::officer`]), and the format of a key file (`interdict-host`).

mod metadata;

use std::path::{Path, PathBuf};

use interdict_host::example_keys::ExampleKeys;
use interdict_host::key_file::{KeyFile, KeyFileError};
use interdict_host::passphrase::{PassphraseError, PassphrasePrompt, Secret};
use interdict_host::read::ReadError;
use interdict_host::signer::MemorySigner;
use interdict_host::write::DiskErrorKind;
use thiserror::Error;

pub use metadata::{SignRoleError, sign};

/// Where passphrases come from.
pub trait Passphrases {
    /// The passphrase of the key with this label.
    ///
    /// # Errors
    ///
    /// [`PassphraseError`].
    fn passphrase(&mut self, label: &str) -> Result<Secret, PassphraseError>;
}

/// One passphrase from a file for every key, or a question for each.
pub struct FileOrPrompt<'a> {
    /// The file, where one was given.
    pub file: Option<PathBuf>,
    /// Who is asked otherwise.
    pub prompt: &'a mut dyn PassphrasePrompt,
}

impl Passphrases for FileOrPrompt<'_> {
    fn passphrase(&mut self, label: &str) -> Result<Secret, PassphraseError> {
        match &self.file {
            Some(path) => Secret::read(path),
            None => self.prompt.ask(&format!("Passphrase of {label}")),
        }
    }
}

/// A key file that was not used, with its path.
#[derive(Debug, Error)]
#[error("key file {}", path.display())]
pub struct KeyError {
    /// Which file.
    pub path: PathBuf,
    /// Why.
    pub source: KeyFileError,
}

impl KeyError {
    /// Whether there is no such file.
    pub fn is_absent(&self) -> bool {
        matches!(&self.source, KeyFileError::Read(ReadError::Disk(error)) if error.kind() == DiskErrorKind::NotFound)
    }
}

/// Reads a key file; its secret stays closed.
///
/// # Errors
///
/// [`KeyError`].
pub fn read(path: &Path, examples: ExampleKeys) -> Result<KeyFile, KeyError> {
    KeyFile::read(path, examples).map_err(|source| KeyError { path: path.to_path_buf(), source })
}

/// Reads a key file and opens it.
///
/// # Errors
///
/// [`KeyError`].
pub fn unlock(
    path: &Path,
    examples: ExampleKeys,
    passphrases: &mut dyn Passphrases,
) -> Result<MemorySigner, KeyError> {
    let file = read(path, examples)?;
    open(path, &file, passphrases)
}

fn open(path: &Path, file: &KeyFile, passphrases: &mut dyn Passphrases) -> Result<MemorySigner, KeyError> {
    file.unlock(|| passphrases.passphrase(file.label()))
        .map_err(|source| KeyError { path: path.to_path_buf(), source })
}

/// Key files that are at hand, each opened when it is first needed and at most once.
pub struct Keyring {
    files: Vec<(PathBuf, KeyFile)>,
    open: Vec<(String, MemorySigner)>,
}

impl Keyring {
    /// Reads key files. Those of `offline` may be absent; those of `given` must be there.
    ///
    /// # Errors
    ///
    /// [`KeyError`] for the first file that cannot be used.
    pub fn read<'p>(
        given: impl IntoIterator<Item = &'p PathBuf>,
        offline: impl IntoIterator<Item = &'p PathBuf>,
        examples: ExampleKeys,
    ) -> Result<Self, KeyError> {
        let mut files: Vec<(PathBuf, KeyFile)> = Vec::new();
        for path in given {
            files.push((path.clone(), read(path, examples)?));
        }
        for path in offline {
            match read(path, examples) {
                Ok(file) => files.push((path.clone(), file)),
                Err(error) if error.is_absent() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self { files, open: Vec::new() })
    }

    /// The signers of these keys, at most `most` of them, in the order in which the files were named.
    ///
    /// # Errors
    ///
    /// [`KeyError`] for the first key that cannot be opened.
    pub fn signers(
        &mut self,
        keyids: &[String],
        most: u32,
        passphrases: &mut dyn Passphrases,
    ) -> Result<Vec<&MemorySigner>, KeyError> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let mut wanted: Vec<String> = Vec::new();
        for (path, file) in &self.files {
            let keyid = file.keyid();
            if wanted.len() >= most
                || !keyids.iter().any(|id| id == keyid)
                || wanted.iter().any(|id| id == keyid)
            {
                continue;
            }
            if !self.open.iter().any(|(id, _)| id == keyid) {
                let signer = open(path, file, passphrases)?;
                self.open.push((keyid.to_owned(), signer));
            }
            wanted.push(keyid.to_owned());
        }
        Ok(self.open.iter().filter(|(id, _)| wanted.contains(id)).map(|(_, signer)| signer).collect())
    }
}
