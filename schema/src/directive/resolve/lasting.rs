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

use super::bearing::Bearing;
use super::timeline::start;
use super::{Document, Ending, Resolved, Rights, Settled, State, settle};
use crate::DateTime;
use crate::directive::deadline::zone;
use crate::directive::{DirectiveId, Relation, Revision};

/// What stays ended, by directive.
pub(super) type LeftBehind = BTreeMap<DirectiveId, Vec<Lasting>>;

/// An end that stays although the document that brought it about says it no longer.
pub(super) struct Lasting {
    /// The part of it; the whole where absent.
    pub part: Option<String>,
    /// The text that ended; a later one is free of it.
    pub revision: Revision,
    /// How it ended.
    pub ending: Ending,
}

/// The ends that stay by a moment because relations were left out. `documents` are in order ([`super::timeline::ordered`]).
///
/// What a relation had ended is decided by resolving the moment before it was left out, one such moment after the other, and
/// each time no more than what bears on it: thousands may leave theirs out, each on another day.
pub(super) fn left_behind(documents: &[Document<'_>], rights: &Rights, as_of: DateTime) -> LeftBehind {
    let mut lasting = LeftBehind::new();
    for Question { moment, relations, documents } in questions(documents, as_of) {
        let Settled { in_force: before, .. } = settle(&documents, &lasting, rights, just_before(moment));
        for (source, relation) in relations {
            let Some(target) = before.get(&relation.target.id) else { continue };
            let said =
                |lasting: &Lasting| lasting.ending.by.id == *source && lasting.part == relation.target.part;
            let found = ended(target).into_iter().filter(said);
            lasting.entry(relation.target.id.clone()).or_default().extend(found);
        }
    }
    lasting
}

/// What relations had ended by a moment at which they were left out.
pub(super) struct Question<'a> {
    moment: DateTime,
    relations: Vec<(&'a DirectiveId, &'a Relation)>,
    /// What bears on the answer.
    pub documents: Vec<Document<'a>>,
}

/// One after the other, because the documents of all of them may be many.
pub(super) fn questions<'d, 'a>(
    documents: &'d [Document<'a>],
    as_of: DateTime,
) -> impl Iterator<Item = Question<'a>> + use<'d, 'a> {
    let left_out = left_out(documents, as_of);
    let bearing = Bearing::of(if left_out.is_empty() { &[] } else { documents });
    left_out.into_iter().map(move |(moment, relations)| {
        let ids = relations.iter().flat_map(|(source, relation)| [*source, &relation.target.id]);
        let documents = bearing.on(ids);
        Question { moment, relations, documents }
    })
}

/// What documents had ended before they came into a conflict, of what is not in it.
pub(super) fn before_conflicts(
    documents: &[Document<'_>],
    lasting: &LeftBehind,
    rights: &Rights,
    onsets: &BTreeMap<DateTime, BTreeSet<DirectiveId>>,
) -> LeftBehind {
    let mut found = LeftBehind::new();
    if onsets.is_empty() {
        return found;
    }
    let bearing = Bearing::of(documents);
    for (moment, inside) in onsets {
        let near = bearing.on(bearing.with_targets(inside));
        let Settled { in_force: before, .. } = settle(&near, lasting, rights, just_before(*moment));
        let outside = before.directives.iter().filter(|target| !inside.contains(&target.document.id));
        for target in outside {
            let ends = ended(target).into_iter().filter(|lasting| inside.contains(&lasting.ending.by.id));
            let ends: Vec<Lasting> = ends.collect();
            if !ends.is_empty() {
                found.entry(target.document.id.clone()).or_default().extend(ends);
            }
        }
    }
    found
}

fn just_before(moment: DateTime) -> DateTime {
    moment.saturating_add_seconds(-1)
}

/// The ends of a directive and of its parts.
fn ended(target: &Resolved<'_>) -> Vec<Lasting> {
    let lasting = |part: Option<&String>, ending: &Ending| Lasting {
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
