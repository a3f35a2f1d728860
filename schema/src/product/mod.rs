//! How a product is recognised: identifiers, read and compared.
//!
//! Every type's values are valid and canonical, so that equality means sameness. A comparison has three answers
//! ([`Answer`]): what cannot be compared is *unknown* with a reason, never "no". Nothing is compared by substring.
//! Not here: which component breaks which directive (the client's assessment).

pub mod answer;
pub mod code_digest;
pub mod cpe;
pub mod cve;
pub mod domain;
mod glob;
pub mod identifier;
pub mod ids;
pub mod image;
pub mod name;
pub mod network;
pub mod package;
pub mod path;
pub mod process;
pub mod purl;
pub mod registry;
pub mod signer;
#[cfg(test)]
mod stability;
pub mod text;
pub mod version;
pub mod versions;

pub use answer::{Answer, Open, Reason};
pub use code_digest::{Authenticode, CdHash};
pub use cpe::Cpe;
pub use cve::CveId;
pub use domain::Domain;
pub use identifier::{Identifier, IdentifierError, Support, validate};
pub use ids::{AppId, BundleId, ExtensionId, TeamId};
pub use image::Image;
pub use name::Name;
pub use network::{Asn, Cidr};
pub use package::PackageName;
pub use path::{FilePath, PathPattern};
pub use process::ProcessName;
pub use purl::{Purl, PurlNamespace};
pub use registry::RegistryKey;
pub use versions::Versions;
