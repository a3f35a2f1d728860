//! `import`: makes a draft of another authority's catalogue.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use interdict_host::cli::GlobalArgs;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::terminal::escape_control;
use interdict_host::world::World;
use interdict_host::write::Mode;
use interdict_schema::directive::lint::{Context, Previous, Severity, lint_directive};
use interdict_schema::directive::{Directive, DirectiveId, NotADirectiveId, Target};
use interdict_schema::limits::KEV_LENGTH;
use serde::Serialize;
use thiserror::Error;

use super::shared::{current, read_input, show_json, shown};
use super::{Failure, Verdict};
use crate::import::kev::{DEFAULT_ID, KevChanges, KevError, Options, diff, import};
use crate::repository::Repository;

/// Notes that are shown without `-v`.
const NOTES_SHOWN: usize = 8;

/// Makes drafts of other catalogues
#[derive(Debug, Subcommand)]
pub enum ImportVerb {
    Kev(KevArgs),
}

/// Makes a draft of CISA's catalogue of known exploited vulnerabilities: all of it, or nothing
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  interdict-publisher import kev catalogue.json -o KEV.json --issuer dhs\n  \
    interdict-publisher import kev catalogue.json -o KEV.json --update --repo repo"
)]
pub struct KevArgs {
    /// The catalogue's JSON file; - for standard input
    file: PathBuf,

    /// The new draft; nothing is ever overwritten
    #[arg(short, long, value_name = "DRAFT")]
    output: PathBuf,

    /// The directive's id
    #[arg(long, default_value = DEFAULT_ID)]
    id: DirectiveId,

    /// The issuer's id in issuers.json; with --update that of the published revision, unless given
    #[arg(long, required_unless_present = "update")]
    issuer: Option<String>,

    #[expect(clippy::doc_markdown, reason = "the text is shown on a terminal")]
    /// The IANA zone in which the catalogue's days end: America/New_York; with --update that of the published revision, unless
    /// given
    #[arg(long)]
    zone: Option<String>,

    /// The directive, and its action, that the catalogue carries out: BOD-22-01/remediate; with --update what the published
    /// revision says, unless given
    #[arg(long, value_name = "ID[/ACTION]", value_parser = target)]
    implements: Option<Target>,

    /// Make the revision after the published one, and show what changed
    #[arg(long, requires = "repo")]
    update: bool,

    /// The repository in which it is published
    #[arg(long, value_name = "DIR")]
    repo: Option<PathBuf>,

    /// Show the result as JSON
    #[arg(long)]
    json: bool,
}

/// Reads `BOD-22-01` or `BOD-22-01/remediate`.
fn target(text: &str) -> Result<Target, NotADirectiveId> {
    let (id, part) = text.split_once('/').map_or((text, None), |(id, part)| (id, Some(part.to_owned())));
    Ok(Target { id: id.parse()?, revision: None, digest: None, part })
}

/// A revision that cannot be made.
#[derive(Debug, Error)]
enum UpdateError {
    #[error("{id} is not published yet")]
    NotPublished { id: DirectiveId },
    #[error("{} exists", path.display())]
    Exists { path: PathBuf },
    #[error("the directive made of the catalogue has {errors} errors, wanted none; the first: {first}")]
    Lint { errors: usize, first: String },
}

#[derive(Serialize)]
struct Shown {
    changed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<String>,
    revision: u32,
    subjects: usize,
    added: Vec<String>,
    removed: Vec<String>,
    due_moved: Vec<String>,
    listed_moved: Vec<String>,
    edited: Vec<String>,
    notes: Vec<String>,
}

impl ImportVerb {
    pub fn json(&self) -> bool {
        let Self::Kev(args) = self;
        args.json
    }

    pub fn run(&self, global: &GlobalArgs, world: &mut World) -> Verdict {
        let Self::Kev(args) = self;
        args.run(global, world)
    }
}

