//! Digests that operating systems compute over a program instead of its file.
//!
//! Three digests of one program, and none is another: `sha256` is that of the file's bytes; the Authenticode digest
//! (Windows Authenticode Portable Executable Signature Format, 2008) leaves out the checksum and the signature itself;
//! a `CDHash` (Apple, Technical Note 3126) is the digest of a code directory, cut to 20 bytes. A directive writes them in
//! lower case; tools print either.

use core::fmt;

use super::text::{TextError, TextRule, check_text, wrong};

macro_rules! code_digest {
    ($(#[$outer:meta])* $name:ident, $bytes:literal, $rule:ident) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; $bytes]);

        impl $name {
            /// Reads lower-case hexadecimal digits.
            ///
            /// # Errors
            /// The first byte that is no such digit, or that is missing or too many.
            pub fn parse(text: &str) -> Result<Self, TextError> {
                check_text(text)?;
                let mut bytes = [0; $bytes];
                match base16ct::lower::decode(text, &mut bytes) {
                    Ok(read) if read.len() == $bytes => Ok(Self(bytes)),
                    _ => wrong(hex_until(text, 2 * $bytes), TextRule::$rule),
                }
            }

            /// The digest's bytes.
            pub const fn as_bytes(&self) -> &[u8; $bytes] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    };
}

code_digest! {
    /// The SHA-256 that Authenticode signs. Text form: 64 lower-case hexadecimal digits.
    Authenticode, 32, Authenticode
}

code_digest! {
    /// A code directory's hash. Text form: 40 lower-case hexadecimal digits.
    CdHash, 20, CdHash
}

/// The byte up to which a text is lower-case hexadecimal, at most the wanted length.
pub(super) fn hex_until(text: &str, wanted: usize) -> usize {
    let digit = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    text.bytes().position(|b| !digit(b)).unwrap_or(text.len()).min(wanted)
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn each_has_its_own_length_and_is_written_as_it_was_read() {
        let (long, short) = ("0a".repeat(32), "f0".repeat(20));
        assert_eq!(Authenticode::parse(&long).unwrap().to_string(), long);
        assert_eq!(CdHash::parse(&short).unwrap().to_string(), short);
        for (text, at) in [(short.as_str(), 40), ("0A", 1), ("0x", 1), ("xyz", 0)] {
            assert_eq!(Authenticode::parse(text), wrong(at, TextRule::Authenticode), "{text}");
        }
        assert_eq!(CdHash::parse(&long), wrong(40, TextRule::CdHash));
        assert_eq!(CdHash::parse(&short.to_uppercase()), wrong(0, TextRule::CdHash));
    }
}
