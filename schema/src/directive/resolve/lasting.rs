//! What a document ended and no later revision of it says any more: it stays ended.
//!
//! The author of the later revision may have left the relation out because its work was done, or by mistake; neither is a
//! word to those who were told that they are free. So the text that was ended stays so, and what brings it back is a revision
//! of its own directive, signed and newer than the one that was ended. What had no effect while it was said (its issuer might
//! not, it was part of a conflict, its target was another text) ended nothing, and leaves nothing behind.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use jiff::tz::TimeZone;

use super::timeline::start;
use super::{Document, Ending, Resolved, Rights, Settled, State, settle};
use crate::DateTime;
use crate::directive::deadline::zone;
use crate::directive::{DirectiveId, Relation, Revision};

/// An end that stays although the document that brought it about says it no longer.
pub(super) struct Lasting {
    /// What ended.
    pub target: DirectiveId,
    /// The part of it; the whole where absent.
    pub part: Option<String>,
    /// The text that ended; a later one is free of it.
    pub revision: Revision,
    /// How it ended.
    pub ending: Ending,
}

/// The ends that stay by a moment because relations were left out. `documents` are in order ([`super::timeline::ordered`]).
///
/// What a relation had ended is decided by resolving the moment before it was left out, one such moment after the other.
pub(super) fn left_behind(documents: &[Document<'_>], rights: &Rights, as_of: DateTime) -> Vec<Lasting> {
    let mut lasting: Vec<Lasting> = Vec::new();
    for (moment, relations) in left_out(documents, as_of) {
        let Settled { in_force: before, .. } = settle(documents, &lasting, rights, just_before(moment));
        for (source, relation) in relations {
            let target = before.get(&relation.target.id);
            let said =
                |lasting: &Lasting| lasting.ending.by.id == *source && lasting.part == relation.target.part;
            lasting.extend(target.into_iter().flat_map(ended).filter(said));
        }
    }
    lasting
}

/// What documents had ended before they came into a conflict, of what is not in it.
pub(super) fn before_conflicts(
    documents: &[Document<'_>],
    lasting: &[Lasting],
    rights: &Rights,
    onsets: &BTreeMap<DateTime, BTreeSet<DirectiveId>>,
) -> Vec<Lasting> {
    let mut found = Vec::new();
    for (moment, inside) in onsets {
        let Settled { in_force: before, .. } = settle(documents, lasting, rights, just_before(*moment));
        let outside = before.directives.iter().filter(|target| !inside.contains(&target.document.id));
        found.extend(outside.flat_map(ended).filter(|lasting| inside.contains(&lasting.ending.by.id)));
    }
    found
}

fn just_before(moment: DateTime) -> DateTime {
    moment.saturating_add_seconds(-1)
}

/// The ends of a directive and of its parts.
fn ended(target: &Resolved<'_>) -> Vec<Lasting> {
    let lasting = |part: Option<&String>, ending: &Ending| Lasting {
        target: target.document.id.clone(),
        part: part.cloned(),
        revision: target.document.revision,
        ending: ending.clone(),
    };
    let parts = target.ended_parts.iter().map(|(part, ending)| lasting(Some(part), ending));
    let whole = match &target.state {
        State::Ended(ending) => Some(lasting(None, ending)),
        _ => None,
    };
    whole.into_iter().chain(parts).collect()
}

/// The relations that end something and that the revision which took the text's place does not say, by the moment of that.
fn left_out<'a>(
    documents: &[Document<'a>],
    as_of: DateTime,
) -> BTreeMap<DateTime, Vec<(&'a DirectiveId, &'a Relation)>> {
    let mut found: BTreeMap<DateTime, Vec<(&DirectiveId, &Relation)>> = BTreeMap::new();
    for revisions in documents.chunk_by(|one, other| one.directive.id == other.directive.id) {
        let ends_something =
            |document: &Document<'_>| document.directive.relations.iter().any(Relation::ends);
        let (Some(last), true) =
            (revisions.last(), revisions.len() > 1 && revisions.iter().any(ends_something))
        else {
            continue;
        };
        let zone = zone(&last.directive.zone).unwrap_or(TimeZone::UTC);
        // The first of the later revisions to begin, and of two that begin together the newer.
        let mut next: Option<(DateTime, Document<'a>)> = None;
        for document in revisions.iter().rev() {
            let own = start(document.directive, &zone);
            if let Some((moment, after)) = next.filter(|(moment, _)| own < *moment) {
                let says_so = |relation: &Relation| {
                    after.directive.relations.iter().any(|other| {
                        let begins = |relation: &Relation, document: &Document<'_>| {
                            relation.effective.unwrap_or(*document.directive.effective()).begin(&zone)
                        };
                        other.kind == relation.kind
                            && other.target == relation.target
                            && begins(other, &after) <= begins(relation, document).max(own)
                    })
                };
                let relations = document.directive.relations.iter().filter(|relation| relation.ends());
                let dropped = relations.filter(|relation| !says_so(relation));
                if moment <= as_of {
                    let dropped = dropped.map(|relation| (&document.directive.id, relation));
                    found.entry(moment).or_default().extend(dropped);
                }
            }
            if next.is_none_or(|(moment, _)| own < moment) {
                next = Some((own, *document));
            }
        }
    }
    found.retain(|_, relations| !relations.is_empty());
    found
}
