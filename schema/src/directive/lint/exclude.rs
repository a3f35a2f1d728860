//! Exclusions that take back what the subject says.

use super::{Fact, Problems};
use crate::directive::{Directive, Exclude, Identifier, IdentifierKind};
use crate::json::Pointer;

pub(super) fn check(directive: &Directive, problems: &mut Problems) {
    for (number, subject) in directive.subjects.iter().enumerate() {
        for (part, exclude) in subject.excludes.iter().enumerate() {
            let at = || Pointer::root().join("subjects").join(number).join("excludes").join(part);
            let covered = |identifier: &&Identifier| takes_back(exclude, identifier);
            let count = subject.identifiers.iter().filter(covered).count();
            if count > 0 && count == subject.identifiers.len() {
                let (exclude, subject) = (exclude.id.clone(), subject.id.clone());
                problems.add(at(), Fact::SwallowsSubject { exclude, subject });
                continue;
            }
            for identifier in subject.identifiers.iter().filter(covered) {
                let (exclude, value) = (exclude.id.clone(), identifier.value.clone());
                problems.add(at(), Fact::ExcludesIdentifier { exclude, value });
            }
        }
    }
}

fn takes_back(exclude: &Exclude, identifier: &Identifier) -> bool {
    exclude.identifiers.iter().any(|other| {
        // An exclusion of some versions leaves the others.
        (other.versions.is_none() || other.versions == identifier.versions) && covers(other, identifier)
    })
}

/// Whether everything that `narrow` recognises is recognised by `wide`, as far as the texts alone can tell.
fn covers(wide: &Identifier, narrow: &Identifier) -> bool {
    if wide.kind != narrow.kind {
        return false;
    }
    let (kind, wide, narrow) = (&wide.kind, wide.value.as_str(), narrow.value.as_str());
    match kind {
        IdentifierKind::Cpe => {
            let mut narrow = narrow.split(':');
            // A name that ends early has `*` in all the rest.
            wide.split(':').all(|wide| {
                let narrow = narrow.next();
                wide == "*" || narrow == Some(wide)
            })
        }
        IdentifierKind::Purl => {
            let bare = |text: &str| !text.contains('@') && !text.contains('?');
            wide == narrow
                || (bare(wide)
                    && narrow.strip_prefix(wide).is_some_and(|rest| rest.starts_with(['@', '?', '#'])))
        }
        IdentifierKind::Domain => {
            narrow == wide || narrow.strip_suffix(wide).is_some_and(|rest| rest.ends_with('.'))
        }
        IdentifierKind::Path | IdentifierKind::RegistryKey => {
            let wide = wide.trim_end_matches(['*', '/', '\\']);
            narrow == wide || narrow.strip_prefix(wide).is_some_and(|rest| rest.starts_with(['/', '\\']))
        }
        IdentifierKind::Vendor | IdentifierKind::Product | IdentifierKind::Signer => {
            wide.trim().eq_ignore_ascii_case(narrow.trim())
        }
        _ => wide == narrow,
    }
}
