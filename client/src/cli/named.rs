//! The directive that an argument names, among those that are held.

use interdict_host::exit::Exit;
use interdict_schema::directive::{DirectiveId, Revision};

use super::Failure;
use crate::config::RepositoryName;
use crate::store::generation::{Generation, HeldDirective, HeldRepository, HeldRevision};

/// A directive or list that is not held.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotHeld {
    #[error("no directive {id} is held")]
    Directive { id: DirectiveId },
    #[error("no directive, no list and no waiver {id} is held")]
    Neither { id: DirectiveId },
    #[error("no revision {found} of {id} is held, the newest is {newest}")]
    Revision { id: DirectiveId, found: Revision, newest: Revision },
    #[error("{count} repositories have a directive {id}")]
    Several { id: DirectiveId, count: usize },
}

impl NotHeld {
    /// What a person is told who named it.
    pub(super) fn failure(&self) -> Failure {
        let failure = Failure::new(self, Exit::Usage);
        match self {
            Self::Directive { .. } | Self::Neither { .. } => {
                failure.hint("`interdict list --all` shows what is held")
            }
            Self::Several { .. } => failure.hint("say which with `--repository NAME`"),
            Self::Revision { .. } => failure,
        }
    }
}

/// The directive of this name, if there is one, and the repository that it comes from.
pub(super) fn directive<'a>(
    generation: &'a Generation,
    id: &DirectiveId,
    repository: Option<&RepositoryName>,
) -> Result<Option<(&'a HeldRepository, &'a HeldDirective)>, Failure> {
    let wanted = |name: &RepositoryName| repository.is_none_or(|wanted| wanted == name);
    let mut found =
        generation.directives().filter(|(repository, held)| *held.id() == *id && wanted(&repository.name));
    let Some(first) = found.next() else { return Ok(None) };
    match found.count() {
        0 => Ok(Some(first)),
        others => Err(NotHeld::Several { id: id.clone(), count: others.saturating_add(1) }.failure()),
    }
}

/// A revision of it, the newest where none is named.
pub(super) fn revision(held: &HeldDirective, wanted: Option<Revision>) -> Result<&HeldRevision, Failure> {
    let newest = held.newest().believed.document.value.revision;
    let found = wanted.unwrap_or(newest);
    held.revisions
        .iter()
        .find(|revision| revision.believed.document.value.revision == found)
        .ok_or_else(|| NotHeld::Revision { id: held.id().clone(), found, newest }.failure())
}
