//! What both command lines share: the options that every verb takes, how arguments become a value or an exit, and the
//! pages made from the same definitions.
//!
//! Not here: any verb.

mod pages;
mod report;

use std::ffi::OsString;
use std::io::Write;

use clap::builder::Styles;
use clap::builder::styling::{AnsiColor, Effects};
use clap::error::ErrorKind;
use clap::{Args, Command, Parser, ValueEnum};

pub use pages::{Page, completion, man_pages};
pub use report::{ErrorReport, ReportFormat};

use crate::example_keys::ExampleKeys;
use crate::exit::Exit;
use crate::logging::{LogFormat, Logging};
use crate::world::World;

/// Help is not set wider than this; long lines are hard to read.
const MAX_HELP_WIDTH: usize = 100;

/// Options that every verb takes.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// Say more on standard error; twice for details, three times for everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,

    /// How the log on standard error looks
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORMAT")]
    pub log_format: LogFormat,

    /// When to use colour
    #[arg(long, global = true, alias = "colour", value_enum, default_value_t, value_name = "WHEN")]
    pub color: ColorWhen,

    /// Accept the example keys, whose secrets are published: for demonstrations and tests alone
    #[arg(long, global = true)]
    pub allow_example_keys: bool,
}

/// When to use colour: `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal, unless the environment says otherwise
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl GlobalArgs {
    /// Makes the world as these options want it, and prepares the log.
    pub fn apply(&self, world: &mut World) -> Logging {
        match self.color {
            ColorWhen::Auto => {}
            ColorWhen::Always => world.terminal.colour = true,
            ColorWhen::Never => world.terminal.colour = false,
        }
        Logging::new(world, self.verbose, self.log_format)
    }

    /// Whether example keys are accepted.
    pub fn example_keys(&self) -> ExampleKeys {
        if self.allow_example_keys { ExampleKeys::Allow } else { ExampleKeys::Refuse }
    }
}

/// The colours of help: `#[command(styles = STYLES)]`.
pub const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().effects(Effects::BOLD))
    .usage(AnsiColor::Green.on_default().effects(Effects::BOLD))
    .literal(AnsiColor::Cyan.on_default().effects(Effects::BOLD))
    .placeholder(AnsiColor::Cyan.on_default());

/// Reads the arguments, the program's name first. What is not a value has been shown: help and version on standard
/// output, wrong use on standard error.
///
/// # Errors
///
/// [`Exit::Done`] after help or version, [`Exit::Usage`] after wrong use.
pub fn parse<P: Parser>(arguments: impl IntoIterator<Item = OsString>, world: &mut World) -> Result<P, Exit> {
    let width = world.terminal.width.map_or(MAX_HELP_WIDTH, usize::from).min(MAX_HELP_WIDTH);
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let command = || P::command().term_width(width);
    let read = |command: Command| {
        let matches = command.try_get_matches_from(&arguments);
        matches.and_then(|mut matches| P::from_arg_matches_mut(&mut matches))
    };
    let parsed = read(command()).or_else(|error| match error.kind() {
        // A list of verbs says what each is for, and a verb that is deferred says so only once it is built.
        ErrorKind::DisplayHelp | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let mut whole = command();
            whole.build();
            read(whole)
        }
        _ => Err(error),
    });
    parsed.map_err(|error| {
        let shown = error.render();
        let shown = if world.terminal.colour { shown.ansi().to_string() } else { shown.to_string() };
        let (stream, exit) = if error.use_stderr() {
            (&mut world.stderr, Exit::Usage)
        } else {
            (&mut world.stdout, Exit::Done)
        };
        match stream.write_all(shown.as_bytes()) {
            Ok(()) => exit,
            Err(_) => Exit::NoAnswer,
        }
    })
}

#[cfg(test)]
mod tests;
