//! `interdict due`

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::world::World;
use interdict_host::write::Mode;

use super::detecting::remembered;
use super::exceptions::{complain, tell};
use super::{Context, Failure};
use crate::as_of::AsOf;
use crate::config::{Basis, UnknownAgency};
use crate::presentation::{Asked, Calendar, Deadlines, Exceptions, Grouping, Obligations, Of, Validity};
use crate::store::detections::Detections;

/// All deadlines, in order; then waivers and when they lapse, and what does not bind
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  interdict due --as-of 2017-11-12\n  interdict due --agency NASA\n  interdict due --ics /srv/www/directives.ics"
)]
pub(super) struct Due {
    /// Reckon days from this day or moment: 2017-11-12, 2017-11-12T12:00:00Z. Freshness is judged by the clock all the same
    #[arg(long, value_name = "DATE")]
    as_of: Option<AsOf>,

    /// What binds another agency: a [[component]] of the configuration, one that [agency] is a component of, or a civilian
    /// agency by its name or acronym
    #[arg(long, value_name = "NAME")]
    agency: Option<String>,

    /// A row for each subject that has a date of its own, not for each date
    #[arg(long)]
    all: bool,

    /// Write a calendar (iCalendar) to which calendar programs subscribe; - for standard output
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    ics: Option<PathBuf>,

    /// As JSON
    #[arg(long)]
    json: bool,
}

impl From<UnknownAgency> for Failure {
    fn from(error: UnknownAgency) -> Self {
        Self::new(&error, Exit::Usage).hint(
            "describe it as a [[component]] in the configuration, or use its name or acronym as the list of civilian agencies has it",
        )
    }
}

impl Due {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        self.show(context).map_err(|failure| failure.in_json(self.json))
    }

    fn show(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let now = context.world.now()?;
        let mut reading = context.reading()?;
        let as_of = self.as_of.unwrap_or(AsOf::now(now));
        let party = match &self.agency {
            Some(name) => reading.config.party(name)?,
            None => reading.config.own(),
        };
        reading.generation.settle(as_of);
        reading.warn(context.world, now)?;
        let survey = reading.exceptions(now);
        // What was found here was not found there.
        let detections = match party.basis {
            Basis::Own => remembered(context.world, &reading)?,
            Basis::Component(_) | Basis::Parent | Basis::Listed => Detections::default(),
        };
        let asked = Asked {
            profile: &party.profile,
            detections: &detections,
            as_of,
            floors: &reading.floors(as_of, now),
            grouping: if self.all { Grouping::BySubject } else { Grouping::ByDate },
        };
        if let Some(file) = &self.ics {
            let name = party.profile.names.first();
            let name = name.map_or_else(|| "Directives".to_owned(), |name| format!("Directives: {name}"));
            let calendar = Calendar::of(&reading.generation, &asked, name);
            write(context.world, file, &calendar)?;
            complain(context.world, &survey, false)?;
            return Ok(survey.outcome());
        }
        let deadlines = Deadlines {
            found: Obligations::of(&reading.generation, &asked),
            as_of,
            validity: Validity::of(&reading.generation),
            of: Of { party: &party, lines: &reading.lines },
            named: self.agency.is_some(),
            exceptions: Exceptions::of(&survey),
        };
        let world = &mut *context.world;
        if self.json {
            world.stdout.write_all(&deadlines.json(&world.time_zone))?;
            return Ok(tell(world, &survey, self.json)?);
        }
        if deadlines.found.rows.is_empty() {
            writeln!(world.stderr, "no directive in force sets a deadline")?;
        }
        let text = deadlines.render(&world.time_zone, &world.terminal);
        world.stdout.write_all(text.as_bytes())?;
        Ok(tell(world, &survey, self.json)?)
    }
}

/// Writes a calendar, and says what is not in it.
fn write(world: &mut World, file: &Path, calendar: &Calendar) -> Result<(), Failure> {
    let bytes = calendar.to_ics().into_bytes();
    if file == Path::new("-") {
        world.stdout.write_all(&bytes)?;
    } else {
        world.disk.replace(&world.resolve(file), &bytes, Mode::Public)?;
    }
    if calendar.undated() > 0 {
        writeln!(
            world.stderr,
            "not in the calendar, because they have no date: {}; `interdict due` lists them",
            calendar.undated()
        )?;
    }
    Ok(())
}
