//! Roots (TUF 1.0.34, 5.3).

use alloc::collections::{BTreeMap, BTreeSet};

use super::{Accepted, NewRoot, Recovery, TrustedSet};
use crate::key::Verifier;
use crate::limits::ROOT_LENGTH;
use crate::tuf::metadata::Metadata;
use crate::tuf::refusal::Refusal;
use crate::tuf::role::{RoleName, RoleType};
use crate::tuf::root::Root;
use crate::{DateTime, Verified};

const ROOT: RoleName = RoleName::Top(RoleType::Root);

impl<'v> TrustedSet<'v> {
    /// Begins from a pinned root, which has to be signed by its own threshold. It may have expired: a newer one may follow.
    ///
    /// # Errors
    /// [`Refusal`] where the bytes are not such a root.
    pub fn new(pinned: &[u8], now: DateTime, verifier: &'v dyn Verifier) -> Result<Self, Refusal> {
        let root = self_signed(Metadata::parse(pinned, &ROOT, ROOT_LENGTH)?, verifier)?;
        Ok(Self {
            now,
            verifier,
            root,
            root_is_final: false,
            timestamp: None,
            snapshot: None,
            targets: None,
            delegated: BTreeMap::new(),
            set_aside: BTreeSet::new(),
            remembered: BTreeMap::new(),
        })
    }

    /// Admits the next root (TUF 1.0.34, 5.3.4 to 5.3.8). How many are walked is the caller's to bound
    /// ([`crate::limits::ROOT_ROTATIONS`]).
    ///
    /// # Errors
    /// [`Refusal`] where it is not exactly one version higher, or not signed by the thresholds of the trusted root and of
    /// its own.
    pub fn update_root(&mut self, bytes: &[u8]) -> Result<NewRoot, Refusal> {
        if self.root_is_final {
            return Err(Refusal::TooLate { role: ROOT, trusted: ROOT });
        }
        let new = Metadata::<Root>::parse(bytes, &ROOT, ROOT_LENGTH)?;
        let old = self.root.signed();
        // Arbitrary software attack: the keys that were trusted until now have to agree.
        new.count(&old.roles.root, &old.keys, self.verifier)
            .map_err(|source| Refusal::RootSuccession { source })?;
        let new = self_signed(new, self.verifier)?;
        // Rollback, and roots that would skip a rotation.
        let found = new.signed().version;
        if old.version.checked_add(1) != Some(found) {
            return Err(Refusal::Version { role: ROOT, found, wanted: old.version.saturating_add(1) });
        }
        let rotated = [RoleType::Timestamp, RoleType::Snapshot].into_iter().any(|role| {
            let keys = |root: &'_ Root| root.public_keys(role);
            keys(old) != keys(new.signed())
        });
        let recovery = if rotated { Recovery::DropTimestampAndSnapshot } else { Recovery::NotNeeded };
        let accepted = Accepted::of(ROOT, &new);
        self.root = new;
        Ok(NewRoot { accepted, recovery })
    }

    /// Says that there is no next root: the newest one has to be valid now (TUF 1.0.34, 5.3.10).
    ///
    /// # Errors
    /// [`Refusal::Expired`], and [`Refusal::Rollback`] where a newer root is remembered.
    pub fn finish_root(&mut self) -> Result<(), Refusal> {
        self.not_below(&ROOT, self.root.signed().version)?;
        self.fresh(&ROOT, self.root.signed())?;
        self.root_is_final = true;
        Ok(())
    }

    pub(super) fn final_root(&self, role: &RoleName) -> Result<(), Refusal> {
        if self.root_is_final {
            Ok(())
        } else {
            Err(Refusal::OutOfOrder { role: role.clone(), wanted: ROOT })
        }
    }
}

fn self_signed(root: Metadata<Root>, verifier: &dyn Verifier) -> Result<Verified<Metadata<Root>>, Refusal> {
    let (keyids, keys) = (root.signed().roles.root.clone(), root.signed().keys.clone());
    root.verify(&ROOT, &keyids, &keys, verifier)
}
