//! Which waiver acts on which text at a moment. Pure.
//!
//! A waiver is from words: it names a text by digest, and frees from a part only as long as the directive says of that part
//! exactly what it said there. One from the whole frees from every part of that text that stands unchanged, and from nothing
//! that was added. Where a part has been put into the text of another directive, the waiver from it goes with it; one from the
//! words that stood there before does not.
//!
//! Whatever is in doubt frees nobody, and is said ([`Judged::effect`]): a waiver that is no longer listed, whose newest
//! revision was refused, or of which this version does not understand every word; a target that is not held; an issuer that
//! may not.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use jiff::tz::TimeZone;

use super::WaiverDocument;
use super::unsupported::unsupported;
use crate::believe::Believed;
use crate::directive::deadline::zone;
use crate::directive::resolve::{DocumentRef, Rights, State};
use crate::directive::{Action, DayOrTime, Directive, DirectiveId, Status, Subject, Waiver};
use crate::in_force::{Current, Held, InForce};
use crate::json::Decoded;
use crate::policy::Mark;
use crate::{DateTime, Sha256, Verified};

/// A believed revision of a waiver, and what is wrong with the waiver.
#[derive(Debug, Clone, Copy)]
pub struct HeldWaiver<'a> {
    /// The revision.
    pub believed: &'a Verified<Believed<WaiverDocument>>,
    /// What is wrong with it; with anything, it frees nobody.
    pub marks: &'a [Mark],
}

/// A waiver at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The revision that counts at the moment; the first one where none does yet.
    pub document: DocumentRef,
    /// The directive that it is from.
    pub target: DirectiveId,
    /// On what it acts, or why on nothing.
    pub effect: Result<Effect, NoEffect>,
}

/// On what a waiver acts. For whom, from when and until when is what [`standing`](crate::directive::resolve::standing) says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The parts, each with the directive in whose text it stands; none for the whole.
    pub parts: Vec<(DirectiveId, Option<String>)>,
}

/// Why a waiver frees nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoEffect {
    /// Something is wrong with it.
    #[error("it is marked {}, and what is in doubt frees nobody", mark.as_str())]
    Marked {
        /// What.
        mark: Mark,
    },
    /// It says things that this version does not understand.
    #[error("it has {places} places that this version does not understand")]
    NotUnderstood {
        /// How many.
        places: usize,
    },
    /// It was not issued yet.
    #[error("it is issued on {from}")]
    NotYet {
        /// When it is.
        from: DateTime,
    },
    /// A revision ended it.
    #[error("it is {status} since {since}")]
    Ended {
        /// How.
        status: Status,
        /// When that revision was issued.
        since: DayOrTime,
    },
    /// The directive is not there.
    #[error("that directive is not in the repository")]
    Absent,
    /// Its issuer may not act on the directive.
    #[error("{issuer:?} may not act on directives of {of:?}")]
    NotEntitled {
        /// Who issued the waiver.
        issuer: String,
        /// Who issued the directive.
        of: String,
    },
    /// It does not name a text.
    #[error("it names no digest, so that nobody knows which words it is from")]
    NoDigest,
    /// No revision that is held is the text that it names.
    #[error("no revision of it has the digest {wanted}")]
    Digest {
        /// The digest.
        wanted: Sha256,
    },
    /// The text that it names has no such part.
    #[error("that text has no part {part:?}")]
    NoPart {
        /// The part.
        part: String,
    },
    /// Other words stand there now.
    #[error("{by} says something else there than the text that it is from")]
    OtherWords {
        /// The document whose words they are.
        by: DocumentRef,
    },
    /// What it is from has ended.
    #[error("what it is from had ended by {since}")]
    TargetEnded {
        /// When.
        since: DateTime,
    },
    /// The text has a waiver of its own under this name.
    #[error("the text of {directive} has a waiver of this name")]
    NameTaken {
        /// The directive.
        directive: DirectiveId,
    },
}

/// Adds to the texts in force the waivers that act on them, and says what became of every waiver.
///
/// `held` and `waivers` are the revisions of directives and waivers of one repository, in any order. `at` is the moment at
/// which waivers are judged, in the zone of the directive.
pub fn grant<'a>(
    in_force: &mut InForce,
    held: impl IntoIterator<Item = Held<'a>>,
    waivers: impl IntoIterator<Item = HeldWaiver<'a>>,
    rights: &Rights,
    at: &dyn Fn(&TimeZone) -> DateTime,
) {
    let mut waivers: Vec<HeldWaiver<'a>> = waivers.into_iter().collect();
    if waivers.is_empty() {
        return;
    }
    let name = |held: &HeldWaiver<'a>| {
        let document = &held.believed.document.value;
        (&document.id, document.revision, held.believed.payload.digest)
    };
    waivers.sort_by(|one, other| name(one).cmp(&name(other)));
    let mut texts: BTreeMap<&DirectiveId, Vec<&'a Verified<Believed>>> = BTreeMap::new();
    for held in held {
        texts.entry(&held.believed.document.value.id).or_default().push(held.believed);
    }
    let places: BTreeMap<DirectiveId, usize> = in_force
        .directives
        .iter()
        .enumerate()
        .map(|(place, current)| (current.situation.document.id.clone(), place))
        .collect();
    let bench = Bench { texts, places, rights, at };
    for revisions in
        waivers.chunk_by(|one, other| one.believed.document.value.id == other.believed.document.value.id)
    {
        if let Some((judged, next)) = bench.judge(revisions, in_force) {
            in_force.waivers.push(judged);
            in_force.next_change = in_force.next_change.into_iter().chain(next).min();
        }
    }
}

