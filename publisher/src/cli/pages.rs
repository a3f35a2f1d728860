//! `completions` and `man`: made from the same definitions as the help.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_complete::Shell;
use interdict_host::cli::{completion, man_pages};
use interdict_host::exit::Outcome;
use interdict_host::world::World;
use interdict_host::write::Mode;

use super::shared::shown;
use super::{Cli, Verdict};

/// Writes the completions for a shell to standard output
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  interdict-publisher completions bash > ~/.local/share/bash-completion/completions/interdict-publisher"
)]
pub struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Writes the man pages into a folder
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  interdict-publisher man /usr/local/share/man/man1")]
pub struct ManArgs {
    /// The folder; it is made if it is not there
    dir: PathBuf,
}

impl CompletionsArgs {
    pub fn run(&self, world: &mut World) -> Verdict {
        world.stdout.write_all(&completion(Cli::command(), self.shell))?;
        Ok(Outcome::done())
    }
}

impl ManArgs {
    pub fn run(&self, world: &mut World) -> Verdict {
        let dir = world.resolve(&self.dir);
        world.disk.create_dir_all_synced(&dir, Mode::Public)?;
        let pages = man_pages(Cli::command())?;
        for page in &pages {
            world.disk.replace(&dir.join(&page.file_name), &page.bytes, Mode::Public)?;
        }
        writeln!(world.stderr, "wrote {} man pages to {}", pages.len(), shown(&self.dir))?;
        Ok(Outcome::done())
    }
}
