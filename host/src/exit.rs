//! How a program ends: seven codes, and which of several wins.
//!
//! A verb may find more than one thing to say (a refused mirror *and* findings outstanding). It collects them in
//! an [`Outcome`]; the process exits with the first in the order of `trust.md`, "Exit codes", and `--json`
//! lists all.

use std::collections::BTreeSet;
use std::fmt;
use std::process::ExitCode;

/// One way to end. Ordered by precedence: the least wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exit {
    /// 2: wrong use: arguments, configuration, an input file of the caller.
    Usage,
    /// 4: an answer that was not believed.
    Refused,
    /// 3: no answer: network, disk, clock.
    NoAnswer,
    /// 5: older than the caller allows.
    Stale,
    /// 6: content that this version does not understand is present.
    Unsupported,
    /// 1: findings outstanding.
    Findings,
    /// 0: done, nothing outstanding.
    Done,
}

impl Exit {
    /// Every way to end, the one that wins first.
    pub const PRECEDENCE: [Self; 7] = [
        Self::Usage,
        Self::Refused,
        Self::NoAnswer,
        Self::Stale,
        Self::Unsupported,
        Self::Findings,
        Self::Done,
    ];

    /// The number the process exits with, 0 to 6.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::NoAnswer => 3,
            Self::Refused => 4,
            Self::Stale => 5,
            Self::Unsupported => 6,
        }
    }

    /// The name in JSON output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Findings => "findings",
            Self::Usage => "usage",
            Self::NoAnswer => "no-answer",
            Self::Refused => "refused",
            Self::Stale => "stale",
            Self::Unsupported => "unsupported",
        }
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl serde::Serialize for Exit {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Everything a verb has to say about how it ended. Empty means done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "an outcome that is dropped is an exit code that is lost"]
pub struct Outcome(BTreeSet<Exit>);

impl Outcome {
    /// Nothing outstanding.
    pub fn done() -> Self {
        Self::default()
    }

    /// Adds one thing to say. [`Exit::Done`] adds nothing.
    pub fn add(&mut self, exit: Exit) {
        if exit != Exit::Done {
            self.0.insert(exit);
        }
    }

    /// Adds everything another outcome has to say.
    pub fn merge(&mut self, other: &Self) {
        self.0.extend(&other.0);
    }

    /// The one that wins.
    pub fn exit(&self) -> Exit {
        self.0.first().copied().unwrap_or(Exit::Done)
    }

    /// Whether this was among the things to say.
    pub fn contains(&self, exit: Exit) -> bool {
        if exit == Exit::Done { self.0.is_empty() } else { self.0.contains(&exit) }
    }

    /// All, the winning one first; `[Done]` when there is nothing to say.
    pub fn all(&self) -> Vec<Exit> {
        if self.0.is_empty() { vec![Exit::Done] } else { self.0.iter().copied().collect() }
    }
}

impl From<Exit> for Outcome {
    fn from(exit: Exit) -> Self {
        let mut outcome = Self::default();
        outcome.add(exit);
        outcome
    }
}

impl FromIterator<Exit> for Outcome {
    fn from_iter<I: IntoIterator<Item = Exit>>(exits: I) -> Self {
        let mut outcome = Self::default();
        exits.into_iter().for_each(|exit| outcome.add(exit));
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_2_4_3_5_6_1_wins() {
        assert_eq!(Exit::PRECEDENCE.map(Exit::code), [2, 4, 3, 5, 6, 1, 0]);
        for (place, winner) in Exit::PRECEDENCE.iter().enumerate() {
            let outcome: Outcome = Exit::PRECEDENCE.into_iter().skip(place).rev().collect();
            assert_eq!(outcome.exit(), *winner);
        }
    }

    #[test]
    fn all_are_listed_in_the_order_of_precedence() {
        let outcome: Outcome = [Exit::Findings, Exit::Stale, Exit::Done, Exit::Refused].into_iter().collect();
        assert_eq!(outcome.all(), [Exit::Refused, Exit::Stale, Exit::Findings]);
        assert!(outcome.contains(Exit::Stale));
        assert!(!outcome.contains(Exit::Done));
    }

    #[test]
    fn nothing_to_say_is_done() {
        assert_eq!(Outcome::done().exit(), Exit::Done);
        assert_eq!(Outcome::from(Exit::Done).all(), [Exit::Done]);
        assert!(Outcome::done().contains(Exit::Done));
    }
}
