//! What this program wrote beneath a root: `interdict-enforcement/1`.
//!
//! It lies in the state, outside the root, so that undoing leaves nothing behind. `plan` reads it to tell its own files from
//! those of others, `apply` and `undo` write it, `status` shows it. The bytes of what was there before lie beside it, in
//! `base/<sha256>`.
//!
//! Not here: what is written when (`apply`), and how a file stands now ([`plan`](super::plan)).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use interdict_host::read::{ReadError, read_bounded_nofollow};
use interdict_host::write::{Disk, DiskError, DiskErrorKind, Mode as FileMode};
use interdict_schema::{DateTime, Sha256};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::rendered::Ownership;
use super::stage::Mode;
use crate::places::Places;

/// The name of the format.
pub const FORMAT: &str = "interdict-enforcement/1";

/// The longest record that is read, in bytes: a file for each of some ten targets, and a few words.
pub const MAX_RECORD_BYTES: u64 = 4_000_000;

/// What was written beneath a root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// [`FORMAT`].
    pub format: String,
    /// The root beneath which it was written; `/` for this machine.
    pub root: PathBuf,
    /// The generation that was applied last.
    pub generation: u64,
    /// How it was applied.
    pub mode: Mode,
    /// When.
    pub applied_at: DateTime,
    /// The digest of the plan that was carried out.
    pub plan: Sha256,
    /// The targets that were applied.
    pub targets: Vec<String>,
    /// What none of them enforces.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_enforced: Vec<NotEnforced>,
    /// The break-glass, until its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended: Option<Suspension>,
    /// The moment at which it reverts by itself unless it is confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm_until: Option<DateTime>,
    /// Every file that is there because of it, by path.
    pub files: Vec<Written>,
    /// How often it was written: what a transaction that was cut short is compared with.
    #[serde(default)]
    pub serial: u64,
    /// The latest moment that was seen: nothing lapses later because a clock was set back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<DateTime>,
    /// The files that are there again once the suspension has lapsed; what was there before is there until then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<Written>,
    /// Folders that were made for the files, and go with them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub folders: Vec<PathBuf>,
    /// How each target takes its files up, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub activation: BTreeMap<String, Vec<Call>>,
    /// How each target lets go where none of its files is in place any more, by name; those that are told by the same commands have
    /// none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub release: BTreeMap<String, Vec<Call>>,
    /// What was there before what awaits confirmation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Box<Record>>,
}

/// A command as it is run: every argument a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The program's name, found in the fixed path of the runner.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// How long it may take, in seconds.
    pub seconds: u64,
}

/// Identifiers of one kind that no applied target enforces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotEnforced {
    /// The kind, as spelled on the wire.
    pub kind: String,
    /// How many.
    pub identifiers: u64,
}

/// Local enforcement, suspended (`trust.md`, rule 19). The directive is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suspension {
    /// By which verb.
    #[serde(default)]
    pub by: SuspendedBy,
    /// Why, in the operator's words: escaped wherever it is shown.
    pub reason: String,
    /// From when.
    pub since: DateTime,
    /// Until when; from this second on it has lapsed.
    pub until: DateTime,
}

/// What suspended it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SuspendedBy {
    /// `suspend`: break-glass.
    #[default]
    Suspend,
    /// `undo`.
    Undo,
}

impl SuspendedBy {
    /// The verb.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::Undo => "undo",
        }
    }
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// The target.
    pub target: String,
    /// Where, absolute, as the machine that obeys sees it.
    pub path: PathBuf,
    /// SHA-256 of all its bytes, the marker's among them.
    pub sha256: Sha256,
    /// The generation that its marker names.
    pub generation: u64,
    /// Its permission bits.
    pub permissions: u32,
    /// Its owner.
    #[serde(default)]
    pub owner: u32,
    /// Its group.
    #[serde(default)]
    pub group: u32,
    /// Whether it is wholly this program's.
    pub ownership: Ownership,
    /// What was there before this program first wrote it; nothing where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Base>,
}

/// A file as it was before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Base {
    /// SHA-256 of its bytes, which lie in [`base_file`].
    pub sha256: Sha256,
    /// Its permission bits.
    pub permissions: u32,
    /// Its owner.
    pub owner: u32,
    /// Its group.
    pub group: u32,
    /// When it was changed last, in seconds since 1970 and nanoseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<(i64, u32)>,
    /// Its extended attributes (labels, access lists), by name, in base64.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

/// A record that cannot be used. What was written is then unknown, so nothing is planned over it.
#[derive(Debug, Error)]
pub enum RecordError {
    /// It could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It is not of its form.
    #[error("{}: not a record of enforcement, {source}", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// It is of another format or of another root.
    #[error("{}: found a record of {format:?} for {}, wanted {FORMAT:?} for {}", path.display(), found.display(), wanted.display())]
    Other {
        /// The file.
        path: PathBuf,
        /// The format that was found.
        format: String,
        /// The root that was found.
        found: PathBuf,
        /// The root that was wanted.
        wanted: PathBuf,
    },
}

/// The folder of all that is kept of what was written beneath a root. The root is absolute.
pub fn folder(places: &Places, root: &Path) -> PathBuf {
    let folder = places.enforcement();
    if root == Path::new("/") {
        return folder;
    }
    let digest = Sha256::of(root.as_os_str().as_encoded_bytes()).to_string();
    folder.join("roots").join(digest)
}

/// Where the bytes lie that were there before.
pub fn base_file(places: &Places, root: &Path, digest: &Sha256) -> PathBuf {
    folder(places, root).join("base").join(digest.to_string())
}

