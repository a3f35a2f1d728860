//! Ranges of versions: `vers:<scheme>/<constraint>|<constraint>…` (vers-spec, clause 5).
//!
//! [`Constraints`] is the text: a scheme and its constraints, decoded and sorted. [`VersionRange`] is its meaning:
//! intervals of [`Key`](super::Key)s, sorted and apart, so that a version is looked up and not compared with each
//! constraint in turn. Differs: the specification's own algorithm walks the constraints in pairs and mishandles a
//! single inequality; the intervals are what clause 5.3.3 says in words.

mod constraints;
mod encoding;
mod error;
mod intervals;

use alloc::string::{String, ToString as _};
use core::fmt;

use super::keys::Keys;
use super::scheme::Scheme;
use crate::product::answer::{Answer, Reason};

pub(in crate::product) use constraints::blank;
pub use constraints::{Constraint, Constraints};
pub use error::{RangeError, RangeRule};
pub use intervals::{Interval, Intervals};

/// A range of versions of one scheme, or of none: `vers:all/*` and `vers:none/*`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct VersionRange {
    scheme: Option<Scheme>,
    intervals: Intervals,
    text: String,
}

impl VersionRange {
    /// Reads a range in its canonical form.
    ///
    /// # Errors
    /// The byte and the rule that is broken: of the grammar, of the order of the constraints (5.4: sorted, each
    /// version once, comparators in turn), or of a version that is none of its scheme. A scheme that is not known
    /// here is [`RangeRule::SchemeUnknown`], after all else that can be checked without it.
    pub fn parse(text: &str) -> Result<Self, RangeError> {
        let constraints = Constraints::parse(text)?;
        constraints.check_sequence()?;
        // What is read in its canonical form is written in it.
        let range = constraints.meaning(|| text.to_string())?;
        debug_assert_eq!(constraints.to_string(), text, "the canonical form of a range is its own");
        Ok(range)
    }

    /// Whether a text names a scheme that is known here, as a range does: what else is wrong with it is not looked at.
    pub fn names_known_scheme(text: &str) -> bool {
        let name = text.strip_prefix("vers:").and_then(|rest| rest.split_once('/')).map(|(name, _)| name);
        name.and_then(Scheme::parse).is_some()
    }

    pub(super) fn new(scheme: Option<Scheme>, intervals: Intervals, text: String) -> Self {
        Self { scheme, intervals, text }
    }

    /// The scheme that orders its versions; none where all or no versions are meant whatever their scheme.
    pub const fn scheme(&self) -> Option<Scheme> {
        self.scheme
    }

    /// What is in it.
    pub const fn intervals(&self) -> &Intervals {
        &self.intervals
    }

    /// Whether every version of any scheme is in it, also one that its scheme cannot read.
    pub fn is_everything(&self) -> bool {
        self.intervals.is_everything()
    }

    /// Whether a version is in it. A version that its scheme cannot read is unknown, unless all or none are meant.
    pub fn contains(&self, version: &str) -> Answer {
        self.contains_by(version, &mut Keys::default())
    }

    /// [`contains`](Self::contains), by keys that were made for other ranges or are made for this one.
    pub fn contains_by(&self, version: &str, keys: &mut Keys) -> Answer {
        if self.is_everything() {
            return Answer::Match;
        }
        let Some(scheme) = self.scheme else { return Answer::NoMatch };
        keys.of(scheme, version).map_or(Answer::Unknown(Reason::VersionUnreadable), |key| {
            Answer::when(self.intervals.contain(key))
        })
    }
}

impl fmt::Display for VersionRange {
    /// The canonical text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests;
