//! The bytes of files that are not in place: what was there before, and what is to be there again. By digest, in `base/`.
//!
//! Not here: which of them are needed ([`Record`], [`super::intent`]).

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use interdict_host::read::read_bounded_nofollow;
use interdict_host::write::{Disk, DiskError, DiskErrorKind, Mode, Operation};
use interdict_schema::Sha256;

use super::super::record::Record;
use super::super::rendered::Ownership;
use super::error::ApplyError;
use super::tree::MAX_FILE_BYTES;

/// A folder of bytes by their digest.
#[derive(Debug, Clone)]
pub(super) struct Store {
    pub folder: PathBuf,
}

impl Store {
    /// Keeps bytes, durably; those that are kept already are not written again.
    pub fn keep(&self, disk: &Disk, digest: &Sha256, bytes: &[u8]) -> Result<(), DiskError> {
        disk.create_dir_all_synced(&self.folder, Mode::Private)?;
        let path = self.folder.join(digest.to_string());
        match self.bytes(digest) {
            Ok(_) => Ok(()),
            Err(_) => disk.replace(&path, bytes, Mode::Private),
        }
    }

    /// Whether bytes of this digest were kept.
    pub fn has(&self, digest: &Sha256) -> bool {
        self.folder.join(digest.to_string()).is_file()
    }

    /// Bytes that were kept: exactly those of the digest.
    pub fn bytes(&self, digest: &Sha256) -> Result<Vec<u8>, ApplyError> {
        let path = self.folder.join(digest.to_string());
        let bytes = read_bounded_nofollow(&path, MAX_FILE_BYTES)?;
        if Sha256::of(&bytes) == *digest { Ok(bytes) } else { Err(ApplyError::Damaged { path }) }
    }

    /// Removes all that no record needs any more.
    pub fn sweep(&self, disk: &Disk, record: &Record) -> Result<(), DiskError> {
        let mut needed = BTreeSet::new();
        gather(record, &mut needed);
        let failed = |error| DiskError::new(Operation::Read, &self.folder, error);
        let entries = match fs::read_dir(&self.folder).map_err(failed) {
            Ok(entries) => entries,
            Err(error) if error.kind() == DiskErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        for entry in entries {
            let entry = entry.map_err(failed)?;
            let digest = entry.file_name().to_str().and_then(|name| name.parse::<Sha256>().ok());
            if digest.is_none_or(|digest| !needed.contains(&digest)) {
                disk.remove_file(&entry.path())?;
            }
        }
        Ok(())
    }
}

fn gather(record: &Record, needed: &mut BTreeSet<Sha256>) {
    let bases = record.files.iter().chain(&record.withheld).filter_map(|written| written.base.as_ref());
    needed.extend(bases.map(|base| base.sha256));
    needed.extend(record.withheld.iter().map(|written| written.sha256));
    let shared = record.files.iter().filter(|written| written.ownership == Ownership::Shared);
    needed.extend(shared.map(|written| written.sha256));
    if let Some(previous) = &record.previous {
        needed.extend(previous.files.iter().map(|written| written.sha256));
        gather(previous, needed);
    }
}
