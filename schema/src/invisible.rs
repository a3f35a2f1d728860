//! Characters that nobody sees and that change what everybody sees.
//!
//! A title may hold a terminal's control sequences, or characters that make the words stand in another order than the
//! bytes that are signed (CVE-2021-42574). Lint tells of them; whoever shows a text escapes them.

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
