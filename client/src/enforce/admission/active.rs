//! The policy that was applied, for scripts of root: they read this and nothing that a sync left (`trust.md`, rule 16).
//!
//! `ENFORCEMENT/current` leads to `policies/<generation>-<digest>`, in which lie the files for scripts of the generation that was applied last. It
//! is switched with one rename once everything is in effect, so that whoever resolves it once reads one policy.

use std::fs;
use std::path::{Path, PathBuf};

use interdict_host::write::{Disk, DiskError, DiskErrorKind, Mode, Operation};
use interdict_schema::Sha256;
use interdict_schema::policy::Form;

use crate::places::Places;
use crate::store::generation::file_name;

/// How many digits of the digest tell policies apart.
const DIGITS: usize = 12;

/// How many are kept, the active one included: a script may still be reading the one before.
const KEPT: usize = 2;

/// Makes the policy of a generation the active one, and gives its folder. `from` are the places it was read from: root's own store, or
/// the state of a user without root. `places` are those of the sync. Needs the lock of the enforcement.
///
/// # Errors
/// [`DiskError`]: the one before is then still the active one, unless only the sync after the switch failed.
pub fn activate(disk: &Disk, places: &Places, from: &Places, number: u64) -> Result<PathBuf, DiskError> {
    let enforcement = places.enforcement();
    let folder = enforcement.join("policies");
    disk.create_dir_all_synced(&folder, Mode::Public)?;
    disk.sweep_temporary(&folder)?;
    // A store that was lost and begun anew counts from 1 again: equal names are equal bytes.
    let sums = from.generation(number).join("SHA256SUMS");
    let sums = fs::read(&sums).map_err(|error| DiskError::new(Operation::Read, &sums, error))?;
    let digest = Sha256::of(&sums).to_string();
    let name = format!("{number:06}-{}", digest.get(..DIGITS).unwrap_or(&digest));
    let path = folder.join(&name);
    if fs::symlink_metadata(&path).is_err() {
        let staging = folder.join(".tmp-next");
        disk.create_new_dir(&staging, Mode::Public)?;
        for file in Form::ALL.into_iter().map(file_name).chain(["status.json"]) {
            disk.link_or_copy(&from.generation(number).join(file), &staging.join(file))?;
        }
        disk.sync_filesystem(&staging)?;
        disk.rename(&staging, &path)?;
    }
    let target = Path::new("policies").join(&name);
    let link = places.active_policy();
    if fs::read_link(&link).ok().as_deref() != Some(&*target) {
        disk.switch_symlink(&link, &target)?;
    }
    tidy(disk, &folder, &name);
    Ok(path)
}

/// Takes the active policy away, after everything was undone for good. What scripts find then is that there is none.
///
/// # Errors
/// [`DiskError`].
pub fn deactivate(disk: &Disk, places: &Places) -> Result<(), DiskError> {
    match disk.remove_file(&places.active_policy()) {
        Err(error) if error.kind() == DiskErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// The folder of the active policy, resolved once; `None` where nothing was applied.
///
/// # Errors
/// What the disk said.
pub fn folder(places: &Places) -> Result<Option<PathBuf>, DiskError> {
    let link = places.active_policy();
    match fs::read_link(&link) {
        Ok(target) => Ok(Some(places.enforcement().join(target))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(DiskError::new(Operation::Read, &link, error)),
    }
}

/// Removes all but the newest; one that stays is untidy and no failure.
fn tidy(disk: &Disk, folder: &Path, active: &str) {
    let names = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = names.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.retain(|name| name != active);
    names.sort();
    let old = names.len().saturating_sub(KEPT.saturating_sub(1));
    for name in names.into_iter().take(old) {
        if let Err(error) = disk.remove_dir_all(&folder.join(name)) {
            tracing::warn!(%error, "an old policy was not removed");
        }
    }
}
