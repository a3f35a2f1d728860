//! What a target makes of each ban: exact, over-blocks, under-blocks, not expressible. Dropping something in silence is the
//! worst of these, so every ban has a verdict of every target from the beginning.

use std::collections::BTreeMap;

use serde::Serialize;

/// What a target makes of a ban. The reasons are sentences without a full stop, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case", tag = "fidelity", content = "reason")]
pub enum Fidelity {
    /// Identifiers of this kind are not this target's: another one may enforce it.
    OtherKind,
    /// This agency is freed of it, so that nothing is written.
    Freed,
    /// Exactly what is banned is logged or blocked.
    Exact,
    /// More than what is banned is.
    OverBlocks(&'static str),
    /// Less than what is banned is.
    UnderBlocks(&'static str),
    /// It is found and not blocked, although it should be: by this target it is not enforced.
    FindsOnly(&'static str),
    /// Nothing is, although the kind is this target's.
    NotExpressible(&'static str),
    /// The target cannot log without blocking, so that nothing is written until the order begins to block.
    NoAudit,
}

impl Fidelity {
    /// The word for it and the reason, where the ban is of a kind that is the target's.
    pub const fn told(self) -> Option<(&'static str, Option<&'static str>)> {
        match self {
            Self::OtherKind => None,
            Self::Freed => Some(("freed", None)),
            Self::Exact => Some(("exact", None)),
            Self::OverBlocks(reason) => Some(("over-blocks", Some(reason))),
            Self::UnderBlocks(reason) | Self::FindsOnly(reason) => Some(("under-blocks", Some(reason))),
            Self::NotExpressible(reason) => Some(("not-expressible", Some(reason))),
            Self::NoAudit => Some(("no-audit", Some("cannot log without blocking"))),
        }
    }

    /// Whether the target does about the ban what is to be done: one that is to be blocked and is only found is not enforced.
    pub const fn acts(self) -> bool {
        matches!(self, Self::Exact | Self::OverBlocks(_) | Self::UnderBlocks(_))
    }
}

/// The verdict of a target on every ban, by its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdicts(Vec<Fidelity>);

impl Verdicts {
    /// One for each of so many bans: [`Fidelity::OtherKind`], until the target says otherwise.
    pub fn new(bans: usize) -> Self {
        Self(vec![Fidelity::OtherKind; bans])
    }

    /// Says what becomes of a ban. A number beyond the last is ignored.
    pub fn set(&mut self, number: usize, fidelity: Fidelity) {
        if let Some(verdict) = self.0.get_mut(number) {
            *verdict = fidelity;
        }
    }

    /// What becomes of a ban.
    pub fn of(&self, number: usize) -> Fidelity {
        self.0.get(number).copied().unwrap_or(Fidelity::OtherKind)
    }

    /// How many there are of each.
    pub fn counts(&self) -> BTreeMap<Fidelity, usize> {
        let mut counts = BTreeMap::new();
        for fidelity in &self.0 {
            let count: &mut usize = counts.entry(*fidelity).or_default();
            *count = count.saturating_add(1);
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_only_found_is_told_as_under_blocking_and_counts_as_not_enforced() {
        let found = Fidelity::FindsOnly("why");
        assert_eq!(found.told(), Fidelity::UnderBlocks("why").told());
        assert!(!found.acts());
        assert!(Fidelity::UnderBlocks("why").acts());
    }
}
