//! Everything ambient, as one parameter.
//!
//! `main.rs` makes [`World::real`] and passes it to `run(args, &mut World)`; a test makes a
//! [`TestWorld`](crate::testing::TestWorld) and passes that. No other code of the programs reads the clock, the
//! environment, the working directory or the standard streams, and none draws randomness.
//!
//! Not here: the network and the disk's contents. Paths come from [`World::resolve`] and are changed through
//! [`World::disk`].

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, LazyLock};

use interdict_schema::DateTime;
use jiff::tz::TimeZone;
use thiserror::Error;

use crate::cli::{ErrorReport, ReportFormat};
use crate::clock::{Clock, ClockError, SystemClock};
use crate::exit::{Exit, Outcome};
use crate::identity::Identity;
use crate::journal::syslog::Syslog;
use crate::passphrase::{PassphrasePrompt, TerminalPrompt};
use crate::randomness::{Randomness, SystemRandomness};
use crate::stream::Stream;
use crate::terminal::Terminal;
use crate::wait::{SystemWait, Wait};
use crate::write::Disk;

/// The longest answer that [`World::ask`] takes, in bytes, its line break included.
pub const MAX_ANSWER_BYTES: u64 = 4096;

/// Standard output did not take the results.
#[derive(Debug, Error)]
#[error("cannot write the results to standard output")]
pub struct OutputError(#[from] io::Error);

/// What a program may know of, and do to, the process and machine it runs on.
pub struct World {
    /// Tells the time. Shared, because a server's connections each need it.
    pub clock: Arc<dyn Clock>,
    /// Unpredictable bytes for keys and salts.
    pub randomness: Box<dyn Randomness>,
    /// The environment. Variables that are not UTF-8 are left out.
    pub environment: BTreeMap<String, String>,
    /// Standard input.
    pub stdin: Box<dyn BufRead + Send>,
    /// Results.
    pub stdout: Stream,
    /// Everything else: errors, progress, logs.
    pub stderr: Stream,
    /// What the streams lead to.
    pub terminal: Terminal,
    /// The directory that relative paths start from; see [`World::resolve`].
    pub current_dir: PathBuf,
    /// Asks for passphrases.
    pub passphrase: Box<dyn PassphrasePrompt>,
    /// Whether the process may do everything (effective user id 0).
    pub is_root: bool,
    /// Whose process it is, found out when that is first asked.
    pub identity: LazyLock<Identity>,
    /// Where the heads of journals go as well.
    pub syslog: Syslog,
    /// The zone in which local times are shown, found out when the first is. Deadlines never depend on it.
    pub time_zone: LazyLock<TimeZone>,
    /// Makes every change to files.
    pub disk: Disk,
    /// Lets time pass.
    pub wait: Box<dyn Wait>,
}

impl World {
    /// The world of this process: the one place that reads the environment.
    pub fn real() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
        let (variables, current_dir) = (std::env::vars_os(), std::env::current_dir());
        let environment: BTreeMap<String, String> = variables
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let terminal = Terminal::of_this_process(&environment);
        // Buffered unless a person watches: a listing of a million rows must not be a million writes.
        let stdout = if terminal.stdout {
            Stream::new(io::stdout())
        } else {
            Stream::new(io::BufWriter::with_capacity(1 << 16, io::stdout()))
        };
        Self {
            clock: Arc::new(SystemClock),
            randomness: Box::new(SystemRandomness),
            environment,
            stdin: Box::new(io::BufReader::new(io::stdin())),
            stdout,
            stderr: Stream::new(io::stderr()),
            terminal,
            current_dir: current_dir.unwrap_or_else(|_| PathBuf::from(".")),
            passphrase: Box::new(TerminalPrompt),
            is_root: rustix::process::geteuid().is_root(),
            identity: LazyLock::new(Identity::of_this_process),
            syslog: Syslog::system(),
            time_zone: LazyLock::new(|| TimeZone::try_system().unwrap_or(TimeZone::UTC)),
            disk: Disk::default(),
            wait: Box::new(SystemWait::default()),
        }
    }

    /// The present moment, in whole seconds.
    ///
    /// # Errors
    ///
    /// [`ClockError`] when the clock cannot be read.
    pub fn now(&self) -> Result<DateTime, ClockError> {
        DateTime::from_timestamp(self.clock.now()?).map_err(|_| ClockError::OutOfRange)
    }

    /// An environment variable that is set and not empty.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A path of the command line, made absolute from [`current_dir`](Self::current_dir).
    pub fn resolve(&self, path: impl AsRef<Path>) -> PathBuf {
        self.current_dir.join(path)
    }

    /// Asks a person for one line: the question on standard error, the answer from standard input, without its line
    /// break. `None` where there is no person, or no answer within [`MAX_ANSWER_BYTES`].
    ///
    /// # Errors
    ///
    /// What the streams gave.
    pub fn ask(&mut self, question: &str) -> io::Result<Option<String>> {
        if !self.terminal.stdin {
            return Ok(None);
        }
        write!(self.stderr, "{question} ")?;
        self.stderr.flush()?;
        let mut answer = String::new();
        (&mut self.stdin).take(MAX_ANSWER_BYTES).read_line(&mut answer)?;
        Ok(answer.strip_suffix('\n').map(|line| line.trim_end_matches('\r').to_owned()))
    }

    /// Ends the program: pushes buffered results out and gives the exit code. Results that could not be written are
    /// no answer, beside what the verb had to say.
    pub fn finish(mut self, outcome: impl Into<Outcome>) -> ExitCode {
        let mut outcome = outcome.into();
        if let Err(error) = self.stdout.flush() {
            let report = ErrorReport::new(&OutputError(error), Exit::NoAnswer);
            outcome.add(report.show(&mut self, ReportFormat::Text));
        }
        outcome.exit().into()
    }
}

