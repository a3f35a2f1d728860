//! The policy that is held, beside an inventory: what every verb that assesses does, and how it ends.
//!
//! Not here: which inventory, and how the result looks.

use std::sync::OnceLock;

use interdict_host::exit::{Exit, Outcome};
use interdict_host::world::World;
use interdict_schema::DateTime;
use interdict_schema::directive::deadline::zone;
use interdict_schema::waiver::unsupported::unsupported;
use jiff::tz::TimeZone;

use super::detecting::{remember, remembered};
use super::entries::{Listed, attached, has_files};
use super::exceptions::complain;
use super::reading::Reading;
use super::{Context, Failure};
use crate::as_of::AsOf;
use crate::assess::{Assessment, Assets, Attached, Index};
use crate::exceptions::Survey;
use crate::inventory::files::Digests;
use crate::inventory::{Description, Everything, Inventory, Recognise as _, Recognises};
use crate::presentation::{Exceptions, is_over};
use crate::report::{self, Standing};
use crate::store::generation::HeldDirective;

/// How to assess.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask {
    /// The day or moment asked about, where it is not now.
    pub as_of: Option<AsOf>,
    /// Whether complaints are to be JSON.
    pub json: bool,
    /// Whether what is found is remembered.
    pub detecting: Detecting,
}

/// Whether what is found is remembered, for deadlines that run from detection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detecting {
    /// It is, unless another day is asked about: what is asked of that is no find of today.
    Remembered,
    /// It is not: nothing says that it is anywhere.
    NotRemembered,
}

/// What is to be kept of what is read.
pub(super) struct Sought<'r> {
    /// Of inventories.
    pub recognises: Recognises<'r>,
    /// Of the files on a disk.
    pub recognises_file: Recognises<'r>,
    /// Whether these are hashed.
    pub digests: Digests,
}

/// What came of it.
#[derive(Clone, Copy)]
pub(super) struct Assessed<'r, 'a> {
    pub assessment: &'r Assessment<'a>,
    pub standing: &'r Standing,
    pub exceptions: &'r Exceptions,
}

