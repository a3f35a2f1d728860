//! Verdicts, and what they rest on.

use std::borrow::Cow;
use std::sync::Arc;

use interdict_schema::directive::Identifier;
use interdict_schema::entity::EntityList;
use interdict_schema::product::identifier::Certainty;

use super::{Doubt, Exclusion, Field};

/// What a component is to a subject. Ordered: the worst first.
///
/// `unknown` comes before `possible`: it is the product that the directive names, which of a possible is not even sure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It is what the directive means.
    Match,
    /// It is what the directive names, and whether the directive means this version, build or variant of it cannot be told.
    Unknown,
    /// It may be.
    Possible,
    /// It is or may be, and the agency leaves it in place for a while. A finding all the same.
    Excepted,
    /// It is or may be, and a waiver frees the agency of it for now.
    Waived,
    /// It is, and the order leaves it out.
    Excluded,
}

impl Verdict {
    /// What a comparison comes to, by what makes it doubtful: without a doubt a match; unknown where all that is open is how
    /// much of the product the directive means; otherwise possible.
    pub fn of(doubts: &[Doubt<'_>]) -> Self {
        match doubts {
            [] => Self::Match,
            doubts if doubts.iter().all(Doubt::is_of_extent) => Self::Unknown,
            _ => Self::Possible,
        }
    }

    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Unknown => "unknown",
            Self::Possible => "possible",
            Self::Excepted => "excepted",
            Self::Waived => "waived",
            Self::Excluded => "excluded",
        }
    }
}

/// One verdict on one kind of component, wherever it stands in the inventory.
#[derive(Debug, Clone)]
pub struct Judgement<'a> {
    /// Index into [`Assessment::bound`](super::Assessment::bound).
    pub bound: usize,
    /// The verdict.
    pub verdict: Verdict,
    /// What it rests on, the strongest first. Never empty.
    pub evidence: Vec<Evidence<'a>>,
    /// What leaves it out, where the verdict is excluded or waived; or the exception, where it is excepted.
    pub exclusion: Option<Exclusion<'a>>,
    /// Why it is no match, where the verdict is unknown or possible.
    pub doubts: Vec<Doubt<'a>>,
    /// Where it stands.
    pub found: Found,
}

/// Where a judgement's components stand.
#[derive(Debug, Clone)]
pub enum Found {
    /// Indices into the inventory's components; never empty.
    Components(Arc<[usize]>),
    /// Index into the inventory's loose findings.
    Loose(usize),
}

/// What was found where, for one comparison that did not fail.
#[derive(Debug, Clone)]
pub struct Evidence<'a> {
    /// The identifier of the directive, or of one of its lists.
    pub identifier: &'a Identifier,
    /// The list whose row it is; none where it is the directive's own.
    pub list: Option<&'a EntityList>,
    /// How sure a recognition by its kind is.
    pub certainty: Certainty,
    /// The field of the component.
    pub field: Field,
    /// What stands in the field.
    pub found: Cow<'a, str>,
    /// Why this comparison alone is no match; none where it is.
    pub doubts: Vec<Doubt<'a>>,
}

impl Judgement<'_> {
    /// How many places of the inventory it is about.
    pub fn places(&self) -> usize {
        match &self.found {
            Found::Components(components) => components.len(),
            Found::Loose(_) => 1,
        }
    }
}
