//! The DSSE payload types, one for each kind of document.

/// A directive.
pub const DIRECTIVE: &str = "application/vnd.interdict.directive+json";
/// The list of issuers and their keys, signed by the root role's threshold.
pub const ISSUERS: &str = "application/vnd.interdict.issuers+json";
/// A list by which the products of one entity are recognised.
pub const ENTITY_LIST: &str = "application/vnd.interdict.entity-list+json";
/// A waiver granted in a document of its own.
pub const WAIVER: &str = "application/vnd.interdict.waiver+json";
/// A vendor's response, signed by the vendor.
pub const RESPONSE: &str = "application/vnd.interdict.response+json";
/// An agency's report. Reserved.
pub const REPORT: &str = "application/vnd.interdict.report+json";