/// What judging rests on.
struct Bench<'r, 'a> {
    /// Every revision of every directive.
    texts: BTreeMap<&'a DirectiveId, Vec<&'a Verified<Believed>>>,
    /// Where each directive stands among those in force.
    places: BTreeMap<DirectiveId, usize>,
    rights: &'r Rights,
    at: &'r dyn Fn(&TimeZone) -> DateTime,
}

impl<'a> Bench<'_, 'a> {
    /// What becomes of a waiver, and the first later moment at which that changes.
    fn judge(
        &self,
        revisions: &[HeldWaiver<'a>],
        in_force: &mut InForce,
    ) -> Option<(Judged, Option<DateTime>)> {
        let (first, newest) = (revisions.first()?, revisions.last()?);
        let about = &newest.believed.document.value.target.id;
        let text = self.texts.get(about).and_then(|texts| texts.last());
        let zone = text.and_then(|text| zone(&text.document.value.zone).ok()).unwrap_or(TimeZone::UTC);
        let at = (self.at)(&zone);
        let issued = |held: &HeldWaiver<'_>| held.believed.document.value.issued.begin(&zone);
        let counting = revisions.iter().rev().find(|held| issued(held) <= at);
        let held = counting.unwrap_or(first);
        let waiver = &held.believed.document.value;
        let begins = revisions.iter().map(issued).chain([waiver.from.begin(&zone)]);
        let next = begins.filter(|moment| *moment > at).min();
        let digest = held.believed.payload.digest;
        let document = DocumentRef { id: waiver.id.clone(), revision: waiver.revision, digest };
        let effect = match counting {
            Some(_) => self.effect(held, &document, &zone, in_force),
            None => Err(NoEffect::NotYet { from: issued(first) }),
        };
        Some((Judged { document, target: waiver.target.id.clone(), effect }, next))
    }

    fn effect(
        &self,
        held: &HeldWaiver<'a>,
        document: &DocumentRef,
        zone: &TimeZone,
        in_force: &mut InForce,
    ) -> Result<Effect, NoEffect> {
        let waiver = &held.believed.document.value;
        if let Some(mark) = held.marks.first() {
            return Err(NoEffect::Marked { mark: *mark });
        }
        if waiver.status != Status::InForce && waiver.status.is_known() {
            return Err(NoEffect::Ended { status: waiver.status.clone(), since: waiver.issued });
        }
        let places = unsupported(&held.believed.document).len();
        if places > 0 {
            return Err(NoEffect::NotUnderstood { places });
        }
        let parts = self.parts(waiver, in_force)?;
        let named: Vec<(usize, &Option<String>)> =
            parts.iter().filter_map(|(directive, part)| Some((*self.places.get(directive)?, part))).collect();
        for (place, _) in &named {
            let Some((current, text)) = self.text(in_force, *place) else { continue };
            if text.waivers.iter().any(|own| own.id == document.id.as_str()) {
                let directive = current.situation.document.id.clone();
                return Err(NoEffect::NameTaken { directive });
            }
        }
        for (place, part) in named {
            self.write(in_force, place, waiver, part.as_ref(), zone, document);
        }
        Ok(Effect { parts })
    }

    /// The parts from which a waiver frees, each with the directive in whose text it stands.
    fn parts(
        &self,
        waiver: &WaiverDocument,
        in_force: &InForce,
    ) -> Result<Vec<(DirectiveId, Option<String>)>, NoEffect> {
        let target = &waiver.target;
        let place = *self.places.get(&target.id).ok_or(NoEffect::Absent)?;
        let revisions = self.texts.get(&target.id).ok_or(NoEffect::Absent)?;
        let current = in_force.directives.get(place).ok_or(NoEffect::Absent)?;
        let of = &current.situation.document;
        let own = revisions.iter().find(|text| text.payload.digest == of.digest).ok_or(NoEffect::Absent)?;
        let own = &own.document.value;
        if !self.rights.allow(&waiver.issuer, own) {
            return Err(NoEffect::NotEntitled { issuer: waiver.issuer.clone(), of: own.issuer.clone() });
        }
        if let State::Ended(ending) = &current.situation.state {
            return Err(NoEffect::TargetEnded { since: ending.since });
        }
        let wanted = target.digest.ok_or(NoEffect::NoDigest)?;
        let named = revisions.iter().find(|text| text.payload.digest == wanted);
        let named = named
            .filter(|text| target.revision.is_none_or(|revision| revision == text.document.value.revision));
        let named = &named.ok_or(NoEffect::Digest { wanted })?.document.value;
        let page = Page { named, own, current, in_force };
        if let Some(part) = &target.part {
            return page.part(part);
        }
        let mut whole = true;
        let mut parts = Vec::new();
        for part in names(named) {
            match page.part(part) {
                Ok(found) => parts.extend(found),
                Err(_) => whole = false,
            }
        }
        let (_, text) = self.text(in_force, place).ok_or(NoEffect::Absent)?;
        let here =
            |part: &str| parts.iter().any(|(id, own)| *id == target.id && own.as_deref() == Some(part));
        if whole && names(text).all(here) {
            parts.retain(|(id, _)| *id != target.id);
            parts.insert(0, (target.id.clone(), None));
        }
        if parts.is_empty() { Err(NoEffect::OtherWords { by: of.clone() }) } else { Ok(parts) }
    }

    /// A directive and its text.
    fn text<'i>(&self, in_force: &'i InForce, place: usize) -> Option<(&'i Current, &'i Directive)>
    where
        'a: 'i,
    {
        let current = in_force.directives.get(place)?;
        match &current.changed {
            Some(text) => Some((current, &text.document.value)),
            None => Some((current, &self.base(current)?.document.value)),
        }
    }

    /// The revision that a text begins with.
    fn base(&self, current: &Current) -> Option<&'a Verified<Believed>> {
        let of = &current.situation.document;
        self.texts.get(&of.id)?.iter().find(|text| text.payload.digest == of.digest).copied()
    }

    fn write(
        &self,
        in_force: &mut InForce,
        place: usize,
        waiver: &WaiverDocument,
        part: Option<&String>,
        of: &TimeZone,
        document: &DocumentRef,
    ) {
        let Some(current) = in_force.directives.get_mut(place) else { return };
        let Some(base) = self.base(current) else { return };
        let text = current.changed.as_deref().unwrap_or(base);
        let mut value = text.document.value.clone();
        let mut granted = Waiver { part: part.cloned(), ..waiver.waiver() };
        // Its days are those of the directive that it is from, wherever the part stands now.
        if zone(&value.zone).unwrap_or(TimeZone::UTC) != *of {
            granted.from = DayOrTime::Time(granted.from.begin(of));
            granted.until = granted.until.map(|until| DayOrTime::Time(until.end(of)));
        }
        value.waivers.push(granted);
        let (unknown, payload) = (text.document.unknown.clone(), text.payload.clone());
        current.changed = Some(Verified::attest(Believed { document: Decoded { value, unknown }, payload }));
        if !current.granted.contains(document) {
            current.granted.push(document.clone());
        }
    }
}

