//! Top-level and delegated targets (TUF 1.0.34, 5.6), one rule for both.

use super::request::targets_limit;
use super::snapshots::{is_file, is_version};
use super::{Accepted, Held, Source, Standing, TrustedSet, Update, one_content};
use crate::tuf::key::Keys;
use crate::tuf::metadata::Metadata;
use crate::tuf::refusal::Refusal;
use crate::tuf::role::{RoleName, RoleType};
use crate::tuf::root::RoleKeys;
use crate::tuf::target_path::TargetPath;
use crate::tuf::targets::{TargetFile, Targets};

pub(super) const TARGETS: RoleName = RoleName::Top(RoleType::Targets);

impl TrustedSet<'_> {
    /// Admits top-level targets. A local file that is not, or no longer, the one that the snapshot names is kept to be
    /// compared with ([`Update::Floor`]).
    ///
    /// # Errors
    /// [`Refusal`] where it is not listed or not signed by the threshold; says something else than the held one of the same
    /// version; or, from elsewhere, is not the file that the snapshot names or has expired.
    pub fn update_targets(&mut self, bytes: &[u8], source: Source) -> Result<Update, Refusal> {
        if self.targets().is_some() {
            return Err(Refusal::TooLate { role: TARGETS, trusted: TARGETS });
        }
        let root = self.root.signed();
        let held = self.admit(bytes, &TARGETS, (&root.roles.targets, &root.keys), source)?;
        if let Some(before) = &self.targets {
            one_content(&TARGETS, &before.metadata, &held.metadata)?;
        }
        let update = update(TARGETS, &held);
        self.targets = Some(held);
        Ok(update)
    }

    /// Admits a delegated role on the word of one delegator, which has to be trusted.
    ///
    /// The same role under another delegator is admitted apart: the keys may be others, the content has to be the same.
    ///
    /// # Errors
    /// As [`update_targets`](Self::update_targets), and where `delegator` is not trusted or does not delegate to `role`.
    pub fn update_delegated(
        &mut self,
        role: &RoleName,
        delegator: &RoleName,
        bytes: &[u8],
        source: Source,
    ) -> Result<Update, Refusal> {
        let above = if *delegator == TARGETS { self.targets() } else { self.delegated(delegator) };
        let Some(above) = above else {
            return Err(Refusal::OutOfOrder { role: role.clone(), wanted: delegator.clone() });
        };
        let delegations = above.signed().delegations.as_ref();
        let named = delegations.and_then(|delegations| {
            let named = delegations.roles.iter().find(|named| named.name == role.as_str())?;
            Some((&named.keys, &delegations.keys))
        });
        let Some(keys) = named else {
            return Err(Refusal::NotDelegated { role: role.clone(), delegator: delegator.clone() });
        };
        let held = self.admit(bytes, role, keys, source)?;
        for ((name, _), before) in &self.delegated {
            if name == role {
                one_content(role, &before.metadata, &held.metadata)?;
            }
        }
        let update = update(role.clone(), &held);
        self.delegated.insert((role.clone(), delegator.clone()), held);
        Ok(update)
    }

    fn admit(
        &self,
        bytes: &[u8],
        role: &RoleName,
        (by, keys): (&RoleKeys, &Keys),
        source: Source,
    ) -> Result<Held<Targets>, Refusal> {
        let snapshot = self.final_snapshot(role)?.signed();
        let stated = snapshot.file(role).ok_or_else(|| Refusal::Unlisted { role: role.clone() })?;
        let is_stated = is_file(role, stated, bytes);
        if source == Source::Remote {
            is_stated.clone()?;
        }
        let new = Metadata::<Targets>::parse(bytes, role, source.limit(targets_limit(stated)))?.verify(
            role,
            by,
            keys,
            self.verifier,
        )?;
        let signed = new.signed();
        let current = is_version(role, signed.version, stated.version)
            .and(is_stated)
            .and_then(|()| self.fresh(role, signed));
        let standing = match (current, source) {
            (Ok(()), _) => Standing::Current,
            (Err(_), Source::Local) => Standing::Floor,
            (Err(refusal), Source::Remote) => return Err(refusal),
        };
        Ok(Held { metadata: new, standing })
    }

    /// Checks a target's bytes against what trusted metadata states of it.
    ///
    /// # Errors
    /// [`Refusal::Target`].
    pub fn verify_target(&self, path: &TargetPath, file: &TargetFile, bytes: &[u8]) -> Result<(), Refusal> {
        file.verify(bytes).map_err(|source| Refusal::Target { path: path.as_str().into(), source })
    }
}

fn update(role: RoleName, held: &Held<Targets>) -> Update {
    match held.standing {
        Standing::Current => Update::Accepted(Accepted::of(role, &held.metadata)),
        Standing::Floor => Update::Floor,
    }
}
