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

    /// Whether punctuation stands in it that a well-formed name quotes (NISTIR 7695, 5.3.2: all but the underscore).
    fn has_quoted(&self) -> bool {
        let quoted = |unit: &Unit| matches!(unit, Unit::Is(c) if c.is_ascii_punctuation() && *c != '_');
        matches!(self, Self::Value(units) if units.iter().any(quoted))
    }

    /// NISTIR 7696, table 6-2.
    ///
    /// Differs from the table as NIST's reference implementation does: a target with wildcards *and* quoted
    /// punctuation (`8\.*`) is compared as if its wildcards were characters. [`Cpe::matches`](super::Cpe::matches)
    /// does not build on that.
    pub fn relation(&self, target: &Self) -> Relation {
        match (self, target) {
            (_, target) if target.has_wildcards() && !target.has_quoted() => Relation::Undefined,
            (source, target) if source == target => Relation::Equal,
            (Self::Any, _) => Relation::Superset,
            (_, Self::Any) => Relation::Subset,
            (Self::Value(pattern), Self::Value(value)) if covers(pattern, value) => Relation::Superset,
            _ => Relation::Disjoint,
        }
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
