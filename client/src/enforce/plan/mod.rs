//! The plan: what each target would write, beside what is there, and what of the policy that leaves undone.
//!
//! [`compute`] is the only way a plan comes about. `plan` shows it and writes it down; `apply` computes it again from
//! verified inputs and carries out its own result alone, if its digest is that of the plan that was approved (`trust.md`, rule 18).
//!
//! | file | what is there |
//! |---|---|
//! | `disk` | how files are now: the thin reader |
//! | `change`, `diff` | what becomes of one file |
//! | `parts` | what each subject comes to |
//! | `unenforced` | what no target enforces |
//! | `impact` | what would be hit on this machine |
//! | `document` | the plan as a document, its digest, and reading one |
//! | `page` | the plan for people |
//!
//! Not here: changing anything.

mod change;
mod diff;
pub mod disk;
mod document;
mod impact;
mod page;
mod parts;
#[cfg(test)]
mod testing;
mod unenforced;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use interdict_host::read::{ReadError, read_bounded_nofollow};
use interdict_host::write::DiskError;
use interdict_schema::directive::IdentifierKind;
use interdict_schema::plan::{FidelityCount, FileChange, Plan, Planned, ProtectedHit, TargetPlan};
use interdict_schema::{DateTime, Sha256};
use thiserror::Error;

pub use change::{Adopt, Change, Refused};
pub use document::{MAX_PLAN_BYTES, NotAPlan, digest_of, read, write};
pub use impact::impact;
pub use page::page;

use self::disk::{Beneath, MAX_FILE_BYTES};
use super::bans::Bans;
use super::command::{Argument, Command};
use super::fidelity::Fidelity;
use super::gates;
use super::machine::{Hashing, Machine};
use super::protected::Protected;
use super::record::{Record, RecordError, base_file};
use super::rendered::Rendered;
use super::stage::Mode;
use super::target::{Options, Seen, Target};
use crate::config::enforce::Enforce;
use crate::config::{Config, RepositoryConfig};
use crate::exceptions::Exception;
use crate::inventory::{Inventory, machine_name};
use crate::places::Places;
use crate::store::generation::{FileError, Generation};

/// From what a plan follows. Everything in it was verified, or is the operator's own.
#[derive(Debug, Clone, Copy)]
pub struct Request<'r> {
    /// Where the record of what was written lies.
    pub places: &'r Places,
    /// The configuration.
    pub config: &'r Config,
    /// The generation, settled for `now`.
    pub generation: &'r Generation,
    /// The agency's exceptions that count.
    pub exceptions: &'r [&'r Exception],
    /// What is installed beneath the root.
    pub inventory: &'r Inventory,
    /// The root beneath which files are meant, absolute.
    pub root: &'r Path,
    /// The later of the clock and the last accepted refresh (`trust.md`, rule 9).
    pub now: DateTime,
    /// What is asked for.
    pub mode: Mode,
    /// The targets, in the order of [`ALL`](super::target::ALL).
    pub targets: &'r [&'static dyn Target],
    /// Whether files of others are taken over.
    pub adopt: Adopt,
}

/// A plan that was computed, with all that is needed to carry it out.
#[derive(Debug)]
#[must_use = "a plan that is dropped is a change that nobody sees"]
pub struct Computed {
    /// What is to be done, as a document.
    pub planned: Planned,
    /// What is compared.
    pub digest: Sha256,
    /// What was rendered, by target; none for a target that is absent or failed.
    pub outputs: Vec<Output>,
    /// Everything that is to be enforced, with what is held back.
    pub bans: Bans,
    /// What was written before.
    pub record: Option<Record>,
}

/// What a target is to be given.
#[derive(Debug)]
pub struct Output {
    /// The target.
    pub target: &'static dyn Target,
    /// Its files and commands.
    pub rendered: Rendered,
    /// What becomes of each of [`Rendered::files`], in their order.
    pub changes: Vec<Change>,
    /// The files that it wrote before and no longer needs, and what becomes of them.
    pub leftovers: Vec<(PathBuf, Change)>,
}

