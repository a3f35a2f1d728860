//! The client workflow over bytes (TUF 1.0.34, 5): a set of trusted metadata that admits a file or refuses it.
//!
//! Always true of a [`TrustedSet`]:
//! 1. it was begun from a root that its caller pinned, signed by its own threshold;
//! 2. each later root is exactly one version higher and signed by the thresholds of the root before it and its own;
//! 3. what it holds of a role is signed by the threshold of the keys that the newest root, or the delegator of this
//!    lookup, names for that role;
//! 4. no timestamp before the last root was found to be valid, no snapshot before the timestamp was, no targets before the
//!    snapshot was, no delegated role before its delegator was; the time is one and the same throughout;
//! 5. no version, listed or held, ever goes down, and no listed file vanishes; of one version there is one content;
//! 6. after a refusal it holds exactly what it held before.
//!
//! Use: [`TrustedSet::new`], [`update_root`](TrustedSet::update_root) until there is no next root,
//! [`finish_root`](TrustedSet::finish_root); then for timestamp, snapshot and targets the local file, if there is one
//! ([`Source::Local`]), and the remote file unless the local one is still current (the timestamp: always); then
//! [`find`](TrustedSet::find).
//! A stored set is verified again, as of the time of its admission, by the same calls with local files only.
//!
//! What it holds in memory is not persisted here. A caller persists what comes back as [`Accepted`], and nothing else.

mod accepted;
mod delegated;
mod memory;
mod request;
mod roots;
mod snapshots;
mod targets;
#[cfg(test)]
mod tests;
mod timestamps;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

pub use accepted::{Accepted, NewRoot, Recovery, Source, Update};
pub use delegated::{Enumeration, Lookup};
pub use request::Request;

use super::metadata::{Metadata, Role, Version};
use super::refusal::Refusal;
use super::role::{RoleName, RoleType};
use super::root::Root;
use super::snapshot::Snapshot;
use super::targets::Targets;
use super::timestamp::Timestamp;
use crate::key::Verifier;
use crate::{DateTime, Verified};

/// Trusted metadata.
#[derive(Clone)]
pub struct TrustedSet<'v> {
    now: DateTime,
    verifier: &'v dyn Verifier,
    root: Verified<Metadata<Root>>,
    root_is_final: bool,
    timestamp: Option<Held<Timestamp>>,
    snapshot: Option<Held<Snapshot>>,
    targets: Option<Held<Targets>>,
    /// By role and the delegator that vouched for it. Of one role there is one content, whoever vouched.
    delegated: BTreeMap<(RoleName, RoleName), Held<Targets>>,
    /// Delegated roles that are not to be had; what they list is not known.
    set_aside: BTreeSet<RoleName>,
    /// Versions seen before, which nothing may go below.
    remembered: BTreeMap<RoleName, Version>,
}

/// Metadata that is signed as it must be.
#[derive(Clone)]
struct Held<T> {
    metadata: Verified<Metadata<T>>,
    standing: Standing,
}

/// What held metadata is good for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// What the refresh needs.
    Current,
    /// A lower bound, or one side of an equivocation; nothing is read from it.
    Floor,
}

impl<T: Role> Held<T> {
    fn current(&self) -> Option<&Verified<Metadata<T>>> {
        (self.standing == Standing::Current).then_some(&self.metadata)
    }
}

impl TrustedSet<'_> {
    /// The time that everything is judged by.
    pub const fn now(&self) -> DateTime {
        self.now
    }

    /// The newest trusted root.
    pub fn root(&self) -> &Verified<Metadata<Root>> {
        &self.root
    }

    /// The timestamp that was admitted, unless it is a lower bound only.
    pub fn timestamp(&self) -> Option<&Verified<Metadata<Timestamp>>> {
        self.timestamp.as_ref()?.current()
    }

    /// The snapshot that was admitted, unless it is a lower bound only.
    pub fn snapshot(&self) -> Option<&Verified<Metadata<Snapshot>>> {
        self.snapshot.as_ref()?.current()
    }

    /// The top-level targets that were admitted, unless they are a lower bound only.
    pub fn targets(&self) -> Option<&Verified<Metadata<Targets>>> {
        self.targets.as_ref()?.current()
    }

    /// A delegated role that was admitted.
    pub fn delegated(&self, role: &RoleName) -> Option<&Verified<Metadata<Targets>>> {
        // The entries of a role stand together; root is the least of all names, and delegates to nobody.
        let first = (role.clone(), RoleName::Top(RoleType::Root));
        self.delegated
            .range(first..)
            .take_while(|((name, _), _)| name == role)
            .find_map(|(_, held)| held.current())
    }

    /// Everything that is trusted and current, in the order in which it was believed: what a generation consists of
    /// besides the chain of roots.
    pub fn accepted(&self) -> Vec<Accepted> {
        let mut all = Vec::new();
        all.push(Accepted::of(RoleType::Root.into(), &self.root));
        all.extend(self.timestamp().map(|metadata| Accepted::of(RoleType::Timestamp.into(), metadata)));
        all.extend(self.snapshot().map(|metadata| Accepted::of(RoleType::Snapshot.into(), metadata)));
        all.extend(self.targets().map(|metadata| Accepted::of(RoleType::Targets.into(), metadata)));
        for ((role, _), held) in &self.delegated {
            let again = all.last().is_some_and(|last: &Accepted| last.role() == role);
            if let (Some(metadata), false) = (held.current(), again) {
                all.push(Accepted::of(role.clone(), metadata));
            }
        }
        all
    }

    /// Reads a top-level role's metadata and counts its signatures against the newest root.
    fn read<T: Role>(&self, bytes: &[u8], max_bytes: u64) -> Result<Verified<Metadata<T>>, Refusal> {
        let name = RoleName::from(T::TYPE);
        let root = self.root.signed();
        Metadata::parse(bytes, &name, max_bytes)?.verify(&name, root.role(T::TYPE), &root.keys, self.verifier)
    }

    /// Stops an indefinite freeze: refuses what is no longer valid at the time of this refresh.
    fn fresh<T: Role>(&self, role: &RoleName, signed: &T) -> Result<(), Refusal> {
        let (expires, now) = (signed.expires(), self.now);
        if expires <= now { Err(Refusal::Expired { role: role.clone(), expires, now }) } else { Ok(()) }
    }
}

/// Refuses a second content of the version that is held, and an older version.
fn not_behind<T: Role>(role: &RoleName, held: &Metadata<T>, new: &Metadata<T>) -> Result<(), Refusal> {
    let (trusted, found) = (held.signed().version(), new.signed().version());
    if found < trusted {
        return Err(Refusal::Rollback { role: role.clone(), found, trusted });
    }
    one_content(role, held, new)
}

/// Refuses a second content of the version that is held.
fn one_content<T: Role>(role: &RoleName, held: &Metadata<T>, new: &Metadata<T>) -> Result<(), Refusal> {
    let version = new.signed().version();
    if held.signed().version() == version && held.canonical() != new.canonical() {
        return Err(Refusal::Equivocation { role: role.clone(), version });
    }
    Ok(())
}
