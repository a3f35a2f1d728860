//! What has to be said of an admission, what it means for the exit code, and what to do about it.

use interdict_host::exit::Exit;
use interdict_schema::directive::DirectiveId;

use super::AdmissionError;
use super::carried::NotOpened;
use crate::config::{ConfigError, RepositoryName};
use crate::fetch::FetchError;
use crate::store::memory::MemoryError;
use crate::update::UpdateError;

/// Something that has to be said. What was held stays in force.
#[derive(Debug)]
pub enum Told {
    /// Nothing of a repository was admitted.
    Refused(AdmissionError),
    /// A directive is in what was synced, and its metadata does not list it: root never admitted it, and does not know that it was ever
    /// published.
    Unlisted {
        /// The repository.
        name: RepositoryName,
        /// The directive.
        directive: DirectiveId,
    },
    /// A repository that is configured is not in what was synced.
    NotSynced {
        /// The repository.
        name: RepositoryName,
    },
}

impl Told {
    /// What it means for the exit code.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Refused(error) => error.exit(),
            Self::Unlisted { .. } => Exit::Refused,
            Self::NotSynced { .. } => Exit::NoAnswer,
        }
    }
}

impl Told {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Refused(error) => error.hint(),
            Self::Unlisted { .. } => {
                Some("ask the authority; `interdict status` says what is in force of it".into())
            }
            Self::NotSynced { name } => Some(format!("run `interdict sync {name}` as the user that syncs")),
        }
    }
}

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(error) => {
                write!(f, "{error}")?;
                let causes =
                    std::iter::successors(std::error::Error::source(error), |cause| (*cause).source());
                causes.into_iter().try_for_each(|cause| write!(f, ": {cause}"))
            }
            Self::Unlisted { name, directive } => {
                write!(
                    f,
                    "{name}: {directive} was synced once, is no longer listed, and was never admitted for enforcement"
                )
            }
            Self::NotSynced { name } => {
                write!(f, "repository {name}: configured, and nothing of it was synced")
            }
        }
    }
}

impl AdmissionError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NotOwned(error) => error.hint(),
            Self::NotSetUp => "begin with `interdict setup URL`, as root".into(),
            Self::NotPinned { name, .. } => {
                format!("pin its root for enforcement with `interdict trust ROOT.json --name {name}`, as root")
            }
            Self::Pin { .. } => "pin the right root with `interdict trust ROOT.json --replace-trust`, as root".into(),
            Self::NotOpened(_) | Self::Update { .. } => {
                "what was admitted before stays in force; find out who has been at the state of the sync".into()
            }
            Self::Memory(_) => "what root has admitted before is unknown, so older directives could be passed off as new: restore the \
                                file, or acknowledge the loss with `interdict trust ROOT.json --replace-trust`, as root"
                .into(),
            Self::WouldLift { .. } => "restore the folder of enforcement from a backup".into(),
            _ => return None,
        })
    }

    /// The exit that it means.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Config(ConfigError::Read(_) | ConfigError::Disk(_))
            | Self::Read(_)
            | Self::Disk(_)
            | Self::Lock(_)
            | Self::Clock(_)
            | Self::NotOpened(NotOpened::Disk(_))
            | Self::Memory(MemoryError::Read(_)) => Exit::NoAnswer,
            Self::NotSetUp | Self::NotPinned { .. } | Self::Config(_) => Exit::Usage,
            Self::NotOwned(_)
            | Self::Pin { .. }
            | Self::NotOpened(_)
            | Self::WouldLift { .. }
            | Self::Memory(_) => Exit::Refused,
            Self::Update { source, .. } => match **source {
                UpdateError::ClockBehind { .. } => Exit::Stale,
                UpdateError::Refused { .. }
                | UpdateError::Pin { .. }
                | UpdateError::WouldLift { .. }
                | UpdateError::Fetch(FetchError::TooLong { .. }) => Exit::Refused,
                _ => Exit::NoAnswer,
            },
        }
    }
}
