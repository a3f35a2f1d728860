//! Waivers that are documents of their own: on what they act at a moment, and what the policy says of them.

use interdict_schema::DateTime;
use interdict_schema::directive::DirectiveId;
use interdict_schema::directive::deadline::zone;
use interdict_schema::directive::resolve::Rights;
use interdict_schema::in_force::InForce;
use interdict_schema::policy::{Mark, WaivedPart, WaiverState};
use interdict_schema::waiver::unsupported::unsupported;
use interdict_schema::waiver::{self, Judged, WaiverDocument, grant};
use jiff::tz::TimeZone;

use super::{HeldRepository, HeldRevision, HeldWaiver};
use crate::as_of::AsOf;

impl HeldRepository {
    /// Adds the waivers to the texts in force. Where the clock is asked, they lapse by the admission of what is held at the
    /// earliest.
    pub(super) fn grant(&self, in_force: &mut InForce, rights: &Rights, as_of: AsOf) {
        let as_of = as_of.not_before(self.admitted_at);
        let waivers = self.waivers.iter().flat_map(|held| {
            let marks = self.doubts(held);
            held.revisions
                .iter()
                .map(move |revision| waiver::HeldWaiver { believed: &revision.believed, marks })
        });
        grant(in_force, self.believed(), waivers, rights, &|zone| as_of.moment(zone));
    }

    /// What is wrong with a waiver. The index, in which the marks stand, is not signed: what an alarm tells of it, or was
    /// believed under an older list of issuers alone, is as good as a mark.
    fn doubts<'h>(&self, held: &'h HeldWaiver) -> &'h [Mark] {
        let newest = self.issuers.iter().map(|list| list.version).max();
        if !held.marks.is_empty() {
            &held.marks
        } else if self.alarms.iter().any(|alarm| alarm.directive.as_ref() == Some(held.id())) {
            &[Mark::Quarantined]
        } else if held.revisions.iter().any(|revision| Some(revision.issuers) != newest) {
            &[Mark::SignatureWithdrawn]
        } else {
            &[]
        }
    }

    /// The waiver of this name.
    pub fn waiver(&self, id: &DirectiveId) -> Option<&HeldWaiver> {
        self.waivers.iter().find(|held| held.id() == id)
    }

    /// What the policy says of each; `texts` are what is in force of this repository.
    pub(super) fn waiver_states(&self, texts: &InForce) -> Vec<WaiverState> {
        texts.waivers.iter().filter_map(|judged| self.waiver_state(judged)).collect()
    }

    fn waiver_state(&self, judged: &Judged) -> Option<WaiverState> {
        let held = self.waiver(&judged.document.id)?;
        let revision = held.revision(judged)?;
        let waiver = &revision.believed.document.value;
        let zone = self.zone_of(&judged.target);
        let parts = judged.effect.iter().flat_map(|effect| &effect.parts);
        let parts =
            parts.map(|(directive, part)| WaivedPart { directive: directive.clone(), part: part.clone() });
        Some(WaiverState {
            repository: self.name.to_string(),
            id: waiver.id.clone(),
            revision: waiver.revision,
            digest: judged.document.digest,
            status: waiver.status.clone(),
            title: waiver.title.clone(),
            waives: judged.target.clone(),
            parts: parts.collect(),
            from: waiver.from.begin(&zone),
            until: waiver.until.map(|until| until.end(&zone)),
            without_effect: judged.effect.as_ref().err().map(ToString::to_string),
            marks: held.marks.clone(),
            unsupported: unsupported(&revision.believed.document).len(),
        })
    }

    /// The zone in which the days of a directive, and of waivers from it, begin and end.
    pub fn zone_of(&self, id: &DirectiveId) -> TimeZone {
        let held = self.directives.iter().find(|held| held.id() == id);
        held.and_then(|held| zone(&held.directive().zone).ok()).unwrap_or(TimeZone::UTC)
    }
}

impl HeldRepository {
    /// The last second of a waiver that was judged; `Some(None)` where it has no end, `None` where it is not held.
    pub fn until(&self, judged: &Judged) -> Option<Option<DateTime>> {
        let waiver = &self.waiver(&judged.document.id)?.revision(judged)?.believed.document.value;
        Some(waiver.until.map(|until| until.end(&self.zone_of(&judged.target))))
    }
}

impl HeldWaiver {
    /// The revision that counted at the moment for which it was judged.
    pub fn revision(&self, judged: &Judged) -> Option<&HeldRevision<WaiverDocument>> {
        self.revisions.iter().find(|revision| revision.believed.payload.digest == judged.document.digest)
    }
}
