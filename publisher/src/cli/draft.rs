//! `draft`: begins a draft, and says what is wrong with one.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use interdict_host::exit::{Exit, Outcome};
use interdict_host::terminal::{Paint, escape_control};
use interdict_host::world::World;
use interdict_host::write::{DiskErrorKind, Mode};
use interdict_schema::Verified;
use interdict_schema::believe::Believed;
use interdict_schema::directive::draft::payload_of;
use interdict_schema::directive::lint::{Context, Previous, Problem, Report, Severity, lint};
use interdict_schema::directive::{DayOrTime, Directive, DirectiveId, deadline};
use interdict_schema::limits::DRAFT_LENGTH;
use serde::Serialize;

use super::shared::{current, read_input, show_json, shown};
use super::{Failure, Verdict};
use crate::draft::template;
use crate::repository::Repository;
use crate::repository::current::Current;
use crate::repository::documents::Document;
use crate::repository::files::Folder;

/// Begins drafts and checks them
#[derive(Debug, Subcommand)]
pub enum DraftVerb {
    New(NewArgs),
    Lint(LintArgs),
}

/// Writes a commented template, and the schema beside it with which editors complete it
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  interdict-publisher draft new --id BOD-30-01 --issuer dhs")]
pub struct NewArgs {
    /// The new draft; ID.draft.jsonc unless given. Nothing is ever overwritten
    file: Option<PathBuf>,

    /// The directive's id
    #[arg(long)]
    id: DirectiveId,

    /// The issuer's id in issuers.json
    #[arg(long)]
    issuer: String,

    /// The IANA zone in which the issuer's days end
    #[arg(long, default_value = "America/New_York")]
    zone: String,

    /// The day of issue; today in that zone unless given
    #[arg(long, value_name = "DAY")]
    issued: Option<DayOrTime>,
}

/// Says everything that is wrong with a draft, each with its place; exit code 2 when it must not be signed
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  interdict-publisher draft lint BOD-17-01.jsonc --repo repo\n\n\
    Warnings may be meant and leave the exit code at 0.")]
pub struct LintArgs {
    /// Drafts; - for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// The repository, to compare with the revision that is published
    #[arg(long, value_name = "DIR")]
    repo: Option<PathBuf>,

    /// Show the problems as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Shown {
    file: String,
    severity: String,
    code: &'static str,
    pointer: String,
    message: String,
}

#[derive(Serialize)]
struct Linted {
    errors: usize,
    warnings: usize,
    problems: Vec<Shown>,
}

impl DraftVerb {
    pub fn json(&self) -> bool {
        match self {
            Self::New(_) => false,
            Self::Lint(args) => args.json,
        }
    }

    pub fn run(&self, world: &mut World) -> Verdict {
        match self {
            Self::New(args) => args.run(world),
            Self::Lint(args) => args.run(world),
        }
    }
}

impl NewArgs {
    fn run(&self, world: &mut World) -> Verdict {
        let zone = deadline::zone(&self.zone)
            .map_err(|error| Failure::usage(error).hint("a zone is named like America/New_York"))?;
        let issued = match self.issued {
            Some(issued) => issued,
            None => DayOrTime::Day(DayOrTime::Time(world.now()?).day(&zone)),
        };
        let file = self.file.clone().unwrap_or_else(|| template::file_name(&self.id).into());
        let text = template::template(&self.id, &self.issuer, &self.zone, issued);
        write_draft(world, &file, &text)?;
        writeln!(world.stdout, "{}", shown(&file))?;
        writeln!(
            world.stderr,
            "next: fill the blanks, then interdict-publisher draft lint {}",
            shown(&file)
        )?;
        Ok(Outcome::done())
    }
}

/// Writes a draft where nothing is, and the schema beside it where that is not there.
pub fn write_draft(world: &mut World, file: &Path, text: &str) -> Result<(), Failure> {
    world.disk.write_new(&world.resolve(file), text.as_bytes(), Mode::Public)?;
    let schema = file.with_file_name(template::SCHEMA_FILE);
    match world.disk.write_new(&world.resolve(&schema), template::SCHEMA.as_bytes(), Mode::Public) {
        Ok(()) => {}
        Err(error) if error.kind() == DiskErrorKind::AlreadyExists => {
            writeln!(world.stderr, "kept {}, which was there", shown(&schema))?;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

impl LintArgs {
    fn run(&self, world: &mut World) -> Verdict {
        let published = match &self.repo {
            Some(dir) => Some(current(&Repository::new(world.resolve(dir)))?),
            None => None,
        };
        let mut all = Linted { errors: 0, warnings: 0, problems: Vec::new() };
        for file in &self.files {
            let draft = read_input(world, file, DRAFT_LENGTH)?;
            let report = linted(&draft, published.as_ref())?;
            all.errors += report.errors().count();
            all.warnings += report.warnings().count();
            if !self.json {
                show(world, file, &report)?;
            }
            all.problems.extend(report.problems.iter().map(|problem| shown_problem(file, problem)));
        }
        if self.json {
            show_json(world, &all)?;
        } else {
            writeln!(world.stderr, "errors: {}, warnings: {}", all.errors, all.warnings)?;
        }
        Ok(if all.errors > 0 { Exit::Usage.into() } else { Outcome::done() })
    }
}

/// Lints a draft, against the revision that is published where there is one, and the documents that it relates to.
fn linted(draft: &[u8], there: Option<&(Folder, Current)>) -> Result<Report, Failure> {
    let Some((folder, current)) = there else { return Ok(lint(draft, &Context::default())) };
    let payload = payload_of(draft).ok();
    let Some(directive) = payload.and_then(|payload| Directive::parse(&payload).ok()).map(|text| text.value)
    else {
        return Ok(lint(draft, &Context::default()));
    };
    let newest: Option<Verified<Believed>> = current.newest(folder, &directive.id)?;
    let previous = newest
        .as_ref()
        .map(|newest| Previous { directive: &newest.document.value, digest: newest.payload.digest });
    let documents = current.related(folder, &directive)?;
    let published: Vec<_> = documents.iter().map(Document::published).collect();
    Ok(lint(draft, &Context { previous, published: Some(&published) }))
}

fn show(world: &mut World, file: &Path, report: &Report) -> Result<(), Failure> {
    for problem in report.errors().chain(report.warnings()) {
        let paint = if problem.severity == Severity::Error { Paint::Alarm } else { Paint::Warning };
        let severity = world.terminal.paint(paint, &problem.severity.to_string());
        writeln!(
            world.stdout,
            "{}: {severity} at {}: {} [{}]",
            shown(file),
            escape_control(&problem.pointer.to_string()),
            escape_control(&problem.fact.to_string()),
            problem.fact.code()
        )?;
    }
    Ok(())
}

fn shown_problem(file: &Path, problem: &Problem) -> Shown {
    Shown {
        file: file.display().to_string(),
        severity: problem.severity.to_string(),
        code: problem.fact.code(),
        pointer: problem.pointer.as_str().to_owned(),
        message: problem.fact.to_string(),
    }
}
