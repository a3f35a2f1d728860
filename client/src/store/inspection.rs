//! `inspection.json`: what was found whole when it was last looked at, and what its files looked like from outside then.
//!
//! A poll with nothing new reports nothing from the generation but the alarms in its index, so it need not read all files
//! again to say that nothing has changed: it compares what the file system says of each, and reads everything as soon as
//! anything there differs. Whatever reports from a generation verifies it as ever; nothing here is a reason to believe a byte.
//!
//! What the file system says is the file's name and number, its length, and when its contents, name or mode last changed: that
//! moment (`st_ctime`) is set by the kernel and cannot be set by hand. It is a look for damage, not for lies, as the digests of
//! the files are: whoever may write here may write all of it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::{fs, io};

use interdict_host::write::{Disk, DiskError, Mode};
use interdict_schema::{DateTime, Sha256};
use serde::{Deserialize, Serialize};

use super::roots::read_if_there;
use crate::places::{Places, RepositoryPlaces};

/// The only value of the format so far.
const FORMAT: &str = "interdict-inspection/1";

/// The longest inspection that is read, in bytes.
const MAX_BYTES: u64 = 4_096;

/// What was whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inspection {
    format: String,
    /// The active generation, all of whose files had the right digests.
    pub generation: u64,
    /// SHA-256 of the root under which the metadata was verified.
    pub root: Sha256,
    /// SHA-256 of the timestamp that names the rest of the metadata.
    pub timestamp: Sha256,
    /// When the first of the verified metadata expires.
    pub expires: DateTime,
    /// What the files looked like.
    pub footprint: Footprint,
}

/// What the files of a generation, and of the roots and the metadata of a repository, look like from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Footprint {
    files: u64,
    /// A sum over the files, whose order a folder does not fix. The way of hashing may be another with the next compiler,
    /// which costs one look.
    sum: u64,
    /// When the newest of them was changed: seconds and nanoseconds of the file system's clock.
    newest: (i64, i64),
}

impl Footprint {
    /// Looks at the files; `None` where one cannot be looked at.
    pub fn of(places: &Places, repository: &RepositoryPlaces, generation: u64) -> Option<Self> {
        let mut found = Self { files: 0, sum: 0, newest: (i64::MIN, 0) };
        let folders = [places.generation(generation), repository.trust(), repository.metadata()];
        for (number, folder) in folders.iter().enumerate() {
            let mut place = DefaultHasher::new();
            number.hash(&mut place);
            found.add(folder, &place).ok()?;
        }
        Some(found)
    }

    fn add(&mut self, folder: &Path, place: &DefaultHasher) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let mut place = place.clone();
            entry.file_name().hash(&mut place);
            // Said by the folder, where its file system does: a file needs one call and not two.
            if entry.file_type()?.is_dir() {
                self.add(&entry.path(), &place)?;
                continue;
            }
            let found = entry.metadata()?;
            let changed = (found.ctime(), found.ctime_nsec());
            (found.ino(), found.size(), changed).hash(&mut place);
            self.files = self.files.saturating_add(1);
            self.sum = self.sum.wrapping_add(place.finish());
            self.newest = self.newest.max(changed);
        }
        Ok(())
    }

    /// Whether every one of the files was changed before this process took its lock. A file that is changed within the same
    /// tick of the clock may look as it did.
    pub fn is_before(&self, lock: &Path) -> bool {
        fs::symlink_metadata(lock).is_ok_and(|lock| self.newest < (lock.ctime(), lock.ctime_nsec()))
    }
}

impl Inspection {
    /// What was found whole.
    pub fn new(
        generation: u64,
        root: Sha256,
        timestamp: Sha256,
        expires: DateTime,
        footprint: Footprint,
    ) -> Self {
        Self { format: FORMAT.into(), generation, root, timestamp, expires, footprint }
    }

    /// Reads the inspection; `None` where there is none, or none that can be read.
    pub fn read(places: &RepositoryPlaces) -> Option<Self> {
        let bytes = read_if_there(&places.inspection(), MAX_BYTES).ok().flatten()?;
        let found: Self = serde_json::from_slice(&bytes).ok()?;
        (found.format == FORMAT).then_some(found)
    }

    /// Writes the inspection.
    ///
    /// # Errors
    /// [`DiskError`].
    pub fn write(&self, disk: &Disk, places: &RepositoryPlaces) -> Result<(), DiskError> {
        let mut json = serde_json::to_vec(self).expect("texts and numbers are always JSON");
        json.push(b'\n');
        disk.replace(&places.inspection(), &json, Mode::Public)
    }
}
