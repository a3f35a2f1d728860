//! What was refused, and why (`trust.md`, rule 22). Bounded, never in the way: a sync does not fail for want of evidence.

use std::fs;
use std::path::{Path, PathBuf};

use interdict_host::write::{Disk, DiskError, Mode};
use interdict_schema::{DateTime, Sha256};
use serde::{Deserialize, Serialize};

use super::roots::read_if_there;

/// The most bytes of refused files that are kept of one repository.
pub const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// The most records that are kept of one repository.
pub const MAX_RECORDS: usize = 1_000;
/// The longest record that is read, in bytes.
const MAX_RECORD_BYTES: u64 = 64 * 1024;

/// Something that was refused.
#[derive(Debug, Clone, Copy)]
pub struct Refused<'a> {
    /// Its kind: a bounded set of words, for folding and counting.
    pub kind: &'a str,
    /// Why, in words.
    pub reason: &'a str,
    /// The file: `metadata/timestamp.json`.
    pub file: &'a str,
    /// Where it came from.
    pub source: &'a str,
    /// The file's bytes; the first part of endless data.
    pub bytes: &'a [u8],
    /// When.
    pub at: DateTime,
}

/// What is kept beside the bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its kind.
    pub kind: String,
    /// Why, in words.
    pub reason: String,
    /// The file.
    pub file: String,
    /// Where it came from.
    pub source: String,
    /// SHA-256 of the bytes.
    pub digest: Sha256,
    /// How many bytes.
    pub length: u64,
    /// When it was first refused.
    pub first: DateTime,
    /// When it was last refused.
    pub last: DateTime,
    /// How often.
    pub count: u64,
}

impl Record {
    /// Its name: the kind and the beginning of the digest. Its bytes lie beside it, with the extension `bytes`.
    pub fn id(&self) -> String {
        let digest: String = self.digest.to_string().chars().take(32).collect();
        format!("{}-{digest}", self.kind)
    }

    /// An equivocation is proof only as a pair, and is never evicted.
    fn is_kept_for_ever(&self) -> bool {
        self.kind.contains("equivocation")
    }
}

/// Keeps evidence: one record for each kind and digest, however often it comes.
///
/// # Errors
/// [`DiskError`], which callers mention and go on.
pub fn keep(disk: &Disk, folder: &Path, refused: Refused<'_>) -> Result<(), DiskError> {
    disk.create_dir_all_synced(folder, Mode::Private)?;
    let digest = Sha256::of(refused.bytes);
    let fresh = Record {
        kind: refused.kind.to_owned(),
        reason: refused.reason.to_owned(),
        file: refused.file.to_owned(),
        source: refused.source.to_owned(),
        digest,
        length: u64::try_from(refused.bytes.len()).unwrap_or(u64::MAX),
        first: refused.at,
        last: refused.at,
        count: 1,
    };
    let path = folder.join(fresh.id());
    let records = list(folder);
    let known = records.iter().find(|record| record.id() == fresh.id());
    let record = match known {
        Some(known) => Record { first: known.first, count: known.count.saturating_add(1), ..fresh },
        None => fresh,
    };
    if known.is_none() {
        if !make_room(disk, folder, &records, record.length)? {
            return Ok(());
        }
        disk.replace(&path.with_extension("bytes"), refused.bytes, Mode::Private)?;
    }
    let json = serde_json::to_vec_pretty(&record).expect("texts, numbers and digests are always JSON");
    disk.replace(&path.with_extension("json"), &json, Mode::Private)
}

/// Evicts what tells least until `wanted` more bytes fit: the oldest that is neither the first nor the last of its kind.
/// Whether there is room now.
fn make_room(disk: &Disk, folder: &Path, records: &[Record], wanted: u64) -> Result<bool, DiskError> {
    let mut bytes: u64 = records.iter().map(|record| record.length).sum();
    let mut count = records.len();
    let fits = |bytes: u64, count: usize| bytes.saturating_add(wanted) <= MAX_BYTES && count < MAX_RECORDS;
    for (number, record) in records.iter().enumerate() {
        if fits(bytes, count) {
            break;
        }
        let same = |other: &&Record| other.kind == record.kind;
        let earlier = records.iter().take(number).any(|other| same(&other));
        let later = records.iter().skip(number.saturating_add(1)).any(|other| same(&other));
        if record.is_kept_for_ever() || !earlier || !later {
            continue;
        }
        let path: PathBuf = folder.join(record.id());
        disk.remove_file(&path.with_extension("bytes"))?;
        disk.remove_file(&path.with_extension("json"))?;
        bytes = bytes.saturating_sub(record.length);
        count = count.saturating_sub(1);
    }
    Ok(fits(bytes, count))
}

