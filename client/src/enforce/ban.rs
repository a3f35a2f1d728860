//! One ban: an identifier, where it comes from, and how far it may be enforced.

use std::fmt;

use interdict_schema::Sha256;
use interdict_schema::directive::{DirectiveId, IdentifierKind, Revision};
use interdict_schema::product::{Identifier, IdentifierError};
use serde::Serialize;

use super::stage::{Because, Stage};

/// Where bans come from: a subject of a directive in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// The repository.
    pub repository: String,
    /// The directive.
    pub directive: DirectiveId,
    /// Its revision.
    pub revision: Revision,
    /// SHA-256 of its payload.
    pub digest: Sha256,
    /// The subject's id.
    pub subject: String,
    /// The subject's name for people; its text is the directive's and is escaped wherever it is shown.
    pub name: String,
    /// The actions that take the subject out of use, by id.
    pub actions: Vec<String>,
}

/// A subject of a directive, and everything by which it is recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Where it comes from.
    pub origin: Origin,
    /// How far it may be enforced.
    pub stage: Stage,
    /// Why no further.
    pub because: Because,
    /// Everything by which it is recognised; never shown as a whole where it is long.
    pub entries: Vec<Entry>,
    /// What the order leaves out. Acts on this part alone: what another directive bans as well stays banned.
    pub excluded: Vec<Entry>,
    /// Lists of which something is missing, in words: the part recognises less than the order says.
    pub gaps: Vec<String>,
}

/// An identifier of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What kind of value it is.
    pub kind: IdentifierKind,
    /// The value as the directive or the list has it. Outside text: no target writes it before [`Entry::read`] took it apart.
    pub value: Box<str>,
    /// The versions that are meant; all where absent.
    pub versions: Option<Box<str>>,
    /// Why this identifier is held back from what its part may do, where it is.
    pub held: Option<Held>,
}

/// Why an identifier is audited where its part would be enforced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "held")]
pub enum Held {
    /// The issuer itself relies on it little: confidence `low` or `review`.
    Confidence,
    /// An exception of the agency for this machine; it stays a finding.
    Excepted {
        /// Its id in `exceptions.toml`.
        exception: String,
    },
    /// It would hit something that no directive may hit on this machine.
    Protected {
        /// The entry of the protected list.
        protects: String,
    },
    /// What must be there before it may be blocked is not.
    Gate {
        /// The gate, in words of the configuration.
        gate: String,
    },
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Confidence => f.write_str("the issuer relies on it little"),
            Self::Excepted { exception } => write!(f, "excepted by the agency: {exception}"),
            Self::Protected { protects } => write!(f, "protected: {protects}"),
            Self::Gate { gate } => write!(f, "waits for {gate}"),
        }
    }
}

impl Entry {
    /// The identifier as it is compared, typed. Every target begins with this.
    ///
    /// # Errors
    /// The value is not of its kind: it is counted as not expressible.
    pub fn read(&self) -> Result<Identifier, IdentifierError> {
        Identifier::parse(self.kind.as_str(), &self.value, self.versions.as_deref())
    }
}

/// An identifier with its part.
#[derive(Debug, Clone, Copy)]
pub struct Ban<'b> {
    /// Its number among all bans, from 0: [`Verdicts`](super::Verdicts) are given by it.
    pub number: usize,
    /// The part.
    pub part: &'b Part,
    /// The identifier.
    pub entry: &'b Entry,
}

impl<'b> Ban<'b> {
    /// How far this identifier may be enforced: its part's stage, or audit where it is held back.
    pub fn stage(&self) -> Stage {
        if self.entry.held.is_some() { self.part.stage.min(Stage::Audit) } else { self.part.stage }
    }

    /// The identifier, typed.
    ///
    /// # Errors
    /// As [`Entry::read`].
    pub fn read(&self) -> Result<Identifier, IdentifierError> {
        self.entry.read()
    }

    /// Where it comes from.
    pub fn origin(&self) -> &'b Origin {
        &self.part.origin
    }
}
