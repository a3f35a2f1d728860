//! A generation of somebody less trusted, as a source of bytes.
//!
//! The folder of the generation is opened once, and everything is read by that handle: a `current` that is switched meanwhile
//! changes nothing. No link is followed, at no place below the state; nothing but plain files is read, none beyond the length that is
//! asked for. What is read is in memory, or in a file of root's own, before it is verified, so that it cannot change afterwards.
//!
//! Nothing that a sync derived is read: not `policy.json`, not `status.json`, and not the index, in which marks, alarms and the agency
//! stand without a signature. What is asked for are the files of a repository, by the names that a mirror would have; here they lie
//! under those of a generation.
//!
//! A generation has no file that was refused when it was made; [`Fetch::lacks`] says which, and what such a file would have said
//! is then an alarm, as it was for the sync.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use interdict_host::read::ReadError;
use interdict_host::write::{DiskError, DiskErrorKind, Operation};
use interdict_schema::believe::Document as _;
use interdict_schema::directive::{Directive, DirectiveId};
use interdict_schema::issuers;
use interdict_schema::limits::{METADATA_LENGTH, ROOT_LENGTH};
use percent_encoding::percent_decode_str;
use rustix::fs::{CWD, Dir, FileType, Mode, OFlags, fstat, openat, readlinkat};
use thiserror::Error;

use crate::config::RepositoryName;
use crate::fetch::Within;
use crate::fetch::{BEGINNING, Fetch, FetchError, Folder, read_beginning, read_in_parts, read_whole};

/// The most names that are read of one folder.
const MAX_NAMES: usize = 1 << 20;

/// The active generation of a state, open.
#[derive(Debug)]
pub struct OpenGeneration {
    folder: OwnedFd,
    path: PathBuf,
}

