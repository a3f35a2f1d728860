//! A source that is asked for nothing more once the program was told to end.

use interdict_host::wait::Told;
use interdict_host::write::DiskError;

use super::{Fetch, FetchError, Folder};

/// Asks another source until it is told to end; then every further request is [`FetchError::Ended`].
pub struct UntilTold<'a> {
    /// The source.
    pub fetch: &'a dyn Fetch,
    /// Whether the program was told to end.
    pub told: Told,
}

impl Fetch for UntilTold<'_> {
    fn fetch(&self, folder: Folder, path: &str, max_bytes: u64) -> Result<Vec<u8>, FetchError> {
        if self.told.is_told() {
            return Err(FetchError::Ended);
        }
        self.fetch.fetch(folder, path, max_bytes)
    }

    fn fetch_in_parts(
        &self,
        folder: Folder,
        path: &str,
        max_bytes: u64,
        keep: &mut dyn FnMut(&[u8]) -> Result<(), DiskError>,
    ) -> Result<(), FetchError> {
        if self.told.is_told() {
            return Err(FetchError::Ended);
        }
        self.fetch.fetch_in_parts(folder, path, max_bytes, keep)
    }

    fn source(&self) -> String {
        self.fetch.source()
    }
}