impl fmt::Debug for World {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The environment may hold secrets, so only what is harmless is shown.
        formatter
            .debug_struct("World")
            .field("terminal", &self.terminal)
            .field("current_dir", &self.current_dir)
            .field("is_root", &self.is_root)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestWorld;

    #[test]
    fn relative_paths_start_from_the_worlds_directory() {
        let mut test = TestWorld::new();
        test.world.current_dir = PathBuf::from("/somewhere");
        assert_eq!(test.world.resolve("file"), Path::new("/somewhere/file"));
        assert_eq!(test.world.resolve("/file"), Path::new("/file"));
    }

    #[test]
    fn an_empty_variable_is_an_unset_one() {
        let test = TestWorld::new().variable("EMPTY", "").variable("FULL", "yes");
        assert_eq!(test.world.variable("EMPTY"), None);
        assert_eq!(test.world.variable("FULL"), Some("yes"));
        assert_eq!(test.world.variable("ABSENT"), None);
    }

    #[test]
    fn a_question_is_asked_only_where_a_person_can_answer() {
        let mut nobody = TestWorld::new().stdin("yes\n");
        assert!(nobody.world.ask("sure?").is_ok_and(|answer| answer.is_none()));
        assert_eq!(nobody.stderr.text(), "");
        let mut person = TestWorld::new().terminal(80).stdin("yes\r\nno");
        assert!(person.world.ask("sure?").is_ok_and(|answer| answer.as_deref() == Some("yes")));
        assert_eq!((person.stderr.text().as_str(), person.stdout.text().as_str()), ("sure? ", ""));
        // The input ended in the middle of a line: that is not an answer.
        assert!(person.world.ask("sure?").is_ok_and(|answer| answer.is_none()));
    }

    #[test]
    fn an_answer_of_the_limit_is_taken_and_one_byte_more_is_not() {
        for (letters, taken) in [(4095, true), (4096, false)] {
            let mut test = TestWorld::new().terminal(80).stdin("a".repeat(letters) + "\n");
            assert!(test.world.ask("?").is_ok_and(|answer| answer.is_some() == taken), "{letters}");
        }
    }

    #[test]
    fn results_that_cannot_be_written_are_no_answer() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Err(io::ErrorKind::StorageFull.into())
            }
        }
        let mut test = TestWorld::new();
        test.world.stdout = Stream::new(Full);
        assert_eq!(test.world.finish(Exit::Findings), ExitCode::from(3));
        assert_eq!(
            test.stderr.text(),
            "error: cannot write the results to standard output\n  caused by: no storage space\n"
        );
        assert_eq!(TestWorld::new().world.finish(Exit::Findings), ExitCode::from(1));
    }

    #[test]
    fn the_real_world_has_an_absolute_directory_and_a_clock() {
        let world = World::real();
        assert!(world.current_dir.is_absolute());
        assert!(world.now().is_ok());
    }
}
