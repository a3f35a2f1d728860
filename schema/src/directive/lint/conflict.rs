//! Does the draft contradict what is published: the same question that `publish` asks, before anybody signs.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::{Context, Fact, Problems};
use crate::directive::resolve::{Acts, Conflict, Document, Rights, conflicts};
use crate::directive::{Directive, DirectiveId, RelationKind};
use crate::json::Pointer;
use crate::{DateTime, Sha256};

/// Every contradiction that the draft would bring about, now or later.
pub(super) fn check(
    directive: &Directive,
    digest: impl FnOnce() -> Sha256,
    context: &Context<'_>,
    problems: &mut Problems,
) {
    let (Some(published), Some(now)) = (context.published, context.now) else { return };
    let nobody = Rights::none();
    let rights = context.rights.unwrap_or(&nobody);
    // The revision may be published already, to be signed by one officer more.
    let other = |document: &&Document<'_>| {
        document.directive.id != directive.id || document.directive.revision < directive.revision
    };
    let before: Vec<Document<'_>> = published.iter().filter(other).copied().collect();
    let draft = Document { directive, digest: digest(), acts: Acts::Fully };
    let after = before.iter().copied().chain([draft]);
    let found = conflicts(after, rights, now);
    if found.is_empty() {
        return;
    }
    let before = conflicts(before, rights, now);
    for conflict in found.into_iter().filter(|conflict| !before.contains(conflict)) {
        problems.add(place(directive, &conflict), Fact::Contradiction { conflict: Box::new(conflict) });
    }
}

/// The relation of the draft that contradicts; the whole where it lets others contradict one another.
fn place(directive: &Directive, conflict: &Conflict) -> Pointer {
    let found = match conflict {
        Conflict::Cycle { steps } => {
            let next = steps.iter().cycle().skip(1);
            let own = steps.iter().zip(next).find(|((document, _), _)| document.id == directive.id);
            own.and_then(|((_, kind), (target, _))| relation(directive, Some(kind), &target.id, None))
        }
        Conflict::Unordered { target, part, one, other, .. } => [one, other]
            .into_iter()
            .find(|document| document.id == directive.id)
            .and_then(|_| relation(directive, None, target, Some(part))),
    };
    match found {
        Some(number) => Pointer::root().join("relations").join(number),
        None => Pointer::root(),
    }
}

fn relation(
    directive: &Directive,
    kind: Option<&RelationKind>,
    target: &DirectiveId,
    part: Option<&str>,
) -> Option<usize> {
    directive.relations.iter().position(|relation| {
        let about = relation.target.part.as_deref();
        relation.target.id == *target
            && kind.map_or_else(|| relation.changes(), |kind| relation.kind == *kind)
            && (part.is_none() || about.is_none() || about == part)
    })
}

/// What is known besides the draft, as far as contradictions need it.
impl<'a> Context<'a> {
    /// Beside what is published, under these rights and from this moment on.
    #[must_use]
    pub fn beside(mut self, published: &'a [Document<'a>], rights: &'a Rights, now: DateTime) -> Self {
        self.published = Some(published);
        self.rights = Some(rights);
        self.now = Some(now);
        self
    }
}
