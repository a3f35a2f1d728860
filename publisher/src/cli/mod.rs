//! The verbs: arguments in, text and exit codes out. One file a verb; the work is in the rooms beside this one.

mod ceremony;
mod diff;
mod directive;
mod draft;
mod failure;
mod gone;
mod import;
mod init;
mod journal;
mod journaled;
mod key;
mod pages;
mod publish;
mod push;
mod refresh;
mod rotate;
mod serve;
mod shared;
mod sign;
mod status;
mod verify;

use std::ffi::OsString;

use clap::{Parser, Subcommand};
use interdict_host::cli::{GlobalArgs, ReportFormat, STYLES, parse};
use interdict_host::exit::Outcome;
use interdict_host::world::World;

use failure::Failure;

/// What a verb gives back.
type Verdict = Result<Outcome, Failure>;

/// The program.
#[derive(Debug, Parser)]
#[command(
    name = "interdict-publisher",
    version,
    about = "Drafts, signs, publishes and serves binding directives",
    styles = STYLES,
    arg_required_else_help = true,
    after_help = "Begin with `interdict-publisher key new` for each officer and role, then `interdict-publisher init`.\n\
                  Exit codes: 0 done, 1 something is left to do, 2 wrong use or bad input, 3 no answer from disk or network, 4 refused,\n\
                  5 expired."
)]
pub struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    #[command(subcommand)]
    Key(key::KeyVerb),
    Init(Box<init::InitArgs>),
    #[command(subcommand)]
    Draft(draft::DraftVerb),
    #[command(subcommand)]
    Directive(directive::DirectiveVerb),
    Diff(diff::DiffArgs),
    #[command(subcommand)]
    Import(import::ImportVerb),
    Sign(sign::SignArgs),
    Publish(publish::PublishArgs),
    Push(push::PushArgs),
    Refresh(refresh::RefreshArgs),
    Rotate(rotate::RotateArgs),
    #[command(subcommand)]
    Ceremony(ceremony::CeremonyVerb),
    Verify(verify::VerifyArgs),
    Status(status::StatusArgs),
    #[command(subcommand)]
    Journal(journal::JournalVerb),
    Serve(serve::ServeArgs),
    Completions(pages::CompletionsArgs),
    Man(pages::ManArgs),
}

impl Verb {
    fn report_format(&self) -> ReportFormat {
        let json = match self {
            Self::Key(verb) => verb.json(),
            Self::Init(args) => args.json,
            Self::Draft(verb) => verb.json(),
            Self::Directive(verb) => verb.json(),
            Self::Diff(args) => args.json,
            Self::Import(verb) => verb.json(),
            Self::Sign(args) => args.json,
            Self::Publish(args) => args.json,
            Self::Push(args) => args.json,
            Self::Refresh(args) => args.json,
            Self::Rotate(args) => args.json,
            Self::Ceremony(verb) => verb.json(),
            Self::Verify(args) => args.json,
            Self::Status(args) => args.json,
            Self::Journal(verb) => verb.json(),
            Self::Serve(_) | Self::Completions(_) | Self::Man(_) => false,
        };
        if json { ReportFormat::Json } else { ReportFormat::Text }
    }

    fn run(&self, global: &GlobalArgs, world: &mut World) -> Verdict {
        match self {
            Self::Key(verb) => verb.run(global, world),
            Self::Init(args) => args.run(global, world),
            Self::Draft(verb) => verb.run(world),
            Self::Directive(verb) => verb.run(world),
            Self::Diff(args) => args.run(world),
            Self::Import(verb) => verb.run(global, world),
            Self::Sign(args) => args.run(global, world),
            Self::Publish(args) => args.run(global, world),
            Self::Push(args) => args.run(world),
            Self::Refresh(args) => args.run(global, world),
            Self::Rotate(args) => args.run(global, world),
            Self::Ceremony(verb) => verb.run(global, world),
            Self::Verify(args) => args.run(world),
            Self::Status(args) => args.run(global, world),
            Self::Journal(verb) => verb.run(world),
            Self::Serve(args) => args.run(world),
            Self::Completions(args) => args.run(world),
            Self::Man(args) => args.run(world),
        }
    }
}

/// Runs the program with these arguments, its own name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>, world: &mut World) -> Outcome {
    let cli: Cli = match parse(arguments, world) {
        Ok(cli) => cli,
        Err(exit) => return exit.into(),
    };
    let logging = cli.global.apply(world);
    match logging.run(|| cli.verb.run(&cli.global, world)) {
        Ok(outcome) => outcome,
        Err(failure) => failure.show(world, cli.verb.report_format()).into(),
    }
}
