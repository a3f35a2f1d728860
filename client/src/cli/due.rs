//! `interdict due`

use std::io::Write;

use clap::Args;
use interdict_host::exit::Outcome;

use super::detecting::remembered;
use super::{Context, Failure};
use crate::as_of::AsOf;
use crate::presentation::{Deadlines, Grouping, Validity, rows};

/// All deadlines, in order
#[derive(Debug, Args)]
#[command(after_help = "Example: interdict due --as-of 2017-11-12")]
pub(super) struct Due {
    /// Reckon days from this day or moment: 2017-11-12, 2017-11-12T12:00:00Z. Freshness is judged by the clock all the same
    #[arg(long, value_name = "DATE")]
    as_of: Option<AsOf>,

    /// A row for each subject that has a date of its own, not for each date
    #[arg(long)]
    all: bool,

    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Due {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        self.show(context).map_err(|failure| failure.in_json(self.json))
    }

    fn show(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let now = context.world.now()?;
        let mut reading = context.reading()?;
        let as_of = self.as_of.unwrap_or(AsOf::now(now));
        reading.generation.settle(as_of);
        reading.warn(context.world, now)?;
        let grouping = if self.all { Grouping::BySubject } else { Grouping::ByDate };
        let detections = remembered(context.world, &reading)?;
        let deadlines = Deadlines {
            rows: rows(&reading.generation, &reading.config.profile(), &detections, as_of, grouping),
            as_of,
            validity: Validity::of(&reading.generation),
        };
        let world = &mut *context.world;
        if self.json {
            world.stdout.write_all(&deadlines.json(&world.time_zone))?;
        } else if deadlines.rows.is_empty() {
            writeln!(world.stderr, "no directive in force sets a deadline")?;
        } else {
            let table = deadlines.table(&world.time_zone);
            world.stdout.write_all(table.render(&world.terminal).as_bytes())?;
        }
        Ok(Outcome::done())
    }
}
