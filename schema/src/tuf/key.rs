//! TUF key objects (TUF 1.0.34, 4.2.2), and the public key that one holds.
//!
//! A key object that cannot be used (unknown type or scheme, malformed or weak material) is kept as it was read, counts
//! for nothing, and never makes the metadata that contains it unreadable. Signatures are counted in
//! [`crate::threshold`].
//!
//! Differs: that a keyid is the digest of its key object is not demanded of what is read; securesystemslib and TUF's
//! TAP 12 leave the choice to the repository. The same key under two keyids counts once all the same.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};

use super::metadata::canonical_of;
use crate::Sha256;
use crate::key::PublicKey;

/// A key as metadata holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// As it was read, unknown members too: the keyid is over all of it.
    object: Value,
    public: Option<PublicKey>,
}

/// Keys by keyid.
pub type Keys = BTreeMap<String, Key>;

impl Key {
    /// The key object of a public key, with the members that every client expects and no other.
    pub fn of(public: &PublicKey) -> Self {
        let object = match public {
            PublicKey::Ed25519(key) => json!({
                "keytype": "ed25519",
                "scheme": "ed25519",
                "keyval": { "public": base16ct::lower::encode_string(&**key) },
            }),
            PublicKey::Other { scheme, material } => json!({
                "keytype": if scheme.starts_with("rsa") { "rsa" } else { "ecdsa" },
                "scheme": scheme,
                "keyval": { "public": String::from_utf8_lossy(material) },
            }),
        };
        Self { object, public: Some(public.clone()) }
    }

    /// The public key, where there is one that could be used.
    pub fn public(&self) -> Option<&PublicKey> {
        self.public.as_ref()
    }

    /// SHA-256 over the canonical key object, in hexadecimal: the keyid that this key has in what we write.
    pub fn keyid(&self) -> String {
        Sha256::of(&canonical_of(&self.object)).to_string()
    }
}

impl From<Value> for Key {
    fn from(object: Value) -> Self {
        let public = public_key(&object);
        Self { object, public }
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::from)
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.object.serialize(serializer)
    }
}

fn public_key(object: &Value) -> Option<PublicKey> {
    let keytype = object.get("keytype")?.as_str()?;
    let scheme = object.get("scheme")?.as_str()?;
    let public = object.get("keyval")?.get("public")?.as_str()?;
    match (keytype, scheme) {
        ("ed25519", "ed25519") => PublicKey::ed25519(&base16ct::mixed::decode_vec(public).ok()?).ok(),
        ("ecdsa" | "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256")
        | ("rsa", "rsassa-pss-sha256" | "rsa-pkcs1v15-sha256") => {
            Some(PublicKey::Other { scheme: scheme.into(), material: material(public)? })
        }
        _ => None,
    }
}

