//! `interdict policy`

use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use interdict_host::exit::{Exit, Outcome};
use interdict_host::read::{ReadError, open_nofollow};
use interdict_host::write::{DiskError, Operation};
use interdict_schema::policy::Form;

use super::reading::Reading;
use super::{Context, Failure};
use crate::store::generation::file_name;

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

impl From<Format> for Form {
    fn from(format: Format) -> Self {
        match format {
            Format::Json => Self::Json,
            Format::Jsonl => Self::JsonLines,
            Format::Tsv => Self::Tsv,
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
    check(reading, &Form::ALL)
}

/// Compares these files, a part at a time, as far as the first difference.
fn check(reading: &Reading, forms: &[Form]) -> Result<(), FileError> {
    let mut files = Vec::new();
    for form in forms {
        let path = path_of(reading, *form);
        files.push((*form, BufReader::new(open_nofollow(&path)?), path));
    }
    let mut found = Vec::new();
    reading.generation.policy(&reading.generation.texts()).write(forms, |form, part| {
        let Some((_, file, path)) = files.iter_mut().find(|(of, _, _)| *of == form) else { return Ok(()) };
        found.clear();
        let wanted = u64::try_from(part.len()).unwrap_or(u64::MAX);
        file.take(wanted).read_to_end(&mut found).map_err(|error| unreadable(path, error))?;
        if found == part { Ok(()) } else { Err(FileError::Differs { path: path.clone() }) }
    })?;
    for (_, mut file, path) in files {
        if file.read(&mut [0]).map_err(|error| unreadable(&path, error))? > 0 {
            return Err(FileError::Differs { path });
        }
    }
    Ok(())
}

fn unreadable(path: &Path, error: io::Error) -> FileError {
    ReadError::from(DiskError::new(Operation::Read, path, error)).into()
}

fn path_of(reading: &Reading, form: Form) -> PathBuf {
    reading.places.current().join(file_name(form))
}

impl Policy {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let now = context.world.now()?;
        let reading = context.reading()?;
        reading.warn(context.world, now)?;
        let form = Form::from(self.format);
        check(&reading, &[form])?;
        let stdout = &mut context.world.stdout;
        if self.path {
            writeln!(stdout, "{}", path_of(&reading, form).display())?;
        } else {
            // Derived once more: nothing is printed before all of it has been compared.
            reading
                .generation
                .policy(&reading.generation.texts())
                .write(&[form], |_, part| stdout.write_all(part))?;
        }
        Ok(Outcome::done())
    }
}
