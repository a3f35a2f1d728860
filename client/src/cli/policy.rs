//! `interdict policy`

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use interdict_host::exit::{Exit, Outcome};
use interdict_host::read::{ReadError, read_bounded_nofollow};
use interdict_schema::policy::Policy as Derived;

use super::reading::Reading;
use super::{Context, Failure};

/// The longest policy file that is compared, in bytes.
const MAX_POLICY_BYTES: u64 = 1_000_000_000;

/// The policy, derived again from the verified directives and compared with the file that scripts read
///
/// A file that says something else ends with 4, and nothing is printed.
#[derive(Debug, Args)]
#[command(after_help = "Example: interdict policy --format tsv | awk -F'\\t' '$6 == \"prohibited\"'")]
pub(super) struct Policy {
    /// One document, one rule a line, or one identifier a line
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,

    /// Print where the file lies, not what is in it
    #[arg(long)]
    path: bool,
}

/// How the policy is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Format {
    /// One JSON document
    #[default]
    Json,
    /// JSON Lines: one rule a line
    Jsonl,
    /// Tab-separated values: one identifier a line
    Tsv,
}

impl Format {
    const ALL: [Self; 3] = [Self::Json, Self::Jsonl, Self::Tsv];

    fn file_name(self) -> &'static str {
        match self {
            Self::Json => "policy.json",
            Self::Jsonl => "policy.jsonl",
            Self::Tsv => "policy.tsv",
        }
    }

    fn bytes(self, policy: &Derived) -> Vec<u8> {
        match self {
            Self::Json => policy.to_json(),
            Self::Jsonl => policy.to_json_lines(),
            Self::Tsv => policy.to_tsv(),
        }
    }
}

/// A file for scripts that cannot be relied on.
#[derive(Debug, thiserror::Error)]
pub(super) enum FileError {
    /// It says something else.
    #[error("{} is not what the verified directives say", path.display())]
    Differs {
        /// The file.
        path: PathBuf,
    },
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        Self::new(&error, Exit::Refused).hint(
            "something changed the file, so scripts must not rely on it; `interdict sync` writes it anew",
        )
    }
}

/// Compares every file for scripts with what the verified directives say.
pub(super) fn check_files(reading: &Reading) -> Result<(), FileError> {
    let policy = reading.generation.policy();
    Format::ALL.into_iter().try_for_each(|format| check_file(reading, format, &format.bytes(&policy)))
}

fn check_file(reading: &Reading, format: Format, derived: &[u8]) -> Result<(), FileError> {
    let path = path_of(reading, format);
    match read_bounded_nofollow(&path, MAX_POLICY_BYTES) {
        Ok(found) if found == derived => Ok(()),
        Ok(_) | Err(ReadError::TooLong { .. }) => Err(FileError::Differs { path }),
        Err(error) => Err(error.into()),
    }
}

fn path_of(reading: &Reading, format: Format) -> PathBuf {
    reading.places.current().join(format.file_name())
}

impl Policy {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let now = context.world.now()?;
        let reading = context.reading()?;
        reading.warn(context.world, now)?;
        let bytes = self.format.bytes(&reading.generation.policy());
        check_file(&reading, self.format, &bytes)?;
        let stdout = &mut context.world.stdout;
        if self.path {
            writeln!(stdout, "{}", path_of(&reading, self.format).display())?;
        } else {
            stdout.write_all(&bytes)?;
        }
        Ok(Outcome::done())
    }
}
