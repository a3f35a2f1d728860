//! Each way in which a sync can end badly has one exit and one next step.

use interdict_host::exit::Exit;
use interdict_schema::DateTime;
use thiserror::Error;

use super::Failure;
use crate::config::RepositoryName;
use crate::fetch::{FetchError, HttpError};
use crate::update::UpdateError;

#[derive(Debug, Error)]
pub(super) enum SyncError {
    #[error("no repository is named {name}")]
    NotSetUp { name: RepositoryName },
    #[error("{count} repositories are set up, and none is named")]
    WhichOne { count: usize },
    #[error("a folder is synced from once, and --watch goes on for ever")]
    WatchedFolder,
    #[error("{name} has no pinned root")]
    NotTrusted { name: RepositoryName },
    #[error("{name}: the connection cannot be set up")]
    Connection { name: RepositoryName, source: HttpError },
    #[error("the directives of {name} cannot be read, and leaving them out would lift their bans")]
    WouldLift { name: RepositoryName },
    #[error("{name}: {} asked to be left alone until {until}", sources.join(", "))]
    CoolingDown { name: RepositoryName, sources: Vec<String>, until: DateTime },
    #[error("{name}: nothing new was accepted")]
    Update { name: RepositoryName, source: UpdateError },
}

pub(super) fn is_expired(error: &UpdateError) -> bool {
    matches!(error, UpdateError::Refused { source, .. } if source.kind() == "expired")
}

/// What was carried here has often expired on the way, which is no attack (`trust.md`, rule 14).
pub(super) fn carried_failure(name: &RepositoryName, source: UpdateError) -> Failure {
    if is_expired(&source) {
        let hint = "what was held stays in force; ask for a newer one, or import a bundle with --accept-stale DAYS, \
                    which takes from it only what adds or tightens";
        return Failure::new(&SyncError::Update { name: name.clone(), source }, Exit::Stale).hint(hint);
    }
    failure(name, source)
}

/// Each way in which an update can end has one exit and one next step.
pub(super) fn failure(name: &RepositoryName, source: UpdateError) -> Failure {
    let (exit, hint) = match &source {
        UpdateError::Refused { .. } | UpdateError::Fetch(FetchError::TooLong { .. }) => (
            Exit::Refused,
            "what was held stays in force; what was refused is kept as evidence; tell the authority",
        ),
        UpdateError::Pin { .. } => (
            Exit::Refused,
            "the store is damaged: pin the root again with `interdict trust ROOT.json --replace-trust`",
        ),
        UpdateError::WouldLift { .. } => (
            Exit::Refused,
            "the policy on disk stays as it is; ask the authority why it is not listed, or restore the state from a backup",
        ),
        UpdateError::Fetch(FetchError::Ended) => {
            (Exit::NoAnswer, "what was held stays in force; the next run completes it")
        }
        UpdateError::Fetch(FetchError::Network { source: error, .. })
            if matches!(**error, HttpError::UnknownAuthority(_)) =>
        {
            (
                Exit::NoAnswer,
                "what was held stays in force; if this is the right server, name a file with the certificate of its authority: \
                 `interdict setup URL --ca-file FILE`",
            )
        }
        UpdateError::Fetch(_) => (
            Exit::NoAnswer,
            "what was held stays in force; check the address and the network, then run it again",
        ),
        UpdateError::TooManyRoots { .. } => (Exit::NoAnswer, "run it again: it goes on where it stopped"),
        UpdateError::ClockBehind { .. } => {
            (Exit::Stale, "set the clock; nothing is accepted by a clock that runs behind")
        }
        UpdateError::Read(_) | UpdateError::Disk(_) => {
            (Exit::NoAnswer, "what was held stays in force; make room or give access, then run it again")
        }
    };
    Failure::new(&SyncError::Update { name: name.clone(), source }, exit).hint(hint)
}
