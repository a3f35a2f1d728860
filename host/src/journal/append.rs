//! Adding an entry: durable before it counts, one process at a time.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use interdict_schema::Sha256;
use serde::Serialize;

use super::entry::{AfterCut, Link, MAX_LINE_BYTES, NOTHING_BEFORE};
use super::{Entry, Head, Journal, JournalError};
use crate::identity::Who;
use crate::lock::Lock;
use crate::read::{ReadError, open_nofollow};
use crate::world::World;
use crate::write::{DiskError, DiskErrorKind, Mode, Operation};

/// How far back the last entry is looked for: a whole line, and what crashes cut off behind it.
const SEARCHED: u64 = 4 * 1_048_576;

/// An entry that is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Appended {
    /// The head, which is this entry.
    pub head: Head,
    /// Whether syslog took the head too.
    pub witnessed: bool,
}

/// How the file ends.
struct End {
    last: Option<Head>,
    /// What stands behind the last entry and is none.
    rest: Vec<u8>,
    /// Whether the last entry lacks its line break alone.
    open: bool,
}

impl Journal {
    /// Adds an entry and waits until the disk holds it; the head goes to the world's syslog too. Waits for another process that is
    /// adding one.
    ///
    /// # Errors
    /// [`JournalError`]: nothing was added, or a part that the next entry leaves behind it.
    pub fn append<E: Serialize>(&self, world: &World, what: &E) -> Result<Appended, JournalError> {
        let at = world.now()?;
        let value = serde_json::to_value(what).ok().filter(serde_json::Value::is_object);
        let what = value.ok_or(JournalError::NotAnObject)?;
        let folder = self.path.parent().unwrap_or(&self.path);
        world.disk.create_dir_all_synced(folder, Mode::Private)?;
        let _lock = Lock::wait_for_folder(folder)?;
        let mut end = self.end()?;
        let mut bytes = Vec::new();
        if end.open || !(end.rest.is_empty() || end.rest.ends_with(b"\n")) {
            bytes.push(b'\n');
        }
        if !end.open {
            end.rest.extend_from_slice(&bytes);
        }
        let after_cut = (!end.rest.is_empty()).then(|| AfterCut {
            bytes: u64::try_from(end.rest.len()).unwrap_or(u64::MAX),
            digest: Sha256::of(&end.rest),
        });
        let number = end.last.map_or(0, |last| last.number).saturating_add(1);
        let previous = end.last.map_or(NOTHING_BEFORE, |last| last.digest);
        let entry = Entry { number, at, who: Who::of(world), what, after_cut, previous };
        let mut line = serde_json::to_vec(&entry).expect("an object with string keys is always JSON");
        line.push(b'\n');
        if line.len() > MAX_LINE_BYTES {
            return Err(JournalError::TooLong { found: line.len() });
        }
        bytes.extend_from_slice(&line);
        world.disk.append(&self.path, &bytes, Mode::Private)?;
        let head = Head { number, digest: Sha256::of(&line) };
        let verb = entry.what.get("verb").and_then(serde_json::Value::as_str).unwrap_or("entry");
        let witnessed = world.syslog.send(&self.witness(head, verb));
        if let Err(error) = &witnessed {
            tracing::debug!(%error, "syslog did not take the head of a journal");
        }
        Ok(Appended { head, witnessed: witnessed.is_ok() })
    }

    /// What syslog is told of an entry.
    fn witness(&self, head: Head, verb: &str) -> String {
        let Head { number, digest } = head;
        format!("journal {} entry {number} head sha256:{digest} verb {verb}", self.path.display())
    }

    /// The head as the end of the file has it, without following the chain; `None` where there is no entry yet.
    ///
    /// # Errors
    /// [`JournalError`] where the file cannot be read, or ends in something that no crash leaves.
    pub fn head(&self) -> Result<Option<Head>, JournalError> {
        Ok(self.end()?.last)
    }

    fn end(&self) -> Result<End, JournalError> {
        let nothing = End { last: None, rest: Vec::new(), open: false };
        let mut file = match open_nofollow(&self.path) {
            Ok(file) => file,
            Err(ReadError::Disk(error)) if error.kind() == DiskErrorKind::NotFound => return Ok(nothing),
            Err(error) => return Err(error.into()),
        };
        let failed = |error| DiskError::new(Operation::Read, &self.path, error);
        let (from, bytes) = tail(&mut file).map_err(failed)?;
        let mut end = bytes.len();
        while end > 0 {
            let before = bytes.get(..end.saturating_sub(1)).unwrap_or_default();
            let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at.saturating_add(1));
            // The first line in view is seen from its beginning only where the view begins with the file.
            let whole = start > 0 || from == 0;
            let line = bytes.get(start..end).unwrap_or_default();
            if let Some(link) = Link::read(line).filter(|_| whole) {
                let open = !line.ends_with(b"\n");
                let digest = if open { Sha256::of(&[line, b"\n"].concat()) } else { Sha256::of(line) };
                let rest = bytes.get(end..).unwrap_or_default().to_vec();
                return Ok(End { last: Some(Head { number: link.number, digest }), rest, open });
            }
            end = start;
        }
        if from > 0 {
            return Err(JournalError::NoEntry { path: self.path.clone(), searched: SEARCHED });
        }
        Ok(End { rest: bytes, ..nothing })
    }
}

/// The end of a file, and where it begins.
fn tail(file: &mut File) -> std::io::Result<(u64, Vec<u8>)> {
    let from = file.metadata()?.len().saturating_sub(SEARCHED);
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(SEARCHED).read_to_end(&mut bytes)?;
    Ok((from, bytes))
}
