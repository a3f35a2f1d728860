//! Why something is no match.

use interdict_schema::directive::Confidence;
use interdict_schema::product::{Open, Reason};

/// Why something is no match. What it comes to together is [`Verdict::of`](super::Verdict::of).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Doubt<'a> {
    /// The identifier is not to be relied on.
    #[error("the directive gives this identifier confidence {0}")]
    Confidence(&'a Confidence),
    /// The comparison could not be made.
    #[error(transparent)]
    Unknown(Reason),
    /// The vendor stands in a field that only hints at it.
    #[error("a maintainer only hints at the vendor")]
    VendorHint,
    /// Other characters that look the same, or some that nobody sees.
    #[error(
        "it looks like the name and is spelled with other letters, or with characters that are not visible"
    )]
    Lookalike,
    /// The source package is named, not this one.
    #[error("only the source package has this name")]
    SourcePackage,
    /// A CPE rule met words.
    #[error("the component has no CPE name, only its vendor and product as text")]
    NoCpe,
    /// A vendor's or product's name met the words of a CPE name.
    #[error("the words of a CPE name are not the vendor's own")]
    CpeWords,
    /// The directive wants repair and names no versions.
    #[error("the directive names no versions")]
    NoVersions,
    /// An identifier that hits more narrowly is marked for review.
    #[error("the directive marks {0} for review")]
    Reviewed(&'a str),
    /// The package was removed.
    #[error("the package was removed, its configuration is left")]
    Residual,
    /// A history says that it was installed.
    #[error("it was installed once, and whether it still is, the inventory does not say")]
    Recorded,
    /// It is part of something else.
    #[error("it is part of another maker's product")]
    Nested,
    /// An exclusion may hold.
    #[error("exclusion {0} may hold")]
    PerhapsExcluded(&'a str),
    /// It cannot be told whether an exclusion holds.
    #[error("exclusion {exclusion} may hold: {reason}")]
    ExclusionUnknown {
        /// The exclusion's id.
        exclusion: &'a str,
        /// Why not.
        reason: Reason,
    },
}

impl Doubt<'_> {
    /// Whether what was found is what the directive names all the same, and only open is whether the directive means this
    /// version, build or variant of it.
    pub const fn is_of_extent(&self) -> bool {
        match self {
            Self::Unknown(reason) => matches!(reason.leaves_open(), Open::Extent),
            // The subject is recognised whatever the exclusion's own comparison leaves open.
            Self::ExclusionUnknown { .. } => true,
            Self::Confidence(_)
            | Self::VendorHint
            | Self::Lookalike
            | Self::SourcePackage
            | Self::NoCpe
            | Self::CpeWords
            | Self::NoVersions
            | Self::Reviewed(_)
            | Self::Residual
            | Self::Recorded
            | Self::Nested
            | Self::PerhapsExcluded(_) => false,
        }
    }
}
