//! An identifier of a subject: a kind and a value, and for some kinds versions.
//!
//! [`Identifier::parse`] is the one place that knows every kind. A kind that this version does not know is kept as
//! [`Identifier::Unsupported`]: reported, never dropped, never an error of its own.

mod cover;

use alloc::string::{String, ToString as _};

use super::code_digest::hex_until;
use super::cpe::CpeError;
use super::cve::CveError;
use super::purl::{PurlError, PurlRule};
use super::text::{self, TextError, TextRule};
use super::version::Scheme;
use super::versions::VersionsError;
use super::{
    AppId, Asn, Authenticode, BundleId, CdHash, Cidr, Cpe, CveId, Domain, ExtensionId, Image, Name,
    PackageName, PathPattern, ProcessName, Purl, PurlNamespace, RegistryKey, TeamId, Versions, signer,
};
use crate::Sha256;

/// The kinds of identifier that this version knows, as spelled on the wire.
pub const KINDS: [&str; 22] = [
    "purl",
    "purl-namespace",
    "cpe",
    "vendor",
    "product",
    "package",
    "cve",
    "sha256",
    "authenticode",
    "cdhash",
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
    "image",
];

/// An identifier by which a product is recognised.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Identifier {
    /// A package URL, and the versions that are meant.
    Purl(Purl, Versions),
    /// Where an owner's packages are in one ecosystem, and what is below it.
    PurlNamespace(PurlNamespace),
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
    /// The digest of a program as Windows signs it.
    Authenticode(Authenticode),
    /// The hash of a program's code directory.
    CdHash(CdHash),
    /// A path and what is below it.
    Path(PathPattern),
    /// A process.
    Process(ProcessName),
    /// The common name of a code signer.
    Signer(Name),
    /// An Apple developer's team.
    TeamId(TeamId),
    /// An Apple bundle.
    BundleId(BundleId),
    /// A telephone's application.
    AppId(AppId),
    /// A browser's extension.
    ExtensionId(ExtensionId),
    /// A Windows registry key and what is below it.
    RegistryKey(RegistryKey),
    /// A domain and all below it.
    Domain(Domain),
    /// A network.
    Cidr(Cidr),
    /// An autonomous system.
    Asn(Asn),
    /// A container image.
    Image(Image),
    /// A kind that this version does not know.
    Unsupported {
        /// The kind as written.
        kind: String,
    },
}

/// How sure a recognition by this kind is (exact before probable: `client/src/assess`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Certainty {
    /// CPE names; publisher, product and signer strings; names of processes; whole autonomous systems.
    Probable,
    /// Package URLs, package names, digests, ids, paths and keys, domains and networks.
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
    /// Not a namespace of package URLs.
    #[error("not a namespace of package URLs, {0}")]
    PurlNamespace(PurlError),
    /// A package URL for every package.
    #[error("found a package URL that would match everything, wanted a package's name in it")]
    PurlEverything,
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
            Self::Purl(error) | Self::PurlNamespace(error) => error.at,
            Self::Cpe(error) => error.at,
            Self::Cve(error) => error.at,
            Self::Versions(error) => error.at,
            Self::Text(error) => error.at,
            Self::PurlEverything | Self::CpeEverything | Self::VersionsBeside => 0,
        }
    }

    /// Whether the value is well formed and means everything, or nearly: nobody may act on it.
    pub const fn is_everything(&self) -> bool {
        matches!(
            self,
            Self::PurlEverything
                | Self::CpeEverything
                | Self::PurlNamespace(PurlError { rule: PurlRule::NamespaceOfEverybody, .. })
                | Self::Text(TextError {
                    rule: TextRule::Everything | TextRule::SingleLabel | TextRule::PublicSuffix,
                    ..
                })
        )
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
                if purl.name().chars().all(text::is_wild) {
                    return Err(IdentifierError::PurlEverything);
                }
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
            "purl-namespace" => {
                Self::PurlNamespace(PurlNamespace::parse(value).map_err(IdentifierError::PurlNamespace)?)
            }
            "vendor" => Self::Vendor(text::name(value)?),
            "product" => Self::Product(text::name(value)?),
            "signer" => Self::Signer(signer::name(value)?),
            "cve" => Self::Cve(value.parse()?),
            "sha256" => Self::Sha256(
                value.parse().map_err(|_| TextError { at: hex_until(value, 64), rule: TextRule::Sha256 })?,
            ),
            "authenticode" => Self::Authenticode(Authenticode::parse(value)?),
            "cdhash" => Self::CdHash(CdHash::parse(value)?),
            "path" => Self::Path(PathPattern::parse(value)?),
            "process" => Self::Process(ProcessName::parse(value)?),
            "team-id" => Self::TeamId(TeamId::parse(value)?),
            "bundle-id" => Self::BundleId(BundleId::parse(value)?),
            "app-id" => Self::AppId(AppId::parse(value)?),
            "extension-id" => Self::ExtensionId(ExtensionId::parse(value)?),
            "registry-key" => Self::RegistryKey(RegistryKey::parse(value)?),
            "domain" => Self::Domain(Domain::parse(value)?),
            "cidr" => Self::Cidr(Cidr::parse(value)?),
            "asn" => Self::Asn(Asn::parse(value)?),
            "image" => Self::Image(Image::parse(value)?),
            _ => return Ok(Self::Unsupported { kind: kind.to_string() }),
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
            Self::Cpe(..)
            | Self::Vendor(_)
            | Self::Product(_)
            | Self::Signer(_)
            | Self::Process(_)
            | Self::Asn(_) => Some(Certainty::Probable),
            Self::Unsupported { .. } => None,
            _ => Some(Certainty::Exact),
        }
    }
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