/// A state whose active generation cannot be opened.
#[derive(Debug, Error)]
pub enum NotOpened {
    /// `current` leads to something that is not a generation of this state.
    #[error("{} leads to {found:?}, wanted generations/<number>", path.display())]
    Current {
        /// The link.
        path: PathBuf,
        /// Where it leads.
        found: OsString,
    },
    /// A link or file stands where a folder of the state should, or it cannot be opened.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

impl OpenGeneration {
    /// Opens the generation that `current` names at this moment; `None` before the first.
    ///
    /// # Errors
    /// [`NotOpened`].
    pub fn active(state: &Path) -> Result<Option<Self>, NotOpened> {
        let absent = |error: &DiskError| error.kind() == DiskErrorKind::NotFound;
        let opened = match open_folder(CWD, state.as_os_str(), state) {
            Err(error) if absent(&error) => return Ok(None),
            other => other?,
        };
        let link = state.join("current");
        let target = match readlinkat(&opened, "current", Vec::new()) {
            Ok(target) => target,
            Err(rustix::io::Errno::NOENT) => return Ok(None),
            Err(errno) => return Err(DiskError::new(Operation::Read, &link, errno.into()).into()),
        };
        let number = target.to_str().ok().and_then(|target| target.strip_prefix("generations/"));
        let number =
            number.filter(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
        let Some(number) = number else {
            use std::os::unix::ffi::OsStringExt as _;
            let found = OsString::from_vec(target.into_bytes());
            return Err(NotOpened::Current { path: link, found });
        };
        let folder = state.join("generations");
        let generations = open_folder(&opened, "generations".as_ref(), &folder)?;
        let path = folder.join(number);
        let folder = open_folder(&generations, number.as_ref(), &path)?;
        Ok(Some(Self { folder, path }))
    }

    /// The part of a repository; `None` where the generation has none.
    ///
    /// # Errors
    /// [`DiskError`] for a link or file in its place.
    pub fn repository(&self, name: &RepositoryName) -> Result<Option<Carried>, DiskError> {
        let path = self.path.join("repositories");
        let parts = open_folder(&self.folder, "repositories".as_ref(), &path)?;
        let path = path.join(name.as_str());
        match open_folder(&parts, name.as_str().as_ref(), &path) {
            Ok(folder) => Ok(Some(Carried { folder, path, targets: OnceLock::new() })),
            Err(error) if error.kind() == DiskErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// What a generation has of a repository, as a mirror of it.
#[derive(Debug)]
pub struct Carried {
    folder: OwnedFd,
    path: PathBuf,
    /// The digest of every target that its metadata names, by path: only to find a file of entries by.
    targets: OnceLock<BTreeMap<String, String>>,
}

/// Where a file lies in the part: the folder in it, and the name.
type Place = (Option<&'static str>, String);

impl Carried {
    /// The directives of which there is an envelope.
    pub fn directives(&self) -> Vec<DirectiveId> {
        let mut ids: Vec<DirectiveId> = self
            .names(Some("envelopes"))
            .iter()
            .filter_map(|name| Some(Directive::named_by(name)?.0))
            .collect();
        ids.dedup();
        ids.sort();
        ids.dedup();
        ids
    }

    /// Where a file lies that a mirror would have under this path; `None` for a path that no generation has.
    fn place(&self, folder: Folder, path: &str) -> Option<Place> {
        match folder {
            Folder::Metadata => self.metadata(path),
            Folder::Targets => self.target(path),
        }
    }

    fn metadata(&self, path: &str) -> Option<Place> {
        if path == "timestamp.json" {
            return Some((None, path.to_owned()));
        }
        // With consistent snapshots the version stands in front, and roots always have it.
        let versioned =
            path.split_once('.').filter(|(version, _)| version.bytes().all(|byte| byte.is_ascii_digit()));
        let role = versioned.map_or(path, |(_, role)| role);
        match (role, versioned) {
            ("root.json", Some((version, _))) => Some((None, self.root(version)?)),
            ("snapshot.json" | "targets.json", _) => Some((None, role.to_owned())),
            _ => is_plain(role).then(|| (Some("delegated"), role.to_owned())),
        }
    }

    /// The root of a version: one that followed the sync's pin, or that pin.
    fn root(&self, version: &str) -> Option<String> {
        let own = format!("{version}.root.json");
        if self.open((None, own.clone())).is_ok() {
            return Some(own);
        }
        let pin = "pinned.root.json";
        let bytes = self.read((None, pin.to_owned()), ROOT_LENGTH)?;
        let stated = serde_json::from_slice::<serde_json::Value>(&bytes).ok()?;
        let stated = stated.get("signed")?.get("version")?.as_u64()?;
        (stated.to_string() == version).then(|| pin.to_owned())
    }

    fn target(&self, path: &str) -> Option<Place> {
        let path = percent_decode_str(path).decode_utf8().ok()?;
        // With consistent snapshots the digest stands in front of the last segment.
        let (folder, base) = path.rsplit_once('/').map_or(("", &*path), |(folder, base)| (folder, base));
        let split = base
            .split_once('.')
            .filter(|(digest, _)| digest.len() >= 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let (digest, name) = split.map_or((None, base), |(digest, name)| (Some(digest), name));
        if folder.is_empty() && name == issuers::TARGET_PATH {
            return Some((None, self.newest_issuers()?));
        }
        let envelope = (Some("envelopes"), name.to_owned());
        if folder.is_empty() && is_plain(name) && self.open(envelope.clone()).is_ok() {
            return Some(envelope);
        }
        let whole = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        let digest = digest.map(str::to_owned).or_else(|| self.targets().get(&whole).cloned())?;
        digest.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some((Some("attachments"), digest))
    }

    fn newest_issuers(&self) -> Option<String> {
        let version =
            |name: &String| name.strip_prefix("issuers.")?.strip_suffix(".json")?.parse::<u32>().ok();
        let newest = self.names(None).iter().filter_map(version).max()?;
        Some(format!("issuers.{newest}.json"))
    }

    /// What the metadata of the part says of targets, whoever signed it: a wrong digest finds no file, or one that is refused.
    fn targets(&self) -> &BTreeMap<String, String> {
        self.targets.get_or_init(|| {
            let delegated = self.names(Some("delegated")).into_iter().map(|name| (Some("delegated"), name));
            let mut found = BTreeMap::new();
            for place in delegated.chain([(None, "targets.json".to_owned())]) {
                let Some(bytes) = self.read(place, METADATA_LENGTH) else { continue };
                let Ok(value) = serde_json::from_slice::<serde_json::Value>(&bytes) else { continue };
                let targets = value.pointer("/signed/targets").and_then(serde_json::Value::as_object);
                for (path, file) in targets.into_iter().flatten() {
                    if let Some(digest) = file.pointer("/hashes/sha256").and_then(serde_json::Value::as_str) {
                        found.insert(path.clone(), digest.to_owned());
                    }
                }
            }
            found
        })
    }

    fn names(&self, folder: Option<&str>) -> Vec<String> {
        let path = folder.map_or_else(|| self.path.clone(), |folder| self.path.join(folder));
        let Ok(opened) = open_folder(&self.folder, folder.unwrap_or(".").as_ref(), &path) else {
            return Vec::new();
        };
        let Ok(entries) = Dir::read_from(&opened) else { return Vec::new() };
        let names = entries
            .take(MAX_NAMES)
            .filter_map(|entry| entry.ok()?.file_name().to_str().ok().map(str::to_owned));
        names.filter(|name| is_plain(name)).collect()
    }

    fn read(&self, place: Place, max_bytes: u64) -> Option<Vec<u8>> {
        read_whole(&mut self.open(place).ok()?, max_bytes).ok()?.ok()
    }

    /// Opens a plain file of the part, and no link.
    fn open(&self, (folder, name): Place) -> Result<File, ReadError> {
        let beneath = folder.map_or_else(|| self.path.clone(), |folder| self.path.join(folder));
        let path = beneath.join(&name);
        let failed = |error: io::Error| DiskError::new(Operation::Open, &path, error);
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let opened = match folder {
            None => openat(&self.folder, &name, flags, Mode::empty()),
            Some(folder) => {
                let folder = open_folder(&self.folder, folder.as_ref(), &beneath)?;
                openat(&folder, &name, flags, Mode::empty())
            }
        };
        let file = File::from(opened.map_err(|errno| failed(errno.into()))?);
        let stat = fstat(&file).map_err(|errno| failed(errno.into()))?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(ReadError::NotPlain { path });
        }
        Ok(file)
    }

    fn asked(&self, folder: Folder, path: &str) -> Result<File, FetchError> {
        let not_found = || FetchError::NotFound { place: self.shown(folder, path) };
        match self.open(self.place(folder, path).ok_or_else(not_found)?) {
            Ok(file) => Ok(file),
            Err(ReadError::Disk(error)) if error.kind() == DiskErrorKind::NotFound => Err(not_found()),
            Err(error) => Err(error.into()),
        }
    }

    fn shown(&self, folder: Folder, path: &str) -> String {
        format!("{}: {folder}/{path}", self.path.display())
    }

    fn failed(&self, error: io::Error) -> FetchError {
        ReadError::from(DiskError::new(Operation::Read, &self.path, error)).into()
    }
}

impl Fetch for Carried {
    fn fetch(&self, folder: Folder, path: &str, max_bytes: u64) -> Result<Vec<u8>, FetchError> {
        let mut file = self.asked(folder, path)?;
        match read_whole(&mut file, max_bytes).map_err(|error| self.failed(error))? {
            Ok(bytes) => Ok(bytes),
            Err(beginning) => {
                Err(FetchError::TooLong { place: self.shown(folder, path), limit: max_bytes, beginning })
            }
        }
    }

    fn fetch_in_parts(
        &self,
        folder: Folder,
        path: &str,
        max_bytes: u64,
        keep: &mut dyn FnMut(&[u8]) -> Result<(), DiskError>,
    ) -> Result<(), FetchError> {
        let mut file = self.asked(folder, path)?;
        match read_in_parts(&mut file, max_bytes, keep).map_err(|error| self.failed(error))?? {
            Within::Limit => Ok(()),
            Within::TooLong => {
                let beginning =
                    self.asked(folder, path).map(|mut file| read_beginning(&mut file)).unwrap_or_default();
                debug_assert!(u64::try_from(beginning.len()).is_ok_and(|length| length <= BEGINNING));
                Err(FetchError::TooLong { place: self.shown(folder, path), limit: max_bytes, beginning })
            }
        }
    }

    fn lacks(&self, folder: Folder, path: &str) -> bool {
        matches!(self.asked(folder, path), Err(FetchError::NotFound { .. }))
    }

    fn source(&self) -> String {
        self.path.display().to_string()
    }
}

/// A single name that leads nowhere else.
fn is_plain(name: &str) -> bool {
    !matches!(name, "" | "." | "..") && !name.contains(['/', '\0'])
}

fn open_folder(at: impl AsFd, name: &std::ffi::OsStr, path: &Path) -> Result<OwnedFd, DiskError> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(at, name, flags, Mode::empty())
        .map_err(|errno| DiskError::new(Operation::Open, path, errno.into()))
}
