//! `STATE/detections.json`: when each subject was first found on an asset, so that a clock that runs from detection runs.
//!
//! `check` writes it, `check` and `due` read it. It decides a date and nothing else: no verdict, no ban and no waiver rests on
//! it, and without it a clock that runs from detection has not started, which is what the output then says.
//!
//! Nothing is forgotten because a later inventory does not show it: an inventory that lacks a component is no proof that it is
//! gone, and a component that comes back would be given its time anew. What is found is known by asset, subject and component
//! without its version, for a version that is banned too starts no new clock. Entries go when their directive is no longer
//! held ([`Detections::keep`]), and when an operator removes the file.
//!
//! The first line is SHA-256 of the rest: a file that was cut off or edited is reported and never written over, because a clock
//! that begins anew in silence is a deadline that moves. The file is bounded ([`MAX_DETECTIONS`], [`MAX_NAME_BYTES`]).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use interdict_host::read::ReadError;
use interdict_host::write::{Disk, DiskError, Mode};
use interdict_schema::directive::DirectiveId;
use interdict_schema::{DateTime, Sha256};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::roots::read_if_there;

/// The only value of `format` so far.
const FORMAT: &str = "interdict-detections/1";

/// How many detections are remembered.
pub const MAX_DETECTIONS: usize = 500_000;

/// The longest name of a subject, an asset or a component that is remembered, in bytes; longer ones are known by their digest.
pub const MAX_NAME_BYTES: usize = 256;

/// The longest file that is read, in bytes: room for all, with names of a usual length.
const MAX_BYTES: u64 = 256_000_000;

/// By component.
type Components = BTreeMap<String, DateTime>;
/// By asset, then component.
type Assets = BTreeMap<String, Components>;

/// What was first found when.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Detections {
    /// By repository, directive and subject.
    subjects: BTreeMap<String, BTreeMap<DirectiveId, BTreeMap<String, Assets>>>,
    count: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    subjects: BTreeMap<String, BTreeMap<DirectiveId, BTreeMap<String, Assets>>>,
}

#[derive(Serialize)]
struct Written<'d> {
    format: &'static str,
    subjects: &'d BTreeMap<String, BTreeMap<DirectiveId, BTreeMap<String, Assets>>>,
}

/// What was found where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Detection<'n> {
    /// The repository of the directive.
    pub repository: &'n str,
    /// The directive.
    pub directive: &'n DirectiveId,
    /// The subject's id.
    pub subject: &'n str,
    /// The machine, or the source where that names none.
    pub asset: &'n str,
    /// The component without its version.
    pub component: &'n str,
}

/// What became of a detection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// It is remembered from now on.
    New,
    /// It was remembered.
    Known,
    /// There is no room for it.
    NoRoom,
}

/// A file that cannot be used.
#[derive(Debug, Error)]
pub enum DetectionsError {
    /// It could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It is there, but not as it was written.
    #[error("{}: the times of detection are damaged", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
}

impl Detections {
    /// Reads the file; nothing is remembered where there is none.
    ///
    /// # Errors
    /// [`DetectionsError`].
    pub fn read(path: &Path) -> Result<Self, DetectionsError> {
        let Some(bytes) = read_if_there(path, MAX_BYTES)? else { return Ok(Self::default()) };
        let damaged = || DetectionsError::Damaged { path: path.to_path_buf() };
        let (digest, body) = bytes.split_at_checked(65).ok_or_else(damaged)?;
        if format!("{}\n", Sha256::of(body)).as_bytes() != digest {
            return Err(damaged());
        }
        let document: Document = serde_json::from_slice(body).map_err(|_| damaged())?;
        let mut read = Self { subjects: document.subjects, count: 0 };
        read.count = read.assets().flat_map(BTreeMap::values).map(BTreeMap::len).sum();
        if document.format == FORMAT && read.count <= MAX_DETECTIONS { Ok(read) } else { Err(damaged()) }
    }