/// Why there is no plan.
#[derive(Debug, Error)]
pub enum PlanError {
    /// A file of entries is not the one that was signed.
    #[error(transparent)]
    Entries(#[from] FileError),
    /// What was written before is not known.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The machine could not be read.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// What was there before a file was merged into is not known.
    #[error(transparent)]
    Base(#[from] ReadError),
    /// Whether something is there for which a gate asks cannot be told.
    #[error("whether what a gate asks for is there cannot be told")]
    Gate(#[source] io::Error),
}

/// Computes a plan.
///
/// # Errors
/// [`PlanError`]: something that a plan rests on is not known. A target that fails alone is part of the plan.
pub fn compute(request: &Request<'_>) -> Result<Computed, PlanError> {
    let none = Enforce::default();
    let enforce = request.config.enforce.as_ref().unwrap_or(&none);
    let name = machine_name::name_of(request.root).unwrap_or_default();
    let mut bans = Bans::of(request.generation, request.now, request.mode, request.exceptions, &name)?;
    let digests = bans.iter().any(|ban| ban.entry.kind == IdentifierKind::Sha256);
    let hashing = if digests { Hashing::Read } else { Hashing::NotRead };
    let machine = Machine::read(request.root, request.inventory, hashing);
    let gates = gates::hold(&mut bans, &enforce.replacement_present, &machine).map_err(PlanError::Gate)?;
    let protected = hold(&mut bans, &machine, &request.config.repositories, enforce);
    let record = Record::read(request.places, request.root)?;
    let beneath = Beneath::open(request.root)?;
    let mut targets = Vec::new();
    let mut outputs = Vec::new();
    for target in request.targets {
        let (plan, output) =
            of_target(request, enforce, *target, &bans, &machine, &beneath, record.as_ref())?;
        targets.push(plan);
        outputs.extend(output);
    }
    let left_alone = record.iter().flat_map(|record| &record.targets);
    let left_alone = left_alone.filter(|name| !request.targets.iter().any(|target| target.name() == **name));
    let planned = Planned {
        root: request.root.display().to_string(),
        mode: request.mode.as_str().into(),
        adopt: request.adopt == Adopt::Yes,
        targets,
        parts: parts::parts(&bans, &outputs),
        not_enforced: unenforced::not_enforced(&bans, &outputs),
        protected,
        gates,
        max_impact: enforce.max_impact,
        window: enforce.window.as_ref().map(ToString::to_string),
        health_check: enforce.health_check.clone(),
        left_alone: left_alone.cloned().collect(),
    };
    Ok(Computed { digest: digest_of(&planned), planned, outputs, bans, record })
}

fn hold(
    bans: &mut Bans,
    machine: &Machine,
    repositories: &[RepositoryConfig],
    enforce: &Enforce,
) -> Vec<ProtectedHit> {
    let hits = Protected::new(machine, repositories, &enforce.protected).hold(bans);
    let told = |hit: super::protected::Hit| ProtectedHit {
        directive: hit.directive,
        subject: hit.subject,
        kind: hit.kind,
        value: hit.value,
        protects: hit.protects,
    };
    hits.into_iter().map(told).collect()
}

fn of_target(
    request: &Request<'_>,
    enforce: &Enforce,
    target: &'static dyn Target,
    bans: &Bans,
    machine: &Machine,
    beneath: &Beneath,
    record: Option<&Record>,
) -> Result<(TargetPlan, Option<Output>), PlanError> {
    let set = enforce.settings_of(target.name());
    let known = target.settings();
    let mut seen = Seen::default();
    let options = Options { now: request.now, mode: request.mode, settings: &set, known, seen: &seen };
    let mut reads = target.reads(&options);
    for folder in target.reads_folders(&options) {
        reads.extend(beneath.files(&folder)?);
    }
    let shown: BTreeMap<String, String> = known
        .iter()
        .map(|setting| (setting.key.to_owned(), options.setting(setting.key).to_owned()))
        .collect();
    for path in reads {
        let written = record.and_then(|record| record.file(&path));
        let base = match written.and_then(|written| written.base.as_ref()) {
            Some(base) => Some(read_bounded_nofollow(
                &base_file(request.places, request.root, &base.sha256),
                MAX_FILE_BYTES,
            )?),
            None => None,
        };
        let standing = beneath.look(&path)?;
        if let Some(now) = change::seen(&standing, written, base) {
            seen.add(path, now);
        }
    }
    let options = Options { now: request.now, mode: request.mode, settings: &set, known, seen: &seen };
    let mut plan = TargetPlan {
        name: target.name().into(),
        about: target.about().into(),
        state: "planned".into(),
        missing: Vec::new(),
        error: None,
        settings: shown,
        files: Vec::new(),
        validate: Vec::new(),
        activate: Vec::new(),
        questions: 0,
        fidelity: Vec::new(),
        warnings: Vec::new(),
    };
    let rendered = match target.render(bans, &options) {
        Ok(rendered) => rendered,
        Err(error) => {
            plan.state = "failed".into();
            plan.error = Some(error.to_string());
            return Ok((plan, None));
        }
    };
    let missing = machine.missing(rendered.needs);
    if !missing.is_empty() {
        plan.state = "absent".into();
        plan.missing = missing.into_iter().map(ToOwned::to_owned).collect();
        return Ok((plan, None));
    }
    let mut changes = Vec::new();
    for file in &rendered.files {
        let written = record.and_then(|record| record.file(&file.path));
        let (change, told) =
            change::of_file(target, file, &beneath.look(&file.path)?, written, request.adopt);
        changes.push(change);
        plan.files.push(told);
    }
    let leftovers = leftovers(target, &rendered, beneath, record, request.adopt, &mut plan.files)?;
    let paths: Vec<&Path> = rendered.files.iter().map(|file| file.path.as_path()).collect();
    plan.validate = rendered.validate.iter().map(|command| words(command, &paths)).collect();
    plan.activate = rendered.activate.iter().map(|command| words(command, &paths)).collect();
    plan.questions = u64::try_from(rendered.questions.len()).unwrap_or(u64::MAX);
    plan.fidelity = rendered.verdicts.counts().into_iter().filter_map(told).collect();
    plan.warnings = rendered.warnings.iter().map(|warning| warning.0.clone()).collect();
    Ok((plan, Some(Output { target, rendered, changes, leftovers })))
}

fn leftovers(
    target: &dyn Target,
    rendered: &Rendered,
    beneath: &Beneath,
    record: Option<&Record>,
    adopt: Adopt,
    files: &mut Vec<FileChange>,
) -> Result<Vec<(PathBuf, Change)>, PlanError> {
    let mut leftovers = Vec::new();
    let written = record.into_iter().flat_map(|record| &record.files);
    for written in written.filter(|written| written.target == target.name()) {
        if rendered.files.iter().all(|file| file.path != written.path) {
            let (change, told) = change::of_leftover(target, written, &beneath.look(&written.path)?, adopt);
            leftovers.push((written.path.clone(), change));
            files.push(told);
        }
    }
    Ok(leftovers)
}

/// A command as a person reads it; files stand for where they will lie.
fn words(command: &Command, paths: &[&Path]) -> Vec<String> {
    let path = |number: usize| paths.get(number).map(|path| path.display().to_string()).unwrap_or_default();
    let argument = |argument: &Argument| match argument {
        Argument::Text(text) => (*text).to_owned(),
        Argument::File(number) => path(*number),
        Argument::TextAndFile(text, number) => format!("{text}{}", path(*number)),
        Argument::Setting(text) | Argument::Value(text) => text.clone(),
    };
    std::iter::once(command.program.to_owned()).chain(command.arguments.iter().map(argument)).collect()
}

fn told((fidelity, identifiers): (Fidelity, usize)) -> Option<FidelityCount> {
    let (word, reason) = fidelity.told()?;
    let identifiers = u64::try_from(identifiers).unwrap_or(u64::MAX);
    Some(FidelityCount { fidelity: word.into(), reason: reason.map(Into::into), identifiers })
}

/// The document of a computed plan.
pub fn document(
    computed: &Computed,
    config: &Config,
    now: DateTime,
    next_boundary: Option<interdict_schema::plan::Boundary>,
    impact: interdict_schema::plan::Impact,
) -> Plan {
    let window = config.enforce.as_ref().and_then(|enforce| enforce.window.as_ref());
    let window_open = window.is_none_or(|window| window.is_open(now));
    Plan {
        format: interdict_schema::plan::FORMAT.into(),
        digest: computed.digest,
        made_at: now,
        generation: computed.bans.generation,
        window_open,
        window_opens: window.filter(|_| !window_open).and_then(|window| window.opens(now)),
        next_boundary,
        impact,
        planned: computed.planned.clone(),
    }
}
