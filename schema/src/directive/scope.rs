//! Who is bound: what a directive says of it ([`Scope`]), whether that is so for one agency ([`Scope::binds`]), and whether one
//! action is ordered of it ([`Action::binds`]).
//!
//! An agency is itself and what it is a component of. What it has not said of itself or its systems binds (`trust.md`, rule 21).

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

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

    /// Where the agency has said that it is this addressee, or is not.
    fn said_of(&self, addressee: &Addressee) -> Vec<Said> {
        match &addressee.agency {
            None => alloc::vec![Said::Classes],
            Some(agency) if has(&self.names, agency) => alloc::vec![Said::Names],
            Some(_) => alloc::vec![Said::Parents],
        }
    }

    fn system(&self, wanted: &SystemPredicate) -> Holds {
        Self::among(wanted, self.systems.get(&wanted.predicate))
    }

    fn among(wanted: &SystemPredicate, values: Option<&Vec<String>>) -> Holds {
        match values {
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
                found: "operated-by vendor; on-behalf-of nobody".into(),
                by: vec![Said::System("operated-by".into()), Said::System("on-behalf-of".into())],
            }
        );
        let nobody = Addressee { class: None, agency: None, reason: None };
        assert_eq!(Scope { except: vec![nobody], ..Scope::default() }.binds(&secret), Ok(()));
    }

    #[test]
    fn each_reason_names_what_the_agency_has_said() {
        let by = |scope: &Scope, profile: &Profile| scope.binds(profile).unwrap_err().rests_on().to_vec();
        let both = scope(r#"{"addressees":[{"class":"federal-executive-branch"},{"agency":"DOE"}]}"#);
        let other = said(&["FRB"], Some(&[]), Some(&["independent"]));
        assert_eq!(by(&both, &other), [Said::Classes, Said::Parents]);
        let out = scope(r#"{"except":[{"agency":"DOD"},{"class":"intelligence"}]}"#);
        assert_eq!(by(&out, &said(&["dod"], None, None)), [Said::Names]);
        assert_eq!(by(&out, &said(&["DISA"], Some(&["DOD"]), None)), [Said::Parents]);
        assert_eq!(by(&out, &said(&["NSA"], None, Some(&["intelligence"]))), [Said::Classes]);
    }

    #[test]
    fn an_action_is_ordered_unless_what_it_depends_on_is_said_not_to_be_so() {
        let action: Action = serde_json::from_str(
            r#"{"id":"a","modality":"must","kind":"disconnect","when":[{"predicate":"signs","values":["yes","not-examined"]},
            {"predicate":"mail","values":["yes"]}]}"#,
        )
        .unwrap();
        let id: DirectiveId = "ED-21-02".parse().unwrap();
        let asked = |systems: &[(&str, &[&str])]| {
            let list = |values: &[&str]| values.iter().map(|value| (*value).into()).collect();
            let systems = systems.iter().map(|(name, values)| ((*name).into(), list(values))).collect();
            action.binds(&id, &Profile { systems, ..Profile::default() })
        };
        assert_eq!(asked(&[]), Ok(()), "nobody has said");
        assert_eq!(asked(&[("signs", &["yes"]), ("mail", &["yes"])]), Ok(()));
        assert_eq!(asked(&[("signs", &["no", "not-examined"])]), Ok(()), "of some systems it is so");
        let why = |by: &str| NotBound::When {
            predicate: "signs".into(),
            wanted: "yes or not-examined".into(),
            found: "no".into(),
            by: vec![Said::System(by.into())],
        };
        assert_eq!(asked(&[("signs", &["no"])]), Err(why("signs")));
        assert_eq!(asked(&[("ED-21-02/signs", &["no"]), ("signs", &["yes"])]), Err(why("ED-21-02/signs")));
        assert_eq!(asked(&[("ED-20-02/signs", &["no"])]), Ok(()), "another directive asked");
        assert_eq!(asked(&[("signs", &[])]).unwrap_err().rests_on(), [Said::System("signs".into())]);
    }
}
