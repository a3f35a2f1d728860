//! What a person sees: whether the streams are terminals, how wide, and whether to colour.
//!
//! Colour is never the only sign of anything. Text from documents goes through [`escape_control`] first.

mod escape;
mod paint;
mod progress;
mod span;
mod stacked;
mod table;
mod wrap;

pub use escape::escape_control;
pub use interdict_schema::invisible::is_invisible;
pub use paint::Paint;
pub use progress::{Progress, Unit};
pub use span::{days_until, in_words};
pub use table::Table;

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};

/// Columns when a terminal does not say how wide it is.
const DEFAULT_WIDTH: u16 = 80;

/// What the standard streams lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "five independent facts, each named where it is set")]
pub struct Terminal {
    /// Standard input is a terminal: a person can be asked.
    pub stdin: bool,
    /// Standard output is a terminal: tables, not rows.
    pub stdout: bool,
    /// Standard error is a terminal: progress may be drawn.
    pub stderr: bool,
    /// Columns, when known.
    pub width: Option<u16>,
    /// Whether to colour what goes to a terminal.
    pub colour: bool,
    /// Whether lines may be drawn with characters outside ASCII.
    pub unicode: bool,
}

impl Terminal {
    /// No terminal anywhere: what a script or a timer has.
    pub const fn none() -> Self {
        Self { stdin: false, stdout: false, stderr: false, width: None, colour: false, unicode: false }
    }

    /// Looks at the streams of this process.
    pub fn of_this_process(environment: &BTreeMap<String, String>) -> Self {
        let stdout = io::stdout().is_terminal();
        let size = rustix::termios::tcgetwinsize(io::stdout()).ok().map(|size| size.ws_col);
        let columns = environment.get("COLUMNS").and_then(|columns| columns.parse().ok());
        Self {
            stdin: io::stdin().is_terminal(),
            stdout,
            stderr: io::stderr().is_terminal(),
            width: size.or(columns).filter(|width| *width > 0),
            colour: colour_wanted(environment, stdout),
            unicode: unicode_wanted(environment),
        }
    }
}

/// `NO_COLOR` beats `CLICOLOR_FORCE` beats `TERM=dumb` beats what the stream is (no-color.org,
/// bixense.com/clicolors).
fn colour_wanted(environment: &BTreeMap<String, String>, is_terminal: bool) -> bool {
    let set = |name: &str| environment.get(name).is_some_and(|value| !value.is_empty());
    if set("NO_COLOR") {
        return false;
    }
    if environment.get("CLICOLOR_FORCE").is_some_and(|value| !value.is_empty() && value != "0") {
        return true;
    }
    is_terminal
        && environment.get("TERM").is_none_or(|term| term != "dumb")
        && environment.get("CLICOLOR").is_none_or(|value| value != "0")
}

/// The locale's character set: the first of the three variables that is set decides (POSIX, 8.2).
fn unicode_wanted(environment: &BTreeMap<String, String>) -> bool {
    ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| environment.get(*name).filter(|value| !value.is_empty()))
        .is_some_and(|locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> BTreeMap<String, String> {
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn colour_goes_to_terminals_alone_unless_forced_or_forbidden() {
        for (variables, is_terminal, wanted) in [
            (&[][..], true, true),
            (&[], false, false),
            (&[("NO_COLOR", "1")], true, false),
            (&[("NO_COLOR", "")], true, true),
            (&[("CLICOLOR_FORCE", "1")], false, true),
            (&[("CLICOLOR_FORCE", "0")], false, false),
            (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], true, false),
            (&[("CLICOLOR", "0")], true, false),
            (&[("TERM", "dumb")], true, false),
            (&[("TERM", "xterm")], true, true),
        ] {
            assert_eq!(
                colour_wanted(&environment(variables), is_terminal),
                wanted,
                "{variables:?} {is_terminal}"
            );
        }
    }

    #[test]
    fn lines_are_drawn_only_where_the_locale_is_utf_8() {
        assert!(unicode_wanted(&environment(&[("LANG", "en_US.UTF-8")])));
        assert!(unicode_wanted(&environment(&[("LC_ALL", "C.utf8"), ("LANG", "C")])));
        assert!(!unicode_wanted(&environment(&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")])));
        assert!(!unicode_wanted(&environment(&[])));
    }
}
