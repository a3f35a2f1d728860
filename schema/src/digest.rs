//! Digests.

use core::fmt;
use core::str::FromStr;

use alloc::string::String;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::Digest as _;

/// A SHA-256 digest (FIPS 180-4). Text form: 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256([u8; 32]);

/// A SHA-512 digest (FIPS 180-4). Text form: 128 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha512([u8; 64]);

/// A text that is not a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("found {found} characters, wanted {wanted} lower-case hexadecimal digits")]
pub struct NotADigest {
    /// Characters found.
    pub found: usize,
    /// Digits wanted.
    pub wanted: usize,
}

macro_rules! digest {
    ($name:ident, $length:literal, $hasher:ty) => {
        impl From<$hasher> for $name {
            /// The digest of everything that went into a hasher.
            fn from(hasher: $hasher) -> Self {
                Self(hasher.finalize().into())
            }
        }

        impl $name {
            /// The digest of some bytes.
            pub fn of(bytes: &[u8]) -> Self {
                Self(<$hasher>::digest(bytes).into())
            }

            /// A digest that another hasher has computed.
            pub const fn from_bytes(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }

            /// The digest's bytes.
            pub const fn as_bytes(&self) -> &[u8; $length] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut digits = [0; 2 * $length];
                // The buffer has room for exactly these digits.
                f.write_str(base16ct::lower::encode_str(&self.0, &mut digits).map_err(|_| fmt::Error)?)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = NotADigest;

            fn from_str(text: &str) -> Result<Self, NotADigest> {
                let mut bytes = [0; $length];
                match base16ct::lower::decode(text, &mut bytes) {
                    Ok(read) if read.len() == $length => Ok(Self(bytes)),
                    _ => Err(NotADigest { found: text.chars().count(), wanted: 2 * $length }),
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }

        #[cfg(feature = "json-schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> alloc::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "pattern": alloc::format!("^[0-9a-f]{{{}}}$", 2 * $length),
                })
            }
        }
    };
}

digest!(Sha256, 32, sha2::Sha256);
digest!(Sha512, 64, sha2::Sha512);

/// The [`Sha256`] of bytes that come a part at a time.
#[derive(Debug, Clone, Default)]
pub struct RunningSha256(sha2::Sha256);

impl RunningSha256 {
    /// Adds what comes next.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of everything that came.
    pub fn finish(self) -> Sha256 {
        Sha256(self.0.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn reads_back_what_it_writes_and_nothing_else() {
        let digest = Sha256::of(b"");
        let text = digest.to_string();
        assert_eq!(text, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(text.parse(), Ok(digest));
        for bad in [&text[1..], &text.to_uppercase(), "", &(text.clone() + "00")] {
            assert!(bad.parse::<Sha256>().is_err(), "{bad}");
        }
        assert_eq!(Sha512::of(b"").to_string().parse(), Ok(Sha512::of(b"")));
    }

    #[test]
    fn the_digest_of_parts_is_that_of_the_whole() {
        let mut running = RunningSha256::default();
        running.update(b"ab");
        running.update(b"c");
        assert_eq!(running.finish(), Sha256::of(b"abc"));
        assert_eq!(RunningSha256::default().finish(), Sha256::of(b""));
    }
}
