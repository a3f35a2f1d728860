//! Envelopes: what is read is written and read again as the same, and nothing opens without enough signatures.
#![no_main]

use interdict_schema::dsse::Envelope;
use interdict_schema::key::{Ed25519Only, PublicKey};
use interdict_schema::payload_type;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(envelope) = Envelope::parse(bytes, 1 << 20) else { return };
    let written = envelope.to_bytes();
    assert_eq!(Envelope::parse(&written, 1 << 24).expect("what was written can be read"), envelope);
    let stranger = ed25519_dalek::SigningKey::from_bytes(&[42; 32]).verifying_key();
    let key = PublicKey::ed25519(stranger.as_bytes()).unwrap();
    assert!(envelope.open(payload_type::DIRECTIVE, &[key], 1, &Ed25519Only).is_err());
    assert!(envelope.open(payload_type::ISSUERS, &[], 0, &Ed25519Only).is_err());
});
