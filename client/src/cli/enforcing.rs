//! What the verbs share that change how this machine is enforced: where, when, with which tools; what is said of what a crash
//! left; how they end; the journal.

use std::error::Error;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::journal::JournalError;
use interdict_host::terminal::escape_control;
use interdict_host::world::World;
use interdict_host::write::Disk;
use interdict_schema::DateTime;

use super::reading::warn;
use super::{Context, Failure};
use crate::config::Config;
use crate::enforce::admission;
use crate::enforce::apply::{
    ApplyError, Back, Changed, Done, Lost, Machine, Recovered, Runner, Session, SystemRunner, Tools, Whose,
};
use crate::enforce::boundary::{self, Scheduled};
use crate::enforce::journal::{self, Ended, Event};
use crate::enforce::record::Record;
use crate::length_of_time::LengthOfTime;
use crate::places::Places;
use crate::presentation::in_zone;
use crate::store::memory::Memory;

/// `--root`.
#[derive(Debug, Clone, Args)]
pub(super) struct RootArgument {
    /// The machine whose file system begins here, instead of this one
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

impl RootArgument {
    /// Whether it was given.
    pub fn is_given(&self) -> bool {
        self.root.is_some()
    }

    /// The root, absolute.
    pub fn path(&self, world: &World) -> PathBuf {
        self.root.as_deref().map_or_else(|| PathBuf::from("/"), |root| world.resolve(root))
    }
}

/// The folder that is there where systemd runs (`sd_booted(3)`).
const BOOTED: &str = "/run/systemd/system";

/// Where, when, and with which tools.
pub(super) struct Enforcing {
    pub places: Places,
    pub root: PathBuf,
    /// The last accepted refresh, where that is known.
    floor: Option<DateTime>,
    pub disk: Disk,
    pub runner: Box<dyn Runner>,
}

impl Enforcing {
    /// Of what the options name. Works without a policy and without a configuration: whoever suspends may have neither.
    pub fn new(context: &Context<'_>, root: PathBuf) -> Result<Self, Failure> {
        let places = context.places()?;
        // Root believes its own memory, and not that of the user that syncs.
        let store = if context.world.is_root { admission::own(&places) } else { places.clone() };
        let floor = refreshed(&store);
        let disk = context.world.disk.clone();
        Ok(Self { places, root, floor, disk, runner: Box::new(SystemRunner) })
    }

    /// Takes the lock, and has what a crash left finished or taken back.
    pub fn session(&self, world: &World) -> Result<Session<'_>, Failure> {
        let Self { places, root, disk, runner, floor } = self;
        let clock = world.now()?;
        let now = floor.map_or(clock, |floor| floor.max(clock));
        let tools = Tools::of(root);
        Ok(Session::open(Machine { disk, runner: runner.as_ref(), places, root, tools }, now)?)
    }

    /// The record as it is.
    pub fn record(&self) -> Result<Option<Record>, ApplyError> {
        Ok(Record::read(&self.places, &self.root)?)
    }

    /// Adds an entry to the journal. That it could not be added is said and changes the exit, but takes nothing back.
    pub fn journal(&self, world: &mut World, event: &Event) -> io::Result<Outcome> {
        enter(&self.places, world, event)
    }

    /// Has the service manager apply again at a boundary, where one runs and the operator has enabled that; whether it will. That it
    /// did not take it is said and fails nothing: the periodic timer comes.
    pub fn schedule(&self, world: &mut World, boundary: DateTime) -> Result<Scheduled, Failure> {
        if !world.is_root || self.root != Path::new("/") {
            return Ok(Scheduled::ByNobody);
        }
        let clock = world.now()?;
        match boundary::schedule(self.runner.as_ref(), Path::new(BOOTED), boundary, clock) {
            Ok(scheduled) => Ok(scheduled),
            Err(error) => {
                warn(world, &format!("no timer was set for the next change: {error}"))?;
                Ok(Scheduled::ByNobody)
            }
        }
    }

    /// Says what a session did besides what it was asked for, and enters it into the journal.
    pub fn tell(&self, world: &mut World, session: &Said) -> Result<Outcome, Failure> {
        let mut outcome = Outcome::done();
        if let Some(recovered) = &session.recovered {
            let became = if recovered.was_done { "it was done" } else { "everything was taken back" };
            warn(world, &format!("an earlier run was cut short: {became}"))?;
        }
        for path in &session.left {
            let path = path.display();
            let text = format!(
                "{path}: not as this program left it; it stays as it is, and `interdict plan` shows it"
            );
            warn(world, &text)?;
            outcome.add(Exit::Refused);
        }
        for lost in &session.lost {
            warn(world, &in_text(lost))?;
            outcome.add(Exit::NoAnswer);
        }
        for complaint in &session.complaints {
            warn(world, &complaint.to_string())?;
            outcome.add(Exit::NoAnswer);
        }
        for back in &session.back {
            outcome.merge(&self.tell_back(world, back, &session.lost)?);
        }
        Ok(outcome)
    }

