//! The ```` ```console ```` blocks of a page of the documentation: what is typed in them, and what must be answered.
//!
//! | in a block | meaning |
//! |---|---|
//! | `$ command` | typed into the shell of the page, which is one for all its blocks |
//! | `> more` | goes on with the command |
//! | `? 4` right after a command | it ends with status 4; without such a line with 0 |
//! | any other line | what the command answers, standard output and standard error together |
//! | `...` alone | any lines, or none |
//! | `[..]` in a line | any text, or none |
//! | ```` ```console requires=jq,openssl ```` | the block is left out where a tool is not installed |
//!
//! A block of another kind (```` ```sh ````, ```` ```toml ````) is text. Not here: running ([`session`]).

pub mod session;

use std::fmt;
use std::ops::Range;

/// One block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The tools without which it is left out.
    pub requires: Vec<String>,
    /// What is typed, in order.
    pub steps: Vec<Step>,
}

/// One command and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The line of the page on which it stands, counted from 1.
    pub line: usize,
    /// What is typed: one line or more.
    pub command: String,
    /// How it ends.
    pub status: i32,
    /// The lines of the answer.
    pub wanted: Vec<String>,
    /// Where those lines stand in the page: indices of lines, counted from 0.
    pub place: Range<usize>,
}

/// A block that nobody could run as it is written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// A word on the fence that means nothing.
    #[error("line {line}: found {found:?} after console, wanted requires=TOOL,TOOL")]
    Option {
        /// The line, counted from 1.
        line: usize,
        /// The word.
        found: String,
    },
    /// A line of a block that belongs to no command.
    #[error("line {line}: found {found:?} before any command, wanted `$ command`")]
    NoCommand {
        /// The line, counted from 1.
        line: usize,
        /// What stands there.
        found: String,
    },
    /// A status that is no number.
    #[error("line {line}: found the status {found:?}, wanted 0 to 255")]
    Status {
        /// The line, counted from 1.
        line: usize,
        /// What stands there.
        found: String,
    },
    /// A block without an end.
    #[error("line {line}: a block begins and does not end")]
    Open {
        /// The line of its fence, counted from 1.
        line: usize,
    },
}

/// Reads the blocks of a page.
///
/// # Errors
/// [`PageError`], for the first block that cannot be run.
pub fn blocks(page: &str) -> Result<Vec<Block>, PageError> {
    let lines: Vec<&str> = page.lines().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(fence) = lines.get(at) {
        let begin = at + 1;
        at = begin;
        let Some(language) = fence.strip_prefix("```") else { continue };
        let Some(length) = lines.iter().skip(begin).position(|line| line.trim_end() == "```") else {
            return Err(PageError::Open { line: begin });
        };
        at = begin + length + 1;
        if let Some(options) = language.strip_prefix("console") {
            let steps = steps(&lines, begin..begin + length)?;
            found.push(Block { requires: requires(options, begin)?, steps });
        }
    }
    Ok(found)
}

fn requires(options: &str, line: usize) -> Result<Vec<String>, PageError> {
    let mut tools = Vec::new();
    for option in options.split_whitespace() {
        let named = option
            .strip_prefix("requires=")
            .ok_or_else(|| PageError::Option { line, found: option.into() })?;
        tools.extend(named.split(',').map(str::to_owned));
    }
    Ok(tools)
}

fn steps(lines: &[&str], body: Range<usize>) -> Result<Vec<Step>, PageError> {
    let mut steps: Vec<Step> = Vec::new();
    for index in body {
        let (text, line) = (lines.get(index).copied().unwrap_or_default(), index + 1);
        if let Some(command) = text.strip_prefix("$ ") {
            let place = line..line;
            steps.push(Step { line, command: command.into(), status: 0, wanted: Vec::new(), place });
            continue;
        }
        let step = steps.last_mut().ok_or_else(|| PageError::NoCommand { line, found: text.into() })?;
        let untouched = step.wanted.is_empty();
        if let Some(more) = text.strip_prefix("> ").filter(|_| untouched) {
            step.command.push('\n');
            step.command.push_str(more);
            step.place = line..line;
        } else if let Some(status) = text.strip_prefix("? ").filter(|_| untouched) {
            let number: Option<u8> = status.trim().parse().ok();
            step.status = number.ok_or_else(|| PageError::Status { line, found: status.into() })?.into();
            step.place = line..line;
        } else {
            step.wanted.push(text.into());
            step.place.end = line;
        }
    }
    Ok(steps)
}

