//! Envelopes: raw bytes, their payload type, and signatures (DSSE 1.0.2).
//!
//! The payload is signed as it stands, through the pre-authentication encoding; nothing is canonicalised. Who may sign
//! what is not decided here: see [`crate::issuers`] and [`crate::believe`].

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::{Deserialize, Serialize};

use crate::json::{self, DecodeError, ReadError};
use crate::key::{PublicKey, Verifier};
use crate::limits::ENVELOPE_SIGNATURES;
use crate::threshold::{self, Count, Shortfall};
use crate::{Sha256, Verified};

const READING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, READING);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, READING);

/// An envelope that was read, and in which nothing has been believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// What kind of document the payload is.
    pub payload_type: String,
    /// The document's bytes.
    pub payload: Vec<u8>,
    /// At most [`ENVELOPE_SIGNATURES`].
    pub signatures: Vec<Signature>,
}

/// One signature of an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// A hint, which decides nothing.
    pub keyid: Option<String>,
    /// The signature's bytes.
    pub sig: Vec<u8>,
}

/// A payload whose envelope met its threshold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// The document's bytes.
    pub bytes: Vec<u8>,
    /// SHA-256 of these bytes: the name of this document (`trust.md`, rule 4).
    pub digest: Sha256,
    /// Who signed.
    pub signed_by: Count,
}

/// Bytes that are not an envelope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnEnvelope {
    /// Not strict JSON.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// JSON of another shape.
    #[error(transparent)]
    Shape(#[from] DecodeError),
    /// A member is not base64.
    #[error("at {pointer}: not base64")]
    Base64 {
        /// The member.
        pointer: json::Pointer,
    },
    /// Too many signatures.
    #[error("found {found} signatures, wanted at most {limit}")]
    TooManySignatures {
        /// How many there are.
        found: usize,
        /// The most that are read.
        limit: usize,
    },
}

/// An envelope that was not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Another kind of document.
    #[error("found payload type {found:?}, wanted {expected:?}")]
    PayloadType {
        /// The envelope's.
        found: String,
        /// What was asked for.
        expected: &'static str,
    },
    /// Too few of the trusted keys signed.
    #[error(transparent)]
    Threshold(#[from] Shortfall),
}

#[derive(Serialize, Deserialize)]
struct Wire<'a> {
    payload: Cow<'a, str>,
    #[serde(rename = "payloadType")]
    payload_type: Cow<'a, str>,
    signatures: Vec<WireSignature<'a>>,
}

#[derive(Serialize, Deserialize)]
struct WireSignature<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    keyid: Option<Cow<'a, str>>,
    sig: Cow<'a, str>,
}

/// The bytes that a signature covers: `DSSEv1 SP LEN(type) SP type SP LEN(payload) SP payload` (DSSE 1.0.2, PAE).
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut out =
        alloc::format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    out.extend_from_slice(payload);
    out
}

impl Envelope {
    /// Reads an envelope, of at most `max_bytes` bytes. Unknown members are allowed, both base64 alphabets are read.
    ///
    /// # Errors
    /// [`NotAnEnvelope`] with the place.
    pub fn parse(bytes: &[u8], max_bytes: u64) -> Result<Self, NotAnEnvelope> {
        let value = json::parse_within(bytes, max_bytes)?;
        let wire: Wire<'_> = json::decode(&value)?.value;
        if wire.signatures.len() > ENVELOPE_SIGNATURES {
            return Err(NotAnEnvelope::TooManySignatures {
                found: wire.signatures.len(),
                limit: ENVELOPE_SIGNATURES,
            });
        }
        let signatures = json::Pointer::root().join("signatures");
        Ok(Self {
            payload: unbase64(&wire.payload, || json::Pointer::root().join("payload"))?,
            payload_type: wire.payload_type.into_owned(),
            signatures: wire
                .signatures
                .into_iter()
                .enumerate()
                .map(|(number, signature)| {
                    let sig = unbase64(&signature.sig, || signatures.join(number).join("sig"))?;
                    Ok(Signature { keyid: signature.keyid.map(Cow::into_owned), sig })
                })
                .collect::<Result<_, NotAnEnvelope>>()?,
        })
    }

    /// The envelope as a file: one line of JSON and a line end, the same for equal envelopes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let wire = Wire {
            payload: STANDARD.encode(&self.payload).into(),
            payload_type: self.payload_type.as_str().into(),
            signatures: self
                .signatures
                .iter()
                .map(|signature| WireSignature {
                    keyid: signature.keyid.as_deref().map(Cow::Borrowed),
                    sig: STANDARD.encode(&signature.sig).into(),
                })
                .collect(),
        };
        let mut bytes = serde_json::to_vec(&wire).expect("strings and arrays are always JSON");
        bytes.push(b'\n');
        bytes
    }

    /// SHA-256 of the payload.
    pub fn digest(&self) -> Sha256 {
        Sha256::of(&self.payload)
    }

    /// The keys, among those given, that signed: every key is tried with every signature, a keyid is a hint.
    ///
    /// # Errors
    /// [`Refusal`] where the payload type is another, or fewer than `required` of `keys` signed.
    pub fn open(
        &self,
        expected: &'static str,
        keys: &[PublicKey],
        required: u32,
        verifier: &dyn Verifier,
    ) -> Result<Verified<Payload>, Refusal> {
        let signed_by = self.signers(expected, keys, required, verifier)?;
        Ok(Verified::attest(Payload { bytes: self.payload.clone(), digest: self.digest(), signed_by }))
    }

    /// Who signed: [`open`](Self::open) without a copy of the payload.
    pub(crate) fn signers<'k>(
        &self,
        expected: &'static str,
        keys: impl IntoIterator<Item = &'k PublicKey>,
        required: u32,
        verifier: &dyn Verifier,
    ) -> Result<Count, Refusal> {
        if self.payload_type != expected {
            return Err(Refusal::PayloadType { found: self.payload_type.clone(), expected });
        }
        let message = pae(&self.payload_type, &self.payload);
        let candidates = keys
            .into_iter()
            .flat_map(|key| self.signatures.iter().map(move |signature| (key, signature.sig.as_slice())));
        Ok(threshold::meet(&message, candidates, required, verifier)?)
    }
}