    /// Writes the file.
    ///
    /// # Errors
    /// [`DiskError`]; the old file is then untouched.
    pub fn write(&self, disk: &Disk, path: &Path) -> Result<(), DiskError> {
        let body = serde_json::to_vec(&Written { format: FORMAT, subjects: &self.subjects })
            .expect("names and moments are always JSON");
        let mut bytes = format!("{}\n", Sha256::of(&body)).into_bytes();
        bytes.extend(body);
        disk.replace(path, &bytes, Mode::Public)
    }

    /// How many are remembered.
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether none is.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Takes note of what is found now. The first time stays, unless it lies in the future: that was a wrong clock.
    pub fn see(&mut self, found: &Detection<'_>, now: DateTime) -> Seen {
        self.see_up_to(found, now, MAX_DETECTIONS)
    }

    fn see_up_to(&mut self, found: &Detection<'_>, now: DateTime, limit: usize) -> Seen {
        match self.first(found) {
            Some(first) if first <= now => return Seen::Known,
            None if self.count >= limit => return Seen::NoRoom,
            None => self.count += 1,
            Some(_) => {}
        }
        let directives = self.subjects.entry(found.repository.to_owned()).or_default();
        let subjects = directives.entry(found.directive.clone()).or_default();
        let assets = subjects.entry(name(found.subject)).or_default();
        assets.entry(name(found.asset)).or_default().insert(name(found.component), now);
        Seen::New
    }

    /// When something was first found.
    pub fn first(&self, found: &Detection<'_>) -> Option<DateTime> {
        let assets = self.of(found.repository, found.directive, found.subject)?;
        assets.get(&name(found.asset))?.get(&name(found.component)).copied()
    }

    /// When a subject was first found anywhere.
    pub fn earliest(&self, repository: &str, directive: &DirectiveId, subject: &str) -> Option<DateTime> {
        let assets = self.of(repository, directive, subject)?;
        assets.values().flat_map(BTreeMap::values).min().copied()
    }

    /// Forgets the directives for which this does not hold. Whether any was forgotten.
    pub fn keep(&mut self, held: impl Fn(&str, &DirectiveId) -> bool) -> bool {
        let before = self.count;
        for (repository, directives) in &mut self.subjects {
            directives.retain(|directive, _| held(repository, directive));
        }
        self.subjects.retain(|_, directives| !directives.is_empty());
        self.count = self.assets().flat_map(BTreeMap::values).map(BTreeMap::len).sum();
        self.count != before
    }

    fn of(&self, repository: &str, directive: &DirectiveId, subject: &str) -> Option<&Assets> {
        self.subjects.get(repository)?.get(directive)?.get(&name(subject))
    }

    fn assets(&self) -> impl Iterator<Item = &Assets> {
        self.subjects.values().flat_map(BTreeMap::values).flat_map(BTreeMap::values)
    }
}

