//! CPE 2.3 names: well-formed names, their bindings, and name matching.
//!
//! Naming is NISTIR 7695 (formatted strings, 6.2; URI binding, 6.1), matching NISTIR 7696 (section 6). Letter case
//! never counts, so names are held in lower case. The first of two names is always the *rule*, the second the
//! component's name: a rule recognises what it is a superset of or equal to. Swapping them is the classic mistake.
//! Not here: the CPE dictionary and applicability language, and version ranges beside a name.

mod attribute;
mod bind;
mod parse;

use core::fmt;
use core::hash::{Hash, Hasher};
use core::str::FromStr;

use super::answer::{Answer, Reason};

pub use attribute::{Attribute, Relation, Unit};
pub use bind::{Uri, WellFormedName};
pub use parse::{CpeError, CpeRule};

/// The names of the eleven attributes, in the order of the formatted string.
pub const ATTRIBUTES: [&str; 11] = [
    "part",
    "vendor",
    "product",
    "version",
    "update",
    "edition",
    "language",
    "sw_edition",
    "target_sw",
    "target_hw",
    "other",
];

/// A well-formed CPE name. Two are `==` when their attributes are, however much of them was written.
#[derive(Clone)]
pub struct Cpe {
    attributes: [Attribute; 11],
    written: u8,
}

impl Cpe {
    /// Reads a formatted string (`cpe:2.3:a:vendor:product:…`) or a URI (`cpe:/a:vendor:product`).
    ///
    /// Differs: a formatted string may stop after the product, as published lists of vendor and product do; the
    /// attributes that are missing are ANY, and [`is_short`](Self::is_short) says so.
    ///
    /// # Errors
    /// The byte and the rule that is broken.
    pub fn parse(text: &str) -> Result<Self, CpeError> {
        parse::parse(text)
    }

    /// Whether fewer than all eleven attributes were written in a formatted string.
    pub fn is_short(&self) -> bool {
        self.written < 11
    }

    /// All attributes, in the order of [`ATTRIBUTES`].
    pub fn attributes(&self) -> &[Attribute; 11] {
        &self.attributes
    }

    /// `a` application, `o` operating system, `h` hardware.
    pub fn part(&self) -> &Attribute {
        let [part, ..] = &self.attributes;
        part
    }

    /// The vendor.
    pub fn vendor(&self) -> &Attribute {
        let [_, vendor, ..] = &self.attributes;
        vendor
    }

    /// The product.
    pub fn product(&self) -> &Attribute {
        let [_, _, product, ..] = &self.attributes;
        product
    }

    /// The version.
    pub fn version(&self) -> &Attribute {
        let [_, _, _, version, ..] = &self.attributes;
        version
    }

    /// How each attribute of this name relates to the other's (NISTIR 7696, table 6-2).
    pub fn relations(&self, target: &Self) -> [Relation; 11] {
        let mut target = target.attributes.iter();
        self.attributes
            .each_ref()
            .map(|source| target.next().map_or(Relation::Undefined, |target| source.relation(target)))
    }

    /// Whether every name that the target means, this one means too, or they are equal (NISTIR 7696, 6.4).
    pub fn is_superset_of(&self, target: &Self) -> bool {
        self.relations(target).iter().all(|r| matches!(r, Relation::Superset | Relation::Equal))
    }

    /// Whether every name that this one means, the target means too, or they are equal.
    pub fn is_subset_of(&self, target: &Self) -> bool {
        self.relations(target).iter().all(|r| matches!(r, Relation::Subset | Relation::Equal))
    }

    /// Whether both mean the same.
    pub fn is_equal_to(&self, target: &Self) -> bool {
        self.relations(target).iter().all(|r| *r == Relation::Equal)
    }

    /// Whether no name is meant by both.
    pub fn is_disjoint_from(&self, target: &Self) -> bool {
        self.relations(target).contains(&Relation::Disjoint)
    }

    /// Whether this rule recognises a component's name: it is a superset of or equal to it.
    ///
    /// Unknown where the component's name is wider than the rule, or holds wildcards itself, in what it is (part, vendor and
    /// product) or only in which version, edition or platform of it; and where only the reference
    /// implementation's reading of a quoted wildcard makes the rule a superset ([`Attribute::relation`]).
    pub fn matches(&self, component: &Self) -> Answer {
        if self.is_superset_of(component) {
            let mut pairs = self.attributes.iter().zip(&component.attributes);
            let doubtful = pairs.any(|(rule, found)| rule.is_superset_by_a_quoted_end(found));
            return if doubtful { Answer::Unknown(Reason::CpeQuotedWildcard) } else { Answer::Match };
        }
        let mut pairs = self.attributes.iter().zip(&component.attributes);
        let apart = |(rule, found): (&Attribute, &Attribute)| {
            !found.has_wildcards() && rule.relation(found) == Relation::Disjoint
        };
        if pairs.any(apart) {
            return Answer::NoMatch;
        }
        let named = self.relations(component);
        let named = named.iter().take(3).all(|r| matches!(r, Relation::Superset | Relation::Equal));
        Answer::Unknown(if named { Reason::CpeReleaseAbsent } else { Reason::CpeLessSpecific })
    }
}

impl PartialEq for Cpe {
    fn eq(&self, other: &Self) -> bool {
        self.attributes == other.attributes
    }
}

impl Eq for Cpe {}

impl Hash for Cpe {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.attributes.hash(state);
    }
}

impl FromStr for Cpe {
    type Err = CpeError;

    fn from_str(text: &str) -> Result<Self, CpeError> {
        Self::parse(text)
    }
}

impl fmt::Debug for Cpe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Cpe {
    /// The formatted string with all eleven attributes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cpe:2.3")?;
        self.attributes.iter().try_for_each(|attribute| write!(f, ":{attribute}"))
    }
}

#[cfg(test)]
mod tests;