fn unbase64(text: &str, place: impl Fn() -> json::Pointer) -> Result<Vec<u8>, NotAnEnvelope> {
    let engine = if text.contains(['-', '_']) { &URL_SAFE } else { &STANDARD };
    engine.decode(text).map_err(|_| NotAnEnvelope::Base64 { pointer: place() })
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use ed25519_dalek::{Signer, SigningKey};

    use super::*;
    use crate::key::Ed25519Only;

    const KIND: &str = "application/vnd.interdict.directive+json";

    fn officer(seed: u8) -> (SigningKey, PublicKey) {
        let secret = SigningKey::from_bytes(&[seed; 32]);
        let public = PublicKey::ed25519(secret.verifying_key().as_bytes()).unwrap();
        (secret, public)
    }

    fn signed(payload: &[u8], seeds: &[u8]) -> Envelope {
        let message = pae(KIND, payload);
        let signatures = seeds
            .iter()
            .map(|seed| Signature { keyid: None, sig: officer(*seed).0.sign(&message).to_bytes().into() })
            .collect();
        Envelope { payload_type: KIND.into(), payload: payload.into(), signatures }
    }

    #[test]
    fn encodes_the_example_of_the_specification() {
        assert_eq!(
            pae("http://example.com/HelloWorld", b"hello world"),
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
    }

    #[test]
    fn opens_what_enough_trusted_keys_signed_and_nothing_less() {
        let keys = [officer(1).1, officer(2).1];
        let opened = signed(b"{}", &[1, 2]).open(KIND, &keys, 2, &Ed25519Only).unwrap();
        assert_eq!((opened.bytes.as_slice(), opened.signed_by.keys.len()), (b"{}".as_slice(), 2));
        for (seeds, found) in [(vec![1], 1), (vec![1, 1], 1), (vec![1, 3], 1), (vec![], 0)] {
            let refused = signed(b"{}", &seeds).open(KIND, &keys, 2, &Ed25519Only);
            assert_eq!(refused, Err(Refusal::Threshold(Shortfall { found, required: 2 })), "{seeds:?}");
        }
    }

    #[test]
    fn refuses_a_payload_of_another_type_even_with_every_signature() {
        let mut envelope = signed(b"{}", &[1]);
        envelope.payload_type = "application/vnd.interdict.waiver+json".into();
        assert!(matches!(
            envelope.open(KIND, &[officer(1).1], 1, &Ed25519Only),
            Err(Refusal::PayloadType { .. })
        ));
    }

    #[test]
    fn reads_back_what_it_writes_and_both_alphabets() {
        let envelope = signed(b"\xfb\xff\xfe{}", &[1, 2]);
        let bytes = envelope.to_bytes();
        assert_eq!(Envelope::parse(&bytes, 10_000), Ok(envelope.clone()));
        let url_safe = String::from_utf8(bytes)
            .unwrap()
            .replace('+', "-")
            .replace("application/vnd", "application#vnd")
            .replace('/', "_");
        let url_safe = url_safe
            .replace("application#vnd", "application/vnd")
            .replace("directive-json", "directive+json");
        assert_eq!(Envelope::parse(url_safe.as_bytes(), 10_000), Ok(envelope));
    }

    #[test]
    fn refuses_one_signature_more_than_the_limit() {
        let mut envelope = signed(b"{}", &[1]);
        let one = envelope.signatures.first().cloned().unwrap();
        envelope.signatures = vec![one; ENVELOPE_SIGNATURES];
        assert!(Envelope::parse(&envelope.to_bytes(), 100_000).is_ok());
        envelope.signatures.extend(envelope.signatures.first().cloned());
        assert_eq!(
            Envelope::parse(&envelope.to_bytes(), 100_000),
            Err(NotAnEnvelope::TooManySignatures {
                found: ENVELOPE_SIGNATURES + 1,
                limit: ENVELOPE_SIGNATURES
            })
        );
    }

    #[test]
    fn says_where_an_envelope_is_malformed() {
        let error = Envelope::parse(br#"{"payload":"","payloadType":"x","signatures":[{"sig":"*"}]}"#, 1_000)
            .unwrap_err();
        assert_eq!(
            error,
            NotAnEnvelope::Base64 { pointer: json::Pointer::root().join("signatures").join(0).join("sig") }
        );
    }
}
