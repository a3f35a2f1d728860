//! Carrying an order out: the order of things, and what takes everything back.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use interdict_schema::{DateTime, Sha256};
use serde::Serialize;

use super::super::command::Command;
use super::super::plan::Adopt;
use super::super::question::Question;
use super::super::record::{Call, FORMAT, NotEnforced, Record, Written};
use super::super::rendered::Rendered;
use super::super::stage::Mode;
use super::changes::{Changed, Changes};
use super::error::{ApplyError, Step};
use super::evidence::{Evidence, Reply};
use super::intent::Calls;
use super::runner::{Ended, call};
use super::session::Session;
use super::transaction::{TakenBack, Transaction};

/// What is to be in place.
#[derive(Debug, Clone)]
pub struct Order<'o> {
    /// The generation that it follows from.
    pub generation: u64,
    /// Audit or enforcement.
    pub mode: Mode,
    /// The digest of the plan.
    pub plan: Sha256,
    /// What none of the targets enforces.
    pub not_enforced: Vec<NotEnforced>,
    /// The targets, in the order in which they are taken up. Others that were applied before stay as they are.
    pub targets: Vec<Ordered<'o>>,
}

/// A target and what it made of the bans.
#[derive(Debug, Clone, Copy)]
pub struct Ordered<'o> {
    /// Its name.
    pub name: &'o str,
    /// Its files and commands.
    pub rendered: &'o Rendered,
    /// How it lets go where none of its files is in place any more ([`Target::release`](super::super::Target::release)).
    pub release: &'o [Command],
}

/// How an order is carried out.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Whether files of others are taken over.
    pub adopt: Adopt,
    /// The operator's own judgement of the machine, run once everything is in place.
    pub health_check: Option<Call>,
    /// The moment at which everything is taken back unless it is confirmed.
    pub confirm_until: Option<DateTime>,
}

/// A target that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Which.
    pub target: String,
    /// The programs that are not there.
    pub absent: Vec<String>,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Applied {
    /// The files that were changed; none where everything was in place.
    pub changed: Vec<Changed>,
    /// The targets that were left out; what is there of them stays.
    pub skipped: Vec<Skipped>,
    /// Whether tools were to take it up: not beneath another root.
    pub taken_up: bool,
    /// The targets whose files were all as they are to be, and whose tools had let go of them and were told once more.
    pub again: Vec<String>,
    /// What the tools answered when the effect was read back.
    pub replies: Vec<Reply>,
    /// Until when it must be confirmed.
    pub confirm_until: Option<DateTime>,
}

/// What the tools make of what is in place already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// What they answered.
    pub replies: Vec<Reply>,
    /// The targets whose tools had let go and were told once more.
    pub again: Vec<String>,
}

