//! `interdict diff A B`

use std::io::Write;

use clap::Args;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::terminal::escape_control;
use interdict_schema::directive::deadline::zone;
use interdict_schema::directive::difference::{Named, counted};
use interdict_schema::directive::resolve::State;
use interdict_schema::directive::{DayOrTime, DirectiveId, Revision};

use interdict_schema::in_force::Current;
use jiff::tz::TimeZone;

use super::named::{self, NotHeld};
use super::{Context, Failure};
use crate::as_of::AsOf;
use crate::config::RepositoryName;
use crate::presentation::{Compare, Compared};
use crate::store::generation::{HeldDirective, HeldRepository, HeldRevision};

/// What one text of a directive changes in another: by action, subject, identifier and deadline
#[derive(Debug, Args)]
#[command(after_help = "Example: interdict diff BOD-17-01@1 BOD-17-01@2\n         \
    interdict diff BOD-17-01 --from 2017-10-01 --to 2018-01-01")]
pub(super) struct Diff {
    /// The first text: ID@REVISION; the id alone is the newest revision
    #[arg(value_name = "A")]
    first: Named,

    /// The second text; where it and --from are left out, A is compared with the revision before it
    #[arg(value_name = "B", conflicts_with = "from")]
    second: Option<Named>,

    /// The first text is the one in force at the end of this day, with what supplements and amendments have put into it
    #[arg(long, value_name = "DAY", requires = "to")]
    from: Option<DayOrTime>,

    /// The second text is the one in force at the end of this day
    #[arg(long, value_name = "DAY", requires = "from")]
    to: Option<DayOrTime>,

    /// The repository, where several have a directive of this name
    #[arg(long, value_name = "NAME")]
    repository: Option<RepositoryName>,

    /// As JSON
    #[arg(long)]
    json: bool,
}

/// What cannot be compared.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("{id} had no text on {on}")]
    NoText { id: DirectiveId, on: DayOrTime },
    #[error("{id} has no revision before {revision}")]
    First { id: DirectiveId, revision: Revision },
}

impl Diff {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        self.show(context).map_err(|failure| failure.in_json(self.json))
    }

    fn show(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let now = context.world.now()?;
        let reading = context.reading()?;
        reading.warn(context.world, now)?;
        let held = |id: &DirectiveId| {
            let found = named::directive(&reading.generation, id, self.repository.as_ref())?;
            found.ok_or_else(|| NotHeld::Directive { id: id.clone() }.failure())
        };
        let (repository, first) = held(&self.first.id)?;
        let compared = match (&self.second, self.from, self.to) {
            (Some(second), ..) => {
                let (_, other) = held(&second.id)?;
                let before = named::revision(first, self.first.revision)?;
                Compared::of(before.into(), named::revision(other, second.revision)?.into(), now)
            }
            (None, Some(from), Some(to)) => {
                let (before, after) = (on(repository, first, from)?, on(repository, first, to)?);
                let compare = |current| text(first, current);
                Compared::of(compare(&before), compare(&after), now)
            }
            _ => {
                let newer = named::revision(first, self.first.revision)?;
                Compared::of(previous(first, newer)?.into(), newer.into(), now)
            }
        };
        let world = &mut *context.world;
        if self.json {
            world.stdout.write_all(&compared.json())?;
            return Ok(Outcome::done());
        }
        for difference in compared.differences() {
            writeln!(world.stdout, "{}", escape_control(&difference.to_string()))?;
        }
        writeln!(world.stderr, "{}: {}", compared.names(), counted(compared.differences()))?;
        Ok(Outcome::done())
    }
}

/// What was in force at the end of a day.
fn on(repository: &HeldRepository, held: &HeldDirective, on: DayOrTime) -> Result<Current, Failure> {
    let zone = zone(&held.text().zone).unwrap_or(TimeZone::UTC);
    let end = AsOf::at(DayOrTime::Time(on.end(&zone)));
    let found = repository.in_force(end).directives.into_iter();
    let mut found = found.filter(|current| current.situation.document.id == *held.id());
    found.find(|current| !matches!(current.situation.state, State::NotYet { .. })).ok_or_else(|| {
        Failure::new(&Refused::NoText { id: held.id().clone(), on }, Exit::Usage)
            .hint("its first revision takes effect later")
    })
}

fn text<'a>(held: &'a HeldDirective, current: &'a Current) -> Compare<'a> {
    Compare { believed: held.at(current), situation: Some(&current.situation) }
}

fn previous<'h>(held: &'h HeldDirective, newer: &HeldRevision) -> Result<&'h HeldRevision, Failure> {
    let revision = newer.believed.document.value.revision;
    let before = held.revisions.iter().rev().find(|one| one.believed.document.value.revision < revision);
    before.ok_or_else(|| {
        Failure::new(&Refused::First { id: held.id().clone(), revision }, Exit::Usage)
            .hint("name two texts: interdict diff ID@1 ID@2")
    })
}
