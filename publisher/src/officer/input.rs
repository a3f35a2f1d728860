//! What an officer is given: a draft, or an envelope that others signed before.

use interdict_schema::directive::draft::{NotADraft, payload_of, strip_comments};
use interdict_schema::dsse::{Envelope, NotAnEnvelope};
use interdict_schema::json;
use interdict_schema::limits::ENVELOPE_LENGTH;
use thiserror::Error;

/// A file to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A draft: the payload made from it, which nobody has signed.
    Draft(Vec<u8>),
    /// An envelope.
    Envelope(Envelope),
}

/// A file that cannot be signed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InputError {
    /// Not a draft.
    #[error("neither a draft nor an envelope")]
    Draft(#[from] NotADraft),
    /// Looks like an envelope and is none.
    #[error("not an envelope")]
    Envelope(#[from] NotAnEnvelope),
}

/// Reads a file: an object with `payload` and `payloadType` is an envelope, anything else a draft.
///
/// # Errors
///
/// [`InputError`].
pub fn read(bytes: &[u8]) -> Result<Input, InputError> {
    if looks_like_an_envelope(bytes) {
        return Ok(Input::Envelope(Envelope::parse(bytes, ENVELOPE_LENGTH)?));
    }
    Ok(Input::Draft(payload_of(bytes)?))
}

fn looks_like_an_envelope(bytes: &[u8]) -> bool {
    let Ok(plain) = strip_comments(bytes) else { return false };
    json::parse(&plain)
        .is_ok_and(|value| value.get("payload").is_some() && value.get("payloadType").is_some())
}
