//! The trusted set that a repository's part of a generation was verified into, from the same bytes: for those who ask what it
//! lists.

use interdict_schema::key::Verifier;
use interdict_schema::tuf::{
    Enumeration, Lookup, Refusal, RoleName, RoleType, Source, TargetPath, TrustedSet,
};

use super::HeldRepository;

impl HeldRepository {
    /// The set as it was when the repository was admitted, every delegated role included that was not refused.
    ///
    /// # Errors
    /// [`Refusal`], for a repository that was not read from a generation or has been changed since.
    pub fn trusted_set<'v>(&self, verifier: &'v dyn Verifier) -> Result<TrustedSet<'v>, Refusal> {
        let (pin, later) =
            self.roots.split_first().map_or((&[][..], &[][..]), |(pin, later)| (&**pin, later));
        let mut set = TrustedSet::new(pin, self.admitted_at, verifier)?;
        for root in later {
            let _ = set.update_root(root)?;
        }
        set.finish_root()?;
        for role in [RoleType::Timestamp, RoleType::Snapshot, RoleType::Targets] {
            let bytes = self.bytes_of(&role.into());
            let _ = match role {
                RoleType::Timestamp => set.update_timestamp(bytes, Source::Remote)?,
                RoleType::Snapshot => set.update_snapshot(bytes, Source::Remote)?,
                _ => set.update_targets(bytes, Source::Remote)?,
            };
        }
        while let Enumeration::Needs { role, delegator } = set.enumerate() {
            self.delegated(&mut set, &role, &delegator)?;
        }
        Ok(set)
    }

    /// Brings into the set what the search for a target needs: the same roles, on the word of other delegators.
    ///
    /// # Errors
    /// As [`trusted_set`](Self::trusted_set).
    pub fn supply(&self, set: &mut TrustedSet<'_>, path: &TargetPath) -> Result<(), Refusal> {
        while let Lookup::Needs { role, delegator } = set.find(path)? {
            self.delegated(set, &role, &delegator)?;
        }
        Ok(())
    }

    fn delegated(
        &self,
        set: &mut TrustedSet<'_>,
        role: &RoleName,
        delegator: &RoleName,
    ) -> Result<(), Refusal> {
        match set.update_delegated(role, delegator, self.bytes_of(role), Source::Remote) {
            Ok(_) => {}
            Err(_) if self.refused_roles.contains(role) => set.set_aside(role.clone()),
            Err(refusal) => return Err(refusal),
        }
        Ok(())
    }

    fn bytes_of(&self, role: &RoleName) -> &[u8] {
        self.metadata.iter().find(|file| file.role() == role).map_or(&[], |file| file.bytes())
    }
}
