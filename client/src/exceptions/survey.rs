//! What each exception is worth at a moment.

use interdict_host::exit::{Exit, Outcome};
use interdict_schema::DateTime;
use interdict_schema::policy::Source;
use serde::Serialize;

use super::aim::{Nothing, aim};
use super::exception::Exception;
use super::register::{Register, Unreadable};

/// What an exception that was understood is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It counts.
    InEffect,
    /// It will.
    NotBegun,
    /// It is void, and an error until it is removed.
    Expired,
}

impl State {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InEffect => "in effect",
            Self::NotBegun => "not begun",
            Self::Expired => "expired",
        }
    }
}

/// An exception at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing<'r> {
    /// The exception.
    pub exception: &'r Exception,
    /// What it is worth.
    pub state: State,
    /// Whole days until its last second, rounded down; negative once it has passed.
    pub days_left: i64,
    /// Why there is nothing that it could except, where that is so.
    pub nothing: Option<Nothing>,
}

/// Every exception at a moment.
#[derive(Debug, Clone)]
pub struct Survey<'r> {
    /// The file.
    pub register: &'r Register,
    /// The moment: the clock, or the last accepted refresh where that is later.
    pub at: DateTime,
    /// What was understood, in the order of the file.
    pub standings: Vec<Standing<'r>>,
}

/// How many exceptions there are of each worth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// In effect, those among them that match nothing too.
    pub in_effect: usize,
    /// Not begun.
    pub not_begun: usize,
    /// Expired.
    pub expired: usize,
    /// Not understood; a file that cannot be read is one.
    pub void: usize,
    /// Of those that are in effect or will be: naming nothing that is in force.
    pub matching_nothing: usize,
}

impl<'r> Survey<'r> {
    /// What each exception is worth at `at`, beside the texts in force.
    ///
    /// `at` is never the day that `--as-of` asks about: what has expired does not come back because somebody asks about
    /// last year.
    pub fn of(register: &'r Register, sources: &[Source<'_>], at: DateTime) -> Self {
        let standing = |exception: &'r Exception| Standing {
            exception,
            state: match (at < exception.begins(), exception.ends() < at) {
                (true, _) => State::NotBegun,
                (_, true) => State::Expired,
                _ => State::InEffect,
            },
            days_left: exception.ends().unix_seconds().saturating_sub(at.unix_seconds()).div_euclid(86_400),
            nothing: aim(exception, sources).err(),
        };
        Self { register, at, standings: register.exceptions.iter().map(standing).collect() }
    }

    /// Those that count: in effect, and naming something that is in force.
    pub fn counting(&self) -> impl Iterator<Item = &'r Exception> {
        let counts =
            |standing: &&Standing<'_>| standing.state == State::InEffect && standing.nothing.is_none();
        self.standings.iter().filter(counts).map(|standing| standing.exception)
    }

    /// How many there are of each worth.
    pub fn counts(&self) -> Counts {
        let of = |state| self.standings.iter().filter(|standing| standing.state == state).count();
        let aimless =
            |standing: &&Standing<'_>| standing.nothing.is_some() && standing.state != State::Expired;
        Counts {
            in_effect: of(State::InEffect),
            not_begun: of(State::NotBegun),
            expired: of(State::Expired),
            void: self.register.void.len().saturating_add(usize::from(self.register.unreadable.is_some())),
            matching_nothing: self.standings.iter().filter(aimless).count(),
        }
    }

    /// What is void is an error, whatever was asked.
    pub fn outcome(&self) -> Outcome {
        let mut outcome = Outcome::done();
        let counts = self.counts();
        outcome.add(match &self.register.unreadable {
            // The file may be in order; nobody could look.
            Some(Unreadable::Read(_)) => Exit::NoAnswer,
            _ if counts.void > 0 || counts.expired > 0 => Exit::Usage,
            _ => Exit::Done,
        });
        outcome
    }
}
