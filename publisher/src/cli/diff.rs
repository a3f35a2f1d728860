//! `diff`: what one text of a directive changes in another, in words or as JSON.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use interdict_host::exit::Outcome;
use interdict_host::terminal::escape_control;
use interdict_host::world::World;
use interdict_schema::Sha256;
use interdict_schema::directive::difference::{Difference, Named, NotNamed, counted, differences, text_on};
use interdict_schema::directive::draft::{NotADraft, payload_of};
use interdict_schema::directive::{DayOrTime, Directive, DirectiveId, NotADirective, Revision};
use interdict_schema::dsse::Envelope;
use interdict_schema::limits::ENVELOPE_LENGTH;
use serde::Serialize;

use super::shared::{current, is_stdin, read_input, show_json};
use super::{Failure, Verdict};
use crate::repository::Repository;
use crate::repository::documents::Document;

/// Says what one text of a directive changes in another: by action, subject, identifier and deadline
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  interdict-publisher diff BOD-17-01@1 BOD-17-01@2 --repo repo\n  \
    interdict-publisher diff BOD-17-01 BOD-17-01.2.draft.jsonc --repo repo\n  \
    interdict-publisher diff BOD-17-01 --from 2017-10-01 --to 2018-01-01 --repo repo\n\n\
    Nothing that is compared is believed by it: a file is taken as it is.")]
pub struct DiffArgs {
    /// The first text: a draft, an envelope, or ID@REVISION from the repository; with --from the id alone
    #[arg(value_name = "A")]
    first: String,

    /// The second text
    #[arg(value_name = "B", required_unless_present = "from", conflicts_with = "from")]
    second: Option<String>,

    /// The first text is the one of this day
    #[arg(long, value_name = "DAY", requires = "to")]
    from: Option<DayOrTime>,

    /// The second text is the one of this day
    #[arg(long, value_name = "DAY", requires = "from")]
    to: Option<DayOrTime>,

    /// The repository in which they are published
    #[arg(long, value_name = "DIR", default_value = ".")]
    repo: PathBuf,

    /// Show the differences as JSON
    #[arg(long)]
    pub json: bool,
}

/// What cannot be compared.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error(transparent)]
    Named(#[from] NotNamed),
    #[error("{named} is not published, and no file has this name")]
    NotPublished { named: Named },
    #[error("{id} had no text on {on}")]
    NoText { id: DirectiveId, on: DayOrTime },
    #[error("{name} is no draft")]
    Draft { name: String, source: NotADraft },
    #[error("{name} is no directive")]
    Directive { name: String, source: NotADirective },
}

/// A text that is compared.
struct Compared {
    directive: Directive,
    digest: Sha256,
}

#[derive(Serialize)]
struct Side<'a> {
    id: &'a DirectiveId,
    revision: Revision,
    digest: Sha256,
}

#[derive(Serialize)]
struct Shown<'a> {
    format: &'static str,
    from: Side<'a>,
    to: Side<'a>,
    differences: &'a [Difference],
}

impl DiffArgs {
    pub fn run(&self, world: &mut World) -> Verdict {
        let now = world.now()?;
        let (first, second) = match (&self.second, self.from, self.to) {
            (None, Some(from), Some(to)) => self.dated(world, from, to)?,
            (Some(second), ..) => (self.text(world, &self.first)?, self.text(world, second)?),
            _ => (self.text(world, &self.first)?, self.text(world, &self.first)?),
        };
        let found = differences(&first.directive, &second.directive, now);
        if self.json {
            let side = |text: &'_ Compared| (text.directive.revision, text.digest);
            let ((from, from_digest), (to, to_digest)) = (side(&first), side(&second));
            show_json(
                world,
                &Shown {
                    format: "interdict-diff/1",
                    from: Side { id: &first.directive.id, revision: from, digest: from_digest },
                    to: Side { id: &second.directive.id, revision: to, digest: to_digest },
                    differences: &found,
                },
            )?;
            return Ok(Outcome::done());
        }
        for difference in &found {
            writeln!(world.stdout, "{}", escape_control(&difference.to_string()))?;
        }
        let name = |text: &Compared| format!("{}@{}", text.directive.id, text.directive.revision);
        writeln!(world.stderr, "{} to {}: {}", name(&first), name(&second), counted(&found))?;
        Ok(Outcome::done())
    }

    /// A draft, an envelope, or a revision that is published.
    fn text(&self, world: &mut World, name: &str) -> Result<Compared, Failure> {
        let path = Path::new(name);
        if is_stdin(path) || world.resolve(path).exists() {
            let bytes = read_input(world, path, ENVELOPE_LENGTH)?;
            return read(name, &bytes);
        }
        let named: Named = name.parse().map_err(|error| {
            Failure::usage(Refused::from(error)).hint("name a file, or a revision like BOD-17-01@1")
        })?;
        let (folder, current) = current(&Repository::new(world.resolve(&self.repo)))?;
        let found = current.document(&folder, &named.id, named.revision)?;
        let found = found.ok_or_else(|| Failure::usage(Refused::NotPublished { named }))?;
        Ok(compared(found))
    }

    /// The texts of two days.
    fn dated(
        &self,
        world: &mut World,
        from: DayOrTime,
        to: DayOrTime,
    ) -> Result<(Compared, Compared), Failure> {
        let id: DirectiveId = self.first.parse().map_err(|error| Failure::usage(NotNamed::from(error)))?;
        let (folder, current) = current(&Repository::new(world.resolve(&self.repo)))?;
        let history = current.history(&folder, &id)?;
        if history.is_empty() {
            let named = Named { id, revision: None };
            return Err(Failure::usage(Refused::NotPublished { named }));
        }
        let of = |on: DayOrTime| {
            let wanted = text_on(history.iter().map(|document| &document.believed.document.value), on);
            let named = |document: &&Document| Some(document.believed.document.value.revision) == wanted;
            history.iter().find(named).cloned().map(compared).ok_or_else(|| {
                Failure::usage(Refused::NoText { id: id.clone(), on })
                    .hint("its first revision takes effect later")
            })
        };
        Ok((of(from)?, of(to)?))
    }
}

fn compared(document: Document) -> Compared {
    let believed = document.believed.into_inner();
    Compared { directive: believed.document.value, digest: believed.payload.digest }
}

/// A file as it is: an envelope's payload, or a draft.
fn read(name: &str, bytes: &[u8]) -> Result<Compared, Failure> {
    let payload = match Envelope::parse(bytes, ENVELOPE_LENGTH) {
        Ok(envelope) => envelope.payload,
        Err(_) => payload_of(bytes)
            .map_err(|source| Failure::usage(Refused::Draft { name: name.to_owned(), source }))?,
    };
    let directive = Directive::parse(&payload)
        .map_err(|source| Failure::usage(Refused::Directive { name: name.to_owned(), source }))?
        .value;
    Ok(Compared { directive, digest: Sha256::of(&payload) })
}
