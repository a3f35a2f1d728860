//! What the authority did, by whom, with which digests and versions (`trust.md`, rule 23): `journal.jsonl` in the repository's
//! folder, beside what is served and never served itself.
//!
//! The lines, their chain and their witness in syslog are [`interdict_host::journal`]'s. Here is what stands in them:
//!
//! 1. before anything changes, what is **intended**: the digest, version and signers of every file that is about to be installed.
//!    Where that cannot be written, nothing is changed;
//! 2. afterwards how it ended: **done** or **failed**. Where that cannot be written, the change stands, and the next run adds it,
//!    judged by what is published;
//! 3. what changes nothing by itself, such as a signature in a file that travels, is **noted**.
//!
//! A publication that the journal does not know of is noted as **found**: a journal that was shortened or replaced, and a
//! repository that was changed by something else, do not look like a whole one.
//!
//! | file | what is in it |
//! |---|---|
//! | `deed` | what is written down |
//! | `keeping` | writing it down, round a change |
//! | `standing` | what the journal says, compared with what is published |

mod deed;
mod keeping;
mod standing;
#[cfg(test)]
mod tests;

pub use deed::{Deed, DocumentEntry, FileEntry, MOST_DOCUMENTS, Record, Step, Verb};
pub use keeping::{Intended, Settled, intend, note, settle};
pub use standing::{Agreement, Open, Standing, published_timestamp, standing};

use interdict_host::journal::Journal;

use crate::repository::Repository;

/// The journal of a repository.
pub fn journal(repository: &Repository) -> Journal {
    Journal::new(repository.journal_path())
}
