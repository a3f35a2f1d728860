//! Remembering when something was first found, around an assessment.
//!
//! What cannot be remembered is said and changes no verdict and no exit: a find is one whether its time can be kept or not.

use std::io;

use interdict_host::lock::{Lock, LockError};
use interdict_host::world::World;
use interdict_host::write::DiskError;
use interdict_schema::DateTime;

use super::reading::{Reading, warn};
use crate::assess::Assessment;
use crate::store::detections::{Detections, DetectionsError, MAX_DETECTIONS};

/// The times of detection could not be kept.
#[derive(Debug, thiserror::Error)]
enum NotKept {
    #[error(transparent)]
    Read(#[from] DetectionsError),
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// What is remembered; nothing, and why, where the file cannot be used.
pub(super) fn remembered(world: &mut World, reading: &Reading) -> io::Result<Detections> {
    match Detections::read(&reading.places.detections()) {
        Ok(detections) => Ok(detections),
        Err(error) => {
            let damaged = matches!(error, DetectionsError::Damaged { .. });
            let hint = if damaged { "; restore it, or remove it and let the clocks begin anew" } else { "" };
            warn(world, &format!("{error}: clocks that run from detection do not run{hint}"))?;
            Ok(Detections::default())
        }
    }
}

/// Takes note of everything outstanding in an assessment, and writes it down where something is new.
pub(super) fn remember(
    world: &mut World,
    reading: &Reading,
    assessment: &mut Assessment<'_>,
    now: DateTime,
) -> io::Result<()> {
    let recorded = assessment.record(now);
    if recorded.without_room > 0 {
        let words = format!(
            "{} finds are not remembered: there is room for {MAX_DETECTIONS}; their clocks do not run from detection",
            recorded.without_room
        );
        warn(world, &words)?;
    }
    if recorded.new == 0 {
        return Ok(());
    }
    // A damaged file was warned of when it was read, and is never written over.
    match keep(world, reading, assessment, now) {
        Ok(()) | Err(NotKept::Read(_)) => Ok(()),
        Err(error) => {
            let words = format!("when this was found is not remembered: {error}; the result is the same");
            warn(world, &words)
        }
    }
}

fn keep(
    world: &World,
    reading: &Reading,
    assessment: &mut Assessment<'_>,
    now: DateTime,
) -> Result<(), NotKept> {
    let places = &reading.places;
    let path = places.detections();
    // Found damaged before a lock is made beside it.
    Detections::read(&path)?;
    let _lock = Lock::acquire(&places.detections_lock())?;
    // Another run may have written since.
    assessment.detections = Detections::read(&path)?;
    assessment.record(now);
    let held = |repository: &str, directive: &_| {
        let of = |held: &crate::store::generation::HeldRepository| held.name.as_str() == repository;
        let of_one = reading.generation.directives().any(|(held, found)| of(held) && found.id() == directive);
        // Of a repository that is configured and not held, nothing is known to have ended.
        let unknown = !reading.generation.repositories.iter().any(of)
            && reading.config.repositories.iter().any(|configured| configured.name.as_str() == repository);
        of_one || unknown
    };
    assessment.detections.keep(held);
    Ok(assessment.detections.write(&world.disk, &path)?)
}
