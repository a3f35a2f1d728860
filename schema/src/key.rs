//! Public keys, and the one way a signature is checked against them.
//!
//! Ed25519 is checked here, strictly. Other algorithms come in through [`Verifier`], because the libraries that do them
//! need an operating system. Secret keys are not here: they belong to `host`.

use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::ops::Deref;

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use ed25519_dalek::{Signature, VerifyingKey};

/// A public key that has been parsed: its bytes re-encode to what was read, and it is not weak.
///
/// Two keys are equal when algorithm and key material are, whatever keyids they go by.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PublicKey {
    /// Ed25519 (RFC 8032).
    Ed25519(Ed25519Key),
    /// A key that only an injected [`Verifier`] can use.
    Other {
        /// The TUF signing scheme, `ecdsa-sha2-nistp256` for instance (TUF 1.0.34, 4.2.2).
        scheme: String,
        /// The key material as the document has it: PEM for RSA and ECDSA.
        material: Vec<u8>,
    },
}

/// An Ed25519 public key that has been parsed: it is read as the 32 bytes of the compressed point, and holds the point as well,
/// because finding it again for every signature is a tenth of checking one. Copies share it: who signed is kept of every
/// document, and they are always the same few.
#[derive(Clone)]
pub struct Ed25519Key(Arc<VerifyingKey>);

impl Deref for Ed25519Key {
    type Target = [u8; 32];

    fn deref(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }
}

impl PartialEq for Ed25519Key {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Ed25519Key {}

impl PartialOrd for Ed25519Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ed25519Key {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

impl Hash for Ed25519Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

/// Key material that cannot be a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefusal {
    /// Not 32 bytes.
    #[error("found {found} bytes of key material, wanted 32")]
    Length {
        /// Bytes found.
        found: usize,
    },
    /// The bytes are not a point of the curve in its one canonical encoding.
    #[error("not a canonical point of edwards25519")]
    NotCanonical,
    /// A point of small order: signatures by it prove nothing.
    #[error("a weak key (a point of small order)")]
    Weak,
}

/// Checks signatures of algorithms other than Ed25519. `host` implements it.
pub trait Verifier {
    /// Whether `signature` over `message` is by the key with this material, under this TUF scheme.
    /// A scheme that is not known, or material that does not parse, is `false`.
    fn verifies(&self, scheme: &str, material: &[u8], message: &[u8], signature: &[u8]) -> bool;
}

/// The verifier that knows no algorithm beyond Ed25519.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ed25519Only;

impl Verifier for Ed25519Only {
    fn verifies(&self, _: &str, _: &[u8], _: &[u8], _: &[u8]) -> bool {
        false
    }
}

impl PublicKey {
    /// Parses an Ed25519 public key.
    ///
    /// # Errors
    /// [`KeyRefusal`] where the bytes are not the canonical encoding of a point, or the point is weak.
    pub fn ed25519(bytes: &[u8]) -> Result<Self, KeyRefusal> {
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| KeyRefusal::Length { found: bytes.len() })?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| KeyRefusal::NotCanonical)?;
        // The decompression accepts encodings of y that are not canonical. The other way to write a point twice is the sign of an x
        // that is zero, and both such points are weak: there re-encoding shows it.
        let is_weak = key.is_weak();
        if !is_reduced(&bytes) || (is_weak && key.to_edwards().compress().to_bytes() != bytes) {
            return Err(KeyRefusal::NotCanonical);
        }
        if is_weak { Err(KeyRefusal::Weak) } else { Ok(Self::Ed25519(Ed25519Key(Arc::new(key)))) }
    }

    /// What makes this key the same as another, whatever scheme it is to be used with: an RSA key that is listed for two
    /// schemes is one key.
    pub fn material(&self) -> &[u8] {
        match self {
            Self::Ed25519(key) => &**key,
            Self::Other { material, .. } => material,
        }
    }

    /// Whether `signature` over `message` is by this key. Anything malformed is `false`.
    ///
    /// Ed25519 is `verify_strict`: it accepts a subset of what every other implementation accepts.
    pub fn verifies(&self, message: &[u8], signature: &[u8], verifier: &dyn Verifier) -> bool {
        match self {
            Self::Ed25519(key) => Signature::from_slice(signature)
                .is_ok_and(|signature| key.0.verify_strict(message, &signature).is_ok()),
            Self::Other { scheme, material } => verifier.verifies(scheme, material, message, signature),
        }
    }
}

/// Whether the y of an encoded point is below the field's prime, 2^255 - 19 (RFC 8032, 5.1.3): the top bit is the sign of x.
fn is_reduced(bytes: &[u8; 32]) -> bool {
    let [first, middle @ .., last] = bytes;
    *first < 0xed || last & 0x7f != 0x7f || middle.iter().any(|byte| *byte != 0xff)
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ed25519(bytes) => {
                f.write_str("ed25519:")?;
                bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
            Self::Other { scheme, material } => write!(f, "{scheme}:{} bytes", material.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail by panicking")]

    use super::*;

    #[test]
    fn refuses_the_points_of_small_order() {
        // The identity, and a point of order 8 (both from RFC 8032's curve equation).
        let mut identity = [0; 32];
        identity[0] = 1;
        assert_eq!(PublicKey::ed25519(&identity), Err(KeyRefusal::Weak));
        assert_eq!(PublicKey::ed25519(&[0; 32]), Err(KeyRefusal::Weak));
    }

    #[test]
    fn refuses_a_second_spelling_of_the_same_point() {
        // y = p + 1 encodes the identity a second time.
        let mut second = [0xff; 32];
        second[0] = 0xee;
        second[31] = 0x7f;
        assert_eq!(PublicKey::ed25519(&second), Err(KeyRefusal::NotCanonical));
    }

    #[test]
    fn accepts_exactly_the_encodings_that_re_encoding_gives_back() {
        let mut seen = [0_u32; 3];
        let mut judge = |bytes: [u8; 32]| {
            let Ok(point) = VerifyingKey::from_bytes(&bytes) else { return };
            let wanted = if point.to_edwards().compress().to_bytes() != bytes {
                Err(KeyRefusal::NotCanonical)
            } else if point.is_weak() {
                Err(KeyRefusal::Weak)
            } else {
                Ok(bytes)
            };
            let found = PublicKey::ed25519(&bytes).map(|key| key.material().try_into().unwrap());
            assert_eq!(found, wanted, "{bytes:02x?}");
            seen[match wanted {
                Err(KeyRefusal::NotCanonical) => 0,
                Err(_) => 1,
                Ok(_) => 2,
            }] += 1;
        };
        // Every y from 40 below the prime to 18 above it, every small one, and others, each with both signs of x.
        for sign in [0x00, 0x80] {
            for low in 0..=255_u8 {
                let mut high = [0xff; 32];
                (high[0], high[31]) = (low, 0x7f | sign);
                judge(high);
                let mut small = [0; 32];
                (small[0], small[31]) = (low, sign);
                judge(small);
                for byte in 1..32 {
                    let mut other = high;
                    other[byte] ^= 1 + low % 2;
                    judge(other);
                }
            }
        }
        assert!(seen[0] > 15 && seen[1] > 1 && seen[2] > 5_000, "{seen:?}");
    }

    #[test]
    fn refuses_key_material_one_byte_short_or_long() {
        assert_eq!(PublicKey::ed25519(&[9; 31]), Err(KeyRefusal::Length { found: 31 }));
        assert_eq!(PublicKey::ed25519(&[9; 33]), Err(KeyRefusal::Length { found: 33 }));
    }
}
