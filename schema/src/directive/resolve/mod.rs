//! Which text is in force at a moment, and which documents made it so (`trust.md`, rule 5).
//!
//! [`resolve()`] takes every revision of every directive of one repository, the rights that `issuers.json` grants, and a
//! moment. It reads no clock; the order of the documents does not matter, and a document that takes effect later than the
//! moment changes nothing of the answer but [`InForce::next_change`], and its own state where nothing of it has begun.
//!
//! What acts on a text, and since when:
//!
//! - A **revision** takes the place of the one before from its `revised`, else from when the directive takes effect.
//! - `supersedes`, `revokes` and `closes` end the target, or one part of it. What was ended stays ended when that which
//!   ended it ends in turn, or in a later revision says so no longer: nothing is revived but by a newer revision of its own
//!   ([`Ending::now`] follows such a chain to what governs today).
//! - `amends` and `supplements` with a `part` put a part of their own directive in the place of exactly that part, and only
//!   while their directive is in force. `amends` without a part does so for each part of the same name. `supplements`
//!   without a part changes no text: the supplement stands beside it.
//! - `implements` and `carries-over` change no text.
//!
//! Whatever is in doubt lifts nothing: a relation acts only where its issuer may, its target is the document that it names,
//! its directive is in force, and it contradicts no other. Each one that does not act is in [`InForce::without_effect`], with
//! the reason; the parts that it would have moved stay in force in their own directive.
//!
//! | file | what is decided there |
//! |---|---|
//! | `timeline` | which revision is the text, and since when |
//! | `acting` | which relations act |
//! | `cycle` | directives that end or change one another in a circle |
//! | `ending` | what has ended, by what |
//! | `lasting` | what stays ended although nothing says so any longer |
//! | `bearing` | which documents have to be asked for that |
//! | `change` | the text of a directive with what amends it |
//! | `waive` | whom a waiver frees, and until when |
//!
//! Not here: who signed a document ([`crate::believe`]), whom it binds ([`super::scope`]), deadlines.

mod acting;
mod bearing;
mod change;
mod cycle;
mod ending;
mod fault;
mod lasting;
#[cfg(test)]
mod tests;
mod timeline;
mod waive;

use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

pub use fault::{Conflict, NoEffect, WithoutEffect};
pub use waive::{Ground, Standing, Waived, standing, waived};

use self::acting::Acting;
use self::lasting::LeftBehind;
use self::timeline::Entry;
use super::{Directive, DirectiveId, RelationKind, Revision};
use crate::issuers::Issuers;
use crate::{DateTime, Sha256};

/// One revision of a directive.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// The text.
    pub directive: &'a Directive,
    /// SHA-256 of its payload.
    pub digest: Sha256,
    /// Whether its relations and waivers count.
    pub acts: Acts,
}

/// Whether the relations and waivers of a document count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acts {
    /// They do.
    Fully,
    /// The keys that signed it no longer count (`trust.md`, rule 3): it binds, and lifts nothing.
    BindsOnly,
}

/// A document by its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DocumentRef {
    /// The directive.
    pub id: DirectiveId,
    /// The revision.
    pub revision: Revision,
    /// SHA-256 of its payload.
    pub digest: Sha256,
}

impl fmt::Display for DocumentRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} revision {}", self.id, self.revision)
    }
}

/// On whose directives an issuer's relations act besides its own.
#[derive(Debug, Clone, Default)]
pub struct Rights {
    may_amend: BTreeMap<String, Vec<String>>,
}

impl Rights {
    /// Nobody acts on the directives of others.
    pub fn none() -> Self {
        Self::default()
    }

    /// What a list of issuers grants.
    pub fn of(issuers: &Issuers) -> Self {
        let grants = issuers.issuers.iter().map(|issuer| (issuer.id.clone(), issuer.may_amend.clone()));
        Self { may_amend: grants.collect() }
    }

    /// Whether the relations and waivers of an issuer act on a directive.
    pub(crate) fn allow(&self, issuer: &str, target: &Directive) -> bool {
        issuer == target.issuer
            || self
                .may_amend
                .get(issuer)
                .is_some_and(|prefixes| prefixes.iter().any(|prefix| target.id.has_prefix(prefix)))
    }
}

