//! Questions to the tool that obeys: whether what was written is in effect. A rendered file is not enforcement, so the answer
//! is read back through the consumer and kept as evidence.

use serde::Serialize;

use super::command::Command;

/// What an answer must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expects {
    /// The command ends with 0.
    Success,
    /// The command ends with 0 and its standard output has this text.
    Contains(String),
    /// The command ends with 0 and its standard output has this text, or is empty: of what it does not know it says nothing.
    ContainsOrNothing(String),
    /// The command ends with 0 and its standard output lacks this text.
    Lacks(String),
    /// As wanted after this many seconds at the latest: the tool says that it has taken something up before it has.
    Within(u64, Box<Expects>),
}

impl Expects {
    /// Whether an answer is as expected: how the command ended (`None` for a signal), and its standard output.
    pub fn is_met(&self, status: Option<i32>, stdout: &[u8]) -> bool {
        if let Self::Within(_, expects) = self {
            return expects.is_met(status, stdout);
        }
        let has = |text: &str| memchr::memmem::find(stdout, text.as_bytes()).is_some();
        status == Some(0)
            && match self {
                Self::Success | Self::Within(..) => true,
                Self::Contains(text) => has(text),
                Self::ContainsOrNothing(text) => stdout.is_empty() || has(text),
                Self::Lacks(text) => !has(text),
            }
    }
}

impl Expects {
    /// The same, where it may take this many seconds.
    #[must_use]
    pub fn within(self, seconds: u64) -> Self {
        Self::Within(seconds, Box::new(self))
    }

    /// How long an answer may be another one, in seconds.
    pub const fn patience(&self) -> u64 {
        match self {
            Self::Within(seconds, _) => *seconds,
            _ => 0,
        }
    }
}

/// A question to a tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Question {
    /// What is asked, in words: `apt refuses kesl`.
    pub about: String,
    /// How it is asked.
    pub command: Command,
    /// What the answer must be.
    pub expects: Expects,
}
