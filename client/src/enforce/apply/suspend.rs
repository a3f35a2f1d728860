//! Taking enforcement back: `undo`, break-glass, a confirmation that never came; and bringing it back by itself.
//!
//! Local enforcement is suspended, never the directive (`trust.md`, rule 19): verdicts, exit codes and reports stay. What is
//! withheld is kept byte for byte, so that it is there again at the end without anything having to be fetched, derived or
//! approved first.

use std::path::PathBuf;

use interdict_schema::{DateTime, Sha256};

use super::super::plan::Adopt;
use super::super::record::{Record, Suspension, Written};
use super::changes::{Changed, Changes};
use super::error::ApplyError;
use super::session::Session;
use super::transaction::Transaction;

/// The longest suspension, in hours.
pub const LONGEST_HOURS: u32 = 72;

/// What became of enforcement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Back {
    /// Nothing was due.
    Nothing,
    /// A suspension is over: what was withheld is in place.
    Resumed {
        /// The suspension.
        suspension: Suspension,
        /// The files that were changed.
        changed: Vec<Changed>,
        /// The files that are not in place again, because somebody else's are there now.
        left: Vec<PathBuf>,
    },
    /// What awaited confirmation was not confirmed: what was there before it is there again.
    Reverted {
        /// Until when it waited.
        until: DateTime,
        /// The plan that was taken back.
        plan: Sha256,
        /// The files that were changed.
        changed: Vec<Changed>,
        /// The files that are not as they were, because somebody else's are there now.
        left: Vec<PathBuf>,
    },
}

