//! Ed25519 (RFC 8032) as this crate verifies it, against Project Wycheproof's cases and against keys and signatures of small
//! order.
//!
//! `vectors/ed25519.txt` lists every Wycheproof case by its number with our verdict, so that a change of a verdict is a
//! change of a file. `INTERDICT_WRITE_VECTORS=1 cargo test -p interdict-schema --test ed25519_vectors` writes it anew.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]
#![allow(clippy::disallowed_methods, reason = "the table is written where whoever runs this asks for it")]

use std::fmt::Write as _;
use std::path::Path;

use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use ed25519_dalek::{Signature, SigningKey, Verifier as _, VerifyingKey};
use interdict_schema::key::{Ed25519Only, KeyRefusal, PublicKey};
use sha2::{Digest, Sha512};
use wycheproof::TestResult;
use wycheproof::eddsa::{TestName, TestSet};

const HEADER: &str = "\
# Project Wycheproof, Ed25519: case number, our verdict, theirs. Written by tests/ed25519_vectors.rs.
";

fn word(accepted: bool) -> &'static str {
    if accepted { "accepted" } else { "refused" }
}

#[test]
fn every_wycheproof_case_has_the_verdict_that_is_committed() {
    let mut table = String::from(HEADER);
    let mut cases = 0;
    for group in TestSet::load(TestName::Ed25519).unwrap().test_groups {
        let key = PublicKey::ed25519(&group.key.pk);
        for case in group.tests {
            let ours = key.as_ref().is_ok_and(|key| key.verifies(&case.msg, &case.sig, &Ed25519Only));
            let theirs = match case.result {
                TestResult::Valid => "valid",
                TestResult::Invalid => "invalid",
                TestResult::Acceptable => "acceptable",
            };
            assert!(!(ours && theirs == "invalid"), "case {}: a forgery is accepted", case.tc_id);
            assert!(ours || theirs != "valid", "case {}: a good signature is refused", case.tc_id);
            writeln!(table, "{} {} {theirs}", case.tc_id, word(ours)).unwrap();
            cases += 1;
        }
    }
    assert!(cases > 100, "found {cases} cases only");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/ed25519.txt");
    if std::env::var_os("INTERDICT_WRITE_VECTORS").is_some() {
        std::fs::write(&file, &table).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), table);
}

/// The field's prime, 2^255 - 19, little-endian.
fn prime() -> [u8; 32] {
    let mut prime = [0xff; 32];
    prime[0] = 0xed;
    prime[31] = 0x7f;
    prime
}

/// Every encoding of a y below 19 that has a second one (y + p still fits into 255 bits), with either sign bit.
fn second_encodings() -> impl Iterator<Item = [u8; 32]> {
    (0..19_u8).flat_map(|y| {
        [0, 0x80].map(|sign| {
            let mut bytes = prime();
            bytes[0] += y;
            bytes[31] |= sign;
            bytes
        })
    })
}

#[test]
fn no_point_of_small_order_is_a_key_however_it_is_encoded() {
    for point in EIGHT_TORSION {
        let bytes = point.compress().to_bytes();
        assert_eq!(PublicKey::ed25519(&bytes), Err(KeyRefusal::Weak), "{bytes:02x?}");
    }
    // x = 0 with the sign bit set: y = 1 and y = -1 have it as a second spelling.
    let (mut one, mut minus_one) = ([0; 32], prime());
    one[0] = 1;
    minus_one[0] -= 1;
    for mut negative_zero in [one, minus_one] {
        negative_zero[31] |= 0x80;
        assert_eq!(PublicKey::ed25519(&negative_zero), Err(KeyRefusal::NotCanonical), "{negative_zero:02x?}");
    }
}

