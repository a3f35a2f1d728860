//! Content lines of iCalendar: escaping and folding (RFC 5545, 3.1 and 3.3.11).
//!
//! Written here because the two crates that write the format do not fit: `icalendar` brings a second library of dates and draws
//! a clock and randomness of its own where a property is left out; `ics` folds continuation lines at 76 octets.

use interdict_host::terminal::escape_control;

/// The longest line, in octets without its line break.
const LONGEST: usize = 75;

/// Lines of a calendar, each ended by CRLF.
#[derive(Debug, Default)]
pub(super) struct Content(String);

impl Content {
    /// A property whose value is not text: a moment, a number, a word of the standard.
    pub fn line(&mut self, name: &str, value: &str) {
        let line = format!("{name}:{value}");
        let mut rest = line.as_str();
        let mut room = LONGEST;
        while rest.len() > room {
            let cut = (1..=room).rev().find(|at| rest.is_char_boundary(*at)).unwrap_or(rest.len());
            let (head, tail) = rest.split_at(cut);
            self.0.push_str(head);
            self.0.push_str("\r\n ");
            rest = tail;
            // The blank that begins a continuation counts.
            room = LONGEST - 1;
        }
        self.0.push_str(rest);
        self.0.push_str("\r\n");
    }

    /// A property whose value is text. What is not visible in a text of a directive is escaped.
    pub fn text(&mut self, name: &str, text: &str) {
        self.line(name, &escaped(text));
    }

    /// A property of several lines of text.
    pub fn lines(&mut self, name: &str, lines: &[String]) {
        let lines: Vec<String> = lines.iter().map(|line| escaped(line)).collect();
        self.line(name, &lines.join("\\n"));
    }

    /// All of it.
    pub fn into_text(self) -> String {
        self.0
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in escape_control(text).chars() {
        if matches!(c, '\\' | ';' | ',') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Content)) -> String {
        let mut content = Content::default();
        write(&mut content);
        content.into_text()
    }

    #[test]
    fn a_line_of_75_octets_is_whole_and_one_of_76_is_folded() {
        let line = |length: usize| written(|content| content.line("X", &"y".repeat(length - 2)));
        assert_eq!(line(75), format!("X:{}\r\n", "y".repeat(73)));
        assert_eq!(line(76), format!("X:{}\r\n y\r\n", "y".repeat(73)));
        assert_eq!(line(75 + 74), format!("X:{}\r\n {}\r\n", "y".repeat(73), "y".repeat(74)));
        assert_eq!(line(75 + 75), format!("X:{}\r\n {}\r\n y\r\n", "y".repeat(73), "y".repeat(74)));
    }

    #[test]
    fn no_character_is_cut_in_two() {
        for blanks in 0..4 {
            let value = format!("{}{}", "x".repeat(blanks), "\u{1f4c5}".repeat(60));
            let text = written(|content| content.line("SUMMARY", &value));
            assert!(text.lines().all(|line| line.len() <= LONGEST), "{text}");
            assert_eq!(text.replace("\r\n ", ""), format!("SUMMARY:{value}\r\n"));
        }
    }

    #[test]
    fn text_is_escaped_and_nothing_in_it_begins_another_property() {
        let hostile = "a,b;c\\d\r\nATTENDEE:x\u{1b}[2J";
        let text = written(|content| content.text("SUMMARY", hostile));
        assert_eq!(text.matches("\r\n").count(), 1, "{text}");
        assert!(text.starts_with("SUMMARY:a\\,b\\;c\\\\d"), "{text}");
        assert!(!text.contains('\u{1b}'));
        let lines = written(|content| content.lines("DESCRIPTION", &["one,".into(), "two".into()]));
        assert_eq!(lines, "DESCRIPTION:one\\,\\ntwo\r\n");
    }
}
