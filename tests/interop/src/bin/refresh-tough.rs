//! The least that a program with `tough` does: one refresh over http, and, where it is asked for, one target.
//!
//! `refresh-tough FOLDER ROOT METADATA_URL TARGETS_URL [TARGET]`

use std::fs;
use std::path::PathBuf;

use interdict_interop::one_refresh::Asked;
use tough::{IntoVec, RepositoryLoader, TargetName};

fn main() {
    let asked = Asked::from_arguments();
    let url = |text: &str| text.parse().expect("an address");
    fs::create_dir_all(&asked.folder).unwrap();
    let root = fs::read(&asked.root).unwrap();
    let loader = RepositoryLoader::new(&root, url(&asked.metadata_url), url(&asked.targets_url))
        .datastore(PathBuf::from(&asked.folder));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let repository = loader.load().await.unwrap();
        if let Some(target) = &asked.target {
            let stream = repository.read_target(&TargetName::new(target).unwrap()).await.unwrap();
            asked.keep(target, &stream.expect("it is listed").into_vec().await.unwrap());
        }
    });
}
