//! What a rotation keeps until it is in place, so that the same command again finishes it.
//!
//! Between a new root and the timestamp that it demands nobody can read the repository, and where the old key is gone nobody can
//! sign its way back either. So the signed root is kept in `memory/rotation.json` from before the first file goes live until the last
//! one has. Not here: a ceremony, whose file its operator has.

use std::path::PathBuf;

use interdict_host::cli::GlobalArgs;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::read::read_bounded;
use interdict_host::world::World;
use interdict_host::write::{DiskErrorKind, Mode};
use interdict_schema::DateTime;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ceremony::{MAX_CEREMONY_BYTES, Opened};
use crate::cli::Failure;
use crate::cli::ceremony::install::{Installation, Prepared, Report};
use crate::cli::shared::{RoleKeyArgs, current};
use crate::journal::Verb;
use crate::repository::{Repository, Settings};

/// What was asked for beside the file, in bytes at the most.
const ASKED_LENGTH: u64 = 65_536;

/// The file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    /// The change, as it was given.
    asked: String,
    /// What was signed.
    ceremony: serde_json::Value,
}

/// A rotation that was finished.
#[derive(Debug)]
pub struct Finished {
    /// The change, as it was given then.
    pub asked: String,
    /// What is live.
    pub report: Report,
    /// How the journal fared.
    pub told: Outcome,
}

/// A rotation that cannot be finished.
#[derive(Debug, Error)]
enum NotFinished {
    #[error("{} is not what a rotation keeps", path.display())]
    Shape { path: PathBuf, source: serde_json::Error },
    #[error("an interrupted rotation has to sign the targets, and not enough of their keys are here")]
    Targets,
}

/// Keeps what is about to go live.
pub fn keep(world: &World, repository: &Repository, asked: &str, opened: &Opened) -> Result<(), Failure> {
    let path = repository.rotation_path();
    let shape = |source| Failure::new(NotFinished::Shape { path: path.clone(), source }, Exit::Refused);
    let ceremony = serde_json::from_slice(&opened.to_bytes()).map_err(shape)?;
    let kept = Kept { asked: asked.to_owned(), ceremony };
    let bytes = serde_json::to_vec(&kept).map_err(shape)?;
    world.disk.replace(&path, &bytes, Mode::Public)?;
    Ok(())
}

/// Lets go of it, once all of it is in place.
pub fn let_go(world: &World, repository: &Repository) -> Result<(), Failure> {
    world.disk.remove_file(&repository.rotation_path())?;
    Ok(())
}

/// Finishes what was interrupted once its root was live; what was not live yet is let go of. For the holder of the lock.
pub fn finish(
    world: &mut World,
    global: &GlobalArgs,
    repository: &Repository,
    keys: &RoleKeyArgs,
    now: DateTime,
) -> Result<Option<Finished>, Failure> {
    let Some((asked, opened)) = read(repository)? else { return Ok(None) };
    let wanted = opened.root().map_or(0, |root| root.version);
    if current(repository).is_ok_and(|(_, current)| current.root().signed().version < wanted) {
        let_go(world, repository)?;
        return Ok(None);
    }
    let settings = Settings::read(repository)?;
    let given = keys.given(world);
    let installation = Installation {
        repository,
        settings: &settings,
        given: &given,
        attach: &[],
        envelopes: &[],
        verb: Verb::Rotate,
        now,
    };
    let (mut keyring, mut credentials) = keys.keyring(&settings.keys, global, world)?;
    let prepared = installation.prepare(&opened, &mut keyring, &mut credentials)?;
    if matches!(prepared, Prepared::Targets(_)) {
        return Err(Failure::new(NotFinished::Targets, Exit::Refused)
            .hint("give them with --key, and run the same command again"));
    }
    let Some((report, told)) = installation.write(world, prepared)? else { return Ok(None) };
    let_go(world, repository)?;
    Ok(Some(Finished { asked, report, told }))
}

fn read(repository: &Repository) -> Result<Option<(String, Opened)>, Failure> {
    let path = repository.rotation_path();
    let bytes = match read_bounded(&path, MAX_CEREMONY_BYTES.saturating_add(ASKED_LENGTH)) {
        Ok(bytes) => bytes,
        Err(interdict_host::read::ReadError::Disk(error)) if error.kind() == DiskErrorKind::NotFound => {
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    let shape = |source| {
        Failure::new(NotFinished::Shape { path: path.clone(), source }, Exit::Refused)
            .hint("look at it, and move it away")
    };
    let kept: Kept = serde_json::from_slice(&bytes).map_err(shape)?;
    let ceremony = serde_json::to_vec(&kept.ceremony).map_err(shape)?;
    Ok(Some((kept.asked, Opened::read(&ceremony)?)))
}