/// A directive: the text that a waiver names, and the one that is in force.
struct Page<'p> {
    named: &'p Directive,
    /// The revision in force, before other directives changed it.
    own: &'p Directive,
    current: &'p Current,
    in_force: &'p InForce,
}

impl Page<'_> {
    /// Where the words of a part stand now.
    fn part(&self, part: &str) -> Result<Vec<(DirectiveId, Option<String>)>, NoEffect> {
        let situation = &self.current.situation;
        let id = &situation.document.id;
        let wanted = words(self.named, part).ok_or_else(|| NoEffect::NoPart { part: part.to_string() })?;
        if words(self.own, part) != Some(wanted) {
            return Err(NoEffect::OtherWords { by: situation.document.clone() });
        }
        if let Some(ending) = situation.ended_parts.get(part) {
            return Err(NoEffect::TargetEnded { since: ending.since });
        }
        let changed = situation.origins.get(part).and_then(|origins| origins.last());
        if let Some(origin) = changed.filter(|origin| origin.kind.is_some()) {
            return Err(NoEffect::OtherWords { by: origin.document.clone() });
        }
        let Some(elsewhere) = situation.moved_parts.get(part) else {
            return Ok(vec![(id.clone(), Some(part.into()))]);
        };
        let mut found = Vec::new();
        // A subject can stand in both.
        if self.current.changed.as_ref().is_some_and(|text| words(&text.document.value, part).is_some()) {
            found.push((id.clone(), Some(part.to_string())));
        }
        let there = |current: &&Current| elsewhere.contains(&current.situation.document.id);
        for current in self.in_force.directives.iter().filter(there) {
            for (name, origins) in &current.situation.origins {
                if origins.last().is_some_and(|last| last.document.id == *id && last.part == part) {
                    found.push((current.situation.document.id.clone(), Some(name.clone())));
                }
            }
        }
        if found.is_empty() {
            Err(NoEffect::OtherWords { by: situation.document.clone() })
        } else {
            Ok(found)
        }
    }
}

/// What a text says of a part.
#[derive(PartialEq)]
enum Words<'t> {
    Action(&'t Action),
    Subject(&'t Subject),
}

fn words<'t>(text: &'t Directive, part: &str) -> Option<Words<'t>> {
    let subject = || text.subjects.iter().find(|subject| subject.id == part).map(Words::Subject);
    text.action(part).map(Words::Action).or_else(subject)
}

/// The parts of a text.
fn names(text: &Directive) -> impl Iterator<Item = &str> {
    let actions = text.actions.iter().map(|action| action.id.as_str());
    actions.chain(text.subjects.iter().map(|subject| subject.id.as_str()))
}
