//! Which versions npm would install for a range (node-semver 7, "Ranges").
//!
//! Beside the bounds there is a rule of its own: a pre-release is only taken where a bound of the same alternative has
//! a pre-release of the same three numbers. No list of constraints can say that.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::partial::{Operator, Partial, words};
use super::{Comparator, NativeError, Piece, Scheme};
use crate::product::version::{Key, VersionError};

/// A range of npm, with npm's own meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NpmRange(Vec<Vec<Bound>>);

/// One side of an alternative.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bound {
    comparator: Comparator,
    key: Key,
    /// The key of the three numbers alone, where the version is a pre-release.
    numbers: Option<Key>,
}

/// Where the pre-release of a version begins, and so its three numbers end.
fn pre_release(version: &str) -> Option<usize> {
    let build = version.find('+').unwrap_or(version.len());
    version.find('-').filter(|hyphen| *hyphen < build)
}

/// The keys of a version and, of a pre-release, of its three numbers.
fn keys(version: &str) -> Result<(Key, Option<Key>), VersionError> {
    let key = Scheme::Npm.key(version)?;
    let numbers = pre_release(version).and_then(|hyphen| version.get(..hyphen));
    Ok((key, numbers.map(|numbers| Scheme::Npm.key(numbers)).transpose()?))
}

impl NpmRange {
    /// Reads a range.
    ///
    /// # Errors
    /// The byte and the rule that is broken.
    pub fn parse(native: &str) -> Result<Self, NativeError> {
        let mut alternatives = Vec::new();
        for alternative in Piece::whole(native).split("||") {
            let mut sides = Vec::new();
            if let Some((from, to)) = alternative.cut_once(" - ") {
                let (from, to) = (Partial::parse(from)?, Partial::parse(to)?);
                if !from.is_any() {
                    sides.push((Comparator::GreaterOrEqual, from.filled()));
                }
                comparison(Comparator::LessOrEqual, to, &mut sides);
            } else {
                for word in words(alternative) {
                    let (operator, partial) = word?;
                    sides_of(operator, partial, &mut sides);
                }
            }
            let bound = |(comparator, version): (Comparator, String)| match keys(&version) {
                Ok((key, numbers)) => Ok(Bound { comparator, key, numbers }),
                Err(error) => Err(NativeError { at: alternative.at, rule: error.rule.into() }),
            };
            alternatives.push(sides.into_iter().map(bound).collect::<Result<_, _>>()?);
        }
        Ok(Self(alternatives))
    }

    /// Whether npm would take a version.
    ///
    /// # Errors
    /// The byte and the rule that is broken, if the text is no version of npm.
    pub fn is_satisfied_by(&self, version: &str) -> Result<bool, VersionError> {
        let (key, numbers) = keys(version)?;
        Ok(self.0.iter().any(|sides| {
            let inside = sides.iter().all(|side| match side.comparator {
                Comparator::Less => key < side.key,
                Comparator::LessOrEqual => key <= side.key,
                Comparator::Equal => key == side.key,
                Comparator::Unequal => key != side.key,
                Comparator::GreaterOrEqual => key >= side.key,
                Comparator::Greater => key > side.key,
            });
            inside && (numbers.is_none() || sides.iter().any(|side| side.numbers == numbers))
        }))
    }
}

/// The least of all versions with these three numbers, so that no pre-release of them is below.
fn before(numbers: &str) -> String {
    format!("{numbers}-0")
}

fn sides_of(operator: Operator, partial: Partial, sides: &mut Vec<(Comparator, String)>) {
    let least = || (Comparator::GreaterOrEqual, partial.filled());
    match operator {
        Operator::Compared(comparator) => comparison(comparator, partial, sides),
        _ if partial.is_any() => {}
        Operator::Caret => sides.extend([least(), (Comparator::Less, before(&partial.caret()))]),
        Operator::Tilde => sides.extend([least(), (Comparator::Less, before(&partial.tilde()))]),
    }
}

fn comparison(comparator: Comparator, partial: Partial, sides: &mut Vec<(Comparator, String)>) {
    let filled = partial.filled();
    match comparator {
        Comparator::Less | Comparator::Greater if partial.is_any() => {
            sides.push((Comparator::Less, before("0.0.0")));
        }
        _ if partial.is_any() => {}
        _ if partial.is_full() => sides.push((comparator, filled)),
        Comparator::Less => sides.push((Comparator::Less, before(&filled))),
        Comparator::LessOrEqual => sides.push((Comparator::Less, before(&partial.behind()))),
        Comparator::Greater => sides.push((Comparator::GreaterOrEqual, partial.behind())),
        Comparator::GreaterOrEqual => sides.push((comparator, filled)),
        Comparator::Equal | Comparator::Unequal => {
            sides.extend([
                (Comparator::GreaterOrEqual, filled),
                (Comparator::Less, before(&partial.behind())),
            ]);
        }
    }
}
