//! The fields of a component.

/// A field of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The package URL.
    Purl,
    /// Its name.
    Name,
    /// A CPE name.
    Cpe,
    /// A digest.
    Sha256,
    /// A vulnerability.
    Cve,
    /// The vendor.
    Vendor,
    /// Vendor and product together, as `vendor / product`.
    VendorProduct,
    /// A maintainer.
    VendorHint,
    /// The source package.
    SourcePackage,
    /// The Authenticode digest.
    Authenticode,
    /// The code directory's hash.
    CdHash,
    /// A path.
    Path,
    /// A process.
    Process,
    /// The signer.
    Signer,
    /// The Apple team.
    TeamId,
    /// The Apple bundle.
    BundleId,
    /// A telephone's application.
    AppId,
    /// A browser's extension.
    ExtensionId,
    /// A registry key.
    RegistryKey,
    /// A domain.
    Domain,
    /// An address.
    Address,
    /// An autonomous system.
    Asn,
    /// A container image.
    Image,
}

impl Field {
    /// The word in output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Purl => "purl",
            Self::Name => "name",
            Self::Cpe => "cpe",
            Self::Sha256 => "sha256",
            Self::Cve => "cve",
            Self::Vendor => "vendor",
            Self::VendorProduct => "vendor-product",
            Self::VendorHint => "vendor-hint",
            Self::SourcePackage => "source-package",
            Self::Authenticode => "authenticode",
            Self::CdHash => "cdhash",
            Self::Path => "path",
            Self::Process => "process",
            Self::Signer => "signer",
            Self::TeamId => "team-id",
            Self::BundleId => "bundle-id",
            Self::AppId => "app-id",
            Self::ExtensionId => "extension-id",
            Self::RegistryKey => "registry-key",
            Self::Domain => "domain",
            Self::Address => "ip",
            Self::Asn => "asn",
            Self::Image => "image",
        }
    }
}
