//! Why a text is no version of its scheme.

/// A text that is no version of its scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("byte {at}: {rule}")]
pub struct VersionError {
    /// Byte where the rule is broken.
    pub at: usize,
    /// The rule that is broken.
    pub rule: VersionRule,
}

/// What the versions of some scheme must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VersionRule {
    /// Nothing there, or nothing where a part must be.
    #[error("found nothing, wanted a version")]
    Empty,
    /// A character that the scheme has no place for.
    #[error("found a character that has no place there in this scheme")]
    Character,
    /// No digit where a number must be.
    #[error("found no digit, wanted a number")]
    Number,
    /// A zero before other digits, where the scheme forbids it.
    #[error("found a zero before other digits, wanted none")]
    LeadingZero,
    /// Fewer or more numbers than the scheme has.
    #[error("found fewer or more numbers than this scheme has")]
    Numbers,
    /// An epoch that is no number, or one too large.
    #[error("found an epoch out of range, wanted 0 to 2147483647")]
    Epoch,
    /// A suffix, qualifier or stage that the scheme does not have.
    #[error("found a suffix that this scheme does not have")]
    Suffix,
    /// A separator with nothing behind it.
    #[error("found a separator at the end, wanted a letter or a digit behind it")]
    Separator,
    /// A number larger than the scheme allows.
    #[error("found a larger number, wanted at most {limit}")]
    TooLarge {
        /// The largest number allowed.
        limit: u32,
    },
    /// A day or a time of day that does not exist.
    #[error("found a day or a time that does not exist")]
    Calendar,
    /// Longer than the limit.
    #[error("found more than {limit} bytes, wanted a version")]
    TooLong {
        /// The limit in bytes.
        limit: usize,
    },
}

impl VersionError {
    /// This rule, broken at this byte.
    pub(crate) const fn new(at: usize, rule: VersionRule) -> Self {
        Self { at, rule }
    }
}
