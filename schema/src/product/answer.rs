//! What a comparison can say. A comparison that cannot be made is its own answer, never "no".

/// Whether a rule recognises a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[must_use]
pub enum Answer {
    /// It does.
    Match,
    /// It does not.
    NoMatch,
    /// It cannot be told, for this reason.
    Unknown(Reason),
}

/// Why it cannot be told whether a rule recognises a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
pub enum Reason {
    /// The rule names a version, the component none.
    #[error("the component has no version")]
    VersionAbsent,
    /// The rule has a range in a scheme whose order is not known here.
    #[error("versions of this scheme cannot be compared")]
    SchemeUnsupported,
    /// The rule has a range of another kind of version than the component's.
    #[error("the component's versions are of another kind than the rule's range")]
    SchemeDiffers,
    /// The component's version is none of the scheme that it must be compared in.
    #[error("the component's version cannot be read as its kind is written")]
    VersionUnreadable,
    /// The rule names a distribution or owner, the component none.
    #[error("the component's package URL has no namespace")]
    NamespaceAbsent,
    /// The rule names a qualifier (architecture, distribution) that the component lacks.
    #[error("the component's package URL lacks a qualifier that the rule names")]
    QualifierAbsent,
    /// The rule names the kind of package, the component does not.
    #[error("the component does not say which kind of package it is")]
    EcosystemAbsent,
    /// The component's CPE name is wider than the rule's in part, vendor or product, or holds wildcards there.
    #[error("the component's CPE name is less specific than the rule")]
    CpeLessSpecific,
    /// The component's CPE name is of the rule's product, and wider than the rule in what stands behind it.
    #[error("the component's CPE name leaves open the version, edition or platform that the rule names")]
    CpeReleaseAbsent,
    /// NIST's reference implementation reads a quoted wildcard at the end of the rule's value as a wildcard.
    #[error(
        "only a quoted wildcard of the rule, read as the reference implementation does, covers the component's CPE name"
    )]
    CpeQuotedWildcard,
    /// The rule names an image's tag, the component a digest alone.
    #[error("the component's image has no tag")]
    ImageTagAbsent,
    /// The rule names an image's digest, the component none.
    #[error("the component's image has no digest")]
    ImageDigestAbsent,
}

/// What a comparison that could not be made leaves open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Open {
    /// Whether the component is the product or package that the rule names.
    Identity,
    /// It is that, and open is whether the rule means this version, build or variant of it.
    Extent,
}

impl Reason {
    /// What it leaves open. The identity of a package is its kind, namespace and name, of a CPE name part, vendor and
    /// product, of an image its repository; versions, qualifiers, tags and digests are how much of that a rule means.
    pub const fn leaves_open(self) -> Open {
        match self {
            Self::NamespaceAbsent
            | Self::EcosystemAbsent
            | Self::CpeLessSpecific
            | Self::CpeQuotedWildcard => Open::Identity,
            Self::VersionAbsent
            | Self::SchemeUnsupported
            | Self::SchemeDiffers
            | Self::VersionUnreadable
            | Self::QualifierAbsent
            | Self::CpeReleaseAbsent
            | Self::ImageTagAbsent
            | Self::ImageDigestAbsent => Open::Extent,
        }
    }
}

impl Answer {
    /// `Match` if true.
    pub const fn when(holds: bool) -> Self {
        if holds { Self::Match } else { Self::NoMatch }
    }

    /// Both must hold: one `NoMatch` decides, otherwise the first unknown stays; one of identity before one of extent, for of
    /// what may be something else it is idle to ask which version it is.
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::NoMatch, _) | (_, Self::NoMatch) => Self::NoMatch,
            (Self::Unknown(extent), Self::Unknown(reason))
                if matches!((extent.leaves_open(), reason.leaves_open()), (Open::Extent, Open::Identity)) =>
            {
                Self::Unknown(reason)
            }
            (Self::Unknown(reason), _) | (_, Self::Unknown(reason)) => Self::Unknown(reason),
            (Self::Match, Self::Match) => Self::Match,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_unknowns_the_one_of_identity_stays_and_otherwise_the_first() {
        let (identity, other) =
            (Answer::Unknown(Reason::EcosystemAbsent), Answer::Unknown(Reason::NamespaceAbsent));
        let (extent, later) =
            (Answer::Unknown(Reason::VersionAbsent), Answer::Unknown(Reason::QualifierAbsent));
        assert_eq!(extent.and(identity), identity);
        assert_eq!(identity.and(extent), identity);
        assert_eq!(identity.and(other), identity);
        assert_eq!(extent.and(later), extent);
        for unknown in [identity, extent] {
            assert_eq!(unknown.and(Answer::Match), unknown);
            assert_eq!(Answer::Match.and(unknown), unknown);
            assert_eq!(unknown.and(Answer::NoMatch), Answer::NoMatch);
            assert_eq!(Answer::NoMatch.and(unknown), Answer::NoMatch);
        }
    }
}
