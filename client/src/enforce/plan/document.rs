//! The plan as a document: its digest, and how it is read and written.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use interdict_host::read::{ReadError, read_bounded};
use interdict_schema::Sha256;
use interdict_schema::digest::RunningSha256;
use interdict_schema::plan::{FORMAT, Plan, Planned};
use thiserror::Error;

/// The longest plan that is read, in bytes.
pub const MAX_PLAN_BYTES: u64 = 1 << 30;

/// A file that is no plan.
#[derive(Debug, Error)]
pub enum NotAPlan {
    /// It could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It is not of the form of a plan.
    #[error("{}: not a plan, {source}", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// It is of another format.
    #[error("{}: found the format {found:?}, wanted {FORMAT:?}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// The format.
        found: String,
    },
    /// Its digest is not that of what stands in it.
    #[error("{}: found the digest {found}, wanted {wanted}: it was changed since it was made", path.display())]
    Digest {
        /// The file.
        path: PathBuf,
        /// The digest that it says.
        found: Sha256,
        /// The digest of what stands in it.
        wanted: Sha256,
    },
}

/// Reads a plan that somebody approved. What stands in it is compared and never carried out.
///
/// # Errors
/// [`NotAPlan`].
pub fn read(path: &Path) -> Result<Plan, NotAPlan> {
    let bytes = read_bounded(path, MAX_PLAN_BYTES)?;
    let plan: Plan =
        serde_json::from_slice(&bytes).map_err(|source| NotAPlan::Form { path: path.into(), source })?;
    if plan.format != FORMAT {
        return Err(NotAPlan::Format { path: path.into(), found: plan.format });
    }
    let wanted = digest_of(&plan.planned);
    if plan.digest != wanted {
        return Err(NotAPlan::Digest { path: path.into(), found: plan.digest, wanted });
    }
    Ok(plan)
}

/// Writes a plan, part by part.
///
/// # Errors
/// What the writer said.
pub fn write(plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, plan).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

/// The digest of what is to be done: SHA-256 of it as JSON without blanks.
pub fn digest_of(planned: &Planned) -> Sha256 {
    let mut digest = Digesting(RunningSha256::default());
    serde_json::to_writer(&mut digest, planned)
        .expect("texts, numbers and lists are always JSON, and a digest takes all");
    digest.0.finish()
}

struct Digesting(RunningSha256);

impl Write for Digesting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
