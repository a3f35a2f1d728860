//! The members of a line.

use alloc::string::String;
use alloc::vec::Vec;

use schemars::JsonSchema;

/// One line: a component, and in the first line the format.
#[derive(Debug, JsonSchema)]
#[schemars(title = "Line of an inventory")]
pub struct Line {
    /// `interdict-inventory/1`. In the first line, which may hold nothing else, or the host of all lines.
    pub format: Option<String>,
    /// The component's name: a package's, or a product's.
    pub name: Option<Value>,
    /// Its version, as its source writes it.
    pub version: Option<Value>,
    /// Who makes, supplies or publishes it.
    pub vendor: Option<Values>,
    /// The product's name, where `name` is a package's.
    pub product: Option<Value>,
    /// The kind of package, a package-URL type: `deb`, `npm`.
    pub ecosystem: Option<Value>,
    /// The machine that it is on.
    pub host: Option<Value>,
    /// A package URL (ECMA-427).
    pub purl: Option<Value>,
    /// CPE names (NISTIR 7695).
    pub cpe: Option<Values>,
    /// CVE ids.
    pub cve: Option<Values>,
    /// SHA-256 digests of its file.
    pub sha256: Option<Values>,
    /// Authenticode SHA-256 digests.
    pub authenticode: Option<Values>,
    /// Hashes of Apple code directories.
    pub cdhash: Option<Values>,
    /// Absolute paths.
    pub path: Option<Values>,
    /// File names of processes.
    pub process: Option<Values>,
    /// Registry keys.
    pub registry_key: Option<Values>,
    /// Subjects of code signatures.
    pub signer: Option<Values>,
    /// Apple teams.
    pub team_id: Option<Values>,
    /// Apple bundles.
    pub bundle_id: Option<Values>,
    /// Telephones' applications.
    pub app_id: Option<Values>,
    /// Browsers' extensions.
    pub extension_id: Option<Values>,
    /// Domains.
    pub domain: Option<Values>,
    /// Addresses.
    pub ip: Option<Values>,
    /// Autonomous systems.
    pub asn: Option<Values>,
    /// Container images.
    pub image: Option<Values>,
}

/// A text. Numbers are taken as they are written.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum Value {
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
}

/// A text, or several.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum Values {
    /// One.
    One(Value),
    /// Several.
    Several(Vec<Value>),
}
