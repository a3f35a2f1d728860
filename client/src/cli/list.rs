//! `interdict list`

use std::io::Write;

use clap::Args;
use interdict_host::exit::Outcome;

use super::exceptions::tell;
use super::{Context, Failure};
use crate::as_of::AsOf;
use crate::presentation::{Exceptions, Listing};

/// The directives in force, and the lists of identifiers that they may name
#[derive(Debug, Args)]
#[command(after_help = "Example: interdict list --all")]
pub(super) struct List {
    /// Also those that were closed or revoked
    #[arg(long)]
    all: bool,

    /// As JSON
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        self.show(context).map_err(|failure| failure.in_json(self.json))
    }

    fn show(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let now = context.world.now()?;
        let mut reading = context.reading()?;
        reading.generation.settle(AsOf::now(now));
        reading.warn(context.world, now)?;
        let survey = reading.exceptions(now);
        let local = &context.world.time_zone;
        let listing = reading.asked(now, |asked| Listing::of(&reading.generation, asked, self.all, local));
        let world = &mut *context.world;
        if self.json {
            world.stdout.write_all(&listing.json(&world.time_zone, &Exceptions::of(&survey)))?;
        } else if listing.is_empty() {
            writeln!(world.stderr, "no directive is in force")?;
        } else {
            world.stdout.write_all(listing.table().render(&world.terminal).as_bytes())?;
        }
        let mut gap = if listing.is_empty() { "" } else { "\n" };
        let others = [listing.lists(), listing.waivers()];
        for table in others.into_iter().flatten().filter(|_| !self.json) {
            write!(world.stdout, "{gap}{}", table.render(&world.terminal))?;
            gap = "\n";
        }
        Ok(tell(world, &survey, self.json)?)
    }
}
