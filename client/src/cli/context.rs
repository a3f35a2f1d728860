//! What every verb gets, and how a verb ends that could not do what was asked.

use std::error::Error;
use std::io;
use std::path::PathBuf;

use interdict_host::cli::{ErrorReport, ReportFormat};
use interdict_host::clock::ClockError;
use interdict_host::directories::DirectoryError;
use interdict_host::example_keys::ExampleKeys;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::lock::LockError;
use interdict_host::read::ReadError;
use interdict_host::world::World;
use interdict_host::write::DiskError;

use crate::config::{Config, ConfigError};
use crate::places::Places;
use crate::store::generation::{FileError, GenerationError};
use crate::store::memory::MemoryError;

/// What every verb gets.
pub(crate) struct Context<'w> {
    pub world: &'w mut World,
    pub examples: ExampleKeys,
    pub config: Option<PathBuf>,
    pub state: Option<PathBuf>,
}

impl Context<'_> {
    /// Where everything lies.
    pub fn places(&self) -> Result<Places, Failure> {
        Ok(Places::new(self.world, self.config.as_deref(), self.state.as_deref())?)
    }

    /// The configuration; without a repository in it, the first step is named.
    pub fn configured(places: &Places) -> Result<Config, Failure> {
        let config = Config::read(&places.config)?;
        if config.repositories.is_empty() {
            let hint =
                "begin with `interdict setup URL`, then `interdict trust ROOT.json` and `interdict sync`";
            return Err(Failure::new(&NotSetUp { config: places.config.clone() }, Exit::Usage).hint(hint));
        }
        Ok(config)
    }
}

/// No repository is configured.
#[derive(Debug, thiserror::Error)]
#[error("no repository is set up in {}", config.display())]
struct NotSetUp {
    config: PathBuf,
}

/// The end of a verb that could not do what was asked.
#[derive(Debug)]
pub(crate) struct Failure {
    report: ErrorReport,
    format: ReportFormat,
}

impl Failure {
    /// An error and the exit that it means.
    pub fn new(error: &dyn Error, exit: Exit) -> Self {
        Self { report: ErrorReport::new(error, exit), format: ReportFormat::Text }
    }

    /// Adds what to do next.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.report = self.report.hint(hint);
        self
    }

    /// The exit that it means.
    pub fn exit(&self) -> Exit {
        self.report.exit()
    }

    /// Shows it as JSON when machines asked.
    pub fn in_json(mut self, json: bool) -> Self {
        self.format = if json { ReportFormat::Json } else { ReportFormat::Text };
        self
    }

    /// Shows it, and ends the program with it.
    pub fn show(&self, world: &mut World) -> Outcome {
        self.report.show(world, self.format).into()
    }
}

/// Each error of the library has one exit, wherever it comes up.
macro_rules! exits {
    ($($error:ty => $exit:expr,)+) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::new(&error, $exit)
            }
        })+
    };
}

exits! {
    ClockError => Exit::NoAnswer,
    DirectoryError => Exit::Usage,
    ReadError => Exit::NoAnswer,
    io::Error => Exit::NoAnswer,
}

impl From<DiskError> for Failure {
    fn from(error: DiskError) -> Self {
        Self::new(&error, Exit::NoAnswer)
            .hint("what was held stays in force; make room or give access, then run it again")
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        match error {
            ConfigError::Read(_) | ConfigError::Disk(_) => Self::new(&error, Exit::NoAnswer),
            _ => Self::new(&error, Exit::Usage)
                .hint("correct the file; or remove it and write it anew with `interdict setup URL`"),
        }
    }
}

impl From<LockError> for Failure {
    fn from(error: LockError) -> Self {
        let hint = match error {
            LockError::Held { .. } => "wait until the other run has finished, then run it again",
            LockError::Disk(_) => "run it as the user whose state this is, or name another with --state",
        };
        Self::new(&error, Exit::NoAnswer).hint(hint)
    }
}

impl From<MemoryError> for Failure {
    fn from(error: MemoryError) -> Self {
        match error {
            MemoryError::Read(_) => Self::new(&error, Exit::NoAnswer),
            MemoryError::Damaged { .. } | MemoryError::Missing { .. } => Self::new(&error, Exit::Refused).hint(
                "what this machine has seen before is unknown, so older directives could be passed off as new: restore the \
                 file, or compare the root's fingerprint and acknowledge the loss with `interdict trust ROOT.json --replace-trust`",
            ),
        }
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Read(error) => error.into(),
            FileError::Form { .. } => Self::new(&error, Exit::Refused)
                .hint("the store is damaged; `interdict sync` builds it anew from the pinned root"),
        }
    }
}

impl From<GenerationError> for Failure {
    fn from(error: GenerationError) -> Self {
        match error {
            GenerationError::NotPinned { .. } => {
                Self::new(&error, Exit::Usage).hint("pin its root with `interdict trust ROOT.json`")
            }
            _ => Self::new(&error, Exit::Refused)
                .hint("the store is damaged; `interdict sync` builds it anew from the pinned root"),
        }
    }
}
