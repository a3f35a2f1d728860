//! What every change begins with: the lock, the record, and what a crash left.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use interdict_host::lock::Lock;
use interdict_host::write::{Disk, DiskError, Mode, Operation};
use interdict_schema::DateTime;

use super::super::record::{self, Call, Record};
use super::attributes::Lost;
use super::error::ApplyError;
use super::runner::{Ended, Runner};
use super::store::Store;
use super::suspend::Back;
use super::transaction::{Ground, Recovered, recover};
use super::tree::Tree;
use crate::places::Places;

/// What is worked on, and with what.
#[derive(Debug, Clone, Copy)]
pub struct Machine<'m> {
    /// Makes every change to files.
    pub disk: &'m Disk,
    /// Runs the tools.
    pub runner: &'m dyn Runner,
    /// Where the record lies.
    pub places: &'m Places,
    /// The root beneath which files lie, absolute; `/` for this machine.
    pub root: &'m Path,
    /// Whether the tools of this machine obey what lies beneath the root.
    pub tools: Tools,
}

/// Whether the tools of this machine obey what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tools {
    /// They do: they take it up, and are asked whether they did.
    Obey,
    /// They do not: it is an image, or another machine's root. They only judge the files.
    Judge,
}

impl Tools {
    /// Of a root: those of this machine obey `/` alone.
    pub fn of(root: &Path) -> Self {
        if root == Path::new("/") { Self::Obey } else { Self::Judge }
    }
}

/// The right to change what is enforced beneath a root.
#[derive(Debug)]
pub struct Session<'m> {
    pub(super) machine: Machine<'m>,
    pub(super) tree: Tree,
    pub(super) folder: PathBuf,
    pub(super) store: Store,
    pub(super) now: DateTime,
    /// What is in place.
    pub record: Option<Record>,
    /// What a crash had left, which was finished or taken back.
    pub recovered: Option<Recovered>,
    /// Commands that did not succeed while something was taken back, which goes on regardless.
    pub complaints: Vec<Ended>,
    /// Files that were somebody else's when something was to be taken back, and stay.
    pub left: Vec<PathBuf>,
    /// Files that do not have all the attributes that they had before.
    pub lost: Vec<Lost>,
    /// What was due and was done before what was asked for.
    pub back: Vec<Back>,
    _lock: Lock,
}

impl<'m> Session<'m> {
    /// Takes the lock, reads the record, and finishes or takes back what a crash left. `now` is the later of the clock and the
    /// last accepted refresh (`trust.md`, rule 9); a moment that was seen earlier and is later still counts instead.
    ///
    /// # Errors
    /// Another run has the lock; the folder is somebody else's; the record or what a crash left cannot be used.
    pub fn open(machine: Machine<'m>, now: DateTime) -> Result<Self, ApplyError> {
        let all = machine.places.enforcement();
        machine.disk.create_dir_all_synced(&all, Mode::Public)?;
        let folder = record::folder(machine.places, machine.root);
        machine.disk.create_dir_all_synced(&folder, Mode::Public)?;
        alone(&all)?;
        alone(&folder)?;
        // One lock for every root: each run is short, and two roots may be one.
        let lock = Lock::acquire(&all.join("lock"))?;
        let tree = Tree::open(machine.root)?;
        let store = Store { folder: folder.join("base") };
        let mut record = Record::read(machine.places, machine.root)?;
        let ground = Ground { disk: machine.disk, tree: &tree, folder: &folder, store: &store };
        let recovered = recover(ground, &mut record)?;
        let now = record.as_ref().and_then(|record| record.seen_at).map_or(now, |seen| seen.max(now));
        let left = recovered.as_ref().map(|recovered| recovered.left.clone()).unwrap_or_default();
        let lost = recovered.as_ref().map(|recovered| recovered.lost.clone()).unwrap_or_default();
        let mut session = Self {
            machine,
            tree,
            folder,
            store,
            now,
            record,
            recovered,
            complaints: Vec::new(),
            left,
            lost,
            back: Vec::new(),
            _lock: lock,
        };
        let calls = session.recovered.as_ref().map(|found| found.activation.clone()).unwrap_or_default();
        session.take_up(&calls);
        Ok(session)
    }

    /// The moment that counts.
    pub fn now(&self) -> DateTime {
        self.now
    }

    /// Whether tools of this machine obey what is written.
    pub fn is_machine(&self) -> bool {
        self.machine.tools == Tools::Obey
    }

    pub(super) fn ground(&self) -> Ground<'_> {
        Ground { disk: self.machine.disk, tree: &self.tree, folder: &self.folder, store: &self.store }
    }

    /// Runs a command; how it ended where it did not succeed.
    pub(super) fn refused(&self, call: &Call) -> Option<Ended> {
        let answer = self.machine.runner.run(call);
        let ended = Ended::of(call, &answer);
        (ended.status != Some(0) || ended.too_long).then_some(ended)
    }

    /// Has the tools take up what is there, whatever becomes of it.
    pub(super) fn take_up(&mut self, calls: &[Call]) {
        if self.is_machine() {
            let refused: Vec<Ended> = calls.iter().filter_map(|call| self.refused(call)).collect();
            self.complaints.extend(refused);
        }
    }

    /// The serial of the next record.
    pub(super) fn serial(&self) -> u64 {
        self.record.as_ref().map_or(0, |record| record.serial).saturating_add(1)
    }
}

/// Refuses a folder into which others may write: they could have files put anywhere.
fn alone(folder: &Path) -> Result<(), ApplyError> {
    let metadata =
        fs::symlink_metadata(folder).map_err(|error| DiskError::new(Operation::Open, folder, error))?;
    let ours = metadata.uid() == Tree::ours().0 && metadata.mode() & 0o022 == 0 && metadata.is_dir();
    if ours { Ok(()) } else { Err(ApplyError::Writable { path: folder.into() }) }
}
