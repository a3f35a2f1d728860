//! An officer's desk: what is being signed, what it would change, and the signature.
//!
//! | file | what is in it |
//! |---|---|
//! | `input` | a file that is a draft or an envelope |
//! | `summary` | what is being signed, in words |
//! | `difference` | what a revision of a list of identifiers changes |
//!
//! What a revision of a directive changes, and by when an action is due, is put into words by
//! `interdict_schema::directive::difference`.
//!
//! Text in what these return comes from documents: whoever shows it escapes it.

mod difference;
mod input;
mod summary;

use interdict_host::signer::{SignError, Signer};
use interdict_host::verifier::Provider;
use interdict_schema::dsse::{Envelope, Signature, pae};
use interdict_schema::key::PublicKey;
use interdict_schema::tuf::Key;

pub use difference::{list_differences, waiver_differences};
pub use input::{Input, InputError, read};
pub use summary::{Line, of_directive, of_issuers, of_list, of_waiver};

/// What became of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It was added.
    Signature,
    /// The key had signed already: nothing was changed.
    Nothing,
}

/// Adds a key's signature to an envelope, over the very payload bytes that the envelope holds.
///
/// # Errors
///
/// [`SignError`] when the key does not sign.
pub fn add_signature(envelope: &mut Envelope, signer: &dyn Signer) -> Result<Added, SignError> {
    let Ok(public) = PublicKey::ed25519(signer.public()) else { return Err(SignError::Faulty) };
    if has_signed(envelope, &public) {
        return Ok(Added::Nothing);
    }
    let sig = signer.sign(&pae(&envelope.payload_type, &envelope.payload))?.to_vec();
    envelope.signatures.push(Signature { keyid: Some(Key::of(&public).keyid()), sig });
    Ok(Added::Signature)
}

/// Whether an envelope carries a good signature by this key.
pub fn has_signed(envelope: &Envelope, key: &PublicKey) -> bool {
    let message = pae(&envelope.payload_type, &envelope.payload);
    envelope.signatures.iter().any(|signature| key.verifies(&message, &signature.sig, &Provider))
}
