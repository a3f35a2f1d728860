//! Waivers of what is not there are not published: each client would say that they free nobody.
//!
//! Whom a waiver frees, and whether the words that it is from still stand, is lint's to tell: the one may be meant, and the
//! other comes about later anyway.

use std::collections::BTreeMap;

use interdict_schema::believe::Believed;
use interdict_schema::directive::resolve::{Acts, Rights};
use interdict_schema::directive::{Directive, DirectiveId};
use interdict_schema::in_force::{Held, in_force};
use interdict_schema::issuers::Issuers;
use interdict_schema::waiver::{HeldWaiver, NoEffect, WaiverDocument, grant};
use interdict_schema::{DateTime, Verified};

use super::StageRefusal;

/// Checks a waiver that is new, by its target path, against the directives as they will be.
///
/// # Errors
///
/// [`StageRefusal::Waiver`].
pub(super) fn check(
    path: &str,
    waiver: &Verified<Believed<WaiverDocument>>,
    directives: &BTreeMap<DirectiveId, Vec<Verified<Believed<Directive>>>>,
    issuers: &Issuers,
    now: DateTime,
) -> Result<(), StageRefusal> {
    let rights = Rights::of(issuers);
    let target = &waiver.document.value.target.id;
    let held = || directives.values().flatten().map(|believed| Held { believed, acts: Acts::Fully });
    let mut found = in_force(held(), &rights, now);
    // As though it had begun: that it begins later is no fault of it.
    let waiver = HeldWaiver { believed: waiver, marks: &[] };
    grant(&mut found, held(), [waiver], &rights, &|_| DateTime::MAX);
    match found.waivers.pop().map(|judged| judged.effect) {
        Some(Err(
            source @ (NoEffect::Absent
            | NoEffect::NotEntitled { .. }
            | NoEffect::NoDigest
            | NoEffect::Digest { .. }
            | NoEffect::NoPart { .. }
            | NoEffect::NotUnderstood { .. }
            | NoEffect::NameTaken { .. }),
        )) => {
            let (path, directive) = (path.to_owned(), target.clone());
            Err(StageRefusal::Waiver { path, directive, source: Box::new(source) })
        }
        _ => Ok(()),
    }
}
