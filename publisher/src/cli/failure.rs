//! A verb that did not do what was asked: the library's error, the exit code that it means, and what to do next.

mod keys;

use std::error::Error;
use std::io;

use interdict_host::cli::{ErrorReport, ReportFormat};
use interdict_host::clock::ClockError;
use interdict_host::exit::Exit;
use interdict_host::lock::LockError;
use interdict_host::passphrase::PassphraseError;
use interdict_host::read::ReadError;
use interdict_host::world::{OutputError, World};
use interdict_host::write::{DiskError, DiskErrorKind};

use crate::keyring::SignRoleError;
use crate::officer::InputError;
use crate::publish::{
    ChangeError, EntriesRefusal, FoundingRefusal, SelfCheckError, SignStagedError, StageRefusal,
};
use crate::repository::SettingsError;
use crate::repository::client_view::ViewError;
use crate::repository::current::ClockBehind;
use crate::repository::write::WriteError;

/// Why a verb ended early.
#[derive(Debug)]
pub struct Failure {
    error: Box<dyn Error + Send + Sync>,
    exit: Exit,
    hint: Option<String>,
}

impl Failure {
    /// This error, with the exit code that it means.
    pub fn new(error: impl Error + Send + Sync + 'static, exit: Exit) -> Self {
        Self { error: Box::new(error), exit, hint: None }
    }

    /// Wrong use, or bad input.
    pub fn usage(error: impl Error + Send + Sync + 'static) -> Self {
        Self::new(error, Exit::Usage)
    }

    /// What to do next; said by the verb, which knows more, it replaces what was said before.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The exit code that it means.
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// Whether somebody has said already what to do next.
    pub fn has_hint(&self) -> bool {
        self.hint.is_some()
    }

    /// The error and what caused it, on one line.
    pub fn chain(&self) -> String {
        let mut text = self.error.to_string();
        let mut cause = self.error.source();
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }

    /// What to do next, where there is something to say.
    #[must_use]
    fn perhaps(mut self, hint: Option<&'static str>) -> Self {
        self.hint = hint.map(ToOwned::to_owned);
        self
    }

    /// Shows it on standard error.
    pub fn show(&self, world: &mut World, format: ReportFormat) -> Exit {
        let report = ErrorReport::new(&*self.error, self.exit);
        match &self.hint {
            Some(hint) => report.hint(hint.clone()),
            None => report,
        }
        .show(world, format)
    }
}

/// A file of the caller's that is not there, is too long or is no file is wrong use; a disk that does not answer is not.
fn of_reading(error: &ReadError) -> Exit {
    match error {
        ReadError::Disk(disk) if disk.kind() == DiskErrorKind::NotFound => Exit::Usage,
        ReadError::TooLong { .. } | ReadError::NotPlain { .. } => Exit::Usage,
        ReadError::Disk(_) => Exit::NoAnswer,
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        let exit = of_reading(&error);
        Self::new(error, exit)
    }
}

impl From<DiskError> for Failure {
    fn from(error: DiskError) -> Self {
        let kind = error.kind();
        let failure = match kind {
            DiskErrorKind::AlreadyExists => Self::new(error, Exit::Usage),
            _ => Self::new(error, Exit::NoAnswer),
        };
        match kind {
            DiskErrorKind::AlreadyExists => {
                failure.hint("nothing is overwritten: choose another name, or move the file away")
            }
            DiskErrorKind::Full => failure.hint("make room and run the same command again; nothing was lost"),
            _ => failure,
        }
    }
}

impl From<ClockError> for Failure {
    fn from(error: ClockError) -> Self {
        Self::new(error, Exit::NoAnswer)
    }
}

impl From<ClockBehind> for Failure {
    fn from(error: ClockBehind) -> Self {
        Self::new(error, Exit::NoAnswer).hint(
            "set the clock; where the lifetimes of both timestamp and snapshot were shortened in publisher.toml, \
             shorten one, refresh, then the other",
        )
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(OutputError::from(error), Exit::NoAnswer)
    }
}

impl From<PassphraseError> for Failure {
    fn from(error: PassphraseError) -> Self {
        let no_terminal = matches!(error, PassphraseError::NoTerminal);
        let failure = Self::usage(error);
        if no_terminal { failure.hint("give --passphrase-file FILE") } else { failure }
    }
}