/// What is in force at a moment.
#[derive(Debug, Clone)]
pub struct InForce<'a> {
    /// The moment.
    pub as_of: DateTime,
    /// Every directive, by id, also what has ended or not begun.
    pub directives: Vec<Resolved<'a>>,
    /// What contradicts itself; the directives in it are quarantined, and no other.
    pub conflicts: Vec<Conflict>,
    /// Relations that do not act, and why.
    pub without_effect: Vec<WithoutEffect>,
    /// The first later moment at which a revision or a relation takes effect.
    pub next_change: Option<DateTime>,
}

/// A directive and its text at a moment.
#[derive(Debug, Clone)]
pub struct Resolved<'a> {
    /// The text: the revision's own where nothing changed it.
    pub text: Cow<'a, Directive>,
    /// How it came to be, and whether it binds.
    pub situation: Situation,
}

/// What is to be known of a directive at a moment, besides its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Situation {
    /// The revision that the text begins with.
    pub document: DocumentRef,
    /// Whether it binds.
    pub state: State,
    /// The documents that made each changed part, the first one first; every other part is that of `document`.
    pub origins: BTreeMap<String, Vec<Origin>>,
    /// Parts that have ended before the whole, and are not in the text.
    pub ended_parts: BTreeMap<String, Ending>,
    /// Parts that stand in the text of another directive, which they change: each with those directives.
    pub moved_parts: BTreeMap<String, BTreeSet<DirectiveId>>,
    /// What stands beside the text and changes nothing of it: supplements, what implements it, what took over its findings.
    pub beside: Vec<Beside>,
    /// Until when the text was known to its addressees alone, where that is not over.
    pub restricted_until: Option<DateTime>,
    /// Whether it is in a conflict: this is its last consistent text, and none of its contradicting relations act.
    pub quarantined: bool,
}

impl core::ops::Deref for Resolved<'_> {
    type Target = Situation;

    fn deref(&self) -> &Situation {
        &self.situation
    }
}

/// Whether a directive binds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Not before this moment.
    NotYet {
        /// When it takes effect.
        from: DateTime,
    },
    /// It binds.
    InForce {
        /// Since when.
        since: DateTime,
    },
    /// It no longer does.
    Ended(Ending),
}

/// How something ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// In what way.
    pub how: How,
    /// From when it no longer binds.
    pub since: DateTime,
    /// The document that says so.
    pub by: DocumentRef,
    /// Why, in that document's words.
    pub reason: Option<String>,
    /// What governs in its place: the directive that ended it, or where that has been superseded, the last of the chain.
    pub now: Option<DirectiveId>,
}

/// A way to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Its work is done.
    Closed,
    /// It was withdrawn.
    Revoked,
    /// Another took its place.
    Superseded,
}

impl How {
    /// The word: `closed`, `revoked`, `superseded`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Revoked => "revoked",
            Self::Superseded => "superseded",
        }
    }
}

/// A document that made a part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The document.
    pub document: DocumentRef,
    /// The part of it.
    pub part: String,
    /// What it did; none for the text that the others changed.
    pub kind: Option<RelationKind>,
    /// Since when.
    pub since: DateTime,
}

/// A document that stands beside a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// What it does.
    pub kind: RelationKind,
    /// The document.
    pub document: DocumentRef,
    /// Since when.
    pub since: DateTime,
}

impl InForce<'_> {
    /// The directive of this id.
    pub fn get(&self, id: &DirectiveId) -> Option<&Resolved<'_>> {
        let place = self.directives.binary_search_by(|resolved| resolved.document.id.cmp(id)).ok()?;
        self.directives.get(place)
    }
}

impl Situation {
    /// Whether a signed document has ended it.
    pub fn is_ended(&self) -> bool {
        matches!(self.state, State::Ended(_))
    }

    /// How another directive has ended it; none where it is in force, or has ended by a revision of its own.
    pub fn ended_by_another(&self) -> Option<&Ending> {
        match &self.state {
            State::Ended(ending) if ending.by.id != self.document.id => Some(ending),
            _ => None,
        }
    }

    /// The documents that made a part, the first one first; never empty for a part of the text.
    pub fn chain(&self, part: &str) -> Vec<&DocumentRef> {
        match self.origins.get(part) {
            Some(origins) => origins.iter().map(|origin| &origin.document).collect(),
            None => alloc::vec![&self.document],
        }
    }
}

