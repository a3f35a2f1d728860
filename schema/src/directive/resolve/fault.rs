//! What is wrong with a set of directives: contradictions, and relations that do not act.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::DocumentRef;
use super::timeline::Entry;
use crate::directive::{Directive, DirectiveId, Relation, RelationKind, Revision};
use crate::{DateTime, Sha256};

/// Directives that contradict one another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Conflict {
    /// Each ends or changes the next, and the last the first.
    #[error("found a circle of relations: {}", Circle(steps))]
    Cycle {
        /// Each document and what it does to the next; the last to the first.
        steps: Vec<(DocumentRef, RelationKind)>,
    },
    /// Two put something else in the place of the same part at the same moment, and neither is about the other.
    #[error(
        "{one} and {other} both change {part:?} of {target} as of {since}, and neither comes before the other"
    )]
    Unordered {
        /// The directive that they change.
        target: DirectiveId,
        /// The part of it.
        part: String,
        /// One document.
        one: DocumentRef,
        /// The other.
        other: DocumentRef,
        /// The moment.
        since: DateTime,
    },
}

/// A circle, spelled out.
struct Circle<'a>(&'a [(DocumentRef, RelationKind)]);

impl fmt::Display for Circle<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (document, kind) in self.0 {
            write!(f, "{document} {kind} ")?;
        }
        match self.0.first() {
            Some((document, _)) => write!(f, "{document}"),
            None => Ok(()),
        }
    }
}

impl Conflict {
    /// The documents in it.
    pub fn documents(&self) -> Vec<&DocumentRef> {
        match self {
            Self::Cycle { steps } => steps.iter().map(|(document, _)| document).collect(),
            Self::Unordered { one, other, .. } => alloc::vec![one, other],
        }
    }
}

/// A relation that does not act.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct WithoutEffect {
    /// The document that it stands in.
    pub document: DocumentRef,
    /// Its place among the document's relations, from 0.
    pub relation: usize,
    /// What it would do.
    pub kind: RelationKind,
    /// To what.
    pub target: DirectiveId,
    /// Why it does not.
    pub why: NoEffect,
}

impl fmt::Display for WithoutEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} without effect: {}", self.document, self.kind, self.target, self.why)
    }
}

/// Why a relation does not act.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum NoEffect {
    /// It is of a kind that this version does not know.
    #[error("a kind of relation that this version does not know")]
    UnknownKind,
    /// The directive that it names is not there, or has not begun: an answer about a day is the same whether or not what
    /// begins later is held.
    #[error("no such directive has taken effect")]
    Absent,
    /// It is about the directive that it stands in.
    #[error("it is about its own directive")]
    Itself,
    /// Its issuer may not act on the other's directives.
    #[error("{issuer:?} may not act on directives of {of:?}")]
    NotEntitled {
        /// Who issued the relation.
        issuer: String,
        /// Who issued the target.
        of: String,
    },
    /// The keys that signed its document no longer count.
    #[error("the keys that signed it no longer count")]
    SignatureWithdrawn,
    /// Its directive is in a conflict.
    #[error("its directive is in a conflict")]
    InConflict,
    /// No revision that is held has the digest that it names.
    #[error("no revision of it has the digest {wanted}")]
    Digest {
        /// The digest.
        wanted: Sha256,
    },
    /// It is about another revision than the one in force.
    #[error("revision {found} is its text, wanted {wanted}")]
    OtherRevision {
        /// The revision that it names.
        wanted: Revision,
        /// The one in force.
        found: Revision,
    },
    /// The target has no such part.
    #[error("the target has no part {part:?}")]
    NoPart {
        /// The part.
        part: String,
    },
    /// Its own directive has nothing to put in the part's place.
    #[error("found nothing of the same kind to put in the place of {part:?}")]
    NothingInstead {
        /// The part.
        part: String,
    },
    /// Its own directive had ended before it took effect.
    #[error("its own directive had ended by {since}")]
    SourceEnded {
        /// When.
        since: DateTime,
    },
    /// What it would change has ended.
    #[error("the target had ended by {since}")]
    TargetEnded {
        /// When.
        since: DateTime,
    },
}

/// A conflict, with the places of what is in it.
pub(super) struct Found<'a> {
    pub conflict: Conflict,
    /// When it came about.
    pub since: DateTime,
    /// Each directive, with its relations that contradict.
    pub relations: Vec<(usize, &'a Relation)>,
}

/// Goes back to the last text of each directive without what contradicts; where there is none, its relations do not act.
///
/// Quarantining one directive touches no other.
pub(super) fn quarantine(entries: &mut [Entry<'_>], found: &Found<'_>) {
    for (number, relation) in &found.relations {
        let Some(entry) = entries.get_mut(*number) else { continue };
        entry.quarantined = true;
        let before = entry.text().revision;
        let says_so = |text: &Directive| {
            text.relations.iter().any(|other| other.kind == relation.kind && other.target == relation.target)
        };
        let counts = |text: &Directive| text.revision < before && !says_so(text);
        if entry.suspended || !entry.choose(counts) {
            entry.suspended = true;
        }
    }
}
