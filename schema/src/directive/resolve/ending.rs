//! What has ended by a moment, and by which document.

use alloc::collections::BTreeMap;
use alloc::collections::btree_map;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Reverse;

use super::acting::{Acting, Link};
use super::fault::NoEffect;
use super::lasting::{Lasting, LeftBehind};
use super::timeline::Entry;
use super::{Beside, Ending, How};
use crate::DateTime;
use crate::directive::{RelationKind, Status};

/// What has ended.
pub(super) struct Endings {
    whole: Vec<Option<Ending>>,
    parts: BTreeMap<usize, BTreeMap<String, Ending>>,
}

impl Endings {
    pub fn of(&self, number: usize) -> Option<&Ending> {
        self.whole.get(number)?.as_ref()
    }

    pub fn parts_of(&self, number: usize) -> BTreeMap<String, Ending> {
        self.parts.get(&number).cloned().unwrap_or_default()
    }

    pub fn part(&self, number: usize, part: &str) -> Option<&Ending> {
        self.parts.get(&number)?.get(part)
    }

    pub fn has_parts(&self, number: usize) -> bool {
        self.parts.contains_key(&number)
    }
}

/// Ends, in the order of time, what relations and the texts themselves end. A directive that has ended by the moment at
/// which its relation takes effect ends nothing any more; what it ended before stays ended.
pub(super) fn endings(
    entries: &[Entry<'_>],
    acting: &mut Acting<'_>,
    lasting: &LeftBehind,
    as_of: DateTime,
) -> Endings {
    let own = |entry: &Entry<'_>| {
        let since = entry.own_end().filter(|since| *since <= as_of)?;
        let how = if entry.text().status == Status::Revoked { How::Revoked } else { How::Closed };
        Some(Ending { how, since, by: entry.document(), reason: None, now: None })
    };
    let mut endings = Endings { whole: entries.iter().map(own).collect(), parts: BTreeMap::new() };
    let rank = |link: &Link<'_>| acting.ending_rank.get(link.source).copied().unwrap_or(usize::MAX);
    let mut links: Vec<Link<'_>> = acting.relations.iter().filter(|link| link.ends()).copied().collect();
    links.sort_by_key(|link| (link.start, rank(link), link.source, link.number));
    let mut by: Vec<Option<usize>> = vec![None; entries.len()];
    let mut parts = Vec::new();
    for (target, entry) in entries.iter().enumerate() {
        for lasting in lasting.get(entry.id()).into_iter().flatten() {
            keep(lasting, target, entries, &mut endings, &mut by, &mut parts);
        }
    }
    let mut without_effect = Vec::new();
    for link in links {
        let Some(source) = entries.get(link.source) else { continue };
        // Among what begins at one moment, that which ends others comes before what it ends.
        if let Some(ended) = endings.of(link.source).filter(|ended| is_over(ended, &link, source)) {
            let why = NoEffect::SourceEnded { since: ended.since };
            without_effect.extend(link.without_effect(entries, why));
            continue;
        }
        let how = match link.relation.kind {
            RelationKind::Supersedes => How::Superseded,
            RelationKind::Revokes => How::Revoked,
            _ => How::Closed,
        };
        let (since, reason) = (link.start, link.relation.reason.clone());
        let now = (link.source != link.target).then(|| source.id().clone());
        let ending = Ending { how, since, by: source.document(), reason, now };
        if let Some(part) = link.part() {
            if let btree_map::Entry::Vacant(place) =
                endings.parts.entry(link.target).or_default().entry(part.into())
            {
                place.insert(ending);
                parts.push((link.target, part.into(), link.source));
            }
        } else if endings.of(link.target).is_none_or(|before| before.since > since) {
            by.get_mut(link.target).into_iter().for_each(|by| *by = Some(link.source));
            endings.whole.get_mut(link.target).into_iter().for_each(|place| *place = Some(ending.clone()));
        } else {
            // It had ended before; this says what governs in its place, where nothing has said so yet.
            succeed(&mut endings, &mut by, link.target, link.source, source);
        }
    }
    acting.relations.retain(|link| {
        let over = |ended| entries.get(link.source).is_none_or(|source| is_over(ended, link, source));
        !link.ends() || !endings.of(link.source).is_some_and(over)
    });
    acting.without_effect.extend(without_effect);
    for link in acting.relations.iter().filter(|link| link.relation.kind == RelationKind::CarriesOver) {
        let Some(source) = entries.get(link.source) else { continue };
        if link.part().is_none() && endings.of(link.source).is_none_or(|ended| ended.since > link.start) {
            succeed(&mut endings, &mut by, link.target, link.source, source);
        }
    }
    follow(&mut endings, &by, &parts, &acting.ending_rank);
    endings
}

