//! What is in force among documents that were believed: the one function that joins believing and resolving.
//!
//! A text that relations have changed was never signed as a whole: every part of it was. It is a [`Verified`] document all the
//! same, because each part comes from a verified one and the rules by which they were joined are in
//! [`crate::directive::resolve`] alone.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::believe::Believed;
use crate::directive::Status;
use crate::directive::resolve::{
    Acts, Conflict, Document, DocumentRef, How, Rights, Situation, State, WithoutEffect, resolve,
};
use crate::json::Decoded;
use crate::waiver::Judged;
use crate::{DateTime, Verified};

/// A believed revision, and whether its relations and waivers count.
#[derive(Debug, Clone, Copy)]
pub struct Held<'a> {
    /// The revision.
    pub believed: &'a Verified<Believed>,
    /// Whether its relations and waivers count.
    pub acts: Acts,
}

/// A directive at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Current {
    /// How its text came to be, and whether it binds.
    pub situation: Situation,
    /// Its text, where that is not the one of the revision that [`Situation::document`] names: consolidated, or ended by another
    /// directive, in which case its status says so. The payload is that revision's.
    pub changed: Option<Verified<Believed>>,
    /// The documents that granted waivers of this text besides the directive's own; each waiver's id is that of its document.
    pub granted: Vec<DocumentRef>,
}

/// What is in force.
#[derive(Debug, Clone)]
pub struct InForce {
    /// Every directive, by id.
    pub directives: Vec<Current>,
    /// What contradicts itself.
    pub conflicts: Vec<Conflict>,
    /// Relations that do not act.
    pub without_effect: Vec<WithoutEffect>,
    /// What became of the waivers that are documents of their own ([`crate::waiver::grant()`]).
    pub waivers: Vec<Judged>,
    /// The first later moment at which a revision or a relation takes effect.
    pub next_change: Option<DateTime>,
}

/// Decides which text of each directive is in force: [`resolve()`], over believed documents of one repository.
pub fn in_force<'a>(held: impl IntoIterator<Item = Held<'a>>, rights: &Rights, as_of: DateTime) -> InForce {
    let mut held: Vec<Held<'a>> = held.into_iter().collect();
    let name = |held: &Held<'a>| {
        let directive = &held.believed.document.value;
        (&directive.id, directive.revision, held.believed.payload.digest)
    };
    held.sort_by(|one, other| name(one).cmp(&name(other)));
    let document = |held: &Held<'a>| {
        let Held { believed, acts } = *held;
        Document { directive: &believed.document.value, digest: believed.payload.digest, acts }
    };
    let found = resolve(held.iter().map(document), rights, as_of);
    let directives = found.directives.into_iter().map(|resolved| {
        let ended = match &resolved.situation.state {
            State::Ended(ending) if !resolved.text.is_ended() => Some(match ending.how {
                How::Revoked => Status::Revoked,
                How::Closed | How::Superseded => Status::Closed,
            }),
            _ => None,
        };
        let of = &resolved.situation.document;
        let place = held.binary_search_by(|held| name(held).cmp(&(&of.id, of.revision, of.digest)));
        let base = place.ok().and_then(|place| held.get(place));
        let changed = match (base, resolved.text, ended) {
            (_, Cow::Borrowed(_), None) | (None, ..) => None,
            (Some(base), text, ended) => {
                let mut value = text.into_owned();
                value.status = ended.unwrap_or(value.status);
                let unknown = base.believed.document.unknown.clone();
                let payload = base.believed.payload.clone();
                Some(Verified::attest(Believed { document: Decoded { value, unknown }, payload }))
            }
        };
        Current { situation: resolved.situation, changed, granted: Vec::new() }
    });
    InForce {
        directives: directives.collect(),
        conflicts: found.conflicts,
        without_effect: found.without_effect,
        waivers: Vec::new(),
        next_change: found.next_change,
    }
}
