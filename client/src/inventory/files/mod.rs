//! The files under a path, by their paths and SHA-256 digests.
//!
//! One thread walks (`walk`), all cores hash; nothing but what a rule recognises is kept, so that the memory does not grow
//! with the number of files, and a file is never wholly in memory. Links are not followed: a link is seen by its own path.
//! What cannot be read is counted, with the reason. A file that grows is hashed up to the length that it had.
//!
//! Not here: what is packed in archives; the digests that signers use (Authenticode, code directories), which are others;
//! races with one who changes the tree while it is read: such a person decides what is read.

mod walk;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

use interdict_schema::Sha256;
use interdict_schema::product::FilePath;
use rustix::fs::{CWD, Mode, OFlags, openat};
use sha2::Digest as _;

use self::walk::{Kind, walk};
use super::component::{Component, Description, Inventory, SourceRow};
use super::coverage::{Coverage, Note, Place, Problem, Reading};
use super::limits::Limits;
use super::recognise::Recognises;
use super::rooted::{Folder, Found};
use super::said::Said;
use super::text::count;
use super::trace::Trace;

/// Bytes that are read at once.
const BUFFER: usize = 1 << 17;

/// Files that are handed to a thread at once: an exchange costs what hashing a small file does.
const BATCH: usize = 32;

/// Whether files are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digests {
    /// Every file is read and hashed.
    Taken,
    /// Paths alone are seen: no rule names a digest.
    Omitted,
}

/// Where files are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Under {
    /// As the person wrote it: what the coverage calls it.
    label: String,
    /// Where that is, without a link on the way; or why it is not looked into.
    path: Result<PathBuf, Problem>,
    /// What stands before it on this machine and not on the one whose files they are.
    root: PathBuf,
}

impl Under {
    /// A path of this machine, `written` so by a person.
    pub fn here(written: &Path, path: &Path) -> Self {
        let label = written.display().to_string();
        let path = fs::canonicalize(path)
            .map_err(|error| Problem::Disk { path: path.display().to_string(), kind: error.kind() });
        Self { label, path, root: PathBuf::new() }
    }

    /// A path of the machine whose file system begins at `root`. No link leads out of it.
    pub fn root(root: &Path, below: &Path) -> Self {
        let label = root.join(below.strip_prefix("/").unwrap_or(below)).display().to_string();
        let disk = |error: io::Error| Problem::Disk { path: label.clone(), kind: error.kind() };
        let found = Folder::root(root).and_then(|root| root.find(below)).map_err(disk);
        let path = found.and_then(|found| match found {
            Found::Folder(folder) => Ok(folder.place()),
            Found::File(_) | Found::Other => Err(Problem::NoFolder),
        });
        Self { label, path, root: root.to_owned() }
    }
}

/// Reads the files under a path on at most `cores` threads, and keeps those that something recognises, sorted by path; the
/// coverage counts all. `done` is told how many more were read.
pub fn read(
    under: &Under,
    digests: Digests,
    cores: usize,
    limits: &Limits,
    recognises: Recognises<'_>,
    done: &(dyn Fn(u64) + Sync),
) -> Inventory {
    let path = match &under.path {
        Ok(path) => path,
        Err(problem) => {
            let coverage = vec![Coverage::unread(&under.label, None, problem.clone())];
            return Inventory { coverage, ..Inventory::default() };
        }
    };
    let reader = Reader { under, path, digests, limits, recognises, kept: AtomicUsize::new(0) };
    let (sender, receiver) = mpsc::sync_channel::<Vec<(PathBuf, Kind)>>(cores.max(1) * 4);
    let receiver = Mutex::new(receiver);
    let mut whole = Part::new(limits);
    thread::scope(|scope| {
        let work = || {
            let mut part = Part::new(limits);
            let mut buffer = vec![0; BUFFER];
            loop {
                let batch = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok(batch) = batch else { break part };
                let files = count(batch.len());
                for (path, kind) in batch {
                    reader.file(&path, kind, &mut buffer, &mut part);
                }
                done(files);
            }
        };
        let workers: Vec<_> = (0..cores.max(1)).map(|_| scope.spawn(work)).collect();
        let mut batch = Vec::with_capacity(BATCH);
        let mut give = |path, kind| {
            batch.push((path, kind));
            if batch.len() == BATCH {
                let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
                // Every worker is there until this end is dropped.
                _ = sender.send(full);
            }
        };
        walk(path, &mut give, &mut |path, problem| whole.problems.add(path, problem));
        _ = sender.send(batch);
        drop(sender);
        for worker in workers {
            let part = worker.join().expect("nothing that a worker does panics");
            whole.add(part);
        }
    });
    whole.inventory(&under.label, limits)
}

