//! The only place that counts signatures, for DSSE envelopes and TUF metadata alike.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use crate::key::{PublicKey, Verifier};

/// How many distinct keys signed a message, where enough did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The keys whose signature verified, each once.
    pub keys: Vec<PublicKey>,
    /// The number that was required, at least 1.
    pub required: u32,
}

/// Too few distinct keys signed a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("signatures by {found} of the trusted keys, wanted {required}")]
pub struct Shortfall {
    /// Distinct keys whose signature verified.
    pub found: u32,
    /// The number that was required.
    pub required: u32,
}

/// Counts the distinct public keys that signed `message`.
///
/// `candidates` pairs a trusted key with a signature that might be its own: TUF pairs them by keyid, DSSE tries every
/// key. Distinct means distinct *parsed public keys*: the same key under two keyids or for two schemes, or two signatures by one key,
/// count once (TUF 1.0.34, 5.3.4; DSSE 1.0.2, protocol). A bad signature, or a key that `verifier` cannot use, counts for nothing.
/// A threshold of zero is met by nobody.
///
/// # Errors
/// [`Shortfall`] where fewer than `required` keys signed.
pub fn meet<'a>(
    message: &[u8],
    candidates: impl IntoIterator<Item = (&'a PublicKey, &'a [u8])>,
    required: u32,
    verifier: &dyn Verifier,
) -> Result<Count, Shortfall> {
    let mut signed: BTreeMap<&[u8], &PublicKey> = BTreeMap::new();
    // A signature that one key made is not tried with another: verification is what costs.
    let mut spent: BTreeSet<&[u8]> = BTreeSet::new();
    for (key, signature) in candidates {
        if !signed.contains_key(key.material())
            && !spent.contains(signature)
            && key.verifies(message, signature, verifier)
        {
            signed.insert(key.material(), key);
            spent.insert(signature);
        }
    }
    let found = u32::try_from(signed.len()).unwrap_or(u32::MAX);
    if required == 0 || found < required {
        return Err(Shortfall { found, required });
    }
    Ok(Count { keys: signed.into_values().cloned().collect(), required })
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec;

    use ed25519_dalek::{Signer, SigningKey};

    use super::*;
    use crate::key::Ed25519Only;

    fn officer(seed: u8) -> (SigningKey, PublicKey) {
        let secret = SigningKey::from_bytes(&[seed; 32]);
        let public = PublicKey::ed25519(secret.verifying_key().as_bytes()).unwrap();
        (secret, public)
    }

    #[test]
    fn counts_a_key_once_however_often_it_signs() {
        let (secret, public) = officer(1);
        let signature = secret.sign(b"order").to_bytes();
        let pairs = vec![(&public, signature.as_slice()), (&public, signature.as_slice())];
        assert_eq!(meet(b"order", pairs, 2, &Ed25519Only), Err(Shortfall { found: 1, required: 2 }));
    }

    #[test]
    fn bad_signatures_count_for_nothing_and_do_not_spoil_good_ones() {
        let (one, one_public) = officer(1);
        let (two, two_public) = officer(2);
        let (good, other) = (one.sign(b"order").to_bytes(), two.sign(b"another order").to_bytes());
        let pairs = [
            (&one_public, good.as_slice()),
            (&two_public, other.as_slice()),
            (&two_public, b"short".as_slice()),
        ];
        assert_eq!(meet(b"order", pairs, 2, &Ed25519Only), Err(Shortfall { found: 1, required: 2 }));
        assert_eq!(meet(b"order", pairs, 1, &Ed25519Only).unwrap().keys, core::slice::from_ref(&one_public));
    }

    /// Accepts what equals the key's material, and counts how often it is asked.
    struct Counting(core::cell::Cell<u32>);

    impl Verifier for Counting {
        fn verifies(&self, _: &str, material: &[u8], _: &[u8], signature: &[u8]) -> bool {
            self.0.set(self.0.get() + 1);
            material == signature
        }
    }

    #[test]
    fn tries_no_signature_with_a_second_key_once_it_is_known_whose_it_is() {
        let keys = [b"a", b"b", b"c"]
            .map(|material| PublicKey::Other { scheme: String::from("test"), material: material.to_vec() });
        let signatures = [b"a".as_slice(), b"b"];
        let pairs = keys.iter().flat_map(|key| signatures.iter().map(move |signature| (key, *signature)));
        let counting = Counting(core::cell::Cell::new(0));
        assert_eq!(meet(b"order", pairs, 2, &counting).unwrap().keys, keys[..2]);
        assert_eq!(counting.0.get(), 2);
    }

    #[test]
    fn one_key_for_two_schemes_is_one_key() {
        let [one, two] = ["rsassa-pss-sha256", "rsa-pkcs1v15-sha256"]
            .map(|scheme| PublicKey::Other { scheme: String::from(scheme), material: b"a".to_vec() });
        let pairs = [(&one, b"a".as_slice()), (&two, b"a"), (&two, b"b")];
        let counting = Counting(core::cell::Cell::new(0));
        assert_eq!(meet(b"order", pairs, 2, &counting), Err(Shortfall { found: 1, required: 2 }));
    }

    #[test]
    fn a_threshold_of_zero_is_met_by_nobody() {
        let (secret, public) = officer(1);
        let signature = secret.sign(b"order").to_bytes();
        let pairs = [(&public, signature.as_slice())];
        assert_eq!(meet(b"order", pairs, 0, &Ed25519Only), Err(Shortfall { found: 1, required: 0 }));
    }
}
