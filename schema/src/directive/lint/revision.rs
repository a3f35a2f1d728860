//! The chain of revisions (`trust.md`, rule 4): each rises by one and names the payload before it.

use alloc::string::ToString;

use super::{Fact, Previous, Problems};
use crate::Sha256;
use crate::believe::Document;
use crate::directive::{Directive, Revision, Status, deadline};
use crate::json::Pointer;

/// What holds for every kind of document.
pub(super) fn chain<D: Document>(document: &D, before: Option<(&D, Sha256)>, problems: &mut Problems) {
    let root = Pointer::root();
    let revision = document.revision();
    match document.previous() {
        None if revision > Revision::FIRST => {
            problems.add(root.join("previous"), Fact::PreviousMissing { revision });
        }
        Some(_) if revision == Revision::FIRST => {
            problems.add(root.join("previous"), Fact::PreviousAtFirst);
        }
        _ => {}
    }
    let Some((before, digest)) = before else { return };
    if let Some(found) = document.previous().filter(|found| *found != digest) {
        problems.add(root.join("previous"), Fact::PreviousDigest { found, wanted: digest });
    }
    let wanted = before.revision().next();
    if revision != wanted {
        problems.add(root.join("revision"), Fact::RevisionStep { found: revision, wanted });
    }
    if document.id() != before.id() {
        let (found, wanted) = (document.id().to_string(), before.id().to_string());
        problems.add(root.join("id"), Fact::Renamed { of: "id", found, wanted });
    }
    if document.issuer() != before.issuer() {
        let (found, wanted) = (document.issuer().into(), before.issuer().into());
        problems.add(root.join("issuer"), Fact::Renamed { of: "issuer", found, wanted });
    }
}

pub(super) fn check(directive: &Directive, previous: Option<Previous<'_>>, problems: &mut Problems) {
    let root = Pointer::root();
    chain(directive, previous.map(|previous| (previous.directive, previous.digest)), problems);
    let Some(Previous { directive: before, .. }) = previous else { return };
    if directive.status == Status::InForce && before.status != Status::InForce {
        problems.add(root.join("status"), Fact::Revived { before: before.status.to_string() });
    }
    beginning(directive, before, problems);
    let renumbered = Directive { revision: before.revision, previous: before.previous, ..directive.clone() };
    if renumbered == *before {
        problems.add(root, Fact::SameContent);
    }
}

/// From when a revision is the text: what reaches back changes what is said of days that have been.
fn beginning(directive: &Directive, before: &Directive, problems: &mut Problems) {
    let Ok(zone) = deadline::zone(&directive.zone) else { return };
    let start = |of: &Directive| of.revised.unwrap_or(*of.effective());
    let (from, earlier) = (start(directive), start(before));
    let at = || Pointer::root().join("revised");
    let first = *before.effective();
    if directive.is_ended() && !before.is_ended() && from.begin(&zone) <= first.begin(&zone) {
        problems.add(at(), Fact::EndedFromTheBeginning { from: first });
    } else if from.begin(&zone) < earlier.begin(&zone) {
        problems.add(at(), Fact::RevisedEarlier { from, before: earlier });
    }
}
