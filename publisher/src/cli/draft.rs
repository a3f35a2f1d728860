//! `draft`: begins a draft, and says what is wrong with one.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use interdict_host::exit::{Exit, Outcome};
use interdict_host::terminal::{Paint, escape_control};
use interdict_host::world::World;
use interdict_host::write::{DiskErrorKind, Mode};
use interdict_schema::believe::{Believed, Document};
use interdict_schema::directive::draft::{is_entity_list, is_waiver, payload_of};
use interdict_schema::directive::lint::{self, Context, Previous, Problem, Severity};
use interdict_schema::directive::resolve::Rights;
use interdict_schema::directive::{DayOrTime, Directive, DirectiveId, IdentifierKind, deadline};
use interdict_schema::entity::{EntityList, entries};
use interdict_schema::limits::{DRAFT_LENGTH, ENTRY_FILE_LENGTH};
use interdict_schema::waiver::WaiverDocument;
use interdict_schema::{DateTime, Verified};
use serde::Serialize;

use super::shared::{NoName, current, read_input, show_json, shown};
use super::{Failure, Verdict};
use crate::draft::template;
use crate::publish::{EntriesRefusal, check_lines};
use crate::repository::Repository;
use crate::repository::current::{Current, documents};
use crate::repository::files::Folder;
use crate::repository::relations::Relations;

/// Begins drafts and checks them
#[derive(Debug, Subcommand)]
pub enum DraftVerb {
    New(NewArgs),
    Lint(LintArgs),
    Entries(EntriesArgs),
}

/// What a draft is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Kind {
    /// A directive
    #[default]
    Directive,
    /// A list of identifiers that several directives share
    EntityList,
    /// A waiver in a document of its own
    Waiver,
}

/// Says what a list has to say of a file of entries, one a line, and whether every line is what it should be
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  LC_ALL=C sort -u hashes > BOD-X.hashes.1.txt\n  \
    interdict-publisher draft entries BOD-X.hashes.1.txt --kind sha256")]
pub struct EntriesArgs {
    /// The file, under the name with which it will be published
    file: PathBuf,

    /// What kind of identifier every line is: sha256, domain, package, cve, …
    #[arg(long)]
    kind: String,
}

/// Writes a commented template, and the schema beside it with which editors complete it
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  interdict-publisher draft new --id BOD-30-01 --issuer dhs\n  \
    interdict-publisher draft new --kind entity-list --id BOD-EXAMPLESOFT --issuer dhs")]
pub struct NewArgs {
    /// The new draft; ID.draft.jsonc unless given. Nothing is ever overwritten
    file: Option<PathBuf>,

    /// What it is a draft of
    #[arg(long, value_enum, default_value_t)]
    kind: Kind,

    /// The document's id
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    paragraphs: Vec<String>,
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
            Self::New(_) | Self::Entries(_) => false,
            Self::Lint(args) => args.json,
        }
    }

    pub fn run(&self, world: &mut World) -> Verdict {
        match self {
            Self::New(args) => args.run(world),
            Self::Lint(args) => args.run(world),
            Self::Entries(args) => args.run(world),
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
        let (text, name, schema) = match self.kind {
            Kind::Directive => {
                let text = template::template(&self.id, &self.issuer, &self.zone, issued);
                (text, template::SCHEMA_FILE, template::SCHEMA)
            }
            Kind::EntityList => {
                let text = template::list_template(&self.id, &self.issuer, issued);
                (text, template::LIST_SCHEMA_FILE, template::LIST_SCHEMA)
            }
            Kind::Waiver => {
                let text = template::waiver_template(&self.id, &self.issuer, issued);
                (text, template::WAIVER_SCHEMA_FILE, template::WAIVER_SCHEMA)
            }
        };
        write_draft(world, &file, &text, name, schema)?;
        writeln!(world.stdout, "{}", shown(&file))?;
        writeln!(
            world.stderr,
            "next: fill the blanks, then interdict-publisher draft lint {}",
            shown(&file)
        )?;
        Ok(Outcome::done())
    }
}

/// Writes a draft where nothing is, and the schema of this name beside it where that is not there.
pub fn write_draft(
    world: &mut World,
    file: &Path,
    text: &str,
    name: &str,
    schema: &str,
) -> Result<(), Failure> {
    world.disk.write_new(&world.resolve(file), text.as_bytes(), Mode::Public)?;
    let (bytes, schema) = (schema.as_bytes(), file.with_file_name(name));
    match world.disk.write_new(&world.resolve(&schema), bytes, Mode::Public) {
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
            Some(dir) => Some(Beside::of(&Repository::new(world.resolve(dir)), world.now()?)?),
            None => None,
        };
        let mut all = Linted { errors: 0, warnings: 0, problems: Vec::new() };
        for file in &self.files {
            let draft = read_input(world, file, DRAFT_LENGTH)?;
            let problems = linted(&draft, published.as_ref())?;
            let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
            all.errors += errors;
            all.warnings += problems.len() - errors;
            if !self.json {
                show(world, file, &problems)?;
            }
            all.problems.extend(problems.iter().map(|problem| shown_problem(file, problem)));
        }
        if self.json {
            show_json(world, &all)?;
        } else {
            writeln!(world.stderr, "errors: {}, warnings: {}", all.errors, all.warnings)?;
        }
        Ok(if all.errors > 0 { Exit::Usage.into() } else { Outcome::done() })
    }
}

