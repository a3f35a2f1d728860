//! Ranges as the tools of an ecosystem write them, read into constraints.
//!
//! Every version is checked by its scheme. One file a scheme reads alternatives and their conditions; `assemble` makes one
//! sorted list of them. Not here: npm's rule for pre-releases, which no list of constraints can say ([`NpmRange`]).

mod assemble;
mod conan;
mod gem;
mod interval;
mod nginx;
mod npm;
mod npm_range;
mod openssl;
mod partial;
mod piece;
mod pypi;

use alloc::string::String;
use alloc::vec::Vec;

use super::comparator::Comparator;
use super::error::VersionRule;
use super::range::Constraints;
use super::scheme::Scheme;
use piece::Piece;

pub use npm_range::NpmRange;

/// A range that was written natively.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Native {
    /// Every version.
    Any,
    /// What any of these alternatives says. All conditions of one must hold; none of it stands for no version.
    AnyOf(Vec<Vec<Condition>>),
}

/// A comparator and its version.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Condition {
    /// How to compare.
    comparator: Comparator,
    /// With which version, which its scheme can read.
    version: String,
}

/// A text that is no native range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("byte {at}: {rule}")]
pub struct NativeError {
    /// Byte where the rule is broken.
    pub at: usize,
    /// The rule that is broken.
    pub rule: NativeRule,
}

/// What a native range must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NativeRule {
    /// The scheme has no ranges of its own that are read here.
    #[error("found a scheme whose own ranges are not read here")]
    Scheme,
    /// A version that is none.
    #[error(transparent)]
    Version(#[from] VersionRule),
    /// An interval without its brackets.
    #[error("found no bracket, wanted an interval such as `[1.0,2.0)`")]
    Bracket,
    /// One version in round brackets.
    #[error("found one version in round brackets, wanted `[version]` or two bounds")]
    Point,
    /// An interval that holds nothing.
    #[error("found an interval that holds nothing, wanted the smaller bound first")]
    Backwards,
    /// An interval that begins before the one before it ends.
    #[error("found an interval that begins before the last one ended, wanted ascending ones")]
    Overlap,
    /// A part that must be a number to be counted up.
    #[error("found a version whose parts cannot be counted up, wanted numbers")]
    NotCountable,
    /// An operator that the scheme does not have, or that no constraint can say.
    #[error("found an operator that no constraint can say")]
    Operator,
    /// Conditions that no version can meet together.
    #[error("found conditions that no version can meet together")]
    Impossible,
    /// Alternatives that overlap.
    #[error("found alternatives that overlap so that one list of constraints cannot say them")]
    Alternatives,
    /// An option that is not known.
    #[error("found an unknown option, wanted `include_prerelease`")]
    Option,
}

impl Constraints {
    /// Reads a range as the tools of a scheme write it; they stand sorted.
    ///
    /// The schemes are conan, gem, maven, nginx, npm, nuget, openssl and pypi. An empty range of Conan has no constraints.
    ///
    /// # Errors
    /// The byte and the rule that is broken.
    pub fn from_native(scheme: Scheme, native: &str) -> Result<Self, NativeError> {
        assemble::constraints(scheme, read(scheme, native)?)
    }
}

fn read(scheme: Scheme, native: &str) -> Result<Native, NativeError> {
    let piece = Piece::whole(native);
    match scheme {
        Scheme::Conan => conan::read(piece),
        Scheme::Gem => gem::read(piece),
        Scheme::Maven => interval::read_maven(piece),
        Scheme::Nginx => nginx::read(piece),
        Scheme::Npm => npm::read(piece),
        Scheme::Nuget => interval::read_nuget(piece),
        Scheme::Openssl => openssl::read(piece),
        Scheme::Pypi => pypi::read(piece),
        _ => Err(NativeError { at: 0, rule: NativeRule::Scheme }),
    }
}

/// The number after this one, in ASCII digits.
fn successor(digits: &str) -> String {
    let digits = digits.trim_start_matches('0');
    let kept = digits.trim_end_matches('9');
    let mut next = String::with_capacity(digits.len() + 1);
    match kept.char_indices().next_back() {
        None => next.push('1'),
        Some((last, digit)) => {
            next.push_str(kept.get(..last).unwrap_or(""));
            next.extend(digit.to_digit(10).and_then(|digit| char::from_digit(digit + 1, 10)));
        }
    }
    next.extend(digits.bytes().skip(kept.len()).map(|_| '0'));
    next
}

#[cfg(test)]
mod tests;
