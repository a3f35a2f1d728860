//! Text from outside, made safe to look at.
//!
//! A title may hold a terminal's control sequences, or characters that make the words stand in another order than the
//! bytes that are signed (CVE-2021-42574). Both are shown by their code point instead.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a character moves the cursor, reorders its neighbours or cannot be seen.
///
/// The general categories Cc and Zl, Zp, and the format characters (Cf) and fillers that change how text looks while
/// showing nothing themselves (Unicode 16; UAX 9 for the bidirectional ones).
pub const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{0}'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}' // soft hyphen
            | '\u{34f}' // combining grapheme joiner
            | '\u{61c}' // Arabic letter mark
            | '\u{115f}'..='\u{1160}' // Hangul fillers
            | '\u{17b4}'..='\u{17b5}' // Khmer inherent vowels
            | '\u{180b}'..='\u{180f}' // Mongolian selectors
            | '\u{200b}'..='\u{200f}' // zero width, left-to-right and right-to-left marks
            | '\u{2028}'..='\u{202e}' // separators, bidirectional embeddings and overrides
            | '\u{2060}'..='\u{206f}' // word joiner, invisible operators, bidirectional isolates
            | '\u{3164}' // Hangul filler
            | '\u{fe00}'..='\u{fe0f}' // variation selectors
            | '\u{feff}' // zero width no-break space
            | '\u{ffa0}' // half width Hangul filler
            | '\u{fff9}'..='\u{fffb}' // interlinear annotation
            | '\u{1bca0}'..='\u{1bca3}' // shorthand format controls
            | '\u{1d173}'..='\u{1d17a}' // musical format controls
            | '\u{e0000}'..='\u{e0fff}' // tags and further variation selectors
    )
}

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