    fn tell_back(&self, world: &mut World, back: &Back, lost: &[Lost]) -> Result<Outcome, Failure> {
        let root = self.root.clone();
        let named = |left: &[PathBuf]| {
            left.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
        };
        let (text, event) = match back {
            Back::Nothing => return Ok(Outcome::done()),
            Back::Resumed { suspension, left, .. } => {
                let is = if left.is_empty() {
                    "enforcement is in place again".to_owned()
                } else {
                    format!("enforcement is NOT in place again in {}", named(left))
                };
                let since = in_zone(suspension.since, &world.time_zone);
                (
                    format!("the suspension since {since} is over: {is}"),
                    Event::Restore { root, ended: but_for(left, lost) },
                )
            }
            Back::Reverted { until, plan, left, .. } => {
                let is = if left.is_empty() {
                    "what was there before is there again".to_owned()
                } else {
                    format!("what was there before is there again, but for {}", named(left))
                };
                let until = in_zone(*until, &world.time_zone);
                (
                    format!("nobody confirmed until {until}: {is}"),
                    Event::Revert { root, plan: *plan, ended: but_for(left, lost) },
                )
            }
        };
        warn(world, &text)?;
        Ok(self.journal(world, &event)?)
    }
}

/// What a session did besides what it was asked for.
pub(super) struct Said {
    recovered: Option<Recovered>,
    left: Vec<PathBuf>,
    lost: Vec<Lost>,
    complaints: Vec<crate::enforce::apply::Ended>,
    back: Vec<Back>,
}

impl Said {
    /// Takes it out of a session, whose lock may go then.
    pub fn by(session: &mut Session<'_>) -> Self {
        Self {
            recovered: session.recovered.take(),
            left: std::mem::take(&mut session.left),
            lost: std::mem::take(&mut session.lost),
            complaints: std::mem::take(&mut session.complaints),
            back: std::mem::take(&mut session.back),
        }
    }

    /// Whether there is nothing to say.
    pub fn is_nothing(&self) -> bool {
        self.recovered.is_none()
            && self.left.is_empty()
            && self.lost.is_empty()
            && self.complaints.is_empty()
            && self.back.iter().all(|back| *back == Back::Nothing)
    }
}

/// The last accepted refresh of any repository (`trust.md`, rule 9). What cannot be read counts for nothing: nothing is suspended for
/// longer because of it than the clock says.
fn refreshed(places: &Places) -> Option<DateTime> {
    let config = Config::read(&places.config).unwrap_or_default();
    let refreshed = config.repositories.iter().filter_map(|repository| {
        Memory::read(&places.repository(&repository.name)).ok().and_then(|memory| memory.refreshed_at)
    });
    refreshed.max()
}

/// An error with all its causes, in one line.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// What a file lacks that it had before.
fn in_text(lost: &Lost) -> String {
    let Lost { path, attributes } = lost;
    let named = attributes.join(", ");
    format!("{}: the file system did not take these attributes back: {named}", path.display())
}

/// It was done, but for files that stay and attributes that are lost.
fn but_for(left: &[PathBuf], lost: &[Lost]) -> Ended {
    let left = left.iter().map(|path| format!("{}: somebody else's, it stays", path.display()));
    let why: Vec<String> = left.chain(lost.iter().map(in_text)).collect();
    if why.is_empty() { Ended::Done } else { Ended::InPart { why: why.join("; ") } }
}

/// How something ended, for the journal.
pub(super) fn ended<T>(result: &Result<T, ApplyError>, said: &Said) -> Ended {
    match result {
        Ok(_) => but_for(&[], &said.lost),
        Err(error @ ApplyError::HalfWay { .. }) => Ended::Failed { why: chain(error) },
        Err(error) => Ended::RolledBack { why: chain(error) },
    }
}

/// Shows what was changed.
pub(super) fn show_changed(world: &mut World, changed: &[Changed]) -> io::Result<()> {
    for Changed { path, target, what } in changed {
        let line = format!("{:<9}{} ({target})", what.as_str(), path.display());
        writeln!(world.stdout, "{}", escape_control(&line))?;
    }
    Ok(())
}

