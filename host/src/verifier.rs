//! Signatures by ECDSA on P-256 and by RSA, for repositories that are not signed with Ed25519 (TUF 1.0.34, 4.2.2).
//!
//! The arithmetic is ring's, which TLS brings in anyway. What is decided here is which key material is a key: exactly one
//! encoding of each, because keys are told apart by their material when signatures are counted.
//!
//! Not here: Ed25519, which `interdict-schema` checks itself, and strictly; secret keys of any kind.

mod spki;
#[cfg(test)]
mod tests;

use interdict_schema::key::Verifier;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaParameters,
    UnparsedPublicKey,
};

use spki::RsaKey;

/// Checks signatures under `ecdsa-sha2-nistp256`, `rsassa-pss-sha256` and `rsa-pkcs1v15-sha256`. This is the one verifier of
/// both programs.
///
/// Material is a `SubjectPublicKeyInfo` (RFC 5280, 4.1.2.7) in DER, as PEM with lines of 64 (RFC 7468, 13), as
/// [`interdict_schema::tuf::Key`] lays it out: a point of P-256 without compression, or an RSA modulus of 2048 to 8192
/// bits. Signatures are DER for ECDSA (RFC 3279, 2.2.3); the salt of PSS is as long as the digest, 32 bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Provider;

impl Verifier for Provider {
    fn verifies(&self, scheme: &str, material: &[u8], message: &[u8], signature: &[u8]) -> bool {
        let Some(der) = spki::from_pem(material) else { return false };
        match scheme {
            "ecdsa-sha2-nistp256" => spki::p256_point(&der).is_some_and(|point| {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature).is_ok()
            }),
            "rsassa-pss-sha256" => rsa(&RSA_PSS_2048_8192_SHA256, &der, message, signature),
            "rsa-pkcs1v15-sha256" => rsa(&RSA_PKCS1_2048_8192_SHA256, &der, message, signature),
            _ => false,
        }
    }
}

fn rsa(parameters: &RsaParameters, der: &[u8], message: &[u8], signature: &[u8]) -> bool {
    spki::rsa_key(der).is_some_and(|RsaKey { n, e }| {
        ring::signature::RsaPublicKeyComponents { n, e }.verify(parameters, message, signature).is_ok()
    })
}
