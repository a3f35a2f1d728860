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
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::clock::{Clock, ClockError, SystemClock};
use crate::passphrase::{PassphrasePrompt, TerminalPrompt};
use crate::randomness::{Randomness, SystemRandomness};
use crate::stream::Stream;
use crate::terminal::Terminal;
use crate::write::Disk;

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
    /// The zone in which local times are shown. Deadlines never depend on it.
    pub time_zone: TimeZone,
    /// Makes every change to files.
    pub disk: Disk,
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
            time_zone: TimeZone::try_system().unwrap_or(TimeZone::UTC),
            disk: Disk::default(),
        }
    }

    /// The present moment.
    ///
    /// # Errors
    ///
    /// [`ClockError`] when the clock cannot be read.
    pub fn now(&self) -> Result<Timestamp, ClockError> {
        self.clock.now()
    }

    /// An environment variable that is set and not empty.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A path of the command line, made absolute from [`current_dir`](Self::current_dir).
    pub fn resolve(&self, path: impl AsRef<Path>) -> PathBuf {
        self.current_dir.join(path)
    }

    /// Pushes buffered results out. `main` calls it once, after the verb and before the exit code.
    ///
    /// # Errors
    ///
    /// What the stream's writer gave, except that a closed pipe is no error.
    pub fn flush(&mut self) -> io::Result<()> {
        self.stdout.flush()?;
        self.stderr.flush()
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
    fn the_real_world_has_an_absolute_directory_and_a_clock() {
        let world = World::real();
        assert!(world.current_dir.is_absolute());
        assert!(world.now().is_ok());
    }
}
