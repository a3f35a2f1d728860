//! How a product is recognised: identifiers, read and compared.
//!
//! Every type's values are valid and canonical, so that equality means sameness. A comparison has three answers
//! ([`Answer`]): what cannot be compared is *unknown* with a reason, never "no". Nothing is compared by substring.
//! Not here: which component breaks which directive (the client's assessment).

pub mod answer;
pub mod cpe;
pub mod cve;
pub mod identifier;
pub mod name;
pub mod package;
pub mod purl;
#[cfg(test)]
mod stability;
pub mod text;
pub mod version;
pub mod versions;

pub use answer::{Answer, Reason};
pub use cpe::Cpe;
pub use cve::CveId;
pub use identifier::{Identifier, IdentifierError, Support, validate};
pub use name::Name;
pub use package::PackageName;
pub use purl::Purl;
pub use versions::Versions;