impl Session<'_> {
    /// Puts everything in place, all or none.
    ///
    /// # Errors
    /// [`ApplyError`]: nothing was changed, or everything was taken back.
    pub fn apply(&mut self, order: &Order<'_>, settings: &Settings) -> Result<Applied, ApplyError> {
        self.lapse()?;
        if let Some(record) = &self.record {
            if let Some(suspension) = record.suspension(self.now) {
                return Err(ApplyError::Suspended { until: suspension.until });
            }
            if let Some(until) = record.confirm_until {
                return Err(ApplyError::Unconfirmed { until });
            }
        }
        let (ordered, skipped) = self.present(order);
        let changes = self.gather(order, &ordered, settings.adopt)?;
        let mut record = self.following(order, &ordered, &changes)?;
        if changes.wanted.is_empty() {
            self.remember(record)?;
            let Kept { replies, again } = self.hold_to(&ordered)?;
            let taken_up = self.is_machine();
            return Ok(Applied {
                changed: Vec::new(),
                skipped,
                taken_up,
                again,
                replies,
                confirm_until: None,
            });
        }
        if let Some(until) = settings.confirm_until {
            record.confirm_until = Some(until);
            record.previous = self.record.clone().map(Box::new);
        }
        changes.set_aside(self.machine.disk, &self.folder)?;
        changes.keep_shared(self.machine.disk, &self.store)?;
        let touched: Vec<&str> = ordered.iter().map(|target| target.name).collect();
        let touched: Vec<&str> = touched.into_iter().filter(|name| changes.targets.contains(*name)).collect();
        let calls = self.calls(&record, &touched);
        let taken_back = calls.taken_back.clone();
        let begun = Transaction::begin(self.ground(), record.serial, &changes.wanted, &changes.bytes, calls)?;
        let judged = ordered.iter().filter(|target| touched.contains(&target.name));
        let mut complaints = Vec::new();
        let replies = match self.judge(&begun, judged.clone().copied()) {
            Err(error) => return Err(take_back(begun, error, &mut TakenBack::default())),
            Ok(()) => self.put_in_place(&begun, &record, judged.copied(), settings, &mut complaints),
        };
        let replies = match replies {
            Ok(replies) => replies,
            Err(error) => {
                let mut back = TakenBack::default();
                let error = take_back(begun, error, &mut back);
                self.left.extend(back.left);
                self.lost.extend(back.lost);
                self.take_up(&taken_back);
                return Err(error);
            }
        };
        record.folders.extend(begun.folders().iter().cloned());
        record.folders.sort();
        record.folders.dedup();
        let lost = begun.lost().to_vec();
        // From here on it is done. Where the record is not written, the next run sees which of both it was.
        record.write_in(self.machine.disk, &self.folder)?;
        begun.finish(&mut record)?;
        self.complaints.extend(complaints);
        self.lost.extend(lost);
        let confirm_until = record.confirm_until;
        if !replies.is_empty() {
            let evidence = Evidence { at: self.now, generation: order.generation, replies: replies.clone() };
            evidence.write(self.machine.disk, &self.folder, record.serial)?;
        }
        self.record = Some(record);
        let taken_up = self.is_machine();
        let again = Vec::new();
        Ok(Applied { changed: changes.changed, skipped, taken_up, again, replies, confirm_until })
    }

    /// The targets whose programs are there, and those whose are not.
    fn present<'o>(&self, order: &Order<'o>) -> (Vec<Ordered<'o>>, Vec<Skipped>) {
        let (mut ordered, mut skipped) = (Vec::new(), Vec::new());
        for target in &order.targets {
            let absent = target.rendered.needs.iter().filter(|needed| !self.machine.runner.is_there(needed));
            let absent: Vec<String> = absent.map(|needed| (*needed).to_owned()).collect();
            if absent.is_empty() {
                ordered.push(*target);
            } else {
                skipped.push(Skipped { target: target.name.to_owned(), absent });
            }
        }
        (ordered, skipped)
    }

    fn gather<'b>(
        &self,
        order: &Order<'_>,
        ordered: &[Ordered<'_>],
        adopt: Adopt,
    ) -> Result<Changes<'b>, ApplyError> {
        let mut changes = Changes::default();
        let record = self.record.as_ref();
        for Ordered { name, rendered, .. } in ordered {
            for file in &rendered.files {
                changes.put(&self.tree, record, name, file, order.generation, adopt)?;
            }
        }
        let is_wanted = |path: &Path| {
            ordered.iter().any(|target| target.rendered.files.iter().any(|file| file.path == path))
        };
        for written in record.iter().flat_map(|record| &record.files) {
            if is_wanted(&written.path) {
                continue;
            }
            if ordered.iter().any(|target| target.name == written.target) {
                changes.take_away(&self.tree, written, adopt)?;
            } else {
                changes.files.push(written.clone());
            }
        }
        if !changes.not_ours.is_empty() {
            return Err(ApplyError::NotOurs { files: std::mem::take(&mut changes.not_ours) });
        }
        changes.files.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(changes)
    }

    /// The record once it is done.
    fn following(
        &self,
        order: &Order<'_>,
        ordered: &[Ordered<'_>],
        changes: &Changes<'_>,
    ) -> Result<Record, ApplyError> {
        let before = self.record.as_ref();
        let mut targets = before.map(|record| record.targets.clone()).unwrap_or_default();
        let mut activation = before.map(|record| record.activation.clone()).unwrap_or_default();
        let mut release = before.map(|record| record.release.clone()).unwrap_or_default();
        for Ordered { name, rendered, release: released } in ordered {
            if !targets.iter().any(|known| known == name) {
                targets.push((*name).to_owned());
            }
            let mut calls = Vec::new();
            for command in &rendered.activate {
                calls.push(call(command, |number| installed(rendered, number))?);
            }
            activation.insert((*name).to_owned(), calls);
            let mut calls = Vec::new();
            for command in *released {
                calls.push(call(command, |number| installed(rendered, number))?);
            }
            if !calls.is_empty() {
                release.insert((*name).to_owned(), calls);
            }
        }
        targets.sort();
        Ok(Record {
            format: FORMAT.into(),
            root: self.machine.root.into(),
            generation: order.generation,
            mode: order.mode,
            applied_at: self.now,
            plan: order.plan,
            targets,
            not_enforced: order.not_enforced.clone(),
            suspended: None,
            confirm_until: None,
            files: changes.files.clone(),
            serial: self.serial(),
            seen_at: Some(self.now),
            withheld: Vec::new(),
            folders: before.map(|record| record.folders.clone()).unwrap_or_default(),
            activation,
            release,
            previous: None,
        })
    }

    /// Nothing changes on the machine: the record is written only where it says something new.
    fn remember(&mut self, record: Record) -> Result<(), ApplyError> {
        let same = self.record.as_ref().is_some_and(|before| {
            let (applied_at, serial, seen_at) = (before.applied_at, before.serial, before.seen_at);
            *before == Record { applied_at, serial, seen_at, ..record.clone() }
        });
        if !same {
            record.write_in(self.machine.disk, &self.folder)?;
            self.record = Some(record);
        }
        Ok(())
    }

    /// How the targets take up what the record says, and how they go back to what was there.
    pub(super) fn calls(&self, record: &Record, targets: &[&str]) -> Calls {
        if !self.is_machine() {
            return Calls::default();
        }
        let (mut done, mut taken_back) = (Vec::new(), Vec::new());
        let before = self.record.as_ref();
        for target in targets {
            taking_up(target, &record.files, Some(record), before, &mut done);
            let files = before.map(|before| before.files.as_slice()).unwrap_or_default();
            taking_up(target, files, before, Some(record), &mut taken_back);
        }
        Calls { done, taken_back }
    }

    /// Has each tool judge the files where they are staged.
    fn judge<'o>(
        &self,
        begun: &Transaction<'_>,
        targets: impl Iterator<Item = Ordered<'o>>,
    ) -> Result<(), ApplyError> {
        for Ordered { name, rendered, .. } in targets {
            let path = |number| -> Result<PathBuf, ApplyError> {
                let path = installed(rendered, number)?;
                match begun.staged(&path)? {
                    Some(staged) => Ok(staged),
                    None => Ok(self.tree.outside(&path)?),
                }
            };
            for command in &rendered.validate {
                let call = call(command, path)?;
                if let Some(ended) = self.refused(&call) {
                    return Err(refusal(name, Step::Validate, ended));
                }
            }
        }
        Ok(())
    }

    /// Renames everything to its place, and sees what the tools make of it.
    fn put_in_place<'o>(
        &self,
        begun: &Transaction<'_>,
        record: &Record,
        targets: impl Iterator<Item = Ordered<'o>> + Clone,
        settings: &Settings,
        complaints: &mut Vec<Ended>,
    ) -> Result<Vec<Reply>, ApplyError> {
        begun.install()?;
        for Ordered { name, .. } in targets.clone() {
            for call in self.calls(record, &[name]).done {
                let Some(ended) = self.refused(&call) else { continue };
                // How it was told before only has it let go of what it no longer has: it may be gone itself.
                let of = |calls: &BTreeMap<String, Vec<Call>>| {
                    calls.get(name).is_some_and(|calls| calls.contains(&call))
                };
                if of(&record.activation) || of(&record.release) {
                    return Err(refusal(name, Step::Activate, ended));
                }
                complaints.push(ended);
            }
        }
        if let Some(ended) = settings.health_check.as_ref().and_then(|call| self.refused(call)) {
            return Err(refusal("the operator", Step::HealthCheck, ended));
        }
        let mut replies = Vec::new();
        for target in targets {
            replies.extend(self.read_back(target)?);
        }
        Ok(replies)
    }

    /// What a tool answers to every question; nothing beneath another root, which none of this machine obeys.
    fn read_back(&self, target: Ordered<'_>) -> Result<Vec<Reply>, ApplyError> {
        let Ordered { name, rendered, .. } = target;
        let questions = rendered.questions.iter().filter(|_| self.is_machine());
        questions.map(|question| self.ask(name, rendered, question)).collect()
    }

    /// Reads back what is in place. A tool that has let go of it (a table that somebody flushed, a start without it) is told once
    /// more: a file that is as it was is no proof that anything obeys it.
    ///
    /// # Errors
    /// A tool does not take it up again. No file was changed.
    pub fn hold_to(&self, targets: &[Ordered<'_>]) -> Result<Kept, ApplyError> {
        let mut kept = Kept::default();
        for target in targets {
            let Ok(found) = self.read_back(*target) else {
                kept.replies.extend(self.tell_again(*target).map_err(untouched)?);
                kept.again.push(target.name.to_owned());
                continue;
            };
            kept.replies.extend(found);
        }
        Ok(kept)
    }

    fn tell_again(&self, target: Ordered<'_>) -> Result<Vec<Reply>, ApplyError> {
        let gone = target.rendered.files.is_empty() && !target.release.is_empty();
        let commands = if gone { target.release } else { &target.rendered.activate };
        for command in commands {
            let call = call(command, |number| installed(target.rendered, number))?;
            if let Some(ended) = self.refused(&call) {
                return Err(refusal(target.name, Step::Activate, ended));
            }
        }
        self.read_back(target)
    }

    fn ask(&self, target: &str, rendered: &Rendered, question: &Question) -> Result<Reply, ApplyError> {
        let call = call(&question.command, |number| installed(rendered, number))?;
        let mut more = question.expects.patience().saturating_mul(ASKED_A_SECOND);
        loop {
            let answer = self.machine.runner.run(&call);
            let ended = Ended::of(&call, &answer);
            let is_met = answer.is_ok_and(|answer| {
                !answer.too_long && question.expects.is_met(answer.status, &answer.stdout)
            });
            if is_met {
                let expects = question.expects.clone();
                return Ok(Reply {
                    target: target.to_owned(),
                    about: question.about.clone(),
                    expects,
                    ended,
                });
            }
            if more == 0 {
                return Err(refusal(target, Step::ReadBack, ended));
            }
            more = more.saturating_sub(1);
            self.machine.runner.pause(PAUSE);
        }
    }
}

