//! Names of publishers and products, as they are compared: whole sequences of words.
//!
//! Two names are the same when, in NFKC (UAX 15), with letter case folded and punctuation and blanks taken as
//! boundaries, they have the same words in the same order. Never a part of one: `Kaspersky` is not `Kaspersky Lab`,
//! and legal suffixes (`Inc.`, `AO`) stay; other spellings are listed as aliases by the issuer.

use alloc::string::String;
use core::fmt;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::invisible::is_invisible;

/// A normalised name: words joined by one blank. Never empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(String);

impl Name {
    /// The name in a text, or nothing if there is no letter or digit in it.
    pub fn of(text: &str) -> Option<Self> {
        if text.is_ascii() {
            // NFKC leaves ASCII as it is, and its letters fold one by one.
            Self::of_characters(text.chars().map(|c| c.to_ascii_lowercase()), text.len())
        } else {
            Self::of_characters(text.chars().map(without_mark).nfkc().flat_map(fold).nfc(), text.len())
        }
    }

    /// The longest text of [`of_ascii_in`](Self::of_ascii_in), in bytes.
    pub const ASCII_ROOM: usize = 96;

    /// The words of [`of`](Self::of) without an allocation, of a short ASCII text, which nearly every name is. `None` for any
    /// other text, and where there is no name in it.
    pub fn of_ascii_in<'r>(text: &str, room: &'r mut [u8; Self::ASCII_ROOM]) -> Option<&'r str> {
        if !text.is_ascii() || text.len() > Self::ASCII_ROOM {
            return None;
        }
        let mut length = 0;
        let (mut boundary, mut named) = (false, false);
        for byte in text.bytes() {
            let folded = ASCII_WORDS.get(usize::from(byte)).copied().unwrap_or_default();
            if folded <= UNSEEN {
                boundary |= folded == 0 && length > 0;
                continue;
            }
            // A blank stands for at least one byte of the text, so there is room for both.
            if boundary {
                *room.get_mut(length)? = b' ';
                length += 1;
                boundary = false;
            }
            *room.get_mut(length)? = folded;
            length += 1;
            // Both signs that are no letters and no digits stand before these.
            named |= folded >= b'0';
        }
        let words = core::str::from_utf8(room.get(..length)?).ok()?;
        named.then_some(words)
    }

    fn of_characters(folded: impl Iterator<Item = char>, length: usize) -> Option<Self> {
        let mut words = String::with_capacity(length);
        let mut boundary = false;
        for c in folded {
            if is_ignorable(c) {
                continue;
            }
            if !is_in_word(c) {
                boundary = !words.is_empty();
                continue;
            }
            if boundary {
                words.push(' ');
                boundary = false;
            }
            words.push(c);
        }
        words.contains(char::is_alphanumeric).then_some(Self(words))
    }

    /// The words, in order.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.0.split(' ')
    }

    /// The words joined by one blank.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What an ASCII character is that nobody sees and that keeps no words apart.
const UNSEEN: u8 = 1;

/// What each ASCII character is in a word; 0 where it is in none.
#[allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "computed by the compiler, which has no other way"
)]
const ASCII_WORDS: [u8; 256] = {
    let (mut words, mut byte) = ([0; 256], 0_u8);
    while byte < 128 {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'#') {
            words[byte as usize] = byte.to_ascii_lowercase();
        } else if byte.is_ascii_control() && !matches!(byte, b'\t'..=b'\r') {
            words[byte as usize] = UNSEEN;
        }
        byte += 1;
    }
    words
};

/// Case folding: upper and then lower case joins what lower case alone keeps apart (`ß` and `ss`, both sigmas).
/// The dotless `ı` stays, because folding it would make it an `i`.
fn fold(c: char) -> impl Iterator<Item = char> {
    let upper = if c == 'ı' { None } else { Some(c.to_uppercase()) };
    upper.into_iter().flatten().chain((c == 'ı').then_some(c)).flat_map(char::to_lowercase)
}

/// NFKC writes the marks ™ and ℠ as letters, which would join the word before them.
const fn without_mark(c: char) -> char {
    if matches!(c, '™' | '℠') { ' ' } else { c }
}

/// `+` and `#` tell products apart (`C`, `C++`, `C#`), so they are part of a word.
fn is_in_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c) || c == '+' || c == '#'
}

/// What no reader sees and what is no blank: soft hyphen, zero-width characters, direction marks, selectors, controls.
fn is_ignorable(c: char) -> bool {
    is_invisible(c) && !c.is_whitespace()
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::of(text).unwrap()
    }

    #[test]
    fn case_blanks_punctuation_and_width_do_not_count() {
        for other in [
            "kaspersky lab, inc.",
            "Kaspersky™ Lab®, Inc.",
            " KASPERSKY-LAB  Inc",
            "Ｋaspersky_Lab/Inc",
            "Kaspersky\u{200b} Lab\tInc",
            "Kas\u{7f}per\u{1b}sky Lab\u{34f}\nIn\u{fe0f}c",
        ] {
            assert_eq!(name("Kaspersky Lab, Inc."), name(other), "{other}");
        }
        assert_eq!(name("Straße"), name("STRASSE"));
        assert_eq!(name("e\u{301}cole"), name("École"));
        assert_eq!(name("Kaspersky Lab").words().collect::<alloc::vec::Vec<_>>(), ["kaspersky", "lab"]);
    }

    #[test]
    fn ascii_is_folded_as_every_other_text_is() {
        for one in 0..=127_u8 {
            for other in [b'a', b'Z', b'7', b' ', b'+', b'_', 0, 127] {
                let text: String = [other, one, other, one, one, other].map(char::from).iter().collect();
                let slowly = Name::of_characters(text.nfkc().flat_map(fold).nfc(), text.len());
                assert_eq!(Name::of(&text), slowly, "{text:?}");
                let mut room = [0; Name::ASCII_ROOM];
                let in_place = Name::of_ascii_in(&text, &mut room);
                assert_eq!(in_place, slowly.as_ref().map(Name::as_str), "{text:?}");
            }
        }
    }

    #[test]
    fn a_text_that_is_long_or_not_ascii_has_no_room() {
        let mut room = [0; Name::ASCII_ROOM];
        let longest = "a ".repeat(Name::ASCII_ROOM / 2);
        assert_eq!(Name::of_ascii_in(&longest, &mut room), Some(longest.trim()));
        assert_eq!(Name::of_ascii_in(&[&longest, "a"].concat(), &mut room), None);
        assert_eq!(Name::of_ascii_in("École", &mut room), None);
        assert_eq!(Name::of_ascii_in("-+-", &mut room), None);
    }

    #[test]
    fn a_part_of_a_name_is_another_name() {
        for other in [
            "Kaspersky",
            "Kaspersky Lab Inc",
            "Lab Kaspersky",
            "Kasperskylab",
            "Kasper Skarhoj",
            "Kaspersky Labs",
        ] {
            assert_ne!(name("Kaspersky Lab"), name(other), "{other}");
        }
        assert_ne!(name("C"), name("C++"));
        assert_ne!(name("ılık"), name("ilik"));
    }

    #[test]
    fn nothing_to_compare_is_no_name() {
        for text in ["", " ", "*", "--", "\u{feff}", "...", "+"] {
            assert_eq!(Name::of(text), None, "{text:?}");
        }
    }
}
