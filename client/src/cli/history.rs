//! `interdict history ID`

use std::io::Write;

use clap::Args;
use interdict_host::exit::Outcome;
use interdict_schema::directive::DirectiveId;

use super::named::{self, NotHeld};
use super::{Context, Failure};
use crate::config::RepositoryName;
use crate::presentation::History;

/// Every revision of a directive that is held: who signed it, what it changed, and what other documents did to it
#[derive(Debug, Args)]
#[command(after_help = "Example: interdict history BOD-17-01 --json | jq '.revisions[].digest'")]
pub(super) struct HistoryVerb {
    /// The directive: BOD-17-01
    id: DirectiveId,

    /// The repository, where several have a directive of this name
    #[arg(long, value_name = "NAME")]
    repository: Option<RepositoryName>,

    /// As JSON
    #[arg(long)]
    json: bool,
}

impl HistoryVerb {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        self.show(context).map_err(|failure| failure.in_json(self.json))
    }

    fn show(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let now = context.world.now()?;
        let reading = context.reading()?;
        reading.warn(context.world, now)?;
        let found = named::directive(&reading.generation, &self.id, self.repository.as_ref())?;
        let (repository, held) = found.ok_or_else(|| NotHeld::Directive { id: self.id.clone() }.failure())?;
        let history = History::of(&reading.generation, repository, held, now);
        let world = &mut *context.world;
        if self.json {
            world.stdout.write_all(&history.json())?;
        } else {
            world.stdout.write_all(history.page().render(&world.terminal).as_bytes())?;
        }
        Ok(Outcome::done())
    }
}