/// Assesses what is read, with the directives in force, and hands it on.
pub(super) fn assessing(
    context: &mut Context<'_>,
    ask: Ask,
    read: impl Fn(&mut World, &Sought<'_>) -> Result<(Inventory, Assets), Failure>,
    then: impl FnOnce(&mut World, Assessed<'_, '_>) -> Result<Outcome, Failure>,
) -> Result<Outcome, Failure> {
    let now = context.world.now()?;
    let mut reading = context.reading()?;
    reading.generation.settle(ask.as_of.unwrap_or(AsOf::now(now)));
    assess_with(context.world, &reading, now, ask, read, then)
}

/// The same with a generation that was read already, and settled for the moment that is asked about.
pub(super) fn assess_with<T>(
    world: &mut World,
    reading: &Reading,
    now: DateTime,
    ask: Ask,
    read: impl Fn(&mut World, &Sought<'_>) -> Result<(Inventory, Assets), Failure>,
    then: impl FnOnce(&mut World, Assessed<'_, '_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let as_of = ask.as_of.unwrap_or(AsOf::now(now));
    let standing = standing(reading, now);
    let profile = reading.config.profile();
    let mut sources = reading.generation.sources();
    for (source, (repository, held)) in sources.iter_mut().zip(reading.generation.directives()) {
        source.waivers = Some((&profile, reading.lapses_at(repository, moment(as_of, held), now)));
    }
    // The entries of files are looked for among all that an inventory says; else what no rule recognises need not be kept.
    // Of a disk full of files too much is said to be kept: there the entries are known first.
    let inventory = if has_files(&reading.generation) {
        let (nothing, without, listed) = (Attached::default(), OnceLock::new(), OnceLock::new());
        let recognises_file = |file: &Description| {
            without.get_or_init(|| Index::new(&sources, &nothing, as_of)).may_recognise(file)
                || listed.get_or_init(|| Listed::in_files(&reading.generation)).may_mean(file)
        };
        let sought =
            Sought { recognises: &Everything, recognises_file: &recognises_file, digests: Digests::Taken };
        Some(read(world, &sought)?)
    } else {
        None
    };
    let attached = match &inventory {
        Some((inventory, _)) => attached(&reading.generation, &sources, inventory)?,
        None => Attached::default(),
    };
    let index = Index::new(&sources, &attached, as_of);
    let (inventory, assets) = if let Some(read) = inventory {
        read
    } else {
        let digests = if index.names_digests() { Digests::Taken } else { Digests::Omitted };
        read(world, &Sought { recognises: &index, recognises_file: &index, digests })?
    };
    let survey = Survey::of(&reading.register, &sources, reading.not_before(now));
    let mut assessment = index.assess(&inventory);
    // One of which a word is not understood waives nothing, and is said.
    let waivers = reading.generation.repositories.iter().flat_map(|held| &held.waivers);
    for held in waivers.filter(|held| !is_over(held)) {
        let places = unsupported(&held.newest().believed.document).into_iter();
        assessment.unsupported.extend(places.map(|place| (held.id(), place)));
    }
    assessment.assets = assets;
    assessment.except(survey.counting());
    assessment.detections = remembered(world, reading)?;
    if ask.as_of.is_none() && ask.detecting == Detecting::Remembered {
        remember(world, reading, &mut assessment, now)?;
    }
    complain(world, &survey, ask.json)?;
    let exceptions = Exceptions::of(&survey);
    then(world, Assessed { assessment: &assessment, standing: &standing, exceptions: &exceptions })
}

/// The moment that is meant for a directive: a day begins in its issuer's zone.
fn moment(as_of: AsOf, held: &HeldDirective) -> DateTime {
    as_of.moment(&zone(&held.directive().zone).unwrap_or(TimeZone::UTC))
}

/// How the policy stands by the clock, whatever moment is assessed for.
fn standing(reading: &Reading, now: DateTime) -> Standing {
    let texts = reading.generation.texts();
    let policy = reading.generation.policy(&texts);
    let alarms = reading
        .generation
        .repositories
        .iter()
        .flat_map(|held| held.raised().into_iter().map(|alarm| (held.name.to_string(), alarm)));
    Standing {
        generation: reading.generation.number,
        verified_at: policy.verified_at(),
        fresh_until: policy.fresh_until(),
        stale: reading.stale(now),
        alarms: alarms.collect(),
        missing: reading.missing(),
    }
}

/// How the command ends.
pub(super) fn outcome(
    assessment: &Assessment<'_>,
    standing: &Standing,
    fail_on: &[report::FailOn],
) -> Outcome {
    let mut outcome = but_for_findings(assessment, standing);
    if report::any_fails(fail_on, assessment) {
        outcome.add(Exit::Findings);
    }
    outcome
}

/// How a command ends that does something about the findings: by how the policy and this machine stand.
pub(super) fn but_for_findings(assessment: &Assessment<'_>, standing: &Standing) -> Outcome {
    let mut outcome = Outcome::done();
    let inventory = assessment.inventory;
    let nothing = inventory.components.is_empty() && inventory.findings.is_empty();
    if nothing || !inventory.is_complete() || !standing.missing.is_empty() {
        outcome.add(Exit::NoAnswer);
    }
    if !standing.stale.is_empty() {
        outcome.add(Exit::Stale);
    }
    let understood = assessment.unsupported.is_empty() && assessment.unreadable.is_empty();
    // What a list would have recognised was not looked for.
    let whole = assessment.missing.is_empty()
        && assessment.unreadable_files.is_empty()
        && assessment.malformed_entries.is_empty();
    if !understood || !whole {
        outcome.add(Exit::Unsupported);
    }
    standing.alarms.iter().for_each(|(_, alarm)| outcome.add(alarm.kind.exit()));
    outcome
}
