//! Directives signed with the example keys, and believed through the same functions that the client uses.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "shared by tests that each use a part of it; a test that cannot go on fails"
)]

use ed25519_dalek::Signer as _;
use interdict_keys_example::{Name, key};
use interdict_schema::believe::{Believed, believe};
use interdict_schema::directive::Directive;
use interdict_schema::dsse::{Envelope, Signature, pae};
use interdict_schema::entity::EntityList;
use interdict_schema::issuers::{FORMAT, Issuer, IssuerKey, Issuers, KeyState};
use interdict_schema::key::{Ed25519Only, PublicKey};
use interdict_schema::{Verified, payload_type};

fn envelope(payload_type: &str, payload: Vec<u8>, signers: &[Name]) -> Envelope {
    let message = pae(payload_type, &payload);
    let sign = |name: &Name| Signature { keyid: None, sig: key(*name).sign(&message).to_bytes().into() };
    Envelope { payload_type: payload_type.into(), payload, signatures: signers.iter().map(sign).collect() }
}

/// The one issuer `dhs`, whose prefixes are `BOD` and `KEV`, and of whose officers two must sign.
fn issuers() -> Verified<Issuers> {
    let issuer_key = |name: Name| IssuerKey {
        scheme: "ed25519".into(),
        public: key(name)
            .verifying_key()
            .to_bytes()
            .iter()
            .fold(String::new(), |text, byte| format!("{text}{byte:02x}")),
        state: KeyState::Active,
        vouches: Vec::new(),
        holder: None,
    };
    let issuer = Issuer {
        id: "dhs".into(),
        name: "An example authority".into(),
        threshold: 2,
        prefixes: vec!["BOD".into(), "KEV".into()],
        may_amend: Vec::new(),
        keys: vec![issuer_key(Name::Officer1), issuer_key(Name::Officer2)],
    };
    let list = Issuers { format: FORMAT.into(), version: 1, issuers: vec![issuer], repudiated: Vec::new() };
    let roots = [PublicKey::ed25519(key(Name::Root1).verifying_key().as_bytes()).unwrap()];
    let signed = envelope(payload_type::ISSUERS, serde_json::to_vec(&list).unwrap(), &[Name::Root1]);
    Issuers::open(&signed, &roots, 1, &roots, &Ed25519Only).unwrap()
}

/// Signs the payload of a list of identifiers of `dhs` and believes it.
pub(crate) fn believed_list(payload: &[u8]) -> Verified<Believed<EntityList>> {
    let path = EntityList::parse(payload).unwrap().value.target_path();
    let signed = envelope(payload_type::ENTITY_LIST, payload.to_vec(), &[Name::Officer1, Name::Officer2]);
    believe(&signed, &path, &issuers(), &Ed25519Only).unwrap()
}

/// Signs the payload of a directive of `dhs` and believes it.
pub(crate) fn believed(payload: &[u8]) -> Verified<Believed> {
    let path = Directive::parse(payload).unwrap().value.target_path();
    let signed = envelope(payload_type::DIRECTIVE, payload.to_vec(), &[Name::Officer1, Name::Officer2]);
    believe(&signed, &path, &issuers(), &Ed25519Only).unwrap()
}
