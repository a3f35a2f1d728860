//! `verify`: reads a repository back as a client does, and lists everything that is wrong with it.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::terminal::{Paint, escape_control};
use interdict_host::world::World;
use serde::Serialize;
use thiserror::Error;

use super::shared::{show_json, shown};
use super::{Failure, Verdict};
use crate::repository::examine::{Examination, Problem, Severity, examine};
use crate::repository::files::Folder;

/// Reads a repository as a client does and lists every problem; exit code 4 when a client would refuse something
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  interdict-publisher verify repo\n  interdict-publisher verify /var/www/interdict --json"
)]
pub struct VerifyArgs {
    /// The repository's folder, or the folder that is served
    #[arg(value_name = "DIR", default_value = ".")]
    dir: PathBuf,

    /// The same, spelled as for the other verbs
    #[arg(long, value_name = "DIR", conflicts_with = "dir")]
    repo: Option<PathBuf>,

    /// Show the problems as JSON
    #[arg(long)]
    pub json: bool,
}

/// A folder without metadata.
#[derive(Debug, Error)]
#[error("{} holds no repository", path.display())]
struct NoRepository {
    path: PathBuf,
}

#[derive(Serialize)]
struct Shown {
    severity: &'static str,
    problem: String,
    causes: Vec<String>,
}

#[derive(Serialize)]
struct Verified {
    targets: usize,
    directives: usize,
    lists: usize,
    waivers: usize,
    problems: Vec<Shown>,
}

impl VerifyArgs {
    pub fn run(&self, world: &mut World) -> Verdict {
        let now = world.now()?;
        let given = self.repo.as_ref().unwrap_or(&self.dir);
        let dir = world.resolve(given);
        let public = if dir.join("public").is_dir() { dir.join("public") } else { dir };
        if !public.join("metadata").is_dir() {
            return Err(no_repository(given));
        }
        let found = examine(&Folder::new(public), now)?;
        if self.json {
            show_json(world, &shown_all(&found))?;
        } else {
            for problem in &found.problems {
                let problem = shown_one(problem);
                let paint = if problem.severity == "warning" { Paint::Warning } else { Paint::Alarm };
                let severity = world.terminal.paint(paint, problem.severity);
                writeln!(world.stdout, "{severity}: {}", escape_control(&problem.problem))?;
                for cause in &problem.causes {
                    writeln!(world.stdout, "  caused by: {}", escape_control(cause))?;
                }
            }
            writeln!(
                world.stderr,
                "{}: targets {}, directives {}, problems {}",
                shown(given),
                found.targets,
                found.directives,
                found.problems.len()
            )?;
        }
        Ok(if found.is_refused() { Exit::Refused.into() } else { Outcome::done() })
    }
}

/// What a folder without metadata is answered with.
pub(super) fn no_repository(given: &Path) -> Failure {
    Failure::usage(NoRepository { path: given.to_path_buf() })
        .hint("give the folder that `interdict-publisher init` made, or its public folder")
}

fn shown_one(problem: &Problem) -> Shown {
    let severity = match problem.severity() {
        Severity::Refusal => "refused",
        Severity::Warning => "warning",
    };
    let first = std::error::Error::source(problem);
    let causes = std::iter::successors(first, |cause| (*cause).source()).map(ToString::to_string).collect();
    Shown { severity, problem: problem.to_string(), causes }
}

fn shown_all(found: &Examination) -> Verified {
    Verified {
        targets: found.targets,
        directives: found.directives,
        lists: found.lists,
        waivers: found.waivers,
        problems: found.problems.iter().map(shown_one).collect(),
    }
}
