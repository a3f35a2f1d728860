//! What a source saw of a component besides its names: files, signatures, keys, addresses.

use std::fmt;
use std::net::IpAddr;

use interdict_schema::product::{
    AppId, Asn, Authenticode, BundleId, CdHash, Domain, ExtensionId, FilePath, Image, ProcessName,
    RegistryKey, TeamId,
};

/// One thing by which a component can be recognised, in the form in which it is compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Trace {
    /// The digest of its program as Windows signs it.
    Authenticode(Authenticode),
    /// The hash of its program's code directory.
    CdHash(CdHash),
    /// A file or folder of it.
    Path(FilePath),
    /// A process of it.
    Process(ProcessName),
    /// Who signed it: the subject of the certificate, as the source wrote it.
    Signer(String),
    /// The Apple team that signed it.
    TeamId(TeamId),
    /// Its bundle.
    BundleId(BundleId),
    /// Its id on a telephone.
    AppId(AppId),
    /// Its id in a browser.
    ExtensionId(ExtensionId),
    /// A registry key of it.
    RegistryKey(RegistryKey),
    /// A domain that it speaks to, or is.
    Domain(Domain),
    /// An address that it speaks to, or has.
    Address(IpAddr),
    /// The autonomous system of that address.
    Asn(Asn),
    /// The container image that it is, or runs from.
    Image(Image),
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Authenticode(digest) => digest.fmt(f),
            Self::CdHash(digest) => digest.fmt(f),
            Self::Path(path) => path.fmt(f),
            Self::Process(name) => name.fmt(f),
            Self::Signer(name) => f.write_str(name),
            Self::TeamId(id) => id.fmt(f),
            Self::BundleId(id) => id.fmt(f),
            Self::AppId(id) => id.fmt(f),
            Self::ExtensionId(id) => id.fmt(f),
            Self::RegistryKey(key) => key.fmt(f),
            Self::Domain(domain) => domain.fmt(f),
            Self::Address(address) => address.fmt(f),
            Self::Asn(asn) => asn.fmt(f),
            Self::Image(image) => image.fmt(f),
        }
    }
}
