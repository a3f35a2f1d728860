//! Public keys in the one encoding that is accepted of each: `SubjectPublicKeyInfo` in DER (RFC 5280, 4.1.2.7; RFC 5480 and
//! RFC 3279), as PEM (RFC 7468).
//!
//! Whether a point lies on its curve, and whether a modulus is a sound one, is asked of ring.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const BEGIN: &str = "-----BEGIN PUBLIC KEY-----\n";
const END: &str = "-----END PUBLIC KEY-----\n";
/// Characters of base64 in a line of PEM (RFC 7468, 2).
const LINE: usize = 64;

/// What stands before the uncompressed point of a P-256 key: the algorithm `id-ecPublicKey` with the curve `prime256v1`, and
/// the head of a bit string of 66 bytes.
const P256: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
/// The first byte of an uncompressed point, and its length with that byte (SEC 1, 2.3.3).
const UNCOMPRESSED: u8 = 0x04;
const POINT_LENGTH: usize = 65;

/// The algorithm `rsaEncryption`, with the null that has to follow it (RFC 3279, 2.3.1).
const RSA: [u8; 15] =
    [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
/// A shorter modulus counts for nothing. ring rounds lengths up to whole bytes, so it is measured here.
const MIN_RSA_BITS: usize = 2048;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const SEQUENCE: u8 = 0x30;

/// The numbers of an RSA key, big-endian, without leading zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RsaKey<'d> {
    /// The modulus, of at least 2048 bits.
    pub n: &'d [u8],
    /// The public exponent.
    pub e: &'d [u8],
}

/// The bytes under the label `PUBLIC KEY`, if they are laid out in the one way that counts.
pub(super) fn from_pem(material: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(material).ok()?;
    let body = text.strip_prefix(BEGIN)?.strip_suffix(END)?.strip_suffix('\n')?;
    let mut base64 = String::with_capacity(body.len());
    let mut lines = body.split('\n').peekable();
    while let Some(line) = lines.next() {
        let full = line.len() == LINE || (lines.peek().is_none() && (1..LINE).contains(&line.len()));
        if !full {
            return None;
        }
        base64.push_str(line);
    }
    // Strict: padding is wanted, and bits after the last byte are zero.
    STANDARD.decode(base64).ok()
}

/// The uncompressed point of a P-256 key.
pub(super) fn p256_point(der: &[u8]) -> Option<&[u8]> {
    let point = der.strip_prefix(&P256)?;
    (point.len() == POINT_LENGTH && point.first() == Some(&UNCOMPRESSED)).then_some(point)
}

/// The numbers of an RSA key.
pub(super) fn rsa_key(der: &[u8]) -> Option<RsaKey<'_>> {
    let info = only(element(SEQUENCE, der)?)?;
    let bits = only(element(BIT_STRING, info.strip_prefix(&RSA)?)?)?;
    let (n, rest) = positive(only(element(SEQUENCE, bits.strip_prefix(&[0])?)?)?)?;
    let e = only(positive(rest)?)?;
    let leading = usize::try_from(n.first()?.leading_zeros()).ok()?;
    let bits = n.len().checked_mul(8)?.checked_sub(leading)?;
    (bits >= MIN_RSA_BITS).then_some(RsaKey { n, e })
}

/// The content, if nothing follows it.
fn only<'d>((content, rest): (&'d [u8], &'d [u8])) -> Option<&'d [u8]> {
    rest.is_empty().then_some(content)
}

/// An element with this tag, and what follows it. The length is in its shortest form (X.690, 10.1), under 64 KiB.
fn element(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&[found, first], rest) = der.split_first_chunk()?;
    if found != tag {
        return None;
    }
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81 => {
            let (&length, rest) = rest.split_first()?;
            (usize::from(length), rest)
        }
        0x82 => {
            let (&length, rest) = rest.split_first_chunk()?;
            (usize::from(u16::from_be_bytes(length)), rest)
        }
        _ => return None,
    };
    let shortest = match first {
        0x81 => length > 0x7f,
        0x82 => length > 0xff,
        _ => true,
    };
    if shortest { rest.split_at_checked(length) } else { None }
}

/// A positive integer in its shortest form (X.690, 8.3.2), without the zero that keeps it positive.
fn positive(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (content, rest) = element(INTEGER, der)?;
    let number = match content {
        [0, number @ ..] if number.first().is_some_and(|&first| first > 0x7f) => number,
        [1..=0x7f, ..] => content,
        _ => return None,
    };
    Some((number, rest))
}
