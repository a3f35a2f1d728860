//! Why a text is no range.

use super::super::error::VersionRule;

/// A text that is no range of versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("byte {at}: {rule}")]
pub struct RangeError {
    /// Byte of the text where the rule is broken.
    pub at: usize,
    /// The rule that is broken.
    pub rule: RangeRule,
}

/// What a range must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RangeRule {
    /// Another beginning.
    #[error("found another beginning, wanted `vers:`")]
    Prefix,
    /// The scheme's characters.
    #[error("found another scheme, wanted a lower-case letter, then letters, digits, `.` and `-`")]
    Scheme,
    /// The scheme that is reserved for ranges that are none.
    #[error("found the scheme `invalid`, which stands for a range that is none")]
    Invalid,
    /// A scheme whose order is not known here.
    #[error("found a scheme that is not known here")]
    SchemeUnknown,
    /// No slash after the scheme, or nothing behind it.
    #[error("found no constraints, wanted `vers:<scheme>/<constraint>|…`")]
    NoConstraints,
    /// A blank.
    #[error("found a blank or control character, wanted none")]
    Blank,
    /// A separator at the beginning.
    #[error("found `|` at the beginning, wanted a constraint")]
    LeadingPipe,
    /// A separator at the end.
    #[error("found `|` at the end, wanted a constraint behind it")]
    TrailingPipe,
    /// Two separators.
    #[error("found `||`, wanted a constraint between")]
    ConsecutivePipes,
    /// A comparator alone.
    #[error("found a comparator without a version")]
    NoVersion,
    /// A star beside other constraints, or behind a comparator.
    #[error("found `*` beside something else, wanted it alone")]
    StarNotAlone,
    /// Something other than a star in `all` and `none`.
    #[error("found another constraint, wanted `*`: this scheme has no versions")]
    StarWanted,
    /// An equals sign.
    #[error("found `=`, wanted the version alone where equality is meant")]
    Equals,
    /// A character that must be percent-encoded, or is not ASCII.
    #[error("found a character that must be percent-encoded in a version")]
    Character,
    /// A percent sign without two hexadecimal digits.
    #[error("found `%` without two hexadecimal digits behind it")]
    PercentEncoding,
    /// Lower-case hexadecimal digits, or an encoded character that needs no encoding.
    #[error("found percent-encoding that is not canonical, wanted upper case, and only where it is needed")]
    PercentCanonical,
    /// Colons of a time in percent-encoding.
    #[error("found an encoded colon in a time, wanted `:`")]
    DatetimeColons,
    /// A moment in lower case.
    #[error("found a moment with `t` or `z`, wanted `T` and `Z`")]
    DatetimeCase,
    /// Constraints in another order.
    #[error("found a version smaller than the one before, wanted them sorted")]
    NotSorted,
    /// A version twice.
    #[error("found the same version twice, wanted each once")]
    Duplicate,
    /// Comparators that do not take turns.
    #[error(
        "found a comparator that cannot stand behind the one before, wanted lower and upper bounds in turn"
    )]
    Sequence,
    /// A version that is none of its scheme.
    #[error("not a version of this scheme: {0}")]
    Version(VersionRule),
}

impl RangeError {
    /// This rule, broken at this byte.
    pub(in crate::product) const fn new(at: usize, rule: RangeRule) -> Self {
        Self { at, rule }
    }
}
