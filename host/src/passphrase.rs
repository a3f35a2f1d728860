//! Passphrases: a type that wipes itself and never shows itself, and the asking.
//!
//! Nothing here says how good a passphrase is; only an empty one is refused.

use std::fmt;
use std::io;
use std::path::Path;

use thiserror::Error;
use zeroize::Zeroizing;

use crate::read::{ReadError, read_bounded};

/// The longest file that a passphrase is read from, in bytes.
pub const MAX_PASSPHRASE_FILE_BYTES: u64 = 4096;

/// A passphrase. Wiped from memory when dropped; `Debug` shows a placeholder.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a passphrase as it is, without trimming.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// Reads a passphrase from a file, for a machine that has nobody to ask: its first line, without the line break.
    ///
    /// # Errors
    ///
    /// [`PassphraseError::File`] when it cannot be read, [`PassphraseError::NotUtf8`], [`PassphraseError::Empty`].
    pub fn read(path: &Path) -> Result<Self, PassphraseError> {
        let bytes = Zeroizing::new(read_bounded(path, MAX_PASSPHRASE_FILE_BYTES)?);
        let text = std::str::from_utf8(&bytes).map_err(|_| PassphraseError::NotUtf8)?;
        let secret = Self::new(text.lines().next().unwrap_or_default());
        if secret.is_empty() { Err(PassphraseError::Empty) } else { Ok(secret) }
    }

    /// The passphrase, for the key derivation alone.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// Asks a person for a passphrase.
pub trait PassphrasePrompt: Send {
    /// Shows `prompt` and reads one line without echo.
    ///
    /// # Errors
    ///
    /// [`PassphraseError`] when nobody can be asked or nothing was typed.
    fn ask(&mut self, prompt: &str) -> Result<Secret, PassphraseError>;

    /// Asks twice, for a passphrase that is about to be set.
    ///
    /// # Errors
    ///
    /// As [`ask`](Self::ask), and [`PassphraseError::Mismatch`] when the answers differ.
    fn ask_twice(&mut self, prompt: &str) -> Result<Secret, PassphraseError> {
        let first = self.ask(prompt)?;
        let second = self.ask(&format!("{prompt} (again)"))?;
        if first == second { Ok(first) } else { Err(PassphraseError::Mismatch) }
    }
}

/// No passphrase was obtained.
#[derive(Debug, Error)]
pub enum PassphraseError {
    /// There is no terminal to ask on.
    #[error("no terminal to ask for a passphrase on")]
    NoTerminal,
    /// The passphrase file was not read.
    #[error(transparent)]
    File(#[from] ReadError),
    /// The passphrase file is not text.
    #[error("the passphrase file is not UTF-8")]
    NotUtf8,
    /// The line was empty.
    #[error("the passphrase is empty")]
    Empty,
    /// The second answer was not the first.
    #[error("the two passphrases differ")]
    Mismatch,
    /// The terminal could not be read.
    #[error("cannot read the passphrase")]
    Read(#[source] io::Error),
}

/// Asks on the controlling terminal, whatever standard input is.
#[derive(Debug, Clone, Copy, Default)]
pub struct TerminalPrompt;

impl PassphrasePrompt for TerminalPrompt {
    fn ask(&mut self, prompt: &str) -> Result<Secret, PassphraseError> {
        // Without a controlling terminal the device exists but opening it gives ENXIO, so look before asking.
        if std::fs::File::open("/dev/tty").is_err() {
            return Err(PassphraseError::NoTerminal);
        }
        let typed = rpassword::prompt_password(format!("{prompt}: ")).map_err(PassphraseError::Read)?;
        let secret = Secret::new(typed);
        if secret.is_empty() { Err(PassphraseError::Empty) } else { Ok(secret) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::disallowed_methods,
        reason = "a test may fail by panicking and write files"
    )]

    use super::*;

    #[test]
    fn a_file_gives_its_first_line_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("passphrase");
        let read = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            Secret::read(&path)
        };
        assert_eq!(read(b" correct horse \nsecond").unwrap(), Secret::new(" correct horse "));
        assert_eq!(read(b"correct\r\n").unwrap(), Secret::new("correct"));
        assert_eq!(read(&[b'a'; 4096]).unwrap(), Secret::new("a".repeat(4096)));
        assert!(matches!(read(&[b'a'; 4097]), Err(PassphraseError::File(ReadError::TooLong { .. }))));
        assert!(matches!(read(b"\nsecond"), Err(PassphraseError::Empty)));
        assert!(matches!(read(&[0xff]), Err(PassphraseError::NotUtf8)));
    }

    #[test]
    fn debug_shows_nothing_of_a_secret() {
        assert_eq!(format!("{:?}", Secret::new("correct horse")), "Secret(…)");
    }
}
