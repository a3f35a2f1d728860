//! One refresh by `sigstore-tuf`'s own client over http, with its own store in a folder.

use std::fs;

use sigstore_tuf::client::HttpRepository;
use sigstore_tuf::{FileStore, Updater};

use crate::one_refresh::Asked;

/// What is asked, now.
pub fn run(asked: &Asked) {
    let root = fs::read(&asked.root).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let source = HttpRepository::new(&asked.metadata_url).unwrap();
        let source = source.with_targets_base(&asked.targets_url).unwrap();
        let mut updater = Updater::new(source, &root).unwrap().with_store(FileStore::new(&asked.folder));
        let now = jiff::Timestamp::now();
        updater.refresh(now).await.unwrap();
        if let Some(target) = &asked.target {
            asked.keep(target, &updater.get_target(target, now).await.unwrap());
        }
    });
}
