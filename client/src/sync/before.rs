//! What was held before a sync, as far as it can be read, and what of it cannot.

use std::error::Error;

use interdict_schema::key::Verifier;

use crate::config::RepositoryName;
use crate::places::Places;
use crate::store::generation::{
    GenerationError, HeldRepository, active_number, held_numbers, read_repository,
};
use crate::store::memory::Memory;

/// The newest readable state of a repository on disk: of the active generation, or, where that is damaged, of an older one.
///
/// # Errors
/// The error of the active generation, where nothing older can be read either.
pub fn held_before(
    places: &Places,
    name: &RepositoryName,
    verifier: &dyn Verifier,
) -> Result<Option<HeldRepository>, GenerationError> {
    match newest_readable(places, name, verifier) {
        (Some(held), _) => Ok(Some(held)),
        (None, Some((_, error))) => Err(error),
        (None, None) => Ok(None),
    }
}

/// What was held before a sync.
pub(super) struct Before {
    /// It, as far as it can be read.
    pub held: Option<HeldRepository>,
    /// What is damaged, in words.
    pub damage: Option<String>,
}

/// Reads what was held before a sync that makes a new generation of it.
pub(super) fn before(
    places: &Places,
    name: &RepositoryName,
    memory: &Memory,
    verifier: &dyn Verifier,
) -> Before {
    let (held, failed) = newest_readable(places, name, verifier);
    let damage = match failed {
        Some((number, error)) => Some(format!("generation {number}: {}", with_causes(&error))),
        None if held.is_none()
            && !(memory.directives.is_empty() && memory.lists.is_empty() && memory.waivers.is_empty()) =>
        {
            Some("no generation holds what is remembered".to_owned())
        }
        None if held.is_some() && !matches!(active_number(places), Ok(Some(_))) => {
            Some("the link to the active generation".into())
        }
        None => None,
    };
    Before { held, damage }
}

/// The newest state that can be read, and the newest generation that cannot, where it is a newer one.
fn newest_readable(
    places: &Places,
    name: &RepositoryName,
    verifier: &dyn Verifier,
) -> (Option<HeldRepository>, Option<(u64, GenerationError)>) {
    let numbers = held_numbers(places);
    let mut failed = None;
    for number in &numbers {
        let part = places.generation(*number).join("repositories").join(name.as_str());
        if !part.exists() {
            // A repository that joined later has no part in what came before it.
            if numbers.first() == Some(number) {
                return (None, None);
            }
            continue;
        }
        match read_repository(places, *number, name, verifier) {
            Ok(held) => return (Some(held), failed),
            Err(error) => {
                failed.get_or_insert((*number, error));
            }
        }
    }
    (None, failed)
}

fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
