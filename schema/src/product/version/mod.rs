//! The order of versions, scheme by scheme, and ranges of them (VERS, vers-spec of 2025).
//!
//! One file a scheme; each reads a version, compares two, and writes a [`Key`] whose bytes are in that order. What a
//! scheme cannot read is a [`VersionError`], never a smaller or greater version. Not here: which versions a
//! directive's rule means ([`Versions`](super::Versions)).

mod alpm;
mod apk;
#[cfg(test)]
mod assertions;
mod comparator;
mod conan;
mod datetime;
mod deb;
mod dotted;
mod error;
mod gem;
mod gentoo;
mod key;
mod keys;
mod lexicographic;
mod maven;
mod native;
mod nuget;
mod number;
mod openssl;
mod order;
mod pypi;
mod range;
mod reader;
mod rpm;
mod scheme;
mod semver;

pub use comparator::Comparator;
pub use error::{VersionError, VersionRule};
pub use key::Key;
pub use keys::Keys;
pub use native::{NativeError, NativeRule, NpmRange};
pub(super) use range::blank;
pub use range::{Constraint, Constraints, Interval, Intervals, RangeError, RangeRule, VersionRange};
pub use scheme::Scheme;