/// How often a tool is asked that may take its time.
const ASKED_A_SECOND: u64 = 4;
const PAUSE: Duration = Duration::from_millis(1000 / ASKED_A_SECOND);

/// How a target takes up what is in place: it lets go where nothing of it is, and has a way to; else it is told as of these
/// records, the one that counts first.
fn taking_up(
    target: &str,
    files: &[Written],
    first: Option<&Record>,
    second: Option<&Record>,
    calls: &mut Vec<Call>,
) {
    let records = || first.into_iter().chain(second);
    let of = |calls: &BTreeMap<String, Vec<Call>>| calls.get(target).cloned().unwrap_or_default();
    let gone = !files.iter().any(|written| written.target == target);
    let mut wanted: Vec<Call> = Vec::new();
    if gone {
        wanted =
            records().map(|record| of(&record.release)).find(|calls| !calls.is_empty()).unwrap_or_default();
    }
    if wanted.is_empty() {
        wanted = records().flat_map(|record| of(&record.activation)).collect();
    }
    for call in wanted {
        if !calls.contains(&call) {
            calls.push(call);
        }
    }
}

/// Where a file of a target lies once it is installed.
fn installed(rendered: &Rendered, number: usize) -> Result<PathBuf, ApplyError> {
    let file = rendered.files.get(number).ok_or(ApplyError::NoSuchFile { number })?;
    Ok(file.path.clone())
}

fn refusal(target: &str, step: Step, ended: Ended) -> ApplyError {
    let taken_back = step != Step::Validate;
    ApplyError::Tool { target: target.to_owned(), step, ended: Box::new(ended), taken_back }
}

/// The same refusal where no file was changed.
fn untouched(error: ApplyError) -> ApplyError {
    match error {
        ApplyError::Tool { target, step, ended, .. } => {
            ApplyError::Tool { target, step, ended, taken_back: false }
        }
        other => other,
    }
}

/// Takes everything back because of an error.
fn take_back(begun: Transaction<'_>, error: ApplyError, back: &mut TakenBack) -> ApplyError {
    match begun.take_back() {
        Ok(taken_back) => {
            *back = taken_back;
            error
        }
        Err(because) => ApplyError::HalfWay { source: Box::new(error), because: Box::new(because) },
    }
}
