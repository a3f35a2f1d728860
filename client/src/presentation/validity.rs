//! What every listing for programs carries, so that it can be judged alone (`trust.md`, rule 15).

use interdict_schema::DateTime;
use serde::Serialize;

use crate::store::generation::Generation;

/// Instants and not a state: a reader compares them with its own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Validity {
    /// When the oldest of the repositories was verified.
    pub verified_at: DateTime,
    /// From here on what is shown is stale; it stays in force.
    pub fresh_until: DateTime,
}

impl Validity {
    /// That of a generation. Without a repository it is stale from the beginning.
    pub fn of(generation: &Generation) -> Self {
        let earliest = |moments: &mut dyn Iterator<Item = DateTime>| moments.min().unwrap_or(DateTime::EPOCH);
        Self {
            verified_at: earliest(&mut generation.repositories.iter().map(|held| held.admitted_at)),
            fresh_until: earliest(&mut generation.repositories.iter().map(|held| held.fresh_until)),
        }
    }
}