/// Where an answer departs from the one that is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// How many lines of the answer are as written.
    pub same: usize,
    /// The answer.
    pub found: Vec<String>,
    /// What is written.
    pub wanted: Vec<String>,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "--- written")?;
        for line in &self.wanted {
            writeln!(f, "    {line}")?;
        }
        writeln!(f, "+++ answered; the first line that nothing written answers to is marked")?;
        for (index, line) in self.found.iter().enumerate() {
            let mark = if index == self.same { ">>>" } else { "   " };
            writeln!(f, "{mark} {line}")?;
        }
        if self.same == self.found.len() {
            writeln!(f, ">>> (it ends here, and more is written)")?;
        }
        Ok(())
    }
}

/// Compares an answer with the lines that are written. Blanks at the ends of lines, and empty lines at the end, count for
/// nothing.
///
/// # Errors
/// [`Mismatch`].
pub fn compare(found: &str, wanted: &[String]) -> Result<(), Box<Mismatch>> {
    let found: Vec<&str> = found.trim_end().lines().map(str::trim_end).collect();
    let mut wanted: Vec<&str> = wanted.iter().map(|line| line.trim_end()).collect();
    while wanted.last().is_some_and(|line| line.is_empty()) {
        wanted.pop();
    }
    // After each written line: the counts of answered lines that what is written so far can stand for.
    let mut reached = vec![0];
    let mut same = 0;
    for pattern in &wanted {
        reached = if *pattern == "..." {
            (reached.first().copied().unwrap_or(found.len() + 1)..=found.len()).collect()
        } else {
            let next = |&at: &usize| found.get(at).is_some_and(|line| fits(line, pattern));
            reached.iter().filter(|at| next(at)).map(|at| at + 1).collect()
        };
        same = reached.first().copied().unwrap_or(same);
    }
    if reached.contains(&found.len()) {
        return Ok(());
    }
    let owned = |lines: Vec<&str>| lines.into_iter().map(str::to_owned).collect();
    Err(Box::new(Mismatch { same, found: owned(found), wanted: owned(wanted) }))
}

/// Whether a line is as written, where `[..]` stands for any text.
fn fits(line: &str, pattern: &str) -> bool {
    let Some((first, rest)) = pattern.split_once("[..]") else { return line == pattern };
    let Some(line) = line.strip_prefix(first) else { return false };
    line.char_indices()
        .map(|(at, _)| at)
        .chain([line.len()])
        .any(|at| line.get(at..).is_some_and(|line| fits(line, rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|&line| line.to_owned()).collect()
    }

    #[test]
    fn reads_commands_statuses_and_answers_of_console_blocks_alone() {
        let page = "text\n```sh\n$ not run\n```\n```console requires=jq,awk\n$ one \\\n> two\n? 4\nanswer\n\n$ three\n```\n";
        let found = blocks(page).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].requires, ["jq", "awk"]);
        let [first, second] = &found[0].steps[..] else { panic!("{found:?}") };
        assert_eq!((first.line, first.command.as_str(), first.status), (6, "one \\\ntwo", 4));
        assert_eq!((&first.wanted, &first.place), (&wanted(&["answer", ""]), &(8..10)));
        assert_eq!((second.command.as_str(), second.status, &second.place), ("three", 0, &(11..11)));
    }

    #[test]
    fn refuses_a_block_that_cannot_be_run() {
        let refused = |page| blocks(page).unwrap_err();
        assert_eq!(
            refused("```console quick\n$ a\n```"),
            PageError::Option { line: 1, found: "quick".into() }
        );
        assert_eq!(refused("```console\na\n```"), PageError::NoCommand { line: 2, found: "a".into() });
        assert_eq!(refused("```console\n$ a\n? no\n```"), PageError::Status { line: 3, found: "no".into() });
        assert_eq!(refused("a\n```console\n$ a\n"), PageError::Open { line: 2 });
    }

    #[test]
    fn dots_stand_for_lines_and_for_text_within_a_line() {
        for (found, lines) in [
            ("", &[][..]),
            ("a\nb\n", &["a", "b", ""]),
            ("a\nb\nc", &["...", "c"]),
            ("a\nb\nc", &["a", "..."]),
            ("a", &["...", "a", "..."]),
            ("b\nb\nc", &["...", "b", "c"]),
            ("in 12 days, at 3", &["in [..] days[..]"]),
        ] {
            assert_eq!(compare(found, &wanted(lines)), Ok(()), "{found:?}");
        }
    }

    #[test]
    fn another_answer_is_a_mismatch_that_names_its_first_line() {
        for (found, lines, same) in [
            ("a\nb", &["a"][..], 1),
            ("a", &["a", "b"], 1),
            ("a\nx\nc", &["a", "b", "c"], 1),
            ("a", &["...", "b"], 0),
            ("in 12 days", &["in [..] weeks"], 0),
            ("said more", &["said"], 0),
        ] {
            let mismatch = compare(found, &wanted(lines)).unwrap_err();
            assert_eq!(mismatch.same, same, "{found:?} {lines:?}");
        }
    }
}
