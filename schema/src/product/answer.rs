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
    /// The component's CPE name is wider than the rule's, or holds wildcards.
    #[error("the component's CPE name is less specific than the rule")]
    CpeLessSpecific,
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

impl Answer {
    /// `Match` if true.
    pub const fn when(holds: bool) -> Self {
        if holds { Self::Match } else { Self::NoMatch }
    }

    /// Both must hold: one `NoMatch` decides, otherwise the first unknown stays.
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::NoMatch, _) | (_, Self::NoMatch) => Self::NoMatch,
            (Self::Unknown(reason), _) | (_, Self::Unknown(reason)) => Self::Unknown(reason),
            (Self::Match, Self::Match) => Self::Match,
        }
    }
}
