//! What the tables hold: terms, the places in which they stand, and rules.

use foldhash::HashSet;
use interdict_schema::directive::{Exclude, Identifier as Written};
use interdict_schema::entity::EntityList;
use interdict_schema::product::{Identifier, Name};

/// A text that some rule names.
pub(in crate::assess) type Term = u32;

/// What part of a rule a term is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::assess) enum Place {
    Package,
    Purl,
    CpeVendor,
    CpeProduct,
    Vendor,
    Product,
    Signer,
}

/// One identifier of a subject or of its exclusions.
#[derive(Debug)]
pub(in crate::assess) struct Rule<'a> {
    /// Index into the bound subjects.
    pub bound: usize,
    pub written: &'a Written,
    pub parsed: Identifier,
    /// The exclusion whose identifier it is.
    pub exclude: Option<&'a Exclude>,
    /// The list whose row it is.
    pub list: Option<&'a EntityList>,
    /// Whether a vendor is enough: nothing beside it in its list, or in the directive, names a product.
    pub alone: bool,
}

/// What a subject's `vendor` and CPE identifiers say together, those of its lists too.
#[derive(Debug, Default)]
pub(in crate::assess) struct Names {
    /// Every spelling of the vendor: all identifiers of a subject mean one maker.
    pub vendors: HashSet<Term>,
}

/// The words of a text; a text without any stands for itself.
pub(in crate::assess) fn key(text: &str) -> String {
    Name::of(text).map_or_else(|| text.trim().to_owned(), |name| name.as_str().to_owned())
}
