//! A source that is asked for nothing more once the program was told to end.

use interdict_host::wait::Told;

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

    fn source(&self) -> String {
        self.fetch.source()
    }
}
