//! The short way of a poll with nothing new: the same timestamp, under the same root, of a store in which nothing was touched
//! since all of it was verified and found whole.
//!
//! What is verified even so: the chain of roots, the timestamp that was served and the one that lies here. What is judged anew:
//! every expiry. What is not read: snapshot, targets and the files of the generation, of which nothing is reported here but the
//! alarms; [`crate::store::inspection`] says why that is enough. At the least difference everything is read, as ever.

use interdict_schema::Sha256;
use interdict_schema::tuf::TrustedSet;

use super::{Sync, Synced};
use crate::store::generation::{active_number, built_from, earliest_expiry};
use crate::store::inspection::{Footprint, Inspection};
use crate::store::memory::Memory;
use crate::update::{Begun, News, Refresh, UpdateError};

/// What the store looks like from outside, taken before anything of it is read.
pub(super) struct Seen {
    generation: u64,
    footprint: Footprint,
}

impl<'v> Sync<'_, 'v> {
    /// Looks at the store; `None` where the short way is none.
    pub(super) fn look(&self, begun: &Begun<'v>) -> Option<Seen> {
        if begun.news() == News::Some || !begun.is_whole() || self.as_of != self.now {
            return None;
        }
        let generation = active_number(self.places).ok().flatten()?;
        let footprint = self.footprint(generation)?;
        Some(Seen { generation, footprint })
    }

    fn footprint(&self, generation: u64) -> Option<Footprint> {
        Footprint::of(self.places, &self.places.repository(self.name), generation)
    }

    /// The end of the poll, where everything is as it was when it was last verified and found whole.
    pub(super) fn as_inspected(
        &self,
        seen: &Seen,
        refresh: &Refresh<'_, 'v>,
        begun: &Begun<'v>,
        memory: &mut Memory,
    ) -> Result<Option<Synced>, UpdateError> {
        let set = begun.set();
        let Some(inspection) = Inspection::read(&self.places.repository(self.name)) else { return Ok(None) };
        let Some(timestamp) = set.timestamp() else { return Ok(None) };
        let digest = Sha256::of(timestamp.bytes());
        let same = inspection.generation == seen.generation
            && inspection.footprint == seen.footprint
            && inspection.timestamp == digest
            && inspection.root == Sha256::of(set.root().bytes())
            && self.now < inspection.expires;
        if !same {
            return Ok(None);
        }
        let Some(alarms) =
            built_from(self.places, seen.generation, self.name, &digest, (self.profile, self.now))
        else {
            return Ok(None);
        };
        let fresh_until = timestamp.signed().expires;
        refresh.nothing_new(begun, memory)?;
        Ok(Some(Synced::Unchanged { alarms, fresh_until, damage: Vec::new() }))
    }

    /// Keeps that everything was verified and found whole, unless something was changed meanwhile, or may have been.
    pub(super) fn keep_inspection(&self, seen: Option<&Seen>, set: &TrustedSet<'_>, timestamp: &Sha256) {
        let Some(Seen { generation, footprint }) = seen else { return };
        if self.footprint(*generation).as_ref() != Some(footprint)
            || !footprint.is_before(&self.places.lock())
        {
            return;
        }
        let root = Sha256::of(set.root().bytes());
        let inspection = Inspection::new(*generation, root, *timestamp, earliest_expiry(set), *footprint);
        // Without it the next poll reads everything, which is what it is for.
        if let Err(error) = inspection.write(self.disk, &self.places.repository(self.name)) {
            tracing::debug!(%error, "that nothing is damaged could not be kept");
        }
    }
}