/// The records, by the time of their first refusal. What cannot be read is left out.
pub fn list(folder: &Path) -> Vec<Record> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut records: Vec<Record> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .filter_map(|path| serde_json::from_slice(&read_if_there(&path, MAX_RECORD_BYTES).ok()??).ok())
        .collect();
    records.sort_by(|a: &Record, b: &Record| (a.first, &a.kind, a.digest).cmp(&(b.first, &b.kind, b.digest)));
    records
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::disallowed_methods,
        reason = "a test may fail by panicking and write files"
    )]

    use super::*;

    fn refuse(folder: &Path, kind: &str, bytes: &[u8], second: i64) {
        let at = DateTime::from_unix_seconds(second).unwrap();
        keep(&Disk::default(), folder, Refused { kind, reason: "why", file: "f", source: "s", bytes, at })
            .unwrap();
    }

    /// trust.md rule 22
    #[test]
    fn the_same_refusal_is_one_record_with_a_count() {
        let folder = tempfile::tempdir().unwrap();
        for second in [5, 6, 7] {
            refuse(folder.path(), "rollback", b"x", second);
        }
        let records = list(folder.path());
        let seen = records
            .iter()
            .map(|record| (record.count, record.first.unix_seconds(), record.last.unix_seconds()));
        assert!(seen.eq([(3, 5, 7)]));
    }

    /// trust.md rule 22
    #[test]
    fn as_many_records_are_kept_as_may_be_and_one_more_evicts_the_oldest_in_the_middle() {
        let folder = tempfile::tempdir().unwrap();
        refuse(folder.path(), "rollback", b"1", 1);
        let one = list(folder.path()).pop().unwrap();
        for number in 2..=MAX_RECORDS {
            let bytes = number.to_string();
            let at = DateTime::from_unix_seconds(i64::try_from(number).unwrap()).unwrap();
            let (digest, length) = (Sha256::of(bytes.as_bytes()), u64::try_from(bytes.len()).unwrap());
            let record = Record { digest, length, first: at, last: at, ..one.clone() };
            let path = folder.path().join(record.id());
            std::fs::write(path.with_extension("bytes"), bytes).unwrap();
            std::fs::write(path.with_extension("json"), serde_json::to_vec(&record).unwrap()).unwrap();
        }
        assert_eq!(list(folder.path()).len(), MAX_RECORDS);
        refuse(folder.path(), "rollback", b"one more", 5_000);
        let kept: Vec<i64> = list(folder.path()).iter().map(|record| record.first.unix_seconds()).collect();
        assert_eq!(
            (kept.len(), kept.first(), kept.get(1), kept.last()),
            (MAX_RECORDS, Some(&1), Some(&3), Some(&5_000))
        );
    }

    /// trust.md rule 22
    #[test]
    fn the_first_and_last_of_a_kind_and_every_equivocation_outlive_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        let third = usize::try_from(MAX_BYTES / 4).unwrap();
        refuse(folder.path(), "equivocation", &[1; 10], 1);
        for (second, byte) in [(2, 2), (3, 3), (4, 4)] {
            refuse(folder.path(), "rollback", &vec![byte; third], second);
        }
        refuse(folder.path(), "rollback", &vec![5; third], 5);
        let kept: Vec<i64> = list(folder.path()).iter().map(|record| record.first.unix_seconds()).collect();
        assert_eq!(kept, [1, 2, 4, 5]);
        refuse(folder.path(), "expired", &vec![6; third * 3], 6);
        assert_eq!(list(folder.path()).len(), 3, "one more was evicted, and still there is no room");
    }
}
