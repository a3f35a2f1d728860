//! An identifier of a subject: a kind and a value, and for some kinds versions.
//!
//! [`Identifier::parse`] is the one place that knows every kind. A kind that this version does not know is kept as
//! [`Identifier::Unsupported`]: reported, never dropped, never an error of its own.

use alloc::string::{String, ToString as _};

use super::cpe::CpeError;
use super::cve::CveError;
use super::purl::PurlError;
use super::text::{self, TextError, TextRule};
use super::version::Scheme;
use super::versions::VersionsError;
use super::{Cpe, CveId, Name, PackageName, Purl, Versions};
use crate::Sha256;

/// The kinds of identifier that this version knows, as spelled on the wire.
pub const KINDS: [&str; 18] = [
    "purl",
    "cpe",
    "vendor",
    "product",
    "package",
    "cve",
    "sha256",
    "path",
    "process",
    "signer",
    "team-id",
    "bundle-id",
    "app-id",
    "extension-id",
    "registry-key",
    "domain",
    "cidr",
    "asn",
];

/// An identifier by which a product is recognised.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Identifier {
    /// A package URL, and the versions that are meant.
    Purl(Purl, Versions),
    /// A CPE name, and the versions that are meant.
    Cpe(Cpe, Versions),
    /// A publisher's name.
    Vendor(Name),
    /// A product's name.
    Product(Name),
    /// A package's name, and the versions that are meant.
    Package(PackageName, Versions),
    /// A CVE id.
    Cve(CveId),
    /// The digest of a file.
    Sha256(Sha256),
    /// The common name of a code signer.
    Signer(Name),
    /// A kind whose value is compared as a text.
    Text(TextKind, String),
    /// A kind that this version does not know.
    Unsupported {
        /// The kind as written.
        kind: String,
    },
}

/// Kinds whose values are texts with a syntax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TextKind {
    /// `path`: an absolute path, `*` and `?` as globs.
    Path,
    /// `process`: a file name.
    Process,
    /// `team-id`: an Apple developer's team.
    TeamId,
    /// `bundle-id`: an Apple bundle.
    BundleId,
    /// `app-id`: a phone's application.
    AppId,
    /// `extension-id`: a browser's extension.
    ExtensionId,
    /// `registry-key`: a Windows registry key.
    RegistryKey,
    /// `domain`: a domain and all below it.
    Domain,
    /// `cidr`: a network.
    Cidr,
    /// `asn`: an autonomous system.
    Asn,
}

/// How sure a recognition by this kind is (exact before probable: `client/src/assess`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Certainty {
    /// CPE names, publisher, product and signer strings.
    Probable,
    /// Package URLs, package names, digests, ids.
    Exact,
}

/// Whether an identifier can be used for matching.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Support {
    /// The kind is known and the value is well formed.
    Supported,
    /// The kind is not known to this version.
    UnknownKind,
}

