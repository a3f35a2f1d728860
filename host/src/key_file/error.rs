//! Why a key file is not used.

use std::path::PathBuf;

use interdict_schema::key::KeyRefusal;
use thiserror::Error;

use crate::example_keys::ExampleKeyError;
use crate::passphrase::PassphraseError;
use crate::randomness::RandomnessError;
use crate::read::ReadError;

/// A key file was not made, read or unlocked.
#[derive(Debug, Error)]
pub enum KeyFileError {
    /// The file was not read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The bytes are not the JSON of a key file.
    #[error("not a key file")]
    Json(#[from] serde_json::Error),
    /// The version is not one this program reads.
    #[error("key file version {found}, expected {expected}")]
    Version {
        /// What the file says.
        found: u32,
        /// What this program reads.
        expected: u32,
    },
    /// A field that holds bytes is not base64.
    #[error("{field} is not base64")]
    Base64 {
        /// Which field.
        field: &'static str,
        /// Where it stops being base64.
        source: base64::DecodeError,
    },
    /// A field that holds bytes has the wrong number of them.
    #[error("{field} has {found} bytes, expected {expected}")]
    Length {
        /// Which field.
        field: &'static str,
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// The label is empty, too long, or has characters that cannot be seen.
    #[error("the label has {characters} characters, expected 1 to {max_characters}, all of them visible")]
    Label {
        /// How many there are.
        characters: usize,
        /// How many there may be.
        max_characters: usize,
    },
    /// The public half is not a key that anyone would verify with.
    #[error("the public half cannot be used")]
    Public(#[from] KeyRefusal),
    /// The keyid is not that of the public half.
    #[error("the keyid is not that of the public half")]
    KeyId,
    /// The file asks for more memory, passes or lanes than a key file needs.
    #[error("the key derivation asks for {parameter} {found}, expected {min} to {max}")]
    Cost {
        /// Which parameter.
        parameter: &'static str,
        /// What the file asks for.
        found: u32,
        /// The least that is accepted.
        min: u32,
        /// The most that is accepted.
        max: u32,
    },
    /// The secret in the file is in the clear, and others than its owner may read it.
    #[error("{} is not encrypted and has mode {mode:04o}, expected 0600", path.display())]
    Permissions {
        /// Which file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A PEM file that is neither `PRIVATE KEY` nor `ENCRYPTED PRIVATE KEY`.
    #[error("PEM of the kind {found:?}, expected PRIVATE KEY or ENCRYPTED PRIVATE KEY")]
    PemKind {
        /// What it says it is.
        found: String,
    },
    /// Not the PEM (RFC 7468) or the DER of a PKCS #8 private key.
    #[error("not a PKCS #8 private key")]
    Pkcs8(#[source] pkcs8::Error),
    /// A key of another algorithm.
    #[error("a key of the algorithm {oid}, expected Ed25519 (1.3.101.112) without parameters")]
    Algorithm {
        /// Its object identifier.
        oid: String,
    },
    /// The secret of this key is published.
    #[error(transparent)]
    ExampleKey(#[from] ExampleKeyError),
    /// No passphrase was obtained.
    #[error(transparent)]
    Passphrase(#[from] PassphraseError),
    /// The passphrase does not open the file.
    #[error("the passphrase does not open the key file")]
    WrongPassphrase,
    /// The secret is that of another public half.
    #[error("the secret is not that of the public half")]
    PublicMismatch,
    /// There is not enough memory for the key derivation.
    #[error("not enough memory for the key derivation: {memory_kib} KiB")]
    Memory {
        /// What was needed.
        memory_kib: u32,
    },
    /// No unpredictable bytes were obtained.
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
}
