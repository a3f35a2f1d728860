//! A world for tests: a clock that stands still, counted randomness, captured streams.
//!
//! These are small real implementations. They are compiled into the crate, not only into its tests, because the
//! other crates' tests run whole programs with them; no program refers to this module.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use interdict_schema::DateTime;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::clock::{Clock, ClockError};
use crate::identity::Identity;
use crate::journal::syslog::Syslog;
use crate::passphrase::{PassphraseError, PassphrasePrompt, Secret};
use crate::randomness::{Randomness, RandomnessError};
use crate::stream::Stream;
use crate::terminal::Terminal;
use crate::wait::{Told, Wait, Waited};
use crate::world::World;
use crate::write::Disk;

/// A world, and the handles a test keeps on it.
///
/// Starts at 2017-09-13T12:00:00Z, without terminal, environment or input, as an ordinary user, in UTC.
#[derive(Debug)]
pub struct TestWorld {
    /// What the code under test gets.
    pub world: World,
    /// Sets the time.
    pub clock: TestClock,
    /// What went to standard output.
    pub stdout: Captured,
    /// What went to standard error.
    pub stderr: Captured,
}

impl TestWorld {
    /// The world described above.
    pub fn new() -> Self {
        let clock = TestClock(Arc::new(Mutex::new(Ok(Timestamp::constant(1_505_304_000, 0)))));
        let (stdout, stderr) = (Captured::default(), Captured::default());
        let world = World {
            clock: Arc::new(clock.clone()),
            randomness: Box::new(CountedRandomness::default()),
            environment: BTreeMap::new(),
            stdin: Box::new(io::empty()),
            stdout: Stream::new(stdout.clone()),
            stderr: Stream::new(stderr.clone()),
            terminal: Terminal::none(),
            current_dir: "/".into(),
            passphrase: Box::new(CannedPassphrases::default()),
            is_root: false,
            identity: LazyLock::new(Identity::of_a_test),
            syslog: Syslog::nowhere(),
            time_zone: LazyLock::new(|| TimeZone::UTC),
            disk: Disk::default(),
            wait: Box::new(ClockWait { clock: clock.clone(), left: 0, told: Told::default() }),
        };
        Self { world, clock, stdout, stderr }
    }

    /// Sets the time.
    #[must_use]
    pub fn at(self, now: DateTime) -> Self {
        self.clock.set(now);
        self
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.world.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Sets the directory that relative paths start from.
    #[must_use]
    pub fn in_dir(mut self, path: &Path) -> Self {
        self.world.current_dir = path.to_path_buf();
        self
    }

    /// Sets what standard input gives.
    #[must_use]
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.world.stdin = Box::new(io::Cursor::new(bytes.into()));
        self
    }

    /// Makes all three streams a terminal of this width, with colour and lines.
    #[must_use]
    pub fn terminal(mut self, width: u16) -> Self {
        self.world.terminal = Terminal {
            stdin: true,
            stdout: true,
            stderr: true,
            width: Some(width),
            colour: true,
            unicode: true,
        };
        self
    }

    /// Sets the answers to the next questions for a passphrase.
    #[must_use]
    pub fn passphrases(mut self, answers: &[&str]) -> Self {
        let answers = answers.iter().map(|answer| Secret::new(*answer)).collect();
        self.world.passphrase = Box::new(CannedPassphrases { answers });
        self
    }

    /// Sets how many times it waits, each of which sets the clock forward, before it is told to end.
    #[must_use]
    pub fn waits(mut self, times: usize) -> Self {
        self.world.wait =
            Box::new(ClockWait { clock: self.clock.clone(), left: times, told: Told::default() });
        self
    }

    /// Sets the disk: one that stops, fails or records.
    #[must_use]
    pub fn disk(mut self, disk: Disk) -> Self {
        self.world.disk = disk;
        self
    }
}

impl Default for TestWorld {
    fn default() -> Self {
        Self::new()
    }
}

/// Waits by setting the clock forward, so many times; after that it is told to end.
#[derive(Debug, Clone)]
pub struct ClockWait {
    clock: TestClock,
    left: usize,
    told: Told,
}

