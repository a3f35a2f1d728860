//! Where a key is, as text: on a command line, and in `publisher.toml`.
//!
//! | text | the key |
//! |---|---|
//! | `PATH`, `file:PATH` | in a file; `file:///PATH` is taken as well (RFC 8089) |
//! | `pkcs11:token=…;object=…?module-path=…` | in a token (RFC 7512) |
//! | `ssh-agent:SHA256:…` | in the agent behind `$SSH_AUTH_SOCK`, by the fingerprint that `ssh-add -l` shows |
//! | `env:NAME` | in an environment variable |
//! | `fd:N` | in what can be read from a file descriptor that the process was given |
//!
//! Differs: a path is the path as it is; RFC 8089 percent-encodes it. Schemes are written in lower case. What follows an
//! unknown scheme is not taken for a path, so that a misspelt `pkcs1:` is no missing file; a path that has a colon before its
//! first slash is written `file:PATH` or `./PATH`.
//!
//! Reading gives nothing away: an error never repeats the text, in which somebody may have written a PIN.

mod argument;
mod token;

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use thiserror::Error;

pub use token::TokenUri;

use super::Backend;

/// The longest key URI that is read, in bytes.
pub const MAX_KEY_URI_BYTES: usize = 8192;

/// The descriptors below are the standard streams.
const FIRST_DESCRIPTOR: u32 = 3;

/// Where a key is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyUri {
    /// In a file.
    File(PathBuf),
    /// In a token.
    Token(Box<TokenUri>),
    /// In the agent of the user.
    Agent(Fingerprint),
    /// In an environment variable of this name.
    Environment(String),
    /// In what can be read from this file descriptor.
    Descriptor(u32),
}

/// The SHA-256 of a public key as SSH writes it (RFC 4253, 6.6), which is how an agent's keys are told apart. Its text is that of
/// OpenSSH: `SHA256:`, then base64 without padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub [u8; 32]);

/// Text that is no key URI.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyUriError {
    /// Nothing stands where a key should.
    #[error("the key is empty")]
    Empty,
    /// More than [`MAX_KEY_URI_BYTES`].
    #[error("the key URI has {found} bytes, wanted at most {MAX_KEY_URI_BYTES}")]
    TooLong {
        /// How many there are.
        found: usize,
    },
    /// A scheme of somebody else.
    #[error(
        "unknown scheme {scheme:?}, wanted file, pkcs11, ssh-agent, env or fd, or ./ before a path with a colon in it"
    )]
    Scheme {
        /// What stands before the colon.
        scheme: String,
    },
    /// A scheme whose text is text, with something else in it.
    #[error("the key URI is not UTF-8")]
    NotUtf8,
    /// A `file:` URI that names another machine.
    #[error("a file on another machine, wanted file:PATH or file:///PATH")]
    Host,
    /// What follows `ssh-agent:` is not a fingerprint.
    #[error("not a fingerprint, wanted SHA256: and 43 base64 characters, as ssh-add -l shows them")]
    Fingerprint,
    /// What follows `env:` is not the name of a variable.
    #[error("not the name of an environment variable, wanted letters, digits and underscores")]
    Variable,
    /// What follows `fd:` is not a file descriptor.
    #[error("not a file descriptor, wanted a number from {FIRST_DESCRIPTOR} on")]
    Descriptor,
    /// A PIN in the URI: it would stand in the list of processes, in the shell's history and in `publisher.toml`.
    #[error(
        "pin-value would show the PIN to everyone who lists processes, wanted pin-source, a file, or a question"
    )]
    PinValue,
    /// A `pkcs11:` attribute that is not known, or not used here.
    #[error("the attribute {name:?} of a pkcs11 URI is not known here")]
    Attribute {
        /// Its name.
        name: String,
    },
    /// A `pkcs11:` attribute that is there twice.
    #[error("the attribute {name} of a pkcs11 URI is there twice")]
    Twice {
        /// Its name.
        name: &'static str,
    },
    /// A `pkcs11:` attribute without a value that can be used.
    #[error("the attribute {name} of a pkcs11 URI has a value that cannot be used, wanted {wanted}")]
    Value {
        /// Its name.
        name: &'static str,
        /// What it should be.
        wanted: &'static str,
    },
}

