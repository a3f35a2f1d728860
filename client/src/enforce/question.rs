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
}

impl Expects {
    /// Whether an answer is as expected: how the command ended (`None` for a signal), and its standard output.
    pub fn is_met(&self, status: Option<i32>, stdout: &[u8]) -> bool {
        let has = |text: &str| memchr::memmem::find(stdout, text.as_bytes()).is_some();
        status == Some(0)
            && match self {
                Self::Success => true,
                Self::Contains(text) => has(text),
                Self::ContainsOrNothing(text) => stdout.is_empty() || has(text),
                Self::Lacks(text) => !has(text),
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
