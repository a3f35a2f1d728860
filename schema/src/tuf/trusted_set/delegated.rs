//! The search for a target through delegations (TUF 1.0.34, 5.6.7).
//!
//! It goes by names and depth first, in the order of precedence, over what is trusted already, and stops where a role is
//! missing: the caller supplies that role and asks again. So one role is fetched at a time, and only one that is needed.
//! A role counts only as its delegator *of this search* vouched for it.
//!
//! Beside it, the enumeration of all roles, which proposes names and believes none: the search decides (`trust.md`, rule 6).

use alloc::collections::{BTreeSet, VecDeque};
use alloc::vec::Vec;

use super::targets::TARGETS;
use super::{Held, TrustedSet};
use crate::key::PublicKey;
use crate::limits::{ROLES_ENUMERATED, ROLES_VISITED};
use crate::tuf::delegations::Sought;
use crate::tuf::refusal::Refusal;
use crate::tuf::role::RoleName;
use crate::tuf::target_path::TargetPath;
use crate::tuf::targets::TargetFile;

/// How far a search came.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup<'s> {
    /// The file, and the role that may and does list it.
    Found {
        /// The role.
        role: RoleName,
        /// What it states.
        file: &'s TargetFile,
    },
    /// No role that may list it does.
    NotFound,
    /// Goes on when [`TrustedSet::update_delegated`] has admitted this role on this delegator's word.
    Needs {
        /// The role.
        role: RoleName,
        /// Who delegates to it.
        delegator: RoleName,
    },
    /// The search comes to a role that was set aside, so that it cannot be said who lists the file, if anybody does.
    SetAside {
        /// The role.
        role: RoleName,
    },
    /// Not found among the most roles that one search visits; there are more. Says nothing about whether it exists.
    TooManyRoles {
        /// The most delegated roles visited.
        limit: usize,
    },
}

/// How far an enumeration came.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enumeration<'s> {
    /// Every target path that some role lists, whether it may or not; but for roles that were set aside.
    All(BTreeSet<&'s str>),
    /// Goes on when [`TrustedSet::update_delegated`] has admitted this role on this delegator's word.
    Needs {
        /// The role.
        role: RoleName,
        /// Who delegates to it.
        delegator: RoleName,
    },
    /// More roles than are asked.
    TooManyRoles {
        /// The most delegated roles that are asked.
        limit: usize,
    },
}

impl TrustedSet<'_> {
    /// The trusted targets roles that delegate, each with a public key that it names for the roles it delegates to; the
    /// top-level one first, some of them more than once.
    pub fn delegated_keys(&self) -> impl Iterator<Item = (&RoleName, &PublicKey)> {
        let delegated = self.delegated.iter().filter_map(|((role, _), held)| Some((role, held.current()?)));
        let roles = self.targets().map(|metadata| (&TARGETS, metadata)).into_iter().chain(delegated);
        roles.flat_map(|(role, metadata)| {
            let delegations = metadata.signed().delegations.iter();
            let keys = delegations.flat_map(|delegations| delegations.keys.values());
            keys.filter_map(move |key| Some((role, key.public()?)))
        })
    }

    /// Goes on without a delegated role that was admitted and that the caller does not believe, on whoever's word.
    pub fn withdraw(&mut self, role: &RoleName) {
        self.delegated.retain(|(held, _), _| held != role);
        self.set_aside.insert(role.clone());
    }

    /// Goes on without a delegated role that is not to be had. An enumeration passes it by; a search that comes to it ends with
    /// [`Lookup::SetAside`], and never goes on to a role that comes after it. Where it is held on the word of another
    /// delegator, it counts there as ever.
    pub fn set_aside(&mut self, role: RoleName) {
        self.set_aside.insert(role);
    }

    /// The roles that were set aside.
    pub fn roles_set_aside(&self) -> impl Iterator<Item = &RoleName> {
        self.set_aside.iter()
    }

    /// Enumerates the targets of all roles, breadth first; each role once, on the word of the first that delegates to it.
    pub fn enumerate(&self) -> Enumeration<'_> {
        let mut names = BTreeSet::new();
        let mut known = BTreeSet::new();
        let mut waiting = VecDeque::new();
        let mut here = TARGETS;
        let mut held = self.targets();
        loop {
            if let Some(metadata) = held {
                let targets = metadata.signed();
                names.extend(targets.targets.keys().map(alloc::string::String::as_str));
                for role in targets.delegations.iter().flat_map(|delegations| &delegations.roles) {
                    if known.insert(role.name.as_str()) {
                        waiting.push_back((RoleName::from_text(&role.name), here.clone()));
                    }
                }
            }
            if known.len() > ROLES_ENUMERATED {
                return Enumeration::TooManyRoles { limit: ROLES_ENUMERATED };
            }
            let Some((role, delegator)) = waiting.pop_front() else { return Enumeration::All(names) };
            held = self.delegated(&role);
            if held.is_none() && !self.set_aside.contains(&role) {
                return Enumeration::Needs { role, delegator };
            }
            here = role;
        }
    }

    /// Searches a target.
    ///
    /// # Errors
    /// [`Refusal::OutOfOrder`] where no targets are trusted; [`Refusal::Unlisted`] where the search needs a role that the
    /// snapshot does not list.
    pub fn find(&self, path: &TargetPath) -> Result<Lookup<'_>, Refusal> {
        let Some(top) = self.targets() else {
            return Err(Refusal::OutOfOrder { role: TARGETS, wanted: TARGETS });
        };
        let sought = Sought::new(path);
        let mut visited: BTreeSet<RoleName> = BTreeSet::from([TARGETS]);
        let mut here = (TARGETS, top.signed());
        let mut to_visit: Vec<(RoleName, RoleName)> = Vec::new();
        loop {
            let (name, targets) = here;
            if let Some(file) = targets.file(path) {
                return Ok(Lookup::Found { role: name, file });
            }
            let roles = targets.delegations.iter().flat_map(|delegations| &delegations.roles);
            let mut below = Vec::new();
            for role in roles.filter(|role| role.paths.contain(&sought)) {
                below.push((RoleName::from_text(&role.name), name.clone()));
                if role.terminating {
                    // What this role does not list is not listed: neither its siblings nor its elders are asked.
                    to_visit.clear();
                    break;
                }
            }
            to_visit.extend(below.into_iter().rev());
            // A cycle, or a role that two delegate to: it was asked already.
            let next = loop {
                match to_visit.pop() {
                    Some((role, _)) if visited.contains(&role) => {}
                    other => break other,
                }
            };
            let Some((role, delegator)) = next else { return Ok(Lookup::NotFound) };
            if visited.len() > ROLES_VISITED {
                return Ok(Lookup::TooManyRoles { limit: ROLES_VISITED });
            }
            visited.insert(role.clone());
            let held = self.delegated.get(&(role.clone(), delegator.clone())).and_then(Held::current);
            let Some(held) = held else {
                if self.set_aside.contains(&role) {
                    return Ok(Lookup::SetAside { role });
                }
                // Known without a request.
                self.delegated_request(&role)?;
                return Ok(Lookup::Needs { role, delegator });
            };
            here = (role, held.signed());
        }
    }
}
