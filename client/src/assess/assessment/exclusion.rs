//! What leaves a hit out.

use std::borrow::Cow;

use interdict_schema::DateTime;
use interdict_schema::directive::resolve::DocumentRef;
use interdict_schema::directive::{Exclude, Waiver};

use super::Verdict;
use crate::exceptions::Exception;

/// What leaves a hit out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exclusion<'a> {
    /// An exclusion of the subject.
    Listed(&'a Exclude),
    /// The subject says `embedded: out`.
    Embedded,
    /// The inventory explains the vulnerability away, in this state.
    Dismissed(&'a str),
    /// A waiver frees the agency.
    Waived {
        /// The waiver.
        waiver: &'a Waiver,
        /// Its last second; none where it has no end.
        until: Option<DateTime>,
        /// The document of its own that granted it; none where it stands in the directive.
        document: Option<&'a DocumentRef>,
    },
    /// Nothing: the agency leaves it in place, and answers for it.
    Excepted {
        /// The agency's exception.
        exception: &'a Exception,
        /// The verdict without it.
        otherwise: Verdict,
    },
}

impl Exclusion<'_> {
    /// Its name: an exclusion's id, `embedded-out`, or the state that the inventory gives.
    pub fn id(&self) -> &str {
        match self {
            Self::Listed(exclude) => &exclude.id,
            Self::Embedded => "embedded-out",
            Self::Dismissed(state) => state,
            Self::Waived { waiver, .. } => &waiver.id,
            Self::Excepted { exception, .. } => &exception.id,
        }
    }

    /// The document of its own that grants the waiver.
    pub fn document(&self) -> Option<&DocumentRef> {
        match self {
            Self::Waived { document, .. } => *document,
            _ => None,
        }
    }

    /// The reason, in words: for a waiver who granted it, until when and under what conditions; for an exception who
    /// approved it, until when and why.
    pub fn reason(&self) -> Cow<'_, str> {
        match self {
            Self::Listed(exclude) => exclude.reason.as_str().into(),
            Self::Embedded => "the order leaves out code inside other makers' products".into(),
            Self::Dismissed(_) => "the inventory explains the vulnerability away".into(),
            Self::Waived { waiver, until, document } => {
                let until = until.map_or_else(|| "without end".to_owned(), |until| format!("until {until}"));
                let conditions = waiver.conditions.join("; ");
                let conditions =
                    if conditions.is_empty() { conditions } else { format!("; conditions: {conditions}") };
                let document = document.map_or_else(String::new, |document| format!(" in {document}"));
                format!("waived {until}, granted by {}{document}{conditions}", waiver.granted_by).into()
            }
            Self::Excepted { exception, .. } => {
                let Exception { approved_by, reason, .. } = exception;
                format!("excepted until {}, approved by {approved_by}: {reason}", exception.ends()).into()
            }
        }
    }
}
