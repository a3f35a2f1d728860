//! What one mirror gave before it failed, so that the next one is not asked for it again.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use interdict_schema::tuf::Accepted;

/// Files that were fetched and were those that metadata named. It is believed of none: each is compared with what the metadata of
/// the next mirror names.
#[derive(Debug, Default)]
pub struct Salvage {
    /// By target path.
    targets: RefCell<BTreeMap<String, Arc<[u8]>>>,
    snapshot: RefCell<Option<Arc<[u8]>>>,
}

impl Salvage {
    /// A file of this path.
    pub(super) fn of(&self, path: &str) -> Option<Arc<[u8]>> {
        self.targets.borrow().get(path).map(Arc::clone)
    }

    /// Keeps a file.
    pub(super) fn keep(&self, path: &str, bytes: &Arc<[u8]>) {
        self.targets.borrow_mut().insert(path.to_owned(), Arc::clone(bytes));
    }

    /// The snapshot that was fetched last. Of a refresh that ends well it is on disk; delegated roles are there in any case.
    pub(crate) fn snapshot(&self) -> Option<Arc<[u8]>> {
        self.snapshot.borrow().as_ref().map(Arc::clone)
    }

    /// Keeps a snapshot.
    pub(crate) fn keep_snapshot(&self, snapshot: &Accepted) {
        *self.snapshot.borrow_mut() = Some(snapshot.bytes().into());
    }
}
