//! Snapshots (TUF 1.0.34, 5.5).

use super::request::snapshot_limit;
use super::{Accepted, Held, Source, Standing, TrustedSet, Update, not_behind};
use crate::Verified;
use crate::tuf::metadata::Metadata;
use crate::tuf::refusal::Refusal;
use crate::tuf::role::{RoleName, RoleType};
use crate::tuf::snapshot::Snapshot;
use crate::tuf::timestamp::MetaFile;

pub(super) const SNAPSHOT: RoleName = RoleName::Top(RoleType::Snapshot);

impl TrustedSet<'_> {
    /// Admits a snapshot. A local one that is not, or no longer, the one that the timestamp names is a lower bound
    /// ([`Update::Floor`]).
    ///
    /// # Errors
    /// [`Refusal`] where it is not signed by the threshold; goes back in its version or in one that it lists; lists less;
    /// says something else than the held one of the same version; or, from elsewhere, is not the file that the timestamp
    /// names or has expired. Also where the timestamp has expired.
    pub fn update_snapshot(&mut self, bytes: &[u8], source: Source) -> Result<Update, Refusal> {
        if self.targets.is_some() {
            return Err(Refusal::TooLate { role: SNAPSHOT, trusted: RoleType::Targets.into() });
        }
        let timestamp = self.final_timestamp(&SNAPSHOT)?.signed();
        let stated = timestamp.snapshot();
        let is_stated = is_file(&SNAPSHOT, stated, bytes);
        if source == Source::Remote {
            is_stated.clone()?;
        }
        let new = self.read::<Snapshot>(bytes, source.limit(snapshot_limit(stated)))?;
        let signed = new.signed();
        // Mix-and-match, then freeze.
        let current = is_version(&SNAPSHOT, signed.version, stated.version)
            .and(is_stated)
            .and_then(|()| self.fresh(&SNAPSHOT, signed))
            .and_then(|()| self.listed_not_below(&SNAPSHOT, signed));
        if source == Source::Remote {
            current.clone()?;
        }
        if let Some(held) = &self.snapshot {
            not_behind(&SNAPSHOT, &held.metadata, &new)?;
            nothing_listed_goes_back(held.metadata.signed(), signed)?;
        }
        let standing = if current.is_ok() { Standing::Current } else { Standing::Floor };
        let accepted = Accepted::of(SNAPSHOT, &new);
        self.snapshot = Some(Held { metadata: new, standing });
        Ok(match standing {
            Standing::Current => Update::Accepted(accepted),
            Standing::Floor => Update::Floor,
        })
    }

    /// The snapshot that targets are judged by.
    pub(super) fn final_snapshot(&self, role: &RoleName) -> Result<&Verified<Metadata<Snapshot>>, Refusal> {
        self.snapshot().ok_or_else(|| Refusal::OutOfOrder { role: role.clone(), wanted: SNAPSHOT })
    }
}

/// Whether bytes are the file that was stated.
pub(super) fn is_file(role: &RoleName, stated: &MetaFile, bytes: &[u8]) -> Result<(), Refusal> {
    stated.verify(bytes).map_err(|source| Refusal::File { role: role.clone(), source })
}

/// Whether a version is the one that was stated.
pub(super) fn is_version(role: &RoleName, found: u64, wanted: u64) -> Result<(), Refusal> {
    if found == wanted { Ok(()) } else { Err(Refusal::Version { role: role.clone(), found, wanted }) }
}

/// Rollback: what the trusted snapshot lists has to be listed, and in no older version.
fn nothing_listed_goes_back(held: &Snapshot, new: &Snapshot) -> Result<(), Refusal> {
    for (file, trusted) in &held.meta {
        let role = SNAPSHOT;
        match new.meta.get(file) {
            None => return Err(Refusal::ListedVanished { role, file: file.clone() }),
            Some(found) if found.version < trusted.version => {
                let (found, trusted) = (found.version, trusted.version);
                return Err(Refusal::ListedRollback { role, file: file.clone(), found, trusted });
            }
            Some(_) => {}
        }
    }
    Ok(())
}
