//! The chain of revisions (`trust.md`, rule 4): each rises by one and names the payload before it.

use alloc::string::ToString;

use super::{Fact, Previous, Problems};
use crate::directive::{Directive, Revision, Status};
use crate::json::Pointer;

pub(super) fn check(directive: &Directive, previous: Option<Previous<'_>>, problems: &mut Problems) {
    let root = Pointer::root();
    match directive.previous {
        None if directive.revision > Revision::FIRST => {
            problems.add(root.join("previous"), Fact::PreviousMissing { revision: directive.revision });
        }
        Some(_) if directive.revision == Revision::FIRST => {
            problems.add(root.join("previous"), Fact::PreviousAtFirst);
        }
        _ => {}
    }
    let Some(Previous { directive: before, digest }) = previous else { return };
    if let Some(found) = directive.previous.filter(|found| *found != digest) {
        problems.add(root.join("previous"), Fact::PreviousDigest { found, wanted: digest });
    }
    let wanted = before.revision.next();
    if directive.revision != wanted {
        problems.add(root.join("revision"), Fact::RevisionStep { found: directive.revision, wanted });
    }
    if directive.id != before.id {
        let (found, wanted) = (directive.id.to_string(), before.id.to_string());
        problems.add(root.join("id"), Fact::Renamed { of: "id", found, wanted });
    }
    if directive.issuer != before.issuer {
        let (found, wanted) = (directive.issuer.clone(), before.issuer.clone());
        problems.add(root.join("issuer"), Fact::Renamed { of: "issuer", found, wanted });
    }
    if directive.status == Status::InForce && before.status != Status::InForce {
        problems.add(root.join("status"), Fact::Revived { before: before.status.to_string() });
    }
    let renumbered = Directive { revision: before.revision, previous: before.previous, ..directive.clone() };
    if renumbered == *before {
        problems.add(root, Fact::SameContent);
    }
}