/// Whether a directive had ended when its relation takes effect. A closing revision may close others together with itself.
fn is_over(ended: &Ending, link: &Link<'_>, source: &Entry<'_>) -> bool {
    let together =
        ended.since == link.start && ended.by.id == *source.id() && source.ends_together_with(link.relation);
    ended.since <= link.start && !together
}

/// Ends what an earlier revision of a document ended, unless its directive has a newer text now.
fn keep(
    lasting: &Lasting,
    target: usize,
    entries: &[Entry<'_>],
    endings: &mut Endings,
    by: &mut [Option<usize>],
    parts: &mut Vec<(usize, String, usize)>,
) {
    let place = |id| entries.binary_search_by(|entry| entry.id().cmp(id)).ok();
    let Some(source) = place(&lasting.ending.by.id) else { return };
    if entries.get(target).is_none_or(|entry| entry.text().revision > lasting.revision) {
        return;
    }
    let now = (source != target).then(|| lasting.ending.by.id.clone());
    let ending = Ending { now, ..lasting.ending.clone() };
    if let Some(part) = &lasting.part {
        let of_target = endings.parts.entry(target).or_default();
        if of_target.get(part).is_none_or(|before| before.since > ending.since) {
            of_target.insert(part.clone(), ending);
            parts.push((target, part.clone(), source));
        }
    } else if endings.of(target).is_none_or(|before| before.since > ending.since) {
        by.get_mut(target).into_iter().for_each(|by| *by = Some(source));
        endings.whole.get_mut(target).into_iter().for_each(|place| *place = Some(ending.clone()));
    }
}

/// Says what governs in the place of a directive that ended without saying so.
///
/// Only what itself ended later, or not at all, can: so that no chain of successors comes back to where it began.
fn succeed(
    endings: &mut Endings,
    by: &mut [Option<usize>],
    target: usize,
    number: usize,
    source: &Entry<'_>,
) {
    let ended = endings.of(number).map(|ending| ending.since);
    if let Some(Some(ending)) = endings.whole.get_mut(target)
        && ending.now.is_none()
        && ended.is_none_or(|ended| ended > ending.since)
    {
        ending.now = Some(source.id().clone());
        by.get_mut(target).into_iter().for_each(|by| *by = Some(number));
    }
}

/// Follows each chain of endings to the directive that governs today: what ended later is followed first, and of what ended
/// together that which ended the other.
///
/// Nothing governs where the last of the chain ended itself and nothing took its place.
fn follow(endings: &mut Endings, by: &[Option<usize>], parts: &[(usize, String, usize)], rank: &[usize]) {
    let rank = |number: usize| rank.get(number).copied().unwrap_or(usize::MAX);
    let mut order: Vec<(Reverse<DateTime>, usize, usize)> = endings
        .whole
        .iter()
        .enumerate()
        .filter_map(|(number, ending)| Some((Reverse(ending.as_ref()?.since), rank(number), number)))
        .collect();
    order.sort_unstable();
    for (_, _, number) in order {
        let further = by.get(number).copied().flatten().and_then(|source| endings.of(source));
        let further = further.map(|ending| ending.now.clone());
        if let (Some(Some(ending)), Some(further)) = (endings.whole.get_mut(number), further) {
            ending.now = further;
        }
    }
    for (target, part, source) in parts {
        let further = endings.of(*source).map(|ending| ending.now.clone());
        let ending = endings.parts.get_mut(target).and_then(|parts| parts.get_mut(part));
        if let (Some(ending), Some(further)) = (ending, further) {
            ending.now = further;
        }
    }
}

/// What stands beside each text and changes nothing of it: what has not ended, and what took over its findings, which are not
/// given back.
pub(super) fn beside(entries: &[Entry<'_>], links: &[Link<'_>], endings: &Endings) -> Vec<Vec<Beside>> {
    let mut beside: Vec<Vec<Beside>> = vec![Vec::new(); entries.len()];
    let stands = |link: &&Link<'_>| {
        let carries = link.relation.kind == RelationKind::CarriesOver;
        !link.ends() && !link.changes() && (carries || endings.of(link.source).is_none())
    };
    for link in links.iter().filter(stands) {
        if let (Some(list), Some(source)) = (beside.get_mut(link.target), entries.get(link.source)) {
            let (kind, since) = (link.relation.kind.clone(), link.start);
            list.push(Beside { kind, document: source.document(), since });
        }
    }
    beside
}
