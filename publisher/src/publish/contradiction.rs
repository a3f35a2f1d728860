//! Directives that contradict one another are not published (`trust.md`, 5): each client would quarantine them.
//!
//! Decided over every listed revision and the new ones, at the present moment and at every later one. A contradiction that
//! is published already stands in nobody's way: an order that has nothing to do with it must not wait until it is resolved.
//!
//! Not here: what a contradiction is ([`interdict_schema::directive::resolve`]), and which directives have to be read
//! ([`Current::touched`](crate::repository::current::Current::touched)).

use std::collections::{BTreeMap, BTreeSet};

use interdict_schema::believe::Believed;
use interdict_schema::directive::DirectiveId;
use interdict_schema::directive::resolve::{Rights, conflicts};
use interdict_schema::issuers::Issuers;
use interdict_schema::{DateTime, Sha256, Verified};

use super::StageRefusal;
use crate::repository::current::{Chains, documents};

/// Looks for contradictions that the change would bring about.
///
/// # Errors
///
/// [`StageRefusal::Contradiction`]: the first one.
pub(super) fn check(
    next: &BTreeMap<DirectiveId, Vec<Verified<Believed>>>,
    next_issuers: &Issuers,
    published: &Chains,
    published_issuers: &Issuers,
    now: DateTime,
) -> Result<(), StageRefusal> {
    let found = conflicts(documents(next.values().flatten()), &Rights::of(next_issuers), now);
    if found.is_empty() {
        return Ok(());
    }
    let before = next.iter().flat_map(|(id, revisions)| {
        let there = published.get(id).map(Vec::as_slice).unwrap_or_default();
        let there: BTreeSet<Sha256> = there.iter().map(|(_, envelope)| envelope.digest()).collect();
        revisions.iter().filter(move |revision| there.contains(&revision.payload.digest))
    });
    let before = conflicts(documents(before), &Rights::of(published_issuers), now);
    match found.into_iter().find(|conflict| !before.contains(conflict)) {
        Some(source) => Err(StageRefusal::Contradiction { source: Box::new(source) }),
        None => Ok(()),
    }
}
