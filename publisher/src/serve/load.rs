//! Getting at a file's bytes: from memory, or from disk into memory, or as an open file to send from.
//!
//! Short files are read on the answering thread (a few microseconds); longer ones on a blocking thread, so
//! that one slow disk read does not hold up every connection.
//!
//! A compressed form is the file of the same name with `.gz` or `.zst` at its end, as whoever publishes leaves it there and as
//! other servers take it too. One that is older than its file is not believed to be of it.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::body::Bytes;

use super::encoding::Coding;
use super::facts::{Facts, Representation};
use super::held::{HeldFile, HeldFiles};
use super::limits::{INLINE_BYTES, MAX_HELD_FILE_BYTES, MAX_HELD_FILES, MIN_FORM_BYTES};
use super::metrics::Gauges;
use super::moment::Moment;
use super::path::RequestPath;
use super::tree::{LookupError, Stamp, Tree};

/// The root and what is in memory of it.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) tree: Tree,
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
    pub(super) fn new(tree: Tree, cache_bytes: u64) -> Self {
        Self { tree, held: Mutex::new(HeldFiles::new(cache_bytes, MAX_HELD_FILES)) }
    }

    /// A thread that panicked while it held the lock left at worst a file unheld.
    fn held(&self) -> MutexGuard<'_, HeldFiles> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The file of a path as it stands in the request, if it is in memory and nothing needs to be asked. Paths in memory
    /// have been read before, so one that spells no byte in percent is as good as read.
    pub(super) fn at_hand(&self, raw: &str) -> Option<Arc<HeldFile>> {
        let path = raw.strip_prefix('/').filter(|path| !path.contains('%'))?;
        self.held().fresh(path, Moment::now())
    }

    /// The file that a path names at this moment.
    ///
    /// # Errors
    /// [`LookupError`].
    pub(super) async fn load(&self, path: &RequestPath<'_>) -> Result<Source, LookupError> {
        // Before it is looked at, so that whatever changes meanwhile is seen at the next moment.
        let now = Moment::now();
        let stamp = match self.tree.stamp(path) {
            Ok(stamp) => stamp,
            Err(error) => {
                self.held().remove(path.as_str());
                return Err(error);
            }
        };
        if let Some(file) = self.held().confirmed(path.as_str(), stamp, now) {
            return Ok(Source::Held(file));
        }
        let (file, stamp) = self.tree.open(path)?;
        let facts = Facts::of(path.as_str(), stamp);
        if stamp.length > MAX_HELD_FILE_BYTES {
            return Ok(Source::OnDisk(Arc::new(file), facts));
        }
        let forms = [self.form(path, &facts, ".gz"), self.form(path, &facts, ".zst")];
        let read = move || {
            let content = read_whole(&file, stamp.length)?;
            // A form that cannot be read is left out: the plain one can be.
            Ok::<_, LookupError>((
                content,
                forms.map(|form| form.and_then(|(file, length)| read_whole(&file, length).ok())),
            ))
        };
        let (content, [gzip, zstd]) = aside(stamp.length, read).await??;
        let plain = Representation::new(&facts, Coding::Identity, content);
        let gzip = gzip.map(|content| Representation::new(&facts, Coding::Gzip, content));
        let zstd = zstd.map(|content| Representation::new(&facts, Coding::Zstd, content));
        let file = Arc::new(HeldFile { facts, plain, gzip, zstd });
        let mut held = self.held();
        held.misses += 1;
        held.hold(path.as_str(), &file, now);
        drop(held);
        Ok(Source::Held(file))
    }

    /// A compressed form that is worth sending, and its length.
    fn form(&self, path: &RequestPath<'_>, facts: &Facts, ending: &str) -> Option<(File, u64)> {
        let Stamp { length, modified, .. } = facts.stamp;
        if !facts.media_type.compressible || length < MIN_FORM_BYTES {
            return None;
        }
        let (file, form) = self.tree.open(&path.with(ending)).ok()?;
        (form.length < length && form.modified >= modified).then_some((file, form.length))
    }

    /// What is in memory, and when the timestamp was last replaced.
    pub(super) fn gauges(&self) -> Gauges {
        let held = self.held();
        let (bytes, files) = held.size();
        let (hits, misses) = (held.hits, held.misses);
        drop(held);
        Gauges {
            cache_bytes: bytes,
            cache_files: u64::try_from(files).unwrap_or(u64::MAX),
            cache_hits: hits,
            cache_misses: misses,
            addresses: 0,
            published: self.publication().ok().map(|stamp| stamp.modified.as_secs()),
        }
    }

    /// The stamp of `metadata/timestamp.json`.
    ///
    /// # Errors
    /// [`LookupError`]: nothing is published here, or the folder is gone.
    pub(super) fn publication(&self) -> Result<Stamp, LookupError> {
        self.tree.look()?;
        let (_, stamp) = self.tree.open(&RequestPath::known("metadata/timestamp.json"))?;
        Ok(stamp)
    }
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
        // The read made room for one more.
        content.shrink_to_fit();
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
