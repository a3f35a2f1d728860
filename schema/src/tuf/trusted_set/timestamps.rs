//! Timestamps (TUF 1.0.34, 5.4).

use alloc::string::String;

use super::{Accepted, Held, Source, Standing, TrustedSet, Update, not_behind};
use crate::limits::TIMESTAMP_LENGTH;
use crate::tuf::metadata::Metadata;
use crate::tuf::refusal::Refusal;
use crate::tuf::role::{RoleName, RoleType};
use crate::tuf::timestamp::Timestamp;

pub(super) const TIMESTAMP: RoleName = RoleName::Top(RoleType::Timestamp);

impl TrustedSet<'_> {
    /// Admits a timestamp.
    ///
    /// A local one that has expired is a lower bound ([`Update::Floor`]). One of the version and content that is held, and
    /// still valid, changes nothing ([`Update::Same`]).
    ///
    /// # Errors
    /// [`Refusal`] where it is not signed by the threshold, goes back in its own or the snapshot's version, says something
    /// else than the held one of the same version, or, from elsewhere, has expired.
    pub fn update_timestamp(&mut self, bytes: &[u8], source: Source) -> Result<Update, Refusal> {
        self.final_root(&TIMESTAMP)?;
        if self.snapshot.is_some() {
            let trusted = RoleType::Snapshot.into();
            return Err(Refusal::TooLate { role: TIMESTAMP, trusted });
        }
        // What is held byte for byte has been read and its signatures checked under this very root: nothing of it is checked
        // twice but what time and memory have to say.
        if let Some(held) = self.timestamp.as_ref().filter(|held| held.metadata.bytes() == bytes) {
            let held = held.metadata.signed();
            self.timestamp_not_below(held)?;
            return self.same_timestamp(held, source);
        }
        let new = self.read::<Timestamp>(bytes, TIMESTAMP_LENGTH)?;
        self.timestamp_not_below(new.signed())?;
        if let Some(held) = &self.timestamp {
            not_behind(&TIMESTAMP, &held.metadata, &new)?;
            let (held, new) = (held.metadata.signed(), new.signed());
            if held.version == new.version {
                return self.same_timestamp(new, source);
            }
            let (trusted, found) = (held.snapshot().version, new.snapshot().version);
            if found < trusted {
                let file = String::from("snapshot.json");
                return Err(Refusal::ListedRollback { role: TIMESTAMP, file, found, trusted });
            }
        }
        let standing = match (self.fresh(&TIMESTAMP, new.signed()), source) {
            (Ok(()), _) => Standing::Current,
            (Err(_), Source::Local) => Standing::Floor,
            (Err(refusal), Source::Remote) => return Err(refusal),
        };
        let accepted = Accepted::of(TIMESTAMP, &new);
        self.timestamp = Some(Held { metadata: new, standing });
        Ok(match standing {
            Standing::Current => Update::Accepted(accepted),
            Standing::Floor => Update::Floor,
        })
    }

    /// Whether neither its own version nor the one of the snapshot that it names is below the remembered one.
    fn timestamp_not_below(&self, new: &Timestamp) -> Result<(), Refusal> {
        self.not_below(&TIMESTAMP, new.version)?;
        self.snapshot_not_below(&TIMESTAMP, new.snapshot().version)
    }

    /// Frozen: the same as ours is no news, and does not make ours valid again.
    fn same_timestamp(&self, new: &Timestamp, source: Source) -> Result<Update, Refusal> {
        match (self.fresh(&TIMESTAMP, new), source) {
            (Ok(()), _) => Ok(Update::Same),
            (Err(_), Source::Local) => Ok(Update::Floor),
            (Err(refusal), Source::Remote) => Err(refusal),
        }
    }

    /// The timestamp that later roles are judged by.
    pub(super) fn final_timestamp(&self, role: &RoleName) -> Result<&Metadata<Timestamp>, Refusal> {
        let Some(held) = &self.timestamp else {
            return Err(Refusal::OutOfOrder { role: role.clone(), wanted: TIMESTAMP });
        };
        self.fresh(&TIMESTAMP, held.metadata.signed())?;
        Ok(&held.metadata)
    }
}
