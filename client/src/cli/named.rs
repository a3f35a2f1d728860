//! The directive that an argument names, among those that are held.

use interdict_host::exit::Exit;
use interdict_schema::directive::{DirectiveId, Revision};

use super::Failure;
use crate::config::RepositoryName;
use crate::store::generation::{Generation, HeldDirective, HeldRepository, HeldRevision};

/// A directive that is not held.
#[derive(Debug, thiserror::Error)]
enum NotHeld {
    #[error("no directive {id} is held")]
    Directive { id: DirectiveId },
    #[error("no revision {found} of {id} is held, the newest is {newest}")]
    Revision { id: DirectiveId, found: Revision, newest: Revision },
    #[error("{count} repositories have a directive {id}")]
    Several { id: DirectiveId, count: usize },
}

/// The directive of this name, and the repository that it comes from.
pub(super) fn directive<'a>(
    generation: &'a Generation,
    id: &DirectiveId,
    repository: Option<&RepositoryName>,
) -> Result<(&'a HeldRepository, &'a HeldDirective), Failure> {
    let wanted = |name: &RepositoryName| repository.is_none_or(|wanted| wanted == name);
    let mut found =
        generation.directives().filter(|(repository, held)| *held.id() == *id && wanted(&repository.name));
    let first = found.next().ok_or_else(|| {
        Failure::new(&NotHeld::Directive { id: id.clone() }, Exit::Usage)
            .hint("`interdict list --all` shows what is held")
    })?;
    let others = found.count();
    if others > 0 {
        let several = NotHeld::Several { id: id.clone(), count: others.saturating_add(1) };
        return Err(Failure::new(&several, Exit::Usage).hint("say which with `--repository NAME`"));
    }
    Ok(first)
}

/// A revision of it, the newest where none is named.
pub(super) fn revision(held: &HeldDirective, wanted: Option<Revision>) -> Result<&HeldRevision, Failure> {
    let newest = held.directive().revision;
    let found = wanted.unwrap_or(newest);
    held.revisions
        .iter()
        .find(|revision| revision.believed.document.value.revision == found)
        .ok_or_else(|| Failure::new(&NotHeld::Revision { id: held.id().clone(), found, newest }, Exit::Usage))
}
