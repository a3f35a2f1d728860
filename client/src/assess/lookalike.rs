//! Texts that look like another and are spelled otherwise: with letters of another script (`kаspersky` with a Cyrillic `а`),
//! or with characters that nobody sees.
//!
//! Two texts look alike when their skeletons are the same (UTS 39, 4: the prototypes of `confusables.txt`), here without
//! letter case. Only a text that holds something else than visible ASCII is asked about: `k` and `m` never cost a look-up in
//! the table, and `1` for `l` in plain ASCII is another name, which an order has to list. Not here: what it is worth
//! ([`Doubt::Lookalike`](super::assessment::Doubt)).

use interdict_schema::invisible::is_invisible;
use unicode_security::confusable_detection::skeleton;

/// Whether a text holds something that may pass for something else.
pub(super) fn is_suspect(text: &str) -> bool {
    text.bytes().any(|byte| !byte.is_ascii() || byte.is_ascii_control())
}

/// What a text looks like, for comparison alone. Blanks and punctuation stand as they are.
pub(super) fn seen(text: &str) -> String {
    let mut seen = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !is_unseen(*c)) {
        if c.is_ascii() {
            // `|` is no letter, whatever it looks like: it keeps words apart.
            if c.is_ascii_alphanumeric() {
                add(c.to_ascii_lowercase(), &mut seen);
            } else {
                seen.push(c);
            }
            continue;
        }
        // A capital of another script looks like a Latin capital, whatever its small letter looks like.
        let mut buffer = [0; 4];
        let capital: String = skeleton(c.encode_utf8(&mut buffer)).collect();
        if capital.is_ascii() {
            capital.chars().for_each(|c| add(c.to_ascii_lowercase(), &mut seen));
        } else {
            c.to_lowercase().for_each(|c| add(c, &mut seen));
        }
    }
    seen
}

/// Adds what a small letter looks like.
fn add(c: char, seen: &mut String) {
    let mut buffer = [0; 4];
    for c in skeleton(c.encode_utf8(&mut buffer)) {
        // A capital `I` of any script looks like an `l`, and is an `i` where its letter case is folded.
        let c = small(c).to_ascii_lowercase();
        seen.push(if c == 'i' { 'l' } else { c });
    }
}

/// The prototypes of small Cyrillic letters that look like Latin small capitals, which nobody tells from capitals.
const fn small(c: char) -> char {
    match c {
        'ĸ' => 'k',
        'ʙ' => 'b',
        'ʜ' => 'h',
        'ᴍ' | 'ʍ' => 'm',
        'ᴛ' => 't',
        'ɢ' => 'g',
        'ᴀ' => 'a',
        'ᴇ' => 'e',
        c => c,
    }
}

/// A character that shows nothing and is no blank; the blank pattern of Braille is one too.
fn is_unseen(c: char) -> bool {
    (is_invisible(c) && !c.is_whitespace()) || c == '\u{2800}'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_other_scripts_and_unseen_ones_look_like_the_plain_name() {
        for text in [
            "Kaspersky",
            "kasp\u{200b}ersky",
            "kasp\u{2800}er\u{fe0f}sky",
            "kas\u{7}persky",
            "k\u{430}spersky",                               // Cyrillic a
            "\u{41a}\u{430}s\u{440}\u{435}rs\u{43a}\u{443}", // all that Cyrillic has of it
            "\u{ff2b}asp\u{435}rsky",                        // full width, and Cyrillic
            "\u{1d424}\u{1d41a}\u{1d42c}\u{1d429}\u{1d41e}\u{1d42b}\u{1d42c}\u{1d424}\u{1d432}", // mathematical
            "k\u{3b1}spersky", // Greek alpha
        ] {
            assert_eq!(seen(text), seen("kaspersky"), "{text}");
        }
        for text in ["\u{406}ntel", "Int\u{435}l", "\u{456}nt\u{435}1"] {
            assert_eq!(seen(text), seen("intel"), "{text}");
        }
    }

    #[test]
    fn other_names_look_otherwise() {
        for text in [
            "kasper_skarhoj",
            "kaspersky-lab",
            "k\u{e1}spersky",
            "\u{43a}\u{430}\u{441}\u{43f}\u{435}\u{440}",
        ] {
            assert_ne!(seen(text), seen("kaspersky"), "{text}");
        }
        assert!(!is_suspect("kaspersky lab_1|2"));
        assert!(is_suspect("a\u{e9}") && is_suspect("a\u{1b}"));
    }
}
