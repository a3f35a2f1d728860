//! Who is bound: what a directive says of it ([`Scope`]), and whether that is so for one agency ([`Scope::binds`]).
//!
//! An agency is itself and what it is a component of. What it has not said of itself or its systems binds (`trust.md`, rule 21).

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::DirectiveId;

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
    /// What is true of its systems: the values of each predicate.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub systems: BTreeMap<String, Vec<String>>,
    /// Waivers whose test of eligibility it claims to meet: `BOD-18-01/3des`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub eligible: Vec<String>,
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
    },
    /// It leaves the agency out.
    #[error("leaves out {addressee}{}", because(reason.as_ref()))]
    Except {
        /// The addressee that is left out.
        addressee: String,
        /// Why, in the order's words.
        reason: Option<String>,
    },
    /// It reaches other systems.
    #[error("reaches systems with {wanted}, and the configuration says {found}")]
    Systems {
        /// Predicates and values that it reaches.
        wanted: String,
        /// What the configuration says.
        found: String,
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
    },
}

fn because(reason: Option<&String>) -> String {
    reason.map_or_else(String::new, |reason| alloc::format!(" ({reason})"))
}

/// Whether something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
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

    fn addressee(&self, addressee: &Addressee) -> Holds {
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

    fn system(&self, wanted: &SystemPredicate) -> Holds {
        match self.systems.get(&wanted.predicate) {
            None => Holds::Unknown,
            Some(values) if wanted.values.iter().any(|value| has(values, value)) => Holds::Yes,
            Some(_) if wanted.values.is_empty() => Holds::Unknown,
            Some(_) => Holds::No,
        }
    }

    fn who(&self) -> String {
        let mut said = self.names.clone();
        said.extend(self.parents.iter().flatten().map(|parent| alloc::format!("a component of {parent}")));
        said.extend(self.classes.iter().flatten().map(|class| alloc::format!("of class {class}")));
        if said.is_empty() { "of no class".into() } else { said.join(", ") }
    }
}

fn has(list: &[String], name: &str) -> bool {
    list.iter().any(|own| own.eq_ignore_ascii_case(name))
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
            return Err(NotBound::Except { addressee: named(except), reason: except.reason.clone() });
        }
        let addressed = |addressee: &Addressee| profile.addressee(addressee) != Holds::No;
        if !self.addressees.is_empty() && !self.addressees.iter().any(addressed) {
            let to: Vec<String> = self.addressees.iter().map(named).collect();
            return Err(NotBound::Addressees { to: to.join(", "), who: profile.who() });
        }
        if let Some(except) = self.except_systems.iter().find(|except| profile.system(except) == Holds::Yes) {
            let values = profile.systems.get(&except.predicate).map(Vec::as_slice).unwrap_or_default();
            // Systems of several kinds are not left out because one kind is.
            if values.iter().all(|value| has(&except.values, value)) {
                return Err(NotBound::ExceptSystems {
                    predicate: except.predicate.clone(),
                    value: values.join(", "),
                    reason: except.reason.clone(),
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
            return Err(NotBound::Systems { wanted: wanted.join("; "), found: found.join("; ") });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    fn scope(json: &str) -> Scope {
        serde_json::from_str(json).unwrap()
    }

    fn said(names: &[&str], parents: Option<&[&str]>, classes: Option<&[&str]>) -> Profile {
        let list = |list: &[&str]| list.iter().map(|name| (*name).into()).collect::<Vec<String>>();
        Profile {
            names: list(names),
            parents: parents.map(list),
            classes: classes.map(list),
            ..Profile::default()
        }
    }

    #[test]
    fn what_an_agency_has_not_said_binds() {
        let addressed = scope(r#"{"addressees":[{"class":"federal-executive-branch"},{"agency":"DOE"}]}"#);
        let reason = |profile: &Profile| addressed.binds(profile).map_err(|why| alloc::format!("{why}"));
        assert_eq!(reason(&Profile::default()), Ok(()));
        assert_eq!(reason(&said(&["FRB"], None, Some(&[]))), Ok(()), "it may be a component");
        assert_eq!(reason(&said(&["FRB"], Some(&[]), None)), Ok(()), "it may be of the class");
        assert_eq!(
            reason(&said(&["FRB"], Some(&[]), Some(&["independent"]))),
            Err("addressed to federal-executive-branch, DOE, and the agency is FRB, of class independent"
                .into())
        );
        assert_eq!(
            reason(&said(&["NNSA"], Some(&["doe"]), Some(&[]))),
            Ok(()),
            "a component of an addressee"
        );
    }

    #[test]
    fn what_is_left_out_is_so_by_what_the_agency_says_alone() {
        let out = scope(
            r#"{"except":[{"agency":"DOD","reason":"44 U.S.C. 3553(e)"}],
            "systems":[{"predicate":"operated-by","values":["agency"]},{"predicate":"on-behalf-of","values":["agency"]}],
            "except_systems":[{"predicate":"national-security","values":["yes"],"reason":"3553(d)"}]}"#,
        );
        assert_eq!(out.binds(&Profile::default()), Ok(()));
        let why = |profile: &Profile| out.binds(profile).unwrap_err();
        assert_eq!(
            alloc::format!("{}", why(&said(&["DISA"], Some(&["DOD"]), None))),
            "leaves out DOD (44 U.S.C. 3553(e))"
        );
        let systems = |list: &[(&str, &[&str])]| Profile {
            systems: list
                .iter()
                .map(|(name, values)| ((*name).into(), values.iter().map(|v| (*v).into()).collect()))
                .collect(),
            ..Profile::default()
        };
        let secret = systems(&[("national-security", &["yes"])]);
        assert_eq!(
            alloc::format!("{}", why(&secret)),
            "leaves out systems with national-security yes (3553(d))"
        );
        assert_eq!(
            out.binds(&systems(&[("national-security", &["yes", "no"])])),
            Ok(()),
            "some of them are not"
        );
        assert_eq!(
            out.binds(&systems(&[("operated-by", &["vendor"])])),
            Ok(()),
            "the other predicate is not known"
        );
        let neither = systems(&[("operated-by", &["vendor"]), ("on-behalf-of", &["nobody"])]);
        assert_eq!(
            why(&neither),
            NotBound::Systems {
                wanted: "operated-by agency; on-behalf-of agency".into(),
                found: "operated-by vendor; on-behalf-of nobody".into()
            }
        );
        let nobody = Addressee { class: None, agency: None, reason: None };
        assert_eq!(Scope { except: vec![nobody], ..Scope::default() }.binds(&secret), Ok(()));
    }
}
