//! Which key in a token, and its public half.

use std::fmt::Write as _;

use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass};
use cryptoki::session::Session;
use thiserror::Error;

use super::TokenError;
use crate::signer::TokenUri;

/// The most keys of a token that are looked at.
const MAX_KEYS: usize = 1024;

/// The curve, by its object identifier 1.3.101.112 (RFC 8410, section 3).
pub(super) const ED25519_PARAMETERS: &[u8] = &[6, 3, 0x2b, 0x65, 0x70];

/// The curve by its name, `edwards25519`, as a printable string: the other way that PKCS #11 has (3.0, 2.3.5).
const ED25519_NAME: &[u8] = b"\x13\x0cedwards25519";

/// A public key as a token has it.
pub(super) struct PublicObject {
    pub id: Vec<u8>,
    pub label: String,
    pub public: Result<[u8; 32], Unfit>,
}

/// A key that cannot be used here.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unfit {
    /// Of another kind.
    #[error("a key of the kind {found}, wanted Ed25519")]
    Kind {
        /// Its kind, as PKCS #11 calls it.
        found: String,
    },
    /// Of another curve.
    #[error("a key of another curve than edwards25519")]
    Curve,
    /// The point is neither 32 bytes nor an octet string of 32 bytes.
    #[error("a public half of {found} bytes, wanted 32, or 34 as a DER octet string")]
    Point {
        /// How many bytes there are.
        found: usize,
    },
    /// A point of small order, or none at all.
    #[error("a public half that nobody would verify with")]
    Weak,
}

impl PublicObject {
    /// Its id as it stands in a URI, or its label where it has none.
    pub fn name(&self) -> String {
        if self.id.is_empty() {
            return format!("none ({:?})", self.label);
        }
        let mut text = String::new();
        for byte in &self.id {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    }
}

/// The public keys of a token that fit.
pub(super) fn public_keys(session: &Session, uri: &TokenUri) -> Result<Vec<PublicObject>, TokenError> {
    let mut wanted = vec![Attribute::Class(ObjectClass::PUBLIC_KEY)];
    wanted.extend(uri.object.as_ref().map(|label| Attribute::Label(label.clone().into_bytes())));
    wanted.extend(uri.id.as_ref().map(|id| Attribute::Id(id.clone())));
    let handles = session.iter_objects(&wanted)?.take(MAX_KEYS).collect::<Result<Vec<_>, _>>()?;
    let asked = [AttributeType::Id, AttributeType::Label, AttributeType::KeyType];
    let mut keys = Vec::new();
    for handle in handles {
        let mut key = PublicObject { id: Vec::new(), label: String::new(), public: Err(Unfit::Weak) };
        let mut kind = None;
        for attribute in session.get_attributes(handle, &asked)? {
            match attribute {
                Attribute::Id(id) => key.id = id,
                Attribute::Label(label) => key.label = String::from_utf8_lossy(&label).into_owned(),
                Attribute::KeyType(found) => kind = Some(found),
                _ => {}
            }
        }
        key.public = match kind {
            Some(KeyType::EC_EDWARDS) => {
                let curve = [AttributeType::EcParams, AttributeType::EcPoint];
                public_half(&session.get_attributes(handle, &curve)?)
            }
            Some(other) => Err(Unfit::Kind { found: other.to_string() }),
            None => Err(Unfit::Kind { found: "unknown".to_owned() }),
        };
        keys.push(key);
    }
    Ok(keys)
}

/// Whether a private half signs when it is asked to, from what the token says of it.
pub(super) fn check_private(attributes: &[Attribute]) -> Result<(), TokenError> {
    for attribute in attributes {
        match attribute {
            Attribute::Sign(false) => return Err(TokenError::CannotSign),
            Attribute::AlwaysAuthenticate(true) => return Err(TokenError::AlwaysAuthenticates),
            _ => {}
        }
    }
    Ok(())
}

/// The public half, from the parameters of the curve and the point.
fn public_half(attributes: &[Attribute]) -> Result<[u8; 32], Unfit> {
    let (mut parameters, mut point) = (&[][..], &[][..]);
    for attribute in attributes {
        match attribute {
            Attribute::EcParams(bytes) => parameters = bytes,
            Attribute::EcPoint(bytes) => point = bytes,
            _ => {}
        }
    }
    if parameters != ED25519_PARAMETERS && parameters != ED25519_NAME {
        return Err(Unfit::Curve);
    }
    // PKCS #11 3.0 wants the bytes of RFC 8032, 2.40 a DER octet string round them; tokens do either.
    let unfit = Unfit::Point { found: point.len() };
    match point {
        [4, 32, inner @ ..] if inner.len() == 32 => inner.try_into().map_err(|_| unfit),
        _ => point.try_into().map_err(|_| unfit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn half(parameters: &[u8], point: &[u8]) -> Result<[u8; 32], Unfit> {
        public_half(&[Attribute::EcPoint(point.to_vec()), Attribute::EcParams(parameters.to_vec())])
    }

    #[test]
    fn the_point_is_raw_or_a_der_octet_string_and_nothing_else() {
        let raw = [4; 32];
        let der = [&[4, 32][..], &raw].concat();
        for parameters in [ED25519_PARAMETERS, ED25519_NAME] {
            assert_eq!(half(parameters, &raw), Ok(raw));
            assert_eq!(half(parameters, &der), Ok(raw));
        }
        let (short, cut) = ([4; 31], [&[4, 32][..], &[4; 31]].concat());
        for point in [&short[..], &cut, &[&der[..], &[0]].concat(), &[&[3, 32][..], &raw].concat(), &[]] {
            assert_eq!(half(ED25519_PARAMETERS, point), Err(Unfit::Point { found: point.len() }));
        }
    }

    #[test]
    fn another_curve_is_another_key() {
        // Ed448 by its identifier 1.3.101.113 and by its name, no parameters, and something behind the right ones.
        let behind = [ED25519_PARAMETERS, &[0]].concat();
        for parameters in [&[6, 3, 0x2b, 0x65, 0x71][..], b"\x13\x0aedwards448", &[], &behind] {
            assert_eq!(half(parameters, &[4; 32]), Err(Unfit::Curve));
        }
    }

    #[test]
    fn a_private_half_that_does_not_sign_when_asked_is_not_used() {
        assert!(check_private(&[Attribute::Sign(true), Attribute::AlwaysAuthenticate(false)]).is_ok());
        assert!(check_private(&[]).is_ok(), "a token that says nothing");
        assert!(matches!(check_private(&[Attribute::Sign(false)]), Err(TokenError::CannotSign)));
        let always = [Attribute::Sign(true), Attribute::AlwaysAuthenticate(true)];
        assert!(matches!(check_private(&always), Err(TokenError::AlwaysAuthenticates)));
    }

    #[test]
    fn an_id_is_told_as_it_stands_in_a_uri() {
        let key = |id: &[u8]| PublicObject { id: id.to_vec(), label: "a".into(), public: Err(Unfit::Weak) };
        assert_eq!(key(&[1, 0xff]).name(), "%01%FF");
        assert_eq!(key(&[]).name(), "none (\"a\")");
    }
}