/// What stands before an uncompressed point of P-256 to make it a `SubjectPublicKeyInfo` (RFC 5480, 2).
const P256_HEAD: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// Key material in one spelling, so that the same key laid out in two ways is still one key when signatures are counted:
/// PEM (RFC 7468) with lines of 64. Early ECDSA keys are the bare point in hexadecimal digits; it is given its head.
fn material(public: &str) -> Option<Vec<u8>> {
    if let Ok(point) = base16ct::mixed::decode_vec(public)
        && point.len() == 65
    {
        return Some(pem("PUBLIC KEY", &STANDARD.encode([P256_HEAD.as_slice(), &point].concat())));
    }
    let rest = public.trim().strip_prefix("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let body = rest.strip_suffix("-----")?.strip_suffix(label)?.strip_suffix("-----END ")?;
    let body: String = body.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    Some(pem(label, &STANDARD.encode(STANDARD.decode(body).ok()?)))
}

fn pem(label: &str, base64: &str) -> Vec<u8> {
    let mut pem = alloc::format!("-----BEGIN {label}-----\n");
    let mut rest = base64;
    while let Some((line, after)) = rest.split_at_checked(64) {
        pem.push_str(line);
        pem.push('\n');
        rest = after;
    }
    if !rest.is_empty() {
        pem.push_str(rest);
        pem.push('\n');
    }
    (pem + "-----END " + label + "-----\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 8032, 7.1, test 1.
    const PUBLIC: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

    fn object(keytype: &str, scheme: &str, public: &str) -> Key {
        Key::from(json!({"keytype": keytype, "scheme": scheme, "keyval": {"public": public}}))
    }

    #[test]
    fn writes_the_key_object_whose_digest_is_the_keyid() {
        let key = object("ed25519", "ed25519", PUBLIC);
        assert_eq!(Key::of(key.public().unwrap()), key);
        let canonical =
            alloc::format!(r#"{{"keytype":"ed25519","keyval":{{"public":"{PUBLIC}"}},"scheme":"ed25519"}}"#);
        assert_eq!(key.keyid(), Sha256::of(canonical.as_bytes()).to_string());
    }

    #[test]
    fn a_key_that_cannot_be_used_is_kept_and_counts_for_nothing() {
        let weak = "01".to_string() + &"00".repeat(31);
        for key in [
            object("ml-dsa-65", "ml-dsa-65", "00"),
            object("ed25519", "ed448", PUBLIC),
            object("rsa", "ed25519", PUBLIC),
            object("ed25519", "ed25519", "zz"),
            object("ed25519", "ed25519", &PUBLIC[..62]),
            object("ed25519", "ed25519", &weak),
            object("ecdsa", "ecdsa-sha2-nistp256", "-----BEGIN PUBLIC KEY-----\n*\n-----END PUBLIC KEY-----"),
            Key::from(json!({"keytype": "ed25519", "scheme": "ed25519"})),
            Key::from(json!(5)),
        ] {
            assert_eq!(key.public(), None, "{key:?}");
            assert_eq!(serde_json::to_value(&key).unwrap(), key.object);
        }
    }

    #[test]
    fn one_key_laid_out_in_two_ways_is_one_key() {
        let pem = |body: &str, end: &str| {
            let text = alloc::format!("-----BEGIN PUBLIC KEY-----{body}-----END PUBLIC KEY-----{end}");
            object("ecdsa", "ecdsa-sha2-nistp256", &text).public().cloned().unwrap()
        };
        let body = "QUJD".repeat(20);
        let (one, two) = body.split_at(64);
        let plain = pem(&alloc::format!("\n{one}\n{two}\n"), "\n");
        assert_eq!(plain, pem(&alloc::format!("\r\n{body}\r\n"), ""));
        let PublicKey::Other { material, .. } = &plain else { panic!("{plain:?}") };
        let wanted = alloc::format!("-----BEGIN PUBLIC KEY-----\n{one}\n{two}\n-----END PUBLIC KEY-----\n");
        assert_eq!(material, wanted.as_bytes());
        let point = "4dc1f1e78576c236b5c4ce5d627ac29fc542d998f48ebbc88dc5de66686a2b34\
                     b0b31175d44f0772b50f36f291a13e5a446e69f9375972b3d7fd637f2c935d98";
        let hexadecimal = |text: &str| object("ecdsa", "ecdsa-sha2-nistp256", text).public().cloned();
        let bare = hexadecimal(&alloc::format!("04{point}"));
        assert_eq!(bare, hexadecimal(&alloc::format!("04{}", point.to_uppercase())));
        let with_head = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAETcHx54V2wja1xM5dYnrCn8VC2Zj0\n\
                         jrvIjcXeZmhqKzSwsxF11E8HcrUPNvKRoT5aRG5p+TdZcrPX/WN/LJNdmA==";
        assert_eq!(bare, Some(pem(&alloc::format!("\n{with_head}\n"), "\n")));
        assert_eq!(hexadecimal(&point[..66]), None, "a compressed point has no tag here and is no key");
        let upper = object("ed25519", "ed25519", &PUBLIC.to_uppercase());
        assert_eq!(upper.public(), object("ed25519", "ed25519", PUBLIC).public());
    }
}
