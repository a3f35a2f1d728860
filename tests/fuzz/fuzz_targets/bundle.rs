//! Bundles: opened or not, and every file that one says it has can be asked for, within the limit and not beyond it.
#![no_main]

use std::io::Write;

use interdict_client::bundle::Bundle;
use interdict_client::fetch::{Fetch, Folder};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    match Bundle::open(file.path()) {
        Ok(bundle) => {
            for (folder, path) in [
                (Folder::Metadata, "timestamp.json"),
                (Folder::Metadata, "1.root.json"),
                (Folder::Metadata, "../1.root.json"),
                (Folder::Targets, "x"),
            ] {
                for limit in [0, 1, 1_000_000] {
                    match bundle.fetch(folder, path, limit) {
                        Ok(found) => assert!(u64::try_from(found.len()).unwrap() <= limit),
                        Err(error) => drop(error.to_string()),
                    }
                }
            }
        }
        Err(error) => drop(error.to_string()),
    }
});
