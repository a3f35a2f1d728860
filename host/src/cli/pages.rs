//! Man pages and shell completions, made from the command line's own definition.

use std::io;

use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man;

/// A file to be installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its name: `interdict-sync.1`.
    pub file_name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// A man page (section 1, roff) for a command and each of its verbs that is not hidden.
///
/// # Errors
///
/// None in practice: the writer is memory.
pub fn man_pages(command: Command) -> io::Result<Vec<Page>> {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    render(command, &mut pages)?;
    pages.sort_by(|one, other| one.file_name.cmp(&other.file_name));
    Ok(pages)
}

fn render(command: Command, pages: &mut Vec<Page>) -> io::Result<()> {
    for verb in command.get_subcommands().filter(|verb| !verb.is_hide_set()).cloned() {
        render(verb, pages)?;
    }
    let man = Man::new(command);
    let mut bytes = Vec::new();
    man.render(&mut bytes)?;
    pages.push(Page { file_name: man.get_filename(), bytes });
    Ok(())
}

/// The completions of a command for one shell.
pub fn completion(mut command: Command, shell: Shell) -> Vec<u8> {
    let name = command.get_name().to_owned();
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut bytes);
    bytes
}
