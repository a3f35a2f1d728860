//! The steps of a plan that are this program's: done in their order, as they were printed. What is there already stays as it is.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use clap::Parser;
use interdict_host::cli::GlobalArgs;
use interdict_host::stream::Stream;
use interdict_host::world::World;
use interdict_host::write::Mode;
use interdict_schema::dsse::Envelope;
use interdict_schema::limits::{DRAFT_LENGTH, ENVELOPE_LENGTH};

use super::prepare::{Known, Prepared};
use super::{GoneArgs, GoneError};
use crate::cli::shared::SecretArgs;
use crate::cli::{Cli, Failure};
use crate::gone::{By, Step, envelope_name};
use crate::repository::client_view;
use crate::standing::Short;

impl GoneArgs {
    /// Does the steps that are this program's, in their order, and gives their numbers. What is there already is left as it is.
    pub(super) fn carry_out(
        &self,
        known: &Known,
        prepared: &Prepared,
        global: &GlobalArgs,
        world: &mut World,
    ) -> Result<Vec<usize>, Failure> {
        let pending = world.resolve(self.pending_text());
        world.disk.create_dir_all_synced(&pending, Mode::Public)?;
        if let Some((name, draft)) = &prepared.draft {
            put(world, &pending.join(name), draft.as_bytes(), |there| there == draft.as_bytes())?;
        }
        for short in &prepared.again {
            let envelope = published(known, short)?;
            let same = |there: &[u8]| {
                Envelope::parse(there, ENVELOPE_LENGTH).is_ok_and(|there| there.payload == envelope.payload)
            };
            put(world, &pending.join(envelope_name(&short.path)), &envelope.to_bytes(), same)?;
        }
        let mut done = Vec::new();
        for (index, step) in prepared.plan.steps.iter().enumerate() {
            if step.by != By::ThisProgram {
                continue;
            }
            if !step.command.is_empty() && !is_there(world, step) {
                self.run_step(step, global, world)?;
            }
            done.push(index + 1);
        }
        Ok(done)
    }

    /// The options with which secrets are read, for a command that this one runs.
    fn secrets(&self) -> Vec<OsString> {
        let SecretArgs { passphrase, pin_file, pin_fd } = &self.secrets;
        let file = |flag: &str, file: &Option<PathBuf>| {
            file.as_ref().map(|file| [OsString::from(flag), file.clone().into_os_string()])
        };
        let pin_fd = pin_fd.map(|number| [OsString::from("--pin-fd"), number.to_string().into()]);
        let all =
            [file("--passphrase-file", &passphrase.passphrase_file), file("--pin-file", pin_file), pin_fd];
        all.into_iter().flatten().flatten().collect()
    }

    /// Runs a step's command as it was printed, without another question.
    fn run_step(&self, step: &Step, global: &GlobalArgs, world: &mut World) -> Result<(), Failure> {
        let mut arguments: Vec<OsString> = step.command.iter().map(OsString::from).collect();
        if step.command.get(1).is_some_and(|verb| verb == "rotate") {
            arguments.push("--yes".into());
            arguments.extend(self.secrets());
        }
        let cli = Cli::try_parse_from(arguments).expect("a command of a plan is one of this program's");
        let shown = self.json.then(|| std::mem::replace(&mut world.stdout, Stream::new(io::sink())));
        let ran = cli.verb.run(global, world);
        if let Some(stdout) = shown {
            world.stdout = stdout;
        }
        ran.map(|_| ())
    }
}

/// The published envelope of a document.
fn published(known: &Known, short: &Short) -> Result<Envelope, Failure> {
    let listed = known.current.targets().signed().targets.get(&short.path);
    let missing = || client_view::ViewError::Missing { file: format!("targets/{}", short.path) };
    let listed = listed.ok_or_else(missing)?;
    Ok(client_view::envelope(known.current.set(), &known.folder, &short.path, listed, ENVELOPE_LENGTH)?)
}

/// Writes a file, unless it is there already: as it would be written, or further along.
fn put(world: &World, path: &Path, bytes: &[u8], same: impl Fn(&[u8]) -> bool) -> Result<(), Failure> {
    if !path.exists() {
        return Ok(world.disk.write_new(path, bytes, Mode::Public)?);
    }
    let there = interdict_host::read::read_bounded(path, DRAFT_LENGTH.max(ENVELOPE_LENGTH))?;
    if same(&there) {
        return Ok(());
    }
    Err(Failure::usage(GoneError::InTheWay { path: path.to_path_buf() })
        .hint("it is perhaps of another key: finish that first, or move it away"))
}

/// Whether a file that a step begins was begun before: whoever has signed it must not lose that.
fn is_there(world: &World, step: &Step) -> bool {
    let mut arguments = step.command.iter();
    let output = arguments.find(|argument| *argument == "--output").and_then(|_| arguments.next());
    output.is_some_and(|output| world.resolve(output).exists())
}
