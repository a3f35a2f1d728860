//! `ceremony show`: what is being signed, who has signed, and who has not.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use interdict_host::exit::Outcome;
use interdict_host::terminal::escape_control;
use interdict_host::world::World;

use super::status::{Status, headline, show_missing};
use super::{Verdict, read_copies};
use crate::ceremony::of_document;
use crate::cli::shared::{show_json, show_lines};

/// Shows what a ceremony is about, who has signed it and whose signatures are missing
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  interdict-publisher ceremony show root-2.ceremony.json")]
pub struct ShowArgs {
    /// The ceremony file, or several copies of one
    #[arg(required = true)]
    files: Vec<PathBuf>,

    /// Show it as JSON
    #[arg(long)]
    pub json: bool,
}

impl ShowArgs {
    pub fn run(&self, world: &mut World) -> Verdict {
        let now = world.now()?;
        let opened = read_copies(world, &self.files)?;
        let Some(path) = self.files.first() else { return Ok(Outcome::done()) };
        if self.json {
            show_json(world, &Status::of(path, &opened, Vec::new()))?;
            return Ok(Outcome::done());
        }
        show_lines(world, &headline(&opened))?;
        for open in opened.documents() {
            writeln!(world.stderr, "{}:", escape_control(&open.what.to_string()))?;
            show_lines(world, &of_document(&opened, open, now))?;
        }
        if opened.check_expiry(now).is_err() {
            writeln!(
                world.stderr,
                "warning: nobody can sign it any more: it expired at {}",
                opened.file().expires
            )?;
        }
        show_missing(world, &opened)?;
        Ok(Outcome::done())
    }
}
