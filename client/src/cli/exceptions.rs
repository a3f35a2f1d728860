//! `interdict exceptions`, and what every verb that reports says of them.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use interdict_host::cli::{ErrorReport, ReportFormat};
use interdict_host::exit::{Exit, Outcome};
use interdict_host::terminal::escape_control;
use interdict_host::world::World;
use interdict_schema::DateTime;
use serde::Serialize;

use super::reading::{Reading, warn};
use super::{Context, Failure};
use crate::as_of::AsOf;
use crate::exceptions::{Mistake, Place, Problem, Register, State, Survey};
use crate::presentation::{self, Exceptions};

/// The agency's own exceptions: each with its state and the days that it has left
///
/// They stand in exceptions.toml beside the configuration. What an exception names is still a finding, still due and
/// still banned in the policy.
///
/// Ends with 2 where one has expired or cannot be understood: it is void until it is removed or mended. 3 where the file
/// cannot be read.
#[derive(Debug, Args)]
#[command(name = "exceptions", after_help = "Example: interdict exceptions --json")]
pub(super) struct ExceptionsVerb {
    /// As JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Document<'e> {
    format: &'static str,
    #[serde(flatten)]
    exceptions: &'e Exceptions,
    exit: Exit,
    exits: Vec<Exit>,
}

/// An exception that is void for what it says.
#[derive(Debug, thiserror::Error)]
#[error("{}: exception {name} is void: {problem}", file.display())]
struct IsVoid {
    file: PathBuf,
    name: String,
    problem: Problem,
}

/// An exception that is void for its age.
#[derive(Debug, thiserror::Error)]
#[error("{}: {place}: exception {id} expired at {ended} and is void", file.display())]
struct HasExpired {
    file: PathBuf,
    place: Place,
    id: String,
    ended: DateTime,
}

impl ExceptionsVerb {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        self.show(context).map_err(|failure| failure.in_json(self.json))
    }

    fn show(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let now = context.world.now()?;
        let mut reading = context.reading()?;
        reading.generation.settle(AsOf::now(now));
        let world = &mut *context.world;
        reading.warn(world, now)?;
        let survey = reading.exceptions(now);
        complain(world, &survey, self.json)?;
        let shown = Exceptions::of(&survey);
        if self.json {
            let (exit, exits) = (shown.outcome().exit(), shown.outcome().all());
            let document = Document { format: "interdict-exceptions/1", exceptions: &shown, exit, exits };
            world.stdout.write_all(&presentation::json(&document))?;
        } else if shown.is_empty() {
            let path = survey.register.path.display().to_string();
            writeln!(world.stderr, "no exceptions: there are none in {}", escape_control(&path))?;
        } else {
            world.stdout.write_all(shown.page().render(&world.terminal).as_bytes())?;
        }
        Ok(shown.outcome().clone())
    }
}

impl Reading {
    /// What the agency's exceptions are worth: by the clock, or by the last accepted refresh where that is later, whatever
    /// day is asked about (`trust.md`, rules 9 and 21).
    pub(super) fn exceptions(&self, now: DateTime) -> Survey<'_> {
        // Most have none, and what is in force is then of no interest here.
        let none = self.register.exceptions.is_empty();
        let sources = if none { Vec::new() } else { self.generation.sources() };
        Survey::of(&self.register, &sources, self.not_before(now))
    }
}

/// Says below a listing how many exceptions there are, and on standard error what is wrong with them. The outcome is that
/// of the exceptions alone.
pub(super) fn tell(world: &mut World, survey: &Survey<'_>, json: bool) -> io::Result<Outcome> {
    complain(world, survey, json)?;
    let shown = Exceptions::of(survey);
    if let Some((paint, line)) = shown.summary().filter(|_| !json) {
        let line = world.terminal.paint(paint, &line);
        writeln!(world.stdout, "\n{line}: `interdict exceptions` shows them")?;
    }
    Ok(shown.outcome().clone())
}

/// Says on standard error what is void, as the error that it is, and what matches nothing.
pub(super) fn complain(world: &mut World, survey: &Survey<'_>, json: bool) -> io::Result<()> {
    let format = if json { ReportFormat::Json } else { ReportFormat::Text };
    let Register { path, void, unreadable, .. } = survey.register;
    if let Some(why) = unreadable {
        let exit = survey.outcome().exit();
        let hint = "mend the file: until then none of the exceptions in it counts";
        ErrorReport::new(why, exit).hint(hint).show(world, format);
    }
    for entry in void {
        let name = entry.id.clone().unwrap_or_else(|| format!("at line {}", entry.place.line));
        for problem in &entry.problems {
            let error = IsVoid { file: path.clone(), name: name.clone(), problem: problem.clone() };
            let hint = match problem.mistake {
                Mistake::Twice { .. } => "give one of them another id: until then neither counts",
                Mistake::TooLongATime { .. } => {
                    "let it end sooner, and have it approved anew before it does: until then it does not count"
                }
                _ => "mend it or remove it: until then it does not count",
            };
            ErrorReport::new(&error, Exit::Usage).hint(hint).show(world, format);
        }
    }
    for standing in &survey.standings {
        let exception = standing.exception;
        if standing.state == State::Expired {
            let (id, ended) = (exception.id.clone(), exception.ends());
            let error = HasExpired { file: path.clone(), place: exception.place, id, ended };
            ErrorReport::new(&error, Exit::Usage)
                .hint("remove it; or have it approved anew, with another `from` and `until`")
                .show(world, format);
        } else if let Some(nothing) = standing.nothing {
            warn(world, &format!("exception {} matches nothing: {nothing}", exception.id))?;
        }
    }
    Ok(())
}
