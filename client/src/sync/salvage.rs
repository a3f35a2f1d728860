//! What one mirror gave before it failed, so that the next one is not asked for it again.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Files that were fetched and were those that metadata named, by target path. It is believed of none: each is compared with
/// what the metadata of the next mirror names.
#[derive(Debug, Default)]
pub struct Salvage(RefCell<BTreeMap<String, Arc<[u8]>>>);

impl Salvage {
    /// A file of this path.
    pub(super) fn of(&self, path: &str) -> Option<Arc<[u8]>> {
        self.0.borrow().get(path).map(Arc::clone)
    }

    /// Keeps a file.
    pub(super) fn keep(&self, path: &str, bytes: &Arc<[u8]>) {
        self.0.borrow_mut().insert(path.to_owned(), Arc::clone(bytes));
    }
}
