//! `interdict status`

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use interdict_host::exit::Outcome;
use interdict_schema::DateTime;
use interdict_schema::plan::Boundary;

use super::exceptions::complain;
use super::policy::check_files;
use super::reading::Reading;
use super::{Context, Failure, metrics};
use crate::as_of::AsOf;
use crate::enforce::boundary::{self, Known};
use crate::inventory::machine_name;
use crate::length_of_time::LengthOfTime;
use crate::presentation::{Enforcement, Exceptions, RepositoryStatus, Status as Standing};
use crate::store::generation::is_whole;

/// Fresh or stale, what is in force, what is next, what is wrong
///
/// Ends with 0 only when the policy is there, fresh, without alarms and wholly understood. Otherwise with 4 for an alarm
/// (a directive that vanished or was refused, a file that was changed), 3 when a configured repository has nothing yet,
/// 5 when stale, 6 for content that this version does not understand, 2 for an exception of the agency's own that is void; `--json` lists all that hold.
#[derive(Debug, Args)]
#[command(after_help = "Example: interdict status --max-age 36h")]
pub(super) struct Status {
    /// Call it stale sooner than its timestamp expires: 36h, 2d
    #[arg(long, value_name = "TIME")]
    max_age: Option<LengthOfTime>,

    /// Write metrics for Prometheus' textfile collector to this file
    #[arg(long, value_name = "FILE")]
    metrics: Option<PathBuf>,

    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Status {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        self.show(context).map_err(|failure| failure.in_json(self.json))
    }

    fn show(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let now = context.world.now()?;
        // Before anything else: that there is no policy is what an alarm is for.
        if let Some(file) = &self.metrics {
            let places = context.places_for_reading()?;
            metrics::write(context, &places, file)?;
        }
        let mut reading = context.reading()?;
        reading.generation.settle(AsOf::now(now));
        let mut status = standing(&reading, self.max_age, now);
        status.enforcement = Enforcement::read(&reading.places);
        status.next_boundary =
            status.enforcement.as_ref().and_then(|found| next_boundary(&reading, found, now));
        let world = &mut *context.world;
        complain(world, &reading.exceptions(now), self.json)?;
        if self.json {
            world.stdout.write_all(&status.json(&world.time_zone))?;
        } else {
            let page = status.page(&world.time_zone);
            world.stdout.write_all(page.render(&world.terminal).as_bytes())?;
        }
        Ok(status.outcome())
    }
}

/// How things stand with what was read, which was settled for now.
pub(super) fn standing(reading: &Reading, max_age: Option<LengthOfTime>, now: DateTime) -> Standing {
    let generation = &reading.generation;
    let repositories = generation.repositories.iter().map(|held| {
        let configured = reading.config.repositories.iter().find(|found| found.name == held.name);
        let url = configured.map(|found| found.url.clone());
        RepositoryStatus::of(held, url, reading.refreshed_at(held), reading.staleness(held, max_age, now))
    });
    let repositories = repositories.collect();
    let exceptions = Exceptions::of(&reading.exceptions(now));
    let differs = check_files(reading).is_err() || !is_whole(&reading.places, generation.number);
    reading.asked(now, |asked| {
        Standing::of(generation, asked, repositories, reading.missing(), exceptions, differs, now)
    })
}

/// The next moment at which something of what is enforced here changes by itself.
fn next_boundary(reading: &Reading, enforcement: &Enforcement, now: DateTime) -> Option<Boundary> {
    let machine = machine_name::name_of(Path::new("/")).unwrap_or_default();
    let survey = reading.exceptions(now);
    let known = Known {
        policy: Some((&reading.generation, &survey.standings, &machine)),
        record: enforcement.record(),
        window: reading.config.enforce.as_ref().and_then(|enforce| enforce.window.as_ref()),
    };
    boundary::next(known, reading.not_before(now))
}
