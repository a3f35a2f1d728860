//! Sentences that fit the terminal.
//!
//! Not here: tables. Their cells wrap by themselves ([`Table`](super::Table)).

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::{DEFAULT_WIDTH, Terminal};

/// After these a word that is too long for a line is broken: paths and names stay readable.
const BREAKS: [char; 6] = ['/', '\\', ',', ':', '-', '_'];

impl Terminal {
    /// The lines of one sentence, each with its line break: on a terminal no line is wider than it, and those after the first
    /// begin with `indent` blanks. Elsewhere it is one line, as it is. It goes through
    /// [`escape_control`](super::escape_control) first.
    pub fn wrap(&self, words: &str, indent: usize) -> String {
        if !self.stdout {
            return format!("{words}\n");
        }
        let width = usize::from(self.width.unwrap_or(DEFAULT_WIDTH));
        // A terminal that is hardly wider than the indent wraps by itself.
        if width < indent.saturating_add(10) {
            return format!("{words}\n");
        }
        let mut text = String::new();
        let mut line = String::new();
        let mut empty = true;
        // Blanks at the beginning are the sentence's own indent.
        let inner = words.trim_start_matches(' ');
        line.push_str(words.get(..words.len() - inner.len()).unwrap_or(""));
        for word in inner.split(' ') {
            let mut rest = word;
            loop {
                let blank = usize::from(!empty);
                let room = width.saturating_sub(line.width() + blank);
                if rest.width() <= room {
                    line.push_str(if empty { "" } else { " " });
                    line.push_str(rest);
                    empty = false;
                    break;
                }
                if empty || rest.width() > width - indent {
                    // It fits on no line: what has room of it stays here.
                    let (head, tail) = broken(rest, room);
                    if !head.is_empty() {
                        line.push_str(if empty { "" } else { " " });
                        line.push_str(head);
                    }
                    rest = tail;
                }
                text.push_str(line.trim_end());
                text.push('\n');
                line = " ".repeat(indent);
                empty = true;
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
        text
    }
}

/// A word in two: as much as fits, to the last place where it may be broken, or where there is none to the last character.
fn broken(word: &str, room: usize) -> (&str, &str) {
    let (mut used, mut fits, mut good) = (0usize, 0, 0);
    for (at, letter) in word.char_indices() {
        used += letter.width().unwrap_or(0);
        if used > room {
            break;
        }
        fits = at + letter.len_utf8();
        if BREAKS.contains(&letter) {
            good = fits;
        }
    }
    word.split_at_checked(if good > 0 { good } else { fits }).unwrap_or((word, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terminal(width: u16) -> Terminal {
        Terminal { stdout: true, width: Some(width), ..Terminal::none() }
    }

    #[test]
    fn no_line_is_wider_than_the_terminal_and_no_word_is_lost() {
        let words = "read: examples/inventories/windows-desktop-programs.json (windows-programs, 6 components) 東京特許許可局局長";
        for width in [20, 30, 40, 60, 80, 120] {
            let text = terminal(width).wrap(words, 2);
            assert!(text.lines().all(|line| line.width() <= usize::from(width)), "{width}\n{text}");
            let bare = |text: &str| text.replace([' ', '\n'], "");
            assert_eq!(bare(&text), bare(words), "{width}");
        }
        assert_eq!(Terminal::none().wrap(words, 2), format!("{words}\n"));
    }

    #[test]
    fn lines_break_at_blanks_and_long_words_after_a_mark() {
        assert_eq!(terminal(20).wrap("four words of a sentence", 4), "four words of a\n    sentence\n");
        assert_eq!(
            terminal(20).wrap("  at examples/inventories/x", 4),
            "  at examples/\n    inventories/x\n"
        );
        assert_eq!(terminal(12).wrap("aaaaaaaaaaaaaaaaaaaa", 2), "aaaaaaaaaaaa\n  aaaaaaaa\n");
        assert_eq!(terminal(20).wrap("", 4), "\n");
    }

    #[test]
    fn a_terminal_that_is_hardly_wider_than_the_indent_wraps_by_itself() {
        assert_eq!(terminal(13).wrap("four words of it", 4), "four words of it\n");
        assert_eq!(terminal(14).wrap("four words of it", 4), "four words of\n    it\n");
    }
}
