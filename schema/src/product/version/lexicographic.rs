//! Texts ordered by the bytes of their UTF-8, without normalisation (VERS types, `lexicographic`).

use super::error::{VersionError, VersionRule};
use super::key::Key;
use super::order::Ordered;

/// A text that is a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Lexicographic<'a>(&'a str);

impl<'a> Ordered<'a> for Lexicographic<'a> {
    fn parse(version: &'a str) -> Result<Self, VersionError> {
        if version.is_empty() { Err(VersionError::new(0, VersionRule::Empty)) } else { Ok(Self(version)) }
    }

    fn write_key(&self, key: &mut Key) {
        key.push_text(self.0);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::assertions::{ascends, refuses};
    use super::super::order::properties::order_is_total_and_the_keys_follow;
    use super::*;

    #[test]
    fn texts_stand_in_the_order_of_their_bytes() {
        // RFC 3629: the order of bytes is the order of code points; a combining mark is a code point.
        ascends::<Lexicographic>(&[
            "1",
            "10",
            "9",
            "A",
            "a",
            "aa",
            "a\u{301}",
            "\u{e1}",
            "\u{ffff}",
            "\u{10000}",
        ]);
    }

    #[test]
    fn refuses_nothing_but_nothing() {
        refuses::<Lexicographic>(&[("", 0, VersionRule::Empty)]);
    }

    proptest! {
        #[test]
        fn order_is_total_and_keys_follow_it(a in "\\PC{0,3}", b in "[a\\PC]{0,3}", c in "[a-z]{0,3}") {
            order_is_total_and_the_keys_follow::<Lexicographic>([&a, &b, &c])?;
        }
    }
}
