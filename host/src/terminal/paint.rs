//! Colour: what it means, and that it is left out where nobody sees it.

use clap::builder::styling::{AnsiColor, Effects, Style};

use super::Terminal;

/// What a colour stands for. Never the only sign: the words say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// Banned, refused, overdue: red.
    Alarm,
    /// Possible, stale, due soon: yellow.
    Warning,
    /// In order: green.
    Good,
    /// Headings and names: bold.
    Strong,
    /// What may be skipped: dim.
    Faint,
}

impl Paint {
    const fn style(self) -> Style {
        match self {
            Self::Alarm => AnsiColor::Red.on_default().effects(Effects::BOLD),
            Self::Warning => AnsiColor::Yellow.on_default(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Strong => Style::new().effects(Effects::BOLD),
            Self::Faint => Style::new().effects(Effects::DIMMED),
        }
    }
}

impl Terminal {
    /// The text in this colour, or as it is where there is none.
    pub fn paint(&self, paint: Paint, text: &str) -> String {
        if self.colour && !text.is_empty() {
            let style = paint.style();
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_coloured_only_where_colour_is_wanted() {
        let mut terminal = Terminal::none();
        assert_eq!(terminal.paint(Paint::Good, "fresh"), "fresh");
        terminal.colour = true;
        assert_eq!(terminal.paint(Paint::Good, "fresh"), "\x1b[32mfresh\x1b[0m");
        assert_eq!(terminal.paint(Paint::Good, ""), "");
    }
}
