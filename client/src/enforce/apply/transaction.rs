//! Files of all targets, put in place all or none.
//!
//! ```text
//! keep what is there | intent | stage | (tools judge) | rename … | (tools take up, read back) | record | intent gone
//! ```
//!
//! Until the record is written a crash or a failure takes everything back; from then on only stages and folders are left to be
//! swept. Every step may be done twice: taking back after a crash in the middle of taking back ends in the same state.
//!
//! What is found at a path while taking back, and is neither what was there nor what was put there, is somebody else's by
//! then: it stays, and is said.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use interdict_host::write::{Disk, DiskErrorKind};
use interdict_schema::Sha256;

use super::super::record::{Base, Call, Record};
use super::attributes::{Lost, lacking};
use super::error::ApplyError;
use super::intent::{Calls, Change, Intent};
use super::store::Store;
use super::tree::{Standing, Tree};

/// A change before it is known where it is staged.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub path: PathBuf,
    pub from: Standing,
    pub to: Option<Base>,
}

/// Where a transaction works.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ground<'g> {
    pub disk: &'g Disk,
    pub tree: &'g Tree,
    /// The folder of the record.
    pub folder: &'g Path,
    pub store: &'g Store,
}

/// A transaction that was begun: staged, with nothing in place yet.
#[derive(Debug)]
#[must_use = "a transaction that is dropped is neither done nor taken back"]
pub(super) struct Transaction<'g> {
    ground: Ground<'g>,
    intent: Intent,
    lost: Vec<Lost>,
}

/// What was left behind when something was taken back.
#[derive(Debug, Default)]
pub(super) struct TakenBack {
    /// The paths at which something else was found, which stays.
    pub left: Vec<PathBuf>,
    /// The files that are not wholly as they were.
    pub lost: Vec<Lost>,
}

impl<'g> Transaction<'g> {
    /// Keeps what is there, writes down what is to be done, and stages it. Where that fails, nothing is left of it, or the next
    /// run sweeps it.
    pub fn begin(
        ground: Ground<'g>,
        serial: u64,
        wanted: &[Wanted],
        bytes: &BTreeMap<Sha256, Cow<'_, [u8]>>,
        calls: Calls,
    ) -> Result<Self, ApplyError> {
        let mut changes = Vec::new();
        let mut folders: Vec<PathBuf> = Vec::new();
        for Wanted { path, from, to } in wanted {
            if let Standing::File(kept) = from {
                ground.store.keep(ground.disk, &kept.base.sha256, &kept.bytes)?;
            }
            if to.is_some() {
                for missing in ground.tree.missing(path)? {
                    if !folders.contains(&missing) {
                        folders.push(missing);
                    }
                }
            }
            let stage = ground.tree.stage_for(path, serial)?;
            changes.push(Change { path: path.clone(), stage, from: from.base().cloned(), to: to.clone() });
        }
        let intent = Intent::new(serial, changes, folders, calls);
        intent.write(ground.disk, ground.folder)?;
        let mut begun = Self { ground, intent, lost: Vec::new() };
        match begun.stage(bytes) {
            Ok(lost) => {
                begun.lost = lost;
                Ok(begun)
            }
            Err(error) => {
                // What cannot be swept now is swept by the next run, which finds the intent.
                let _ = begun.sweep();
                Err(error)
            }
        }
    }

    fn stage(&self, bytes: &BTreeMap<Sha256, Cow<'_, [u8]>>) -> Result<Vec<Lost>, ApplyError> {
        let Ground { disk, tree, store, .. } = self.ground;
        let mut lost = Vec::new();
        for (place, change) in self.intent.staged().zip(&self.intent.changes) {
            let Some(to) = &change.to else { continue };
            let held = match bytes.get(&to.sha256) {
                Some(held) => Cow::Borrowed(held.as_ref()),
                None => Cow::Owned(store.bytes(&to.sha256)?),
            };
            note(&mut lost, &change.path, tree.stage(disk, &place, &held, to)?);
        }
        Ok(lost)
    }

    /// The files that do not have all the attributes that those before them had.
    pub fn lost(&self) -> &[Lost] {
        &self.lost
    }

    /// Where a tool of this machine reads a file that is staged; `None` where the file does not change.
    pub fn staged(&self, path: &Path) -> Result<Option<PathBuf>, ApplyError> {
        let mut all = self.intent.staged().zip(&self.intent.changes);
        match all.find(|(place, change)| place.path == path && change.to.is_some()) {
            Some((place, _)) => Ok(Some(self.ground.tree.outside(&place.staged_path())?)),
            None => Ok(None),
        }
    }

    /// Puts everything in place. Where that fails, the caller takes it back.
    pub fn install(&self) -> Result<(), ApplyError> {
        let Ground { disk, tree, .. } = self.ground;
        tree.make_folders(disk, &self.intent.folders)?;
        for (place, change) in self.intent.staged().zip(&self.intent.changes) {
            // Between the look and now another may have written there.
            let found = tree.look(&change.path)?;
            if found.base().map(|base| base.sha256) != change.from.as_ref().map(|base| base.sha256)
                || found == Standing::Other
            {
                return Err(ApplyError::ChangedMeanwhile { path: change.path.clone() });
            }
            match change.to {
                Some(_) => tree.install(disk, &place)?,
                None => tree.remove(disk, &change.path)?,
            }
        }
        Ok(())
    }