/// A name as it is remembered: itself, or the digest of one that is too long.
fn name(text: &str) -> String {
    if text.len() <= MAX_NAME_BYTES {
        text.to_owned()
    } else {
        format!("sha256:{}", Sha256::of(text.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        clippy::disallowed_methods,
        reason = "a test may fail by panicking and write files"
    )]

    use super::*;

    fn at(seconds: i64) -> DateTime {
        DateTime::from_unix_seconds(seconds).unwrap()
    }

    fn id(text: &str) -> DirectiveId {
        text.parse().unwrap()
    }

    fn found<'n>(directive: &'n DirectiveId, asset: &'n str, component: &'n str) -> Detection<'n> {
        Detection { repository: "main", directive, subject: "s", asset, component }
    }

    #[test]
    fn the_first_time_stays_unless_it_lies_in_the_future() {
        let directive = id("BOD-1");
        let here = found(&directive, "h1", "deb:kesl");
        let mut detections = Detections::default();
        assert_eq!(detections.see(&here, at(100)), Seen::New);
        assert_eq!(detections.see(&here, at(200)), Seen::Known);
        assert_eq!(detections.first(&here), Some(at(100)));
        assert_eq!(detections.first(&found(&directive, "h2", "deb:kesl")), None);
        assert_eq!(detections.see(&here, at(50)), Seen::New, "the clock was ahead when it was written");
        assert_eq!((detections.first(&here), detections.len()), (Some(at(50)), 1));
        detections.see(&found(&directive, "h2", "deb:kesl"), at(20));
        assert_eq!(detections.earliest("main", &directive, "s"), Some(at(20)));
        assert_eq!(detections.earliest("other", &directive, "s"), None);
    }

    #[test]
    fn what_is_written_is_read_and_every_byte_that_is_changed_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("detections.json");
        assert!(Detections::read(&path).unwrap().is_empty());
        let directive = id("BOD-1");
        let mut detections = Detections::default();
        detections.see(&found(&directive, "h1", "deb:kesl"), at(100));
        detections.see(&found(&directive, "h1", &"x".repeat(257)), at(100));
        detections.write(&Disk::default(), &path).unwrap();
        assert_eq!(Detections::read(&path).unwrap(), detections);
        let whole = std::fs::read(&path).unwrap();
        for place in 0..whole.len() {
            let mut changed = whole.clone();
            changed[place] ^= 1;
            std::fs::write(&path, &changed).unwrap();
            assert!(matches!(Detections::read(&path), Err(DetectionsError::Damaged { .. })), "byte {place}");
            std::fs::write(&path, &whole[..place]).unwrap();
            assert!(
                matches!(Detections::read(&path), Err(DetectionsError::Damaged { .. })),
                "cut at {place}"
            );
        }
    }

    #[test]
    fn a_crash_at_any_step_leaves_the_old_times_or_the_new() {
        let directive = id("BOD-1");
        let mut old = Detections::default();
        old.see(&found(&directive, "h1", "deb:kesl"), at(100));
        let mut new = old.clone();
        new.see(&found(&directive, "h2", "deb:kesl"), at(200));
        let recording = Disk::recording();
        let folder = tempfile::tempdir().unwrap();
        new.write(&recording, &folder.path().join("detections.json")).unwrap();
        let steps = recording.steps().len();
        assert!(steps > 2);
        for stop in 0..steps {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("detections.json");
            old.write(&Disk::default(), &path).unwrap();
            let _stopped = new.write(&Disk::stopping_after(stop), &path);
            let read = Detections::read(&path).unwrap();
            assert!(read == old || read == new, "step {stop}");
        }
    }

    #[test]
    fn beyond_the_limit_nothing_is_added_and_nothing_is_forgotten() {
        let directive = id("BOD-1");
        let mut detections = Detections::default();
        assert_eq!(detections.see_up_to(&found(&directive, "h1", "a"), at(1), 2), Seen::New);
        assert_eq!(detections.see_up_to(&found(&directive, "h2", "a"), at(1), 2), Seen::New);
        assert_eq!(detections.see_up_to(&found(&directive, "h3", "a"), at(1), 2), Seen::NoRoom);
        assert_eq!(detections.see_up_to(&found(&directive, "h2", "a"), at(2), 2), Seen::Known);
        assert_eq!(detections.len(), 2);
    }

    #[test]
    fn only_what_belongs_to_a_directive_that_is_held_stays() {
        let (one, other) = (id("BOD-1"), id("BOD-2"));
        let mut detections = Detections::default();
        detections.see(&found(&one, "h1", "a"), at(1));
        detections.see(&found(&other, "h1", "a"), at(1));
        assert!(!detections.keep(|_, _| true));
        assert!(detections.keep(|repository, directive| repository == "main" && *directive == one));
        assert_eq!((detections.len(), detections.first(&found(&other, "h1", "a"))), (1, None));
    }

    #[test]
    fn a_name_is_itself_up_to_the_limit_and_its_digest_beyond() {
        let longest = "x".repeat(MAX_NAME_BYTES);
        assert_eq!(name(&longest), longest);
        let longer = "x".repeat(MAX_NAME_BYTES + 1);
        assert_eq!(name(&longer).len(), "sha256:".len() + 64);
        assert_ne!(name(&longer), name(&"y".repeat(MAX_NAME_BYTES + 1)));
    }
}
