//! Ranges as the tools of an ecosystem write them, read into the constraints of VERS.
//!
//! Every version is checked by its scheme, and the constraints stand in the order in which they were written. Not here:
//! their canonical order, and whether one makes another needless.

mod conan;
mod gem;
mod interval;
mod nginx;
mod openssl;
mod piece;

use alloc::string::String;
use alloc::vec::Vec;

use super::comparator::Comparator;
use super::error::VersionRule;
use super::scheme::Scheme;
use piece::Piece;

/// A range that was written natively.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Native {
    /// Every version.
    Any,
    /// What these constraints say; none of them where nothing was written.
    Constraints(Vec<Constraint>),
}

/// A comparator and its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    /// How to compare.
    pub comparator: Comparator,
    /// With which version, which its scheme can read.
    pub version: String,
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
    /// An option that is not known.
    #[error("found an unknown option, wanted `include_prerelease`")]
    Option,
}

/// Reads a range as the scheme's own tools write it.
///
/// # Errors
/// The byte and the rule that is broken.
pub fn read(scheme: Scheme, native: &str) -> Result<Native, NativeError> {
    let piece = Piece::whole(native);
    match scheme {
        Scheme::Conan => conan::read(piece),
        Scheme::Gem => gem::read(piece),
        Scheme::Maven => interval::read_maven(piece),
        Scheme::Nginx => nginx::read(piece),
        Scheme::Nuget => interval::read_nuget(piece),
        Scheme::Openssl => openssl::read(piece),
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
