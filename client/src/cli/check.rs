//! `interdict check [INVENTORY…]`

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use interdict_host::exit::{Exit, Outcome};
use interdict_host::world::World;

use super::assessing::{Ask, Assessed, Detecting, Sought, assessing, outcome};
use super::inventories::{How, Inventories};
use super::{Context, Failure};
use crate::as_of::AsOf;
use crate::assess::{Assets, FindingId};
use crate::report::explained::Explained;
use crate::report::{self, Report};

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
    after_help = "Examples:\n  interdict check\n  interdict check sbom.cdx.json assets.csv --format csv > findings.csv\n  interdict check inventories/\n  interdict check --files /opt --files /srv\n  ssh host cat /var/lib/dpkg/status | interdict check --type dpkg -\n  ssh host rpm -qa | interdict check --type rpm-qa -\n  interdict check --root /mnt/image"
)]
pub(super) struct Check {
    #[expect(clippy::doc_markdown, reason = "the text is shown on a terminal")]
    /// Inventories, or folders of them: package databases of Linux, what rpm -qa and dpkg -l print, CycloneDX, SPDX,
    /// osquery, exports of Windows and macOS, scanners' reports, CSV with a header, packed with gzip or zstd or not; - for
    /// standard input [default: this machine: its packages, the browser extensions of all users, running processes]
    #[arg(value_name = "INVENTORY")]
    inventories: Vec<PathBuf>,

    #[command(flatten)]
    how: How,

    /// How the result looks
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: ReportForm,

    /// List every possible hit on what only wants repair, instead of one summary line
    #[arg(long)]
    all: bool,

    /// End with 1 for these alone, several with commas or one by one [default: a match, an unknown, a possible of something
    /// prohibited]. Other codes stay what they are
    #[arg(long, value_enum, value_delimiter = ',', value_name = "KIND")]
    fail_on: Vec<report::FailOn>,

    /// Reckon deadlines as of a day or moment: 2017-10-01, 2017-10-01T12:00:00Z [default: now]
    #[arg(long, value_name = "DATE")]
    as_of: Option<AsOf>,

    /// How one finding came to be: its rule, what was compared, what is doubtful, every date. The finding's name stands in
    /// every form; as a page, or with --format json
    #[arg(long, value_name = "FINDING")]
    explain: Option<FindingId>,
}

/// How the result looks.
#[expect(clippy::doc_markdown, reason = "the text is shown on a terminal")]
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
    /// SARIF 2.1.0, for code scanning services
    Sarif,
    /// CycloneDX 1.6 VEX
    CyclonedxVex,
    /// JUnit XML, for build servers
    Junit,
    /// One page that needs nothing else, for people and paper
    Html,
}

/// A name that no finding has.
#[derive(Debug, thiserror::Error)]
#[error("nothing that was found is named {id}")]
struct NotFound {
    id: FindingId,
}

/// A form in which nothing is explained.
#[derive(Debug, thiserror::Error)]
#[error("a finding is explained as a page or as JSON, and in no other form")]
struct NoForm;

impl Check {
    pub(super) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let json = matches!(self.format, ReportForm::Json | ReportForm::Jsonl);
        let inventories = Inventories { paths: self.inventories, how: self.how };
        let view = View { all: self.all, fail_on: self.fail_on, format: self.format, explain: self.explain };
        let ask = Ask { as_of: self.as_of, json, detecting: Detecting::Remembered };
        view.answer(context, ask, &inventories).map_err(|failure| failure.in_json(json))
    }
}

/// How one finding came to be, for `interdict explain`: what `check --explain` says, and nothing is remembered as found.
pub(super) fn explain(
    context: &mut Context<'_>,
    id: FindingId,
    as_of: Option<AsOf>,
    json: bool,
    inventories: &Inventories,
) -> Result<Outcome, Failure> {
    let format = if json { ReportForm::Json } else { ReportForm::Table };
    let view = View { all: true, fail_on: Vec::new(), format, explain: Some(id) };
    view.answer(context, Ask { as_of, json, detecting: Detecting::NotRemembered }, inventories)
}

/// What of the result is shown, and how.
struct View {
    all: bool,
    fail_on: Vec<report::FailOn>,
    format: ReportForm,
    explain: Option<FindingId>,
}

impl View {
    fn answer(
        &self,
        context: &mut Context<'_>,
        ask: Ask,
        inventories: &Inventories,
    ) -> Result<Outcome, Failure> {
        let read = |world: &mut World, sought: &Sought<'_>| {
            let inventory = inventories.read(world, sought)?;
            let assets =
                Assets { one: inventories.asset(world), sources: inventories.names(&inventory, world) };
            Ok((inventory, assets))
        };
        assessing(context, ask, read, |world, found| self.show(world, found))
    }

    fn show(&self, world: &mut World, found: Assessed<'_, '_>) -> Result<Outcome, Failure> {
        let Assessed { assessment, standing, exceptions } = found;
        let mut outcome = outcome(assessment, standing, &self.fail_on);
        outcome.merge(exceptions.outcome());
        let report = Report {
            assessment,
            standing,
            exceptions,
            outcome: &outcome,
            fail_on: &self.fail_on,
            all: self.all,
        };
        if let Some(id) = self.explain {
            return self.explain(world, report, id);
        }
        let World { stdout, terminal, .. } = world;
        match self.format {
            ReportForm::Table => stdout.write_all(report::table::render(&report, terminal).as_bytes())?,
            ReportForm::Json => report::json::write(report, stdout)?,
            ReportForm::Jsonl => report::jsonl::write(&report, stdout)?,
            ReportForm::Csv => report::csv::write(&report, stdout)?,
            ReportForm::Sarif => report::sarif::write(report, stdout)?,
            ReportForm::CyclonedxVex => report::vex::write(report, stdout)?,
            ReportForm::Junit => report::junit::write(&report, stdout)?,
            ReportForm::Html => report::html::write(&report, stdout)?,
        }
        Ok(outcome)
    }

    fn explain<'f>(
        &self,
        world: &mut World,
        report: Report<'f, 'f>,
        id: FindingId,
    ) -> Result<Outcome, Failure> {
        let Some(explained) = Explained::of(report, id) else {
            let hint = "give the same inventories, and --asset if it was given; `interdict check` lists the names of what it finds";
            return Err(Failure::new(&NotFound { id }, Exit::Usage).hint(hint));
        };
        match self.format {
            ReportForm::Json => explained.write_json(&mut world.stdout)?,
            ReportForm::Table => world.stdout.write_all(explained.render(&world.terminal).as_bytes())?,
            _ => {
                return Err(
                    Failure::new(&NoForm, Exit::Usage).hint("leave --format away, or give --format json")
                );
            }
        }
        Ok(report.outcome.clone())
    }
}
