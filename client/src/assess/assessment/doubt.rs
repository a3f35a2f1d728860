//! Why something is no match.

use interdict_schema::directive::Confidence;
use interdict_schema::product::Reason;

/// Why something is no more than possible.
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
    /// It is part of something else.
    #[error("it is part of another maker's product")]
    Nested,
    /// An exclusion may hold.
    #[error("exclusion {0} may hold")]
    PerhapsExcluded(&'a str),
}
