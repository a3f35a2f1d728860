//! `ceremony merge`: copies that were signed apart become one.

use std::path::PathBuf;

use clap::Args;
use interdict_host::exit::Outcome;
use interdict_host::world::World;

use super::status::Status;
use super::{Verdict, read_copies, write_new};

/// Makes one file of several copies of a ceremony that were signed apart
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  interdict-publisher ceremony merge from-alice.json from-bob.json -o root-2.ceremony.json"
)]
pub struct MergeArgs {
    /// The copies
    #[arg(required = true)]
    files: Vec<PathBuf>,

    /// Where the whole is written; nothing is overwritten
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,

    /// Show the result as JSON
    #[arg(long)]
    pub json: bool,
}

impl MergeArgs {
    pub fn run(&self, world: &mut World) -> Verdict {
        let opened = read_copies(world, &self.files)?;
        write_new(world, &self.output, &opened)?;
        Status::of(&self.output, &opened, Vec::new()).show(world, &opened, self.json)?;
        Ok(Outcome::done())
    }
}
