//! Who this client's agency and its components are, and for whom a question is asked.
//!
//! What is not said of an agency binds it (`trust.md`, rule 21). A component says everything of itself in its own table but
//! what it is a component of: that follows from `[agency]`. Nothing that is true of a department's systems is taken to be
//! true of those of its components.

use std::collections::BTreeMap;

use interdict_schema::directive::scope::{NotBound, Profile, Said};
use serde::{Deserialize, Serialize};

use super::listed::listed;
use super::{Config, Lines, Place};

/// The agency that this client works for, or a component of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agency {
    /// Its name, as directives address it.
    pub name: String,
    /// Other names that it goes by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// Its classes. What is not said binds; an empty list says that it is of none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<Vec<String>>,
    /// What it is a component of. What is not said binds; an empty list says that it is of nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parents: Option<Vec<String>>,
    /// Waivers whose test of eligibility it claims to meet: `BOD-18-01/3des`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub eligible: Vec<String>,
    /// What is true of its systems: the values of each predicate. A predicate that is not there binds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub systems: BTreeMap<String, Vec<String>>,
}

impl Agency {
    /// An agency of which nothing is known but its name.
    pub fn named(name: String) -> Self {
        Self {
            name,
            also: Vec::new(),
            classes: None,
            parents: None,
            eligible: Vec::new(),
            systems: BTreeMap::new(),
        }
    }

    fn names(&self) -> Vec<String> {
        std::iter::once(&self.name).chain(&self.also).cloned().collect()
    }

    fn goes_by(&self, name: &str) -> bool {
        std::iter::once(&self.name).chain(&self.also).any(|own| own.eq_ignore_ascii_case(name))
    }

    fn profile(&self) -> Profile {
        Profile {
            names: self.names(),
            classes: self.classes.clone(),
            parents: self.parents.clone(),
            systems: self.systems.clone(),
            eligible: self.eligible.clone(),
        }
    }
}

/// For whom something is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// What is known of it.
    pub profile: Profile,
    /// Where that comes from.
    pub basis: Basis,
}

/// Where what is known of an agency comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// It is this client's own: `[agency]`.
    Own,
    /// It is the component of this number, from 0: `[[component]]`.
    Component(usize),
    /// It is one that `[agency]` is a component of, and nothing but that is known of it.
    Parent,
    /// It stands in the list of civilian agencies, and nothing but its names is known of it.
    Listed,
}

/// An agency of which nothing is known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no agency {found:?} is known")]
pub struct UnknownAgency {
    /// The name.
    pub found: String,
}

impl Party {
    /// The places of the configuration that a reason rests on; none where it rests on the name that was asked for.
    pub fn cited(&self, why: &NotBound, lines: &Lines) -> Vec<Place> {
        let table = match self.basis {
            Basis::Own => "agency".to_owned(),
            Basis::Component(number) => format!("component.{number}"),
            Basis::Parent | Basis::Listed => return Vec::new(),
        };
        let place = |said: &Said| match said {
            Said::Names => lines.place(&format!("{table}.name")),
            Said::Classes => lines.place(&format!("{table}.classes")),
            // A component that does not say so is one of this client's agency.
            Said::Parents => {
                let own = || lines.place("agency.parents").or_else(|| lines.place("agency.name"));
                lines.place(&format!("{table}.parents")).or_else(own)
            }
            Said::System(predicate) => lines.place(&format!("{table}.systems.{predicate}")),
        };
        why.rests_on().iter().filter_map(place).collect()
    }

    /// What is not known of it and therefore binds: `classes`, `parents`, `systems`.
    pub fn not_said(&self) -> Vec<&'static str> {
        let Profile { classes, parents, systems, .. } = &self.profile;
        let open =
            [("classes", classes.is_none()), ("parents", parents.is_none()), ("systems", systems.is_empty())];
        open.into_iter().filter(|(_, open)| *open).map(|(what, _)| what).collect()
    }
}

impl Config {
    /// What is said of the agency, for who is bound and whom waivers free.
    pub fn profile(&self) -> Profile {
        self.agency.as_ref().map(Agency::profile).unwrap_or_default()
    }

