//! Making a repository of a ceremony: what `init` does at one desk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use interdict_host::cli::GlobalArgs;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::world::World;
use interdict_host::write::Mode;
use interdict_schema::DateTime;
use interdict_schema::issuers::TARGET_PATH;
use interdict_schema::limits::TIMESTAMP_LENGTH;
use interdict_schema::tuf::{RoleType, Root, Targets};
use thiserror::Error;

use super::install::{Report, add_keys, apply, deed, write_settings};
use super::{first_root, parse_root};
use crate::ceremony::{CeremonyRefusal, Opened, ROOT_NAME, TARGETS_NAME};
use crate::cli::Failure;
use crate::cli::journaled::journaled;
use crate::cli::shared::RoleKeyArgs;
use crate::journal::Verb;
use crate::keyring::SignRoleError;
use crate::publish::{SignStagedError, SignedElsewhere, first_metadata, first_targets, self_check};
use crate::repository::files::{Files, Folder};
use crate::repository::write::{TIMESTAMP, prepare, write};
use crate::repository::{Compressed, KeyUris, Lifetimes, Repository, Settings};

/// A folder in which no repository is made.
#[derive(Debug, Error)]
#[error("{} is not empty", path.display())]
struct NotEmpty {
    path: PathBuf,
}

/// What an interrupted founding may have left in the folder.
const OURS: [&str; 5] = ["public", "memory", "publisher.lock", "publisher.toml", "journal.jsonl"];

/// What became of it.
pub enum Founded {
    /// There is a repository, and how the journal fared.
    Made(Report, Outcome),
    /// The targets' keys are elsewhere: the ceremony with the targets, for their holders to sign.
    Targets(Box<Opened>),
}

/// Makes the repository. Where that was interrupted, it begins anew; where it was done, nothing is changed.
pub fn found(
    world: &mut World,
    global: &GlobalArgs,
    opened: &Opened,
    dir: &Path,
    keys: &RoleKeyArgs,
    now: DateTime,
) -> Result<Founded, Failure> {
    let folder = Folder::new(Repository::new(dir).public());
    let live = folder.metadata(TIMESTAMP, TIMESTAMP_LENGTH)?.is_some();
    let begun = !live && check_folder(dir)?;
    let (Some(root), Some(envelope)) = (opened.root(), opened.envelopes().remove(TARGET_PATH)) else {
        return Err(CeremonyRefusal::NoBase.into());
    };
    if live {
        opened.check_repository(first_root(&folder)?)?;
    }
    opened.check_complete()?;
    let mut settings = Settings {
        keys: KeyUris::default(),
        lifetimes: Lifetimes::default(),
        holders: BTreeMap::new(),
        compressed: Compressed::default(),
    };
    apply(&mut settings, opened)?;
    let given = keys.given(world);
    let (mut keyring, mut credentials) = keys.keyring(&KeyUris::default(), global, world)?;
    add_keys(&mut settings, root, &given, &keyring);
    if live {
        let repository = Repository::new(dir);
        if !repository.settings_path().exists() {
            write_settings(world, &repository, &settings)?;
        }
        return Ok(Founded::Made(report(opened, root)?, Outcome::done()));
    }
    opened.check_expiry(now)?;
    let (mut targets, files) = first_targets(&envelope, now, &settings.lifetimes);
    if let Some(theirs) = opened.targets() {
        let ours = Targets { expires: theirs.expires, ..targets.clone() };
        if ours != *theirs {
            let (found, published) = (theirs.version, targets.version);
            return Err(CeremonyRefusal::Moved { what: "the targets", found, published }.into());
        }
        targets = ours;
    }
    let elsewhere =
        SignedElsewhere { root: opened.metadata(ROOT_NAME), targets: opened.metadata(TARGETS_NAME) };
    let lifetimes = &settings.lifetimes;
    let new =
        first_metadata(root, &targets, files, elsewhere, now, lifetimes, &mut keyring, &mut credentials);
    let new = match new {
        Err(SignStagedError::Role(SignRoleError::TooFew { role: RoleType::Targets, .. }))
            if opened.targets().is_none() =>
        {
            return Ok(Founded::Targets(Box::new(opened.with_targets(&targets, 0)?)));
        }
        new => new?,
    };
    // As a client would, of nothing but what is written now.
    let nowhere = Folder::new(dir.join("public.none"));
    self_check(None, &new, &nowhere, [], now)?;
    world.disk.create_dir_all_synced(dir, Mode::Public)?;
    let repository = Repository::new(dir);
    let _lock = repository.lock()?;
    let deed = deed(Verb::Init, &new, opened, &keyring);
    let ((), told) = journaled(world, &repository, &deed, |world| {
        if begun {
            // Nothing of it is live, and its versions are those that are written now.
            world.disk.remove_dir_all(&repository.public())?;
        }
        prepare(&world.disk, &repository)?;
        write_settings(world, &repository, &settings)?;
        Ok(write(&world.disk, &repository, &new, settings.compressed)?)
    })?;
    Ok(Founded::Made(Report { changed: true, ..report(opened, root)? }, told))
}

/// Whether an interrupted founding left something here. Anything else is left alone.
fn check_folder(dir: &Path) -> Result<bool, Failure> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Ok(false) };
    let mut begun = false;
    for entry in entries.flatten() {
        let name = entry.file_name();
        let ours = name.to_str().is_some_and(|name| OURS.contains(&name) || name.starts_with(".tmp-"));
        if !ours {
            return Err(Failure::new(NotEmpty { path: dir.to_path_buf() }, Exit::Usage)
                .hint("choose another folder with --repo"));
        }
        begun |= name == "public";
    }
    Ok(begun)
}

fn report(opened: &Opened, root: &Root) -> Result<Report, Failure> {
    let fingerprint = parse_root(&opened.metadata(ROOT_NAME).unwrap_or_default())?.fingerprint();
    Ok(Report {
        changed: false,
        root: root.version,
        fingerprint,
        targets: 1,
        snapshot: 1,
        timestamp: 1,
        published: Vec::new(),
    })
}
