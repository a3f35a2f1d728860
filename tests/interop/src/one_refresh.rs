//! What the programs have in common that do one refresh over http, to be measured: their arguments, and what they keep.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// What is asked of a client.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Where it keeps what it trusts.
    pub folder: PathBuf,
    /// The root that it begins with.
    pub root: PathBuf,
    /// Where the metadata is, with `/` at the end.
    pub metadata_url: String,
    /// Where the targets are, with `/` at the end.
    pub targets_url: String,
    /// The target that it downloads after the refresh.
    pub target: Option<String>,
}

impl Asked {
    /// `FOLDER ROOT METADATA_URL TARGETS_URL [TARGET]`.
    pub fn from_arguments() -> Self {
        let mut arguments = env::args().skip(1);
        let mut next = || arguments.next().expect("FOLDER ROOT METADATA_URL TARGETS_URL [TARGET]");
        let (folder, root) = (next().into(), next().into());
        let (metadata_url, targets_url) = (next(), next());
        Self { folder, root, metadata_url, targets_url, target: arguments.next() }
    }

    /// Keeps a target that was downloaded.
    pub fn keep(&self, target: &str, bytes: &[u8]) {
        let folder = Path::new(&self.folder).join("downloaded");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(target), bytes).unwrap();
    }
}