/// How many files were created or replaced, and how many went.
pub(super) fn in_words(changed: &[Changed]) -> String {
    let count = |what: &[Done]| changed.iter().filter(|changed| what.contains(&changed.what)).count();
    let (written, gone) = (count(&[Done::Created, Done::Replaced]), count(&[Done::Removed, Done::Restored]));
    format!("{written} written, {gone} taken back")
}

/// A moment, or a length of time from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    Moment(DateTime),
    After(LengthOfTime),
}

impl Until {
    pub fn moment(self, now: DateTime) -> DateTime {
        match self {
            Self::Moment(moment) => moment,
            Self::After(length) => length.after(now),
        }
    }
}

/// A text that is neither.
#[derive(Debug, thiserror::Error)]
#[error("neither a moment (2018-01-02T12:00:00Z) nor a length of time (4h)")]
pub(super) struct NotAnUntil;

impl FromStr for Until {
    type Err = NotAnUntil;

    fn from_str(text: &str) -> Result<Self, NotAnUntil> {
        let moment = text.parse().map(Self::Moment);
        moment.or_else(|_| text.parse().map(Self::After)).map_err(|_| NotAnUntil)
    }
}

/// Why enforcement is not as applied, in every verb's sight (`trust.md`, rule 19).
pub(super) fn shout(world: &mut World, places: &Places) -> Result<(), Failure> {
    // A record that cannot be read is what `plan`, `apply` and `status` refuse; here it hides no suspension that is known.
    let Ok(Some(record)) = Record::read(places, Path::new("/")) else { return Ok(()) };
    if let Some(suspension) = &record.suspended {
        let until = in_zone(suspension.until, &world.time_zone);
        let now = world.now()?;
        let text = if suspension.until <= now {
            format!(
                "enforcement was suspended until {until}, and is not restored yet: run `interdict apply --resume`"
            )
        } else {
            format!("enforcement is suspended until {until}: {}", suspension.reason)
        };
        warn(world, &text)?;
    }
    if let Some(until) = record.confirm_until {
        let until = in_zone(until, &world.time_zone);
        warn(world, &format!("what was applied is taken back at {until} unless `interdict confirm` comes"))?;
    }
    Ok(())
}

impl From<ApplyError> for Failure {
    fn from(error: ApplyError) -> Self {
        match error {
            ApplyError::Disk(error) => error.into(),
            ApplyError::Read(error) => error.into(),
            ApplyError::Lock(error) => error.into(),
            ApplyError::Record(error) => error.into(),
            ApplyError::Damaged { .. } => Self::new(&error, Exit::Refused).hint(
                "what was written into this machine is not known for sure, so nothing is changed: restore the file from a backup",
            ),
            ApplyError::NotOurs { ref files } => {
                let never = files.iter().any(|file| file.why == Whose::NotPlain);
                Self::new(&error, Exit::Refused).hint(if never {
                    "a link, folder or device is never overwritten, with --adopt neither: look at it, and move it away"
                } else {
                    "look at it; then give --adopt to overwrite it, which keeps what is there now"
                })
            }
            ApplyError::ChangedMeanwhile { .. } => Self::new(&error, Exit::Refused)
                .hint("find out who writes there, then run it again"),
            ApplyError::Tool { .. } | ApplyError::NoSuchFile { .. } => Self::new(&error, Exit::Refused),
            ApplyError::Suspended { .. } => Self::new(&error, Exit::Findings)
                .hint("it lapses by itself; `interdict apply --resume --now` ends it now"),
            ApplyError::Unconfirmed { .. } => Self::new(&error, Exit::Findings)
                .hint("`interdict confirm` keeps it; without that it is taken back by itself"),
            ApplyError::NothingToConfirm | ApplyError::NothingApplied { .. } => {
                Self::new(&error, Exit::Usage)
            }
            ApplyError::End { .. } => {
                Self::new(&error, Exit::Usage).hint("suspend anew where it has to be longer, with its reason")
            }
            ApplyError::Writable { .. } => Self::new(&error, Exit::Refused)
                .hint("make it this user's alone with chown and chmod, once you have looked at what is in it"),
            ApplyError::HalfWay { .. } => Self::new(&error, Exit::NoAnswer)
                .hint("make room or give access, then run `interdict apply --resume`"),
        }
    }
}

/// Adds an entry to the journal of these places. That it could not be added is said and changes the exit.
pub(super) fn enter(places: &Places, world: &mut World, event: &Event) -> io::Result<Outcome> {
    match journal::record(places, world, event) {
        Ok(_) => Ok(Outcome::done()),
        Err(error) => {
            let exit = match &error {
                JournalError::Disk(_) => Exit::NoAnswer,
                _ => Exit::Refused,
            };
            warn(world, &format!("the journal has no entry of this: {}", chain(&error)))?;
            Ok(exit.into())
        }
    }
}
