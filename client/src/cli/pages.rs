//! `interdict completions SHELL` and `interdict man DIR`

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_complete::Shell;
use interdict_host::cli::{completion, man_pages};
use interdict_host::exit::Outcome;
use interdict_host::write::Mode;

use super::{Arguments, Context, Failure};

/// The completions for a shell, on standard output
#[derive(Debug, Args)]
#[command(
    after_help = "Example: interdict completions bash > ~/.local/share/bash-completion/completions/interdict"
)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Write the man pages into a folder
#[derive(Debug, Args)]
#[command(after_help = "Example: interdict man ~/.local/share/man/man1")]
pub(super) struct ManPages {
    /// The folder, which is made if it is not there
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

impl Completions {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        context.world.stdout.write_all(&completion(Arguments::command(), self.shell))?;
        Ok(Outcome::done())
    }
}

impl ManPages {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let folder = context.world.resolve(&self.folder);
        let disk = &context.world.disk;
        disk.create_dir_all_synced(&folder, Mode::Public)?;
        let pages = man_pages(Arguments::command())?;
        for page in &pages {
            disk.replace(&folder.join(&page.file_name), &page.bytes, Mode::Public)?;
        }
        writeln!(context.world.stdout, "wrote {} pages into {}", pages.len(), folder.display())?;
        Ok(Outcome::done())
    }
}
