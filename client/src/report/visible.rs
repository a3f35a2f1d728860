//! JSON in which everything that a terminal would obey is written as `\u…`.
//!
//! `serde_json` writes the controls below U+0020 that way, and leaves DEL, the C1 controls (of which U+009B begins a control
//! sequence) and characters that turn the order of words as they are. In JSON such a character can only stand in a string, so
//! this changes how the text looks and nothing that it says (RFC 8259, 7).

use std::fmt::Write as _;
use std::io::{self, Write};

use interdict_schema::invisible::is_invisible;

/// A stream for JSON. Texts come whole, as `serde_json` writes them.
pub(super) struct Visible<W>(pub W);

/// Whether it is written as its code units. What is below U+0020 is JSON's own line break, or written by `serde_json`.
fn is_hidden(character: char) -> bool {
    character > '\u{1f}' && is_invisible(character)
}

impl<W: Write> Write for Visible<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let plain = bytes.iter().all(|byte| *byte < 0x7f);
        match std::str::from_utf8(bytes) {
            Ok(text) if !plain && text.contains(is_hidden) => {
                let mut shown = String::with_capacity(text.len() + 16);
                for character in text.chars() {
                    if is_hidden(character) {
                        let mut units = [0; 2];
                        for unit in character.encode_utf16(&mut units) {
                            let _ = write!(shown, "\\u{unit:04x}");
                        }
                    } else {
                        shown.push(character);
                    }
                }
                self.0.write_all(shown.as_bytes())?;
            }
            _ => self.0.write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_spelled_out_and_means_the_same() {
        let hostile = "a\u{1b}[2J\u{9b}2J\u{7f}\u{202e}\u{e0041}é卡";
        let mut out = Vec::new();
        serde_json::to_writer_pretty(Visible(&mut out), &[hostile]).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "[\n  \"a\\u001b[2J\\u009b2J\\u007f\\u202e\\udb40\\udc41é卡\"\n]");
        assert_eq!(serde_json::from_str::<Vec<String>>(&text).unwrap(), [hostile]);
    }
}
