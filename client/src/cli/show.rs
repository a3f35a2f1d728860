//! `interdict show ID`

use std::io::Write;

use clap::Args;
use interdict_host::exit::Outcome;
use interdict_schema::believe::Document;
use interdict_schema::directive::{DirectiveId, Revision};

use super::named::{self, NotHeld};
use super::reading::Reading;
use super::{Context, Failure};
use crate::as_of::AsOf;
use crate::config::RepositoryName;
use crate::presentation::{Asked, Grouping, Of, Shown, Sources, list_page, page, text_json, waiver_page};
use crate::store::detections::Detections;
use crate::store::generation::{Held, HeldRepository, HeldRevision};

/// One directive: who is bound, what is banned, what by when; or one list of identifiers, or one waiver
#[derive(Debug, Args)]
#[command(after_help = "Example: interdict show BOD-17-01 --json | jq .subjects")]
pub(super) struct Show {
    /// The directive, the list or the waiver: BOD-17-01
    id: DirectiveId,

    /// An earlier text of it [default: the newest]
    #[arg(long, value_name = "N", value_parser = revision)]
    revision: Option<Revision>,

    /// The repository, where several have a directive of this name
    #[arg(long, value_name = "NAME")]
    repository: Option<RepositoryName>,

    /// The text in force on a day or at a moment, each part with its source: 2021-01-08, 2021-01-08T12:00:00Z
    #[arg(long, value_name = "DATE", conflicts_with = "revision")]
    as_of: Option<AsOf>,

    /// The exact bytes that were signed; with --as-of the text in force and its sources
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

impl Show {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        self.show(context).map_err(|failure| failure.in_json(self.json))
    }

    fn show(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let now = context.world.now()?;
        let as_of = self.as_of.unwrap_or(AsOf::now(now));
        let mut reading = context.reading()?;
        reading.generation.settle(as_of);
        reading.warn(context.world, now)?;
        let repository = self.repository.as_ref();
        let Some((repository, held)) = named::directive(&reading.generation, &self.id, repository)? else {
            return self.other(context, &reading, as_of);
        };
        let revision = named::revision(held, self.revision)?;
        let world = &mut *context.world;
        let stdout = &mut world.stdout;
        match (self.json, self.as_of, &held.settled) {
            (true, Some(_), Some(settled)) => {
                stdout.write_all(&text_json(held.directive(), settled, as_of))?;
            }
            (true, ..) => stdout.write_all(&revision.payload())?,
            (false, ..) => {
                let shown = match (self.revision, self.as_of) {
                    (Some(_), _) => Shown::Revision(revision),
                    (None, Some(_)) => Shown::InForce(Sources::All),
                    (None, None) => Shown::InForce(Sources::Changed),
                };
                let (party, floors) = (reading.config.own(), reading.floors(as_of, now));
                let asked = Asked {
                    profile: &party.profile,
                    detections: &Detections::default(),
                    as_of,
                    floors: &floors,
                    grouping: Grouping::ByDate,
                };
                let of = Of { party: &party, lines: &reading.lines };
                let page = page(repository, held, &shown, (&asked, of), &world.time_zone);
                stdout.write_all(page.render(&world.terminal).as_bytes())?;
            }
        }
        Ok(Outcome::done())
    }

    /// What is no directive: a list of identifiers, or a waiver.
    fn other(&self, context: &mut Context<'_>, reading: &Reading, as_of: AsOf) -> Result<Outcome, Failure> {
        let world = &mut *context.world;
        if let Some((repository, held)) = self.find(reading, |repository| &repository.lists)? {
            let revision = self.revision_of(held)?;
            if self.json {
                world.stdout.write_all(&revision.payload())?;
            } else {
                let page = list_page(repository, held, revision);
                world.stdout.write_all(page.render(&world.terminal).as_bytes())?;
            }
            return Ok(Outcome::done());
        }
        let found = self.find(reading, |repository| &repository.waivers)?;
        let (repository, held) = found.ok_or_else(|| NotHeld::Neither { id: self.id.clone() }.failure())?;
        let revision = self.revision_of(held)?;
        if self.json {
            world.stdout.write_all(&revision.payload())?;
        } else {
            let party = reading.config.own();
            let page = waiver_page(repository, held, revision, (as_of, &party.profile), &world.time_zone);
            world.stdout.write_all(page.render(&world.terminal).as_bytes())?;
        }
        Ok(Outcome::done())
    }

    /// The document of this name among those of a kind.
    fn find<'r, D: Document>(
        &self,
        reading: &'r Reading,
        of: impl Fn(&'r HeldRepository) -> &'r Vec<Held<D>>,
    ) -> Result<Option<(&'r HeldRepository, &'r Held<D>)>, Failure> {
        let wanted = |name: &RepositoryName| self.repository.as_ref().is_none_or(|wanted| wanted == name);
        let repositories = reading.generation.repositories.iter().filter(|held| wanted(&held.name));
        let mut found = repositories
            .flat_map(|repository| of(repository).iter().map(move |held| (repository, held)))
            .filter(|(_, held)| *held.id() == self.id);
        let Some(first) = found.next() else { return Ok(None) };
        match found.count() {
            0 => Ok(Some(first)),
            others => {
                let several = NotHeld::Several { id: self.id.clone(), count: others.saturating_add(1) };
                Err(several.failure())
            }
        }
    }

    /// The revision that was asked for, or the newest.
    fn revision_of<'h, D: Document>(&self, held: &'h Held<D>) -> Result<&'h HeldRevision<D>, Failure> {
        let newest = held.text().revision();
        let wanted = self.revision.unwrap_or(newest);
        let revision = held.revisions.iter().find(|it| it.believed.document.value.revision() == wanted);
        revision.ok_or_else(|| NotHeld::Revision { id: self.id.clone(), found: wanted, newest }.failure())
    }
}
