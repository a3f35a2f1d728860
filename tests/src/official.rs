//! Where the official suites and real catalogues lie.
//!
//! They are not part of the project, so a machine without them skips those tests and says so.

use std::path::PathBuf;

/// The folder `name` of the official data, under `INTERDICT_DATA` or, without it, beside the project.
///
/// Says "skipped: no data at …" on standard error where there is none.
#[expect(clippy::print_stderr, reason = "the streams of the tests, not of the product")]
pub fn folder(name: &str) -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let folder = std::env::var_os("INTERDICT_DATA").map_or_else(beside, PathBuf::from).join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no data at {}", folder.display());
    None
}