impl KeyUri {
    /// Reads where a key is.
    ///
    /// # Errors
    ///
    /// [`KeyUriError`].
    pub fn parse(text: &OsStr) -> Result<Self, KeyUriError> {
        let bytes = text.as_bytes();
        if bytes.is_empty() {
            return Err(KeyUriError::Empty);
        }
        if bytes.len() > MAX_KEY_URI_BYTES {
            return Err(KeyUriError::TooLong { found: bytes.len() });
        }
        let Some((scheme, rest)) = scheme(bytes) else { return Ok(Self::File(text.into())) };
        let text = || std::str::from_utf8(rest).map_err(|_| KeyUriError::NotUtf8);
        match scheme {
            "file" => file(rest),
            "pkcs11" => TokenUri::parse(text()?).map(|token| Self::Token(Box::new(token))),
            "ssh-agent" => text()?.parse().map(Self::Agent),
            "env" => variable(text()?),
            "fd" => descriptor(text()?),
            other => Err(KeyUriError::Scheme { scheme: other.to_owned() }),
        }
    }

    /// What keeps the key.
    pub const fn backend(&self) -> Backend {
        match self {
            Self::File(_) => Backend::File,
            Self::Token(_) => Backend::Token,
            Self::Agent(_) => Backend::Agent,
            Self::Environment(_) => Backend::Environment,
            Self::Descriptor(_) => Backend::Descriptor,
        }
    }

    /// The path, where the key is in a file.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            _ => None,
        }
    }

    /// The same, its relative paths made to start from a folder.
    #[must_use]
    pub fn beneath(&self, dir: &Path) -> Self {
        match self {
            Self::File(path) => Self::File(dir.join(path)),
            Self::Token(token) => Self::Token(Box::new(token.beneath(dir))),
            other => other.clone(),
        }
    }

    /// The text, for a file or a command line; [`Display`](fmt::Display) is for people where a path is not UTF-8.
    pub fn to_os_string(&self) -> OsString {
        match self {
            Self::File(path) if scheme(path.as_os_str().as_bytes()).is_some() => {
                OsString::from_vec([b"file:", path.as_os_str().as_bytes()].concat())
            }
            Self::File(path) => path.clone().into_os_string(),
            Self::Token(token) => token.to_string().into(),
            Self::Agent(fingerprint) => format!("ssh-agent:{fingerprint}").into(),
            Self::Environment(name) => format!("env:{name}").into(),
            Self::Descriptor(number) => format!("fd:{number}").into(),
        }
    }
}

impl fmt::Display for KeyUri {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_os_string().display(), formatter)
    }
}

impl FromStr for KeyUri {
    type Err = KeyUriError;

    fn from_str(text: &str) -> Result<Self, KeyUriError> {
        Self::parse(text.as_ref())
    }
}

impl From<PathBuf> for KeyUri {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SHA256:{}", STANDARD_NO_PAD.encode(self.0))
    }
}

impl FromStr for Fingerprint {
    type Err = KeyUriError;

    fn from_str(text: &str) -> Result<Self, KeyUriError> {
        let digits = text.strip_prefix("SHA256:").ok_or(KeyUriError::Fingerprint)?;
        let bytes = STANDARD_NO_PAD.decode(digits).map_err(|_| KeyUriError::Fingerprint)?;
        bytes.try_into().map(Self).map_err(|_| KeyUriError::Fingerprint)
    }
}

/// What stands before the first colon and looks like a scheme (RFC 3986, 3.1), and what follows it.
fn scheme(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let colon = bytes.iter().position(|byte| *byte == b':')?;
    let (before, rest) = bytes.split_at_checked(colon)?;
    let before = std::str::from_utf8(before).ok()?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let is_scheme =
        before.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic()) && before.bytes().all(allowed);
    is_scheme.then_some((before, rest.get(1..)?))
}

fn file(rest: &[u8]) -> Result<KeyUri, KeyUriError> {
    let path = match rest.strip_prefix(b"//") {
        Some(path) if path.starts_with(b"/") => path,
        Some(_) => return Err(KeyUriError::Host),
        None => rest,
    };
    if path.is_empty() {
        return Err(KeyUriError::Empty);
    }
    Ok(KeyUri::File(OsStr::from_bytes(path).into()))
}

fn variable(name: &str) -> Result<KeyUri, KeyUriError> {
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if name.is_empty() || !name.bytes().all(letters) || name.starts_with(|first: char| first.is_ascii_digit())
    {
        return Err(KeyUriError::Variable);
    }
    Ok(KeyUri::Environment(name.to_owned()))
}

fn descriptor(number: &str) -> Result<KeyUri, KeyUriError> {
    // Not "+3" or "03", which Rust reads as numbers.
    let plain = number.bytes().all(|byte| byte.is_ascii_digit()) && !number.starts_with('0');
    match number.parse() {
        Ok(number) if plain && (FIRST_DESCRIPTOR..=i32::MAX.unsigned_abs()).contains(&number) => {
            Ok(KeyUri::Descriptor(number))
        }
        _ => Err(KeyUriError::Descriptor),
    }
}

#[cfg(test)]
mod tests;