    /// The folders that are made for it.
    pub fn folders(&self) -> &[PathBuf] {
        &self.intent.folders
    }

    /// Takes everything back.
    pub fn take_back(self) -> Result<TakenBack, ApplyError> {
        let back = restore(self.ground, &self.intent)?;
        self.sweep()?;
        Ok(back)
    }

    /// It is done, once the record says so, or taken back: only its traces go.
    pub fn finish(self, record: &mut Record) -> Result<(), ApplyError> {
        let Ground { disk, tree, folder, store } = self.ground;
        // The record may name a folder that is gone, and never one that is not ours.
        let stay = tree.remove_folders(disk, &record.folders)?;
        if stay != record.folders {
            record.folders = stay;
            record.write_in(disk, folder)?;
        }
        store.sweep(disk, record)?;
        self.sweep()
    }

    fn sweep(&self) -> Result<(), ApplyError> {
        let Ground { disk, tree, folder, .. } = self.ground;
        tree.sweep(disk, self.intent.staged())?;
        Ok(Intent::remove(disk, folder)?)
    }
}

/// Puts back what was there before, the last change first.
fn restore(ground: Ground<'_>, intent: &Intent) -> Result<TakenBack, ApplyError> {
    let Ground { disk, tree, store, .. } = ground;
    let TakenBack { mut left, mut lost } = TakenBack::default();
    let mut all: Vec<_> = intent.staged().zip(&intent.changes).collect();
    all.reverse();
    for (place, change) in all {
        let found = tree.look(&change.path)?;
        let digest = |base: Option<&Base>| base.map(|base| base.sha256);
        let now = digest(found.base());
        if found != Standing::Other && found.base() == change.from.as_ref() {
            continue;
        }
        let ours = found != Standing::Other
            && (now == digest(change.to.as_ref()) || now == digest(change.from.as_ref()));
        if !ours {
            left.push(change.path.clone());
            continue;
        }
        match &change.from {
            Some(from) => {
                tree.make_folders(disk, &tree.missing(&change.path)?)?;
                let lacks = tree.stage(disk, &place, &store.bytes(&from.sha256)?, from)?;
                note(&mut lost, &change.path, lacks);
                tree.install(disk, &place)?;
            }
            None => tree.remove(disk, &change.path)?,
        }
    }
    tree.remove_folders(disk, &intent.folders)?;
    Ok(TakenBack { left, lost })
}

/// What was done, where a crash came between doing it and saying what of it was lost.
fn done_but_for(tree: &Tree, intent: &Intent) -> Result<TakenBack, ApplyError> {
    let mut lost = Vec::new();
    for Change { path, to, .. } in &intent.changes {
        if let (Some(to), Standing::File(kept)) = (to, tree.look(path)?) {
            note(&mut lost, path, lacking(&to.attributes, &kept.base.attributes));
        }
    }
    Ok(TakenBack { left: Vec::new(), lost })
}

fn note(lost: &mut Vec<Lost>, path: &Path, attributes: Vec<String>) {
    if !attributes.is_empty() {
        lost.push(Lost { path: path.into(), attributes });
    }
}

/// What was done about a transaction that a crash cut short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// Whether it was done, so that only traces were left of it; otherwise it was taken back.
    pub was_done: bool,
    /// The files that it concerned.
    pub paths: Vec<PathBuf>,
    /// Those at which somebody else's file was found, which stays.
    pub left: Vec<PathBuf>,
    /// The files that do not have all the attributes that they are to have.
    pub lost: Vec<Lost>,
    /// How the tools take up what is there now.
    pub activation: Vec<Call>,
}

/// Finishes or takes back what a crash cut short, for the holder of the lock.
pub(super) fn recover(
    ground: Ground<'_>,
    record: &mut Option<Record>,
) -> Result<Option<Recovered>, ApplyError> {
    let Ground { disk, folder, .. } = ground;
    disk.sweep_temporary(folder)
        .or_else(|error| if error.kind() == DiskErrorKind::NotFound { Ok(0) } else { Err(error) })?;
    let Some(intent) = Intent::read(folder)? else { return Ok(None) };
    let was_done = record.as_ref().is_some_and(|record| record.serial >= intent.serial);
    let paths = intent.changes.iter().map(|change| change.path.clone()).collect();
    let back = if was_done { done_but_for(ground.tree, &intent)? } else { restore(ground, &intent)? };
    let TakenBack { left, lost } = back;
    let activation = if was_done { &intent.done } else { &intent.taken_back }.clone();
    let cut_short = Transaction { ground, intent, lost: Vec::new() };
    match record {
        Some(record) => cut_short.finish(record)?,
        None => cut_short.sweep()?,
    }
    Ok(Some(Recovered { was_done, paths, left, lost, activation }))
}
