//! Compressed forms beside what was published, for servers that send them: `NAME.gz` and `NAME.zst`. Not here: which files have
//! forms, and the bytes of them ([`crate::serve::forms`]).
//!
//! They are written after the publication is live, and it does not depend on them: nothing of trust does, no client asks for one
//! by name, and a server without them sends the file itself.

use std::path::Path;

use interdict_host::write::{Disk, DiskError, Mode};
use serde::{Deserialize, Serialize};
use tracing::warn;

use super::Repository;
use super::files::NewFiles;
use crate::serve::{Form, forms};

/// Whether compressed forms are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "bool", into = "bool")]
pub enum Compressed {
    /// Files as they are.
    #[default]
    No,
    /// A gzip and a zstd form beside each file that never changes under its name and gets shorter.
    Yes,
}

impl Compressed {
    /// Whether none are.
    pub fn is_no(&self) -> bool {
        *self == Self::No
    }
}

impl From<bool> for Compressed {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

impl From<Compressed> for bool {
    fn from(compressed: Compressed) -> Self {
        compressed == Compressed::Yes
    }
}

/// Writes the forms of files that are live. One that the disk does not take is warned of, and left out.
pub(super) fn write(disk: &Disk, repository: &Repository, new: &NewFiles) {
    let targets = new.targets.iter().map(|(name, bytes)| ("targets", name, bytes));
    let metadata = new.metadata.iter().map(|(name, bytes)| ("metadata", name, bytes));
    for (folder, name, bytes) in targets.chain(metadata) {
        let path = format!("{folder}/{name}");
        for form in forms(&path, bytes) {
            if let Err(error) = put(disk, &repository.public().join(&path), &form) {
                warn!(%path, ending = form.ending, %error, "no compressed form; what is published is whole without it");
            }
        }
    }
}

fn put(disk: &Disk, file: &Path, form: &Form) -> Result<(), DiskError> {
    let mut path = file.as_os_str().to_owned();
    path.push(form.ending);
    disk.replace(Path::new(&path), &form.bytes, Mode::Public)
}
