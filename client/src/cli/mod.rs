//! The command line: a list of verbs, one small file each. A verb reads its options, calls the library, and shows what it
//! got; it decides nothing.

mod apply;
mod apt_hook;
mod assessing;
mod bundle;
mod check;
mod context;
mod detecting;
mod diff;
mod digest;
mod due;
mod enforcing;
mod entries;
mod evidence;
mod exceptions;
mod explain;
mod gathering;
mod history;
mod inventories;
mod is_banned;
mod journal;
mod list;
mod metrics;
mod mirrors;
mod named;
mod pages;
mod plan;
mod planning;
mod policy;
mod reading;
mod setup;
mod show;
mod status;
mod sync;
mod sync_failure;
mod sync_round;
mod trust;
mod tuf;
mod undo;
mod uninstall_banned;
mod verify;
mod watch;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{CommandFactory, Parser, Subcommand};
use interdict_host::cli::{self, GlobalArgs, STYLES};
use interdict_host::exit::{Exit, Outcome};
use interdict_host::world::World;

pub(crate) use context::{Context, Failure};

/// Fetch, verify and apply signed binding directives
#[derive(Debug, Parser)]
#[command(name = "interdict", version, styles = STYLES, propagate_version = true, after_help = EXAMPLE, after_long_help = AFTER)]
pub struct Arguments {
    #[command(flatten)]
    global: GlobalArgs,

    /// The configuration file [default: /etc/interdict/config.toml for root, else the XDG one]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Global options")]
    config: Option<PathBuf>,

    /// The folder of state [default: /var/lib/interdict for root, else the XDG one]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Global options")]
    state: Option<PathBuf>,

    #[command(subcommand)]
    verb: Verb,
}

const EXAMPLE: &str = "Example: interdict setup https://directives.example.gov/ && interdict trust root.json && interdict sync && interdict check";

const AFTER: &str = "\
Example: interdict setup https://directives.example.gov/ && interdict trust root.json && interdict sync && interdict check

Exit codes: 0 nothing outstanding, 1 findings, 2 wrong use, 3 no answer (network, disk), 4 refused (an answer that was not
believed), 5 stale, 6 unsupported content. When several hold, the first of 2, 4, 3, 5, 6, 1 is given.";

// Deferred: the options of the verb that is asked for are built, and those of no other.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
enum Verb {
    Setup(setup::Setup),
    Trust(trust::Trust),
    Sync(sync::SyncVerb),
    Bundle(bundle::BundleVerb),
    Check(check::Check),
    IsBanned(is_banned::IsBanned),
    Status(status::Status),
    List(list::List),
    Show(show::Show),
    History(history::HistoryVerb),
    Diff(diff::Diff),
    Due(due::Due),
    Exceptions(exceptions::ExceptionsVerb),
    Explain(explain::Explain),
    Policy(policy::Policy),
    Plan(plan::PlanVerb),
    Apply(apply::Apply),
    Confirm(undo::Confirm),
    Undo(undo::Undo),
    Suspend(undo::Suspend),
    Digest(digest::Digest),
    Verify(verify::Verify),
    Evidence(evidence::Evidence),
    Journal(journal::JournalVerb),
    AptHook(apt_hook::AptHook),
    UninstallBanned(uninstall_banned::UninstallBanned),
    Tuf(tuf::Tuf),
    Completions(pages::Completions),
    #[command(name = "man")]
    ManPages(pages::ManPages),
}

/// Runs the program: the arguments with the program's name first, and the world it runs in.
pub fn run(arguments: impl IntoIterator<Item = OsString>, world: &mut World) -> Outcome {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let arguments: Arguments = match cli::parse(arguments.clone(), world) {
        Ok(arguments) => arguments,
        Err(Exit::Usage) if is_tuf(arguments) => return tuf::FAILED.into(),
        Err(exit) => return exit.into(),
    };
    let logging = arguments.global.apply(world);
    let mut context = Context {
        world,
        examples: arguments.global.example_keys(),
        config: arguments.config,
        state: arguments.state,
    };
    let result = logging.run(|| match arguments.verb {
        Verb::Setup(verb) => verb.run(&mut context),
        Verb::Check(verb) => verb.run(&mut context),
        Verb::IsBanned(verb) => verb.run(&mut context),
        Verb::Trust(verb) => verb.run(&mut context),
        Verb::Sync(verb) => verb.run(&mut context),
        Verb::Bundle(verb) => verb.run(&mut context),
        Verb::Status(verb) => verb.run(&mut context),
        Verb::List(verb) => verb.run(&mut context),
        Verb::Show(verb) => verb.run(&mut context),
        Verb::History(verb) => verb.run(&mut context),
        Verb::Diff(verb) => verb.run(&mut context),
        Verb::Due(verb) => verb.run(&mut context),
        Verb::Exceptions(verb) => verb.run(&mut context),
        Verb::Explain(verb) => verb.run(&mut context),
        Verb::Policy(verb) => verb.run(&mut context),
        Verb::Plan(verb) => verb.run(&mut context),
        Verb::Apply(verb) => verb.run(&mut context),
        Verb::Confirm(verb) => verb.run(&mut context),
        Verb::Undo(verb) => verb.run(&mut context),
        Verb::Suspend(verb) => verb.run(&mut context),
        Verb::Digest(verb) => verb.run(&mut context),
        Verb::Verify(verb) => verb.run(&mut context),
        Verb::Evidence(verb) => verb.run(&mut context),
        Verb::Journal(verb) => verb.run(&mut context),
        Verb::AptHook(verb) => verb.run(&mut context),
        Verb::UninstallBanned(verb) => verb.run(&mut context),
        Verb::Tuf(verb) => Ok(verb.run(&mut context)),
        Verb::Completions(verb) => verb.run(&mut context),
        Verb::ManPages(verb) => verb.run(&mut context),
    });
    result.unwrap_or_else(|failure| failure.show(world))
}

/// Whether arguments that were wrong were meant for `tuf`, whose only failure is 1.
fn is_tuf(arguments: Vec<OsString>) -> bool {
    let matches = Arguments::command().ignore_errors(true).try_get_matches_from(arguments);
    matches.is_ok_and(|matches| matches.subcommand_name() == Some("tuf"))
}
