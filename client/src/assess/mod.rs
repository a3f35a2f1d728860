//! Assessment: which components break which directives, decided and not acted on.
//!
//! [`assess`] takes verified directives, an inventory and a moment, and returns an [`Assessment`]: every verdict with its
//! evidence, and what could not be looked for. It reads no clock and no disk. Nothing is dropped: a hit that an order leaves
//! out is `excluded` with its reason, a comparison that cannot be made is `unknown` or `possible` with its reason.
//!
//! `unknown`: it is what the directive names, and whether the directive means this version, build or variant of it cannot be
//! told. `possible`: it may be what the directive names. What leaves open which of the two holds
//! ([`Open`](interdict_schema::product::Open)) is possible. An unknown is worse, for its product is sure.
//!
//! Identifiers of a subject are alternatives, its own and the rows of the lists that it names. A vendor counts alone where
//! its list, or the directive for its own, has no `product`: rows of a list never narrow what a subject is without it. Texts are compared as whole sequences of normalised words
//! ([`Name`](interdict_schema::product::Name)), never by parts of words. What a hit is worth:
//!
//! | identifier | against | verdict at best |
//! |---|---|---|
//! | `purl` | a package URL: type, namespace and name exactly | match |
//! | `purl-namespace` | where a package URL belongs, or ecosystem and group: the same, or below it | match |
//! | `package` | a package's own name, exactly, in its ecosystem | match |
//! | `package` | the name of the source package | possible |
//! | `sha256`, `authenticode`, `cdhash` | that digest, and no other | match |
//! | `path`, `registry-key`, `domain` | the same, or one below it | match |
//! | `team-id`, `bundle-id`, `app-id`, `extension-id`, `asn` | the same | match |
//! | `cidr`, `process`, `image` | an address in it; a file's name; repository, tag and digest as far as named | match |
//! | `signer` | the common name or organisation of a code signature | match |
//! | `cve` | a CVE id among the findings, or explained away: excluded | match |
//! | `cpe` | a CPE name; the rule is a superset of it or equal | match |
//! | `cpe` | vendor and product as text, in a component without a CPE name | possible |
//! | `vendor` alone | vendor, publisher or supplier; the subject has no `product` | match |
//! | `vendor` and `product` | both as text | match |
//! | `vendor`, `product` | a maintainer, or the words of a CPE name | possible |
//! | `package`, `purl`, `purl-namespace`, `vendor`, `product`, `signer` | a name that looks the same and is spelled with letters of other scripts, or with characters that nobody sees | possible |
//!
//! Where one name of an entity is a `vendor` or `signer` identifier, its other names and aliases are as well.
//!
//! CPE names and texts are of the *probable* tier: they are reported as above, with their
//! [`Certainty`](interdict_schema::product::identifier::Certainty) beside the verdict, because enforcement may ask for more.
//! A verdict is lowered to unknown by a version, qualifier, edition, tag or digest that cannot be compared, and by an
//! exclusion of which it cannot be told whether it holds; to possible by: confidence `low` or `review`; a `review` identifier
//! that hits more narrowly than a rule for all of a vendor; a namespace or ecosystem that cannot be compared; for `remediate`, a rule that names
//! no versions; a package of which only configuration is left; an exclusion that perhaps holds; a component nested in
//! another maker's, unless the subject says `embedded: in`. It becomes excluded by an exclusion that holds, and for a
//! nested component where the subject says `embedded: out`.
//!
//! What a waiver frees the agency of becomes waived. What the agency leaves in place by an exception of its own becomes
//! excepted, and is a finding all the same ([`Assessment::except`]). Not here: relations (the sources are the texts
//! in force), enforcement, how a verdict looks ([`crate::report`]).

mod assessment;
pub mod attached;
mod detected;
mod due;
mod excepted;
mod finding_id;
mod hit;
mod index;
mod judge;
mod lookalike;
mod namespaces;
mod package_name;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_lists;
mod traces;

use interdict_schema::policy::Source;

pub use assessment::{
    Assessment, Assets, Because, Doubt, Evidence, Exclusion, Field, Finding, Found, Judgement, Missing,
    NotBinding, NotLookedFor, Unreadable, Verdict, Why,
};
pub use attached::Attached;
pub use detected::Recorded;
pub use due::{Due, Waiting};
pub use finding_id::{FindingId, NotAFindingId};
pub use index::{Bound, Index};

use crate::as_of::AsOf;
use crate::inventory::Inventory;

/// Compares an inventory with the directives in force.
///
/// `sources` are the texts in force; marked ones bind as well. `as_of` decides which subjects count and which
/// deadlines are next, never whether the directives are fresh. `attached` is what of the files of entries of their lists
/// stands in the inventory.
pub fn assess<'a>(
    sources: &'a [Source<'a>],
    attached: &'a Attached,
    inventory: &'a Inventory,
    as_of: AsOf,
) -> Assessment<'a> {
    Index::new(sources, attached, as_of).assess(inventory)
}