impl EntriesArgs {
    fn run(&self, world: &mut World) -> Verdict {
        let name = self.file.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| Failure::usage(NoName { path: self.file.clone() }))?.to_owned();
        let bytes = read_input(world, &self.file, ENTRY_FILE_LENGTH)?;
        let file = entries::describe(IdentifierKind::from(self.kind.as_str()), name, &bytes);
        let checked = check_lines(&file, &bytes);
        if let Err(EntriesRefusal::Entries { first, more, .. }) = &checked {
            for wrong in std::iter::once(first.as_ref()).chain(more) {
                writeln!(world.stdout, "{}: {}", shown(&self.file), escape_control(&wrong.to_string()))?;
            }
        }
        checked.map_err(|refusal| {
            Failure::usage(refusal)
                .hint("one entry a line, in the order of their bytes: LC_ALL=C sort -u FILE > SORTED")
        })?;
        show_json(world, &file)?;
        Ok(Outcome::done())
    }
}

/// What a draft is compared with.
struct Beside {
    folder: Folder,
    current: Current,
    relations: Relations,
    rights: Rights,
    now: DateTime,
}

impl Beside {
    fn of(repository: &Repository, now: DateTime) -> Result<Self, Failure> {
        let (folder, current) = current(repository)?;
        let relations = Relations::of(repository, &current, &folder)?;
        let rights = Rights::of(current.issuers());
        Ok(Self { folder, current, relations, rights, now })
    }
}

/// Lints a draft, against the revision that is published where there is one, the documents that it relates to, and those that
/// it could contradict.
fn linted(draft: &[u8], published: Option<&Beside>) -> Result<Vec<Problem>, Failure> {
    if is_entity_list(draft) {
        let newest = newest::<EntityList>(draft, published)?;
        let before = newest.as_ref().map(|newest| (&newest.document.value, newest.payload.digest));
        return Ok(lint::list::lint(draft, before).problems);
    }
    if is_waiver(draft) {
        let newest = newest::<WaiverDocument>(draft, published)?;
        let before = newest.as_ref().map(|newest| (&newest.document.value, newest.payload.digest));
        let texts = published.map(|there| there.current.everything(&there.folder)).transpose()?;
        let documents = texts.as_deref().map(documents);
        let context = lint::waiver::Context { before, published: documents.as_deref() };
        return Ok(lint::waiver::lint(draft, &context).problems);
    }
    let newest = newest::<Directive>(draft, published)?;
    let previous = newest
        .as_ref()
        .map(|newest| Previous { directive: &newest.document.value, digest: newest.payload.digest });
    let context = Context { previous, ..Context::default() };
    let text = payload_of(draft).ok().and_then(|payload| Directive::parse(&payload).ok());
    let (Some(there), Some(text)) = (published, &text) else {
        return Ok(lint::lint(draft, &context).problems);
    };
    let related = there.current.related(&there.folder, &text.value, &there.relations)?;
    let documents = documents(&related);
    Ok(lint::lint(draft, &context.beside(&documents, &there.rights, there.now)).problems)
}

/// The published revision of what a draft is of.
fn newest<D: Document>(
    draft: &[u8],
    published: Option<&Beside>,
) -> Result<Option<Verified<Believed<D>>>, Failure> {
    let Some(there) = published else { return Ok(None) };
    let payload = payload_of(draft).ok();
    let text = payload.and_then(|payload| D::parse(&payload).ok());
    Ok(text.map(|text| there.current.newest(&there.folder, text.value.id())).transpose()?.flatten())
}

fn show(world: &mut World, file: &Path, problems: &[Problem]) -> Result<(), Failure> {
    let mut sorted: Vec<&Problem> = problems.iter().collect();
    sorted.sort_by_key(|problem| problem.severity);
    for problem in sorted {
        let paint = if problem.severity == Severity::Error { Paint::Alarm } else { Paint::Warning };
        let severity = world.terminal.paint(paint, &problem.severity.to_string());
        writeln!(
            world.stdout,
            "{}: {severity} at {}: {} [{}]",
            shown(file),
            escape_control(&problem.place()),
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
        paragraphs: problem.paragraphs.clone(),
        message: problem.fact.to_string(),
    }
}
