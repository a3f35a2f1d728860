//! What an agency has said of itself and of its systems.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{Addressee, Said, SystemPredicate};
use crate::directive::DirectiveId;

/// What is known of the agency that asks, and of its systems.
///
/// Nothing is known of an empty one, and what is not known binds (`trust.md`, rule 21).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The names that it goes by: its acronym, its full name. Empty where it has not said who it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// Its classes; none where it has not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<Vec<String>>,
    /// The agencies that it is a component of, the nearest first; none where it has not said, empty where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parents: Option<Vec<String>>,
    /// What is true of its systems: the values of each predicate. `ED-21-02/signs-of-compromise` answers what the actions of one
    /// directive ask, and goes before `signs-of-compromise`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub systems: BTreeMap<String, Vec<String>>,
    /// Waivers whose test of eligibility it claims to meet: `BOD-18-01/3des`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub eligible: Vec<String>,
}

/// Whether something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Yes,
    No,
    Unknown,
}

impl Profile {
    /// Whether a name is one of the agency, of what it is a component of, or of its classes.
    pub fn is(&self, name: &str) -> bool {
        let lists = [Some(&self.names), self.parents.as_ref(), self.classes.as_ref()];
        lists.into_iter().flatten().any(|list| has(list, name))
    }

    /// Whether it claims to meet a waiver's test.
    pub fn claims(&self, directive: &DirectiveId, waiver: &str) -> bool {
        let wanted = |claim: &String| {
            claim.split_once('/').is_some_and(|(id, name)| id == directive.as_str() && name == waiver)
        };
        self.eligible.iter().any(wanted)
    }

    pub(super) fn addressee(&self, addressee: &Addressee) -> Holds {
        let of = |list: Option<&Vec<String>>, name: &str| match list {
            Some(list) if has(list, name) => Holds::Yes,
            Some(_) => Holds::No,
            None => Holds::Unknown,
        };
        match (&addressee.class, &addressee.agency) {
            (Some(class), None) => of(self.classes.as_ref(), class),
            (None, Some(agency)) if has(&self.names, agency) => Holds::Yes,
            (None, Some(_)) if self.names.is_empty() => Holds::Unknown,
            (None, Some(agency)) => of(self.parents.as_ref(), agency),
            // Nobody, or two: lint refuses it, and it leaves nobody out.
            _ => Holds::Unknown,
        }
    }

    /// Where the agency has said that it is this addressee, or is not.
    pub(super) fn said_of(&self, addressee: &Addressee) -> Vec<Said> {
        match &addressee.agency {
            None => alloc::vec![Said::Classes],
            Some(agency) if has(&self.names, agency) => alloc::vec![Said::Names],
            Some(_) => alloc::vec![Said::Parents],
        }
    }

    pub(super) fn system(&self, wanted: &SystemPredicate) -> Holds {
        Self::among(wanted, self.systems.get(&wanted.predicate))
    }

    pub(super) fn among(wanted: &SystemPredicate, values: Option<&Vec<String>>) -> Holds {
        match values {
            None => Holds::Unknown,
            Some(values) if wanted.values.iter().any(|value| has(values, value)) => Holds::Yes,
            Some(_) if wanted.values.is_empty() => Holds::Unknown,
            Some(_) => Holds::No,
        }
    }

    pub(super) fn who(&self) -> String {
        let mut said = self.names.clone();
        said.extend(self.parents.iter().flatten().map(|parent| alloc::format!("a component of {parent}")));
        said.extend(self.classes.iter().flatten().map(|class| alloc::format!("of class {class}")));
        if said.is_empty() { "of no class".into() } else { said.join(", ") }
    }
}

pub(super) fn has(list: &[String], name: &str) -> bool {
    list.iter().any(|own| own.eq_ignore_ascii_case(name))
}
