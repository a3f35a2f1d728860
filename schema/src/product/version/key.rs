//! Bytes that sort as versions do.
//!
//! The pieces below are self-delimiting, so that one may follow another. Bytes below [`Key::LOWEST`] sort before
//! every number, [`Key::HIGHEST`] and above after every number: a scheme takes them as marks.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

/// Bytes whose order is the order of versions: `key(a) < key(b)` exactly when `a < b`, within one scheme.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(Vec<u8>);

impl Key {
    /// The first byte of the number 0; bytes below sort before every number.
    pub(crate) const LOWEST: u8 = 0x10;
    /// A byte that sorts after every number, as do those above it.
    pub(crate) const HIGHEST: u8 = 0xF0;

    /// A key without pieces, before all others.
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// A key with room for the pieces of a version of so many bytes.
    pub(crate) fn with_room_for(version: usize) -> Self {
        Self(Vec::with_capacity(2 * version + 16))
    }

    /// The bytes, to be compared from the first.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes in upper-case hexadecimal, which sort as the bytes do under a binary collation.
    pub fn to_hex(&self) -> String {
        let mut text = String::with_capacity(self.0.len() * 2);
        for byte in &self.0 {
            write!(text, "{byte:02X}").expect("a string takes all that is written");
        }
        text
    }

    /// One byte as it is: a mark between pieces.
    pub(crate) fn push_byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    /// A decimal number of any length; zeros before it do not count. `digits` holds ASCII digits alone; none is 0.
    ///
    /// First how many digits there are, then the digits: a longer number is a greater one.
    pub(crate) fn push_number(&mut self, digits: &str) {
        let digits = digits.trim_start_matches('0');
        let room = usize::from(Self::HIGHEST - Self::LOWEST - 1);
        match u8::try_from(digits.len()) {
            Ok(length) if usize::from(length) < room => self.0.push(Self::LOWEST + length),
            _ => {
                self.0.push(Self::HIGHEST - 1);
                self.0.extend(u64::try_from(digits.len()).unwrap_or(u64::MAX).to_be_bytes());
            }
        }
        self.0.extend_from_slice(digits.as_bytes());
    }

    /// A text compared byte by byte, a shorter one before what it is the beginning of.
    ///
    /// UTF-8 has no byte above 0xF4: each is raised by one, and a zero ends the text. What follows a shorter text
    /// thus never reaches into a longer one.
    pub(crate) fn push_text(&mut self, text: &str) {
        self.0.extend(text.bytes().map(|byte| byte.saturating_add(1)));
        self.0.push(0);
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use core::cmp::Ordering;

    use proptest::prelude::*;

    use super::*;

    fn number(digits: &str) -> Key {
        let mut key = Key::new();
        key.push_number(digits);
        key
    }

    fn pair(a: &str, b: &str) -> Key {
        let mut key = Key::new();
        key.push_text(a);
        key.push_text(b);
        key
    }

    #[test]
    fn numbers_longer_than_any_integer_keep_their_order() {
        let (long, longer) = ("9".repeat(222), format!("1{}", "0".repeat(222)));
        let (longest, zeros) = ("8".repeat(4000), format!("{}7", "0".repeat(4000)));
        for (a, b) in [("9", "10"), (&long, &longer), (&longer, &longest), ("6", &zeros)] {
            assert!(number(a) < number(b), "{a} {b}");
        }
        assert_eq!(number("007"), number("7"));
        assert_eq!(number("000"), number(""));
        assert!(number("0").as_bytes() >= &[Key::LOWEST]);
        assert!(number(&longest).as_bytes() < &[Key::HIGHEST]);
        assert_eq!(number("12").to_hex(), "123132");
    }

    proptest! {
        #[test]
        fn numbers_sort_as_numbers(a: u64, b: u64) {
            prop_assert_eq!(number(&format!("{a:020}")).cmp(&number(&format!("{b}"))), a.cmp(&b));
        }

        #[test]
        fn texts_sort_as_texts(a in ("\\PC{0,3}", "[ab\0\u{10FFFF}]{0,3}"), b in ("\\PC{0,3}", "[ab\0\u{10FFFF}]{0,3}")) {
            prop_assert_eq!(pair(&a.0, &a.1).cmp(&pair(&b.0, &b.1)), a.cmp(&b));
        }

        #[test]
        fn hexadecimal_sorts_as_the_bytes(a: Vec<u8>, b: Vec<u8>) {
            let (a, b) = (Key(a), Key(b));
            let order: Ordering = a.cmp(&b);
            prop_assert_eq!(a.to_hex().cmp(&b.to_hex()), order);
        }
    }
}
