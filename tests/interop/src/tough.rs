//! `tough` over a folder that is laid out as it is served. It brings its own cryptography and has the machine's clock.

use std::error::Error;
use std::fs;
use std::path::Path;

use tempfile::TempDir;
use tough::{IntoVec, Repository, RepositoryLoader, TargetName};
use url::Url;

use crate::{Target, Verdict};

/// What it keeps between two runs.
#[derive(Debug)]
pub struct Store(TempDir);

impl Store {
    /// Nothing.
    pub fn new() -> Self {
        Self(TempDir::new().expect("a temporary folder can be made"))
    }

    /// The same once more.
    pub fn copy(&self) -> Self {
        let copy = Self::new();
        for entry in fs::read_dir(self.0.path()).unwrap().flatten() {
            fs::copy(entry.path(), copy.0.path().join(entry.file_name())).unwrap();
        }
        copy
    }
}

impl Default for Store {
    fn default() -> Self {
        Self::new()
    }
}

fn words(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        words += &format!(": {cause}");
        source = cause.source();
    }
    words
}

async fn target(repository: &Repository, path: &str) -> Result<Target, tough::error::Error> {
    match repository.read_target(&TargetName::new(path)?).await? {
        None => Ok(Target::NotFound),
        Some(stream) => Ok(Target::Bytes(stream.into_vec().await?)),
    }
}

/// One run, now.
pub fn run(pin: &[u8], folder: &Path, store: &Store, paths: &[&str]) -> Verdict {
    let url = |part| Url::from_directory_path(fs::canonicalize(folder.join(part)).unwrap()).unwrap();
    let loader = RepositoryLoader::new(&pin, url("metadata"), url("targets")).datastore(store.0.path());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let repository = match loader.load().await {
            Ok(repository) => repository,
            Err(error) => return Verdict { refresh: Err(words(&error)), targets: Default::default() },
        };
        let versions = [
            repository.root().signed.version,
            repository.timestamp().signed.version,
            repository.snapshot().signed.version,
            repository.targets().signed.version,
        ];
        let mut targets = std::collections::BTreeMap::new();
        for path in paths {
            let found = target(&repository, path).await;
            targets.insert(path.to_string(), found.unwrap_or_else(|error| Target::Refused(words(&error))));
        }
        Verdict { refresh: Ok(versions.map(std::num::NonZeroU64::get)), targets }
    })
}
