//! Who is bound: what a directive says of it ([`Scope`]), whether that is so for one agency ([`Scope::binds`]), and whether one
//! action is ordered of it ([`Action::binds`]).
//!
//! An agency is itself and what it is a component of. What it has not said of itself or its systems binds (`trust.md`, rule 21).
//!
//! | file | what is there |
//! |---|---|
//! | `profile` | what an agency has said of itself |
//! | `not_bound` | why something does not bind, and what that rests on |

mod not_bound;
mod profile;
#[cfg(test)]
mod tests;

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

pub use not_bound::{NotBound, Said};
pub use profile::Profile;

use self::profile::{Holds, has};
use super::{Action, DirectiveId};

/// Who and what a directive binds. An empty scope binds everyone who reads it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Scope {
    /// Whom it is addressed to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addressees: Vec<Addressee>,
    /// Addressees that are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<Addressee>,
    /// Systems that it reaches; every system of an addressee where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub systems: Vec<SystemPredicate>,
    /// Systems that it does not reach.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except_systems: Vec<SystemPredicate>,
}

/// An addressee: an agency by name, or a class of agencies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Addressee {
    /// A class: `federal-executive-branch`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// One agency, with its components.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// Why, in the order's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Something that is true of a system, or of an agency, or not. An unset predicate binds (`trust.md`, rule 21).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct SystemPredicate {
    /// `operated-by`, `on-behalf-of`, `hosting`, `exposure`, `national-security`, …
    pub predicate: String,
    /// The values that are meant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Why, in the order's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Scope {
    /// Whether a directive with this scope binds, for all that the agency has said of itself. What it has not said binds.
    ///
    /// # Errors
    /// Why it does not.
    pub fn binds(&self, profile: &Profile) -> Result<(), NotBound> {
        let named = |addressee: &Addressee| {
            let name = addressee.class.as_ref().or(addressee.agency.as_ref());
            name.cloned().unwrap_or_default()
        };
        if let Some(except) = self.except.iter().find(|except| profile.addressee(except) == Holds::Yes) {
            let (addressee, reason) = (named(except), except.reason.clone());
            return Err(NotBound::Except { addressee, reason, by: profile.said_of(except) });
        }
        let addressed = |addressee: &Addressee| profile.addressee(addressee) != Holds::No;
        if !self.addressees.is_empty() && !self.addressees.iter().any(addressed) {
            let to: Vec<String> = self.addressees.iter().map(named).collect();
            let mut by: Vec<Said> = self.addressees.iter().flat_map(|one| profile.said_of(one)).collect();
            by.sort();
            by.dedup();
            return Err(NotBound::Addressees { to: to.join(", "), who: profile.who(), by });
        }
        if let Some(except) = self.except_systems.iter().find(|except| profile.system(except) == Holds::Yes) {
            let values = profile.systems.get(&except.predicate).map(Vec::as_slice).unwrap_or_default();
            // Systems of several kinds are not left out because one kind is.
            if values.iter().all(|value| has(&except.values, value)) {
                return Err(NotBound::ExceptSystems {
                    predicate: except.predicate.clone(),
                    value: values.join(", "),
                    reason: except.reason.clone(),
                    by: alloc::vec![Said::System(except.predicate.clone())],
                });
            }
        }
        let reached = |system: &SystemPredicate| profile.system(system) != Holds::No;
        if !self.systems.is_empty() && !self.systems.iter().any(reached) {
            let wanted = self
                .systems
                .iter()
                .map(|system| alloc::format!("{} {}", system.predicate, system.values.join(" or ")));
            let found = self.systems.iter().filter_map(|system| {
                let values = profile.systems.get(&system.predicate)?;
                Some(alloc::format!("{} {}", system.predicate, values.join(", ")))
            });
            let (wanted, found): (Vec<_>, Vec<_>) = (wanted.collect(), found.collect());
            let by = self.systems.iter().map(|system| Said::System(system.predicate.clone())).collect();
            return Err(NotBound::Systems { wanted: wanted.join("; "), found: found.join("; "), by });
        }
        Ok(())
    }
}

impl Action {
    /// Whether an action of this directive is ordered of an agency: what it says in `when` holds, all of it. What the agency has
    /// not said holds, and so does what is true of some of its systems alone.
    ///
    /// # Errors
    /// [`NotBound::When`], with the first condition that does not hold.
    pub fn binds(&self, directive: &DirectiveId, profile: &Profile) -> Result<(), NotBound> {
        for wanted in &self.when {
            let own = alloc::format!("{directive}/{}", wanted.predicate);
            let said = if profile.systems.contains_key(&own) { own } else { wanted.predicate.clone() };
            let values = profile.systems.get(&said);
            if Profile::among(wanted, values) == Holds::No {
                return Err(NotBound::When {
                    predicate: wanted.predicate.clone(),
                    wanted: wanted.values.join(" or "),
                    found: values.map_or_else(String::new, |values| values.join(", ")),
                    by: alloc::vec![Said::System(said)],
                });
            }
        }
        Ok(())
    }
}
