//! Waiting, as a parameter: a test does not wait, and a service ends when it is told to.

use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::low_level::pipe;

/// How a wait came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waited {
    /// The time is over.
    Elapsed,
    /// The program was told to end.
    Ended,
}

/// Whether the program was told to end. Clones know the same, on any thread.
#[derive(Debug, Clone, Default)]
pub struct Told(Arc<AtomicBool>);

impl Told {
    /// Whether it was.
    pub fn is_told(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Tells it.
    pub fn tell(&self) {
        self.0.store(true, Ordering::Release);
    }
}

/// Lets time pass.
pub trait Wait: Send {
    /// Waits for so long, or until the program is told to end; from the first call on, being told to end is noticed here
    /// and does not kill the program.
    ///
    /// # Errors
    /// What the operating system gave.
    fn wait(&mut self, length: Duration) -> io::Result<Waited>;

    /// What knows, from the first wait on and while nothing waits, whether the program was told to end.
    fn told(&self) -> Told;
}

/// Waits in this process, until SIGTERM or SIGINT comes.
#[derive(Debug, Default)]
pub struct SystemWait {
    /// Where a byte comes in with a signal.
    signals: Option<UnixStream>,
    /// What a signal sets.
    told: Told,
}

impl Wait for SystemWait {
    fn wait(&mut self, length: Duration) -> io::Result<Waited> {
        let signals = match &mut self.signals {
            Some(signals) => signals,
            none => {
                let (signals, tells) = UnixStream::pair()?;
                for signal in [SIGTERM, SIGINT] {
                    flag::register(signal, Arc::clone(&self.told.0))?;
                    pipe::register(signal, tells.try_clone()?)?;
                }
                none.insert(signals)
            }
        };
        // Zero would mean for ever.
        signals.set_read_timeout(Some(length.max(Duration::from_millis(1))))?;
        match signals.read_exact(&mut [0]) {
            Ok(()) => Ok(Waited::Ended),
            Err(error) => match error.kind() {
                // The system may say either; a signal that is none of ours only shortens the wait.
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted => {
                    Ok(Waited::Elapsed)
                }
                _ => Err(error),
            },
        }
    }

    fn told(&self) -> Told {
        self.told.clone()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    #[test]
    fn a_wait_elapses_and_being_told_to_end_ends_it() {
        let mut wait = SystemWait::default();
        assert_eq!(wait.wait(Duration::ZERO).unwrap(), Waited::Elapsed);
        let told = wait.told();
        assert!(!told.is_told());
        signal_hook::low_level::raise(SIGTERM).unwrap();
        assert!(told.is_told(), "also where nothing waits");
        assert_eq!(wait.wait(Duration::from_hours(1)).unwrap(), Waited::Ended);
    }
}
