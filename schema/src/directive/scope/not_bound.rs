//! Why something does not bind, and the places of the configuration that the reason rests on.

use alloc::string::String;
use alloc::vec::Vec;

/// What an agency has said of itself: the place in its configuration on which an answer rests.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Said {
    /// The names that it goes by.
    Names,
    /// Its classes.
    Classes,
    /// What it is a component of.
    Parents,
    /// The values of a predicate.
    System(String),
}

/// Why a directive does not bind. Each reason rests on something that the agency has said of itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotBound {
    /// It is addressed to others.
    #[error("addressed to {to}, and the agency is {who}")]
    Addressees {
        /// Whom it is addressed to.
        to: String,
        /// What the agency has said of itself.
        who: String,
        /// Where it has said so.
        by: Vec<Said>,
    },
    /// It leaves the agency out.
    #[error("leaves out {addressee}{}", because(reason.as_ref()))]
    Except {
        /// The addressee that is left out.
        addressee: String,
        /// Why, in the order's words.
        reason: Option<String>,
        /// Where the agency has said that it is one.
        by: Vec<Said>,
    },
    /// It reaches other systems.
    #[error("reaches systems with {wanted}, and the configuration says {found}")]
    Systems {
        /// Predicates and values that it reaches.
        wanted: String,
        /// What the configuration says.
        found: String,
        /// Where it says so.
        by: Vec<Said>,
    },
    /// It leaves such systems out.
    #[error("leaves out systems with {predicate} {value}{}", because(reason.as_ref()))]
    ExceptSystems {
        /// The predicate.
        predicate: String,
        /// The value of the configuration.
        value: String,
        /// Why, in the order's words.
        reason: Option<String>,
        /// Where it says so.
        by: Vec<Said>,
    },
    /// Its action is ordered where something is so that is not so here.
    #[error("ordered where {predicate} is {wanted}, and the configuration says {found}")]
    When {
        /// The predicate.
        predicate: String,
        /// The values with which it is ordered.
        wanted: String,
        /// What the configuration says.
        found: String,
        /// Where it says so.
        by: Vec<Said>,
    },
}

impl NotBound {
    /// What it rests on: the places of the configuration that say what the agency is. Never empty.
    pub fn rests_on(&self) -> &[Said] {
        match self {
            Self::Addressees { by, .. }
            | Self::Except { by, .. }
            | Self::Systems { by, .. }
            | Self::ExceptSystems { by, .. }
            | Self::When { by, .. } => by,
        }
    }
}

fn because(reason: Option<&String>) -> String {
    reason.map_or_else(String::new, |reason| alloc::format!(" ({reason})"))
}
