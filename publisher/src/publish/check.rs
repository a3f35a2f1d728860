//! The staged repository, read as a client that holds today's roots will read it. What a client would refuse does not go
//! live.

use interdict_schema::DateTime;
use interdict_schema::directive::{Directive, named_by};
use interdict_schema::entity::{self, EntityList};
use interdict_schema::issuers::TARGET_PATH;
use interdict_schema::tuf::TrustedSet;
use interdict_schema::waiver::{self, WaiverDocument};
use thiserror::Error;

use crate::repository::client_view::{self, ViewError};
use crate::repository::files::{Files, NewFiles, Overlay};

/// A client would refuse what was staged.
#[derive(Debug, Error)]
#[error("a client would refuse this repository")]
pub struct SelfCheckError(#[from] ViewError);

/// Reads the staged repository through [`TrustedSet`], from the first root on, at the present moment, as a client that holds
/// what is published: its metadata, the list of issuers, and the targets whose paths are given, each directive believed.
///
/// # Errors
///
/// [`SelfCheckError`]: the first thing that a client would refuse.
pub fn self_check<'p>(
    held: Option<&TrustedSet<'_>>,
    new: &NewFiles,
    below: &dyn Files,
    changed: impl IntoIterator<Item = &'p str>,
    now: DateTime,
) -> Result<TrustedSet<'static>, SelfCheckError> {
    let files = Overlay { new, below };
    let set = client_view::trusted_set_after(held, &files, now)?;
    let (_, issuers) = client_view::issuers(&set, &files)?;
    for path in changed {
        let Some(listed) = set.targets().and_then(|targets| targets.signed().targets.get(path)) else {
            continue;
        };
        if named_by(path).is_some() {
            client_view::document::<Directive>(&set, &files, path, listed, &issuers)?;
        } else if entity::named_by(path).is_some() {
            client_view::document::<EntityList>(&set, &files, path, listed, &issuers)?;
        } else if waiver::named_by(path).is_some() {
            client_view::document::<WaiverDocument>(&set, &files, path, listed, &issuers)?;
        } else if path != TARGET_PATH {
            client_view::target(&set, &files, path, listed)?;
        }
    }
    Ok(set)
}