    /// This client's own agency.
    pub fn own(&self) -> Party {
        Party { profile: self.profile(), basis: Basis::Own }
    }

    /// The agency that goes by this name, in any letter case: this client's own, a component of it, one that it is a component
    /// of, or one of the list.
    ///
    /// # Errors
    /// [`UnknownAgency`] for any other: a name that is mistyped must not be taken for an agency that everything binds.
    pub fn party(&self, name: &str) -> Result<Party, UnknownAgency> {
        let own = self.agency.as_ref();
        if own.is_some_and(|own| own.goes_by(name)) {
            return Ok(self.own());
        }
        if let Some((number, found)) =
            self.components.iter().enumerate().find(|(_, component)| component.goes_by(name))
        {
            let mut profile = found.profile();
            if profile.parents.is_none() {
                // Known to the end only where what the agency is a component of is.
                profile.parents = own.and_then(|own| {
                    let above = own.parents.clone()?;
                    Some(own.names().into_iter().chain(above).collect())
                });
            }
            return Ok(Party { profile, basis: Basis::Component(number) });
        }
        let named =
            |names: Vec<String>, basis| Party { profile: Profile { names, ..Profile::default() }, basis };
        let both = listed(name);
        let parents = own.and_then(|own| own.parents.as_ref()).into_iter().flatten();
        if let Some(parent) = parents.into_iter().find(|parent| parent.eq_ignore_ascii_case(name)) {
            let also = both.into_iter().flat_map(|(acronym, whole)| [acronym, whole]);
            let also = also.filter(|other| !other.eq_ignore_ascii_case(parent)).map(ToOwned::to_owned);
            return Ok(named(std::iter::once(parent.clone()).chain(also).collect(), Basis::Parent));
        }
        let (acronym, whole) = both.ok_or_else(|| UnknownAgency { found: name.to_owned() })?;
        Ok(named(vec![acronym.to_owned(), whole.to_owned()], Basis::Listed))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    fn config(above: &str) -> Config {
        toml::from_str(&format!(
            "[agency]\nname = \"DOE\"\nalso = [\"Energy\"]\n{above}\n[agency.systems]\nnational-security = [\"yes\"]\n\
             [[component]]\nname = \"NNSA\"\n[[component]]\nname = \"EIA\"\nparents = []\nclasses = [\"statistics\"]\n"
        ))
        .unwrap()
    }

    #[test]
    fn a_component_is_below_this_clients_agency_and_shares_nothing_else_with_it() {
        let party = config("parents = [\"the Union\"]").party("nnsa").unwrap();
        assert_eq!(party.basis, Basis::Component(0));
        assert_eq!(party.profile.parents.as_deref().unwrap(), ["DOE", "Energy", "the Union"]);
        assert!(party.profile.systems.is_empty() && party.profile.classes.is_none());
        assert_eq!(party.not_said(), ["classes", "systems"]);
        let unknown = config("").party("NNSA").unwrap();
        assert_eq!(unknown.profile.parents, None, "what DOE is a component of is not said");
        let own = config("").party("EIA").unwrap();
        assert_eq!(own.profile.parents.as_deref(), Some(&[][..]), "it says so itself");
        assert_eq!(own.not_said(), ["systems"]);
    }

    #[test]
    fn an_agency_is_found_by_any_of_its_names_and_another_is_refused() {
        let config = config("parents = [\"HHS\"]");
        let basis = |name: &str| config.party(name).map(|party| party.basis);
        assert_eq!(basis("energy"), Ok(Basis::Own));
        assert_eq!(basis("hhs"), Ok(Basis::Parent));
        assert_eq!(basis("NASA"), Ok(Basis::Listed));
        assert_eq!(basis("NOSA"), Err(UnknownAgency { found: "NOSA".into() }));
        let above = config.party("HHS").unwrap().profile.names;
        assert_eq!(above, ["HHS", "Department of Health and Human Services"]);
        assert_eq!(Config::default().party("hhs").unwrap().not_said(), ["classes", "parents", "systems"]);
    }
}
