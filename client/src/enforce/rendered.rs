//! What a target returns: whole files, commands, questions, verdicts. A value, which nobody has acted on.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::command::Command;
use super::fidelity::Verdicts;
use super::question::Question;

/// Where the line stands that says whose a file is: `interdict: generation 12 sha256 <of all other bytes>`. It is added when the
/// file is written; a renderer leaves it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marker {
    /// The first line, as a comment that begins with this: `#`, `;`, `//`.
    First(&'static str),
    /// The last line, as a comment between these: `<!--` and `-->`.
    Last(&'static str, &'static str),
    /// The form has no comments (JSON): only the record of what was written says so.
    None,
}

/// Whether a file is wholly this program's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ownership {
    /// A drop-in of its own: nobody else writes it.
    Whole,
    /// One that the tool has only one of. The renderer was given the present one and merged into it.
    Merged,
    /// The same, where what this program put in can be told from what others wrote, then or since
    /// ([`Target::without`](super::Target::without)): an edit by hand is kept, and no reason to leave the file alone.
    Shared,
}

/// A file, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Where it belongs: absolute, as the machine that obeys sees it.
    pub path: PathBuf,
    /// What is in it, without the marker.
    pub bytes: Vec<u8>,
    /// Permission bits.
    pub permissions: u32,
    /// Whose line stands where.
    pub marker: Marker,
    /// Whose file it is.
    pub ownership: Ownership,
}

impl File {
    /// A drop-in that everybody may read: permissions 644.
    pub fn drop_in(path: PathBuf, bytes: Vec<u8>, marker: Marker) -> Self {
        Self { path, bytes, permissions: 0o644, marker, ownership: Ownership::Whole }
    }
}

/// Something that the person who approves a plan must know: without a full stop, in words of this program alone, but for
/// values that were escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning(pub String);

/// What a target makes of the bans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The files that must be there. One that was written before and is not among them is removed.
    pub files: Vec<File>,
    /// Programs without which the target is absent on a machine: the plan says so, and that target alone ends with 3.
    pub needs: &'static [&'static str],
    /// How the tool itself judges the files before they are installed; each must end with 0.
    pub validate: Vec<Command>,
    /// How the tool takes them up, in this order; after it was undone, once more, unless [`Target::release`](super::Target::release)
    /// says how it lets go.
    pub activate: Vec<Command>,
    /// How the effect is read back.
    pub questions: Vec<Question>,
    /// What becomes of every ban.
    pub verdicts: Verdicts,
    /// What must be said.
    pub warnings: Vec<Warning>,
}
