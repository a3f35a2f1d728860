//! The published directive that a draft is about, and the draft's file.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use interdict_host::exit::Outcome;
use interdict_host::world::World;
use interdict_schema::directive::{DirectiveId, Revision, Status};
use serde::Serialize;
use thiserror::Error;

use crate::cli::draft::write_draft;
use crate::cli::shared::{current, show_json, shown};
use crate::cli::{Failure, Verdict};
use crate::draft::relation::Published;
use crate::draft::template::{SCHEMA, SCHEMA_FILE};
use crate::draft::text::Text;
use crate::repository::Repository;
use crate::repository::documents::Document;

/// The directive that is meant, and where the draft goes.
#[derive(Debug, Clone, Args)]
pub struct TargetArgs {
    /// The published directive that is meant: BOD-17-01
    pub id: DirectiveId,

    /// The repository in which it is published
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub repo: PathBuf,

    /// The new draft; named for its directive unless given. Nothing is ever overwritten
    #[arg(short, long, value_name = "DRAFT")]
    output: Option<PathBuf>,

    /// Show the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// A directive about which no draft can be made.
#[derive(Debug, Error)]
pub enum NotAbout {
    /// It is not published.
    #[error("{id} is not published")]
    NotPublished {
        /// The directive.
        id: DirectiveId,
    },
    /// That revision of it is not published.
    #[error("revision {revision} of {id} is not published")]
    NoRevision {
        /// The directive.
        id: DirectiveId,
        /// The revision.
        revision: Revision,
    },
    /// It has ended already.
    #[error("{id} is {status} since revision {revision}, wanted in-force")]
    Ended {
        /// The directive.
        id: DirectiveId,
        /// How it ended.
        status: Status,
        /// The revision that says so.
        revision: Revision,
    },
}

#[derive(Serialize)]
struct Shown<'a> {
    output: String,
    id: &'a DirectiveId,
    revision: Revision,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    attach: &'a [String],
}

impl TargetArgs {
    /// A revision of it as it is published; the newest where none is named.
    pub fn published(&self, world: &World, revision: Option<Revision>) -> Result<Document, Failure> {
        let (folder, current) = current(&Repository::new(world.resolve(&self.repo)))?;
        current.document(&folder, &self.id, revision)?.ok_or_else(|| {
            let id = self.id.clone();
            Failure::usage(match revision {
                Some(revision) => NotAbout::NoRevision { id, revision },
                None => NotAbout::NotPublished { id },
            })
            .hint("a draft names what is published; `interdict-publisher verify` counts it")
        })
    }

    /// As [`published`](Self::published), the newest, where it is still in force.
    pub fn in_force(&self, world: &World) -> Result<Document, Failure> {
        let document = self.published(world, None)?;
        let directive = &document.believed.document.value;
        if directive.is_ended() {
            let (id, status, revision) = (directive.id.clone(), directive.status.clone(), directive.revision);
            return Err(Failure::usage(NotAbout::Ended { id, status, revision }));
        }
        Ok(document)
    }

    /// Writes the draft of this revision, and says what comes next. `attach` are files that are published with it.
    pub fn write(
        &self,
        world: &mut World,
        id: &DirectiveId,
        revision: Revision,
        text: &Text,
        attach: &[String],
    ) -> Verdict {
        self.write_as(world, (id, revision), text, attach, (SCHEMA_FILE, SCHEMA))
    }

    /// As [`write`](Self::write), of a document with another schema: its file's name, and its text.
    pub fn write_as(
        &self,
        world: &mut World,
        (id, revision): (&DirectiveId, Revision),
        text: &Text,
        attach: &[String],
        (schema_file, schema): (&str, &str),
    ) -> Verdict {
        let file = self.output.clone().unwrap_or_else(|| match revision {
            Revision::FIRST => crate::draft::template::file_name(id).into(),
            _ => format!("{id}.{revision}.draft.jsonc").into(),
        });
        write_draft(world, &file, &text.to_string(), schema_file, schema)?;
        if self.json {
            let output = file.display().to_string();
            show_json(world, &Shown { output, id, revision, attach })?;
            return Ok(Outcome::done());
        }
        writeln!(world.stdout, "{}", shown(&file))?;
        let repo = shown(&self.repo);
        writeln!(
            world.stderr,
            "next: read it, fill what is blank, then interdict-publisher draft lint {} --repo {repo}",
            shown(&file)
        )?;
        for file in attach {
            writeln!(
                world.stderr,
                "publish it with --attach {}",
                interdict_host::terminal::escape_control(file)
            )?;
        }
        Ok(Outcome::done())
    }
}

/// The parts of a document that a draft is made from.
pub fn before(document: &Document) -> Published<'_> {
    Published {
        directive: &document.believed.document.value,
        payload: &document.payload,
        digest: document.believed.payload.digest,
    }
}
