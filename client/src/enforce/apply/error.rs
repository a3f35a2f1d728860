//! Why nothing was applied, undone or suspended.

use std::path::PathBuf;

use interdict_host::lock::LockError;
use interdict_host::read::ReadError;
use interdict_host::write::DiskError;
use interdict_schema::DateTime;
use serde::Serialize;
use thiserror::Error;

use super::super::record::RecordError;
use super::runner::Ended;

/// A file that this program does not overwrite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotOurs {
    /// Where.
    pub path: PathBuf,
    /// Whose it is.
    pub why: Whose,
}

/// Whose file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whose {
    /// This program wrote it, and somebody has edited it since.
    Edited,
    /// This program never wrote it.
    Foreign,
    /// A link, a folder or a device, which is never overwritten.
    NotPlain,
    /// Somebody has removed it, and what was ours of it cannot be told.
    Removed,
    /// It is not there as this program wrote it, and what that was is not kept.
    Lost,
}

impl Whose {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Edited => "was edited by hand since it was written",
            Self::Foreign => "was not written by this program",
            Self::NotPlain => "is not a plain file",
            Self::Removed => "was removed by hand",
            Self::Lost => "was edited or removed by hand before enforcement was suspended",
        }
    }
}

/// At which step a tool refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// It judged the staged files.
    Validate,
    /// It was to take the files up.
    Activate,
    /// The operator's health check.
    HealthCheck,
    /// The effect was read back.
    ReadBack,
}

impl Step {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Validate => "validation",
            Self::Activate => "activation",
            Self::HealthCheck => "the health check",
            Self::ReadBack => "reading back",
        }
    }
}

/// Why nothing was changed, or all was taken back.
#[derive(Debug, Error)]
pub enum ApplyError {
    /// The disk.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// A file could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The record of what was written cannot be used.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Another run is at it.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// What is kept of earlier files is not as it was written.
    #[error("{}: found other bytes than were written", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// Files in the way that are not this program's.
    #[error("found {} in the way that this program does not overwrite: {}", count(files), named(files))]
    NotOurs {
        /// All of them.
        files: Vec<NotOurs>,
    },
    /// A command names a file that its target did not render.
    #[error("found no file {number} among those of the target")]
    NoSuchFile {
        /// Its place, from 0.
        number: usize,
    },
    /// Somebody wrote a file while it was being replaced.
    #[error("{}: changed while it was being replaced; everything was taken back", path.display())]
    ChangedMeanwhile {
        /// The file.
        path: PathBuf,
    },
    /// A tool said no, or did not answer.
    #[error("{} of {target} did not succeed: {ended}; {}", step.words(), if *.taken_back { "everything was taken back" } else { "nothing was changed" })]
    Tool {
        /// Which target.
        target: String,
        /// At which step.
        step: Step,
        /// The command and how it ended.
        ended: Box<Ended>,
        /// Whether files had been in place.
        taken_back: bool,
    },
    /// Enforcement is suspended.
    #[error("enforcement is suspended until {until}")]
    Suspended {
        /// Until when.
        until: DateTime,
    },
    /// An earlier one awaits confirmation.
    #[error("what was applied before awaits confirmation until {until}")]
    Unconfirmed {
        /// Until when.
        until: DateTime,
    },
    /// Nothing awaits confirmation.
    #[error("nothing awaits confirmation")]
    NothingToConfirm,
    /// Nothing of this program is in place.
    #[error("nothing was applied beneath {}", root.display())]
    NothingApplied {
        /// The root.
        root: PathBuf,
    },
    /// The time is over already, or too far away.
    #[error("found an end at {until}, wanted one after {now} and at most {hours} hours later")]
    End {
        /// What was asked for.
        until: DateTime,
        /// When.
        now: DateTime,
        /// The limit.
        hours: u32,
    },
    /// Its folder belongs to somebody else, who could have it do anything.
    #[error("{}: found a folder that others may write, wanted one of this user's alone", path.display())]
    Writable {
        /// The folder.
        path: PathBuf,
    },
    /// Not everything could be taken back.
    #[error("what was begun could not be taken back wholly; the next run goes on with it")]
    HalfWay {
        /// Why it had to be.
        #[source]
        source: Box<ApplyError>,
        /// Why it could not be.
        because: Box<ApplyError>,
    },
}

fn count(files: &[NotOurs]) -> String {
    if files.len() == 1 { "1 file".into() } else { format!("{} files", files.len()) }
}

fn named(files: &[NotOurs]) -> String {
    let named: Vec<String> =
        files.iter().map(|file| format!("{} {}", file.path.display(), file.why.words())).collect();
    named.join(", ")
}
