//! The ban list: what a directive is about, and how it is recognised.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::DayOrTime;
use super::words::words;
use super::{DirectiveId, Revision};
use crate::Sha256;
use crate::product::{self, IdentifierError};

/// One entry of the ban list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Subject {
    /// Its name within the directive, for actions to refer to.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// What the directive wants of it.
    pub disposition: Disposition,
    /// The makers that are meant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<Entity>,
    /// Products that the order names, as it names them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<String>,
    /// Everything by which the products are recognised; any one is enough.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// Lists of the same issuer by whose rows the products are recognised too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers_from: Vec<ListReference>,
    /// Whether the order reaches code inside other makers' products.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embedded: Option<Embedded>,
    /// What the order leaves out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excludes: Vec<Exclude>,
    /// When the entry was listed, for clocks that run from listing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listed: Option<DayOrTime>,
    /// The entry's own date, for dues that say `by_subject`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<DayOrTime>,
    /// The entry counts from here on; from the beginning where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<DayOrTime>,
    /// The entry counts until here, inclusive; for ever where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<DayOrTime>,
    /// Remarks for people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

words! {
    /// What a directive wants of a subject.
    pub enum Disposition {
        /// It must go.
        Prohibited = "prohibited",
        /// It must be repaired or updated.
        Remediate = "remediate",
        /// It may stay under conditions.
        Restricted = "restricted",
    }
}

words! {
    /// Whether an order reaches code inside other makers' products.
    pub enum Embedded {
        /// It does.
        In = "in",
        /// It does not: such a hit is excluded, and shown.
        Out = "out",
    }
}

words! {
    /// How far an identifier can be relied on.
    pub enum Confidence {
        /// The maker's own documentation, or several independent sources.
        High = "high",
        /// Two sources, or the maker's code seen indirectly.
        Medium = "medium",
        /// One third party. A hit is `possible` at most.
        Low = "low",
        /// Of the same maker, but perhaps not what the order means. A hit is `possible` at most, also where a wider
        /// identifier of the subject fits: the more exact one says what is known of this product.
        Review = "review",
    }
}

words! {
    /// What kind of identifier a value is.
    pub enum IdentifierKind {
        /// A package URL (ECMA-427).
        Purl = "purl",
        /// A package URL without its name: every package in this namespace and below it (`pkg:npm/%40scope`).
        PurlNamespace = "purl-namespace",
        /// A CPE 2.3 name as a formatted string; `*` stands for any value (NISTIR 7695, 7696).
        Cpe = "cpe",
        /// A maker's name. Where the subject has `product` identifiers it counts only together with one of them.
        Vendor = "vendor",
        /// A product's name; counts together with a `vendor` of the same subject.
        Product = "product",
        /// A package name, exactly, in any distribution.
        Package = "package",
        /// A CVE identifier.
        Cve = "cve",
        /// SHA-256 of a file's bytes.
        Sha256 = "sha256",
        /// The SHA-256 that Authenticode signs: not that of the file.
        Authenticode = "authenticode",
        /// The hash of an Apple code directory, 40 hexadecimal digits.
        Cdhash = "cdhash",
        /// A path and all below it; `*`, `?` and `**` as wildcards.
        Path = "path",
        /// A process's name.
        Process = "process",
        /// The common name in the subject of a code signature.
        Signer = "signer",
        /// An Apple developer team.
        TeamId = "team-id",
        /// An Apple bundle.
        BundleId = "bundle-id",
        /// A mobile application.
        AppId = "app-id",
        /// A browser extension.
        ExtensionId = "extension-id",
        /// A Windows registry key and all below it, in both views.
        RegistryKey = "registry-key",
        /// A domain and what is below it.
        Domain = "domain",
        /// An address range.
        Cidr = "cidr",
        /// An autonomous system.
        Asn = "asn",
        /// A container image: a repository, with a tag and a digest or not.
        Image = "image",
    }
}

/// One thing by which a product is recognised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Identifier {
    /// What kind of value it is.
    pub kind: IdentifierKind,
    /// The value.
    pub value: String,
    /// The versions that are meant (vers: a range specifier); all where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub versions: Option<String>,
    /// Where the identifier was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// How far it can be relied on; `high` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
}

impl Identifier {
    /// The identifier as it is compared.
    ///
    /// # Errors
    /// It is not of its kind, or would match everything.
    pub fn read(&self) -> Result<product::Identifier, IdentifierError> {
        product::Identifier::parse(self.kind.as_str(), &self.value, self.versions.as_deref())
    }
}

/// A list of identifiers of the same issuer: its newest verified revision, unless one is pinned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct ListReference {
    /// The list's id.
    pub list: DirectiveId,
    /// The oldest revision that is enough; what an older one has holds, and the gap is reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_revision: Option<Revision>,
    /// SHA-256 of the payload of the one revision that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Sha256>,
}

/// A maker, and how it stands to the one that the order names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Entity {
    /// Its legal name.
    pub name: String,
    /// How it stands to the entity that the order names: `named`, `parent`, `successor`, `affiliate`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
    /// Other names that it goes by. Where one of its names is a `vendor` or `signer` identifier, the others are too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
}

/// Something that an order leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Exclude {
    /// Its name within the subject, for verdicts to cite.
    pub id: String,
    /// What is left out, in words.
    pub reason: String,
    /// By what it is recognised; none where only a person can tell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
}
