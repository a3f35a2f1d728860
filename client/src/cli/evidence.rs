//! `interdict evidence list` and `interdict evidence show ID`

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use interdict_host::exit::{Exit, Outcome};
use interdict_host::terminal::Table;
use interdict_host::write::{DiskError, DiskErrorKind, Operation};
use serde::Serialize;

use super::{Context, Failure};
use crate::config::RepositoryName;
use crate::places::Places;
use crate::presentation::{self, Page, in_zone};
use crate::store::evidence::{self, Record};

/// What was refused, and why
#[derive(Debug, Args)]
pub(super) struct Evidence {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Everything that was refused and kept
    List(List),
    /// One thing that was refused
    Show(Show),
}

#[derive(Debug, Args)]
#[command(after_help = "Example: interdict evidence list")]
struct List {
    /// As JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: interdict evidence show rollback-2c26b46b68ffc68ff99b453c1d304134")]
struct Show {
    /// Its id, or the beginning of it, as `list` shows it
    id: String,

    /// As JSON
    #[arg(long)]
    json: bool,
}

/// No evidence, or more than one, has this id.
#[derive(Debug, thiserror::Error)]
enum NotOne {
    #[error("no evidence has an id that begins with {id:?}")]
    None { id: String },
    #[error("{count} pieces of evidence have an id that begins with {id:?}")]
    Several { id: String, count: usize },
}

struct Kept {
    repository: RepositoryName,
    record: Record,
    file: PathBuf,
}

#[derive(Serialize)]
struct JsonRecord<'a> {
    id: String,
    repository: &'a str,
    bytes: String,
    #[serde(flatten)]
    record: &'a Record,
}

impl Kept {
    fn json(&self) -> JsonRecord<'_> {
        JsonRecord {
            id: self.record.id(),
            repository: self.repository.as_str(),
            bytes: self.file.display().to_string(),
            record: &self.record,
        }
    }
}

impl Evidence {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let (json, result) = match &self.verb {
            Verb::List(list) => (list.json, list.run(context)),
            Verb::Show(show) => (show.json, show.run(context)),
        };
        result.map_err(|failure| failure.in_json(json))
    }
}

/// The evidence of every repository, pinned or not, configured or not.
fn kept(places: &Places) -> Result<Vec<Kept>, DiskError> {
    let mut all = Vec::new();
    for name in names(places)? {
        let folder = places.repository(&name).evidence();
        // A folder that may not be read is not a folder without evidence.
        match fs::read_dir(&folder) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(DiskError::new(Operation::Open, &folder, error)),
        }
        all.extend(evidence::list(&folder).into_iter().map(|record| Kept {
            repository: name.clone(),
            file: folder.join(record.id()).with_extension("bytes"),
            record,
        }));
    }
    Ok(all)
}

fn names(places: &Places) -> Result<Vec<RepositoryName>, DiskError> {
    let folder = places.state.join("repositories");
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) => {
            let error = DiskError::new(Operation::Open, &folder, error);
            return if error.kind() == DiskErrorKind::NotFound { Ok(Vec::new()) } else { Err(error) };
        }
    };
    let mut names: Vec<RepositoryName> =
        entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    names.sort();
    Ok(names)
}

impl List {
    fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        #[derive(Serialize)]
        struct Document<'a> {
            format: &'static str,
            evidence: Vec<JsonRecord<'a>>,
        }
        let all = kept(&context.places_for_reading()?)?;
        let world = &mut *context.world;
        if self.json {
            let document =
                Document { format: "interdict-evidence/1", evidence: all.iter().map(Kept::json).collect() };
            world.stdout.write_all(&presentation::json(&document))?;
            return Ok(Outcome::done());
        }
        if all.is_empty() {
            writeln!(world.stderr, "nothing was refused so far")?;
        }
        let mut table =
            Table::new(&["id", "repository", "file", "source", "first", "last", "times", "reason"])
                .right_aligned(6);
        for Kept { repository, record, .. } in &all {
            table.row([
                record.id(),
                repository.to_string(),
                record.file.clone(),
                record.source.clone(),
                in_zone(record.first, &world.time_zone),
                in_zone(record.last, &world.time_zone),
                record.count.to_string(),
                record.reason.clone(),
            ]);
        }
        world.stdout.write_all(table.render(&world.terminal).as_bytes())?;
        Ok(Outcome::done())
    }
}

impl Show {
    fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let mut all = kept(&context.places_for_reading()?)?;
        all.retain(|kept| kept.record.id().starts_with(&self.id));
        let id = self.id.clone();
        let kept = match all.as_slice() {
            [one] => one,
            [] => {
                return Err(Failure::new(&NotOne::None { id }, Exit::Usage)
                    .hint("`interdict evidence list` shows the ids"));
            }
            several => {
                return Err(Failure::new(&NotOne::Several { id, count: several.len() }, Exit::Usage)
                    .hint("give more of the id, as `interdict evidence list` shows it"));
            }
        };
        let world = &mut *context.world;
        if self.json {
            world.stdout.write_all(&presentation::json(&kept.json()))?;
            return Ok(Outcome::done());
        }
        let record = &kept.record;
        let mut page = Page::default();
        page.line(format!("id          {}", record.id()));
        page.line(format!("repository  {}", kept.repository));
        page.line(format!("refused     {}", record.reason));
        page.line(format!("file        {}", record.file));
        page.line(format!("source      {}", record.source));
        page.line(format!("first       {}", in_zone(record.first, &world.time_zone)));
        page.line(format!("last        {}", in_zone(record.last, &world.time_zone)));
        page.line(format!("times       {}", record.count));
        page.line(format!("digest      sha256:{}", record.digest));
        page.line(format!("bytes       {} in {}", record.length, kept.file.display()));
        world.stdout.write_all(page.render(&world.terminal).as_bytes())?;
        Ok(Outcome::done())
    }
}
