//! `interdict show ID`

use std::io::Write;

use clap::Args;
use interdict_host::exit::{Exit, Outcome};
use interdict_schema::directive::{DirectiveId, Revision};

use super::reading::Reading;
use super::{Context, Failure};
use crate::as_of::AsOf;
use crate::config::RepositoryName;
use crate::presentation::{list_page, page};

/// One directive: who is bound, what is banned, what by when; or one list of identifiers
#[derive(Debug, Args)]
#[command(after_help = "Example: interdict show BOD-17-01 --json | jq .subjects")]
pub(super) struct Show {
    /// The directive, or the list: BOD-17-01
    id: DirectiveId,

    /// An earlier text of it [default: the newest]
    #[arg(long, value_name = "N", value_parser = revision)]
    revision: Option<Revision>,

    /// The repository, where several have a directive of this name
    #[arg(long, value_name = "NAME")]
    repository: Option<RepositoryName>,

    /// The exact bytes that were signed
    #[arg(long)]
    json: bool,
}

/// A number that is not a revision.
#[derive(Debug, thiserror::Error)]
#[error("wanted a revision: a whole number from 1")]
struct NotARevision;

fn revision(text: &str) -> Result<Revision, NotARevision> {
    text.parse().ok().and_then(Revision::new).ok_or(NotARevision)
}

/// A directive that is not held.
#[derive(Debug, thiserror::Error)]
enum NotHeld {
    #[error("no directive and no list {id} is held")]
    Directive { id: DirectiveId },
    #[error("no revision {found} of {id} is held, the newest is {newest}")]
    Revision { id: DirectiveId, found: Revision, newest: Revision },
    #[error("{count} repositories have a directive {id}")]
    Several { id: DirectiveId, count: usize },
}

impl Show {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        self.show(context).map_err(|failure| failure.in_json(self.json))
    }

    fn show(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let now = context.world.now()?;
        let reading = context.reading()?;
        reading.warn(context.world, now)?;
        let id = || self.id.clone();
        let wanted = |name: &RepositoryName| self.repository.as_ref().is_none_or(|wanted| wanted == name);
        let mut found = reading
            .generation
            .directives()
            .filter(|(repository, held)| *held.id() == self.id && wanted(&repository.name));
        let Some((repository, held)) = found.next() else {
            drop(found);
            return self.list(context, &reading);
        };
        let others = found.count();
        if others > 0 {
            let several = NotHeld::Several { id: id(), count: others.saturating_add(1) };
            return Err(Failure::new(&several, Exit::Usage).hint("say which with `--repository NAME`"));
        }
        let newest = held.directive().revision;
        let wanted = self.revision.unwrap_or(newest);
        let revision = held
            .revisions
            .iter()
            .find(|revision| revision.believed.document.value.revision == wanted)
            .ok_or_else(|| {
                Failure::new(&NotHeld::Revision { id: id(), found: wanted, newest }, Exit::Usage)
            })?;
        let world = &mut *context.world;
        if self.json {
            world.stdout.write_all(&revision.payload())?;
        } else {
            let page = page(repository, held, revision, AsOf::now(now), &world.time_zone);
            world.stdout.write_all(page.render(&world.terminal).as_bytes())?;
        }
        Ok(Outcome::done())
    }

    fn list(&self, context: &mut Context<'_>, reading: &Reading) -> Result<Outcome, Failure> {
        let id = || self.id.clone();
        let wanted = |name: &RepositoryName| self.repository.as_ref().is_none_or(|wanted| wanted == name);
        let repositories = reading.generation.repositories.iter().filter(|held| wanted(&held.name));
        let mut found = repositories
            .flat_map(|repository| repository.lists.iter().map(move |held| (repository, held)))
            .filter(|(_, held)| *held.id() == self.id);
        let (repository, held) = found.next().ok_or_else(|| {
            Failure::new(&NotHeld::Directive { id: id() }, Exit::Usage)
                .hint("`interdict list --all` shows what is held")
        })?;
        let others = found.count();
        if others > 0 {
            let several = NotHeld::Several { id: id(), count: others.saturating_add(1) };
            return Err(Failure::new(&several, Exit::Usage).hint("say which with `--repository NAME`"));
        }
        let newest = held.text().revision;
        let wanted = self.revision.unwrap_or(newest);
        let revision = held.revisions.iter().find(|it| it.believed.document.value.revision == wanted);
        let revision = revision.ok_or_else(|| {
            Failure::new(&NotHeld::Revision { id: id(), found: wanted, newest }, Exit::Usage)
        })?;
        let world = &mut *context.world;
        if self.json {
            world.stdout.write_all(&revision.payload())?;
        } else {
            let page = list_page(repository, held, revision);
            world.stdout.write_all(page.render(&world.terminal).as_bytes())?;
        }
        Ok(Outcome::done())
    }
}
