//! `interdict check [INVENTORY…]`

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
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
use super::{Context, Failure, gathering};
use crate::as_of::AsOf;
use crate::assess::{Assessment, Attached, Index};
use crate::exceptions::Survey;
use crate::inventory::files::{Digests, Under};
use crate::inventory::{
    Description, Format, Inventory, Limits, Recognises, browsers, machine, machine_name, processes,
};
use crate::presentation::{Exceptions, is_over};
use crate::report::{self, Report, Standing};
use crate::store::generation::HeldDirective;

/// Compare this machine, or inventories, with the directives in force
///
/// When something outstanding is found for the first time is remembered, for deadlines that run from detection; with --as-of it is not.
///
/// Exit 1 for a match, for an unknown, and for a possible of something prohibited, excepted by the agency or not. 2 for an
/// exception that is void. 3 where something was not read, wholly or in part, or
/// held nothing to compare, and where a configured repository was never synced: what nobody looked at is not clean. 4 for an alarm, 5 for a stale policy, 6 where a directive
/// says something that this version does not understand.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  interdict check\n  interdict check sbom.cdx.json assets.csv --format csv > findings.csv\n  interdict check inventories/\n  interdict check --files /opt --files /srv\n  ssh host cat /var/lib/dpkg/status | interdict check --type dpkg -"
)]
pub(super) struct Check {
    #[expect(clippy::doc_markdown, reason = "the text is shown on a terminal")]
    /// Inventories, or folders of them: dpkg status files, CycloneDX JSON, CSV with a header, packed with gzip or zstd or not;
    /// - for standard input [default: this machine: its packages, the browser extensions of all users, running processes]
    #[arg(value_name = "INVENTORY")]
    inventories: Vec<PathBuf>,

    /// The files under a path, by path and SHA-256, instead of this machine's packages; several times for several paths. Links
    /// are not followed. With --root the path is one below it
    #[arg(long, value_name = "PATH")]
    files: Vec<PathBuf>,

    /// The format of the inventories, where their content does not tell it: dpkg, cyclonedx, csv
    #[arg(long = "type", value_name = "TYPE")]
    format_in: Option<Format>,

    /// How the result looks
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: ReportForm,

    /// List every possible hit on what only wants repair, instead of one summary line
    #[arg(long)]
    all: bool,

    /// Reckon deadlines as of a day or moment: 2017-10-01, 2017-10-01T12:00:00Z [default: now]
    #[arg(long, value_name = "DATE")]
    as_of: Option<AsOf>,

    /// The machine whose file system begins here, instead of this one
    #[arg(long, value_name = "DIR", conflicts_with = "inventories")]
    root: Option<PathBuf>,
}

/// How the result looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum ReportForm {
    /// For people
    #[default]
    Table,
    /// One document
    Json,
    /// One object a line
    Jsonl,
    /// For spreadsheets
    Csv,
}

