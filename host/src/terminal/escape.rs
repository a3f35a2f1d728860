//! Text from outside, made safe to look at.
//!
//! A title may hold a terminal's control sequences, or characters that make the words stand in another order than the
//! bytes that are signed (CVE-2021-42574). Both are shown by their code point instead.

use std::borrow::Cow;
use std::fmt::Write;

use interdict_schema::invisible::is_invisible;

/// The text with every [invisible](is_invisible) character shown as `\u{…}`. Line breaks and tabs too: what comes
/// from a document stays on the line it was put on.
pub fn escape_control(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_invisible) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_invisible(character) {
            write!(shown, "{}", character.escape_unicode()).expect("a string takes all text");
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_of_any_language_is_left_alone() {
        for text in ["", "BOD 17-01", "Лаборатория Касперского", "卡巴斯基", "naïve café", "שלום"]
        {
            assert!(matches!(escape_control(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn control_characters_are_shown() {
        assert_eq!(escape_control("a\x1b[2Jb\r\n\tc\x7f\u{9b}"), r"a\u{1b}[2Jb\u{d}\u{a}\u{9}c\u{7f}\u{9b}");
    }

    #[test]
    fn bidirectional_and_zero_width_characters_are_shown() {
        for code in
            ["202a", "202e", "2066", "2069", "200e", "200f", "61c", "200b", "feff", "2028", "ad", "e0041"]
        {
            let character = u32::from_str_radix(code, 16).ok().and_then(char::from_u32).unwrap_or('?');
            assert_eq!(escape_control(&format!("a{character}b")), format!("a\\u{{{code}}}b"));
        }
    }
}
