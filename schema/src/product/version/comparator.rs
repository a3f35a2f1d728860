//! How a constraint compares (VERS, 5.3).

use core::fmt;

/// How a constraint compares a version with its own. In the order in which constraints of one version stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Comparator {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `=`, which is not written.
    Equal,
    /// `!=`
    Unequal,
    /// `>=`
    GreaterOrEqual,
    /// `>`
    Greater,
}

impl Comparator {
    /// As VERS writes it; nothing for [`Comparator::Equal`].
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Equal => "",
            Self::Unequal => "!=",
            Self::GreaterOrEqual => ">=",
            Self::Greater => ">",
        }
    }

    /// The comparator at the beginning of a constraint, and what stands behind it.
    pub(super) fn split(constraint: &str) -> (Self, &str) {
        let longer_first =
            [Self::GreaterOrEqual, Self::LessOrEqual, Self::Unequal, Self::Greater, Self::Less];
        longer_first
            .into_iter()
            .find_map(|comparator| Some((comparator, constraint.strip_prefix(comparator.as_str())?)))
            .unwrap_or((Self::Equal, constraint))
    }

    /// Whether it bounds from above.
    pub(super) const fn is_upper(self) -> bool {
        matches!(self, Self::Less | Self::LessOrEqual)
    }
}

impl fmt::Display for Comparator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