impl Check {
    pub(super) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let json = matches!(self.format, ReportForm::Json | ReportForm::Jsonl);
        self.answer(context).map_err(|failure| failure.in_json(json))
    }

    fn answer(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let now = context.world.now()?;
        let mut reading = context.reading()?;
        let as_of = self.as_of.unwrap_or(AsOf::now(now));
        reading.generation.settle(as_of);
        let standing = standing(&reading, now);
        let profile = reading.config.profile();
        let mut sources = reading.generation.sources();
        for (source, (repository, held)) in sources.iter_mut().zip(reading.generation.directives()) {
            source.waivers = Some((&profile, reading.lapses_at(repository, moment(as_of, held), now)));
        }
        // The entries of files are looked for among all that an inventory says; else what no rule recognises need not be kept.
        // Of a disk full of files too much is said to be kept: there the entries are known first.
        let whole = has_files(&reading.generation);
        let inventory = if whole {
            let nothing = Attached::default();
            let listed = match self.files.as_slice() {
                [] => Listed::Anything,
                _ => Listed::in_files(&reading.generation),
            };
            let without = Index::new(&sources, &nothing, as_of);
            let file = |file: &Description| without.may_recognise(file) || listed.may_mean(file);
            Some(self.inventory(context.world, Digests::Taken, &|_| true, &file)?)
        } else {
            None
        };
        let attached = match &inventory {
            Some(inventory) => attached(&reading.generation, &sources, inventory)?,
            None => Attached::default(),
        };
        let index = Index::new(&sources, &attached, as_of);
        let inventory = if let Some(inventory) = inventory {
            inventory
        } else {
            let digests = if index.names_digests() { Digests::Taken } else { Digests::Omitted };
            let recognises = |description: &Description| index.may_recognise(description);
            self.inventory(context.world, digests, &recognises, &recognises)?
        };
        let survey = Survey::of(&reading.register, &sources, reading.not_before(now));
        let mut assessment = index.assess(&inventory);
        // One of which a word is not understood waives nothing, and is said.
        let waivers = reading.generation.repositories.iter().flat_map(|held| &held.waivers);
        for held in waivers.filter(|held| !is_over(held)) {
            let places = unsupported(&held.newest().believed.document).into_iter();
            assessment.unsupported.extend(places.map(|place| (held.id(), place)));
        }
        assessment.machine = self.machine(context.world);
        assessment.except(survey.counting());
        assessment.detections = remembered(context.world, &reading)?;
        // What is asked of another day is no find of today.
        if self.as_of.is_none() {
            remember(context.world, &reading, &mut assessment, now)?;
        }
        let json = matches!(self.format, ReportForm::Json | ReportForm::Jsonl);
        complain(context.world, &survey, json)?;
        let exceptions = Exceptions::of(&survey);
        let mut outcome = outcome(&assessment, &standing);
        outcome.merge(exceptions.outcome());
        let report = Report {
            assessment: &assessment,
            standing: &standing,
            exceptions: &exceptions,
            outcome: &outcome,
            all: self.all,
        };
        let World { stdout, terminal, .. } = context.world;
        match self.format {
            ReportForm::Table => stdout.write_all(report::table::render(&report, terminal).as_bytes())?,
            ReportForm::Json => report::json::write(report, stdout)?,
            ReportForm::Jsonl => report::jsonl::write(&report, stdout)?,
            ReportForm::Csv => report::csv::write(&report, stdout)?,
        }
        Ok(outcome)
    }

    /// The name of the machine, where it is what is read.
    fn machine(&self, world: &World) -> Option<String> {
        let root = self.root.as_deref().map_or_else(|| PathBuf::from("/"), |root| world.resolve(root));
        if self.inventories.is_empty() { machine_name::name_of(&root) } else { None }
    }

    fn inventory(
        &self,
        world: &mut World,
        digests: Digests,
        recognises: Recognises<'_>,
        recognises_file: Recognises<'_>,
    ) -> Result<Inventory, Failure> {
        let limits = Limits::STANDARD;
        if self.inventories.is_empty() && self.files.is_empty() {
            let root = self.root.as_deref().map_or_else(|| PathBuf::from("/"), |root| world.resolve(root));
            let mut inventory = machine::read(&root, &limits);
            inventory.append(browsers::read(&root, &limits));
            // An image has no processes.
            if self.root.is_none() {
                inventory.append(processes::read(Path::new("/proc"), &limits));
            }
            return Ok(inventory);
        }
        let mut inventory = gathering::read(&self.inventories, self.format_in, world, &limits, recognises)?;
        let root = self.root.as_deref().map(|root| world.resolve(root));
        for path in &self.files {
            let under = match &root {
                Some(root) => Under::root(root, path),
                None => Under::here(path, &world.resolve(path)),
            };
            inventory.append(gathering::files(&under, digests, world, &limits, recognises_file));
        }
        Ok(inventory)
    }
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
fn outcome(assessment: &Assessment<'_>, standing: &Standing) -> Outcome {
    let mut outcome = Outcome::done();
    if assessment.judgements.iter().any(|judgement| assessment.is_outstanding(judgement)) {
        outcome.add(Exit::Findings);
    }
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