#[test]
fn no_second_encoding_of_a_point_is_a_key() {
    let mut of_points = 0;
    for bytes in second_encodings() {
        of_points += usize::from(CompressedEdwardsY(bytes).decompress().is_some());
        assert_eq!(PublicKey::ed25519(&bytes), Err(KeyRefusal::NotCanonical), "{bytes:02x?}");
    }
    assert!(of_points > 2, "the lenient decompression knows {of_points} of them as points");
}

/// A key with its secret scalar, which signatures that are odd on purpose need.
fn key() -> (Scalar, VerifyingKey) {
    let secret = SigningKey::from_bytes(&[7; 32]);
    (secret.to_scalar(), secret.verifying_key())
}

/// `H(R || A || M)` of RFC 8032, 5.1.7.
fn challenge(r: &EdwardsPoint, a: &VerifyingKey, message: &[u8]) -> Scalar {
    let hash =
        Sha512::new().chain_update(r.compress().as_bytes()).chain_update(a.as_bytes()).chain_update(message);
    Scalar::from_bytes_mod_order_wide(&hash.finalize().into())
}

fn signature(r: &EdwardsPoint, s: Scalar) -> [u8; 64] {
    Signature::from_components(r.compress().to_bytes(), s.to_bytes()).to_bytes()
}

#[test]
fn a_signature_with_a_commitment_of_small_order_is_refused_where_others_accept_it() {
    let (secret, public) = key();
    let ours = PublicKey::ed25519(public.as_bytes()).unwrap();
    let mut accepted_elsewhere = 0;
    for r in EIGHT_TORSION {
        let s = challenge(&r, &public, b"order") * secret;
        let bytes = signature(&r, s);
        accepted_elsewhere += usize::from(public.verify(b"order", &Signature::from_bytes(&bytes)).is_ok());
        assert!(!ours.verifies(b"order", &bytes, &Ed25519Only), "{bytes:02x?}");
    }
    // The identity fits the equation as RFC 8032 has it: only strictness refuses it.
    assert_eq!(accepted_elsewhere, 1);
}

#[test]
fn a_signature_that_only_fits_after_multiplying_by_the_cofactor_is_refused() {
    let (secret, public) = key();
    let ours = PublicKey::ed25519(public.as_bytes()).unwrap();
    let nonce = Scalar::from(123_456_789_u64);
    let honest = EdwardsPoint::mul_base(&nonce);
    let sign = |r: &EdwardsPoint| signature(r, nonce + challenge(r, &public, b"order") * secret);
    assert!(ours.verifies(b"order", &sign(&honest), &Ed25519Only));
    for torsion in EIGHT_TORSION.into_iter().filter(|point| *point != EIGHT_TORSION[0]) {
        assert!(!ours.verifies(b"order", &sign(&(honest + torsion)), &Ed25519Only));
    }
}

/// The order of the base point, 2^252 + 27742317777372353535851937790883648493 (RFC 8032, 5.1).
const ORDER: u128 = 27_742_317_777_372_353_535_851_937_790_883_648_493;

#[test]
fn the_same_scalar_plus_the_order_is_not_a_second_signature() {
    let (secret, public) = key();
    let ours = PublicKey::ed25519(public.as_bytes()).unwrap();
    let r = EdwardsPoint::mul_base(&Scalar::from(5_u64));
    let good = signature(&r, Scalar::from(5_u64) + challenge(&r, &public, b"order") * secret);
    assert!(ours.verifies(b"order", &good, &Ed25519Only));
    let mut order = [0; 32];
    order[..16].copy_from_slice(&ORDER.to_le_bytes());
    order[31] = 0x10;
    let mut malleated = good;
    let mut carry = 0;
    for (byte, add) in malleated[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    assert_eq!(carry, 0);
    assert!(!ours.verifies(b"order", &malleated, &Ed25519Only));
    for length in [0, 1, 32, 63] {
        assert!(!ours.verifies(b"order", &good[..length], &Ed25519Only));
    }
    assert!(!ours.verifies(b"order", &[good.as_slice(), &[0]].concat(), &Ed25519Only));
}
