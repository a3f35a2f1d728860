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
#[command(after_help = "Example, for the present shell:\n  source <(interdict-publisher completions bash)")]
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The widest help that is shown (`interdict_host::cli`): a longer line is broken, and no shell takes the rest of it.
    const HELP_WIDTH: usize = 100;

    #[test]
    fn every_example_can_be_copied_as_it_is_shown() {
        let mut all = vec![Cli::command()];
        while let Some(command) = all.pop() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            for line in help.lines().filter(|line| line.starts_with("  ")) {
                assert!(line.chars().count() <= HELP_WIDTH, "{}: {line}", command.get_name());
            }
            all.extend(command.get_subcommands().cloned());
        }
    }
}
