//! A plan: what it means, and the steps in their order.

use std::borrow::Cow;

use serde::Serialize;

/// What became of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// Its holder cannot use it any longer; nobody else can, as far as anybody knows.
    Lost,
    /// Somebody else can use it, or may.
    Compromised,
}

impl Event {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Compromised => "compromised",
        }
    }
}

/// What has to be done, and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[must_use]
pub struct Plan {
    /// What it means, sentence by sentence.
    pub means: Vec<String>,
    /// Whether what is left of the keys is enough to mend it without any client doing anything.
    pub clients: Means,
    /// The steps, in their order.
    pub steps: Vec<Step>,
}

/// What it means for clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Means {
    /// They follow along without their operators.
    FollowAlong,
    /// Each of them has to pin another root.
    PinAnew,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What is done.
    pub what: String,
    /// Who does it.
    pub by: By,
    /// The command, program and arguments; none where it is no command's work.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
}

/// Who does a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// This program, after a yes.
    ThisProgram,
    /// Whoever runs this program, when what the step needs is there.
    TheOperator,
    /// So many of these people.
    Holders {
        /// How many of them.
        of: u32,
        /// What they are called, or their keyids.
        holders: Vec<String>,
    },
}

impl Step {
    pub(super) fn new(by: By, what: impl Into<String>, command: &[&str]) -> Self {
        let program = (!command.is_empty()).then_some("interdict-publisher");
        let command = program.into_iter().chain(command.iter().copied()).map(ToOwned::to_owned).collect();
        Self { what: what.into(), by, command }
    }

    /// The command as a person types it into a shell.
    pub fn typed(&self) -> String {
        self.command.iter().map(|argument| quoted(argument)).collect::<Vec<_>>().join(" ")
    }
}

/// An argument as a shell takes it: in single quotes where it has to be.
pub fn quoted(argument: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@+%".contains(c);
    if !argument.is_empty() && argument.chars().all(plain) {
        return argument.into();
    }
    format!("'{}'", argument.replace('\'', r"'\''")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_is_quoted_where_a_shell_would_read_something_into_it() {
        for (argument, wanted) in [
            ("keys/a.key", "keys/a.key"),
            ("1a2b=keys/a.pub.json", "1a2b=keys/a.pub.json"),
            ("First officer.key", "'First officer.key'"),
            ("", "''"),
            ("$HOME", "'$HOME'"),
            ("it's", r"'it'\''s'"),
            ("pkcs11:token=a;object=b", "'pkcs11:token=a;object=b'"),
        ] {
            assert_eq!(quoted(argument), wanted);
        }
    }
}