impl Session<'_> {
    /// Suspends enforcement: exactly what was there before is there again, until the suspension's end. A suspension that is
    /// running gets the new reason and end.
    ///
    /// # Errors
    /// [`ApplyError::End`] for an end that is over or more than [`LONGEST_HOURS`] away; [`ApplyError::NothingApplied`];
    /// [`ApplyError::NotOurs`] for files that were edited: nothing was changed. A tool that does not take the change up is among
    /// the [`complaints`](Session::complaints) and stops nothing.
    pub fn suspend(&mut self, mut suspension: Suspension, adopt: Adopt) -> Result<Vec<Changed>, ApplyError> {
        self.lapse()?;
        let latest = self.now.saturating_add_seconds(i64::from(LONGEST_HOURS) * 3600);
        if suspension.until <= self.now || latest < suspension.until {
            let (until, now) = (suspension.until, self.now);
            return Err(ApplyError::End { until, now, hours: LONGEST_HOURS });
        }
        suspension.since = self.now;
        let Some(mut record) = self.record.clone() else {
            return Err(ApplyError::NothingApplied { root: self.machine.root.into() });
        };
        let mut changes = Changes::default();
        for written in &record.files {
            changes.take_away(&self.tree, written, adopt)?;
        }
        if !changes.not_ours.is_empty() {
            return Err(ApplyError::NotOurs { files: changes.not_ours });
        }
        changes.set_aside(self.machine.disk, &self.folder)?;
        // What nobody confirmed does not come back by itself: what was confirmed before it does.
        if record.confirm_until.take().is_some() {
            match record.previous.take() {
                Some(previous) => {
                    let Record { folders, activation, release, .. } = record;
                    record = Record { folders, activation, release, ..*previous };
                }
                None => record.files.clear(),
            }
        }
        if record.suspended.is_none() {
            record.withheld = std::mem::take(&mut record.files);
        }
        record.suspended = Some(suspension);
        self.change(record, changes)
    }

    /// Confirms what was applied.
    ///
    /// # Errors
    /// [`ApplyError::NothingToConfirm`], also where it was reverted because the time was over.
    pub fn confirm(&mut self) -> Result<(), ApplyError> {
        self.lapse()?;
        let serial = self.serial();
        match &mut self.record {
            Some(record) if record.confirm_until.is_some() => {
                record.confirm_until = None;
                record.previous = None;
                record.serial = serial;
                record.seen_at = Some(self.now);
                record.write_in(self.machine.disk, &self.folder)?;
                Ok(self.store.sweep(self.machine.disk, record)?)
            }
            _ => Err(ApplyError::NothingToConfirm),
        }
    }

    /// Ends a suspension before its end.
    ///
    /// # Errors
    /// As [`lapse`](Self::lapse).
    pub fn end_now(&mut self) -> Result<Back, ApplyError> {
        let now = self.now;
        if let Some(suspension) = self.record.as_mut().and_then(|record| record.suspended.as_mut()) {
            suspension.until = suspension.until.min(now);
        }
        self.lapse()
    }

    /// Does what is due by now: a suspension that is over ends, and what was not confirmed is taken back. A file that somebody
    /// else has put in the way meanwhile stays and is among [`left`](Session::left); the next `apply` reports it.
    ///
    /// # Errors
    /// What the disk gave; everything is as before.
    pub fn lapse(&mut self) -> Result<Back, ApplyError> {
        let back = self.lapse_once()?;
        if back != Back::Nothing {
            self.back.push(back.clone());
        }
        Ok(back)
    }

    /// Takes back what awaits confirmation, before its time is over.
    ///
    /// # Errors
    /// As [`lapse`](Self::lapse).
    pub fn take_back_unconfirmed(&mut self) -> Result<Back, ApplyError> {
        let now = self.now;
        if let Some(until) = self.record.as_mut().and_then(|record| record.confirm_until.as_mut()) {
            *until = (*until).min(now);
        }
        self.lapse()
    }

    fn lapse_once(&mut self) -> Result<Back, ApplyError> {
        let Some(record) = &self.record else { return Ok(Back::Nothing) };
        if let Some(until) = record.confirm_until.filter(|until| *until <= self.now) {
            let plan = record.plan;
            let (changed, left) = self.revert()?;
            return Ok(Back::Reverted { until, plan, changed, left });
        }
        match record.suspended.clone() {
            Some(suspension) if suspension.until <= self.now => {
                let mut record = record.clone();
                let mut changes = Changes::default();
                for written in &record.withheld {
                    changes.bring_back(self.ground(), written, None)?;
                }
                let left: Vec<PathBuf> = changes.not_ours.drain(..).map(|file| file.path).collect();
                self.left.extend(left.iter().cloned());
                record.withheld = Vec::new();
                record.suspended = None;
                record.files.clone_from(&changes.files);
                Ok(Back::Resumed { suspension, changed: self.change(record, changes)?, left })
            }
            _ => Ok(Back::Nothing),
        }
    }

    /// Goes back to what was there before what awaits confirmation.
    fn revert(&mut self) -> Result<(Vec<Changed>, Vec<PathBuf>), ApplyError> {
        let Some(record) = self.record.clone() else { return Ok((Vec::new(), Vec::new())) };
        let previous = record.previous.as_deref();
        // Of what was edited by hand before it was given up the bytes are gone: nothing of this program's stays there then.
        let kept = |written: &Written| {
            let same = record.file(&written.path).is_some_and(|later| later.sha256 == written.sha256);
            same || self.store.has(&written.sha256)
        };
        let mut changes = Changes::default();
        for written in previous.iter().flat_map(|previous| &previous.files) {
            if kept(written) {
                changes.bring_back(self.ground(), written, record.file(&written.path))?;
            }
        }
        let stays =
            |written: &Written| previous.and_then(|previous| previous.file(&written.path)).is_some_and(kept);
        for written in record.files.iter().filter(|written| !stays(written)) {
            changes.take_away(&self.tree, written, Adopt::No)?;
        }
        let left: Vec<PathBuf> = changes.not_ours.drain(..).map(|file| file.path).collect();
        self.left.extend(left.iter().cloned());
        let files = changes.files.clone();
        let record = match record.previous {
            Some(previous) => {
                let Record { folders, activation, release, .. } = record;
                Record { files, folders, activation, release, ..*previous }
            }
            None => Record { targets: Vec::new(), confirm_until: None, files, previous: None, ..record },
        };
        Ok((self.change(record, changes)?, left))
    }

    /// Carries changes out that were in place or rendered before, so that no tool has to judge them.
    fn change(&mut self, mut record: Record, changes: Changes<'_>) -> Result<Vec<Changed>, ApplyError> {
        record.serial = self.serial();
        record.seen_at = Some(self.now);
        changes.keep_shared(self.machine.disk, &self.store)?;
        let targets: Vec<&str> = changes.targets.iter().map(String::as_str).collect();
        let calls = self.calls(&record, &targets);
        let done = calls.done.clone();
        let begun = Transaction::begin(self.ground(), record.serial, &changes.wanted, &changes.bytes, calls)?;
        if let Err(error) = begun.install() {
            return Err(match begun.take_back() {
                Ok(_) => error,
                Err(because) => ApplyError::HalfWay { source: Box::new(error), because: Box::new(because) },
            });
        }
        record.folders.extend(begun.folders().iter().cloned());
        record.folders.sort();
        record.folders.dedup();
        record.write_in(self.machine.disk, &self.folder)?;
        let lost = begun.lost().to_vec();
        begun.finish(&mut record)?;
        self.record = Some(record);
        self.lost.extend(lost);
        self.take_up(&done);
        Ok(changes.changed)
    }
}
