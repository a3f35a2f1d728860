//! Commands, as values: a program and arguments that are compiled in (`trust.md`, rule 18). Nothing of a directive is an
//! argument but a value whose form was checked; nothing goes through a shell.

use std::time::Duration;

use serde::Serialize;

/// One argument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Argument {
    /// A text of the program itself.
    Text(&'static str),
    /// The path of a rendered file, by its place among [`Rendered::files`](super::Rendered::files): where it is staged while it is
    /// judged, where it lies once it is installed.
    File(usize),
    /// A text of the program itself, directly before the path of a rendered file: `--file=PATH`.
    TextAndFile(&'static str, usize),
    /// A setting of the operator's: a zone, a folder.
    Setting(String),
    /// A checked value: see [`Argument::value`].
    Value(String),
}

impl Argument {
    /// A value of a directive as an argument: 1 to 255 of ASCII letters, digits and `. _ + : @ / ~ -`, a letter or digit
    /// first, so that no tool takes it for an option, a pattern or several words. `None` for anything else.
    pub fn value(text: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._+:@/~-".contains(&byte);
        let fits = (1..=255).contains(&text.len())
            && text.bytes().all(plain)
            && text.starts_with(|first: char| first.is_ascii_alphanumeric());
        fits.then(|| Self::Value(text.to_owned()))
    }
}

/// A command of a tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Command {
    /// The program's name, found in the fixed path of the runner.
    pub program: &'static str,
    /// Its arguments.
    pub arguments: Vec<Argument>,
    /// How long it may take, in seconds.
    pub seconds: u64,
}

impl Command {
    /// A command that may take a minute.
    pub fn new(program: &'static str, arguments: Vec<Argument>) -> Self {
        Self { program, arguments, seconds: 60 }
    }

    /// The same with texts alone.
    pub fn of_texts(program: &'static str, texts: &[&'static str]) -> Self {
        Self::new(program, texts.iter().copied().map(Argument::Text).collect())
    }

    /// Gives it this long.
    #[must_use]
    pub fn within(mut self, seconds: u64) -> Self {
        self.seconds = seconds;
        self
    }

    /// How long it may take.
    pub const fn limit(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// trust.md rule 18
    #[test]
    fn a_value_that_means_something_to_a_tool_is_no_argument() {
        for text in ["kesl", "libkesl1:amd64", "a.example.com", "192.0.2.0/24", "2001:db8::/32", "1.0~rc1+b2"]
        {
            assert_eq!(Argument::value(text), Some(Argument::Value(text.into())), "{text}");
        }
        for text in [
            "", "-f", "--yes", "a b", "a\nb", "a*", "a?", "$HOME", "`id`", "a;b", "a'b", "café", "/etc",
            "~root",
        ] {
            assert_eq!(Argument::value(text), None, "{text:?}");
        }
        assert!(Argument::value(&"a".repeat(255)).is_some());
        assert!(Argument::value(&"a".repeat(256)).is_none());
    }
}