impl Written {
    /// The file as it was written, for its bytes lie among those of [`base_file`] once they are no longer in place.
    pub fn as_written(&self) -> Base {
        let before = self.base.as_ref();
        Base {
            sha256: self.sha256,
            permissions: self.permissions,
            owner: self.owner,
            group: self.group,
            modified: None,
            attributes: before.map(|base| base.attributes.clone()).unwrap_or_default(),
        }
    }
}

impl Record {
    /// The file of the record.
    pub fn path(places: &Places, root: &Path) -> PathBuf {
        folder(places, root).join("record.json")
    }

    /// What was written beneath a root; `None` where nothing ever was.
    ///
    /// # Errors
    /// [`RecordError`]: one that is there and cannot be understood never counts as absent.
    pub fn read(places: &Places, root: &Path) -> Result<Option<Self>, RecordError> {
        let path = Self::path(places, root);
        let bytes = match read_bounded_nofollow(&path, MAX_RECORD_BYTES) {
            Ok(bytes) => bytes,
            Err(ReadError::Disk(error)) if error.kind() == DiskErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let record: Self = serde_json::from_slice(&bytes)
            .map_err(|source| RecordError::Form { path: path.clone(), source })?;
        if record.format != FORMAT || record.root != root {
            let Self { format, root: found, .. } = record;
            return Err(RecordError::Other { path, format, found, wanted: root.into() });
        }
        Ok(Some(record))
    }

    /// Writes it, whole and durably.
    ///
    /// # Errors
    /// What the disk said.
    pub fn write(&self, disk: &Disk, places: &Places) -> Result<(), DiskError> {
        self.write_in(disk, &folder(places, &self.root))
    }

    /// Writes it into its folder, whole and durably.
    pub(super) fn write_in(&self, disk: &Disk, folder: &Path) -> Result<(), DiskError> {
        let mut bytes =
            serde_json::to_vec_pretty(self).expect("texts, numbers and UTF-8 paths are always JSON");
        bytes.push(b'\n');
        disk.create_dir_all_synced(folder, FileMode::Public)?;
        disk.replace(&folder.join("record.json"), &bytes, FileMode::Public)
    }

    /// The file of this path, where it is one of these.
    pub fn file(&self, path: &Path) -> Option<&Written> {
        self.files.iter().find(|written| written.path == path)
    }

    /// The suspension that holds at a moment.
    pub fn suspension(&self, now: DateTime) -> Option<&Suspension> {
        self.suspended.as_ref().filter(|suspension| now < suspension.until)
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::disallowed_methods,
        reason = "a test may fail by panicking and write files"
    )]

    use super::*;

    fn at(text: &str) -> DateTime {
        text.parse().unwrap()
    }

    fn record(root: &Path) -> Record {
        let suspended = Suspension {
            by: SuspendedBy::Suspend,
            reason: "incident 7".into(),
            since: at("2018-01-01T00:00:00Z"),
            until: at("2018-01-02T00:00:00Z"),
        };
        Record {
            format: FORMAT.into(),
            root: root.into(),
            generation: 12,
            mode: Mode::Enforce,
            applied_at: at("2018-01-01T00:00:00Z"),
            plan: Sha256::of(b"plan"),
            targets: vec!["apt".into()],
            not_enforced: vec![NotEnforced { kind: "asn".into(), identifiers: 3 }],
            suspended: Some(suspended),
            confirm_until: None,
            files: vec![Written {
                target: "apt".into(),
                path: "/etc/apt/preferences.d/interdict".into(),
                sha256: Sha256::of(b"file"),
                generation: 12,
                permissions: 0o644,
                owner: 0,
                group: 0,
                ownership: Ownership::Whole,
                base: Some(Base {
                    sha256: Sha256::of(b"before"),
                    permissions: 0o600,
                    owner: 0,
                    group: 0,
                    modified: Some((1, 2)),
                    attributes: BTreeMap::new(),
                }),
            }],
            serial: 1,
            seen_at: None,
            withheld: Vec::new(),
            folders: Vec::new(),
            activation: BTreeMap::new(),
            release: BTreeMap::new(),
            previous: None,
        }
    }

    #[test]
    fn each_root_has_a_record_of_its_own_which_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places { config: folder.path().join("c"), state: folder.path().join("state") };
        for root in ["/", "/mnt/image"].map(Path::new) {
            assert_eq!(Record::read(&places, root).unwrap(), None);
            record(root).write(&Disk::default(), &places).unwrap();
            assert_eq!(Record::read(&places, root).unwrap(), Some(record(root)));
        }
        assert_eq!(Record::path(&places, Path::new("/")), places.state.join("enforcement/record.json"));
    }

    #[test]
    fn what_cannot_be_understood_is_an_error_and_never_absent() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places { config: folder.path().join("c"), state: folder.path().join("state") };
        record(Path::new("/")).write(&Disk::default(), &places).unwrap();
        let path = Record::path(&places, Path::new("/"));
        let text = std::fs::read_to_string(&path).unwrap();
        for (from, to, wanted) in [
            (
                "interdict-enforcement/1",
                "interdict-enforcement/2",
                "found a record of \"interdict-enforcement/2\" for /",
            ),
            (r#""root": "/""#, r#""root": "/mnt""#, "for /mnt, wanted"),
            (r#""plan""#, r#""plans""#, "unknown field `plans`"),
            ("{", "", "not a record of enforcement"),
        ] {
            assert!(text.contains(from), "{from}");
            std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
            let error = Record::read(&places, Path::new("/")).unwrap_err().to_string();
            assert!(error.contains(wanted), "{error}");
        }
    }

    #[test]
    fn a_suspension_lapses_at_its_end() {
        let record = record(Path::new("/"));
        assert!(record.suspension(at("2018-01-01T23:59:59Z")).is_some());
        assert_eq!(record.suspension(at("2018-01-02T00:00:00Z")), None);
    }
}
