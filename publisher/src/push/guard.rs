//! Whether what is at the destination may be replaced by what goes out. Pure.
//!
//! What is refused here would make clients refuse the destination: an older timestamp is a rollback to them, another root
//! another repository, and a second content of one version an equivocation.

use interdict_schema::Sha256;
use interdict_schema::tuf::{Metadata, Role, RoleType, Root, Timestamp, Version};
use thiserror::Error;

use super::plan::Found;
use super::published::{Object, Published};
use crate::repository::client_view::VERIFIER;

pub(super) use interdict_schema::limits::{
    METADATA_LENGTH as METADATA_BYTES, ROOT_LENGTH as ROOT_BYTES, TIMESTAMP_LENGTH as TIMESTAMP_BYTES,
};

/// Why what is there stays.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GuardRefusal {
    /// Another first root, or a timestamp of other keys, is there.
    #[error("the destination holds another repository: first root {}, wanted {ours}", Fingerprint(*found))]
    OtherRepository {
        /// SHA-256 over the canonical `signed` of the first root that is there; `None` where none can be read.
        found: Option<Sha256>,
        /// That of ours.
        ours: Sha256,
    },
    /// A newer publication is there.
    #[error("the destination holds timestamp version {found}, and this one is {ours}")]
    Newer {
        /// The version that is there.
        found: Version,
        /// The one that was to go out.
        ours: Version,
    },
    /// Another content of the same version is there.
    #[error("the destination holds another {name} of the same version")]
    Equivocation {
        /// The file.
        name: String,
    },
}

struct Fingerprint(Option<Sha256>);

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(digest) => write!(f, "{digest}"),
            None => f.write_str("none"),
        }
    }
}

/// Compares first root and timestamp, and says how the timestamp is there. What cannot be read is damage, and nobody's.
///
/// # Errors
///
/// [`GuardRefusal`].
pub(super) fn check(
    published: &Published,
    root: Option<&[u8]>,
    timestamp: Option<&[u8]>,
) -> Result<Found, GuardRefusal> {
    let ours = published.roots().first().map_or(Sha256::of(b""), Metadata::fingerprint);
    let root = root.and_then(|bytes| parse::<Root>(bytes, RoleType::Root));
    let found = root.as_ref().map(Metadata::fingerprint);
    if found.is_some_and(|found| found != ours) {
        return Err(GuardRefusal::OtherRepository { found, ours });
    }
    let Some(bytes) = timestamp else { return Ok(Found::Missing) };
    let Some(there) = parse::<Timestamp>(bytes, RoleType::Timestamp) else { return Ok(Found::Different) };
    // Without a first root beside it, its keys say whose it is.
    if found.is_none() && !is_ours(published, &there) {
        return Err(GuardRefusal::OtherRepository { found, ours });
    }
    let Some(published) = published.set().timestamp() else { return Ok(Found::Different) };
    let (found, ours) = (there.signed().version, published.signed().version);
    if found > ours {
        return Err(GuardRefusal::Newer { found, ours });
    }
    if found == ours && there.canonical() != published.canonical() {
        return Err(GuardRefusal::Equivocation { name: super::published::TIMESTAMP.to_owned() });
    }
    Ok(if bytes == published.bytes() { Found::Same } else { Found::Different })
}

/// Whether metadata of other bytes under a name that never changes is damage. Whole metadata is not: somebody else has
/// published under this version, and caches may hold it for ever.
///
/// # Errors
///
/// [`GuardRefusal::Equivocation`].
pub(super) fn check_metadata(object: &Object, there: &[u8]) -> Result<(), GuardRefusal> {
    #[derive(serde::Deserialize)]
    #[expect(dead_code, reason = "it matters only that they are there")]
    struct Whole {
        signed: serde_json::Value,
        signatures: Vec<serde_json::Value>,
    }
    match serde_json::from_slice::<Whole>(there) {
        Ok(_) => Err(GuardRefusal::Equivocation { name: object.name().to_owned() }),
        Err(_) => Ok(()),
    }
}

fn parse<T: Role>(bytes: &[u8], role: RoleType) -> Option<Metadata<T>> {
    Metadata::parse(bytes, &role.into(), METADATA_BYTES).ok()
}

/// Whether one of our roots names the keys that signed a timestamp.
fn is_ours(published: &Published, timestamp: &Metadata<Timestamp>) -> bool {
    published.roots().iter().map(Metadata::signed).any(|root| {
        let keys = root.role(RoleType::Timestamp);
        timestamp.count(keys, &root.keys, &VERIFIER).is_ok()
    })
}