impl From<SignRoleError> for Failure {
    fn from(error: SignRoleError) -> Self {
        match error {
            SignRoleError::Key(error) => error.into(),
            SignRoleError::Sign(error) => error.into(),
            SignRoleError::TooFew { role, ref absent, .. } => {
                // A file that is not there is told by its absence; that a token or an agent had no such key is not.
                let elsewhere: Vec<String> = absent
                    .iter()
                    .filter(|uri| uri.file().is_none())
                    .map(|uri| format!("; not there: {uri}"))
                    .collect();
                let hint = format!(
                    "give more of that role's keys with --key KEY, or name them under keys.{role} in publisher.toml{}",
                    elsewhere.concat()
                );
                Self::usage(error).hint(hint)
            }
            SignRoleError::Public { .. } => Self::usage(error),
        }
    }
}

impl From<SignStagedError> for Failure {
    fn from(error: SignStagedError) -> Self {
        match error {
            SignStagedError::Refused(refusal) => refusal.into(),
            SignStagedError::Role(error) => error.into(),
        }
    }
}

impl From<StageRefusal> for Failure {
    fn from(refusal: StageRefusal) -> Self {
        use interdict_schema::{believe, dsse};
        let hint = match &refusal {
            StageRefusal::Directive { source, .. } => match &**source {
                believe::Refusal::Envelope(dsse::Refusal::Threshold(_)) => {
                    Some("let another officer add a signature: interdict-publisher sign ENVELOPE --key KEY")
                }
                believe::Refusal::NoIssuer { .. } => {
                    Some("the list of issuers gives nobody this id's prefix; see --issuers")
                }
                _ => None,
            },
            StageRefusal::Withdrawn { .. } => Some(
                "let enough of the officers whose keys remain sign that revision, and publish it together with the list",
            ),
            StageRefusal::Republished { .. } => Some(
                "a published revision never changes: raise `revision`, and name the one before in `previous`",
            ),
            StageRefusal::Chain { .. } => {
                Some("revisions rise by one, and `previous` is the sha256 of the payload before")
            }
            StageRefusal::IssuersVersion { .. } => Some("raise `version` and let the root keys sign again"),
            StageRefusal::AttachmentChanged { .. } => Some("publish it under another name"),
            StageRefusal::Attachment { .. } => Some("give the file with --attach FILE"),
            StageRefusal::List { .. } => Some("publish the list before the directive, or with it"),
            StageRefusal::Contradiction { .. } => Some(
                "nothing was published: take out a relation, or let one of the two name the other, in the next revision of one of them, and let the officers sign it",
            ),
            StageRefusal::IdTaken { .. } => Some("give the new one another id"),
            _ => None,
        };
        let failure = Self::new(refusal, Exit::Refused);
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

impl From<EntriesRefusal> for Failure {
    fn from(refusal: EntriesRefusal) -> Self {
        match refusal {
            EntriesRefusal::Read(error) => Self::new(error, Exit::NoAnswer),
            EntriesRefusal::Missing { .. } => {
                Self::new(refusal, Exit::Refused).hint("give the file with --attach FILE")
            }
            EntriesRefusal::Form { .. } | EntriesRefusal::Entries { .. } => Self::new(refusal, Exit::Refused)
                .hint(
                    "`interdict-publisher draft entries FILE --kind KIND` says what a list has to say of it",
                ),
        }
    }
}

impl From<ChangeError> for Failure {
    fn from(error: ChangeError) -> Self {
        Self::usage(error)
    }
}

impl From<FoundingRefusal> for Failure {
    fn from(refusal: FoundingRefusal) -> Self {
        Self::usage(refusal)
    }
}

impl From<InputError> for Failure {
    fn from(error: InputError) -> Self {
        Self::usage(error).hint("see `interdict-publisher draft lint`")
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        match error {
            SettingsError::Read(error) => {
                Self::from(error).hint("is this a repository? `interdict-publisher init DIR` makes one")
            }
            other => Self::usage(other),
        }
    }
}

impl From<LockError> for Failure {
    fn from(error: LockError) -> Self {
        let held = matches!(error, LockError::Held { .. });
        let failure = Self::new(error, Exit::NoAnswer);
        if held { failure.hint("wait until the other publisher is done") } else { failure }
    }
}

impl From<ViewError> for Failure {
    fn from(error: ViewError) -> Self {
        match error {
            ViewError::Read(error) => Self::new(error, Exit::NoAnswer),
            other => Self::new(other, Exit::Refused)
                .hint("`interdict-publisher verify` lists everything that is wrong with a repository"),
        }
    }
}

impl From<SelfCheckError> for Failure {
    fn from(error: SelfCheckError) -> Self {
        Self::new(error, Exit::Refused).hint("nothing was published")
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Disk(error) => Self::new(error, Exit::NoAnswer)
                .hint("clients read what was published before; run the same command again"),
            WriteError::Read(error) => Self::new(error, Exit::NoAnswer),
        }
    }
}
