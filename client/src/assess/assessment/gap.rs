//! What was not looked for, or could not be, and which subjects do not bind.

use interdict_schema::DateTime;
use interdict_schema::directive::resolve::{DocumentRef, How};
use interdict_schema::directive::scope::NotBound;
use interdict_schema::directive::{DirectiveId, Identifier};
use interdict_schema::entity::Gap;
use interdict_schema::product::IdentifierError;

/// Identifiers of one kind that nothing was compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotLookedFor {
    /// The kind as spelled on the wire.
    pub kind: String,
    /// How many identifiers of binding subjects.
    pub identifiers: usize,
    /// Why.
    pub why: Why,
}

/// Why identifiers were not looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Why {
    /// No component has anything to compare them with.
    #[error("no source says anything to compare them with")]
    NothingToCompare,
    /// A product without a vendor is no identifier by itself.
    #[error("the subject names no vendor beside them")]
    NoVendor,
}

/// An identifier that is not of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable<'a> {
    /// The directive.
    pub directive: &'a DirectiveId,
    /// The subject.
    pub subject: &'a str,
    /// The identifier.
    pub identifier: &'a Identifier,
    /// What is wrong.
    pub error: IdentifierError,
}

/// A list that a subject means, and by which it is not, or not wholly, recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing<'a> {
    /// The directive.
    pub directive: &'a DirectiveId,
    /// The subject.
    pub subject: &'a str,
    /// What is missing.
    pub gap: Gap,
}

/// A subject that does not bind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotBinding<'a> {
    /// The directive.
    pub directive: &'a DirectiveId,
    /// The subject; `None` where it is the whole directive.
    pub subject: Option<&'a str>,
    /// Why.
    pub because: Because,
}

/// Why a subject does not bind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Because {
    /// The directive was closed by a revision of its own.
    #[error("closed")]
    Closed,
    /// The directive was revoked by a revision of its own.
    #[error("revoked")]
    Revoked,
    /// Another directive took its place, closed it or revoked it.
    #[error("{} by {by}", how.as_str())]
    EndedBy {
        /// In what way.
        how: How,
        /// The document that says so.
        by: DocumentRef,
    },
    /// It counts from later on.
    #[error("counts from {0}")]
    NotYet(DateTime),
    /// It counted until then.
    #[error("counted until {0}")]
    Ended(DateTime),
    /// It binds others, by what the configuration says of the agency.
    #[error("{0}, by [agency] in the configuration")]
    OutOfScope(NotBound),
    /// An action of it is not ordered, by what the configuration says of the agency; the subject binds all the same.
    #[error("action {action} is {why}, by [agency] in the configuration")]
    NotOrdered {
        /// The action.
        action: String,
        /// Why.
        why: NotBound,
    },
}
