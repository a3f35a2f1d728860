//! Getting at a file's bytes: from memory, or from disk into memory, or as an open file to send from.
//!
//! Short files are read on the answering thread (a few microseconds); longer ones on a blocking thread, so
//! that one slow disk read does not hold up every connection.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex, PoisonError};

use hyper::body::Bytes;

use super::encoding::gzip;
use super::held::{Facts, HeldFile, HeldFiles};
use super::limits::{INLINE_BYTES, MAX_HELD_BYTES, MAX_HELD_FILE_BYTES, MAX_HELD_FILES};
use super::path::RequestPath;
use super::tree::{LookupError, Tree};

/// The root and what is in memory of it.
#[derive(Debug)]
pub(super) struct Site {
    tree: Tree,
    held: Mutex<HeldFiles>,
}

/// A file, ready to be sent.
#[derive(Debug)]
pub(super) enum Source {
    /// In memory.
    Held(Arc<HeldFile>),
    /// Too long for that.
    OnDisk(Arc<File>, Facts),
}

impl Source {
    pub(super) fn facts(&self) -> &Facts {
        match self {
            Self::Held(file) => &file.facts,
            Self::OnDisk(_, facts) => facts,
        }
    }
}

impl Site {
    pub(super) fn new(tree: Tree) -> Self {
        Self { tree, held: Mutex::new(HeldFiles::new(MAX_HELD_BYTES, MAX_HELD_FILES)) }
    }

    /// The file that a path names at this moment.
    ///
    /// # Errors
    /// [`LookupError`].
    pub(super) async fn load(&self, path: &RequestPath<'_>) -> Result<Source, LookupError> {
        let stamp = self.tree.stamp(path)?;
        // A thread that panicked while it held the lock left at worst a file unheld.
        if let Some(file) =
            self.held.lock().unwrap_or_else(PoisonError::into_inner).find(path.as_str(), stamp)
        {
            return Ok(Source::Held(file));
        }
        let (file, stamp) = self.tree.open(path)?;
        let facts = Facts::of(path.as_str(), stamp);
        if stamp.length > MAX_HELD_FILE_BYTES {
            return Ok(Source::OnDisk(Arc::new(file), facts));
        }
        let content = aside(stamp.length, move || read_whole(&file, stamp.length)).await??;
        let file = Arc::new(HeldFile::new(facts, content));
        self.held.lock().unwrap_or_else(PoisonError::into_inner).hold(path.as_str(), &file);
        Ok(Source::Held(file))
    }
}

/// The gzip form of a held file, made at the first request for it; `None` when there is none.
///
/// # Errors
/// [`LookupError::Unavailable`] when the server is stopping.
pub(super) async fn gzip_form(file: &Arc<HeldFile>) -> Result<Option<Bytes>, LookupError> {
    if !file.may_gzip() {
        return Ok(None);
    }
    if let Some(made) = file.gzip.get() {
        return Ok(made.clone());
    }
    let worker = Arc::clone(file);
    aside(file.facts.stamp.length, move || worker.gzip.get_or_init(|| gzip(&worker.content)).clone()).await
}

/// Runs work on `length` bytes here, or on a blocking thread when it is long.
async fn aside<T: Send + 'static>(
    length: u64,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, LookupError> {
    if length <= INLINE_BYTES {
        return Ok(work());
    }
    // Fails only when the runtime shuts down under it.
    tokio::task::spawn_blocking(work).await.map_err(|_| LookupError::Unavailable)
}

/// Reads a file of known length. One that has another length by now is being written in place, which no
/// publication of ours does: it is not served half-written.
fn read_whole(file: &File, length: u64) -> Result<Bytes, LookupError> {
    let mut content = Vec::with_capacity(usize::try_from(length).map_err(|_| LookupError::Unavailable)?);
    file.take(length.saturating_add(1)).read_to_end(&mut content).map_err(LookupError::Io)?;
    if u64::try_from(content.len()) == Ok(length) {
        Ok(content.into())
    } else {
        Err(LookupError::Unavailable)
    }
}

/// Reads one piece of an open file; shorter than asked for only where the file ends.
///
/// # Errors
/// Those of the read.
pub(super) fn read_piece(file: &File, offset: u64, length: usize) -> std::io::Result<Bytes> {
    let mut piece = vec![0; length];
    let mut filled = 0;
    while let Some(space) = piece.get_mut(filled..).filter(|space| !space.is_empty()) {
        let position = offset.saturating_add(u64::try_from(filled).unwrap_or(u64::MAX));
        match file.read_at(space, position) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    piece.truncate(filled);
    Ok(piece.into())
}