/// Decides which text of each directive is in force at a moment.
///
/// `documents` are revisions of directives of one repository, in any order; of two with one id and revision the one with
/// the lower digest counts, because nobody should hold both.
pub fn resolve<'a>(
    documents: impl IntoIterator<Item = Document<'a>>,
    rights: &Rights,
    as_of: DateTime,
) -> InForce<'a> {
    let documents = timeline::ordered(documents);
    let mut lasting = lasting::left_behind(&documents, rights, as_of);
    let Settled { in_force, onsets } = settle(&documents, &lasting, rights, as_of);
    let before = lasting::before_conflicts(&documents, &lasting, rights, &onsets);
    if before.is_empty() {
        return in_force;
    }
    for (target, ends) in before {
        lasting.entry(target).or_default().extend(ends);
    }
    settle(&documents, &lasting, rights, as_of).in_force
}

/// What is in force, and when each conflict in it came about.
struct Settled<'a> {
    in_force: InForce<'a>,
    /// The directives in a conflict, by its beginning.
    onsets: BTreeMap<DateTime, BTreeSet<DirectiveId>>,
}

/// Resolves documents that are in order, beside what stays ended although nothing says so any longer.
fn settle<'a>(
    documents: &[Document<'a>],
    lasting: &LeftBehind,
    rights: &Rights,
    as_of: DateTime,
) -> Settled<'a> {
    let mut onsets: BTreeMap<DateTime, BTreeSet<DirectiveId>> = BTreeMap::new();
    let (mut entries, next) = timeline::entries(documents, as_of);
    let mut conflicts: Vec<Conflict> = Vec::new();
    // Each round takes a revision or its relations out of at least one directive, so that it ends.
    loop {
        let mut acting = acting::acting(&entries, rights, as_of);
        let mut found = cycle::cycles(&entries, &mut acting);
        if found.is_empty() {
            let endings = ending::endings(&entries, &mut acting, lasting, as_of);
            found = change::clashes(&entries, &acting, &endings);
            if found.is_empty() {
                let next = next.into_iter().chain(acting.next).min();
                let mut in_force = finish(&entries, acting, &endings, conflicts, as_of);
                in_force.next_change = next;
                return Settled { in_force, onsets };
            }
        }
        for found in found {
            fault::quarantine(&mut entries, &found);
            let inside = found.conflict.documents().into_iter().map(|document| document.id.clone());
            onsets.entry(found.since).or_default().extend(inside);
            conflicts.push(found.conflict);
        }
    }
}

/// Every contradiction that is there at a moment or comes about after it, for those who are about to publish.
pub fn conflicts<'a>(
    documents: impl IntoIterator<Item = Document<'a>>,
    rights: &Rights,
    from: DateTime,
) -> Vec<Conflict> {
    let documents: Vec<Document<'a>> = documents.into_iter().collect();
    let mut found: Vec<Conflict> = Vec::new();
    let mut moment = Some(from);
    while let Some(as_of) = moment {
        let in_force = resolve(documents.iter().copied(), rights, as_of);
        for conflict in in_force.conflicts {
            if !found.contains(&conflict) {
                found.push(conflict);
            }
        }
        moment = in_force.next_change;
    }
    found
}

fn finish<'a>(
    entries: &[Entry<'a>],
    mut acting: Acting<'a>,
    endings: &ending::Endings,
    mut conflicts: Vec<Conflict>,
    as_of: DateTime,
) -> InForce<'a> {
    let mut without_effect = core::mem::take(&mut acting.without_effect);
    let mut changed = change::texts(entries, &acting, endings, &mut without_effect);
    let mut beside = ending::beside(entries, &acting.relations, endings);
    let directives = entries.iter().enumerate().map(|(number, entry)| {
        let parts = changed.get_mut(number).map(core::mem::take).unwrap_or_default();
        let public = entry.text().public_from.map(|from| from.begin(&entry.zone));
        let state = match endings.of(number) {
            Some(ending) => State::Ended(ending.clone()),
            None if entry.start > as_of => State::NotYet { from: entry.start },
            None => State::InForce { since: entry.since },
        };
        let situation = Situation {
            document: entry.document(),
            state,
            origins: parts.origins,
            ended_parts: endings.parts_of(number),
            moved_parts: parts.moved,
            beside: beside.get_mut(number).map(core::mem::take).unwrap_or_default(),
            restricted_until: public.filter(|public| *public > as_of),
            quarantined: entry.quarantined,
        };
        Resolved { text: parts.text.unwrap_or(Cow::Borrowed(entry.text())), situation }
    });
    let directives = directives.collect();
    conflicts.sort();
    conflicts.dedup();
    without_effect.sort();
    InForce { as_of, directives, conflicts, without_effect, next_change: None }
}
