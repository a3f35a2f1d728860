//! Reading generations: which one is active, what is in it, and whether it is still whole.

use std::fs;
use std::path::{Path, PathBuf};

use interdict_host::read::read_bounded_nofollow;
use interdict_schema::directive::scope::Profile;
use interdict_schema::key::Verifier;
use interdict_schema::{DateTime, Sha256};
use serde::Deserialize;

use super::index::Alarm;
use super::{Generation, attachment};
use crate::config::RepositoryName;
use crate::places::Places;

use super::error::GenerationError;
use super::part::read_repository;

/// The longest index or list of digests that is read, in bytes.
pub(super) const MAX_INDEX_BYTES: u64 = 64_000_000;

/// The number of the active generation; `None` before the first.
///
/// # Errors
/// [`GenerationError::Current`] where the link leads elsewhere.
pub fn active_number(places: &Places) -> Result<Option<u64>, GenerationError> {
    let path = places.current();
    let Ok(found) = fs::read_link(&path) else {
        // A file or folder in the link's place is not the absence of a generation.
        return if fs::symlink_metadata(&path).is_ok() {
            Err(GenerationError::Current { path, found: PathBuf::new() })
        } else {
            Ok(None)
        };
    };
    let number =
        found.strip_prefix("generations").ok().and_then(Path::to_str).and_then(|name| name.parse().ok());
    number.map(Some).ok_or(GenerationError::Current { path, found })
}

/// The numbers of the generations on disk, rising.
pub(super) fn numbers(places: &Places) -> Vec<u64> {
    let entries = fs::read_dir(places.generations()).into_iter().flatten().flatten();
    let mut numbers: Vec<u64> =
        entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    numbers.sort_unstable();
    numbers
}

/// The numbers of the generations that may be asked for what was held, the best first: from the active one down, or, where
/// `current` is gone or leads nowhere, from the newest. Empty only where there never was a generation.
pub fn held_numbers(places: &Places) -> Vec<u64> {
    let mut numbers = numbers(places);
    if let Some(active) = active_number(places).ok().flatten().filter(|active| numbers.contains(active)) {
        numbers.retain(|number| *number <= active);
    }
    numbers.reverse();
    numbers
}

/// Reads and verifies the active generation; `None` before the first.
///
/// # Errors
/// [`GenerationError`] for the first thing that does not verify.
pub fn read_active(places: &Places, verifier: &dyn Verifier) -> Result<Option<Generation>, GenerationError> {
    let Some(number) = active_number(places)? else { return Ok(None) };
    let names = repository_names(places, number)?;
    let repositories =
        names.iter().map(|name| read_repository(places, number, name, verifier)).collect::<Result<_, _>>()?;
    Ok(Some(Generation { number, repositories }))
}

/// The repositories that have a part in a generation, by name.
///
/// # Errors
/// [`GenerationError::Form`] where their folder cannot be read.
pub fn repository_names(places: &Places, number: u64) -> Result<Vec<RepositoryName>, GenerationError> {
    let folder = places.generation(number).join("repositories");
    let mut names: Vec<RepositoryName> = fs::read_dir(&folder)
        .map_err(|_| GenerationError::Form { path: folder.clone() })?
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect();
    names.sort();
    Ok(names)
}

/// What was wrong when a generation was made, if its part of this repository was built from this timestamp, for this agency,
/// and no other text has taken effect since; else `None`.
pub fn built_from(
    places: &Places,
    number: u64,
    name: &RepositoryName,
    timestamp: &Sha256,
    (profile, now): (&Profile, DateTime),
) -> Option<Vec<Alarm>> {
    let path = places.generation(number).join("repositories").join(name.as_str()).join("index.json");
    let bytes = read_bounded_nofollow(&path, MAX_INDEX_BYTES).ok()?;
    let index: Heading = serde_json::from_slice(&bytes).ok()?;
    let same = index.timestamp == *timestamp && index.profile == *profile;
    (same && index.next_change.is_none_or(|next| now < next)).then_some(index.alarms)
}

/// What a poll wants of an [`Index`](super::Index): its directives are stepped over.
#[derive(Deserialize)]
struct Heading {
    timestamp: Sha256,
    alarms: Vec<Alarm>,
    #[serde(default)]
    profile: Profile,
    #[serde(default)]
    next_change: Option<DateTime>,
}

/// Whether the files of a generation are those that `SHA256SUMS` names, with these digests: none is changed, missing or
/// strange. A look for damage, not for lies.
pub fn is_whole(places: &Places, number: u64) -> bool {
    let folder = places.generation(number);
    let Ok(sums) = read_bounded_nofollow(&folder.join("SHA256SUMS"), MAX_INDEX_BYTES) else { return false };
    let Ok(sums) = String::from_utf8(sums) else { return false };
    let whole = sums.lines().all(|line| {
        let Some((digest, file)) = line.split_once("  ") else { return false };
        attachment::digest(&folder.join(file)).is_ok_and(|found| digest.parse() == Ok(found))
    });
    // A list that was cut short would speak for nothing; one more file is the list itself.
    whole && files_below(&folder) == Some(sums.lines().count().saturating_add(1))
}

/// How many files there are in a folder and the folders in it; links count as files. `None` where one cannot be read.
fn files_below(folder: &Path) -> Option<usize> {
    let mut files = 0_usize;
    for entry in fs::read_dir(folder).ok()? {
        let entry = entry.ok()?;
        let more = if entry.file_type().ok()?.is_dir() { files_below(&entry.path())? } else { 1 };
        files = files.saturating_add(more);
    }
    Some(files)
}
