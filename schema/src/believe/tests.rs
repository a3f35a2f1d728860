use alloc::vec;

use ed25519_dalek::{Signer, SigningKey};

use super::*;
use crate::dsse::{Signature, pae};
use crate::issuers::{FORMAT, KeyState};
use crate::key::Ed25519Only;
use crate::threshold::Shortfall;

type Case = (Envelope, &'static str, Result<Verified<Believed>, Refusal>);

fn secret(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn issuer(id: &str, prefix: &str, seeds: &[u8]) -> Issuer {
    let key = |seed: &u8| IssuerKey {
        scheme: "ed25519".into(),
        public: base16ct::lower::encode_string(secret(*seed).verifying_key().as_bytes()),
        state: KeyState::Active,
        vouches: Vec::new(),
        holder: None,
    };
    let keys = seeds.iter().map(key).collect();
    Issuer {
        id: id.into(),
        name: id.into(),
        threshold: 2,
        prefixes: vec![prefix.into()],
        may_amend: Vec::new(),
        keys,
    }
}

fn issuers() -> Issuers {
    let list = vec![issuer("dhs", "BOD", &[1, 2, 3]), issuer("other", "X", &[4, 5])];
    Issuers { format: FORMAT.into(), version: 1, issuers: list, repudiated: Vec::new() }
}

fn payload(id: &str, revision: u32, issuer: &str, previous: Option<Sha256>) -> Vec<u8> {
    let previous = previous.map(|digest| alloc::format!(r#""previous":"{digest}","#)).unwrap_or_default();
    alloc::format!(
        r#"{{"format":"interdict-directive/1","id":"{id}","revision":{revision},{previous}"status":"in-force","title":"t",
            "issuer":"{issuer}","zone":"UTC","issued":"2017-09-13"}}"#
    )
    .into_bytes()
}

fn signed(payload: Vec<u8>, seeds: &[u8]) -> Envelope {
    let message = pae(payload_type::DIRECTIVE, &payload);
    let signatures = seeds
        .iter()
        .map(|seed| Signature { keyid: None, sig: secret(*seed).sign(&message).to_bytes().into() })
        .collect();
    Envelope { payload_type: payload_type::DIRECTIVE.into(), payload, signatures }
}

fn judge(envelope: &Envelope, path: &str, issuers: Issuers) -> Result<Verified<Believed>, Refusal> {
    believe(envelope, path, &Verified::attest(issuers), &Ed25519Only)
}

/// trust.md rule 2
#[test]
fn believes_what_the_issuers_threshold_signed_under_the_path_that_names_it() {
    let believed =
        judge(&signed(payload("BOD-1", 1, "dhs", None), &[1, 3]), "BOD-1.1.json", issuers()).unwrap();
    assert_eq!(believed.document.value.id.as_str(), "BOD-1");
}

/// trust.md rule 2
#[test]
fn refuses_every_disagreement_between_path_issuer_and_payload() {
    let two = &[1, 2];
    let shortfall =
        |found| Err(Refusal::Envelope(dsse::Refusal::Threshold(Shortfall { found, required: 2 })));
    let cases: Vec<Case> = vec![
        (signed(payload("BOD-1", 1, "dhs", None), &[1]), "BOD-1.1.json", shortfall(1)),
        (signed(payload("BOD-1", 1, "dhs", None), &[1, 4]), "BOD-1.1.json", shortfall(1)),
        (signed(payload("BOD-1", 1, "other", None), &[4, 5]), "BOD-1.1.json", shortfall(0)),
        (
            signed(payload("BOD-1", 1, "dhs", None), two),
            "BOD-1.json",
            Err(Refusal::TargetPath { found: "BOD-1.json".into(), wanted: "<id>.<revision>.json" }),
        ),
        (
            signed(payload("BOD-1", 1, "dhs", None), two),
            "Y-1.1.json",
            Err(Refusal::NoIssuer { id: "Y-1".parse().unwrap() }),
        ),
        (
            signed(payload("BOD-2", 1, "dhs", None), two),
            "BOD-1.1.json",
            Err(Refusal::Id { found: "BOD-2".parse().unwrap(), expected: "BOD-1".parse().unwrap() }),
        ),
        (
            signed(payload("BOD-1", 2, "dhs", None), two),
            "BOD-1.1.json",
            Err(Refusal::Revision { found: Revision::FIRST.next(), expected: Revision::FIRST }),
        ),
        (
            signed(payload("BOD-1", 1, "other", None), two),
            "BOD-1.1.json",
            Err(Refusal::Issuer { found: "other".into(), expected: "dhs".into() }),
        ),
    ];
    for (envelope, path, wanted) in cases {
        assert_eq!(judge(&envelope, path, issuers()), wanted, "{path}");
    }
}

fn list(id: &str, issuer: &str, payload_type: &str, seeds: &[u8]) -> Envelope {
    let payload = alloc::format!(
        r#"{{"format":"interdict-entity-list/1","id":"{id}","revision":1,"title":"t","issuer":"{issuer}","issued":"2017-09-13"}}"#
    )
    .into_bytes();
    let message = pae(payload_type, &payload);
    let sign = |seed: &u8| secret(*seed).sign(&message).to_bytes().into();
    let signatures = seeds.iter().map(|seed| Signature { keyid: None, sig: sign(seed) }).collect();
    Envelope { payload_type: payload_type.into(), payload, signatures }
}

/// trust.md rule 2
#[test]
fn a_list_is_believed_by_the_rules_of_a_directive_and_never_as_one() {
    let judge = |envelope: &Envelope, path: &str| {
        let believed = believe::<EntityList>(envelope, path, &Verified::attest(issuers()), &Ed25519Only);
        believed.map(|believed| believed.document.value.id.clone())
    };
    let path = "BOD-X.1.entity-list.json";
    let good = list("BOD-X", "dhs", payload_type::ENTITY_LIST, &[1, 3]);
    assert_eq!(judge(&good, path), Ok("BOD-X".parse().unwrap()));
    let shortfall = |found| Refusal::Envelope(dsse::Refusal::Threshold(Shortfall { found, required: 2 }));
    let stolen = list("BOD-X", "other", payload_type::ENTITY_LIST, &[4, 5]);
    assert_eq!(judge(&stolen, path), Err(shortfall(0)));
    assert_eq!(judge(&list("BOD-X", "dhs", payload_type::ENTITY_LIST, &[1, 4]), path), Err(shortfall(1)));
    let expected = "dhs".into();
    let borrowed = list("BOD-X", "other", payload_type::ENTITY_LIST, &[1, 2]);
    assert_eq!(judge(&borrowed, path), Err(Refusal::Issuer { found: "other".into(), expected }));
    let as_directive = list("BOD-X", "dhs", payload_type::DIRECTIVE, &[1, 3]);
    assert!(matches!(judge(&as_directive, path), Err(Refusal::Envelope(dsse::Refusal::PayloadType { .. }))));
    let wanted = "<id>.<revision>.entity-list.json";
    assert_eq!(
        judge(&good, "BOD-X.1.json"),
        Err(Refusal::TargetPath { found: "BOD-X.1.json".into(), wanted })
    );
    assert!(matches!(
        super::believe::<Directive>(&good, "BOD-X.1.json", &Verified::attest(issuers()), &Ed25519Only),
        Err(Refusal::Envelope(dsse::Refusal::PayloadType { .. }))
    ));
}

#[test]
fn refuses_a_payload_that_was_repudiated_whoever_signed_it() {
    let envelope = signed(payload("BOD-1", 1, "dhs", None), &[1, 2, 3]);
    let mut list = issuers();
    list.repudiated.push(envelope.digest());
    assert_eq!(
        judge(&envelope, "BOD-1.1.json", list),
        Err(Refusal::Repudiated { digest: envelope.digest() })
    );
}

/// trust.md rule 4
#[test]
fn a_chain_rises_from_one_and_each_revision_names_the_one_before() {
    let judged = |revision, previous| {
        let envelope = signed(payload("BOD-1", revision, "dhs", previous), &[1, 2]);
        judge(&envelope, &alloc::format!("BOD-1.{revision}.json"), issuers()).unwrap().into_inner()
    };
    let first = judged(1, None);
    let second = judged(2, Some(first.payload.digest));
    assert_eq!(check_chain([&first, &second]), Ok(()));
    let expected = Revision::FIRST;
    assert_eq!(check_chain([&second]), Err(BrokenChain::Gap { found: expected.next(), expected }));
    assert_eq!(
        check_chain([&first, &first]),
        Err(BrokenChain::Gap { found: expected, expected: expected.next() })
    );
    let forged = judged(2, Some(Sha256::of(b"another")));
    let wanted = BrokenChain::Previous {
        revision: expected.next(),
        found: Some(Sha256::of(b"another")),
        expected: Some(first.payload.digest),
    };
    assert_eq!(check_chain([&first, &forged]), Err(wanted));
    assert!(matches!(check_chain([&judged(1, Some(Sha256::of(b"x")))]), Err(BrokenChain::Previous { .. })));
}