/// What every thread needs.
struct Reader<'r> {
    under: &'r Under,
    path: &'r Path,
    digests: Digests,
    limits: &'r Limits,
    recognises: Recognises<'r>,
    /// Components that all threads have kept.
    kept: AtomicUsize,
}

impl Reader<'_> {
    fn file(&self, path: &Path, kind: Kind, buffer: &mut [u8], part: &mut Part) {
        let mut description = Description::unnamed(path.file_name().unwrap_or_default().to_string_lossy());
        if kind == Kind::File && self.digests == Digests::Taken {
            match digest(path, buffer) {
                Ok(Some(digest)) => description.sha256.push(digest),
                // It has become something else.
                Ok(None) => return,
                // It is gone.
                Err(error) if error.kind() == io::ErrorKind::NotFound => return,
                Err(error) => {
                    let name = path.display().to_string();
                    part.problems.add(name.clone(), Problem::Disk { path: name, kind: error.kind() });
                }
            }
        }
        part.files += 1;
        let seen = seen(path, &self.under.root);
        match FilePath::parse(&seen) {
            Ok(path) => description.add_trace(Trace::Path(path)),
            Err(error) => part.problems.add(seen, Problem::Text { column: "path", error }),
        }
        if !(part.said.adds(&description) | self.recognises.may_recognise(&description)) {
            return;
        }
        if self.kept.fetch_add(1, Ordering::Relaxed) >= self.limits.components {
            let problem = Problem::TooManyComponents { limit: self.limits.components };
            part.problems.add(path.display().to_string(), problem);
            return;
        }
        let below = path.strip_prefix(self.path).ok().filter(|below| !below.as_os_str().is_empty());
        let mut reference = below.unwrap_or(path).display().to_string();
        if kind == Kind::Link {
            reference.push_str(", a link");
        }
        let source = SourceRow { source: 0, row: 0, byte: None, reference: Some(reference) };
        part.kept.push((path.to_owned(), Component::described(description.into(), source)));
    }
}

/// A path as its machine has it. What no rule can mean stands as a replacement character: the folders above it are compared
/// all the same.
fn seen(path: &Path, root: &Path) -> String {
    let path = match path.strip_prefix(root) {
        Ok(below) if !root.as_os_str().is_empty() => Path::new("/").join(below),
        _ => path.to_owned(),
    };
    path.to_string_lossy().replace(char::is_control, "\u{fffd}")
}

/// The digest of a file; nothing where it is none.
fn digest(path: &Path, buffer: &mut [u8]) -> io::Result<Option<Sha256>> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(openat(CWD, path, flags, Mode::empty())?);
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Ok(None);
    }
    let mut file = file.take(metadata.len());
    let mut hasher = sha2::Sha256::new();
    loop {
        match file.read(buffer) {
            Ok(0) => return Ok(Some(hasher.into())),
            Ok(read) => hasher.update(buffer.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// What a thread has read.
struct Part {
    files: u64,
    kept: Vec<(PathBuf, Component)>,
    said: Said,
    problems: Problems,
}

impl Part {
    fn new(limits: &Limits) -> Self {
        let problems = Problems { count: 0, first: BTreeMap::new(), limit: limits.notes };
        Self { files: 0, kept: Vec::new(), said: Said::default(), problems }
    }

    fn add(&mut self, mut other: Self) {
        self.files += other.files;
        self.kept.append(&mut other.kept);
        self.problems.count += other.problems.count - count(other.problems.first.len());
        other.problems.first.into_iter().for_each(|(path, problem)| self.problems.add(path, problem));
    }

    fn inventory(mut self, label: &str, limits: &Limits) -> Inventory {
        self.kept.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        let mut components: Vec<Component> = self.kept.into_iter().map(|(_, component)| component).collect();
        for (row, component) in (1..).zip(&mut components) {
            component.source.row = row;
        }
        let mut coverage = Coverage::new(label, None);
        coverage.components = self.files;
        let Problems { count, first, .. } = self.problems;
        let mut problems = first.into_values();
        if let Some(reason) = problems.next() {
            coverage.read = Reading::Partial { reason, place: Place::default(), skipped: count };
            coverage.notes = problems
                .take(limits.notes)
                .map(|problem| Note { place: Place::default(), problem })
                .collect();
            coverage.notes_dropped = count.saturating_sub(1 + super::text::count(coverage.notes.len()));
        }
        Inventory { components, findings: Vec::new(), coverage: vec![coverage] }
    }
}

/// What could not be read: how much, and of it what comes first by path, whichever thread met it.
struct Problems {
    count: u64,
    first: BTreeMap<String, Problem>,
    limit: usize,
}

impl Problems {
    fn add(&mut self, path: String, problem: Problem) {
        self.count += 1;
        self.first.insert(path, problem);
        if self.first.len() > self.limit {
            self.first.pop_last();
        }
    }
}

#[cfg(test)]
mod tests;
