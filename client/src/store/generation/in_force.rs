//! Which text of each directive that is held is in force: the rules are the schema's, the moment is the caller's.

use std::collections::BTreeMap;

use interdict_schema::Verified;
use interdict_schema::believe::Believed;
use interdict_schema::directive::DirectiveId;
use interdict_schema::directive::deadline::zone;
use interdict_schema::directive::resolve::{Acts, Rights, Situation, WithoutEffect};
use interdict_schema::dsse::Envelope;
use interdict_schema::in_force::{Current, Held, InForce, in_force};
use interdict_schema::issuers::Issuers;
use interdict_schema::limits::ISSUERS_LENGTH;
use interdict_schema::policy::Mark;
use jiff::tz::TimeZone;

use super::{Alarm, AlarmKind, Generation, HeldDirective, HeldRepository};
use crate::as_of::AsOf;

/// A directive at the moment for which its generation was settled.
#[derive(Debug, Clone)]
pub struct Settled {
    /// Its text where it is not the one of a revision, and how it came to be.
    pub current: Current,
    /// Relations of this directive that do not act.
    pub without_effect: Vec<WithoutEffect>,
}

impl HeldRepository {
    /// What is in force of it at a moment. A day begins in each issuer's zone, as deadlines do.
    pub fn in_force(&self, as_of: AsOf) -> InForce {
        let zone_of: BTreeMap<&DirectiveId, &str> = self
            .directives
            .iter()
            .map(|held| &held.newest().believed.document.value)
            .map(|text| (&text.id, text.zone.as_str()))
            .collect();
        let zones: BTreeMap<&str, TimeZone> =
            zone_of.values().map(|name| (*name, zone(name).unwrap_or(TimeZone::UTC))).collect();
        let mut moments: BTreeMap<_, Vec<&str>> = BTreeMap::new();
        for (name, zone) in &zones {
            moments.entry(as_of.moment(zone)).or_default().push(*name);
        }
        let rights = self.rights();
        let whole = InForce {
            directives: Vec::new(),
            conflicts: Vec::new(),
            without_effect: Vec::new(),
            waivers: Vec::new(),
            next_change: None,
        };
        let mut whole = moments.into_iter().fold(whole, |mut whole, (moment, zones)| {
            let found = in_force(self.believed(), &rights, moment);
            let of_these = |id: &DirectiveId| zone_of.get(id).is_some_and(|zone| zones.contains(zone));
            whole.directives.extend(
                found.directives.into_iter().filter(|current| of_these(&current.situation.document.id)),
            );
            whole
                .without_effect
                .extend(found.without_effect.into_iter().filter(|not| of_these(&not.document.id)));
            whole.conflicts.extend(found.conflicts);
            whole.next_change = whole.next_change.into_iter().chain(found.next_change).min();
            whole
        });
        whole.directives.sort_by(|one, other| one.situation.document.id.cmp(&other.situation.document.id));
        self.grant(&mut whole, &rights, as_of);
        whole
    }

    /// The alarms that follow from directives that contradict one another.
    pub fn conflicts(&self, in_force: &InForce) -> Vec<Alarm> {
        let mut alarms: Vec<Alarm> = in_force
            .conflicts
            .iter()
            .flat_map(|conflict| {
                conflict.documents().into_iter().map(|document| Alarm {
                    kind: AlarmKind::Quarantined,
                    directive: Some(document.id.clone()),
                    reason: conflict.to_string(),
                })
            })
            .collect();
        alarms.sort();
        alarms.dedup();
        alarms
    }

    pub(super) fn believed(&self) -> impl Iterator<Item = Held<'_>> {
        self.directives.iter().flat_map(|held| {
            let withdrawn = held.marks.contains(&Mark::SignatureWithdrawn);
            let acts = if withdrawn { Acts::BindsOnly } else { Acts::Fully };
            held.revisions.iter().map(move |revision| Held { believed: &revision.believed, acts })
        })
    }

    /// Whose relations act on the directives of others. The list was believed when the generation was read.
    fn rights(&self) -> Rights {
        let newest = self.issuers.iter().max_by_key(|list| list.version);
        let envelope = newest.and_then(|list| Envelope::parse(&list.envelope, ISSUERS_LENGTH).ok());
        let issuers = envelope.and_then(|envelope| Issuers::parse(&envelope.payload).ok());
        issuers.map_or_else(Rights::none, |issuers| Rights::of(&issuers))
    }

    fn settle(&mut self, as_of: AsOf) {
        let found = self.in_force(as_of);
        for alarm in self.conflicts(&found) {
            if !self.alarms.contains(&alarm) {
                self.alarms.push(alarm);
            }
        }
        self.judged_waivers = found.waivers;
        let mut without_effect: BTreeMap<_, Vec<WithoutEffect>> = BTreeMap::new();
        for not in found.without_effect {
            without_effect.entry(not.document.id.clone()).or_default().push(not);
        }
        let mut currents: BTreeMap<_, Current> = found
            .directives
            .into_iter()
            .map(|current| (current.situation.document.id.clone(), current))
            .collect();
        for held in &mut self.directives {
            let id = held.newest().believed.document.value.id.clone();
            let Some(current) = currents.remove(&id) else { continue };
            if current.situation.quarantined && !held.marks.contains(&Mark::Quarantined) {
                held.marks.push(Mark::Quarantined);
            }
            let without_effect = without_effect.remove(&id).unwrap_or_default();
            held.settled = Some(Box::new(Settled { current, without_effect }));
        }
    }
}

impl HeldDirective {
    /// The text in force at the moment for which the generation was settled; before that, the newest revision.
    pub fn current(&self) -> &Verified<Believed> {
        match &self.settled {
            Some(settled) => text_of(self, &settled.current),
            None => &self.newest().believed,
        }
    }

    /// The text of a moment: a consolidated one, or that of a revision.
    pub fn at<'h>(&'h self, current: &'h Current) -> &'h Verified<Believed> {
        text_of(self, current)
    }

    /// How that text came to be.
    pub fn situation(&self) -> Option<&Situation> {
        self.settled.as_ref().map(|settled| &settled.current.situation)
    }
}

/// The text of a directive at a moment: a consolidated one, or that of a revision.
pub(super) fn text_of<'h>(held: &'h HeldDirective, current: &'h Current) -> &'h Verified<Believed> {
    let digest = current.situation.document.digest;
    let revision = || held.revisions.iter().find(|revision| revision.believed.payload.digest == digest);
    match &current.changed {
        Some(text) => text,
        None => &revision().unwrap_or_else(|| held.newest()).believed,
    }
}

impl Generation {
    /// Settles which text of each directive is in force. A conflict that comes about by then is an alarm as any other.
    pub fn settle(&mut self, as_of: AsOf) {
        self.repositories.iter_mut().for_each(|held| held.settle(as_of));
    }
}
