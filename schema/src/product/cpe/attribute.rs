//! One attribute of a CPE name, and how two relate (NISTIR 7695, 5.3; NISTIR 7696, 6.1 to 6.3).

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Attribute {
    /// Any value: `*`.
    Any,
    /// Not applicable: `-`.
    NotApplicable,
    /// A value, with wildcards at its ends at most. Never empty.
    Value(Box<[Unit]>),
}

/// One character of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unit {
    /// This character, in lower case.
    Is(char),
    /// `?`: one character or none.
    One,
    /// `*`: any number of characters.
    Many,
}

/// How a source attribute relates to a target attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The source means all that the target means, and more.
    Superset,
    /// The target means all that the source means, and more.
    Subset,
    /// Both mean the same.
    Equal,
    /// Nothing is meant by both.
    Disjoint,
    /// Not defined: the target holds wildcards.
    Undefined,
}

impl Attribute {
    /// The value without wildcards, if that is what this is.
    pub fn literal(&self) -> Option<String> {
        match self {
            Self::Value(units) => {
                units.iter().map(|unit| if let Unit::Is(c) = unit { Some(*c) } else { None }).collect()
            }
            _ => None,
        }
    }

    /// Whether wildcards stand in it.
    pub fn has_wildcards(&self) -> bool {
        matches!(self, Self::Value(units) if units.iter().any(|unit| !matches!(unit, Unit::Is(_))))
    }

    /// Whether punctuation stands in it that a well-formed name quotes.
    fn has_quoted(&self) -> bool {
        matches!(self, Self::Value(units) if units.iter().any(|unit| unit.is_quoted()))
    }

    /// NISTIR 7696, table 6-2.
    ///
    /// Differs from the table where NIST's reference implementation does, in two places. A target with wildcards *and*
    /// quoted punctuation (`8\.*`) is compared as if its wildcards were characters. And a quoted wildcard at the end of
    /// the source may be read as a wildcard (`covers_by_a_quoted_end`): that calls more names recognised than the
    /// standard does, so nothing that is meant goes unseen. [`Cpe::matches`](super::Cpe::matches) builds on neither: it
    /// calls the second unknown, which is reported, and CPE is of the probable tier, which enforces nothing by itself.
    pub fn relation(&self, target: &Self) -> Relation {
        match (self, target) {
            (_, target) if target.has_wildcards() && !target.has_quoted() => Relation::Undefined,
            (source, target) if source == target => Relation::Equal,
            (Self::Any, _) => Relation::Superset,
            (_, Self::Any) => Relation::Subset,
            (Self::Value(pattern), Self::Value(value))
                if covers(pattern, value) || covers_by_a_quoted_end(pattern, value) =>
            {
                Relation::Superset
            }
            _ => Relation::Disjoint,
        }
    }

    /// Whether the relation rests on the reference implementation's reading of a quoted wildcard alone.
    pub(super) fn is_superset_by_a_quoted_end(&self, target: &Self) -> bool {
        matches!((self, target), (Self::Value(pattern), Self::Value(value))
            if pattern != value && !covers(pattern, value) && covers_by_a_quoted_end(pattern, value))
    }
}

/// Whether a pattern covers a value (NISTIR 7696, 6.3). Wildcards stand at the ends alone, so the middle is a plain
/// run of characters, to be found where the ends leave room for it.
fn covers(pattern: &[Unit], value: &[Unit]) -> bool {
    let wild = |unit: &&Unit| !matches!(unit, Unit::Is(_));
    let front = pattern.iter().take_while(wild).count();
    let middle = pattern.get(front..).unwrap_or_default();
    let back = middle.iter().rev().take_while(wild).count();
    let Some(literal) = middle.get(..middle.len() - back) else { return false };
    let room = |units: &[Unit]| if units.contains(&Unit::Many) { usize::MAX } else { units.len() };
    let before = room(pattern.get(..front).unwrap_or_default());
    let after = room(middle.get(middle.len() - back..).unwrap_or_default());
    let Some(spare) = value.len().checked_sub(literal.len()) else { return false };
    (spare.saturating_sub(after)..=spare.min(before))
        .any(|start| value.get(start..).is_some_and(|rest| rest.starts_with(literal)))
}

/// Whether a pattern covers a value in the reference implementation's reading of a quoted wildcard at the pattern's end.
///
/// `isEvenWildcards` (NISTIR 7696, 7.3) asks whether an even number of backslashes stands before the wildcard. The
/// reference implementation searches for the next backslash from each place instead of looking at it, and so counts the
/// *places* before the wildcard. Where they are even it takes the quoted wildcard for a wildcard and leaves its backslash
/// in the pattern: `9\.\*` then means `9\.\`, and whatever follows.
fn covers_by_a_quoted_end(pattern: &[Unit], value: &[Unit]) -> bool {
    let Some((Unit::Is(last @ ('*' | '?')), before)) = pattern.split_last() else { return false };
    let places: usize = before.iter().map(|unit| unit.places()).sum();
    if places.is_multiple_of(2) {
        return false;
    }
    let front = before.iter().take_while(|unit| !matches!(unit, Unit::Is(_))).count();
    let literal = before.get(front..).unwrap_or_default();
    let room = if before.first() == Some(&Unit::Many) { usize::MAX } else { front };
    (0..=value.len().min(room)).any(|start| {
        let rest = value.get(start..).and_then(|rest| rest.strip_prefix(literal));
        // The backslash that is left wants punctuation; the wildcard behind it takes what follows, or the one character.
        rest.and_then(|rest| rest.split_first())
            .is_some_and(|(next, rest)| next.is_quoted() && (*last == '*' || rest.is_empty()))
    })
}

impl Unit {
    /// Whether a well-formed name quotes it (NISTIR 7695, 5.3.2: all punctuation but the underscore).
    pub(super) const fn is_quoted(self) -> bool {
        matches!(self, Self::Is(c) if c.is_ascii_punctuation() && c != '_')
    }

    /// The characters that it takes in a well-formed name.
    const fn places(self) -> usize {
        if self.is_quoted() { 2 } else { 1 }
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::NotApplicable => f.write_str("-"),
            Self::Value(units) => units.iter().try_for_each(|unit| match unit {
                Unit::One => f.write_str("?"),
                Unit::Many => f.write_str("*"),
                // A lone hyphen would read as "not applicable".
                Unit::Is('-') if units.len() == 1 => f.write_str("\\-"),
                Unit::Is(c) if c.is_ascii_punctuation() && !matches!(c, '.' | '_' | '-') => {
                    write!(f, "\\{c}")
                }
                Unit::Is(c) => write!(f, "{c}"),
            }),
        }
    }
}