impl Wait for ClockWait {
    fn wait(&mut self, length: Duration) -> io::Result<Waited> {
        let Some(left) = self.left.checked_sub(1) else {
            self.told.tell();
            return Ok(Waited::Ended);
        };
        self.left = left;
        let seconds = i64::try_from(length.as_secs()).unwrap_or(i64::MAX);
        if let Some(now) = self.clock.now().ok().and_then(|now| DateTime::from_timestamp(now).ok()) {
            self.clock.set(now.saturating_add_seconds(seconds));
        }
        Ok(Waited::Elapsed)
    }

    fn told(&self) -> Told {
        self.told.clone()
    }
}

/// A clock that stands still until it is set. Clones show the same time.
#[derive(Debug, Clone)]
pub struct TestClock(Arc<Mutex<Result<Timestamp, ClockError>>>);

impl TestClock {
    /// A clock that stands at this moment.
    pub fn at(now: DateTime) -> Self {
        Self(Arc::new(Mutex::new(Ok(now.timestamp()))))
    }

    /// Sets it.
    pub fn set(&self, now: DateTime) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Ok(now.timestamp());
    }

    /// Breaks it.
    pub fn fail(&self, error: ClockError) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Err(error);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Result<Timestamp, ClockError> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// "Randomness" that never repeats and is the same in every run: each fill is a counter, little-endian, repeated.
#[derive(Debug, Clone, Copy, Default)]
pub struct CountedRandomness(u64);

impl Randomness for CountedRandomness {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomnessError> {
        for chunk in bytes.chunks_mut(8) {
            self.0 = self.0.wrapping_add(1);
            for (byte, counted) in chunk.iter_mut().zip(self.0.to_le_bytes()) {
                *byte = counted;
            }
        }
        Ok(())
    }
}

/// Answers in a stated order, and no terminal once they are used up.
#[derive(Debug, Clone, Default)]
pub struct CannedPassphrases {
    answers: VecDeque<Secret>,
}

impl PassphrasePrompt for CannedPassphrases {
    fn ask(&mut self, _prompt: &str) -> Result<Secret, PassphraseError> {
        let answer = self.answers.pop_front().ok_or(PassphraseError::NoTerminal)?;
        if answer.is_empty() { Err(PassphraseError::Empty) } else { Ok(answer) }
    }
}

/// What was written to a stream. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    /// What was written so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The same as text; bytes that are not UTF-8 become replacement characters.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }

    /// The text so far, and an empty stream from here on.
    pub fn take_text(&self) -> String {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    #[test]
    fn the_clock_stands_where_it_was_set() {
        let test = TestWorld::new();
        assert_eq!(test.world.now().unwrap().to_string(), "2017-09-13T12:00:00Z");
        test.clock.set(DateTime::EPOCH);
        assert_eq!(test.world.now(), Ok(DateTime::EPOCH));
        test.clock.fail(ClockError::Unreadable);
        assert_eq!(test.world.now(), Err(ClockError::Unreadable));
    }

    #[test]
    fn output_is_captured_and_randomness_counted() {
        let mut test = TestWorld::new();
        writeln!(test.world.stdout, "result").unwrap();
        writeln!(test.world.stderr, "remark").unwrap();
        assert_eq!((test.stdout.take_text(), test.stderr.text()), ("result\n".into(), "remark\n".into()));
        assert_eq!(test.stdout.text(), "");
        let mut bytes = [0; 10];
        test.world.randomness.fill(&mut bytes).unwrap();
        assert_eq!(bytes, [1, 0, 0, 0, 0, 0, 0, 0, 2, 0]);
    }

    #[test]
    fn a_new_passphrase_must_be_typed_twice_alike() {
        let mut test = TestWorld::new().passphrases(&["one", "one", "one", "two", ""]);
        assert_eq!(test.world.passphrase.ask_twice("new").unwrap(), Secret::new("one"));
        assert!(matches!(test.world.passphrase.ask_twice("new"), Err(PassphraseError::Mismatch)));
        assert!(matches!(test.world.passphrase.ask("old"), Err(PassphraseError::Empty)));
        assert!(matches!(test.world.passphrase.ask("old"), Err(PassphraseError::NoTerminal)));
    }
}
