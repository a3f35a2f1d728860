//! What can be wrong with an exception, and where.

use std::fmt;

use interdict_schema::DateTime;
use interdict_schema::directive::NotADirectiveId;
use interdict_schema::product::IdentifierError;
use thiserror::Error;

use super::exception::MAX_DAYS;
use crate::config::NotARepositoryName;

/// A place in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// Characters from 1.
    pub column: usize,
}

impl Place {
    /// The place of a byte of a text.
    pub(super) fn of(text: &str, byte: usize) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or(before);
        Self {
            line: before.matches('\n').count().saturating_add(1),
            column: line.chars().count().saturating_add(1),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Something wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{place}: {mistake}")]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What.
    pub mistake: Mistake,
}

/// What is wrong with an exception. Each makes it void.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Mistake {
    /// A key that no exception has.
    #[error("found the key {key:?}, wanted one of {wanted}")]
    UnknownKey {
        /// The key.
        key: String,
        /// Those that there are.
        wanted: &'static str,
    },
    /// A key that every exception has is not there.
    #[error("found no {key}, wanted one")]
    Missing {
        /// The key.
        key: &'static str,
    },
    /// A value of another type.
    #[error("{key}: found {found}, wanted {wanted}")]
    Type {
        /// The key.
        key: &'static str,
        /// The type that is there.
        found: &'static str,
        /// The type that should be.
        wanted: &'static str,
    },
    /// A text without anything in it.
    #[error("{key}: found a blank, wanted words")]
    Blank {
        /// The key.
        key: &'static str,
    },
    /// A text that is too long.
    #[error("{key}: found {found} bytes, wanted at most {limit}")]
    TooLong {
        /// The key.
        key: &'static str,
        /// Its length in bytes.
        found: usize,
        /// The longest.
        limit: usize,
    },
    /// A text with a character in it that nobody sees.
    #[error("{key}: found the character U+{:04X}, wanted visible ones", u32::from(*found))]
    Invisible {
        /// The key.
        key: &'static str,
        /// The character.
        found: char,
    },
    /// A name that looks as if it meant several.
    #[error("{key}: found the wildcard {found:?}, wanted one name exactly")]
    Wildcard {
        /// The key.
        key: &'static str,
        /// The character.
        found: char,
    },
    /// Not an exception's name.
    #[error("id: found {found:?}, wanted 1 to 64 of letters, digits, full stops, underscores and hyphens")]
    Id {
        /// The text.
        found: String,
    },
    /// Not a directive's id.
    #[error("directive: {0}")]
    Directive(NotADirectiveId),
    /// Not a repository's name.
    #[error("repository: {0}")]
    Repository(NotARepositoryName),
    /// Not an identifier, or one that means everything.
    #[error("identifier: {0}")]
    Identifier(IdentifierError),
    /// A kind of identifier that this version does not know.
    #[error("identifier: found the kind {kind:?}, wanted one that this version compares")]
    UnknownKind {
        /// The kind.
        kind: String,
    },
    /// Neither a day nor a moment.
    #[error("{key}: found {found:?}, wanted a day, 2017-09-13, or a moment, 2020-07-17T18:00:00Z")]
    Moment {
        /// The key.
        key: &'static str,
        /// The text.
        found: String,
    },
    /// It ends before it begins.
    #[error("found an end at {until}, wanted one after the beginning at {from}")]
    Backwards {
        /// Its first second.
        from: DateTime,
        /// Its last second.
        until: DateTime,
    },
    /// It lasts too long.
    #[error("found an end at {until}, wanted one at most {MAX_DAYS} days after {from}")]
    TooLongATime {
        /// Its first second.
        from: DateTime,
        /// Its last second.
        until: DateTime,
    },
    /// Two of one name: which is meant is not known, so neither counts.
    #[error("found the id {id:?} a second time, the other is at {other}")]
    Twice {
        /// The name.
        id: String,
        /// Where the other is.
        other: Place,
    },
}
