//! Whom a waiver frees, and until when.
//!
//! A waiver acts on the directive that it stands in. Whatever is in doubt frees nobody: a test of eligibility that the
//! operator has not claimed to meet, a beneficiary that is not this agency by name, a day that has not come.

use alloc::string::String;

use jiff::tz::TimeZone;

use crate::DateTime;
use crate::directive::deadline::zone;
use crate::directive::scope::Profile;
use crate::directive::{Directive, Waiver};

/// Where a waiver stands for one agency at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It frees the agency.
    Frees {
        /// Why.
        ground: Ground,
        /// The last second; none where it has no end.
        until: Option<DateTime>,
    },
    /// It would, later.
    NotYet {
        /// From when.
        from: DateTime,
    },
    /// It did.
    Expired {
        /// Its last second.
        until: DateTime,
    },
    /// It frees others.
    Others,
    /// It frees whoever meets a test, and the configuration does not say that this agency does.
    NotClaimed {
        /// The test, in words.
        eligibility: String,
    },
}

/// Why a waiver frees an agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ground {
    /// It is a beneficiary by name, as a component, or by class.
    Beneficiary {
        /// The beneficiary that the waiver names.
        name: String,
    },
    /// The configuration claims that it meets the test.
    Eligible {
        /// The test, in words.
        eligibility: String,
    },
    /// The waiver frees everyone.
    Everyone,
}

/// A waiver that frees an agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waived<'a> {
    /// The waiver.
    pub waiver: &'a Waiver,
    /// Why it does.
    pub ground: Ground,
    /// Its last second; none where it has no end.
    pub until: Option<DateTime>,
}

/// Where a waiver of a directive stands for an agency at a moment.
pub fn standing(directive: &Directive, waiver: &Waiver, profile: &Profile, at: DateTime) -> Standing {
    let zone = zone(&directive.zone).unwrap_or(TimeZone::UTC);
    let beneficiary = waiver.beneficiaries.iter().find(|name| profile.is(name));
    let claimed = profile.claims(&directive.id, &waiver.id);
    let ground = match (waiver.beneficiaries.is_empty(), beneficiary, &waiver.eligibility) {
        (false, None, _) => return Standing::Others,
        (_, _, Some(eligibility)) if !claimed => {
            return Standing::NotClaimed { eligibility: eligibility.clone() };
        }
        (_, Some(name), _) => Ground::Beneficiary { name: name.clone() },
        (true, None, Some(eligibility)) => Ground::Eligible { eligibility: eligibility.clone() },
        (true, None, None) => Ground::Everyone,
    };
    let from = waiver.from.begin(&zone);
    let until = waiver.until.map(|until| until.end(&zone));
    match until {
        _ if at < from => Standing::NotYet { from },
        Some(until) if at > until => Standing::Expired { until },
        _ => Standing::Frees { ground, until },
    }
}

/// The waiver that frees an agency of a part for the longest time, or of the whole where `part` is none.
pub fn waived<'a>(
    directive: &'a Directive,
    part: Option<&str>,
    profile: &Profile,
    at: DateTime,
) -> Option<Waived<'a>> {
    let covers = |waiver: &&Waiver| waiver.part.is_none() || waiver.part.as_deref() == part;
    let frees = |waiver: &'a Waiver| match standing(directive, waiver, profile, at) {
        Standing::Frees { ground, until } => Some(Waived { waiver, ground, until }),
        _ => None,
    };
    let found = directive.waivers.iter().filter(covers).filter_map(frees);
    found.max_by_key(|waived| waived.until.unwrap_or(DateTime::MAX))
}