/// An identifier whose value is not of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// Not a package URL.
    #[error("not a package URL, {0}")]
    Purl(#[from] PurlError),
    /// Not a CPE name.
    #[error("not a CPE name, {0}")]
    Cpe(#[from] CpeError),
    /// A CPE name for every product of every vendor.
    #[error("found a CPE name that would match everything, wanted a vendor or a product in it")]
    CpeEverything,
    /// Not a CVE id.
    #[error("not a CVE id, {0}")]
    Cve(#[from] CveError),
    /// Not versions.
    #[error("not versions, {0}")]
    Versions(#[from] VersionsError),
    /// Versions beside a kind that has none.
    #[error("found versions beside an identifier of a kind that has none")]
    VersionsBeside,
    /// Not of a kind that is a plain text.
    #[error("not of this kind, {0}")]
    Text(#[from] TextError),
}

impl IdentifierError {
    /// The byte of the value, or of the versions, at which a rule is broken.
    pub const fn at(&self) -> usize {
        match self {
            Self::Purl(error) => error.at,
            Self::Cpe(error) => error.at,
            Self::Cve(error) => error.at,
            Self::Versions(error) => error.at,
            Self::Text(error) => error.at,
            Self::CpeEverything | Self::VersionsBeside => 0,
        }
    }
}

impl TextKind {
    const fn of(kind: &str) -> Option<Self> {
        Some(match kind.as_bytes() {
            b"path" => Self::Path,
            b"process" => Self::Process,
            b"team-id" => Self::TeamId,
            b"bundle-id" => Self::BundleId,
            b"app-id" => Self::AppId,
            b"extension-id" => Self::ExtensionId,
            b"registry-key" => Self::RegistryKey,
            b"domain" => Self::Domain,
            b"cidr" => Self::Cidr,
            b"asn" => Self::Asn,
            _ => return None,
        })
    }

    fn check(self, value: &str) -> Result<(), TextError> {
        match self {
            Self::Path => text::path(value),
            Self::Process => text::process(value),
            Self::TeamId => text::team_id(value),
            Self::BundleId | Self::AppId => text::dotted_id(value),
            Self::ExtensionId => text::extension_id(value),
            Self::RegistryKey => text::registry_key(value),
            Self::Domain => text::domain(value),
            Self::Cidr => text::cidr(value),
            Self::Asn => text::asn(value),
        }
    }

    /// Domains and registry keys have no letter case; a path's depends on its system, so it stays as written.
    fn canonical(self, value: &str) -> String {
        match self {
            Self::Domain | Self::RegistryKey => text::folded(value),
            Self::Asn => value.trim_start_matches(|c: char| c.is_ascii_alphabetic()).to_string(),
            _ => value.to_string(),
        }
    }
}

impl Identifier {
    /// Reads an identifier. `versions` is `None` where the directive says nothing about versions: all are meant.
    ///
    /// # Errors
    /// The rule that the value breaks and the byte where. An unknown kind is no error.
    pub fn parse(kind: &str, value: &str, versions: Option<&str>) -> Result<Self, IdentifierError> {
        let meant_for = |scheme| versions.map_or(Ok(Versions::Any), |text| Versions::parse_for(text, scheme));
        let identifier = match kind {
            "purl" => {
                let purl = Purl::parse(value)?;
                let scheme = Scheme::of_package_type(purl.package_type());
                return Ok(Self::Purl(purl, meant_for(scheme)?));
            }
            "package" => {
                let package = PackageName::parse(value)?;
                let scheme = package.ecosystem().and_then(Scheme::of_package_type);
                return Ok(Self::Package(package, meant_for(scheme)?));
            }
            "cpe" => {
                let cpe = Cpe::parse(value)?;
                let open = |attribute: &super::cpe::Attribute| attribute.literal().is_none();
                if open(cpe.vendor()) && open(cpe.product()) {
                    return Err(IdentifierError::CpeEverything);
                }
                return Ok(Self::Cpe(cpe, meant_for(None)?));
            }
            "vendor" => Self::Vendor(text::name(value)?),
            "product" => Self::Product(text::name(value)?),
            "signer" => Self::Signer(text::name(value)?),
            "cve" => Self::Cve(value.parse()?),
            "sha256" => Self::Sha256(
                value.parse().map_err(|_| TextError { at: hex_until(value), rule: TextRule::Sha256 })?,
            ),
            _ => match TextKind::of(kind) {
                Some(kind) => {
                    kind.check(value)?;
                    Self::Text(kind, kind.canonical(value))
                }
                None => return Ok(Self::Unsupported { kind: kind.to_string() }),
            },
        };
        if versions.is_some_and(|versions| versions != "*") {
            return Err(IdentifierError::VersionsBeside);
        }
        Ok(identifier)
    }

    /// The versions beside it, of kinds that have any.
    pub const fn versions(&self) -> Option<&Versions> {
        match self {
            Self::Purl(_, versions) | Self::Cpe(_, versions) | Self::Package(_, versions) => Some(versions),
            _ => None,
        }
    }

    /// How sure a recognition by this identifier is; nothing for an unknown kind.
    pub const fn certainty(&self) -> Option<Certainty> {
        match self {
            Self::Cpe(..) | Self::Vendor(_) | Self::Product(_) | Self::Signer(_) => Some(Certainty::Probable),
            Self::Unsupported { .. } => None,
            _ => Some(Certainty::Exact),
        }
    }
}

/// The byte up to which a text is lower-case hexadecimal.
fn hex_until(text: &str) -> usize {
    let digit = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    text.bytes().position(|b| !digit(b)).unwrap_or(text.len()).min(64)
}

/// Whether a value is of its kind. For lint and for every reader of directives.
///
/// # Errors
/// The rule that the value breaks and the byte where.
pub fn validate(kind: &str, value: &str) -> Result<Support, IdentifierError> {
    Ok(match Identifier::parse(kind, value, None)? {
        Identifier::Unsupported { .. } => Support::UnknownKind,
        _ => Support::Supported,
    })
}

#[cfg(test)]
mod tests;