impl KevArgs {
    fn run(&self, global: &GlobalArgs, world: &mut World) -> Verdict {
        let output = world.resolve(&self.output);
        if output.symlink_metadata().is_ok() {
            return Err(Failure::usage(UpdateError::Exists { path: self.output.clone() })
                .hint("nothing is overwritten: choose another name, or move the file away"));
        }
        let bytes = read_input(world, &self.file, KEV_LENGTH)?;
        let newest = match (&self.repo, self.update) {
            (Some(dir), true) => {
                let (folder, current) = current(&Repository::new(world.resolve(dir)))?;
                let newest = current.newest(&folder, &self.id)?.ok_or_else(|| {
                    Failure::usage(UpdateError::NotPublished { id: self.id.clone() })
                        .hint("import the first revision without --update")
                })?;
                Some(newest)
            }
            _ => None,
        };
        let previous = newest
            .as_ref()
            .map(|newest| Previous { directive: &newest.document.value, digest: newest.payload.digest });
        let options = Options {
            id: self.id.clone(),
            issuer: self
                .issuer
                .clone()
                .or_else(|| previous.map(|before| before.directive.issuer.clone()))
                .unwrap_or_default(),
            zone: self.zone.clone(),
            implements: self.implements.clone(),
            previous,
        };
        let imported = import(&bytes, &options)?;
        let notes: Vec<String> = imported.notes.iter().map(ToString::to_string).collect();
        let most = if global.verbose > 0 { notes.len() } else { NOTES_SHOWN };
        for note in notes.iter().take(most) {
            writeln!(world.stderr, "note: {}", escape_control(note))?;
        }
        if notes.len() > most {
            writeln!(world.stderr, "note: and {} more; -v shows them", notes.len() - most)?;
        }
        let directive = imported.directive;
        let changes = previous.map(|before| diff(before.directive, &directive));
        // The version in the title is another one every day; what is ordered is not.
        let unchanged = changes.as_ref().is_some_and(KevChanges::is_empty);
        if !unchanged {
            check(&directive, previous)?;
            let mut draft = serde_json::to_vec_pretty(&directive).expect("a directive is JSON");
            draft.push(b'\n');
            world.disk.write_new(&output, &draft, Mode::Public)?;
        }
        self.show(world, &directive, &changes.unwrap_or_default(), unchanged, notes)
    }

    fn show(
        &self,
        world: &mut World,
        directive: &Directive,
        changes: &KevChanges,
        unchanged: bool,
        notes: Vec<String>,
    ) -> Verdict {
        if self.json {
            let moved = |list: &[crate::import::kev::Moved]| list.iter().map(|one| one.cve.clone()).collect();
            show_json(
                world,
                &Shown {
                    changed: !unchanged,
                    output: (!unchanged).then(|| self.output.display().to_string()),
                    revision: directive.revision.number(),
                    subjects: directive.subjects.len(),
                    added: changes.added.iter().map(|one| one.cve.clone()).collect(),
                    removed: changes.removed.iter().map(|one| one.cve.clone()).collect(),
                    due_moved: moved(&changes.due_moved),
                    listed_moved: moved(&changes.listed_moved),
                    edited: changes.edited.iter().map(|one| one.cve.clone()).collect(),
                    notes,
                },
            )?;
        } else if unchanged {
            writeln!(world.stdout, "nothing changed: no new revision of {}", directive.id)?;
        } else {
            if self.update {
                for line in changes.to_string().lines() {
                    writeln!(world.stdout, "{}", escape_control(line))?;
                }
            }
            writeln!(
                world.stderr,
                "wrote {}: {} revision {}, entries: {}",
                shown(&self.output),
                directive.id,
                directive.revision,
                directive.subjects.len()
            )?;
        }
        Ok(Outcome::done())
    }
}

/// What cannot be signed is not written: better here than at an officer's desk.
fn check(directive: &Directive, previous: Option<Previous<'_>>) -> Result<(), Failure> {
    let problems = lint_directive(directive, &Context { previous, ..Context::default() });
    let mut errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
    let Some(first) = errors.next() else { return Ok(()) };
    let first = first.to_string();
    Err(Failure::usage(UpdateError::Lint { errors: errors.count().saturating_add(1), first }))
}

impl From<KevError> for Failure {
    fn from(error: KevError) -> Self {
        Self::new(error, Exit::Usage).hint("nothing was written; a catalogue is taken whole or not at all")
    }
}
